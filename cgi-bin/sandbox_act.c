/*
 * The hand behind the scenes: what happens next in a life, for operators and
 * tests.
 */
#include "base/guard.h"
#include "base/limits.h"
#include "base/log.h"
#include "sandbox.h"

enum { LOOKED_AT = 50, RESENT_MAX = 1000 };

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
	    LOOKED_AT, &list, &count, e));
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
		sandbox_write(&o, &a->sub);
	}
	if (a->has_payment) {
		out_key(&o, STR("payment"));
		sandbox_write(&o, &a->payment);
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
