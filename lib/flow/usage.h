/*
 * Taking from limits, and holding what may be taken later.
 */
#ifndef RUNG_FLOW_USAGE_H
#define RUNG_FLOW_USAGE_H

#include "flow/credential.h"
#include "flow/entitle.h"
#include "store/usage_store.h"

struct usage_reply {
	struct str	 json;
	bool		 replayed;	/* as first answered under this key */
};

/*
 * POST /v1/users/{id}/usage {"limit","amount","hold","ttl_seconds"}: amount is
 * 1 when left out, and 0 only asks.  What does not fit takes nothing and is an
 * answer, not an error.  Without an Idempotency-Key a request whose commit was
 * in doubt may count twice; with one it counts once.
 * RC_INVALID_VALUE, also for a limit that no tier has.
 */
enum rc	flow_usage(struct flow *, const struct principal *, struct str user,
	    struct str body, struct str key, struct usage_reply *,
	    struct err *);

/*
 * POST .../usage/{hold}/confirm {"amount"} and /release: once, and the same
 * again changes nothing.  RC_UNKNOWN_HOLD; RC_INVALID_TRANSITION when it ended
 * in another way or its time is over.
 */
enum rc	flow_hold_end(struct flow *, const struct principal *,
	    struct str user, struct str hold, enum hold_end, struct str body,
	    struct str key, struct usage_reply *, struct err *);

/* A user's document with the counters of now in its limits. */
enum rc	flow_usage_live(struct flow *, const struct held *, struct str *json,
	    struct err *);

#endif
