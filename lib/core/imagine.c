/*
 * A life with one more purchase, for previews: what is shown is what derive
 * will say when the real facts come.
 */
#include "base/guard.h"
#include "core/derive.h"
#include "core/group.h"

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

/* The objects that belong with this one. */
static struct group
company(const struct life *life, const struct object *o, struct arena *a)
{
	const struct object	**list;
	struct group		 *groups;
	size_t			  n;

	list = arena_many(a, life->object_count, const struct object *);
	for (size_t i = 0; i < life->object_count; i++)
		list[i] = &life->objects[i];
	n = groups_of(list, life->object_count, false, a, &groups);
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < groups[i].count; j++)
			if (groups[i].objects[j] == o)
				return groups[i];
	must_stop("an object of this life", __FILE__, __LINE__);
}

/*
 * The version a running purchase will follow after the change.  A session of
 * ours that it was made for stays the one it is named after, for ids grow.
 */
static int64_t
pin_after(const struct life *life, const struct object *sub,
    const struct terms *t, struct arena *a)
{
	struct group		 g = company(life, sub, a);
	const struct object	*first = NULL;

	for (size_t i = 0; i < g.count; i++) {
		const struct object *o = g.objects[i];

		if (o->named_by == NAMED_BY_OURS &&
		    o->terms.session.len > 0 && (first == NULL ||
		    str_cmp(o->session, first->session) < 0))
			first = o;
	}
	return first != NULL ? first->terms.matrix_version :
	    t->matrix_version;
}

/* The subscription, changed and paid now; a trial goes on. */
static void
change(const struct life *life, struct object *sub,
    const struct object *before, const struct terms *t, int64_t now,
    struct arena *a)
{
	sub->terms = imagined_terms(t);
	sub->terms.matrix_version = pin_after(life, before, t, a);
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
		change(life, &objects[before - life->objects], before, t, now,
		    a);
	else
		objects[n++] = payment(life, t, now);
	*out = *life;
	out->objects = objects;
	out->object_count = n;
}
