/*
 * rung sweep: what cron runs.  Silent unless something is wrong.
 */
#include <stdio.h>

#include "base/limits.h"
#include "ctl/ctl.h"
#include "flow/sweep.h"
#include "store/matrix_store.h"

enum { SECONDS_USUAL = 50, SECONDS_MAX = 3600 };

enum finish
sweep_run(struct ctl *c)
{
	const char	*text = ctl_option(c, "seconds");
	struct swept	 swept;
	struct err	 e;
	int64_t		 seconds = SECONDS_USUAL, matrix;

	if (text != NULL && (!str_int64(str_of(text), &seconds) ||
	    seconds < 1 || seconds > SECONDS_MAX)) {
		fprintf(stderr, "rung: --seconds is from 1 to %d\n",
		    SECONDS_MAX);
		return USAGE;
	}
	if (!ctl_open(c, WRITE_DEADLINE_S))
		return FAILED;
	if (matrix_newest(c->flow.db, c->flow.seller, c->arena, &matrix,
	    &e) != RC_OK)
		return ctl_failed(&e);
	if (matrix == 0)
		return NOTHING;		/* nothing was sold yet */
	if (flow_sweep(&c->flow, (int)seconds, &swept, &e) != RC_OK)
		return ctl_failed(&e);
	return swept_nothing(&swept) ? NOTHING : DONE;
}
