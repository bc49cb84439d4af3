/*
 * The hand behind the scenes: what is there, what shall go wrong, and what
 * happens next in a life, for operators and tests.
 */
#include "base/guard.h"
#include "base/limits.h"
#include "base/log.h"
#include "sandbox.h"

enum { LISTED_MAX = 50, RESENT_MAX = 1000 };

static const char *const	providers[] = {
	"stripe", "paddle", "lemonsqueezy",
};

/* ---- What is there ---- */

static void
write_thing(struct out *o, const struct thing *t)
{
	out_open(o, '{');
	out_text(o, "id", t->ref);
	out_text(o, "status", t->status);
	out_text_or_null(o, "subscription", t->sub);
	out_text_or_null(o, "payment", t->payment);
	out_int(o, "amount", t->amount);
	out_text_or_null(o, "currency", t->currency);
	out_open_as(o, "items", '[');
	for (size_t i = 0; i < t->lines.count; i++) {
		out_open(o, '{');
		out_text(o, "price", t->lines.at[i].price);
		out_int(o, "quantity", t->lines.at[i].quantity);
		out_close(o, '}');
	}
	out_close(o, ']');
	out_raw(o, "data", t->data);
	out_time(o, "until", t->until);
	out_time(o, "created_at", t->created);
	out_time(o, "updated_at", t->updated);
	out_close(o, '}');
}

static enum rc
write_kind(struct play *p, struct out *o, const char *name,
    enum thing_kind kind, struct err *e)
{
	struct thing	*list;
	size_t		 count;

	TRY(thing_list(p, kind, STR_NONE, INT64_MAX, LISTED_MAX, &list,
	    &count, e));
	out_open_as(o, name, '[');
	for (size_t i = 0; i < count; i++)
		write_thing(o, &list[i]);
	out_close(o, ']');
	return RC_OK;
}

static enum rc
write_events(struct play *p, struct out *o, struct err *e)
{
	const struct event_range range = {
		.below = INT64_MAX, .newest_first = true,
		.max = 2 * LISTED_MAX,
	};
	struct sandbox_event	*list;
	size_t			 count;

	TRY(sandbox_events_list(p->f->db, p->f->seller, str_of(p->as->name),
	    &range, p->f->arena, &list, &count, e));
	out_open_as(o, "events", '[');
	for (size_t i = 0; i < count; i++) {
		out_open(o, '{');
		out_text(o, "id", list[i].id);
		out_text(o, "type", list[i].type);
		out_time(o, "at", list[i].at);
		out_int(o, "delivered", list[i].delivered);
		out_close(o, '}');
	}
	out_close(o, ']');
	return RC_OK;
}

static enum rc
write_provider(struct play *p, struct out *o, struct err *e)
{
	static const struct {
		const char	*name;
		enum thing_kind	 kind;
	} kinds[] = {
		{ "checkouts",	   THING_CHECKOUT },
		{ "subscriptions", THING_SUBSCRIPTION },
		{ "payments",	   THING_PAYMENT },
		{ "refunds",	   THING_REFUND },
		{ "disputes",	   THING_DISPUTE },
	};
	struct play_faults	f;
	struct thing		t;

	TRY(faults_read(p, &f, &t, e));
	out_open_as(o, p->as->name, '{');
	out_raw(o, "faults", t.text);
	for (size_t i = 0; i < COUNT(kinds); i++)
		TRY(write_kind(p, o, kinds[i].name, kinds[i].kind, e));
	TRY(write_events(p, o, e));
	out_close(o, '}');
	return RC_OK;
}

enum rc
sandbox_list(struct web *w, struct err *e)
{
	struct str	only = web_query(w, "provider"), json;
	struct play	p;
	struct out	o;

	out_init(&o, web_arena(w), REPLY_BYTES_MAX);
	out_open(&o, '{');
	for (size_t i = 0; i < COUNT(providers); i++) {
		if ((only.len > 0 && !str_eq(only, str_of(providers[i]))) ||
		    player_find(str_of(providers[i])) == NULL)
			continue;
		TRY(play_begin(&p, web_flow(w), str_of(providers[i]), e));
		TRY(write_provider(&p, &o, e));
	}
	out_close(&o, '}');
	TRY(out_take(&o, "the list", &json, e));
	return web_reply(w, 200, json);
}

/* ---- What shall go wrong ---- */

static enum rc
drop_refuse(struct err *e)
{
	return err_member(e, RC_INVALID_VALUE, "/drop", "Say how many of the"
	    " next: 5; or which of the next: [3, 17]; or of which types:"
	    " [\"invoice.paid\"].", "this says not what to drop");
}

/* A number: so many.  A list: places among the next, or types. */
static enum rc
take_drop(struct web *w, const struct node *drop, struct play_faults *f,
    struct err *e)
{
	struct buf	places, types;
	int64_t		n;

	if (node_kind(drop) == NODE_NONE)
		return RC_OK;
	if (node_kind(drop) == NODE_INT)
		return node_int(drop, "", &f->drop) && f->drop >= 0 ? RC_OK :
		    drop_refuse(e);
	if (node_kind(drop) != NODE_LIST)
		return drop_refuse(e);
	buf_init(&places, web_arena(w), BODY_BYTES_MAX);
	buf_init(&types, web_arena(w), BODY_BYTES_MAX);
	for (size_t i = 0; i < node_count(drop); i++) {
		const struct node *one = node_item(drop, i);

		if (node_kind(one) == NODE_INT && node_int(one, "", &n))
			buf_fmt(&places, " %lld ", (long long)n);
		else if (node_kind(one) == NODE_TEXT)
			buf_fmt(&types, " %.*s ",
			    STR_FMT(node_text(one, "")));
		else
			return drop_refuse(e);
	}
	f->drop_at = buf_str(&places);
	f->drop_types = buf_str(&types);
	return RC_OK;
}

static enum rc
take_faults(struct web *w, const struct node *body, struct play_faults *f,
    struct err *e)
{
	enum { NEXT_MOST = 100000, DELAY_MOST = 3600 };

	*f = (struct play_faults){ .delay = 0 };
	TRY(want_int(body, "delay", false, 0, DELAY_MOST, 0, &f->delay, e));
	TRY(want_int(body, "duplicate", false, 0, NEXT_MOST, 0,
	    &f->duplicate, e));
	TRY(want_int(body, "decline", false, 0, NEXT_MOST, 0, &f->decline,
	    e));
	TRY(want_int(body, "action", false, 0, NEXT_MOST, 0, &f->action, e));
	f->reorder = node_bool(body, "reorder");
	return take_drop(w, node_at(body, "drop"), f, e);
}

enum rc
sandbox_faults(struct web *w, struct err *e)
{
	GUARD(doc_free) struct doc	*doc = NULL;
	struct str			 only = STR_NONE;
	struct play_faults		 f, old;
	struct thing			 t;
	struct play			 p;

	TRY(doc_read(&doc, web_body(w), DOC_STRICT, e));
	TRY(want_text(doc_root(doc), "provider", false, 20, &only, e));
	TRY(take_faults(w, doc_root(doc), &f, e));
	for (size_t i = 0; i < COUNT(providers); i++) {
		if ((only.len > 0 && !str_eq(only, str_of(providers[i]))) ||
		    player_find(str_of(providers[i])) == NULL)
			continue;
		TRY(play_begin(&p, web_flow(w), str_of(providers[i]), e));
		TRY(faults_read(&p, &old, &t, e));
		TRY(faults_write(&p, &f, &t, e));
	}
	return web_reply(w, 200, web_body(w));
}

/* ---- What happens next ---- */

struct act {
	struct play		 play;
	const struct node	*body;
	struct str		 verb;
	struct thing		 sub, payment;
	bool			 has_sub, has_payment;
};

static enum rc
missing(struct err *e, const char *member)
{
	return err_member(e, RC_INVALID_VALUE, member,
	    "GET /sandbox lists what there is.",
	    "the sandbox has no such thing");
}

/* The newest payment of a subscription that was paid. */
static enum rc
newest_paid(struct act *a, struct err *e)
{
	struct thing	*list;
	size_t		 count;

	TRY(thing_list(&a->play, THING_PAYMENT, a->sub.ref, INT64_MAX,
	    LISTED_MAX, &list, &count, e));
	for (size_t i = 0; i < count && !a->has_payment; i++)
		if (str_eq(list[i].status, STR("paid")) &&
		    list[i].amount > 0) {
			a->payment = list[i];
			a->has_payment = true;
		}
	return RC_OK;
}

static enum rc
find(struct act *a, struct err *e)
{
	struct str	sub = STR_NONE, payment = STR_NONE,
			checkout = STR_NONE;
	struct thing	co;
	bool		found;

	TRY(want_text(a->body, "subscription", false, OUTSIDE_ID_MAX, &sub,
	    e));
	TRY(want_text(a->body, "payment", false, OUTSIDE_ID_MAX, &payment,
	    e));
	TRY(want_text(a->body, "checkout", false, OUTSIDE_ID_MAX, &checkout,
	    e));
	if (checkout.len > 0) {
		TRY(thing_get(&a->play, THING_CHECKOUT, checkout, &co, &found,
		    e));
		if (!found)
			return missing(e, "/checkout");
		sub = co.sub;
		if (sub.len == 0)
			payment = co.payment;
	}
	TRY(thing_get(&a->play, THING_SUBSCRIPTION, sub, &a->sub,
	    &a->has_sub, e));
	TRY(thing_get(&a->play, THING_PAYMENT, payment, &a->payment,
	    &a->has_payment, e));
	if (sub.len > 0 && !a->has_sub)
		return missing(e, "/subscription");
	if (payment.len > 0 && !a->has_payment)
		return missing(e, "/payment");
	return a->has_sub && !a->has_payment ? newest_paid(a, e) : RC_OK;
}

typedef enum rc	act_fn(struct act *, struct err *);

static enum rc
do_renew(struct act *a, struct err *e)
{
	return life_renew(&a->play, &a->sub, true, e);
}

static enum rc
do_fail(struct act *a, struct err *e)
{
	return life_renew(&a->play, &a->sub, false, e);
}

static enum rc
do_recover(struct act *a, struct err *e)
{
	return life_recover(&a->play, &a->sub, e);
}

static enum rc
do_cancel(struct act *a, struct err *e)
{
	return life_cancel(&a->play, &a->sub, false, e);
}

static enum rc
do_cancel_now(struct act *a, struct err *e)
{
	return life_cancel(&a->play, &a->sub, true, e);
}

static enum rc
do_uncancel(struct act *a, struct err *e)
{
	return life_uncancel(&a->play, &a->sub, e);
}

static enum rc
do_end_period(struct act *a, struct err *e)
{
	return life_end_period(&a->play, &a->sub, e);
}

static enum rc
do_pause(struct act *a, struct err *e)
{
	return life_pause(&a->play, &a->sub, true, e);
}

static enum rc
do_resume(struct act *a, struct err *e)
{
	return life_pause(&a->play, &a->sub, false, e);
}

static enum rc
do_pay_change(struct act *a, struct err *e)
{
	return life_waiting_paid(&a->play, &a->sub, true, e);
}

static enum rc
do_drop_change(struct act *a, struct err *e)
{
	return life_waiting_paid(&a->play, &a->sub, false, e);
}

/* Another price or quantity, as the seller's dashboard would do it. */
static enum rc
do_change(struct act *a, struct err *e)
{
	struct life_change	c = {
		.next = a->sub.lines, .bill_now = true,
		.unpaid = UNPAID_APPLIED,
	};
	struct str		price = STR_NONE;
	struct thing		bill;
	bool			declined;

	TRY(want_text(a->body, "price", false, OUTSIDE_ID_MAX, &price, e));
	TRY(want_int(a->body, "quantity", false, 1, QUANTITY_MAX,
	    c.next.at[0].quantity, &c.next.at[0].quantity, e));
	if (price.len > 0)
		c.next.at[0].price = arena_keep(a->play.f->arena, price);
	return life_change(&a->play, &a->sub, &c, &bill, &declined, e);
}

static enum rc
refund(struct act *a, int64_t amount, struct err *e)
{
	struct thing	refund;

	TRY(want_int(a->body, "amount", false, 1, INT64_MAX, amount, &amount,
	    e));
	return life_refund(&a->play, &a->payment, amount, &refund, e);
}

static enum rc
do_refund(struct act *a, struct err *e)
{
	return refund(a, a->payment.amount - a->payment.refunded, e);
}

static enum rc
do_refund_partial(struct act *a, struct err *e)
{
	return refund(a, (a->payment.amount - a->payment.refunded) / 2, e);
}

static enum rc
do_dispute(struct act *a, struct err *e)
{
	return life_dispute(&a->play, &a->payment, MOMENT_DISPUTED, e);
}

static enum rc
do_dispute_won(struct act *a, struct err *e)
{
	return life_dispute(&a->play, &a->payment, MOMENT_DISPUTE_WON, e);
}

static enum rc
do_dispute_lost(struct act *a, struct err *e)
{
	return life_dispute(&a->play, &a->payment, MOMENT_DISPUTE_LOST, e);
}

static enum rc
do_pay(struct act *a, struct err *e)
{
	return life_intent(&a->play, &a->payment, MOMENT_PAID, e);
}

static enum rc
do_decline(struct act *a, struct err *e)
{
	return life_intent(&a->play, &a->payment, MOMENT_DECLINED, e);
}

static const struct deed {
	const char	*verb;
	act_fn		*fn;
	bool		 of_payment;
} deeds[] = {
	{ "renew",	   do_renew,	      false },
	{ "fail",	   do_fail,	      false },
	{ "recover",	   do_recover,	      false },
	{ "cancel",	   do_cancel,	      false },
	{ "cancel_now",	   do_cancel_now,     false },
	{ "uncancel",	   do_uncancel,	      false },
	{ "end_period",	   do_end_period,     false },
	{ "pause",	   do_pause,	      false },
	{ "resume",	   do_resume,	      false },
	{ "seats",	   do_change,	      false },
	{ "change",	   do_change,	      false },
	{ "pay_change",	   do_pay_change,     false },
	{ "drop_change",   do_drop_change,    false },
	{ "refund",	   do_refund,	      true },
	{ "refund_partial", do_refund_partial, true },
	{ "dispute",	   do_dispute,	      true },
	{ "dispute_won",   do_dispute_won,    true },
	{ "dispute_lost",  do_dispute_lost,   true },
	{ "pay",	   do_pay,	      true },
	{ "decline",	   do_decline,	      true },
};

/* Events never delivered, or the one that is named, again. */
static enum rc
resend(struct act *a, struct err *e)
{
	const struct event_range range = {
		.below = INT64_MAX, .max = RESENT_MAX,
	};
	struct flow		*f = a->play.f;
	struct str		 id = STR_NONE;
	struct sandbox_event	*list, one;
	size_t			 count, kept = 0;
	bool			 found;

	TRY(want_text(a->body, "event", false, OUTSIDE_ID_MAX, &id, e));
	if (id.len > 0) {
		TRY(sandbox_event_get(f->db, f->seller,
		    str_of(a->play.as->name), id, f->arena, &one, &found, e));
		return found ? play_again(&a->play, &one, 1, e) :
		    missing(e, "/event");
	}
	TRY(sandbox_events_list(f->db, f->seller, str_of(a->play.as->name),
	    &range, f->arena, &list, &count, e));
	for (size_t i = 0; i < count; i++)
		if (list[i].delivered == 0)
			list[kept++] = list[i];
	return play_again(&a->play, list, kept, e);
}

static enum rc
perform(struct act *a, struct err *e)
{
	size_t	i = 0;

	if (str_eq(a->verb, STR("resend")))
		return resend(a, e);
	while (i < COUNT(deeds) &&
	    !str_eq(a->verb, str_of(deeds[i].verb)))
		i++;
	if (i == COUNT(deeds))
		return err_member(e, RC_INVALID_VALUE, "/do",
		    "See sandbox(8) for what can be done.",
		    "the sandbox cannot do that");
	TRY(find(a, e));
	if (deeds[i].of_payment ? !a->has_payment : !a->has_sub)
		return missing(e, deeds[i].of_payment ? "/payment" :
		    "/subscription");
	TRY(deeds[i].fn(a, e));
	return play_end(&a->play, PLAY_NOW, 1, e);
}

static enum rc
answer(struct web *w, struct act *a, struct err *e)
{
	struct str	json;
	struct out	o;

	out_init(&o, web_arena(w), REPLY_BYTES_MAX);
	out_open(&o, '{');
	out_text(&o, "did", a->verb);
	if (a->has_sub) {
		out_key(&o, STR("subscription"));
		write_thing(&o, &a->sub);
	}
	if (a->has_payment) {
		out_key(&o, STR("payment"));
		write_thing(&o, &a->payment);
	}
	out_close(&o, '}');
	TRY(out_take(&o, "what was done", &json, e));
	return web_reply(w, 200, json);
}

enum rc
sandbox_act(struct web *w, struct err *e)
{
	GUARD(doc_free) struct doc	*doc = NULL;
	struct act			 a = { .has_sub = false };
	struct str			 provider = STR_NONE;

	TRY(doc_read(&doc, web_body(w), DOC_STRICT, e));
	a.body = doc_root(doc);
	TRY(want_text(a.body, "provider", true, 20, &provider, e));
	TRY(want_text(a.body, "do", true, 40, &a.verb, e));
	TRY(play_begin(&a.play, web_flow(w), provider, e));
	TRY(perform(&a, e));
	LOG(LOG_INFO_LINE, "sandbox",
	    LOG_S("provider", provider), LOG_S("action", a.verb));
	return answer(w, &a, e);
}
