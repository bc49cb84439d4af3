/*
 * What cron tidies; no truth depends on it.
 */
#ifndef RUNG_FLOW_SWEEP_H
#define RUNG_FLOW_SWEEP_H

#include "flow/app.h"

struct swept {
	int64_t	 sessions, users, answers, tokens, counters;
	int64_t	 emails;	/* buyers' addresses, forgotten */
	int64_t	 checkouts;	/* closed at their providers */
	int64_t	 marks;		/* of writers that are dead: marks.h */
};

/* Bounded batches until nothing is left or the time is over. */
enum rc flow_sweep(struct flow *, int seconds, struct swept *, struct err *);

/* Was there nothing at all to do? */
bool	swept_nothing(const struct swept *);

#endif
