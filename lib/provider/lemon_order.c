/*
 * Lemon Squeezy's orders and the invoices of its subscriptions: money that
 * came in and went back.  An order names a variant and does not say whether
 * it renews; the matrix may, and the subscription that follows takes the
 * order over as a part of its own purchase.
 */
#include "provider/lemon.h"

/* The sum given back so far; the status text decides where no sum is named. */
static int64_t
refunded(const struct lemon_event *l, int64_t total)
{
	int64_t	amount = 0;

	if (lemon_int(l->attributes, "refunded_amount", &amount) &&
	    amount > 0)
		return amount;
	if (lemon_status(l, STR("refunded")) ||
	    node_bool(l->attributes, "refunded"))
		return total;
	return 0;
}

static bool
paid(const struct lemon_event *l)
{
	static const struct str	words[] = {
		STR("paid"), STR("refunded"), STR("partial_refund"),
		STR("partial_refunded"), STR("fraudulent"),
	};

	for (size_t i = 0; i < COUNT(words); i++)
		if (lemon_status(l, words[i]))
			return true;
	return false;
}

/* Money is in, less what was given back: two facts at most. */
static enum rc
paid_read(struct lemon_event *l, enum object_kind kind, struct fact **out,
    struct err *e)
{
	struct fact	*back;
	int64_t		 amount;

	TRY(lemon_fact(l, FACT_PAID, kind, out, e));
	TRY(lemon_money(l, *out, e));
	amount = refunded(l, (*out)->amount);
	if (amount == 0)
		return RC_OK;
	TRY(lemon_fact(l, FACT_REFUNDED, kind, &back, e));
	back->amount = amount;
	return RC_OK;
}

/* Lemon Squeezy tells of no disputes but this: the order was a fraud. */
static enum rc
fraud_read(struct lemon_event *l, struct err *e)
{
	struct fact	*f;

	if (!lemon_status(l, STR("fraudulent")))
		return RC_OK;
	TRY(lemon_fact(l, FACT_DISPUTE, OBJECT_ORDER, &f, e));
	f->part_id = STR("fraudulent");
	f->dispute_state = DISPUTE_LOST;
	return RC_OK;
}

/* An order without a line of its own says nothing of what was bought. */
static enum rc
items_read(struct lemon_event *l, struct err *e)
{
	const struct node	*line = node_at(l->attributes,
				    "first_order_item");
	struct fact		*f;

	if (node_kind(line) != NODE_OBJECT)
		return RC_OK;
	TRY(lemon_fact(l, FACT_ITEMS, OBJECT_ORDER, &f, e));
	return lemon_item(f, lemon_id(line, "variant_id", l->make.arena),
	    line, e);
}

/*
 * A pending order may still be paid, and so may a failed one, by another
 * attempt.  A status we do not know is no money.
 */
enum rc
lemon_order(struct lemon_event *l, struct err *e)
{
	struct fact	*f;

	if (paid(l)) {
		TRY(paid_read(l, OBJECT_ORDER, &f, e));
		TRY(items_read(l, e));
		return fraud_read(l, e);
	}
	TRY(lemon_fact(l, FACT_SEEN, OBJECT_ORDER, &f, e));
	if (lemon_status(l, STR("pending")))
		f->step = PAY_PROCESSING;
	else if (lemon_status(l, STR("failed")))
		f->step = PAY_FAILED;
	if (f->step != PAY_NONE)
		f->kind = FACT_STEP;
	return RC_OK;
}

/*
 * An invoice tells no period and no variant, also when it recovers a failed
 * payment: how far the subscription is paid is the subscription's to say.
 */
enum rc
lemon_invoice(struct lemon_event *l, struct err *e)
{
	struct str	 sub = lemon_id(l->attributes, "subscription_id",
			    l->make.arena);
	struct event	*ev = l->make.event;
	struct fact	*f;

	if (paid(l))
		TRY(paid_read(l, OBJECT_INVOICE, &f, e));
	else {
		TRY(lemon_fact(l, FACT_SEEN, OBJECT_INVOICE, &f, e));
		if (str_eq(ev->type, STR("subscription_payment_failed"))) {
			f->kind = FACT_STEP;
			f->step = PAY_FAILED;
		}
	}
	for (size_t i = 0; i < ev->fact_count; i++)
		event_link(&l->make, &ev->facts[i], OBJECT_SUBSCRIPTION, sub);
	return RC_OK;
}
