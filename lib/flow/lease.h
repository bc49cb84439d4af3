/*
 * Of several requests that would ask a provider for the same session, one
 * does: it holds the lease on the session's intent.  The lease ends by itself
 * when its holder dies, and then the next one asks again.
 */
#ifndef RUNG_FLOW_LEASE_H
#define RUNG_FLOW_LEASE_H

#include "flow/app.h"
#include "store/intent_store.h"

enum lease_end {
	LEASE_MINE,		/* go and ask */
	LEASE_BUSY,		/* somebody asks at this moment */
	LEASE_ANSWERED,		/* the intent says what came of it */
};

/* A name for the holder, made before any transaction. */
struct str lease_name(struct flow *);

/*
 * Inside a transaction: lock the intent, making it as `first` says if there
 * is none, and take the lease if it is free and nothing was answered yet (or
 * `again`: whatever was answered).  *intent is as it is then stored.
 */
enum rc	lease_take(struct flow *, const struct intent *first,
	    struct str owner, bool again, struct intent *, enum lease_end *,
	    struct err *);

/* Let go after a failure, so that the next one need not wait. */
void	lease_drop(struct flow *, const struct intent *, struct str owner);

/*
 * Wait a little while somebody else asks.  True when the intent was answered
 * meanwhile; it is then read anew.
 */
bool	lease_wait(struct flow *, struct intent *);

/* The 503 of who must come again in a second. */
enum rc	lease_busy(struct err *);

#endif
