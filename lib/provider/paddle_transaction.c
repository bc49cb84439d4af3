/*
 * Paddle's transactions: a checkout, and each bill of a subscription.  They
 * name price and quantity, so what was paid says what is bought.  One whose
 * price renews grants nothing until its subscription is known.
 */
#include "provider/paddle.h"

static bool
origin_is(const struct paddle_event *p, const char *origin)
{
	return str_eq(node_text(p->object, "origin"), str_of(origin));
}

static enum rc
transaction_fact(struct paddle_event *p, enum fact_kind kind,
    struct fact **out, struct err *e)
{
	TRY(paddle_fact(p, kind, OBJECT_PAYMENT, "id", out, e));
	paddle_names(p, *out);
	event_link(&p->make, *out, OBJECT_SUBSCRIPTION,
	    node_text(p->object, "subscription_id"));
	return RC_OK;
}

/* An attempt that failed, or a checkout that was given up. */
enum rc
paddle_transaction(struct paddle_event *p, struct err *e)
{
	struct fact	*f;

	TRY(transaction_fact(p, p->row->kind, &f, e));
	f->step = p->row->step;
	f->closing = p->row->closing;
	return RC_OK;
}

/* ISO 4217 as Paddle writes it, three upper-case letters; ours are lower. */
static enum rc
currency_read(struct paddle_event *p, struct fact *f, struct err *e)
{
	struct str	from = node_text(p->object, "currency_code");
	char		to[3];

	for (size_t i = 0; i < sizeof(to); i++) {
		if (from.len != sizeof(to) || from.at[i] < 'A' ||
		    from.at[i] > 'Z')
			return err_set(e, RC_INVALID_VALUE, NULL,
			    "its currency_code is missing or none");
		to[i] = (char)(from.at[i] - 'A' + 'a');
	}
	f->currency = arena_keep(p->make.arena, (struct str){ to, sizeof(to) });
	return RC_OK;
}

/*
 * Do its items say what a subscription holds?  The bill of a change or of an
 * extra charge lists what is charged, which may be a part.
 */
static bool
lists_all(const struct paddle_event *p)
{
	return !origin_is(p, "subscription_update") &&
	    !origin_is(p, "subscription_charge");
}

/* Is it the bill of whole periods, the first or a later one? */
static bool
bills_periods(const struct paddle_event *p)
{
	return origin_is(p, "web") || origin_is(p, "api") ||
	    origin_is(p, "subscription_recurring");
}

/*
 * The bill has a period of its own, by which a refund is known to be of this
 * period or of one that is over.  If it bills whole periods for money, the
 * subscription is paid until then as well; a trial begins with a bill of
 * nothing, and of that the subscription's own state tells.
 */
static enum rc
period_read(struct paddle_event *p, const struct fact *paid, struct err *e)
{
	int64_t		 until = paddle_time(p->object,
			    "billing_period.ends_at");
	struct fact	*f;

	if (until == 0 || paid->link_count == 0)
		return RC_OK;
	TRY(paddle_fact(p, FACT_PERIOD, OBJECT_PAYMENT, "id", &f, e));
	f->paid_until = until;
	if (!bills_periods(p) || paid->amount == 0)
		return RC_OK;
	TRY(paddle_fact(p, FACT_PERIOD, OBJECT_SUBSCRIPTION,
	    "subscription_id", &f, e));
	f->paid_until = until;
	event_names_copy(f, paid);
	return RC_OK;
}

static enum rc
items_read(struct paddle_event *p, struct err *e)
{
	struct fact	*f;

	if (!lists_all(p))
		return RC_OK;
	TRY(paddle_fact(p, FACT_ITEMS, OBJECT_PAYMENT, "id", &f, e));
	return paddle_items(p, f, e);
}

/*
 * Money is in.  A change of the payment method makes a transaction of nothing
 * that lists the subscription's items: it sells nothing.
 */
enum rc
paddle_transaction_paid(struct paddle_event *p, struct err *e)
{
	struct fact	*f;

	if (origin_is(p, "subscription_payment_method_change"))
		return RC_OK;
	TRY(transaction_fact(p, FACT_PAID, &f, e));
	TRY(paddle_amount(p, "details.totals.grand_total", f, e));
	TRY(currency_read(p, f, e));
	TRY(items_read(p, e));
	return period_read(p, f, e);
}

/* The latest attempt stands first. */
static enum pay_step
latest_step(const struct paddle_event *p)
{
	static const struct {
		const char	*status;
		enum pay_step	 step;
	} words[] = {
		{ "action_required",		PAY_REQUIRES_ACTION },
		{ "pending_no_action_required",	PAY_PROCESSING },
		{ "authorized",			PAY_PROCESSING },
	};
	struct str	status = node_text(p->object, "payments.0.status");

	for (size_t i = 0; i < COUNT(words); i++)
		if (str_eq(status, str_of(words[i].status)))
			return words[i].step;
	return PAY_NONE;
}

/* May money still come?  A new word for a status tells nothing. */
static bool
unpaid(const struct paddle_event *p)
{
	static const char *const	words[] = {
		"draft", "ready", "billed", "past_due",
	};
	struct str			status = node_text(p->object,
					    "status");

	for (size_t i = 0; i < COUNT(words); i++)
		if (str_eq(status, str_of(words[i])))
			return true;
	return false;
}

/*
 * Any other word about a transaction: an attempt under way, and to which
 * subscription it belongs.  A draft that says neither leaves no trace.
 */
enum rc
paddle_transaction_news(struct paddle_event *p, struct err *e)
{
	enum pay_step	 step = unpaid(p) ? latest_step(p) : PAY_NONE;
	struct fact	*f;

	if (step == PAY_NONE &&
	    node_text(p->object, "subscription_id").len == 0)
		return RC_OK;
	TRY(transaction_fact(p, step == PAY_NONE ? FACT_SEEN : FACT_STEP,
	    &f, e));
	f->step = step;
	return RC_OK;
}
