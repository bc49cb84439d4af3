/*
 * Changing a running subscription: what our own page shows, and what its
 * button does.
 */
#ifndef RUNG_FLOW_CHANGE_H
#define RUNG_FLOW_CHANGE_H

#include "flow/charge.h"
#include "flow/checkout.h"

struct change_view {
	struct str	 from, to;	/* titles of tiers */
	int64_t		 from_quantity;
	int64_t		 at;		/* when it takes effect; 0 at once */
	struct charge	 charge;
	bool		 declined;	/* the last try was */
	struct str	 action;	/* the provider's url for 3DS, or "" */
};

/*
 * What the page shows for a visit whose session changes a subscription.  The
 * provider is asked for the price unless `asks` is false.
 */
enum rc	flow_change_view(struct flow *, const struct visit *, bool asks,
	    struct change_view *, struct err *);

/*
 * The button was pressed: ask the provider for the change, once however often
 * it is pressed.  visit->location says where the buyer goes on: success_url,
 * the provider's page for 3DS, or our own page again when there was no money.
 * RC_INVALID_TRANSITION when the provider will not (the session has failed
 * then); RC_CHECKOUT_UNAVAILABLE, RC_PROVIDER_DOWN: press again later.
 */
enum rc	flow_change_commit(struct flow *, struct str id, struct str key,
	    struct visit *, struct err *);

#endif
