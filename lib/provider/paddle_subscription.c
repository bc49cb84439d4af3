/*
 * Paddle's subscriptions.  Each event carries the whole of it, with the
 * complete list of items, whatever the event is called.
 */
#include "provider/paddle.h"

static const struct {
	const char	*status;
	enum sub_state	 state;
} statuses[] = {
	{ "trialing",	SUB_TRIALING },
	{ "active",	SUB_ACTIVE },
	{ "past_due",	SUB_PAST_DUE },
	{ "paused",	SUB_PAUSED },
	{ "canceled",	SUB_CANCELED },
};

/* SUB_NONE for a word that Paddle made up after us. */
static enum sub_state
status_read(struct str status)
{
	for (size_t i = 0; i < COUNT(statuses); i++)
		if (str_eq(status, str_of(statuses[i].status)))
			return statuses[i].state;
	return SUB_NONE;
}

/*
 * Up to where money is in.  The period moves on before its bill is paid, so
 * past due means: paid up to its start.
 */
static int64_t
paid_until(const struct paddle_event *p, enum sub_state state)
{
	switch (state) {
	case SUB_TRIALING:
	case SUB_ACTIVE:
		return paddle_time(p->object,
		    "current_billing_period.ends_at");
	case SUB_PAST_DUE:
		return paddle_time(p->object,
		    "current_billing_period.starts_at");
	default:
		return 0;
	}
}

/* The items' own dates, also when the trial is over; else the period's. */
static int64_t
trial_end(const struct paddle_event *p, const struct fact *f)
{
	const struct node	*list = node_at(p->object, "items");
	int64_t			 last = 0;

	for (size_t i = 0; i < node_count(list); i++) {
		int64_t	end = paddle_time(node_item(list, i),
			    "trial_dates.ends_at");

		if (end > last)
			last = end;
	}
	if (last == 0 && f->state == SUB_TRIALING)
		last = f->paid_until;
	return last;
}

/* A planned pause is no end: its own event tells when it has come. */
static int64_t
cancel_at(const struct paddle_event *p)
{
	if (!str_eq(node_text(p->object, "scheduled_change.action"),
	    STR("cancel")))
		return 0;
	return paddle_time(p->object, "scheduled_change.effective_at");
}

/* Canceled: terminal, this id never returns. */
static enum rc
subscription_end(struct paddle_event *p, const struct fact *state,
    struct err *e)
{
	struct fact	*f;

	if (state->state != SUB_CANCELED &&
	    !str_eq(p->make.event->type, STR("subscription.canceled")))
		return RC_OK;
	TRY(paddle_fact(p, FACT_ENDED, OBJECT_SUBSCRIPTION, "id", &f, e));
	f->ended_at = paddle_time(p->object, "canceled_at");
	if (f->ended_at == 0)
		f->ended_at = p->make.event->at;
	event_names_copy(f, state);
	return RC_OK;
}

/*
 * As it now stands.  A status we do not know grants and takes nothing.  Only
 * subscription.created names the transaction that it began with.
 */
enum rc
paddle_subscription(struct paddle_event *p, struct err *e)
{
	struct fact	*f;

	TRY(paddle_fact(p, FACT_SEEN, OBJECT_SUBSCRIPTION, "id", &f, e));
	paddle_names(p, f);
	event_link(&p->make, f, OBJECT_PAYMENT,
	    node_text(p->object, "transaction_id"));
	f->state = status_read(node_text(p->object, "status"));
	if (f->state != SUB_NONE) {
		f->kind = FACT_STATE;
		TRY(paddle_items(p, f, e));
		f->paid_until = paid_until(p, f->state);
		f->trial_end = trial_end(p, f);
		f->cancel_at = cancel_at(p);
	}
	return subscription_end(p, f, e);
}
