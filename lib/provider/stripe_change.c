/*
 * Changing a running subscription at Stripe: what it would cost, the change
 * now or at the period's end, the end itself, and taking that back.  Each
 * reads the subscription first: its items have ids of their own, and a change
 * without one would add a second item.
 */
#include "base/clock.h"
#include "base/guard.h"
#include "provider/stripe_errand.h"

/* The time of the quote, so that what was shown is what is charged. */
static int64_t
proration_date(const struct errand *x)
{
	return (x->quoted_at != 0 ? x->quoted_at : x->now) / SECOND;
}

/* The first turn of them all; then answer 0 in *doc, unless it ended. */
static enum rc
subscription(struct stripe_turn *t, struct doc **doc, bool *ended,
    struct err *e)
{
	*ended = true;
	if (t->answered == 0) {
		stripe_get(t, "/v1/subscriptions/%.*s",
		    STR_FMT(t->errand->object.ref));
		return RC_OK;
	}
	return stripe_answer(t, 0, doc, ended, e);
}

static enum rc
refuse(struct stripe_turn *t, struct str why)
{
	errand_end(t->result, ERRAND_REFUSED, t->arena, why);
	t->turn = TURN_OVER;
	return RC_OK;
}

/* The item that is to be another, or NULL. */
static const struct node *
item_of(const struct stripe_turn *t, const struct node *sub)
{
	const struct node	*items = node_at(sub, "items.data");
	struct str		 replaces = t->errand->replaces;

	if (node_count(items) == 1)
		return node_item(items, 0);
	for (size_t i = 0; i < node_count(items); i++)
		if (replaces.len > 0 && str_eq(replaces,
		    node_id(node_item(items, i), "price")))
			return node_item(items, i);
	return NULL;
}

static enum rc
no_item(struct stripe_turn *t)
{
	return refuse(t, STR("the subscription has several items, and none "
	    "of them is what would be replaced"));
}

static enum rc
quote_ask(struct stripe_turn *t, const struct node *item, struct err *e)
{
	const struct errand	*x = t->errand;

	stripe_post(t, "/v1/invoices/create_preview");
	stripe_field(t, "subscription", x->object.ref);
	stripe_field(t, "subscription_details[items][0][id]",
	    node_id(item, "id"));
	stripe_field(t, "subscription_details[items][0][price]", x->price);
	stripe_number(t, "subscription_details[items][0][quantity]",
	    x->quantity);
	stripe_field(t, "subscription_details[proration_behavior]",
	    STR("always_invoice"));
	stripe_number(t, "subscription_details[proration_date]",
	    proration_date(x));
	return stripe_send(t, STR_NONE, e);
}

enum rc
stripe_do_quote(struct stripe_turn *t, struct err *e)
{
	GUARD(doc_free) struct doc	*sub = NULL, *bill = NULL;
	struct money_due	*due = &t->result->due_now;
	const struct node	*item;
	bool			 ended;

	TRY(subscription(t, &sub, &ended, e));
	if (ended)
		return RC_OK;
	item = item_of(t, doc_root(sub));
	if (item == NULL)
		return no_item(t);
	if (t->answered == 1)
		return quote_ask(t, item, e);
	TRY(stripe_answer(t, 1, &bill, &ended, e));
	if (ended)
		return RC_OK;
	due->known = node_int(doc_root(bill), "amount_due", &due->amount);
	due->currency = arena_keep(t->arena,
	    node_text(doc_root(bill), "currency"));
	return stripe_over(t, ERRAND_DONE);
}

static enum rc
change_ask(struct stripe_turn *t, const struct node *item, struct err *e)
{
	const struct errand	*x = t->errand;

	stripe_post(t, "/v1/subscriptions/%.*s", STR_FMT(x->object.ref));
	stripe_field(t, "items[0][id]", node_id(item, "id"));
	stripe_field(t, "items[0][price]", x->price);
	stripe_number(t, "items[0][quantity]", x->quantity);
	stripe_field(t, "proration_behavior", STR("always_invoice"));
	stripe_field(t, "payment_behavior", STR("pending_if_incomplete"));
	stripe_number(t, "proration_date", proration_date(x));
	stripe_field(t, "expand[0]", STR("latest_invoice"));
	/* A decline is an answer, which the same key would only repeat. */
	return stripe_send(t, x->attempt == 0 ?
	    arena_text(t->arena, "%.*s-change", STR_FMT(x->session)) :
	    arena_text(t->arena, "%.*s-change-%lld", STR_FMT(x->session),
	    (long long)x->attempt), e);
}

/*
 * Not paid: the change waits as `pending_update` until the buyer pays the
 * invoice, with another card or after 3-D Secure.
 */
enum rc
stripe_do_change(struct stripe_turn *t, struct err *e)
{
	GUARD(doc_free) struct doc	*sub = NULL, *changed = NULL;
	const struct node	*item, *root;
	bool			 ended;

	TRY(subscription(t, &sub, &ended, e));
	if (ended)
		return RC_OK;
	item = item_of(t, doc_root(sub));
	if (item == NULL)
		return no_item(t);
	if (t->answered == 1)
		return change_ask(t, item, e);
	TRY(stripe_answer(t, 1, &changed, &ended, e));
	if (ended)
		return RC_OK;
	root = doc_root(changed);
	TRY(stripe_tell(t, "customer.subscription.updated", root, e));
	if (node_kind(node_at(root, "pending_update")) != NODE_OBJECT)
		return stripe_over(t, ERRAND_DONE);
	t->result->url = arena_keep(t->arena,
	    node_text(root, "latest_invoice.hosted_invoice_url"));
	return stripe_over(t, t->result->url.len > 0 ? ERRAND_ACTION :
	    ERRAND_DECLINED);
}

/* What runs until the period's end, and what comes after it. */
static enum rc
plan_ask(struct stripe_turn *t, const struct node *plan,
    const struct node *item, struct err *e)
{
	const struct errand	*x = t->errand;
	int64_t			 starts = 0, ends = 0, quantity = 1;

	node_int(plan, "phases.0.start_date", &starts);
	node_int(plan, "phases.0.end_date", &ends);
	node_int(item, "quantity", &quantity);
	stripe_post(t, "/v1/subscription_schedules/%.*s",
	    STR_FMT(node_id(plan, "id")));
	stripe_field(t, "end_behavior", STR("release"));
	stripe_number(t, "phases[0][start_date]", starts);
	stripe_number(t, "phases[0][end_date]", ends);
	stripe_field(t, "phases[0][items][0][price]", node_id(item, "price"));
	stripe_number(t, "phases[0][items][0][quantity]", quantity);
	stripe_field(t, "phases[1][items][0][price]", x->price);
	stripe_number(t, "phases[1][items][0][quantity]", x->quantity);
	stripe_field(t, "phases[1][proration_behavior]", STR("none"));
	return stripe_send(t, arena_text(t->arena, "%.*s-plan",
	    STR_FMT(x->session)), e);
}

/* A subscription has one schedule at most; the one it has is written anew. */
static enum rc
plan_find(struct stripe_turn *t, struct str schedule, struct err *e)
{
	if (schedule.len > 0) {
		stripe_get(t, "/v1/subscription_schedules/%.*s",
		    STR_FMT(schedule));
		return RC_OK;
	}
	stripe_post(t, "/v1/subscription_schedules");
	stripe_field(t, "from_subscription", t->errand->object.ref);
	return stripe_send(t, arena_text(t->arena, "%.*s-schedule",
	    STR_FMT(t->errand->session)), e);
}

enum rc
stripe_do_plan(struct stripe_turn *t, struct err *e)
{
	GUARD(doc_free) struct doc	*sub = NULL, *plan = NULL, *done = NULL;
	const struct node	*root, *item;
	bool			 ended;

	TRY(subscription(t, &sub, &ended, e));
	if (ended)
		return RC_OK;
	root = doc_root(sub);
	item = item_of(t, root);
	if (item == NULL || node_count(node_at(root, "items.data")) != 1)
		return refuse(t, STR("a subscription with several items "
		    "cannot be changed at its period's end"));
	if (t->answered == 1)
		return plan_find(t, node_id(root, "schedule"), e);
	TRY(stripe_answer(t, 1, &plan, &ended, e));
	if (ended)
		return RC_OK;
	if (t->answered == 2)
		return plan_ask(t, doc_root(plan), item, e);
	TRY(stripe_answer(t, 2, &done, &ended, e));
	return ended ? RC_OK : stripe_over(t, ERRAND_DONE);
}

/*
 * What a schedule manages cannot be changed beside it, so it is let go first:
 * true when that is the next call.
 */
static bool
release_first(struct stripe_turn *t, const struct node *sub, struct err *e,
    enum rc *rc)
{
	struct str	schedule = node_id(sub, "schedule");

	if (schedule.len == 0 || t->answered != 1)
		return false;
	stripe_post(t, "/v1/subscription_schedules/%.*s/release",
	    STR_FMT(schedule));
	*rc = stripe_send(t, STR_NONE, e);
	return true;
}

static enum rc
cancel_ask(struct stripe_turn *t, bool cancel, struct err *e)
{
	if (cancel && t->errand->immediately) {
		stripe_delete(t, "/v1/subscriptions/%.*s",
		    STR_FMT(t->errand->object.ref));
		return RC_OK;
	}
	stripe_post(t, "/v1/subscriptions/%.*s",
	    STR_FMT(t->errand->object.ref));
	stripe_field(t, "cancel_at_period_end",
	    cancel ? STR("true") : STR("false"));
	return stripe_send(t, STR_NONE, e);
}

/* Cancel, or take it back: the last answer is the subscription as it is now. */
static enum rc
cancel_or_resume(struct stripe_turn *t, bool cancel, struct err *e)
{
	GUARD(doc_free) struct doc	*sub = NULL, *now = NULL;
	bool	 ended, scheduled;
	enum rc	 rc = RC_OK;

	TRY(subscription(t, &sub, &ended, e));
	if (ended)
		return RC_OK;
	scheduled = node_id(doc_root(sub), "schedule").len > 0;
	if (release_first(t, doc_root(sub), e, &rc))
		return rc;
	if (t->answered == (scheduled ? 2U : 1U)) {
		if (scheduled) {
			TRY(stripe_answer(t, 1, &now, &ended, e));
			if (ended)
				return RC_OK;
		}
		return cancel_ask(t, cancel, e);
	}
	TRY(stripe_answer(t, t->answered - 1, &now, &ended, e));
	if (ended)
		return RC_OK;
	TRY(stripe_tell(t, cancel && t->errand->immediately ?
	    "customer.subscription.deleted" : "customer.subscription.updated",
	    doc_root(now), e));
	return stripe_over(t, ERRAND_DONE);
}

enum rc
stripe_do_cancel(struct stripe_turn *t, struct err *e)
{
	return cancel_or_resume(t, true, e);
}

enum rc
stripe_do_resume(struct stripe_turn *t, struct err *e)
{
	return cancel_or_resume(t, false, e);
}
