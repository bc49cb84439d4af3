/*
 * Playing Stripe for the sandbox: the events that a one-time Checkout sends,
 * signed with our own secret and posted to our own webhook route.
 */
#ifndef RUNG_FLOW_PRETEND_H
#define RUNG_FLOW_PRETEND_H

#include "core/session.h"
#include "flow/app.h"

struct pretence {
	const struct session	*session;
	int64_t			 amount;	/* minor units */
	struct str		 currency;	/* lower case */
};

/*
 * The buyer paid: payment_intent.succeeded and checkout.session.completed,
 * each delivered `times` times, the same bytes every time.  RC_DOWN when our
 * own server does not answer, RC_BROKEN when it refuses.
 */
enum rc pretend_paid(struct flow *, const struct pretence *, int times,
    struct err *);

/* The card was declined; another attempt may follow. */
enum rc pretend_declined(struct flow *, const struct pretence *,
    struct err *);

#endif
