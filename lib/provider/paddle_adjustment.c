/*
 * Paddle's adjustments: money given back, and chargebacks.  They carry no
 * custom_data; the transaction they name says whose they are.
 */
#include "provider/paddle.h"

static bool
action_is(const struct paddle_event *p, const char *action)
{
	return str_eq(node_text(p->object, "action"), str_of(action));
}

static bool
status_is(const struct paddle_event *p, const char *status)
{
	return str_eq(node_text(p->object, "status"), str_of(status));
}

static enum rc
adjustment_fact(struct paddle_event *p, enum fact_kind kind,
    struct fact **out, struct err *e)
{
	TRY(paddle_fact(p, kind, OBJECT_PAYMENT, "transaction_id", out, e));
	event_link(&p->make, *out, OBJECT_SUBSCRIPTION,
	    node_text(p->object, "subscription_id"));
	if (!event_id_valid(node_text(p->object, "id")))
		return err_set(e, RC_INVALID_VALUE, NULL,
		    "the id of the adjustment is no id");
	(*out)->part_id = arena_keep(p->make.arena,
	    node_text(p->object, "id"));
	return RC_OK;
}

/* What waits for approval, or is called by a new word, gave nothing back. */
static enum refund_state
refund_state(const struct paddle_event *p)
{
	if (status_is(p, "approved"))
		return REFUND_SUCCEEDED;
	if (status_is(p, "rejected") || status_is(p, "reversed"))
		return REFUND_FAILED;
	return REFUND_PENDING;
}

static enum rc
refund(struct paddle_event *p, struct err *e)
{
	struct fact	*f;

	TRY(adjustment_fact(p, FACT_REFUND, &f, e));
	f->refund_state = refund_state(p);
	return paddle_amount(p, "totals.total", f, e);
}

/* Money is gone while it stands: a word we do not know is one for sure. */
static enum dispute_state
chargeback_state(const struct paddle_event *p)
{
	if (status_is(p, "reversed") || status_is(p, "rejected"))
		return DISPUTE_WON;
	return status_is(p, "pending_approval") ? DISPUTE_WARNING :
	    DISPUTE_OPEN;
}

/* A warning moves no money, whatever its status is called. */
static enum dispute_state
warning_state(const struct paddle_event *p)
{
	return status_is(p, "reversed") || status_is(p, "rejected") ?
	    DISPUTE_WON : DISPUTE_WARNING;
}

/*
 * A reversal is an adjustment of its own that names the transaction alone,
 * so it answers what was charged back there before it.
 */
static enum dispute_state
reversal_state(const struct paddle_event *p)
{
	return status_is(p, "approved") ? DISPUTE_REVERSAL :
	    DISPUTE_WARNING;
}

static enum rc
dispute(struct paddle_event *p, enum dispute_state state, struct err *e)
{
	struct fact	*f;

	TRY(adjustment_fact(p, FACT_DISPUTE, &f, e));
	f->dispute_state = state;
	return RC_OK;
}

/*
 * Credit goes to the buyer's balance and changes no access; so does what
 * takes it back, and an action that Paddle made up after us.  That a warning
 * is withdrawn is told by the warning itself, which then is reversed.
 */
enum rc
paddle_adjustment(struct paddle_event *p, struct err *e)
{
	if (action_is(p, "refund"))
		return refund(p, e);
	if (action_is(p, "chargeback"))
		return dispute(p, chargeback_state(p), e);
	if (action_is(p, "chargeback_warning"))
		return dispute(p, warning_state(p), e);
	if (action_is(p, "chargeback_reverse"))
		return dispute(p, reversal_state(p), e);
	return RC_OK;
}
