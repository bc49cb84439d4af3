/*
 * Stripe's API as far as we call it: keys, parameters, idempotency and errors
 * as Stripe has them, and checkout sessions and prices.
 */
#include "base/clock.h"
#include "base/guard.h"
#include "base/limits.h"
#include "base/secret.h"
#include "base/text.h"
#include "flow/pretend_stripe.h"
#include "sandbox.h"

enum {
	PAGE_USUAL	= 10,
	PAGE_MOST	= 100,
	EXPIRE_LEAST_MIN = 30,
	EXPIRE_MOST_H	= 24,
};

#define API		"/sandbox/stripe/v1/"

static web_handler	create, show, lines, list, expire, price;

static const struct route routes[] = {
	API_ROW("POST", API "checkout/sessions", create),
	API_ROW("GET", API "checkout/sessions", list),
	API_ROW("GET", API "checkout/sessions/{id}", show),
	API_ROW("GET", API "checkout/sessions/{id}/line_items", lines),
	API_ROW("POST", API "checkout/sessions/{id}/expire", expire),
	API_ROW("GET", API "prices/{id}", price),
	{ .method = NULL }
};

/* ---- Every call ---- */

static enum rc
reply_error(struct web *w, int status, const char *type, const char *code,
    const struct err *why)
{
	struct out	o;
	struct str	json = STR_NONE;
	struct err	e;

	out_init(&o, web_arena(w), BODY_BYTES_MAX);
	out_open(&o, '{');
	out_open_as(&o, "error", '{');
	if (code != NULL)
		out_name(&o, "code", code);
	out_name(&o, "message", why->what);
	if (why->pointer[0] != '\0')
		out_name(&o, "param", why->pointer);
	out_name(&o, "type", type);
	out_close(&o, '}');
	out_close(&o, '}');
	TRY(out_take(&o, "an error", &json, &e));
	return web_reply(w, status, json);
}

static bool
key_fits(struct web *w)
{
	struct str	sent = web_header(w, "HTTP_AUTHORIZATION"),
			ours = web_flow(w)->conf->stripe_api_key;

	if (!str_starts(sent, STR("Bearer ")))
		return false;
	sent = str_part(sent, 7, sent.len);
	return sent.len > 0 && (ours.len == 0 || str_eq_secret(sent, ours));
}

/* Our failures in Stripe's words; what is our own fault stays ours. */
static enum rc
told(struct web *w, struct err *e)
{
	switch (e->rc) {
	case RC_MISSING:
		return reply_error(w, 404, "invalid_request_error",
		    "resource_missing", e);
	case RC_UNKNOWN_PATH:
		return reply_error(w, 404, "invalid_request_error", NULL, e);
	case RC_METHOD_NOT_ALLOWED:
		return reply_error(w, 405, "invalid_request_error", NULL, e);
	case RC_INVALID_VALUE:
	case RC_INVALID_TRANSITION:
		return reply_error(w, 400, "invalid_request_error", NULL, e);
	case RC_IDEMPOTENCY_MISMATCH:
		return reply_error(w, 400, "idempotency_error", NULL, e);
	case RC_CHECKOUT_UNAVAILABLE:
		return reply_error(w, 402, "card_error", "card_declined", e);
	case RC_BUSY:
		return reply_error(w, 409, "invalid_request_error",
		    "lock_timeout", e);
	default:
		return e->rc;
	}
}

enum rc
sandbox_stripe(struct web *w, struct err *e)
{
	static const struct route *const	tables[] = {
		routes, stripe_list_routes,
	};
	enum rc	rc = RC_UNKNOWN_PATH;

	if (!key_fits(w)) {
		err_set(e, RC_BAD_CREDENTIAL, NULL, "Invalid API Key provided");
		return reply_error(w, 401, "invalid_request_error", NULL, e);
	}
	for (size_t i = 0; i < COUNT(tables) && rc == RC_UNKNOWN_PATH; i++)
		rc = web_dispatch(w, tables[i], e);
	return rc == RC_OK ? RC_OK : told(w, e);
}

enum rc
stripe_missing(struct err *e, const char *what, struct str id)
{
	return err_member(e, RC_MISSING, "id", NULL, "No such %s: '%.*s'",
	    what, STR_FMT(id));
}

enum rc
stripe_refuse(struct err *e, const char *parameter, const char *words)
{
	return err_member(e, RC_INVALID_VALUE, parameter, NULL, "%s", words);
}

static struct str
digest_of(struct web *w)
{
	const struct str	fields[] = {
		web_header(w, "REQUEST_URI"), web_body(w),
	};
	struct digest		d = secret_sha256_fields(fields,
				    COUNT(fields));

	return text_hex(web_arena(w), d.byte, sizeof(d.byte));
}

/* What was answered under this key before is answered again. */
static enum rc
again(struct stripe_call *c, struct err *e)
{
	struct thing	answer;

	c->key = web_header(c->w, "HTTP_IDEMPOTENCY_KEY");
	if (c->key.len == 0 || c->key.len > OUTSIDE_ID_MAX)
		return RC_OK;
	TRY(thing_get(&c->play, THING_ANSWER, c->key, &answer, &c->answered,
	    e));
	if (!c->answered)
		return RC_OK;
	if (!str_eq(answer.reference, digest_of(c->w)))
		return err_set(e, RC_IDEMPOTENCY_MISMATCH, NULL,
		    "Keys for idempotent requests can only be used with the"
		    " same parameters they were first used with.");
	web_set(c->w, "Idempotent-Replayed", STR("true"));
	return web_reply(c->w, (int)answer.number, answer.text);
}

enum rc
stripe_begin(struct stripe_call *c, struct web *w,
    const char *const *parameters, struct err *e)
{
	bool		posts = str_eq(web_header(w, "REQUEST_METHOD"),
			    STR("POST"));
	struct str	odd;

	*c = (struct stripe_call){ .w = w };
	TRY(play_begin(&c->play, web_flow(w), STR("stripe"), e));
	TRY(form_read(&c->form, posts ? web_body(w) : web_pairs(w),
	    web_arena(w), e));
	odd = form_unknown(&c->form, parameters);
	if (odd.len > 0)
		return stripe_refuse(e, odd.at, arena_text(web_arena(w),
		    "Received unknown parameter: %.*s", STR_FMT(odd)).at);
	return posts ? again(c, e) : RC_OK;
}

enum rc
stripe_reply(struct stripe_call *c, int status, struct str json,
    struct err *e)
{
	struct thing	answer;

	if (c->key.len > 0 && c->key.len <= OUTSIDE_ID_MAX) {
		thing_begin(&c->play, THING_ANSWER, c->key, &answer);
		answer.reference = digest_of(c->w);
		answer.number = status;
		answer.text = json;
		TRY(thing_put(&c->play, &answer, e));
	}
	TRY(play_end(&c->play, PLAY_SOON, 1, e));
	return web_reply(c->w, status, json);
}

struct str
stripe_data(struct stripe_call *c, const char *prefix)
{
	struct str	pattern = arena_text(web_arena(c->w), "%s[*]", prefix);
	size_t		head = pattern.len - 2;
	struct out	o;
	struct str	json = STR_NONE;
	bool		any = false;

	out_init(&o, web_arena(c->w), BODY_BYTES_MAX);
	out_open(&o, '{');
	for (size_t i = 0; i < c->form.count; i++) {
		struct form_pair *pair = &c->form.pair[i];

		if (!form_like(pair->name, pattern.at) ||
		    pair->value.len == 0)
			continue;
		any = true;
		out_text(&o, arena_keep(web_arena(c->w), str_part(pair->name,
		    head, pair->name.len - head - 1)).at, pair->value);
	}
	out_close(&o, '}');
	return any && out_done(&o, &json) ? json : STR_NONE;
}

enum rc
stripe_page(struct stripe_call *c, enum thing_kind kind, struct str parent,
    struct stripe_page *page, struct err *e)
{
	struct str	after = form_text(&c->form, "starting_after");
	int64_t		limit = PAGE_USUAL, below = INT64_MAX;
	struct thing	t;
	bool		found = true;

	if (form_has(&c->form, "limit") && (!form_int(&c->form, "limit",
	    &limit) || limit < 1 || limit > PAGE_MOST))
		return stripe_refuse(e, "limit", "Invalid limit: 1 to 100");
	if (after.len > 0) {
		TRY(thing_get(&c->play, kind, after, &t, &found, e));
		if (!found)
			return stripe_missing(e, "object", after);
		below = t.n;
	}
	TRY(thing_list(&c->play, kind, parent, below, (size_t)limit + 1,
	    &page->things, &page->count, e));
	page->more = page->count > (size_t)limit;
	if (page->more)
		page->count = (size_t)limit;
	return RC_OK;
}

/* ---- Checkout sessions ---- */

static const char *const	create_parameters[] = {
	"mode", "line_items[#][price]", "line_items[#][quantity]",
	"success_url", "cancel_url", "client_reference_id", "metadata[*]",
	"payment_intent_data[metadata][*]", "subscription_data[metadata][*]",
	"subscription_data[trial_period_days]",
	"subscription_data[description]", "expires_at", "customer",
	"customer_email", "allow_promotion_codes", "automatic_tax[enabled]",
	"billing_address_collection", "locale", "ui_mode",
	"payment_method_collection", "customer_creation",
	"tax_id_collection[enabled]", "expand[#]", NULL
};

static enum rc
take_lines(struct stripe_call *c, struct play_lines *lines, struct err *e)
{
	struct arena	*a = web_arena(c->w);

	for (size_t i = 0; i < PLAY_LINES_MAX; i++) {
		struct play_line *l = &lines->at[i];
		const char *name = arena_text(a, "line_items[%zu][quantity]",
		    i).at;

		l->price = form_text(&c->form, arena_text(a,
		    "line_items[%zu][price]", i).at);
		if (l->price.len == 0)
			break;
		if (!form_int(&c->form, name, &l->quantity) ||
		    l->quantity < 1)
			return stripe_refuse(e, name,
			    "Quantity is required: an integer from 1 on.");
		lines->count++;
	}
	if (lines->count == 0)
		return stripe_refuse(e, "line_items",
		    "Missing required param: line_items.");
	return RC_OK;
}

/* Recurring prices are sold by subscriptions only, and these by no others. */
static enum rc
check_mode(struct stripe_call *c, struct thing *co, struct err *e)
{
	struct str	mode = form_text(&c->form, "mode");
	struct play_sum	sum;
	bool		subscribes = str_eq(mode, STR("subscription"));

	TRY(play_sum(&c->play, &co->lines, &sum, e));
	if (!subscribes && !str_eq(mode, STR("payment")))
		return stripe_refuse(e, "mode",
		    "Invalid mode: must be one of payment, subscription.");
	if (subscribes && sum.interval.len == 0)
		return stripe_refuse(e, "mode", "You must provide at least"
		    " one recurring price in `subscription` mode when using"
		    " prices.");
	if (!subscribes && sum.interval.len > 0)
		return stripe_refuse(e, "mode", "You specified `payment` mode"
		    " but passed a recurring price. Either switch to"
		    " `subscription` mode or use only one-time prices.");
	if (!subscribes && (form_has(&c->form,
	    "subscription_data[trial_period_days]") ||
	    stripe_data(c, "subscription_data[metadata]").len > 0))
		return stripe_refuse(e, "subscription_data", "You can not pass"
		    " `subscription_data` in `payment` mode.");
	if (subscribes &&
	    stripe_data(c, "payment_intent_data[metadata]").len > 0)
		return stripe_refuse(e, "payment_intent_data", "You can not"
		    " pass `payment_intent_data` in `subscription` mode.");
	return RC_OK;
}

static enum rc
take_times(struct stripe_call *c, struct thing *co, struct err *e)
{
	int64_t	at = 0, now = c->play.f->now;

	if (form_has(&c->form, "expires_at")) {
		if (!form_int(&c->form, "expires_at", &at) ||
		    at * SECOND < now + EXPIRE_LEAST_MIN * MINUTE ||
		    at * SECOND > now + EXPIRE_MOST_H * HOUR)
			return stripe_refuse(e, "expires_at", "The"
			    " `expires_at` timestamp must be at least 30"
			    " minutes and at most 24 hours from now.");
		co->expires = at * SECOND;
	}
	if (form_has(&c->form, "subscription_data[trial_period_days]") &&
	    (!form_int(&c->form, "subscription_data[trial_period_days]",
	    &co->trial_days) || co->trial_days < 1 ||
	    co->trial_days > 730))
		return stripe_refuse(e,
		    "subscription_data[trial_period_days]",
		    "Invalid trial_period_days: 1 to 730");
	return RC_OK;
}

/* {"rung_session":...} of the subscription or the payment is its own. */
static enum rc
create(struct web *w, struct err *e)
{
	struct stripe_call	 c;
	struct thing		 co;
	struct str		 json;

	TRY(stripe_begin(&c, w, create_parameters, e));
	if (c.answered)
		return RC_OK;
	thing_begin(&c.play, THING_CHECKOUT,
	    c.play.as->id(&c.play, ID_CHECKOUT), &co);
	co.success_url = form_text(&c.form, "success_url");
	co.cancel_url = form_text(&c.form, "cancel_url");
	co.reference = form_text(&c.form, "client_reference_id");
	co.customer = form_text(&c.form, "customer");
	co.email = form_text(&c.form, "customer_email");
	if (co.email.len == 0)
		co.email = STR("buyer@example.com");
	co.data = stripe_data(&c, "metadata");
	co.pay_data = stripe_data(&c, "payment_intent_data[metadata]");
	co.sub_data = stripe_data(&c, "subscription_data[metadata]");
	if (co.success_url.len == 0)
		return stripe_refuse(e, "success_url",
		    "Missing required param: success_url.");
	TRY(take_lines(&c, &co.lines, e));
	TRY(check_mode(&c, &co, e));
	TRY(take_times(&c, &co, e));
	TRY(life_open(&c.play, &co, e));
	TRY(stripe_text(&c.play, stripe_write_checkout, &co, &json, e));
	return stripe_reply(&c, 200, json, e);
}

static const char *const	show_parameters[] = { "expand[#]", NULL };

static enum rc
find(struct stripe_call *c, struct thing *co, struct err *e)
{
	struct str	id = web_arg(c->w, "id");
	bool		found;

	TRY(thing_get(&c->play, THING_CHECKOUT, id, co, &found, e));
	return found ? RC_OK : stripe_missing(e, "checkout.session", id);
}

static void
write_items(struct stripe_call *c, struct out *o, const char *name,
    const struct thing *co)
{
	stripe_open_list(o, name);
	for (size_t i = 0; i < co->lines.count; i++) {
		const struct play_line *l = &co->lines.at[i];

		out_open(o, '{');
		out_text(o, "id", arena_text(web_arena(c->w), "li_%.*s_%zu",
		    STR_FMT(co->ref), i));
		out_name(o, "object", "item");
		out_int(o, "amount_discount", 0);
		out_int(o, "amount_subtotal", l->amount);
		out_int(o, "amount_tax", 0);
		out_int(o, "amount_total", l->amount);
		out_text(o, "currency", co->currency);
		out_text(o, "description", l->price);
		out_open_as(o, "price", '{');
		stripe_write_price(&c->play, o, l->price);
		out_close(o, '}');
		out_int(o, "quantity", l->quantity);
		out_close(o, '}');
	}
	stripe_close_list(o, 0, false, arena_text(web_arena(c->w),
	    "/v1/checkout/sessions/%.*s/line_items", STR_FMT(co->ref)).at);
}

static bool
expands(const struct form *f, const char *what)
{
	for (size_t i = 0; i < f->count; i++)
		if (form_like(f->pair[i].name, "expand[#]") &&
		    str_eq(f->pair[i].value, str_of(what)))
			return true;
	return false;
}

static enum rc
show(struct web *w, struct err *e)
{
	struct stripe_call	 c;
	struct thing		 co;
	struct str		 json;
	struct out		 o;

	TRY(stripe_begin(&c, w, show_parameters, e));
	TRY(find(&c, &co, e));
	out_init(&o, web_arena(w), REPLY_BYTES_MAX);
	out_open(&o, '{');
	stripe_write_checkout(&c.play, &o, &co);
	if (expands(&c.form, "line_items"))
		write_items(&c, &o, "line_items", &co);
	out_close(&o, '}');
	TRY(out_take(&o, "a checkout", &json, e));
	return web_reply(w, 200, json);
}

static enum rc
lines(struct web *w, struct err *e)
{
	static const char *const	parameters[] = { "limit",
	    "starting_after", "expand[#]", NULL };
	struct stripe_call		 c;
	struct thing			 co;
	struct str			 json;
	struct out			 o;

	TRY(stripe_begin(&c, w, parameters, e));
	TRY(find(&c, &co, e));
	out_init(&o, web_arena(w), REPLY_BYTES_MAX);
	write_items(&c, &o, NULL, &co);
	TRY(out_take(&o, "line items", &json, e));
	return web_reply(w, 200, json);
}

static bool
wanted(const struct form *f, const struct thing *co)
{
	struct str	status = form_text(f, "status"),
			payment = form_text(f, "payment_intent"),
			sub = form_text(f, "subscription");

	return (status.len == 0 || str_eq(status, co->status)) &&
	    (payment.len == 0 || str_eq(payment, co->payment)) &&
	    (sub.len == 0 || str_eq(sub, co->sub));
}

static enum rc
list(struct web *w, struct err *e)
{
	static const char *const	parameters[] = { "limit",
	    "starting_after", "status", "payment_intent", "subscription",
	    "customer", "created[*]", "expand[#]", NULL };
	struct stripe_call		 c;
	struct stripe_page		 page;
	struct str			 json;
	struct out			 o;

	TRY(stripe_begin(&c, w, parameters, e));
	TRY(stripe_page(&c, THING_CHECKOUT, STR_NONE, &page, e));
	out_init(&o, web_arena(w), REPLY_BYTES_MAX);
	stripe_open_list(&o, NULL);
	for (size_t i = 0; i < page.count; i++) {
		if (!wanted(&c.form, &page.things[i]))
			continue;
		out_open(&o, '{');
		stripe_write_checkout(&c.play, &o, &page.things[i]);
		out_close(&o, '}');
	}
	stripe_close_list(&o, 0, page.more, "/v1/checkout/sessions");
	TRY(out_take(&o, "a list", &json, e));
	return web_reply(w, 200, json);
}

static enum rc
expire(struct web *w, struct err *e)
{
	struct stripe_call	 c;
	struct thing		 co;
	struct str		 json;

	TRY(stripe_begin(&c, w, show_parameters, e));
	if (c.answered)
		return RC_OK;
	TRY(find(&c, &co, e));
	if (!str_eq(co.status, STR("open")))
		return stripe_refuse(e, "", "Only Checkout Sessions with a"
		    " status in [\"open\"] can be expired.");
	TRY(life_pay(&c.play, &co, MOMENT_ABANDONED, e));
	TRY(stripe_text(&c.play, stripe_write_checkout, &co, &json, e));
	return stripe_reply(&c, 200, json, e);
}

static enum rc
price(struct web *w, struct err *e)
{
	struct stripe_call	 c;
	struct play_price	 found_price;
	struct str		 id = web_arg(w, "id"), json;
	struct out		 o;
	bool			 found;

	TRY(stripe_begin(&c, w, show_parameters, e));
	TRY(play_price(&c.play, id, &found_price, &found, e));
	if (!found)
		return stripe_missing(e, "price", id);
	out_init(&o, web_arena(w), REPLY_BYTES_MAX);
	out_open(&o, '{');
	stripe_write_price(&c.play, &o, id);
	out_close(&o, '}');
	TRY(out_take(&o, "a price", &json, e));
	return web_reply(w, 200, json);
}
