/*
 * A checkout in the play: what the buyer does at its page, and the payment
 * and subscription that come of it.
 */
#include "base/clock.h"
#include "flow/pretend.h"

static struct str
new_id(struct play *p, enum play_id kind)
{
	return p->as->id(p, kind);
}

enum rc
life_open(struct play *p, struct thing *co, struct err *e)
{
	struct play_sum	sum;

	TRY(play_sum(p, &co->lines, &sum, e));
	co->amount = sum.amount;
	co->currency = sum.currency;
	co->interval = sum.interval;
	co->mode = sum.interval.len > 0 ? STR("subscription") :
	    STR("payment");
	if (co->trial_days == 0)
		co->trial_days = sum.trial_days;
	if (co->expires == 0)
		co->expires = p->f->now + DAY;
	co->status = STR("open");
	co->paid = STR("unpaid");
	TRY(thing_put(p, co, e));
	return p->as->tell(p, MOMENT_OPENED,
	    &(struct scene){ .checkout = co }, e);
}

static bool
is_recurring(const struct thing *co)
{
	return co->interval.len > 0;
}

static void
sub_begin(struct play *p, const struct thing *co, struct thing *sub)
{
	int64_t	now = p->f->now;

	thing_begin(p, THING_SUBSCRIPTION, new_id(p, ID_SUBSCRIPTION), sub);
	sub->parent = co->customer;
	sub->status = STR("incomplete");
	sub->checkout = co->ref;
	sub->customer = co->customer;
	sub->email = co->email;
	sub->currency = co->currency;
	sub->interval = co->interval;
	sub->data = co->sub_data;
	sub->lines = co->lines;
	for (size_t i = 0; i < sub->lines.count; i++)
		sub->lines.at[i].item = new_id(p, ID_ITEM);
	sub->started = sub->from = now;
	sub->until = play_later(now, co->interval, 1);
	if (co->trial_days > 0) {
		sub->trial_from = now;
		sub->trial_until = sub->until = now + co->trial_days * DAY;
	}
}

static void
payment_begin(struct play *p, const struct thing *co, struct thing *sub,
    struct thing *pay)
{
	thing_begin(p, THING_PAYMENT, co->payment, pay);
	pay->status = STR("open");
	pay->reason = sub != NULL ? STR("create") : STR("once");
	pay->charge = new_id(p, ID_CHARGE);
	pay->order = new_id(p, ID_ORDER);
	pay->checkout = co->ref;
	pay->customer = co->customer;
	pay->email = co->email;
	pay->currency = co->currency;
	pay->amount = co->amount;
	pay->data = co->pay_data;
	pay->lines = co->lines;
	if (sub == NULL)
		return;
	pay->invoice = new_id(p, ID_INVOICE);
	pay->data = STR_NONE;
	pay->sub = pay->parent = sub->ref;
	pay->lines = sub->lines;
	for (size_t i = 0; i < pay->lines.count; i++) {
		pay->lines.at[i].from = sub->from;
		pay->lines.at[i].until = sub->until;
		if (sub->trial_until > 0)
			pay->lines.at[i].amount = 0;
	}
	if (sub->trial_until > 0)
		pay->amount = 0;
	sub->payment = pay->ref;
	sub->order = pay->order;
	sub->invoice = pay->invoice;
	sub->number++;
	pay->number = sub->number;
}

/* The first attempt brings the payment and the subscription about. */
static enum rc
attempt(struct play *p, struct thing *co, struct thing *sub,
    struct thing *pay, struct err *e)
{
	bool	found;

	if (co->charge.len == 0) {
		co->charge = STR("begun");
		if (co->customer.len == 0)
			co->customer = new_id(p, ID_CUSTOMER);
		if (co->payment.len == 0)
			co->payment = new_id(p, ID_PAYMENT);
		if (is_recurring(co)) {
			sub_begin(p, co, sub);
			co->sub = sub->ref;
		}
		payment_begin(p, co, is_recurring(co) ? sub : NULL, pay);
		co->invoice = pay->invoice;
	} else {
		TRY(thing_get(p, THING_PAYMENT, co->payment, pay, &found, e));
		pay->email = co->email;
		if (is_recurring(co)) {
			TRY(thing_get(p, THING_SUBSCRIPTION, co->sub, sub,
			    &found, e));
			sub->email = co->email;
		}
	}
	pay->attempts++;
	return RC_OK;
}

/* How each moment leaves checkout, payment and subscription. */
static const struct {
	enum play_moment	 moment;
	const char	*checkout, *paid, *payment;
	bool		 open;		/* wants an open checkout */
} outcomes[] = {
	{ MOMENT_ACTION,	"open",	    "unpaid", "action",	    true },
	{ MOMENT_DECLINED,	"open",	    "unpaid", "failed",	    true },
	{ MOMENT_PROCESSING,	"complete", "unpaid", "processing", true },
	{ MOMENT_PAID,		"complete", "paid",   "paid",	    true },
	{ MOMENT_SLOW_PAID,	"complete", "paid",   "paid",	    false },
	{ MOMENT_SLOW_FAILED,	"complete", "unpaid", "failed",	    false },
	{ MOMENT_ABANDONED,	"expired",  "unpaid", "canceled",   true },
};

static void
money_came(struct play *p, struct thing *co, struct thing *sub,
    struct thing *pay)
{
	pay->paid_at = p->f->now;
	if (!is_recurring(co))
		return;
	sub->status = sub->trial_until > 0 ? STR("trialing") :
	    STR("active");
	if (sub->trial_until > 0)
		co->paid = STR("no_payment_required");
}

static enum rc
keep(struct play *p, struct thing *co, struct thing *sub, struct thing *pay,
    struct err *e)
{
	TRY(thing_put(p, co, e));	/* of two clicks one loses here */
	if (co->charge.len == 0)
		return RC_OK;
	TRY(thing_put(p, pay, e));
	return is_recurring(co) ? thing_put(p, sub, e) : RC_OK;
}

static enum rc
not_now(const struct thing *co, struct err *e)
{
	return err_set(e, RC_INVALID_TRANSITION, NULL,
	    "this checkout is %.*s", STR_FMT(co->status));
}

/* The page of a change that waits for its money. */
static enum rc
pay_change(struct play *p, struct thing *co, enum play_moment moment,
    struct err *e)
{
	struct thing	sub;
	bool		found;

	TRY(thing_get(p, THING_SUBSCRIPTION, co->sub, &sub, &found, e));
	if (!found || !str_eq(co->status, STR("open")))
		return not_now(co, e);
	if (moment == MOMENT_DECLINED || moment == MOMENT_ACTION)
		return RC_OK;		/* it goes on waiting */
	co->status = moment == MOMENT_ABANDONED ? STR("expired") :
	    STR("complete");
	co->paid = moment == MOMENT_ABANDONED ? STR("unpaid") : STR("paid");
	TRY(thing_put(p, co, e));
	return life_waiting_paid(p, &sub, moment != MOMENT_ABANDONED, e);
}

enum rc
life_pay(struct play *p, struct thing *co, enum play_moment moment,
    struct err *e)
{
	struct thing	 sub, pay, before;
	struct scene	 scene = { .checkout = co };
	bool		 slow = str_eq(co->status, STR("complete")) &&
			    str_eq(co->paid, STR("unpaid"));
	size_t		 i = 0;

	if (str_eq(co->mode, STR("change")))
		return pay_change(p, co, moment, e);
	while (outcomes[i].moment != moment)
		i++;
	if (outcomes[i].open ? !str_eq(co->status, STR("open")) : !slow)
		return not_now(co, e);
	if (moment != MOMENT_ABANDONED || co->charge.len > 0) {
		TRY(attempt(p, co, &sub, &pay, e));
		before = sub;
		scene.payment = &pay;
		if (is_recurring(co)) {
			scene.sub = &sub;
			scene.before = sub.ver > 0 ? &before : NULL;
		}
		pay.status = str_of(outcomes[i].payment);
	}
	co->status = str_of(outcomes[i].checkout);
	co->paid = str_of(outcomes[i].paid);
	if (moment == MOMENT_PAID || moment == MOMENT_SLOW_PAID)
		money_came(p, co, &sub, &pay);
	TRY(keep(p, co, &sub, &pay, e));
	return p->as->tell(p, moment, &scene, e);
}

enum rc
life_intent(struct play *p, struct thing *pay, enum play_moment moment,
    struct err *e)
{
	if (pay->checkout.len > 0 || pay->sub.len > 0 ||
	    str_eq(pay->status, STR("paid")))
		return err_set(e, RC_INVALID_TRANSITION, NULL,
		    "this payment is not to be paid so");
	pay->status = moment == MOMENT_PAID ? STR("paid") : STR("failed");
	pay->attempts++;
	if (moment == MOMENT_PAID)
		pay->paid_at = p->f->now;
	TRY(thing_put(p, pay, e));
	return p->as->tell(p, moment, &(struct scene){ .payment = pay }, e);
}
