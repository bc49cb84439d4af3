/*
 * Paddle's subscriptions: show, change, preview, cancel, pause, resume.
 */
#include "base/guard.h"
#include "base/limits.h"
#include "flow/pretend_shape.h"
#include "sandbox.h"

#define API		"/sandbox/paddle/"

static web_handler	show, list, patch, preview, cancel, pause_it, resume;

const struct route paddle_sub_routes[] = {
	API_ROW("GET", API "subscriptions", list),
	API_ROW("GET", API "subscriptions/{id}", show),
	API_ROW("PATCH", API "subscriptions/{id}", patch),
	API_ROW("PATCH", API "subscriptions/{id}/preview", preview),
	API_ROW("POST", API "subscriptions/{id}/cancel", cancel),
	API_ROW("POST", API "subscriptions/{id}/pause", pause_it),
	API_ROW("POST", API "subscriptions/{id}/resume", resume),
	{ .method = NULL }
};

/* Before its first payment there is none. */
static bool
exists(const struct thing *sub)
{
	return !str_eq(sub->status, STR("incomplete"));
}

static enum rc
find(struct paddle_call *c, struct thing *sub, struct err *e)
{
	struct str	id = web_arg(c->w, "id");
	bool		found;

	TRY(thing_get(&c->play, THING_SUBSCRIPTION, id, sub, &found, e));
	return found && exists(sub) ? RC_OK : as_paddle_missing(e, id);
}

/* The API adds what a notification does not have. */
static void
write_sub(struct paddle_call *c, struct out *o, const struct thing *sub)
{
	paddle_write_subscription(&c->play, o, sub);
	out_open_as(o, "management_urls", '{');
	out_text(o, "update_payment_method", arena_text(web_arena(c->w),
	    "%.*s/sandbox/portal/paddle/%.*s",
	    STR_FMT(c->play.f->conf->base_url), STR_FMT(sub->customer)));
	out_text(o, "cancel", arena_text(web_arena(c->w),
	    "%.*s/sandbox/portal/paddle/%.*s",
	    STR_FMT(c->play.f->conf->base_url), STR_FMT(sub->customer)));
	out_close(o, '}');
}

static enum rc
reply(struct paddle_call *c, const struct thing *sub, struct err *e)
{
	struct str	json = STR_NONE;

	PADDLE_TEXT(c, &json, e, write_sub(c, &text_out, sub));
	return as_paddle_reply(c, 200, json, e);
}

static enum rc
show(struct web *w, struct err *e)
{
	static const char *const	parameters[] = { "include", NULL };
	GUARD(as_paddle_end) struct paddle_call	c;
	struct thing				sub;

	TRY(as_paddle_begin(&c, w, parameters, NULL, e));
	TRY(find(&c, &sub, e));
	return reply(&c, &sub, e);
}

static enum rc
each(struct paddle_call *c, struct out *o, const struct thing *sub,
    bool *written, struct err *e)
{
	struct str	status = form_text(&c->query, "status"),
			customer = form_text(&c->query, "customer_id");

	(void)e;
	*written = exists(sub) &&
	    (status.len == 0 || str_eq(status, sub->status)) &&
	    (customer.len == 0 || str_eq(customer, sub->customer));
	if (!*written)
		return RC_OK;
	out_open(o, '{');
	write_sub(c, o, sub);
	out_close(o, '}');
	return RC_OK;
}

static enum rc
list(struct web *w, struct err *e)
{
	static const char *const	parameters[] = { "customer_id",
	    "price_id", "status", "id", "after", "per_page", "order_by",
	    "scheduled_change_action", NULL };
	GUARD(as_paddle_end) struct paddle_call	c;

	TRY(as_paddle_begin(&c, w, parameters, NULL, e));
	return as_paddle_list(&c, THING_SUBSCRIPTION, STR_NONE, each,
	    "subscriptions", e);
}

/* ---- Changes ---- */

static const char *const	change_members[] = {
	"items", "proration_billing_mode", "on_payment_failure",
	"scheduled_change", "custom_data", "next_billed_at", "discount",
	"customer_id", "address_id", "collection_mode", NULL
};

/* Which of the modes; Paddle wants one whenever items change. */
static enum rc
take_mode(struct paddle_call *c, const struct thing *sub,
    struct life_change *lc, struct err *e)
{
	static const char *const	modes[] = { "prorated_immediately",
	    "full_immediately", "prorated_next_billing_period",
	    "full_next_billing_period", "do_not_bill" };
	struct str	mode = node_text(c->root, "proration_billing_mode");
	size_t		i = 0;

	while (i < COUNT(modes) && !str_eq(mode, str_of(modes[i])))
		i++;
	if (i == COUNT(modes))
		return as_paddle_refuse(e, "bad_request",
		    "proration_billing_mode is required with items");
	if (sub->cancel_planned != 0 && (i == 2 || i == 3))
		return as_paddle_refuse(e,
		    "subscription_locked_pending_changes",
		    "subscription has a scheduled change");
	lc->bill_now = i < 2;
	lc->free = i == 4;
	return RC_OK;
}

static enum rc
take_failure(struct paddle_call *c, struct life_change *lc, struct err *e)
{
	struct str	what = node_text(c->root, "on_payment_failure");

	lc->unpaid = UNPAID_REFUSED;
	if (str_eq(what, STR("apply_change")))
		lc->unpaid = UNPAID_APPLIED;
	else if (what.len > 0 && !str_eq(what, STR("prevent_change")))
		return as_paddle_refuse(e, "bad_request",
		    "on_payment_failure is prevent_change or apply_change");
	return RC_OK;
}

static enum rc
take_change(struct paddle_call *c, const struct thing *sub,
    struct life_change *lc, struct err *e)
{
	*lc = (struct life_change){ .at = c->play.f->now };
	TRY(as_paddle_items(c, &lc->next, e));
	TRY(take_mode(c, sub, lc, e));
	return take_failure(c, lc, e);
}

static enum rc
patch_items(struct paddle_call *c, struct thing *sub, struct err *e)
{
	struct life_change	lc;
	struct thing		bill;
	bool			declined;

	if (node_kind(node_at(c->root, "items")) == NODE_NONE)
		return RC_OK;
	TRY(take_change(c, sub, &lc, e));
	if (str_eq(sub->status, STR("past_due")) && lc.bill_now)
		return as_paddle_refuse(e,
		    "subscription_update_when_past_due",
		    "subscription is past due");
	TRY(life_change(&c->play, sub, &lc, &bill, &declined, e));
	if (declined && lc.unpaid == UNPAID_REFUSED)
		return as_paddle_refuse(e, "subscription_payment_declined",
		    "Payment for this subscription was declined");
	return RC_OK;
}

static enum rc
patch_rest(struct paddle_call *c, struct thing *sub, struct err *e)
{
	struct thing		 before = *sub;
	const struct node	*data = node_at(c->root, "custom_data");

	if (node_kind(node_at(c->root, "scheduled_change")) == NODE_NULL)
		TRY(life_uncancel(&c->play, sub, e));
	else if (node_kind(node_at(c->root, "scheduled_change")) !=
	    NODE_NONE)
		return as_paddle_refuse(e, "bad_request",
		    "scheduled_change can be null only");
	if (node_kind(data) != NODE_OBJECT)
		return RC_OK;
	sub->data = node_json(data, web_arena(c->w));
	TRY(thing_put(&c->play, sub, e));
	return c->play.as->tell(&c->play, MOMENT_UNCANCEL, &(struct scene){
		.sub = sub, .before = &before,
	}, e);
}

static enum rc
patch(struct web *w, struct err *e)
{
	GUARD(as_paddle_end) struct paddle_call	c;
	struct thing				sub;

	TRY(as_paddle_begin(&c, w, NULL, change_members, e));
	TRY(find(&c, &sub, e));
	if (sub.ended_at != 0)
		return as_paddle_refuse(e, "subscription_is_canceled_action_"
		    "invalid", "subscription is canceled");
	TRY(patch_items(&c, &sub, e));
	TRY(patch_rest(&c, &sub, e));
	return reply(&c, &sub, e);
}

/* ---- What it would cost ---- */

struct quote {
	struct life_change	 lc;
	struct play_lines	 bill;
	struct play_sum		 sum;
	int64_t			 credit, charge;
	bool			 whole;
};

static enum rc
quote(struct paddle_call *c, const struct thing *sub, struct quote *q,
    struct err *e)
{
	*q = (struct quote){ .credit = 0 };
	TRY(take_change(c, sub, &q->lc, e));
	TRY(play_prorate(&c->play, sub, &q->lc.next, q->lc.at, &q->bill,
	    &q->whole, e));
	TRY(play_sum(&c->play, &q->lc.next, &q->sum, e));
	for (size_t i = 0; i < q->bill.count && !q->lc.free; i++) {
		int64_t amount = q->bill.at[i].amount;

		*(amount < 0 ? &q->credit : &q->charge) += amount < 0 ?
		    -amount : amount;
	}
	return RC_OK;
}

static void
write_summary(struct paddle_call *c, struct out *o, const struct quote *q)
{
	int64_t	net = q->charge - q->credit;

	out_open_as(o, "update_summary", '{');
	paddle_write_money(&c->play, o, "credit", q->credit,
	    q->sum.currency);
	paddle_write_money(&c->play, o, "charge", q->charge,
	    q->sum.currency);
	out_open_as(o, "result", '{');
	out_name(o, "action", net < 0 ? "credit" : "charge");
	out_text(o, "amount", arena_text(web_arena(c->w), "%lld",
	    (long long)(net < 0 ? -net : net)));
	out_text(o, "currency_code", paddle_currency(&c->play,
	    q->sum.currency));
	out_close(o, '}');
	out_close(o, '}');
}

static void
write_bill(struct paddle_call *c, struct out *o, const char *name,
    const struct thing *sub, const struct quote *q, bool now)
{
	struct thing	bill = { .kind = THING_PAYMENT };
	int64_t		from = now ? q->lc.at : sub->until;

	bill.ref = sub->ref;
	bill.status = STR("open");
	bill.currency = q->sum.currency;
	bill.lines = now ? q->bill : q->lc.next;
	for (size_t i = 0; i < bill.lines.count; i++)
		bill.amount += bill.lines.at[i].amount;
	out_open_as(o, name, '{');
	out_open_as(o, "billing_period", '{');
	out_time(o, "starts_at", from);
	out_time(o, "ends_at", now ? sub->until : play_later(sub->until,
	    q->sum.interval, 1));
	out_close(o, '}');
	paddle_write_details(&c->play, o, "details", &bill);
	shape_empties(o, "adjustments");
	out_close(o, '}');
}

static enum rc
preview(struct web *w, struct err *e)
{
	GUARD(as_paddle_end) struct paddle_call	c;
	struct thing				sub, after, recurring;
	struct quote				q;
	struct str				json = STR_NONE;

	TRY(as_paddle_begin(&c, w, NULL, change_members, e));
	TRY(find(&c, &sub, e));
	TRY(quote(&c, &sub, &q, e));
	after = sub;
	after.lines = q.lc.next;
	after.interval = q.sum.interval;
	recurring = (struct thing){
		.status = STR("open"), .currency = q.sum.currency,
		.lines = q.lc.next, .amount = q.sum.amount,
	};
	for (size_t i = 0; i < q.lc.next.count; i++)
		TRY(play_sum(&c.play, &recurring.lines, &q.sum, e));
	PADDLE_TEXT(&c, &json, e, {
		write_sub(&c, &text_out, &after);
		write_summary(&c, &text_out, &q);
		q.lc.next = recurring.lines;
		if (q.lc.bill_now && q.bill.count > 0)
			write_bill(&c, &text_out, "immediate_transaction",
			    &sub, &q, true);
		else
			out_null(&text_out, "immediate_transaction");
		write_bill(&c, &text_out, "next_transaction", &sub, &q,
		    false);
		paddle_write_details(&c.play, &text_out,
		    "recurring_transaction_details", &recurring);
	});
	return as_paddle_reply(&c, 200, json, e);
}

/* ---- Its end ---- */

static enum rc
take_when(struct paddle_call *c, bool *now, struct err *e)
{
	struct str	when = node_text(c->root, "effective_from");

	*now = str_eq(when, STR("immediately"));
	if (*now || when.len == 0 ||
	    str_eq(when, STR("next_billing_period")))
		return RC_OK;
	return as_paddle_refuse(e, "bad_request", "effective_from is"
	    " immediately or next_billing_period");
}

static const char *const	end_members[] = {
	"effective_from", "resume_at", "on_resume", NULL
};

static enum rc
cancel(struct web *w, struct err *e)
{
	GUARD(as_paddle_end) struct paddle_call	c;
	struct thing				sub;
	bool					now;

	TRY(as_paddle_begin(&c, w, NULL, end_members, e));
	TRY(find(&c, &sub, e));
	TRY(take_when(&c, &now, e));
	if (sub.ended_at != 0 || (!now && sub.cancel_planned != 0))
		return as_paddle_refuse(e,
		    "subscription_locked_pending_changes",
		    "subscription has pending changes, or is over");
	TRY(life_cancel(&c.play, &sub, now, e));
	return reply(&c, &sub, e);
}

/* The sandbox pauses at once, whatever is asked. */
static enum rc
pause_it(struct web *w, struct err *e)
{
	GUARD(as_paddle_end) struct paddle_call	c;
	struct thing				sub;

	TRY(as_paddle_begin(&c, w, NULL, end_members, e));
	TRY(find(&c, &sub, e));
	TRY(life_pause(&c.play, &sub, true, e));
	return reply(&c, &sub, e);
}

static enum rc
resume(struct web *w, struct err *e)
{
	GUARD(as_paddle_end) struct paddle_call	c;
	struct thing				sub;

	TRY(as_paddle_begin(&c, w, NULL, end_members, e));
	TRY(find(&c, &sub, e));
	TRY(life_pause(&c.play, &sub, false, e));
	return reply(&c, &sub, e);
}
