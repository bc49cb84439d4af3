/*
 * Stripe's subscriptions: show, change, cancel, preview of a change.
 */
#include "base/clock.h"
#include "base/limits.h"
#include "sandbox.h"

#define API		"/sandbox/stripe/v1/"

static web_handler	show, list, change, cancel, preview;

const struct route stripe_sub_routes[] = {
	API_ROW("GET", API "subscriptions", list),
	API_ROW("GET", API "subscriptions/{id}", show),
	API_ROW("POST", API "subscriptions/{id}", change),
	API_ROW("DELETE", API "subscriptions/{id}", cancel),
	API_ROW("POST", API "invoices/create_preview", preview),
	{ .method = NULL }
};

static enum rc
find(struct stripe_call *c, struct str id, struct thing *sub, struct err *e)
{
	bool	found;

	TRY(thing_get(&c->play, THING_SUBSCRIPTION, id, sub, &found, e));
	return found ? RC_OK : as_stripe_missing(e, "subscription", id);
}

static enum rc
show(struct web *w, struct err *e)
{
	static const char *const	parameters[] = { "expand[#]", NULL };
	struct stripe_call		 c;
	struct thing			 sub;

	TRY(as_stripe_begin(&c, w, parameters, e));
	TRY(find(&c, web_arg(w, "id"), &sub, e));
	return as_stripe_show(&c, stripe_write_subscription, &sub, e);
}

/* Without a status those that are not over; "all" is all. */
static bool
wanted(const struct form *f, const struct thing *sub)
{
	struct str	status = form_text(f, "status"),
			customer = form_text(f, "customer"),
			price = form_text(f, "price");
	bool		sold = price.len == 0;

	for (size_t i = 0; i < sub->lines.count; i++)
		sold = sold || str_eq(price, sub->lines.at[i].price);
	if (!sold || (customer.len > 0 && !str_eq(customer, sub->customer)))
		return false;
	if (status.len == 0)
		return sub->ended_at == 0;
	return str_eq(status, STR("all")) || str_eq(status, sub->status);
}

static enum rc
list(struct web *w, struct err *e)
{
	static const char *const	parameters[] = { "customer", "price",
	    "status", "limit", "starting_after", "created[*]",
	    "current_period_end[*]", "expand[#]", NULL };
	struct stripe_call		 c;
	struct stripe_page		 page;
	struct str			 json;
	struct out			 o;

	TRY(as_stripe_begin(&c, w, parameters, e));
	TRY(as_stripe_page(&c, THING_SUBSCRIPTION, STR_NONE, &page, e));
	out_init(&o, web_arena(w), REPLY_BYTES_MAX);
	stripe_open_list(&o, NULL);
	for (size_t i = 0; i < page.count; i++) {
		if (!wanted(&c.form, &page.things[i]))
			continue;
		out_open(&o, '{');
		stripe_write_subscription(&c.play, &o, &page.things[i]);
		out_close(&o, '}');
	}
	stripe_close_list(&o, 0, page.more, "/v1/subscriptions");
	TRY(out_take(&o, "a list", &json, e));
	return web_reply(w, 200, json);
}

/* ---- What the items shall be ---- */

static struct play_line *
line_of(struct play_lines *lines, struct str item)
{
	for (size_t i = 0; i < lines->count; i++)
		if (str_eq(lines->at[i].item, item))
			return &lines->at[i];
	return NULL;
}

static void
line_remove(struct play_lines *lines, struct play_line *l)
{
	size_t	place = (size_t)(l - lines->at);

	lines->count--;
	for (size_t i = place; i < lines->count; i++)
		lines->at[i] = lines->at[i + 1];
}

/* One items[n][...]: the item named is changed; without an id one is added. */
static enum rc
take_item(struct stripe_call *c, const char *head, size_t n,
    struct play_lines *next, bool *there, struct err *e)
{
	struct arena		*a = web_arena(c->w);
	const char		*at = arena_text(a, "%sitems%s[%zu]", head,
				    *head == '\0' ? "" : "]", n).at;
	const char		*quantity = arena_text(a, "%s[quantity]",
				    at).at;
	struct str		 id = form_text(&c->form,
				    arena_text(a, "%s[id]", at).at);
	struct str		 price = form_text(&c->form,
				    arena_text(a, "%s[price]", at).at);
	struct play_line	*l;

	*there = id.len > 0 || price.len > 0;
	if (!*there)
		return RC_OK;
	l = id.len > 0 ? line_of(next, id) : &next->at[next->count];
	if (l == NULL)
		return as_stripe_missing(e, "subscription_item", id);
	if (id.len == 0) {
		if (next->count + 1 == PLAY_LINES_MAX)
			return as_stripe_refuse(e, "items", "Too many items");
		*l = (struct play_line){ .quantity = 1 };
		next->count++;
	} else if (str_eq(form_text(&c->form,
	    arena_text(a, "%s[deleted]", at).at), STR("true"))) {
		line_remove(next, l);
		return RC_OK;
	}
	if (price.len > 0)
		l->price = price;
	if (form_has(&c->form, quantity) && (!form_int(&c->form, quantity,
	    &l->quantity) || l->quantity < 0))
		return as_stripe_refuse(e, quantity, "Invalid integer");
	return RC_OK;
}

static enum rc
take_items(struct stripe_call *c, const char *head, const struct thing *sub,
    struct play_lines *next, bool *any, struct err *e)
{
	bool	there = true;

	*next = sub->lines;
	*any = false;
	for (size_t n = 0; n < PLAY_LINES_MAX && there; n++) {
		TRY(take_item(c, head, n, next, &there, e));
		*any = *any || there;
	}
	return RC_OK;
}

/* The time of a proration lies within the current period. */
static enum rc
take_date(struct stripe_call *c, const char *name, const struct thing *sub,
    int64_t *at, struct err *e)
{
	int64_t	seconds = 0;

	*at = c->play.f->now;
	if (!form_has(&c->form, name))
		return RC_OK;
	if (!form_int(&c->form, name, &seconds) ||
	    seconds * SECOND < sub->from - sub->from % SECOND ||
	    seconds * SECOND > sub->until)
		return as_stripe_refuse(e, name, "Invalid proration_date: it"
		    " must lie within the current period.");
	*at = seconds * SECOND;
	return RC_OK;
}

static enum rc
take_word(struct stripe_call *c, const char *name, const char *const *words,
    size_t *place, struct err *e)
{
	struct str	value = form_text(&c->form, name);

	if (value.len == 0)
		return RC_OK;
	for (*place = 0; words[*place] != NULL; (*place)++)
		if (str_eq(value, str_of(words[*place])))
			return RC_OK;
	return as_stripe_refuse(e, name, arena_text(web_arena(c->w),
	    "Invalid %s: must be one of %s, %s, ...", name, words[0],
	    words[1]).at);
}

static const char *const	prorations[] = {
	"create_prorations", "always_invoice", "none", NULL
};
static const char *const	behaviours[] = {
	"allow_incomplete", "default_incomplete", "error_if_incomplete",
	"pending_if_incomplete", NULL
};

/* ---- Changing ---- */

/* With pending_if_incomplete Stripe takes only what can wait. */
static enum rc
pending_check(struct stripe_call *c, struct err *e)
{
	if (!str_eq(form_text(&c->form, "payment_behavior"),
	    STR("pending_if_incomplete")))
		return RC_OK;
	if (form_has(&c->form, "cancel_at_period_end") ||
	    as_stripe_data(c, "metadata").len > 0)
		return as_stripe_refuse(e, "payment_behavior", "When"
		    " `payment_behavior` is set to `pending_if_incomplete`"
		    " you can only pass supported params.");
	return RC_OK;
}

static enum rc
change_items(struct stripe_call *c, struct thing *sub, struct thing *bill,
    struct err *e)
{
	struct life_change	lc = { .at = 0 };
	size_t			proration = 0, behaviour = 0;
	bool			any, declined;

	TRY(take_items(c, "", sub, &lc.next, &any, e));
	if (!any)
		return RC_OK;
	TRY(pending_check(c, e));
	TRY(take_date(c, "proration_date", sub, &lc.at, e));
	TRY(take_word(c, "proration_behavior", prorations, &proration, e));
	TRY(take_word(c, "payment_behavior", behaviours, &behaviour, e));
	if (sub->schedule.len > 0)
		return as_stripe_refuse(e, "items", "The subscription is"
		    " managed by a subscription schedule, and updating any"
		    " phase-related attributes directly is not allowed.");
	lc.bill_now = proration == 1;
	lc.free = proration == 2;
	lc.unpaid = behaviour == 3 ? UNPAID_WAITS : behaviour == 2 ?
	    UNPAID_REFUSED : UNPAID_APPLIED;
	TRY(life_change(&c->play, sub, &lc, bill, &declined, e));
	if (declined && lc.unpaid == UNPAID_REFUSED)
		return err_set(e, RC_CHECKOUT_UNAVAILABLE, NULL,
		    "Your card was declined.");
	return RC_OK;
}

static enum rc
change_end(struct stripe_call *c, struct thing *sub, struct err *e)
{
	struct str	end = form_text(&c->form, "cancel_at_period_end");

	if (end.len == 0)
		return RC_OK;
	if (sub->schedule.len > 0)
		return as_stripe_refuse(e, "cancel_at_period_end", "The"
		    " subscription is managed by a subscription schedule.");
	if (str_eq(end, STR("true")))
		return sub->cancel_planned != 0 ? RC_OK :
		    life_cancel(&c->play, sub, false, e);
	if (str_eq(end, STR("false")))
		return life_uncancel(&c->play, sub, e);
	return as_stripe_refuse(e, "cancel_at_period_end", "Invalid boolean");
}

/* Other metadata and a pause of collecting: told as a plain update. */
static enum rc
change_rest(struct stripe_call *c, struct thing *sub, struct err *e)
{
	struct thing	before = *sub;
	struct str	data = as_stripe_data(c, "metadata"),
			pause = form_text(&c->form,
			    "pause_collection[behavior]");
	bool		resume = form_has(&c->form, "pause_collection") &&
			    form_text(&c->form, "pause_collection").len == 0;

	if (data.len == 0 && pause.len == 0 && !resume)
		return RC_OK;
	if (data.len > 0)
		sub->data = data;
	if (pause.len > 0 || resume)
		sub->pause = pause;
	TRY(thing_put(&c->play, sub, e));
	return c->play.as->tell(&c->play, MOMENT_UNCANCEL, &(struct scene){
		.sub = sub, .before = &before,
	}, e);
}

static enum rc
reply(struct stripe_call *c, const struct thing *sub, struct err *e)
{
	struct thing	pay;
	struct str	json, invoice, plain;
	bool		found = false;
	const char	*at;

	TRY(stripe_text(&c->play, stripe_write_subscription, sub, &json, e));
	if (as_stripe_expands(&c->form, "latest_invoice"))
		TRY(thing_get(&c->play, THING_PAYMENT, sub->payment, &pay,
		    &found, e));
	if (found) {
		TRY(stripe_invoice_text(&c->play, &pay, sub, &invoice, e));
		plain = arena_text(web_arena(c->w),
		    "\"latest_invoice\":\"%.*s\"", STR_FMT(sub->invoice));
		at = memmem(json.at, json.len, plain.at, plain.len);
		if (at != NULL)
			json = arena_text(web_arena(c->w),
			    "%.*s\"latest_invoice\":%.*s%s",
			    (int)(at - json.at), json.at, STR_FMT(invoice),
			    at + plain.len);
	}
	return as_stripe_reply(c, 200, json, e);
}

static enum rc
change(struct web *w, struct err *e)
{
	static const char *const	parameters[] = {
		"items[#][id]", "items[#][price]", "items[#][quantity]",
		"items[#][deleted]", "proration_behavior", "proration_date",
		"payment_behavior", "cancel_at_period_end", "metadata[*]",
		"pause_collection", "pause_collection[behavior]",
		"pause_collection[resumes_at]", "trial_end",
		"billing_cycle_anchor", "default_payment_method",
		"expand[#]", NULL
	};
	struct stripe_call		 c;
	struct thing			 sub, bill;

	TRY(as_stripe_begin(&c, w, parameters, e));
	if (c.answered)
		return RC_OK;
	TRY(find(&c, web_arg(w, "id"), &sub, e));
	if (sub.ended_at != 0)
		return as_stripe_missing(e, "subscription", sub.ref);
	TRY(change_items(&c, &sub, &bill, e));
	TRY(change_end(&c, &sub, e));
	TRY(change_rest(&c, &sub, e));
	return reply(&c, &sub, e);
}

static enum rc
cancel(struct web *w, struct err *e)
{
	static const char *const	parameters[] = { "invoice_now",
	    "prorate", "cancellation_details[*]", "expand[#]", NULL };
	struct stripe_call		 c;
	struct thing			 sub;

	TRY(as_stripe_begin(&c, w, parameters, e));
	TRY(find(&c, web_arg(w, "id"), &sub, e));
	if (sub.ended_at != 0)
		return as_stripe_missing(e, "subscription", sub.ref);
	TRY(life_cancel(&c.play, &sub, true, e));
	return as_stripe_show(&c, stripe_write_subscription, &sub, e);
}

/* ---- Preview ---- */

/* Not invoiced now, prorations stand on the next regular bill. */
static enum rc
preview_bill(struct stripe_call *c, const struct thing *sub, bool now,
    struct play_lines next, int64_t at, struct thing *bill, struct err *e)
{
	struct play_sum	sum;
	bool		whole;

	thing_begin(&c->play, THING_PAYMENT, STR_NONE, bill);
	TRY(play_prorate(&c->play, sub, &next, at, &bill->lines, &whole, e));
	TRY(play_sum(&c->play, &next, &sum, e));
	for (size_t i = 0; !now && i < next.count &&
	    bill->lines.count < PLAY_LINES_MAX; i++) {
		struct play_line *l = &bill->lines.at[bill->lines.count++];

		*l = next.at[i];
		l->from = sub->until;
		l->until = play_later(sub->until, sum.interval, 1);
		l->proration = false;
	}
	for (size_t i = 0; i < bill->lines.count; i++)
		bill->amount += bill->lines.at[i].amount;
	bill->status = STR("draft");
	bill->reason = STR("update");
	bill->invoice = arena_text(web_arena(c->w), "upcoming_in_%.*s",
	    STR_FMT(sub->ref));
	bill->sub = sub->ref;
	bill->customer = sub->customer;
	bill->email = sub->email;
	bill->currency = sub->currency;
	return RC_OK;
}

static enum rc
preview(struct web *w, struct err *e)
{
	static const char *const	parameters[] = {
		"subscription", "customer",
		"subscription_details[items][#][id]",
		"subscription_details[items][#][price]",
		"subscription_details[items][#][quantity]",
		"subscription_details[items][#][deleted]",
		"subscription_details[proration_behavior]",
		"subscription_details[proration_date]",
		"subscription_details[cancel_at_period_end]",
		"expand[#]", NULL
	};
	struct stripe_call		 c;
	struct play_lines		 next;
	struct thing			 sub, bill;
	struct str			 json;
	size_t				 proration = 0;
	int64_t				 at;
	bool				 any;

	TRY(as_stripe_begin(&c, w, parameters, e));
	if (c.answered)
		return RC_OK;
	TRY(find(&c, form_text(&c.form, "subscription"), &sub, e));
	TRY(take_items(&c, "subscription_details[", &sub, &next, &any, e));
	TRY(take_date(&c, "subscription_details[proration_date]", &sub, &at,
	    e));
	TRY(take_word(&c, "subscription_details[proration_behavior]",
	    prorations, &proration, e));
	TRY(preview_bill(&c, &sub, proration == 1, next, at, &bill, e));
	TRY(stripe_invoice_text(&c.play, &bill, &sub, &json, e));
	return as_stripe_reply(&c, 200, json, e);
}
