/*
 * A wish checked against the matrix and the asker: what a start or a preview
 * will do.
 */
#ifndef RUNG_FLOW_ORDER_H
#define RUNG_FLOW_ORDER_H

#include "flow/credential.h"
#include "flow/settle.h"
#include "wire/wish.h"

struct order {
	struct wish		 wish;
	struct str		 user;
	const struct tier	*tier;		/* NULL when add-ons are bought */
	const struct price	*price;		/* what a checkout sells, or NULL */
	struct terms		 terms;		/* without a session */
	struct str		 email;		/* the buyer's, for the checkout; only
						 * from who knows him, or "" */

	/* By order_check: the subscription that is changed, or NULL. */
	const struct purchase	*running;
	struct str		 replaces;	/* its price that goes, or "" */
};

/*
 * Read the body; may this principal ask for it, does the matrix sell it, may
 * the buyer be sent to those urls?
 */
enum rc	order_read(struct flow *, const struct principal *, struct str body,
	    struct order *, struct err *);

/*
 * Does it make sense for a user in this state?  With a live subscription at
 * that provider it is changed: terms.change says how.
 */
enum rc	order_check(struct order *, const struct settle *, struct err *);

/*
 * What the order does: the holding once it is done, and the plan to what it
 * comes to, which for a change at the end of a period is later
 * (plan->effective_at); *now is the plan to the holding itself.  After
 * order_check; terms are the session's.
 */
enum rc	order_imagine(const struct order *, struct settle *,
	    const struct terms *, struct holding *, struct plan *now,
	    struct plan *plan, struct err *);

/* The running subscription that this order would change, or NULL. */
const struct object_key *order_replaces(const struct order *,
	    const struct settle *);

#endif
