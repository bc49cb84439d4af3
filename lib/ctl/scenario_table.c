/*
 * The stories.  A provider that has no name in any step of one cannot tell
 * it; a step without its name is one that this provider leaves out.
 */
#include "ctl/scenario.h"

#define ACTIVE	"customer.subscription.updated.activated",		\
		"subscription.activated", "subscription_created"
#define PAID	"invoice.paid.subscription_cycle",			\
		"transaction.completed.renewal",			\
		"subscription_payment_success.renewal"
#define LINK	"invoice_payment.paid", NULL, NULL
#define FAILED	"invoice.payment_failed",				\
		"transaction.payment_failed.renewal",			\
		"subscription_payment_failed"
#define OVERDUE	"customer.subscription.updated.past_due",		\
		"subscription.past_due", "subscription_updated.past_due"
#define RENEWED	"customer.subscription.updated.activated",		\
		"subscription.updated.renewed",				\
		"subscription_updated.renewed"
#define ENDED	"customer.subscription.deleted",			\
		"subscription.canceled", "subscription_expired"
#define CHANGED	"customer.subscription.updated.downgrade",		\
		"subscription.updated.downgrade",			\
		"subscription_updated.downgrade"

const struct scenario scenarios[] = {
	{ "duplicate", "one payment, told three times", {
		{ ACTIVE, 0, 3, false, HEARD, THEN_PAID,
		    "three copies of one event grant once" },
	} },
	{ "out-of-order", "the first news comes last", {
		{ PAID, 3, 0, false, HEARD, THEN_ANY, "the money, before the "
		    "subscription is known" },
		{ ACTIVE, 2, 0, false, HEARD, THEN_PAID, "the subscription runs" },
		{ "customer.subscription.created.incomplete",
		    "subscription.created", "subscription_updated.after-create",
		    1, 0, false, HEARD, THEN_PAID, "its beginning, too late to "
		    "matter" },
	} },
	{ "late", "an old failure arrives after the payment", {
		{ ACTIVE, 5, 0, false, HEARD, THEN_PAID, "paid" },
		{ OVERDUE, 1, 0, false, HEARD, THEN_PAID, "was overdue before that: "
		    "old news takes nothing away" },
		{ ENDED, 9, 0, false, HEARD, THEN_FREE, "ended" },
		{ ACTIVE, 7, 0, false, HEARD, THEN_FREE, "ended stays ended" },
	} },
	{ "refund-after-grant", "the money goes back, and access with it", {
		{ ACTIVE, 0, 0, false, HEARD, THEN_PAID, "paid" },
		{ PAID, 1, 0, false, HEARD, THEN_PAID, "its invoice" },
		{ LINK, 2, 0, false, HEARD, THEN_PAID, "which payment that was" },
		{ "charge.refunded.subscription-payment", NULL,
		    "subscription_payment_refunded.full", 3, 0, false, HEARD,
		    THEN_FREE, "refunded in full" },
	} },
	{ "refund-once", "a one-time purchase is refunded", {
		{ "payment_intent.succeeded", "transaction.completed.one-time",
		    "order_created.one-time", 0, 0, false, HEARD, THEN_PAID,
		    "paid" },
		{ "charge.refunded.full",
		    "adjustment.updated.refund-full-approved",
		    "order_refunded.full", 1, 0, false, HEARD, THEN_FREE,
		    "refunded in full" },
	} },
	{ "3ds", "the bank wants to hear from the buyer first", {
		{ "customer.subscription.created.incomplete", NULL, NULL,
		    0, 0, false, HEARD, THEN_FREE, "nothing is paid yet" },
		{ "payment_intent.requires_action.3ds", NULL, NULL, 1, 0,
		    false, HEARD, THEN_FREE, "3-D Secure is asked for" },
		{ "customer.subscription.updated.activated", NULL, NULL,
		    2, 0, false, HEARD, THEN_PAID, "the buyer has answered" },
	} },
	{ "delayed-payment", "the money comes days later", {
		{ "checkout.session.completed.payment-unpaid-sepa", NULL,
		    "order_created.pending", 0, 0, false, HEARD, THEN_FREE,
		    "the checkout is done, the money is not in" },
		{ "payment_intent.processing", NULL, NULL, 1, 0, false, HEARD,
		    THEN_FREE, "it is on its way" },
		{ "checkout.session.async_payment_succeeded", NULL,
		    "order_created.one-time", 2, 0, false, HEARD, THEN_PAID,
		    "it is in" },
	} },
	{ "dispute-won", "a chargeback, and we are right", {
		{ "payment_intent.succeeded", "transaction.completed.one-time",
		    NULL, 0, 0, false, HEARD, THEN_PAID, "paid" },
		{ "charge.dispute.created", "adjustment.created.chargeback",
		    NULL, 1, 0, false, HEARD, THEN_SUSPENDED, "disputed" },
		{ "charge.dispute.closed.won",
		    "adjustment.updated.chargeback-reversed", NULL, 2, 0,
		    false, HEARD, THEN_PAID, "won" },
	} },
	{ "dispute-lost", "a chargeback, and the money is gone", {
		{ "payment_intent.succeeded", NULL, NULL, 0, 0, false, HEARD,
		    THEN_PAID, "paid" },
		{ "charge.dispute.created", NULL, NULL, 1, 0, false, HEARD,
		    THEN_SUSPENDED, "disputed" },
		{ "charge.dispute.closed.lost", NULL, NULL, 2, 0, false, HEARD,
		    THEN_FREE, "lost" },
	} },
	{ "downgrade", "the buyer moves to a lower tier", {
		{ ACTIVE, 0, 0, false, HEARD, THEN_PAID, "paid" },
		{ CHANGED, 1, 0, true, HEARD, THEN_LOWER, "another price" },
	} },
	{ "dunning-recovery", "a renewal fails, and is paid in the end", {
		{ ACTIVE, 0, 0, false, HEARD, THEN_PAID, "paid" },
		{ FAILED, 1, 0, false, HEARD, THEN_ANY, "the renewal failed" },
		{ OVERDUE, 2, 0, false, HEARD, THEN_GRACE, "overdue: grace" },
		{ PAID, 3, 0, false, HEARD, THEN_ANY, "paid after all" },
		{ RENEWED, 4, 0, false, HEARD, THEN_PAID, "and active again" },
	} },
	{ "lost-then-reconciled", "a delivery is lost, and asked for later", {
		{ "customer.subscription.updated.activated",
		    "subscription.activated", NULL, 0, 0, false, LOST,
		    THEN_FREE, "paid, and nobody told us" },
		{ "customer.subscription.updated.activated",
		    "subscription.activated", NULL, 1, 0, false, ASKED,
		    THEN_PAID, "rung reconcile --apply has asked" },
	} },
	{ .name = NULL }
};
