/*
 * Closing what is still open at a provider for a session that is over, so
 * that nobody pays for nothing.
 */
#ifndef RUNG_FLOW_CLOSING_H
#define RUNG_FLOW_CLOSING_H

#include "flow/app.h"

/*
 * Try to close what was made for this session, if that is wanted and due, for
 * at most `within` microseconds (0: as long as any errand).  What fails is
 * tried again by the sweep.  *closed tells whether it is closed now.
 */
enum rc	flow_close(struct flow *, struct str session, int64_t within,
	    bool *closed, struct err *);

#endif
