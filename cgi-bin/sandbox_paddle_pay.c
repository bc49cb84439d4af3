/*
 * Paddle's transactions and adjustments, prices, and its portal.
 */
#include "base/guard.h"
#include "base/limits.h"
#include "flow/pretend_shape.h"
#include "sandbox.h"

#define API		"/sandbox/paddle/"

static web_handler	create, show, list, patch, adjust, adjustments,
			price, portal;

const struct route paddle_pay_routes[] = {
	API_ROW("POST", API "transactions", create),
	API_ROW("GET", API "transactions", list),
	API_ROW("GET", API "transactions/{id}", show),
	API_ROW("PATCH", API "transactions/{id}", patch),
	API_ROW("POST", API "adjustments", adjust),
	API_ROW("GET", API "adjustments", adjustments),
	API_ROW("GET", API "prices/{id}", price),
	API_ROW("POST", API "customers/{id}/portal-sessions", portal),
	{ .method = NULL }
};

static enum rc
write_bill(struct paddle_call *c, const struct thing *pay, struct str *json,
    struct err *e)
{
	struct thing	sub;
	bool		found;

	TRY(thing_get(&c->play, THING_SUBSCRIPTION, pay->sub, &sub, &found,
	    e));
	PADDLE_TEXT(c, json, e, paddle_write_transaction(&c->play, &text_out,
	    pay, found ? &sub : NULL));
	return RC_OK;
}

/* ---- Transactions ---- */

static enum rc
quantity_of(const struct node *item, int64_t *quantity, struct err *e)
{
	if (!node_int(item, "quantity", quantity) || *quantity < 1 ||
	    *quantity > QUANTITY_MAX)
		return err_set(e, RC_INVALID_VALUE, NULL,
		    "items: quantity is an integer from 1 on");
	return RC_OK;
}

enum rc
as_paddle_items(struct paddle_call *c, struct play_lines *lines, struct err *e)
{
	static const char *const	members[] = { "price_id", "quantity",
	    NULL };
	const struct node		*items = node_at(c->root, "items");
	struct play_sum			 sum;

	*lines = (struct play_lines){ .count = 0 };
	if (node_kind(items) != NODE_LIST || node_count(items) == 0 ||
	    node_count(items) > PLAY_LINES_MAX)
		return err_set(e, RC_INVALID_VALUE, NULL,
		    "items: 1 to %d of them", PLAY_LINES_MAX);
	for (size_t i = 0; i < node_count(items); i++) {
		const struct node *item = node_item(items, i);
		struct play_line *l = &lines->at[lines->count++];

		TRY(body_known(item, members, e));
		l->price = arena_keep(web_arena(c->w),
		    node_text(item, "price_id"));
		TRY(quantity_of(item, &l->quantity, e));
	}
	return play_sum(&c->play, lines, &sum, e);
}

static enum rc
make(struct paddle_call *c, struct err *e)
{
	struct thing	co, pay;
	struct str	json = STR_NONE;
	const struct node *data = node_at(c->root, "custom_data");

	thing_begin(&c->play, THING_CHECKOUT, c->play.as->id(&c->play,
	    ID_CHECKOUT), &co);
	TRY(as_paddle_items(c, &co.lines, e));
	if (node_kind(data) != NODE_NONE && node_kind(data) != NODE_NULL &&
	    node_kind(data) != NODE_OBJECT)
		return err_set(e, RC_INVALID_VALUE, NULL,
		    "custom_data is an object");
	if (node_kind(data) == NODE_OBJECT)
		co.data = node_json(data, web_arena(c->w));
	co.sub_data = co.pay_data = co.data;
	co.email = STR("buyer@example.com");
	co.customer = arena_keep(web_arena(c->w),
	    node_text(c->root, "customer_id"));
	co.payment = co.ref;
	TRY(life_open(&c->play, &co, e));
	paddle_unpaid(&co, &pay);
	TRY(write_bill(c, &pay, &json, e));
	return as_paddle_reply(c, 201, json, e);
}

static enum rc
create(struct web *w, struct err *e)
{
	static const char *const	parameters[] = { "include", NULL };
	static const char *const	members[] = { "items", "custom_data",
	    "customer_id", "address_id", "business_id", "discount_id",
	    "currency_code", "collection_mode", "checkout", NULL };
	GUARD(as_paddle_end) struct paddle_call	c;

	TRY(as_paddle_begin(&c, w, parameters, members, e));
	return make(&c, e);
}

/* Tried to be paid, or only asked for yet. */
static enum rc
find(struct paddle_call *c, struct thing *pay, struct thing *co,
    bool *tried, struct err *e)
{
	struct str	id = web_arg(c->w, "id");
	bool		found;

	TRY(thing_get(&c->play, THING_PAYMENT, id, pay, tried, e));
	TRY(thing_get(&c->play, THING_CHECKOUT, id, co, &found, e));
	if (*tried) {
		if (found && pay->data.len == 0)
			pay->data = co->data;
		return RC_OK;
	}
	if (!found)
		return as_paddle_missing(e, id);
	paddle_unpaid(co, pay);
	return RC_OK;
}

static enum rc
show(struct web *w, struct err *e)
{
	static const char *const	parameters[] = { "include", NULL };
	GUARD(as_paddle_end) struct paddle_call	c;
	struct thing				pay, co;
	struct str				json = STR_NONE;
	bool					tried;

	TRY(as_paddle_begin(&c, w, parameters, NULL, e));
	TRY(find(&c, &pay, &co, &tried, e));
	TRY(write_bill(&c, &pay, &json, e));
	return as_paddle_reply(&c, 200, json, e);
}

/* Only `canceled` can be written, and only while it is ready. */
static enum rc
patch(struct web *w, struct err *e)
{
	static const char *const	members[] = { "status", "custom_data",
	    NULL };
	GUARD(as_paddle_end) struct paddle_call	c;
	struct thing				pay, co;
	struct str				json = STR_NONE;
	bool					tried;

	TRY(as_paddle_begin(&c, w, NULL, members, e));
	TRY(find(&c, &pay, &co, &tried, e));
	if (!str_eq(node_text(c.root, "status"), STR("canceled")))
		return as_paddle_refuse(e, "bad_request",
		    "status can be canceled only");
	if (str_eq(pay.status, STR("draft")) ||
	    str_eq(pay.status, STR("paid")) ||
	    str_eq(pay.status, STR("canceled")) ||
	    !str_eq(co.status, STR("open")))
		return as_paddle_refuse(e, "transaction_immutable",
		    "transaction cannot be changed in this status");
	TRY(life_pay(&c.play, &co, MOMENT_ABANDONED, e));
	TRY(find(&c, &pay, &co, &tried, e));
	TRY(write_bill(&c, &pay, &json, e));
	return as_paddle_reply(&c, 200, json, e);
}

static bool
fits(struct paddle_call *c, const char *name, struct str value)
{
	struct str	asked = form_text(&c->query, name);

	return asked.len == 0 || str_eq(asked, value);
}

static enum rc
each_bill(struct paddle_call *c, struct out *o, const struct thing *pay,
    bool *written, struct err *e)
{
	struct str	json = STR_NONE;

	*written = fits(c, "subscription_id", pay->sub) &&
	    fits(c, "customer_id", pay->customer);
	if (!*written)
		return RC_OK;
	TRY(write_bill(c, pay, &json, e));
	out_item_raw(o, json);
	return RC_OK;
}

static enum rc
list(struct web *w, struct err *e)
{
	static const char *const	parameters[] = { "subscription_id",
	    "customer_id", "status", "origin", "id", "after", "per_page",
	    "order_by", "include", "updated_at[*]", "created_at[*]",
	    "billed_at[*]", NULL };
	GUARD(as_paddle_end) struct paddle_call	c;

	TRY(as_paddle_begin(&c, w, parameters, NULL, e));
	return as_paddle_list(&c, THING_PAYMENT, form_text(&c.query,
	    "subscription_id"), each_bill, "transactions", e);
}

/* ---- Adjustments ---- */

static enum rc
adjust_amount(struct paddle_call *c, const struct thing *pay,
    int64_t *amount, struct err *e)
{
	const struct node	*items = node_at(c->root, "items");
	int64_t			 one, sum = 0;

	*amount = pay->amount - pay->refunded;
	if (!str_eq(node_text(c->root, "type"), STR("partial")))
		return RC_OK;
	for (size_t i = 0; i < node_count(items); i++)
		if (str_int64(node_text(node_item(items, i), "amount"),
		    &one))
			sum += one;
	*amount = sum;
	return sum > 0 ? RC_OK : as_paddle_refuse(e, "bad_request",
	    "items: a partial adjustment names amounts");
}

static enum rc
adjust(struct web *w, struct err *e)
{
	static const char *const	members[] = { "action",
	    "transaction_id", "reason", "type", "items", "tax_mode", NULL };
	GUARD(as_paddle_end) struct paddle_call	c;
	struct thing				pay, refund;
	struct str				json = STR_NONE, id;
	int64_t					amount = 0;
	bool					found;

	TRY(as_paddle_begin(&c, w, NULL, members, e));
	if (!str_eq(node_text(c.root, "action"), STR("refund")))
		return as_paddle_refuse(e, "bad_request",
		    "the sandbox only refunds");
	id = node_text(c.root, "transaction_id");
	TRY(thing_get(&c.play, THING_PAYMENT, id, &pay, &found, e));
	if (!found)
		return as_paddle_missing(e, id);
	TRY(adjust_amount(&c, &pay, &amount, e));
	TRY(life_refund(&c.play, &pay, amount, &refund, e));
	refund.status = STR("pending");
	PADDLE_TEXT(&c, &json, e, paddle_write_adjustment(&c.play, &text_out,
	    &refund, false));
	return as_paddle_reply(&c, 201, json, e);
}

static enum rc
each_part(struct paddle_call *c, struct out *o, const struct thing *part,
    bool *written, struct err *e)
{
	(void)e;
	*written = fits(c, "transaction_id", part->payment) &&
	    fits(c, "subscription_id", part->sub) &&
	    fits(c, "customer_id", part->customer);
	if (!*written)
		return RC_OK;
	out_open(o, '{');
	paddle_write_adjustment(&c->play, o, part, false);
	out_close(o, '}');
	if (part->kind == THING_DISPUTE &&
	    str_eq(part->status, STR("won"))) {
		out_open(o, '{');
		paddle_write_adjustment(&c->play, o, part, true);
		out_close(o, '}');
	}
	return RC_OK;
}

/* Refunds are one kind of them and disputes another, in one list. */
static enum rc
adjustments(struct web *w, struct err *e)
{
	static const char *const	parameters[] = { "transaction_id",
	    "subscription_id", "customer_id", "action", "status", "id",
	    "after", "per_page", "order_by", NULL };
	GUARD(as_paddle_end) struct paddle_call	c;
	struct thing				*disputes;
	size_t					 count;
	struct out				 o;
	struct str				 json = STR_NONE, of;
	bool					 written;

	TRY(as_paddle_begin(&c, w, parameters, NULL, e));
	of = form_text(&c.query, "transaction_id");
	out_init(&o, web_arena(w), REPLY_BYTES_MAX);
	out_open(&o, '{');
	out_open_as(&o, "data", '[');
	for (int kind = THING_REFUND; kind <= THING_DISPUTE; kind++) {
		TRY(thing_list(&c.play, (enum thing_kind)kind, of, INT64_MAX,
		    100, &disputes, &count, e));
		for (size_t i = 0; i < count; i++)
			TRY(each_part(&c, &o, &disputes[i], &written, e));
	}
	out_close(&o, ']');
	out_open_as(&o, "meta", '{');
	out_text(&o, "request_id", c.play.f->request);
	out_raw(&o, "pagination", STR("{\"per_page\":50,\"next\":\"\","
	    "\"has_more\":false,\"estimated_total\":0}"));
	out_close(&o, '}');
	out_close(&o, '}');
	TRY(out_take(&o, "a list", &json, e));
	return web_reply(w, 200, json);
}

/* ---- Prices and the portal ---- */

static enum rc
price(struct web *w, struct err *e)
{
	static const char *const	parameters[] = { "include", NULL };
	GUARD(as_paddle_end) struct paddle_call	c;
	struct play_price			known;
	struct str				id = web_arg(w, "id"), json;
	bool					found;

	TRY(as_paddle_begin(&c, w, parameters, NULL, e));
	TRY(play_price(&c.play, id, &known, &found, e));
	if (!found)
		return as_paddle_missing(e, id);
	PADDLE_TEXT(&c, &json, e, paddle_write_price(&c.play, &text_out,
	    id));
	return as_paddle_reply(&c, 200, json, e);
}

static enum rc
portal(struct web *w, struct err *e)
{
	static const char *const	members[] = { "subscription_ids",
	    NULL };
	GUARD(as_paddle_end) struct paddle_call	c;
	struct str				id = web_arg(w, "id"), json,
						url;

	TRY(as_paddle_begin(&c, w, NULL, members, e));
	if (!str_starts(id, STR("ctm_")))
		return as_paddle_missing(e, id);
	url = arena_text(web_arena(w), "%.*s/sandbox/portal/paddle/%.*s",
	    STR_FMT(c.play.f->conf->base_url), STR_FMT(id));
	PADDLE_TEXT(&c, &json, e, {
		out_text(&text_out, "id", paddle_id(&c.play, "cpls_",
		    c.play.f->now));
		out_text(&text_out, "customer_id", id);
		out_open_as(&text_out, "urls", '{');
		out_open_as(&text_out, "general", '{');
		out_text(&text_out, "overview", url);
		out_close(&text_out, '}');
		shape_empties(&text_out, "subscriptions");
		out_close(&text_out, '}');
		out_time(&text_out, "created_at", c.play.f->now);
	});
	return as_paddle_reply(&c, 201, json, e);
}
