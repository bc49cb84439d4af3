/*
 * Stripe, in five files: the signature (stripe.c), the envelope and the table
 * of event types (stripe_normalise.c), what they mean for payments
 * (stripe_payment.c) and for subscriptions (stripe_subscription.c), and what
 * those two read alike (stripe_read.c).
 */
#ifndef RUNG_PROVIDER_STRIPE_H
#define RUNG_PROVIDER_STRIPE_H

#include "provider/errand.h"
#include "provider/event.h"
#include "wire/doc.h"

/*
 * The Stripe-Signature header for a body sent at `now` (microseconds), as
 * Stripe makes it: "t=...,v1=...".  For the sandbox and for tests.
 */
struct str stripe_sign(struct arena *, struct str secret, struct str body,
    int64_t now);

/* See struct provider. */
void stripe_normalise(const struct hook *, const struct hook_rules *,
    struct arena *, struct event *out);

/* See provider_errand; and the events to tick at Stripe, NULL at the end. */
provider_errand		 stripe_errand;
extern const char *const stripe_events[];

/* What follows is between the files named above. */

struct stripe_event {
	struct event_maker	 make;
	const struct node	*object;	/* data.object */
	const struct stripe_row	*row;
};

/* What one event type means. */
struct stripe_row {
	const char	*type;		/* a '*' at the end: any ending */
	const char	*object;	/* what data.object must be */
	enum rc		(*read)(struct stripe_event *, struct err *);
	enum fact_kind	 kind;		/* of its fact, if the type tells */
	enum pay_step	 step;
	enum closing	 closing;
};

enum rc stripe_checkout(struct stripe_event *, struct err *);
enum rc stripe_checkout_closed(struct stripe_event *, struct err *);
enum rc stripe_payment(struct stripe_event *, struct err *);
enum rc stripe_invoice_payment(struct stripe_event *, struct err *);
enum rc stripe_charge_refunded(struct stripe_event *, struct err *);
enum rc stripe_refund(struct stripe_event *, struct err *);
enum rc stripe_dispute(struct stripe_event *, struct err *);
enum rc stripe_subscription(struct stripe_event *, struct err *);
enum rc stripe_invoice(struct stripe_event *, struct err *);

/* A fact about the object with this id (a member of data.object). */
enum rc stripe_fact(struct stripe_event *, enum fact_kind, enum object_kind,
    const char *id_path, struct fact **out, struct err *);

/*
 * rung_user and rung_session of a metadata object, which only a secret key
 * can write.
 */
void stripe_names(struct stripe_event *, struct fact *, const struct node *);

/* An amount in minor units; RC_INVALID_VALUE if missing or negative. */
enum rc stripe_amount(struct stripe_event *, const char *member,
    struct fact *, struct err *);

/* The same, and the currency beside it. */
enum rc stripe_money(struct stripe_event *, const char *member,
    struct fact *, struct err *);

/* Unix seconds at this path as microseconds; 0 when absent or no such time. */
int64_t stripe_time(const struct node *, const char *path);

#endif
