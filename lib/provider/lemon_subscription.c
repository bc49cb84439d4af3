/*
 * Lemon Squeezy's subscriptions.  Every event about one carries it whole, so
 * all of them are read alike, whatever they are called.
 */
#include "provider/lemon.h"

static int64_t
lesser(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t
moment(const struct lemon_event *l, const char *name)
{
	return lemon_moment(l->attributes, name);
}

/* Until the trial is over and not a second longer: that would be paid. */
static void
on_trial(const struct lemon_event *l, struct fact *f)
{
	f->state = SUB_TRIALING;
	f->paid_until = f->trial_end != 0 ? f->trial_end :
	    moment(l, "renews_at");
}

static void
active(const struct lemon_event *l, struct fact *f)
{
	f->state = SUB_ACTIVE;
	f->paid_until = moment(l, "renews_at");
}

/* renews_at is the next attempt, not the end of a paid period. */
static void
past_due(const struct lemon_event *l, struct fact *f)
{
	(void)l;
	f->state = SUB_PAST_DUE;
}

static void
unpaid(const struct lemon_event *l, struct fact *f)
{
	(void)l;
	f->state = SUB_UNPAID;
}

/* Mode free goes on without bills, until somebody says otherwise. */
static void
paused(const struct lemon_event *l, struct fact *f)
{
	if (!str_eq(node_text(l->attributes, "pause.mode"), STR("free"))) {
		f->state = SUB_PAUSED;
		return;
	}
	f->state = SUB_ACTIVE;
	f->paid_until = moment(l, "pause.resumes_at");
	if (f->paid_until == 0)
		f->paid_until = PAID_FOR_EVER;
}

/*
 * No more bills, and access until ends_at.  One that is cancelled in its
 * trial ends with the trial.
 */
static void
cancelled(const struct lemon_event *l, struct fact *f)
{
	int64_t	end = moment(l, "ends_at");

	if (end == 0)
		end = moment(l, "renews_at");
	if (end == 0)
		end = f->at;
	f->state = end <= f->trial_end ? SUB_TRIALING : SUB_ACTIVE;
	f->paid_until = end;
	f->cancel_at = end;
}

/* Over for good: an expired subscription cannot be revived. */
static void
expired(const struct lemon_event *l, struct fact *f)
{
	int64_t	end = moment(l, "ends_at");

	f->state = SUB_CANCELED;
	f->ended_at = end != 0 ? lesser(end, f->at) : f->at;
}

static const struct {
	const char	*status;
	void		(*read)(const struct lemon_event *, struct fact *);
} statuses[] = {
	{ "on_trial",	on_trial },
	{ "active",	active },
	{ "past_due",	past_due },
	{ "unpaid",	unpaid },
	{ "paused",	paused },
	{ "cancelled",	cancelled },
	{ "expired",	expired },
};

/*
 * What it sells.  In some trials it has no item yet: then it is one.  Of what
 * was told in the same second the look is the later word, also when it is of
 * fewer seats; for the state the graver word stands.
 */
static enum rc
items_read(struct lemon_event *l, struct fact *state, struct err *e)
{
	struct fact	*f = state;

	if (l->seen_at != 0) {
		TRY(lemon_fact(l, FACT_ITEMS, OBJECT_SUBSCRIPTION, &f, e));
		f->at = l->seen_at;
	}
	return lemon_item(f,
	    lemon_id(l->attributes, "variant_id", l->make.arena),
	    node_at(l->attributes, "first_subscription_item"), e);
}

/*
 * A subscription as it now stands.  A status we do not know grants and takes
 * nothing.
 */
enum rc
lemon_subscription(struct lemon_event *l, struct err *e)
{
	struct fact	*f;

	TRY(lemon_fact(l, FACT_SEEN, OBJECT_SUBSCRIPTION, &f, e));
	event_link(&l->make, f, OBJECT_ORDER,
	    lemon_id(l->attributes, "order_id", l->make.arena));
	for (size_t i = 0; i < COUNT(statuses); i++)
		if (lemon_status(l, str_of(statuses[i].status))) {
			f->kind = FACT_STATE;
			f->trial_end = moment(l, "trial_ends_at");
			statuses[i].read(l, f);
			return items_read(l, f, e);
		}
	return RC_OK;
}
