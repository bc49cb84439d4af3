/*
 * Stripe's payment intents, invoices, charges, refunds and disputes; its
 * subscription schedules and portal.
 */
#include "base/clock.h"
#include "base/limits.h"
#include "flow/pretend_shape.h"
#include "sandbox.h"

#define API		"/sandbox/stripe/v1/"

static web_handler	intent, intent_make, invoice, invoices, charges,
			refunds, refund_make, disputes, invoice_payments,
			portal, schedule, schedule_make, schedule_write,
			schedule_release;

const struct route stripe_money_routes[] = {
	API_ROW("GET", API "payment_intents/{id}", intent),
	API_ROW("POST", API "payment_intents", intent_make),
	API_ROW("GET", API "invoices", invoices),
	API_ROW("GET", API "invoices/{id}", invoice),
	API_ROW("GET", API "invoice_payments", invoice_payments),
	API_ROW("GET", API "charges", charges),
	API_ROW("GET", API "refunds", refunds),
	API_ROW("POST", API "refunds", refund_make),
	API_ROW("GET", API "disputes", disputes),
	API_ROW("POST", API "billing_portal/sessions", portal),
	API_ROW("POST", API "subscription_schedules", schedule_make),
	API_ROW("GET", API "subscription_schedules/{id}", schedule),
	API_ROW("POST", API "subscription_schedules/{id}", schedule_write),
	API_ROW("POST", API "subscription_schedules/{id}/release",
	    schedule_release),
	{ .method = NULL }
};

static const char *const	none[] = { "expand[#]", NULL };

static enum rc
find(struct stripe_call *c, enum thing_kind kind, const char *what,
    struct str id, struct thing *t, struct err *e)
{
	bool	found;

	TRY(thing_get(&c->play, kind, id, t, &found, e));
	return found ? RC_OK : as_stripe_missing(e, what, id);
}

/* ---- Payments ---- */

static enum rc
intent(struct web *w, struct err *e)
{
	struct stripe_call	c;
	struct thing		pay;

	TRY(as_stripe_begin(&c, w, none, e));
	TRY(find(&c, THING_PAYMENT, "payment_intent", web_arg(w, "id"), &pay,
	    e));
	return as_stripe_show(&c, stripe_write_intent, &pay, e);
}

static bool
is_currency(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.at[i] < 'a' || s.at[i] > 'z')
			return false;
	return s.len == 3;
}

/* For a page of the seller's own: paid by what /sandbox/act does. */
static enum rc
intent_make(struct web *w, struct err *e)
{
	static const char *const	parameters[] = { "amount", "currency",
	    "automatic_payment_methods[enabled]", "metadata[*]", "customer",
	    "description", "receipt_email", "confirm", "payment_method",
	    "expand[#]", NULL };
	struct stripe_call		 c;
	struct thing			 pay;

	TRY(as_stripe_begin(&c, w, parameters, e));
	if (c.answered)
		return RC_OK;
	thing_begin(&c.play, THING_PAYMENT, c.play.as->id(&c.play,
	    ID_PAYMENT), &pay);
	if (!form_int(&c.form, "amount", &pay.amount) || pay.amount < 1)
		return as_stripe_refuse(e, "amount",
		    "Missing required param: amount.");
	pay.currency = form_text(&c.form, "currency");
	if (!is_currency(pay.currency))
		return as_stripe_refuse(e, "currency",
		    "Missing required param: currency.");
	pay.status = STR("open");
	pay.reason = STR("once");
	pay.charge = c.play.as->id(&c.play, ID_CHARGE);
	pay.customer = form_text(&c.form, "customer");
	pay.data = as_stripe_data(&c, "metadata");
	TRY(thing_put(&c.play, &pay, e));
	return as_stripe_show(&c, stripe_write_intent, &pay, e);
}

/* An invoice is kept with its payment: found by the page of newest ones. */
static enum rc
of_invoice(struct stripe_call *c, struct str id, struct thing *pay,
    struct err *e)
{
	enum { LOOKED_AT = 100 };
	struct thing	*list;
	int64_t		 below = INT64_MAX;
	size_t		 count;

	do {
		TRY(thing_list(&c->play, THING_PAYMENT, STR_NONE, below,
		    LOOKED_AT, &list, &count, e));
		for (size_t i = 0; i < count; i++) {
			below = list[i].n;
			if (!str_eq(list[i].invoice, id) || id.len == 0)
				continue;
			*pay = list[i];
			return RC_OK;
		}
	} while (count == LOOKED_AT);
	return as_stripe_missing(e, "invoice", id);
}

static enum rc
invoice_text(struct stripe_call *c, const struct thing *pay,
    struct str *json, struct err *e)
{
	struct thing	sub;
	bool		found;

	TRY(thing_get(&c->play, THING_SUBSCRIPTION, pay->sub, &sub, &found,
	    e));
	return stripe_invoice_text(&c->play, pay, found ? &sub : NULL, json,
	    e);
}

static enum rc
invoice(struct web *w, struct err *e)
{
	struct stripe_call	c;
	struct thing		pay;
	struct str		json;

	TRY(as_stripe_begin(&c, w, none, e));
	TRY(of_invoice(&c, web_arg(w, "id"), &pay, e));
	TRY(invoice_text(&c, &pay, &json, e));
	return as_stripe_reply(&c, 200, json, e);
}

/* ---- Lists of what belongs to payments ---- */

typedef bool	wanted_fn(const struct form *, const struct thing *);

static bool
fits(const struct form *f, const char *name, struct str value)
{
	struct str	asked = form_text(f, name);

	return asked.len == 0 || str_eq(asked, value);
}

static bool
is_charge(const struct form *f, const struct thing *pay)
{
	return str_eq(pay->status, STR("paid")) &&
	    fits(f, "payment_intent", pay->ref) &&
	    fits(f, "customer", pay->customer);
}

static bool
is_part(const struct form *f, const struct thing *part)
{
	return fits(f, "payment_intent", part->payment) &&
	    fits(f, "charge", part->charge);
}

static bool
is_invoice(const struct form *f, const struct thing *pay)
{
	return pay->invoice.len > 0 && fits(f, "subscription", pay->sub) &&
	    fits(f, "customer", pay->customer) &&
	    fits(f, "invoice", pay->invoice) &&
	    fits(f, "payment[payment_intent]", pay->ref);
}

/* Pages are of the filtered list, as Stripe's are. */
static enum rc
list_all(struct web *w, enum thing_kind kind, stripe_writer *write,
    wanted_fn *wanted, const char *const *parameters, const char *url,
    struct err *e)
{
	struct stripe_call	c;
	struct stripe_page	page;
	struct str		json;
	struct out		o;

	TRY(as_stripe_begin(&c, w, parameters, e));
	TRY(as_stripe_page(&c, kind, form_text(&c.form,
	    kind == THING_PAYMENT ? "subscription" : "payment_intent"), &page,
	    e));
	out_init(&o, web_arena(w), REPLY_BYTES_MAX);
	stripe_open_list(&o, NULL);
	for (size_t i = 0; i < page.count; i++) {
		if (!wanted(&c.form, &page.things[i]))
			continue;
		if (write == NULL) {
			TRY(invoice_text(&c, &page.things[i], &json, e));
			out_item_raw(&o, json);
			continue;
		}
		out_open(&o, '{');
		write(&c.play, &o, &page.things[i]);
		out_close(&o, '}');
	}
	stripe_close_list(&o, 0, page.more, url);
	TRY(out_take(&o, "a list", &json, e));
	return web_reply(w, 200, json);
}

static enum rc
invoices(struct web *w, struct err *e)
{
	static const char *const	parameters[] = { "subscription",
	    "customer", "status", "limit", "starting_after", "created[*]",
	    "expand[#]", NULL };

	return list_all(w, THING_PAYMENT, NULL, is_invoice, parameters,
	    "/v1/invoices", e);
}

static enum rc
invoice_payments(struct web *w, struct err *e)
{
	static const char *const	parameters[] = { "invoice", "status",
	    "payment[type]", "payment[payment_intent]", "limit",
	    "starting_after", "expand[#]", NULL };

	return list_all(w, THING_PAYMENT, stripe_write_invoice_payment,
	    is_invoice, parameters, "/v1/invoice_payments", e);
}

static const char *const	of_payment[] = { "payment_intent", "charge",
	"customer", "limit", "starting_after", "created[*]", "expand[#]",
	NULL };

static enum rc
charges(struct web *w, struct err *e)
{
	return list_all(w, THING_PAYMENT, stripe_write_charge, is_charge,
	    of_payment, "/v1/charges", e);
}

static enum rc
refunds(struct web *w, struct err *e)
{
	return list_all(w, THING_REFUND, stripe_write_refund, is_part,
	    of_payment, "/v1/refunds", e);
}

static enum rc
disputes(struct web *w, struct err *e)
{
	return list_all(w, THING_DISPUTE, stripe_write_dispute, is_part,
	    of_payment, "/v1/disputes", e);
}

static enum rc
refund_make(struct web *w, struct err *e)
{
	static const char *const	parameters[] = { "payment_intent",
	    "amount", "reason", "metadata[*]", "expand[#]", NULL };
	struct stripe_call		 c;
	struct thing			 pay, refund;
	int64_t				 amount;

	TRY(as_stripe_begin(&c, w, parameters, e));
	if (c.answered)
		return RC_OK;
	TRY(find(&c, THING_PAYMENT, "payment_intent",
	    form_text(&c.form, "payment_intent"), &pay, e));
	amount = pay.amount - pay.refunded;
	if (form_has(&c.form, "amount") &&
	    !form_int(&c.form, "amount", &amount))
		return as_stripe_refuse(e, "amount", "Invalid integer");
	TRY(life_refund(&c.play, &pay, amount, &refund, e));
	return as_stripe_show(&c, stripe_write_refund, &refund, e);
}

/* ---- The portal ---- */

static enum rc
portal(struct web *w, struct err *e)
{
	static const char *const	parameters[] = { "customer",
	    "return_url", "configuration", "locale", "flow_data[type]",
	    "expand[#]", NULL };
	struct stripe_call		 c;
	struct str			 customer, json;
	struct out			 o;

	TRY(as_stripe_begin(&c, w, parameters, e));
	if (c.answered)
		return RC_OK;
	customer = form_text(&c.form, "customer");
	if (customer.len == 0)
		return as_stripe_refuse(e, "customer",
		    "Missing required param: customer.");
	out_init(&o, web_arena(w), BODY_BYTES_MAX);
	out_open(&o, '{');
	out_text(&o, "id", shape_id(&c.play, "bps_"));
	out_name(&o, "object", "billing_portal.session");
	shape_seconds(&o, "created", c.play.f->now);
	out_text(&o, "customer", customer);
	out_bool(&o, "livemode", false);
	shape_nulls(&o, "configuration flow locale on_behalf_of");
	out_text_or_null(&o, "return_url", form_text(&c.form,
	    "return_url"));
	out_text(&o, "url", arena_text(web_arena(w),
	    "%.*s/sandbox/portal/stripe/%.*s",
	    STR_FMT(c.play.f->conf->base_url), STR_FMT(customer)));
	out_close(&o, '}');
	TRY(out_take(&o, "a portal", &json, e));
	return as_stripe_reply(&c, 200, json, e);
}

/* ---- Schedules ---- */

static enum rc
schedule(struct web *w, struct err *e)
{
	struct stripe_call	c;
	struct thing		plan;

	TRY(as_stripe_begin(&c, w, none, e));
	TRY(find(&c, THING_SCHEDULE, "subscription_schedule",
	    web_arg(w, "id"), &plan, e));
	return as_stripe_show(&c, stripe_write_schedule, &plan, e);
}

/* The subscription is managed by this plan, or by none again. */
static enum rc
manage(struct stripe_call *c, struct thing *sub, struct str plan,
    struct err *e)
{
	struct thing	before = *sub;

	sub->schedule = plan;
	TRY(thing_put(&c->play, sub, e));
	return c->play.as->tell(&c->play, MOMENT_PLANNED, &(struct scene){
		.sub = sub, .before = &before,
	}, e);
}

static enum rc
schedule_make(struct web *w, struct err *e)
{
	static const char *const	parameters[] = { "from_subscription",
	    "expand[#]", NULL };
	struct stripe_call		 c;
	struct thing			 sub, plan;

	TRY(as_stripe_begin(&c, w, parameters, e));
	if (c.answered)
		return RC_OK;
	TRY(find(&c, THING_SUBSCRIPTION, "subscription",
	    form_text(&c.form, "from_subscription"), &sub, e));
	if (sub.schedule.len > 0 || sub.ended_at != 0)
		return as_stripe_refuse(e, "from_subscription", "You cannot"
		    " migrate a subscription that is already attached to a"
		    " schedule, or over.");
	thing_begin(&c.play, THING_SCHEDULE, c.play.as->id(&c.play,
	    ID_SCHEDULE), &plan);
	plan.status = STR("active");
	plan.sub = plan.parent = sub.ref;
	plan.customer = sub.customer;
	plan.lines = sub.lines;
	plan.from = sub.from;
	plan.until = sub.until;
	plan.interval = sub.interval;
	TRY(thing_put(&c.play, &plan, e));
	TRY(manage(&c, &sub, plan.ref, e));
	return as_stripe_show(&c, stripe_write_schedule, &plan, e);
}

static enum rc
take_phase(struct stripe_call *c, size_t phase, struct play_lines *lines,
    struct err *e)
{
	struct arena	*a = web_arena(c->w);
	struct play_sum	 sum;

	lines->count = 0;
	for (size_t i = 0; i < PLAY_LINES_MAX; i++) {
		struct play_line *l = &lines->at[i];
		const char *at = arena_text(a, "phases[%zu][items][%zu]",
		    phase, i).at;

		*l = (struct play_line){ .quantity = 1 };
		l->price = form_text(&c->form,
		    arena_text(a, "%s[price]", at).at);
		if (l->price.len == 0)
			break;
		form_int(&c->form, arena_text(a, "%s[quantity]", at).at,
		    &l->quantity);
		lines->count++;
	}
	return play_sum(&c->play, lines, &sum, e);
}

/* Two phases: what runs until the period's end, and what comes then. */
static enum rc
schedule_write(struct web *w, struct err *e)
{
	static const char *const	parameters[] = { "end_behavior",
	    "phases[#][start_date]", "phases[#][end_date]",
	    "phases[#][items][#][price]", "phases[#][items][#][quantity]",
	    "phases[#][proration_behavior]", "phases[#][iterations]",
	    "phases[#][metadata][*]", "phases[#][duration][*]",
	    "proration_behavior", "metadata[*]", "expand[#]", NULL };
	struct stripe_call		 c;
	struct thing			 plan;

	TRY(as_stripe_begin(&c, w, parameters, e));
	if (c.answered)
		return RC_OK;
	TRY(find(&c, THING_SCHEDULE, "subscription_schedule",
	    web_arg(w, "id"), &plan, e));
	if (!str_eq(plan.status, STR("active")))
		return as_stripe_refuse(e, "", "You cannot update a schedule"
		    " that is not active.");
	TRY(take_phase(&c, 0, &plan.lines, e));
	TRY(take_phase(&c, 1, &plan.next, e));
	if (plan.lines.count == 0 ||
	    !form_has(&c.form, "phases[0][start_date]"))
		return as_stripe_refuse(e, "phases", "The current phase must be"
		    " among the phases, with its start_date.");
	TRY(thing_put(&c.play, &plan, e));
	return as_stripe_show(&c, stripe_write_schedule, &plan, e);
}

static enum rc
schedule_release(struct web *w, struct err *e)
{
	static const char *const	parameters[] = {
	    "preserve_cancel_date", "expand[#]", NULL };
	struct stripe_call		 c;
	struct thing			 plan, sub;

	TRY(as_stripe_begin(&c, w, parameters, e));
	if (c.answered)
		return RC_OK;
	TRY(find(&c, THING_SCHEDULE, "subscription_schedule",
	    web_arg(w, "id"), &plan, e));
	if (!str_eq(plan.status, STR("active")))
		return as_stripe_refuse(e, "", "You cannot release a schedule"
		    " that is not active.");
	plan.status = STR("released");
	TRY(thing_put(&c.play, &plan, e));
	TRY(find(&c, THING_SUBSCRIPTION, "subscription", plan.sub, &sub, e));
	TRY(manage(&c, &sub, STR_NONE, e));
	return as_stripe_show(&c, stripe_write_schedule, &plan, e);
}
