/*
 * A life with one more purchase, for previews: what is shown is what derive
 * will say when the real facts come.
 */
#include "base/guard.h"
#include "core/derive.h"

static const struct str nameless = { "preview", 7 };

static struct terms
imagined_terms(const struct terms *t)
{
	struct terms	 own = *t;

	if (own.session.len == 0)
		own.session = nameless;
	return own;
}

static const struct object *
running(const struct life *life, const struct object_key *key, int64_t now)
{
	for (size_t i = 0; key != NULL && i < life->object_count; i++) {
		const struct object *o = &life->objects[i];

		if (object_key_cmp(&o->key, key) == 0)
			return o->ended_at != 0 && o->ended_at <= now ?
			    NULL : o;
	}
	return NULL;
}

/* The end of what is paid for, or of the trial. */
static int64_t
period_end(const struct object *sub, int64_t now)
{
	if (sub->state == SUB_TRIALING && sub->trial_end > now)
		return sub->trial_end;
	return sub->paid_until > now && sub->paid_until != PAID_FOR_EVER ?
	    sub->paid_until : 0;
}

/* The subscription, changed and paid now; a trial goes on. */
static void
replace(struct object *sub, const struct terms *t, int64_t now)
{
	sub->terms = imagined_terms(t);
	sub->session = sub->terms.session;
	sub->named_by = NAMED_BY_IMAGINED;
	sub->paid_at = now;
	if (sub->state == SUB_TRIALING && sub->trial_end > now)
		return;
	sub->state = SUB_ACTIVE;
	sub->state_at = now;
	if (sub->paid_until <= now)
		sub->paid_until = 0;
}

static void
change(struct object *sub, const struct terms *t, int64_t now)
{
	switch (t->change) {
	case CHANGE_PLANNED:
		return;			/* it goes on as it is for now */
	case CHANGE_CANCEL:
		if (sub->cancel_at == 0)
			sub->cancel_at = period_end(sub, now);
		return;
	case CHANGE_END:
		sub->ended_at = now;
		return;
	case CHANGE_RESUME:
		sub->cancel_at = 0;
		return;
	default:
		replace(sub, t, now);
	}
}

static struct object
payment(const struct life *life, const struct terms *t, int64_t now)
{
	struct object	 o = {
		.key = { nameless, STR_NONE, OBJECT_PAYMENT, nameless },
		.livemode = life->livemode,
		.first_at = now,
		.terms = imagined_terms(t),
		.named_by = NAMED_BY_OURS,
		.paid_at = now,
		.amount = t->amount > 0 ? t->amount : 0,
		.currency = t->currency,
	};

	o.session = o.terms.session;
	return o;
}

void
life_imagine(const struct life *life, const struct terms *t,
    const struct object_key *replaces, int64_t now, struct arena *a,
    struct life *out)
{
	const struct object	*before = running(life, replaces, now);
	struct object		*objects;
	size_t			 n = life->object_count;

	objects = arena_many(a, n + 1, struct object);
	for (size_t i = 0; i < n; i++)
		objects[i] = life->objects[i];
	if (before != NULL && t->tier.len > 0)
		change(&objects[before - life->objects], t, now);
	else if (t->change <= CHANGE_NOW)
		objects[n++] = payment(life, t, now);
	*out = *life;
	out->objects = objects;
	out->object_count = n;
}
