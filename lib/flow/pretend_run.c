/*
 * A running subscription in the play: its renewals, what goes wrong with
 * them, its changes and its end.
 */
#include "base/clock.h"
#include "flow/pretend.h"

static struct str
new_id(struct play *p, enum play_id kind)
{
	return p->as->id(p, kind);
}

static bool
is(struct str status, const char *word)
{
	return str_eq(status, str_of(word));
}

static enum rc
refuse(const struct thing *t, const char *what, struct err *e)
{
	return err_set(e, RC_INVALID_TRANSITION, NULL,
	    "%s: it is %.*s", what, STR_FMT(t->status));
}

/*
 * Providers tell time by the second, and two events of one second have no
 * order.  In a play a month passes in a moment, so what happens next to a
 * thing happens a second later at least.
 */
static void
tick(struct play *p, const struct thing *t)
{
	int64_t	next = (t->updated / SECOND + 1) * SECOND;

	if (p->f->now < next)
		p->f->now = next;
}

static enum rc
tell_sub(struct play *p, enum play_moment m, struct thing *sub,
    const struct thing *before, struct thing *pay, struct err *e)
{
	return p->as->tell(p, m, &(struct scene){
		.sub = sub, .before = before, .payment = pay,
	}, e);
}

/* A bill of a subscription; what became of its money is not known yet. */
static void
bill_begin(struct play *p, struct thing *sub, const char *reason,
    const struct play_lines *lines, struct thing *pay)
{
	thing_begin(p, THING_PAYMENT, new_id(p, ID_PAYMENT), pay);
	pay->parent = pay->sub = sub->ref;
	pay->status = STR("open");
	pay->reason = str_of(reason);
	pay->invoice = new_id(p, ID_INVOICE);
	pay->charge = new_id(p, ID_CHARGE);
	pay->customer = sub->customer;
	pay->email = sub->email;
	pay->currency = sub->currency;
	pay->lines = *lines;
	pay->amount = 0;
	for (size_t i = 0; i < lines->count; i++)
		pay->amount += lines->at[i].amount;
	pay->from = sub->from;
	pay->until = sub->until;
	sub->payment = pay->ref;
	sub->invoice = pay->invoice;
	pay->number = ++sub->number;
	pay->attempts = 1;
}

static void
paid(struct play *p, struct thing *pay)
{
	pay->status = STR("paid");
	pay->paid_at = p->f->now;
}

static enum rc
keep(struct play *p, struct thing *sub, struct thing *pay, struct err *e)
{
	TRY(thing_put(p, sub, e));
	return pay == NULL ? RC_OK : thing_put(p, pay, e);
}

/* What was planned for the end of the period is so from now on. */
static enum rc
take_plan(struct play *p, struct thing *sub, struct err *e)
{
	struct thing	plan;
	bool		found;

	if (sub->schedule.len == 0)
		return RC_OK;
	TRY(thing_get(p, THING_SCHEDULE, sub->schedule, &plan, &found, e));
	if (!found || plan.next.count == 0)
		return RC_OK;
	for (size_t i = 0; i < plan.next.count; i++) {
		plan.next.at[i].item = i < sub->lines.count ?
		    sub->lines.at[i].item : new_id(p, ID_ITEM);
	}
	sub->lines = plan.next;
	sub->schedule = STR_NONE;
	plan.status = STR("released");
	return thing_put(p, &plan, e);
}

/* The next period begins, with its bill. */
static enum rc
next_period(struct play *p, struct thing *sub, struct thing *pay,
    struct err *e)
{
	struct play_sum	sum;

	TRY(take_plan(p, sub, e));
	TRY(play_sum(p, &sub->lines, &sum, e));
	sub->interval = sum.interval;
	sub->from = sub->until;
	sub->until = play_later(sub->from, sub->interval, 1);
	for (size_t i = 0; i < sub->lines.count; i++) {
		sub->lines.at[i].from = sub->from;
		sub->lines.at[i].until = sub->until;
	}
	bill_begin(p, sub, "cycle", &sub->lines, pay);
	return RC_OK;
}

static bool
is_running(const struct thing *sub)
{
	return is(sub->status, "active") || is(sub->status, "trialing") ||
	    is(sub->status, "past_due");
}

enum rc
life_renew(struct play *p, struct thing *sub, bool money, struct err *e)
{
	struct thing	before = *sub, pay;

	tick(p, sub);
	if (!is_running(sub))
		return refuse(sub, "this subscription cannot renew", e);
	TRY(next_period(p, sub, &pay, e));
	sub->status = money ? STR("active") : STR("past_due");
	pay.status = STR("failed");
	if (money)
		paid(p, &pay);
	TRY(keep(p, sub, &pay, e));
	return tell_sub(p, money ? MOMENT_RENEWED : MOMENT_FAILED, sub,
	    &before, &pay, e);
}

enum rc
life_recover(struct play *p, struct thing *sub, struct err *e)
{
	struct thing	before = *sub, pay;
	bool		found;

	tick(p, sub);
	TRY(thing_get(p, THING_PAYMENT, sub->payment, &pay, &found, e));
	if (!found || !is(sub->status, "past_due") || is(pay.status, "paid"))
		return refuse(sub, "nothing is to be recovered", e);
	sub->status = STR("active");
	pay.attempts++;
	paid(p, &pay);
	TRY(keep(p, sub, &pay, e));
	return tell_sub(p, MOMENT_RECOVERED, sub, &before, &pay, e);
}

enum rc
life_cancel(struct play *p, struct thing *sub, bool now, struct err *e)
{
	struct thing	before = *sub;

	tick(p, sub);
	if (sub->ended_at != 0)
		return refuse(sub, "this subscription is over", e);
	if (sub->canceled_at == 0)
		sub->canceled_at = p->f->now;
	if (now) {
		sub->status = STR("canceled");
		sub->ended_at = p->f->now;
	} else {
		sub->cancel_planned = sub->until;
	}
	TRY(keep(p, sub, NULL, e));
	return tell_sub(p, now ? MOMENT_ENDED : MOMENT_CANCEL, sub, &before,
	    NULL, e);
}

enum rc
life_uncancel(struct play *p, struct thing *sub, struct err *e)
{
	struct thing	before = *sub;

	tick(p, sub);
	if (sub->ended_at != 0)
		return refuse(sub, "this subscription is over", e);
	if (sub->cancel_planned == 0)
		return RC_OK;
	sub->cancel_planned = sub->canceled_at = 0;
	TRY(keep(p, sub, NULL, e));
	return tell_sub(p, MOMENT_UNCANCEL, sub, &before, NULL, e);
}

enum rc
life_end_period(struct play *p, struct thing *sub, struct err *e)
{
	if (sub->cancel_planned != 0)
		return life_cancel(p, sub, true, e);
	return life_renew(p, sub, true, e);
}

enum rc
life_pause(struct play *p, struct thing *sub, bool pause, struct err *e)
{
	struct thing	before = *sub;

	tick(p, sub);
	if (pause ? !is_running(sub) : !is(sub->status, "paused"))
		return refuse(sub, "that cannot be", e);
	sub->status = pause ? STR("paused") : STR("active");
	sub->paused_at = pause ? p->f->now : 0;
	if (!pause && sub->until < p->f->now) {
		sub->from = p->f->now;
		sub->until = play_later(sub->from, sub->interval, 1);
	}
	TRY(keep(p, sub, NULL, e));
	return tell_sub(p, pause ? MOMENT_PAUSED : MOMENT_RESUMED, sub,
	    &before, NULL, e);
}

/* ---- Changes ---- */

static void
apply(struct play *p, struct thing *sub, const struct play_lines *next,
    int64_t begins, struct str interval)
{
	sub->lines = *next;
	for (size_t i = 0; i < sub->lines.count; i++)
		if (sub->lines.at[i].item.len == 0)
			sub->lines.at[i].item = new_id(p, ID_ITEM);
	if (begins != 0) {
		sub->from = begins;
		sub->until = play_later(begins, interval, 1);
	}
	sub->interval = interval;
}

/* Its money is asked for again at a page, like that of a checkout. */
static enum rc
wait_begin(struct play *p, struct thing *sub, const struct thing *pay,
    struct err *e)
{
	struct thing	page;

	thing_begin(p, THING_CHECKOUT, pay->invoice, &page);
	page.status = STR("open");
	page.mode = STR("change");
	page.paid = STR("unpaid");
	page.amount = pay->amount;
	page.currency = pay->currency;
	page.lines = sub->next;
	page.sub = sub->ref;
	page.data = sub->data;
	sub->pending_until = p->f->now + 23 * HOUR;
	return thing_put(p, &page, e);
}

struct change {
	struct thing	 before;
	struct play_lines bill;
	struct play_sum	 sum;
	bool		 whole, decline, action;
};

/* With the next period, or in the buyer's favour: no money is needed. */
static enum rc
change_free(struct play *p, struct thing *sub, const struct life_change *c,
    struct change *k, struct thing *bill, struct err *e)
{
	bool	billed = c->bill_now && k->bill.count > 0;

	apply(p, sub, &c->next, k->whole ? c->at : 0, k->sum.interval);
	if (billed) {
		bill_begin(p, sub, "update", &k->bill, bill);
		paid(p, bill);
	}
	TRY(keep(p, sub, billed ? bill : NULL, e));
	return tell_sub(p, MOMENT_CHANGED, sub, &k->before,
	    billed ? bill : NULL, e);
}

static enum rc
change_unpaid(struct play *p, struct thing *sub, const struct life_change *c,
    struct change *k, struct thing *bill, struct err *e)
{
	if (c->unpaid == UNPAID_REFUSED)
		return RC_OK;
	bill_begin(p, sub, "update", &k->bill, bill);
	bill->status = k->action ? STR("action") : STR("failed");
	if (c->unpaid == UNPAID_WAITS) {
		sub->next = c->next;
		TRY(wait_begin(p, sub, bill, e));
	} else {
		apply(p, sub, &c->next, k->whole ? c->at : 0,
		    k->sum.interval);
		sub->status = STR("past_due");
	}
	TRY(keep(p, sub, bill, e));
	return tell_sub(p, c->unpaid == UNPAID_WAITS ? MOMENT_WAITING :
	    MOMENT_CHANGED, sub, &k->before, bill, e);
}

enum rc
life_change(struct play *p, struct thing *sub, const struct life_change *c,
    struct thing *bill, bool *declined, struct err *e)
{
	struct life_change	change = *c;
	struct change		k = { .before = *sub };
	int64_t			due = 0;

	tick(p, sub);
	*declined = false;
	*bill = (struct thing){ .kind = THING_PAYMENT };
	if (sub->ended_at != 0)
		return refuse(sub, "this subscription is over", e);
	if (change.at == 0)
		change.at = p->f->now;
	TRY(play_sum(p, &change.next, &k.sum, e));
	if (k.sum.interval.len == 0)
		return err_set(e, RC_INVALID_VALUE, NULL,
		    "a subscription needs a recurring price");
	TRY(play_prorate(p, sub, &change.next, change.at, &k.bill, &k.whole,
	    e));
	for (size_t i = 0; i < k.bill.count; i++)
		due += k.bill.at[i].amount;
	if (!change.bill_now || change.free || due <= 0)
		return change_free(p, sub, &change, &k, bill, e);
	TRY(faults_payment(p, &k.decline, &k.action, e));
	*declined = k.decline || k.action;
	return *declined ? change_unpaid(p, sub, &change, &k, bill, e) :
	    change_free(p, sub, &change, &k, bill, e);
}

enum rc
life_waiting_paid(struct play *p, struct thing *sub, bool money,
    struct err *e)
{
	struct thing	before = *sub, pay;
	struct play_sum	sum;
	bool		found;

	tick(p, sub);
	TRY(thing_get(p, THING_PAYMENT, sub->payment, &pay, &found, e));
	if (!found || sub->pending_until == 0)
		return refuse(sub, "no change waits for its money", e);
	sub->pending_until = 0;
	pay.status = STR("canceled");
	if (money) {
		TRY(play_sum(p, &sub->next, &sum, e));
		apply(p, sub, &sub->next, str_eq(sum.interval,
		    sub->interval) ? 0 : p->f->now, sum.interval);
		paid(p, &pay);
	}
	sub->next.count = 0;
	TRY(keep(p, sub, &pay, e));
	return tell_sub(p, money ? MOMENT_WAIT_PAID : MOMENT_WAIT_OVER, sub,
	    &before, &pay, e);
}

/* ---- Money back ---- */

static enum rc
subscription_of(struct play *p, const struct thing *pay, struct thing *sub,
    struct thing **out, struct err *e)
{
	bool	found = false;

	TRY(thing_get(p, THING_SUBSCRIPTION, pay->sub, sub, &found, e));
	*out = found ? sub : NULL;
	return RC_OK;
}

enum rc
life_refund(struct play *p, struct thing *pay, int64_t amount,
    struct thing *refund, struct err *e)
{
	struct thing	sub;
	struct scene	scene = { .payment = pay, .part = refund };

	if (!is(pay->status, "paid") || amount <= 0 ||
	    pay->refunded + amount > pay->amount)
		return refuse(pay, "so much cannot be refunded", e);
	TRY(subscription_of(p, pay, &sub, &scene.sub, e));
	thing_begin(p, THING_REFUND, new_id(p, ID_REFUND), refund);
	refund->parent = refund->payment = pay->ref;
	refund->status = STR("succeeded");
	refund->reason = amount == pay->amount ? STR("full") :
	    STR("partial");
	refund->charge = pay->charge;
	refund->sub = pay->sub;
	refund->customer = pay->customer;
	refund->currency = pay->currency;
	refund->amount = amount;
	pay->refunded += amount;
	TRY(thing_put(p, pay, e));
	TRY(thing_put(p, refund, e));
	return p->as->tell(p, MOMENT_REFUNDED, &scene, e);
}

/* One dispute of a payment at a time; its id is kept with the payment. */
enum rc
life_dispute(struct play *p, struct thing *pay, enum play_moment m,
    struct err *e)
{
	struct thing	 sub, d;
	struct scene	 scene = { .payment = pay, .part = &d };
	bool		 found = false;

	TRY(thing_get(p, THING_DISPUTE, pay->reference, &d, &found, e));
	tick(p, found ? &d : pay);
	if (m == MOMENT_DISPUTED ? !is(pay->status, "paid") || found :
	    !found || !is(d.status, "needs_response"))
		return refuse(pay, "that cannot be disputed so", e);
	TRY(subscription_of(p, pay, &sub, &scene.sub, e));
	if (m == MOMENT_DISPUTED) {
		thing_begin(p, THING_DISPUTE, new_id(p, ID_DISPUTE), &d);
		d.parent = d.payment = pay->ref;
		d.charge = pay->charge;
		d.sub = pay->sub;
		d.customer = pay->customer;
		d.currency = pay->currency;
		d.amount = pay->amount;
		pay->reference = d.ref;
	}
	d.status = m == MOMENT_DISPUTED ? STR("needs_response") :
	    m == MOMENT_DISPUTE_WON ? STR("won") : STR("lost");
	pay->ended_at = m == MOMENT_DISPUTE_WON ? 0 : p->f->now;
	pay->lost = m == MOMENT_DISPUTE_LOST;
	TRY(thing_put(p, pay, e));
	TRY(thing_put(p, &d, e));
	return p->as->tell(p, m, &scene, e);
}
