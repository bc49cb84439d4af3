/*
 * Lemon Squeezy's subscriptions, their items and invoices.
 */
#include "base/guard.h"
#include "base/limits.h"
#include "base/text.h"
#include "sandbox.h"

#define API		"/sandbox/lemonsqueezy/v1/"

enum { LOOKED_AT = 1000 };

static web_handler	show, list, patch, cancel, item_show, item_patch,
			invoices, invoice_show;

const struct route lemon_sub_routes[] = {
	API_ROW("GET", API "subscriptions", list),
	API_ROW("GET", API "subscriptions/{id}", show),
	API_ROW("PATCH", API "subscriptions/{id}", patch),
	API_ROW("DELETE", API "subscriptions/{id}", cancel),
	API_ROW("GET", API "subscription-items/{id}", item_show),
	API_ROW("PATCH", API "subscription-items/{id}", item_patch),
	API_ROW("GET", API "subscription-invoices", invoices),
	API_ROW("GET", API "subscription-invoices/{id}", invoice_show),
	{ .method = NULL }
};

/* Before its first payment there is none. */
static bool
exists(const struct thing *sub)
{
	return !str_eq(sub->status, STR("incomplete"));
}

static enum rc
find(struct lemon_call *c, struct thing *sub, struct err *e)
{
	bool	found;

	TRY(thing_get(&c->play, THING_SUBSCRIPTION, web_arg(c->w, "id"), sub,
	    &found, e));
	return found && exists(sub) ? RC_OK : as_lemon_missing(e);
}

static enum rc
show(struct web *w, struct err *e)
{
	GUARD(as_lemon_end) struct lemon_call	c;
	struct thing				sub;

	TRY(as_lemon_begin(&c, w, NULL, NULL, NULL, e));
	TRY(find(&c, &sub, e));
	return as_lemon_reply(&c, 200, lemon_write_subscription, &sub, e);
}

static bool
is_wanted(const struct form *f, const struct thing *sub)
{
	struct str	status = sub->status;

	if (sub->ended_at != 0)
		status = STR("expired");
	else if (sub->cancel_planned != 0)
		status = STR("cancelled");
	else if (str_eq(status, STR("trialing")))
		status = STR("on_trial");
	return exists(sub) &&
	    as_lemon_fits(f, "filter[user_email]", sub->email) &&
	    as_lemon_fits(f, "filter[order_id]", sub->order) &&
	    as_lemon_fits(f, "filter[variant_id]",
	    sub->lines.at[0].price) &&
	    as_lemon_fits(f, "filter[status]", status);
}

static enum rc
list(struct web *w, struct err *e)
{
	static const char *const	parameters[] = { "filter[store_id]",
	    "filter[order_id]", "filter[user_email]", "filter[status]",
	    "filter[variant_id]", "filter[product_id]",
	    "filter[order_item_id]", "page[number]", "page[size]",
	    "include", NULL };
	GUARD(as_lemon_end) struct lemon_call	c;

	TRY(as_lemon_begin(&c, w, parameters, NULL, NULL, e));
	return as_lemon_list(&c, THING_SUBSCRIPTION, is_wanted,
	    lemon_write_subscription, "subscriptions", e);
}

/* ---- Changes ---- */

/* disable_prorations wins over invoice_immediately. */
static enum rc
change(struct lemon_call *c, struct thing *sub,
    const struct play_lines *next, struct err *e)
{
	struct life_change	lc = {
		.next = *next, .unpaid = UNPAID_APPLIED,
		.free = node_bool(c->attributes, "disable_prorations"),
		.bill_now = node_bool(c->attributes, "invoice_immediately"),
	};
	struct thing		bill;
	bool			declined;

	if (sub->ended_at != 0)
		return err_set(e, RC_INVALID_VALUE, NULL,
		    "The subscription has expired.");
	return life_change(&c->play, sub, &lc, &bill, &declined, e);
}

static enum rc
patch_variant(struct lemon_call *c, struct thing *sub, struct err *e)
{
	struct play_lines	next = sub->lines;
	struct play_sum		sum;
	int64_t			variant;

	if (node_kind(node_at(c->attributes, "variant_id")) == NODE_NONE)
		return RC_OK;
	if (!node_int(c->attributes, "variant_id", &variant))
		return err_member(e, RC_INVALID_VALUE,
		    "/data/attributes/variant_id", NULL,
		    "The variant_id must be an integer.");
	next.at[0].price = arena_text(web_arena(c->w), "%lld",
	    (long long)variant);
	TRY(play_sum(&c->play, &next, &sum, e));
	return change(c, sub, &next, e);
}

static enum rc
patch_cancelled(struct lemon_call *c, struct thing *sub, struct err *e)
{
	if (node_kind(node_at(c->attributes, "cancelled")) != NODE_BOOL)
		return RC_OK;
	if (sub->ended_at != 0)
		return err_set(e, RC_INVALID_VALUE, NULL,
		    "The subscription has expired.");
	if (!node_bool(c->attributes, "cancelled"))
		return life_uncancel(&c->play, sub, e);
	return sub->cancel_planned != 0 ? RC_OK :
	    life_cancel(&c->play, sub, false, e);
}

static enum rc
patch_pause(struct lemon_call *c, struct thing *sub, struct err *e)
{
	const struct node	*pause = node_at(c->attributes, "pause");
	struct str		 mode = node_text(pause, "mode");

	if (node_kind(pause) == NODE_NONE)
		return RC_OK;
	if (node_kind(pause) == NODE_NULL)
		return str_eq(sub->status, STR("paused")) ?
		    life_pause(&c->play, sub, false, e) : RC_OK;
	if (!str_eq(mode, STR("void")) && !str_eq(mode, STR("free")))
		return err_member(e, RC_INVALID_VALUE,
		    "/data/attributes/pause/mode", NULL,
		    "The mode must be void or free.");
	sub->pause = arena_keep(web_arena(c->w), mode);
	(void)text_untime(node_text(pause, "resumes_at"),
	    &sub->resumes_at);
	return life_pause(&c->play, sub, true, e);
}

static enum rc
patch(struct web *w, struct err *e)
{
	static const char *const	attributes[] = { "variant_id",
	    "pause", "cancelled", "trial_ends_at", "billing_anchor",
	    "disable_prorations", "invoice_immediately", NULL };
	GUARD(as_lemon_end) struct lemon_call	c;
	struct thing				sub;

	TRY(as_lemon_begin(&c, w, NULL, "subscriptions", attributes, e));
	TRY(find(&c, &sub, e));
	TRY(patch_variant(&c, &sub, e));
	TRY(patch_cancelled(&c, &sub, e));
	TRY(patch_pause(&c, &sub, e));
	return as_lemon_reply(&c, 200, lemon_write_subscription, &sub, e);
}

static enum rc
cancel(struct web *w, struct err *e)
{
	GUARD(as_lemon_end) struct lemon_call	c;
	struct thing				sub;

	TRY(as_lemon_begin(&c, w, NULL, NULL, NULL, e));
	TRY(find(&c, &sub, e));
	if (sub.ended_at != 0)
		return as_lemon_missing(e);
	if (sub.cancel_planned == 0)
		TRY(life_cancel(&c.play, &sub, false, e));
	return as_lemon_reply(&c, 200, lemon_write_subscription, &sub, e);
}

/* ---- Items ---- */

static enum rc
find_item(struct lemon_call *c, struct thing *sub, struct err *e)
{
	struct thing	*list_of;
	size_t		 count;

	TRY(thing_list(&c->play, THING_SUBSCRIPTION, STR_NONE, INT64_MAX,
	    LOOKED_AT, &list_of, &count, e));
	for (size_t i = 0; i < count; i++)
		if (exists(&list_of[i]) && str_eq(list_of[i].lines.at[0].item,
		    web_arg(c->w, "id"))) {
			*sub = list_of[i];
			return RC_OK;
		}
	return as_lemon_missing(e);
}

static enum rc
item_show(struct web *w, struct err *e)
{
	GUARD(as_lemon_end) struct lemon_call	c;
	struct thing				sub;

	TRY(as_lemon_begin(&c, w, NULL, NULL, NULL, e));
	TRY(find_item(&c, &sub, e));
	return as_lemon_reply(&c, 200, lemon_write_item, &sub, e);
}

static enum rc
item_patch(struct web *w, struct err *e)
{
	static const char *const	attributes[] = { "quantity",
	    "disable_prorations", "invoice_immediately", NULL };
	GUARD(as_lemon_end) struct lemon_call	c;
	struct play_lines			next;
	struct thing				sub;

	TRY(as_lemon_begin(&c, w, NULL, "subscription-items", attributes,
	    e));
	TRY(find_item(&c, &sub, e));
	next = sub.lines;
	if (!node_int(c.attributes, "quantity", &next.at[0].quantity) ||
	    next.at[0].quantity < 1 ||
	    next.at[0].quantity > QUANTITY_MAX)
		return err_member(e, RC_INVALID_VALUE,
		    "/data/attributes/quantity", NULL,
		    "The quantity must be an integer from 1 on.");
	TRY(change(&c, &sub, &next, e));
	return as_lemon_reply(&c, 200, lemon_write_item, &sub, e);
}

/* ---- Invoices ---- */

static bool
is_invoice(const struct form *f, const struct thing *pay)
{
	struct str	refunded = pay->refunded > 0 ? STR("true") :
			    STR("false");

	return pay->sub.len > 0 && pay->amount > 0 &&
	    !str_eq(pay->status, STR("open")) &&
	    as_lemon_fits(f, "filter[subscription_id]", pay->sub) &&
	    as_lemon_fits(f, "filter[refunded]", refunded);
}

static enum rc
invoices(struct web *w, struct err *e)
{
	static const char *const	parameters[] = { "filter[store_id]",
	    "filter[subscription_id]", "filter[refunded]",
	    "filter[status]", "page[number]", "page[size]", "include",
	    NULL };
	GUARD(as_lemon_end) struct lemon_call	c;

	TRY(as_lemon_begin(&c, w, parameters, NULL, NULL, e));
	return as_lemon_list(&c, THING_PAYMENT, is_invoice,
	    lemon_write_invoice, "subscription-invoices", e);
}

static enum rc
invoice_show(struct web *w, struct err *e)
{
	GUARD(as_lemon_end) struct lemon_call	c;
	struct thing				pay;
	bool					found;

	TRY(as_lemon_begin(&c, w, NULL, NULL, NULL, e));
	TRY(thing_get(&c.play, THING_PAYMENT, web_arg(w, "id"), &pay, &found,
	    e));
	if (!found || pay.sub.len == 0)
		return as_lemon_missing(e);
	return as_lemon_reply(&c, 200, lemon_write_invoice, &pay, e);
}
