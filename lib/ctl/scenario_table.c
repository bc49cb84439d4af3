/*
 * The stories.  A step without its name is one that this provider leaves out;
 * who cannot tell a story at all says why.
 */
#include "ctl/scenario.h"

#define ACTIVE	{ "customer.subscription.updated.activated",		\
		"subscription.activated", "subscription_created" }
#define PAID	{ "invoice.paid.subscription_cycle",			\
		"transaction.completed.renewal",			\
		"subscription_payment_success.renewal" }
#define LINK	{ "invoice_payment.paid", NULL, NULL }
#define FAILED	{ "invoice.payment_failed",				\
		"transaction.payment_failed.renewal",			\
		"subscription_payment_failed" }
#define OVERDUE	{ "customer.subscription.updated.past_due",		\
		"subscription.past_due", "subscription_updated.past_due" }
#define RENEWED	{ "customer.subscription.updated.activated",		\
		"subscription.updated.renewed",				\
		"subscription_updated.renewed" }
#define ENDED	{ "customer.subscription.deleted",			\
		"subscription.canceled", "subscription_expired" }
#define CHANGED	{ "customer.subscription.updated.downgrade",		\
		"subscription.updated.downgrade",			\
		"subscription_updated.downgrade" }
#define ONCE	{ "payment_intent.succeeded",				\
		"transaction.completed.one-time",			\
		"order_created.one-time" }
#define NEWS	{ "customer.subscription.updated.activated",		\
		"subscription.activated", NULL }

/* No provider has a reason not to tell it. */
#define ALL_TELL { .stripe = NULL }

const struct scenario scenarios[] = {
	{ "duplicate", "one payment, told three times", ALL_TELL, {
		{ ACTIVE, 0, 3, false, HEARD, THEN_PAID,
		    "three copies of one event grant once" },
	} },
	{ "out-of-order", "the first news comes last", ALL_TELL, {
		{ PAID, 3, 0, false, HEARD, THEN_ANY, "the money, before the "
		    "subscription is known" },
		{ ACTIVE, 2, 0, false, HEARD, THEN_PAID, "the subscription runs" },
		{ { "customer.subscription.created.incomplete",
		    "subscription.created",
		    "subscription_updated.after-create" }, 1, 0, false, HEARD,
		    THEN_PAID, "its beginning, too late to matter" },
	} },
	{ "late", "an old failure arrives after the payment", ALL_TELL, {
		{ ACTIVE, 5, 0, false, HEARD, THEN_PAID, "paid" },
		{ OVERDUE, 1, 0, false, HEARD, THEN_PAID, "was overdue before that: "
		    "old news takes nothing away" },
		{ ENDED, 9, 0, false, HEARD, THEN_FREE, "ended" },
		{ ACTIVE, 7, 0, false, HEARD, THEN_FREE, "ended stays ended" },
	} },
	{ "refund-after-grant", "the money goes back, and access with it",
	    ALL_TELL, {
		{ ACTIVE, 0, 0, false, HEARD, THEN_PAID, "paid" },
		{ PAID, 1, 0, false, HEARD, THEN_PAID, "its invoice" },
		{ LINK, 2, 0, false, HEARD, THEN_PAID, "which payment that was" },
		{ { "charge.refunded.subscription-payment",
		    "adjustment.updated.refund-renewal-approved",
		    "subscription_payment_refunded.full" }, 3, 0, false,
		    HEARD, THEN_FREE, "refunded in full" },
	} },
	{ "refund-once", "a one-time purchase is refunded", ALL_TELL, {
		{ ONCE, 0, 0, false, HEARD, THEN_PAID, "paid" },
		{ { "charge.refunded.full",
		    "adjustment.updated.refund-full-approved",
		    "order_refunded.full" }, 1, 0, false, HEARD, THEN_FREE,
		    "refunded in full" },
	} },
	{ "3ds", "the bank wants to hear from the buyer first", {
	    .lemonsqueezy = "Lemon Squeezy asks for 3-D Secure inside its "
	    "checkout and sends nothing about it" }, {
		{ { "customer.subscription.created.incomplete", NULL, NULL },
		    0, 0, false, HEARD, THEN_FREE, "nothing is paid yet" },
		{ { "payment_intent.requires_action.3ds",
		    "transaction.updated.action-required", NULL }, 1, 0,
		    false, HEARD, THEN_FREE, "3-D Secure is asked for" },
		{ { "customer.subscription.updated.activated",
		    "transaction.completed.one-time", NULL }, 2, 0, false,
		    HEARD, THEN_PAID, "the buyer has answered" },
	} },
	{ "delayed-payment", "the money comes days later", ALL_TELL, {
		{ { "checkout.session.completed.payment-unpaid-sepa",
		    "transaction.updated.payment-pending",
		    "order_created.pending" }, 0, 0, false, HEARD, THEN_FREE,
		    "the checkout is done, the money is not in" },
		{ { "payment_intent.processing", NULL, NULL }, 1, 0, false,
		    HEARD, THEN_FREE, "it is on its way" },
		{ { "checkout.session.async_payment_succeeded",
		    "transaction.completed.one-time",
		    "order_created.one-time" }, 2, 0, false, HEARD, THEN_PAID,
		    "it is in" },
	} },
	{ "dispute-won", "a chargeback, and we are right", {
	    .lemonsqueezy = "Lemon Squeezy sends nothing about a dispute "
	    "that is open or won" }, {
		{ ONCE, 0, 0, false, HEARD, THEN_PAID, "paid" },
		{ { "charge.dispute.created", "adjustment.created.chargeback",
		    NULL }, 1, 0, false, HEARD, THEN_SUSPENDED, "disputed" },
		{ { "charge.dispute.closed.won",
		    "adjustment.updated.chargeback-reversed", NULL }, 2, 0,
		    false, HEARD, THEN_PAID, "won" },
	} },
	{ "dispute-lost", "a chargeback, and the money is gone", {
	    .paddle = "Paddle has no word for a dispute that is lost: a "
	    "chargeback stands, and access stays suspended, until it is "
	    "reversed" }, {
		{ ONCE, 0, 0, false, HEARD, THEN_PAID, "paid" },
		{ { "charge.dispute.created", NULL, NULL }, 1, 0, false,
		    HEARD, THEN_SUSPENDED, "disputed" },
		{ { "charge.dispute.closed.lost", NULL,
		    "order_refunded.fraudulent" }, 2, 0, false, HEARD,
		    THEN_FREE, "lost" },
	} },
	{ "downgrade", "the buyer moves to a lower tier", ALL_TELL, {
		{ ACTIVE, 0, 0, false, HEARD, THEN_PAID, "paid" },
		{ CHANGED, 1, 0, true, HEARD, THEN_LOWER, "another price" },
	} },
	{ "dunning-recovery", "a renewal fails, and is paid in the end",
	    ALL_TELL, {
		{ ACTIVE, 0, 0, false, HEARD, THEN_PAID, "paid" },
		{ FAILED, 1, 0, false, HEARD, THEN_ANY, "the renewal failed" },
		{ OVERDUE, 2, 0, false, HEARD, THEN_GRACE, "overdue: grace" },
		{ PAID, 3, 0, false, HEARD, THEN_ANY, "paid after all" },
		{ RENEWED, 4, 0, false, HEARD, THEN_PAID, "and active again" },
	} },
	/* What Lemon Squeezy tells later says nothing of whose it is, so its
	 * beginning must have been heard. */
	{ "lost-then-reconciled", "deliveries are lost, and asked for later",
	    ALL_TELL, {
		{ NEWS, 0, 0, false, LOST, THEN_FREE, "paid, and nobody told "
		    "us" },
		{ NEWS, 1, 0, false, ASKED, THEN_PAID, "rung reconcile "
		    "--apply has asked" },
		{ { NULL, NULL, "subscription_created" }, 1, 0, false, HEARD,
		    THEN_PAID, "paid" },
		{ ENDED, 2, 0, false, LOST, THEN_PAID, "ended, and nobody "
		    "told us" },
		{ ENDED, 3, 0, false, ASKED, THEN_FREE, "rung reconcile "
		    "--apply has asked" },
	} },
	{ .name = NULL }
};
