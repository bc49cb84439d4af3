/*
 * How a purchase stands at a moment, and when that changes by time alone.
 * Late news is grace, not a cut; a planned end is exact; ended stays ended.
 */
#include "base/clock.h"
#include "core/reading.h"
#include "core/sum.h"

static int64_t
greater(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t
lesser(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* The longest grace among what is sold; 0 when none is stated. */
static int64_t
stated_grace(const struct purchase *p)
{
	int64_t	 grace = 0;

	for (size_t i = 0; i < p->sold_count; i++)
		grace = greater(grace, p->sold[i].tier->grace);
	return grace;
}

static void
in_grace_until(const struct reading *r, struct purchase *p, int64_t end)
{
	if (r->now >= end) {
		p->state = PURCHASE_SUSPENDED;
		return;
	}
	p->state = PURCHASE_GRACE;
	p->grace_end = end;
	p->due_at = end;
}

/* Paid (or on trial) until then; past it, news is late. */
static void
live_until(const struct reading *r, struct purchase *p,
    enum purchase_state live, int64_t until)
{
	if (until == 0 || r->now < until) {
		p->state = live;
		p->due_at = until;
		return;
	}
	in_grace_until(r, p, sum_add(until,
	    greater(stated_grace(p), GRACE_LEAST_DAYS * DAY)));
}

/* The end of what its bills say they were paid for; 0 when none says. */
static int64_t
billed_until(const struct purchase *p)
{
	int64_t	 until = 0;

	for (size_t i = 0; i < p->object_count; i++)
		if (p->objects[i] != p->head && p->objects[i]->paid_at != 0)
			until = greater(until, p->objects[i]->paid_until);
	return until;
}

/*
 * Dunning began when the paid time was over.  The provider moves the period
 * on before it is paid, so the end it tells is believed only as far as the
 * failure, unless a bill was paid for it (and an upgrade's bill was not).
 */
static void
past_due(const struct reading *r, struct purchase *p)
{
	const struct object	*s = p->head;
	int64_t			 from = s->state_at;
	int64_t			 grace = stated_grace(p);

	if (s->paid_until != 0)
		from = greater(lesser(s->paid_until, s->state_at),
		    lesser(s->paid_until, billed_until(p)));
	in_grace_until(r, p, sum_add(from,
	    grace != 0 ? grace : GRACE_LEAST_DAYS * DAY));
}

/* --- a subscription ---------------------------------------------------- */

/* Was a period that was running then paid for after the state was told? */
static bool
paid_since(const struct object *s, bool same_moment)
{
	return s->paid_until > s->paid_until_at &&
	    (s->paid_until_at > s->state_at ||
	    (same_moment && s->paid_until_at == s->state_at));
}

/* The state, mended by a payment that is newer than it. */
static enum sub_state
heard_state(const struct object *s)
{
	bool	 mended = false;

	switch (s->state) {
	case SUB_NONE:
		mended = s->paid_until != 0;
		break;
	case SUB_INCOMPLETE:
		mended = paid_since(s, true);
		break;
	case SUB_TRIALING:
		mended = paid_since(s, false) && s->trial_end != 0 &&
		    s->paid_until > s->trial_end;
		break;
	case SUB_PAST_DUE:
	case SUB_UNPAID:
		mended = paid_since(s, false);
		break;
	default:
		break;
	}
	return mended ? SUB_ACTIVE : s->state;
}

/* A purchase without an end has 0. */
static int64_t
end_of(const struct object *s)
{
	return s->paid_until == PAID_FOR_EVER ? 0 : s->paid_until;
}

static void
by_state(const struct reading *r, struct purchase *p)
{
	const struct object	*s = p->head;

	switch (heard_state(s)) {
	case SUB_TRIALING:
		p->trial_end = s->trial_end != 0 ? s->trial_end :
		    s->paid_until;
		live_until(r, p, PURCHASE_TRIALING, p->trial_end);
		return;
	case SUB_ACTIVE:
		live_until(r, p, PURCHASE_ACTIVE, end_of(s));
		return;
	case SUB_PAST_DUE:
		past_due(r, p);
		return;
	case SUB_UNPAID:
	case SUB_PAUSED:
		p->state = PURCHASE_SUSPENDED;
		return;
	case SUB_CANCELED:
		p->state = PURCHASE_ENDED;
		return;
	default:
		p->state = PURCHASE_PENDING;
	}
}

static void
subscription(const struct reading *r, struct purchase *p)
{
	p->paid_until = end_of(p->head);
	p->cancel_at = sum_earlier(p->head->cancel_at, p->head->ended_at);
	by_state(r, p);
	if (p->state != PURCHASE_TRIALING)
		p->trial_end = 0;
}

/* --- a single payment -------------------------------------------------- */

/* Does this matrix state an interval for a price that it sells? */
static bool
has_interval(const struct tier *t, struct str provider, struct str id)
{
	for (size_t i = 0; i < t->price_count; i++)
		if (str_eq(t->prices[i].provider, provider) &&
		    str_eq(t->prices[i].id, id))
			return t->prices[i].interval.len > 0;
	return false;
}

/* By the matrix that sells it: the pinned one, else the newest. */
static bool
item_renews(const struct reading *r, const struct purchase *p,
    struct str provider, struct str id)
{
	const struct tier	*t = matrix_sold_by(p->matrix, provider, id);

	if (t == NULL)
		t = matrix_sold_by(catalog_newest(r->catalog), provider, id);
	return t != NULL && has_interval(t, provider, id);
}

/*
 * Does a price of it renew?  Then the subscription grants, not this.  Lemon
 * Squeezy's orders do not say; the matrix may.
 */
static bool
renews(const struct reading *r, const struct purchase *p)
{
	for (size_t i = 0; i < p->object_count; i++) {
		const struct object *o = p->objects[i];

		if (o->recurring)
			return true;
		for (size_t j = 0; j < o->item_count; j++)
			if (item_renews(r, p, o->key.provider,
			    o->items[j].price))
				return true;
	}
	return false;
}

static void
single(const struct reading *r, struct purchase *p)
{
	p->state = p->paid_at != 0 && !renews(r, p) ? PURCHASE_ACTIVE :
	    PURCHASE_PENDING;
}

/* --- policy, and the planned end --------------------------------------- */

static void
stop(struct purchase *p, enum purchase_state state)
{
	p->state = state;
	p->due_at = 0;
	p->grace_end = 0;
	p->trial_end = 0;
}

/*
 * Money given back.  Without a period there is no end of it to wait for.
 */
static void
give_back(struct purchase *p, enum policy_action action)
{
	if (action == POLICY_REVOKE ||
	    (action == POLICY_END_OF_PERIOD && p->paid_until == 0))
		stop(p, PURCHASE_REVOKED);
	else if (action == POLICY_END_OF_PERIOD)
		p->cancel_at = sum_earlier(p->cancel_at, p->paid_until);
}

static void
apply_policy(struct purchase *p, const struct claims_back *back)
{
	const struct policy	*policy = &p->matrix->policy;

	if (back->full)
		give_back(p, policy->refund_full);
	else if (back->part)
		give_back(p, policy->refund_partial);
	if (p->state == PURCHASE_REVOKED)
		return;
	if (back->dispute == DISPUTE_LOST &&
	    policy->dispute_lost == POLICY_REVOKE)
		stop(p, PURCHASE_REVOKED);
	else if (back->dispute == DISPUTE_OPEN &&
	    policy->dispute_open == POLICY_SUSPEND)
		stop(p, PURCHASE_SUSPENDED);
}

static void
apply_end(const struct reading *r, struct purchase *p)
{
	if (p->cancel_at == 0 || p->state == PURCHASE_REVOKED)
		return;
	if (r->now >= p->cancel_at) {
		stop(p, PURCHASE_ENDED);
		return;
	}
	p->due_at = sum_earlier(p->due_at, p->cancel_at);
	if (p->grace_end > p->cancel_at)
		p->grace_end = p->cancel_at;
}

void
standing_read(const struct reading *r, struct purchase *p)
{
	struct claims_back	 back = bill_read(r, p);

	if (p->head != NULL)
		subscription(r, p);
	else
		single(r, p);
	if (p->torn && p->state != PURCHASE_ENDED)
		stop(p, PURCHASE_PENDING);
	if (p->state != PURCHASE_PENDING && p->state != PURCHASE_ENDED)
		apply_policy(p, &back);
	if (p->state != PURCHASE_ENDED)
		apply_end(r, p);
}
