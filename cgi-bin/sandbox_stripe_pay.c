/*
 * Stripe's checkout sessions and prices.
 */
#include "base/clock.h"
#include "base/limits.h"
#include "flow/pretend_stripe.h"
#include "sandbox.h"

enum { EXPIRE_LEAST_MIN = 30, EXPIRE_MOST_H = 24 };

#define API		"/sandbox/stripe/v1/"

static web_handler	create, show, lines, list, expire, price;

const struct route stripe_pay_routes[] = {
	API_ROW("POST", API "checkout/sessions", create),
	API_ROW("GET", API "checkout/sessions", list),
	API_ROW("GET", API "checkout/sessions/{id}", show),
	API_ROW("GET", API "checkout/sessions/{id}/line_items", lines),
	API_ROW("POST", API "checkout/sessions/{id}/expire", expire),
	API_ROW("GET", API "prices/{id}", price),
	{ .method = NULL }
};

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
			return as_stripe_refuse(e, name,
			    "Quantity is required: an integer from 1 on.");
		lines->count++;
	}
	if (lines->count == 0)
		return as_stripe_refuse(e, "line_items",
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
		return as_stripe_refuse(e, "mode",
		    "Invalid mode: must be one of payment, subscription.");
	if (subscribes && sum.interval.len == 0)
		return as_stripe_refuse(e, "mode", "You must provide at least"
		    " one recurring price in `subscription` mode when using"
		    " prices.");
	if (!subscribes && sum.interval.len > 0)
		return as_stripe_refuse(e, "mode", "You specified `payment`"
		    " mode but passed a recurring price. Either switch to"
		    " `subscription` mode or use only one-time prices.");
	if (!subscribes && (form_has(&c->form,
	    "subscription_data[trial_period_days]") ||
	    as_stripe_data(c, "subscription_data[metadata]").len > 0))
		return as_stripe_refuse(e, "subscription_data", "You can not"
		    " pass `subscription_data` in `payment` mode.");
	if (subscribes &&
	    as_stripe_data(c, "payment_intent_data[metadata]").len > 0)
		return as_stripe_refuse(e, "payment_intent_data", "You can not"
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
			return as_stripe_refuse(e, "expires_at", "The"
			    " `expires_at` timestamp must be at least 30"
			    " minutes and at most 24 hours from now.");
		co->expires = at * SECOND;
	}
	if (form_has(&c->form, "subscription_data[trial_period_days]") &&
	    (!form_int(&c->form, "subscription_data[trial_period_days]",
	    &co->trial_days) || co->trial_days < 1 ||
	    co->trial_days > 730))
		return as_stripe_refuse(e,
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

	TRY(as_stripe_begin(&c, w, create_parameters, e));
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
	if (!sandbox_email(web_arena(w), co.email))
		return as_stripe_refuse(e, "customer_email",
		    "Invalid email address.");
	co.data = as_stripe_data(&c, "metadata");
	co.pay_data = as_stripe_data(&c, "payment_intent_data[metadata]");
	co.sub_data = as_stripe_data(&c, "subscription_data[metadata]");
	if (co.success_url.len == 0)
		return as_stripe_refuse(e, "success_url",
		    "Missing required param: success_url.");
	TRY(take_lines(&c, &co.lines, e));
	TRY(check_mode(&c, &co, e));
	TRY(take_times(&c, &co, e));
	TRY(life_open(&c.play, &co, e));
	return as_stripe_show(&c, stripe_write_checkout, &co, e);
}

static const char *const	show_parameters[] = { "expand[#]", NULL };

static enum rc
find(struct stripe_call *c, struct thing *co, struct err *e)
{
	struct str	id = web_arg(c->w, "id");
	bool		found;

	TRY(thing_get(&c->play, THING_CHECKOUT, id, co, &found, e));
	return found ? RC_OK : as_stripe_missing(e, "checkout.session", id);
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

static enum rc
show(struct web *w, struct err *e)
{
	struct stripe_call	 c;
	struct thing		 co;
	struct str		 json;
	struct out		 o;

	TRY(as_stripe_begin(&c, w, show_parameters, e));
	TRY(find(&c, &co, e));
	out_init(&o, web_arena(w), REPLY_BYTES_MAX);
	out_open(&o, '{');
	stripe_write_checkout(&c.play, &o, &co);
	if (as_stripe_expands(&c.form, "line_items"))
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

	TRY(as_stripe_begin(&c, w, parameters, e));
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

	TRY(as_stripe_begin(&c, w, parameters, e));
	TRY(as_stripe_page(&c, THING_CHECKOUT, STR_NONE, &page, e));
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

	TRY(as_stripe_begin(&c, w, show_parameters, e));
	if (c.answered)
		return RC_OK;
	TRY(find(&c, &co, e));
	if (!str_eq(co.status, STR("open")))
		return as_stripe_refuse(e, "", "Only Checkout Sessions with a"
		    " status in [\"open\"] can be expired.");
	TRY(life_pay(&c.play, &co, MOMENT_ABANDONED, e));
	return as_stripe_show(&c, stripe_write_checkout, &co, e);
}

static enum rc
price(struct web *w, struct err *e)
{
	struct stripe_call	 c;
	struct play_price	 found_price;
	struct str		 id = web_arg(w, "id"), json;
	struct out		 o;
	bool			 found;

	TRY(as_stripe_begin(&c, w, show_parameters, e));
	TRY(play_price(&c.play, id, &found_price, &found, e));
	if (!found)
		return as_stripe_missing(e, "price", id);
	out_init(&o, web_arena(w), REPLY_BYTES_MAX);
	out_open(&o, '{');
	stripe_write_price(&c.play, &o, id);
	out_close(&o, '}');
	TRY(out_take(&o, "a price", &json, e));
	return web_reply(w, 200, json);
}
