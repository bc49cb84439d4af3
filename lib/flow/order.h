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
};

/*
 * Read the body; may this principal ask for it, does the matrix sell it, may
 * the buyer be sent to those urls?
 */
enum rc	order_read(struct flow *, const struct principal *, struct str body,
	    struct order *, struct err *);

/* Does it make sense for a user in this state? */
enum rc	order_check(const struct order *, const struct settle *,
	    struct err *);

/* The running subscription that this order would change, or NULL. */
const struct object_key *order_replaces(const struct order *,
	    const struct settle *);

#endif
