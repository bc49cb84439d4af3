/*
 * The end of a process that found its own code in the wrong.  The web server
 * starts another; a wrong grant would be worse than a lost second.
 */
#include <stdlib.h>

#include "base/guard.h"
#include "base/log.h"

void
must_stop(const char *claim, const char *file, int line)
{
	LOG(LOG_ERROR_LINE, "broken-promise",
	    LOG_S("claim", str_of(claim)),
	    LOG_S("file", str_of(file)),
	    LOG_N("line", line));
	abort();
}
