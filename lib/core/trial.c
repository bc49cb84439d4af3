/*
 * A trial is given once to each user: which of their purchases had the first
 * one, and what becomes of the others.  Decided from what was said and not
 * from when it arrived, so late news ends in the same answer.
 */
#include "core/reading.h"

/* A torn purchase is nobody's: its trial gave nothing. */
static bool
had_trial(const struct purchase *p)
{
	return p->head != NULL && !p->torn && (p->head->trial_end != 0 ||
	    p->head->state == SUB_TRIALING);
}

static bool
before(const struct purchase *p, const struct purchase *q)
{
	if (p->first_at != q->first_at)
		return p->first_at < q->first_at;
	return object_key_cmp(&p->key, &q->key) < 0;
}

/*
 * A bill of more than nothing, or a period beyond the trial.  The bill that a
 * trial begins with is of nothing.
 */
static bool
money_in(const struct purchase *p)
{
	for (size_t i = 0; i < p->object_count; i++)
		if (p->objects[i]->paid_at != 0 && p->objects[i]->amount > 0)
			return true;
	return p->head->trial_end != 0 &&
	    p->head->paid_until > p->head->trial_end;
}

/*
 * Neither the trial gives anything nor what comes after it without money:
 * late news, dunning, a pause.  Only its planned end still comes by time, and
 * one that has ended so was never bought.
 */
static void
refuse(struct purchase *p)
{
	if (p->state == PURCHASE_ACTIVE || p->state == PURCHASE_REVOKED ||
	    money_in(p))
		return;
	p->paid_at = 0;
	p->paid_until = 0;
	if (p->state == PURCHASE_ENDED)
		return;
	p->state = PURCHASE_PENDING;
	p->due_at = p->cancel_at;
	p->trial_end = 0;
	p->grace_end = 0;
}

void
trials_read(struct purchase *list, size_t count)
{
	const struct purchase	*first[2] = { NULL, NULL };

	for (size_t i = 0; i < count; i++) {
		const struct purchase **f = &first[list[i].livemode];

		if (had_trial(&list[i]) && (*f == NULL ||
		    before(&list[i], *f)))
			*f = &list[i];
	}
	for (size_t i = 0; i < count; i++)
		if (had_trial(&list[i]) && first[list[i].livemode] != &list[i]
		    && list[i].matrix->policy.repeat_trial == POLICY_REFUSE)
			refuse(&list[i]);
}
