/*
 * A customer's stored deliveries once more, with a moved clock, into an empty
 * user in memory: what was held when, and whether the stored state is what
 * the deliveries say.  Nothing is written.
 */
#ifndef RUNG_FLOW_REPLAY_H
#define RUNG_FLOW_REPLAY_H

#include "flow/app.h"

struct replay_sum {
	int64_t	 deliveries;	/* replayed */
	int64_t	 changes;	/* of what is held */
	bool	 same;		/* the end is what is stored (as of now) */
};

/* One line of JSON: {"at","event","type","tier","status","quantity",...}. */
typedef void replay_line(void *arg, struct str json);

/*
 * Replay the user's life up to now.  The clock goes from delivery to delivery
 * and stops wherever the answer falls due in between.  A line tells each
 * delivery, and each moment at which time alone changed something.
 */
enum rc	flow_replay(struct flow *, struct str user, replay_line *,
	    void *arg, struct replay_sum *, struct err *);

#endif
