/*
 * Changing a running subscription at Paddle: what it would cost, the change,
 * the end, and taking that back.  A change is told as the complete list of
 * items, and what is left out is removed; so the list is read first.
 */
#include "base/guard.h"
#include "provider/paddle.h"
#include "provider/paddle_errand.h"

/* The first turn: how it stands; then answer 0 in *doc, unless it ended. */
static enum rc
subscription(struct paddle_turn *t, struct doc **doc, bool *ended,
    struct err *e)
{
	*ended = true;
	if (t->answered == 0) {
		paddle_get(t, "/subscriptions/%.*s",
		    STR_FMT(t->errand->object.ref));
		return RC_OK;
	}
	return paddle_answer(t, 0, doc, ended, e);
}

/* The last answer is the subscription as it is now: tell it. */
static enum rc
changed(struct paddle_turn *t, struct err *e)
{
	GUARD(doc_free) struct doc	*doc = NULL;
	bool				 ended;

	TRY(paddle_answer(t, t->answered - 1, &doc, &ended, e));
	if (ended)
		return RC_OK;
	TRY(paddle_tell(t, "subscription.updated",
	    node_at(doc_root(doc), "data"), e));
	return paddle_over(t, ERRAND_DONE);
}

/* --- the list of items ------------------------------------------------- */

/* An item that is charged once is no part of the list. */
static bool
recurs(const struct node *item)
{
	return node_kind(node_at(item, "recurring")) != NODE_BOOL ||
	    node_bool(item, "recurring");
}

/* The position of the item that is to be another; the count if none is. */
static size_t
place_of(const struct paddle_turn *t, const struct node *items)
{
	struct str	replaces = t->errand->replaces;
	size_t		count = node_count(items), recurring = 0, last = count;

	for (size_t i = 0; i < count; i++) {
		const struct node *item = node_item(items, i);

		if (!recurs(item))
			continue;
		recurring++;
		last = i;
		if (replaces.len > 0 && str_eq(replaces,
		    node_text(item, "price.id")))
			return i;
	}
	return recurring == 1 ? last : count;
}

static void
put_item(struct out *o, struct str price, int64_t quantity)
{
	out_open(o, '{');
	out_text(o, "price_id", price);
	out_int(o, "quantity", quantity);
	out_close(o, '}');
}

static void
put_items(struct paddle_turn *t, const struct node *items, size_t place)
{
	struct out	*o = &t->body;

	out_open_as(o, "items", '[');
	for (size_t i = 0; i < node_count(items); i++) {
		const struct node *item = node_item(items, i);
		int64_t	quantity = 1;

		if (i == place)
			put_item(o, t->errand->price, t->errand->quantity);
		else if (recurs(item)) {
			node_int(item, "quantity", &quantity);
			put_item(o, node_text(item, "price.id"), quantity);
		}
	}
	out_close(o, ']');
	out_name(o, "proration_billing_mode", "prorated_immediately");
}

/*
 * The same list for what it would cost and for doing it.  A payment that
 * fails prevents the change, so nobody has what was not paid.
 */
static enum rc
change_ask(struct paddle_turn *t, const struct node *sub, bool preview,
    struct err *e)
{
	const struct node	*items = node_at(sub, "items");
	size_t			 place = place_of(t, items);

	if (place == node_count(items))
		return paddle_refuse(t, "the subscription has several items, "
		    "and none of them is what would be replaced");
	paddle_begin(t, "PATCH", "/subscriptions/%.*s%s",
	    STR_FMT(t->errand->object.ref), preview ? "/preview" : "");
	put_items(t, items, place);
	if (!preview)
		out_name(&t->body, "on_payment_failure", "prevent_change");
	return paddle_send(t, e);
}

/* --- what it costs ----------------------------------------------------- */

/* An amount as text with its currency beside it; unknown if it is none. */
static struct money_due
money_at(struct paddle_turn *t, const struct node *of, const char *amount)
{
	struct str		 upper = node_text(of, "currency_code");
	struct money_due	 due = { .known = false };
	char			*lower = arena_take(t->arena, upper.len + 1, 1);

	if (upper.len == 0 || !str_int64(node_text(of, amount), &due.amount))
		return due;
	for (size_t i = 0; i < upper.len; i++)
		lower[i] = upper.at[i] >= 'A' && upper.at[i] <= 'Z' ?
		    (char)(upper.at[i] - 'A' + 'a') : upper.at[i];
	due.currency = (struct str){ lower, upper.len };
	due.known = true;
	return due;
}

/*
 * A change that leaves a balance is credit, below 0.  Else what is charged at
 * once, which knows of credit from before; else what the change comes to.
 */
static struct money_due
due_now(struct paddle_turn *t, const struct node *preview)
{
	const struct node	*result = node_at(preview,
				    "update_summary.result");
	struct money_due	 net = money_at(t, result, "amount");
	struct money_due	 charge = money_at(t, node_at(preview,
				    "immediate_transaction.details.totals"),
				    "grand_total");

	if (net.known && str_eq(node_text(result, "action"), STR("credit"))) {
		if (net.amount > 0)
			net.amount = -net.amount;
		return net;
	}
	return charge.known ? charge : net;
}

/* The next regular bill. */
static struct money_due
due_next(struct paddle_turn *t, const struct node *preview)
{
	struct money_due	 due = money_at(t, node_at(preview,
				    "next_transaction.details.totals"),
				    "grand_total");
	int64_t			 every = 0;

	if (!due.known)
		due = money_at(t, node_at(preview,
		    "recurring_transaction_details.totals"), "grand_total");
	if (node_int(preview, "billing_cycle.frequency", &every) && every == 1)
		due.interval = arena_keep(t->arena,
		    node_text(preview, "billing_cycle.interval"));
	return due;
}

enum rc
paddle_do_quote(struct paddle_turn *t, struct err *e)
{
	GUARD(doc_free) struct doc	*sub = NULL, *preview = NULL;
	const struct node		*data;
	bool				 ended;

	TRY(subscription(t, &sub, &ended, e));
	if (ended)
		return RC_OK;
	if (t->answered == 1)
		return change_ask(t, node_at(doc_root(sub), "data"), true, e);
	TRY(paddle_answer(t, 1, &preview, &ended, e));
	if (ended)
		return RC_OK;
	data = node_at(doc_root(preview), "data");
	t->result->due_now = due_now(t, data);
	t->result->due_next = due_next(t, data);
	return paddle_over(t, ERRAND_DONE);
}

/* --- doing it ---------------------------------------------------------- */

enum rc
paddle_do_change(struct paddle_turn *t, struct err *e)
{
	GUARD(doc_free) struct doc	*sub = NULL;
	bool				 ended;

	TRY(subscription(t, &sub, &ended, e));
	if (ended)
		return RC_OK;
	if (t->answered == 1)
		return change_ask(t, node_at(doc_root(sub), "data"), false, e);
	return changed(t, e);
}

/* Bills can wait for the next period at Paddle, but items change at once. */
enum rc
paddle_do_plan(struct paddle_turn *t, struct err *e)
{
	(void)e;
	return paddle_refuse(t, "Paddle changes the items of a subscription "
	    "at once and cannot plan it: change now, or cancel at the end");
}

enum rc
paddle_do_cancel(struct paddle_turn *t, struct err *e)
{
	if (t->answered > 0)
		return changed(t, e);
	paddle_begin(t, "POST", "/subscriptions/%.*s/cancel",
	    STR_FMT(t->errand->object.ref));
	out_name(&t->body, "effective_from", t->errand->immediately ?
	    "immediately" : "next_billing_period");
	return paddle_send(t, e);
}

static enum rc
resume_ask(struct paddle_turn *t, const struct node *sub, struct err *e)
{
	struct str	status = node_text(sub, "status");

	if (str_eq(status, STR("canceled")))
		return paddle_over(t, ERRAND_GONE);
	if (str_eq(status, STR("paused"))) {
		paddle_begin(t, "POST", "/subscriptions/%.*s/resume",
		    STR_FMT(t->errand->object.ref));
		out_name(&t->body, "effective_from", "immediately");
		return paddle_send(t, e);
	}
	if (node_kind(node_at(sub, "scheduled_change")) != NODE_OBJECT)
		return changed(t, e);
	paddle_begin(t, "PATCH", "/subscriptions/%.*s",
	    STR_FMT(t->errand->object.ref));
	out_null(&t->body, "scheduled_change");
	return paddle_send(t, e);
}

/* Nothing planned: nothing to take back, and how it stands is told. */
enum rc
paddle_do_resume(struct paddle_turn *t, struct err *e)
{
	GUARD(doc_free) struct doc	*sub = NULL;
	bool				 ended;

	TRY(subscription(t, &sub, &ended, e));
	if (ended)
		return RC_OK;
	if (t->answered == 1)
		return resume_ask(t, node_at(doc_root(sub), "data"), e);
	return changed(t, e);
}
