/*
 * Why something is not there: it is switched off for everybody, an operator
 * withholds it, its purchase is suspended, was taken back, or is over.  The
 * first of these that applies.
 */
#include "core/deny.h"
#include "core/sort.h"

struct denials {
	struct held_capability	*list;
	size_t			 count;
};

static void
deny(struct denials *d, struct str name, enum reason reason, struct str tier,
    struct str cause)
{
	d->list[d->count++] = (struct held_capability){
		name, { reason, tier, cause },
	};
}

/* All that purchases in this state would carry. */
static void
deny_sold(struct denials *d, const struct purchase *const *purchases,
    size_t count, enum purchase_state state, enum reason reason,
    struct arena *a)
{
	for (size_t i = 0; i < count; i++) {
		const struct purchase *p = purchases[i];

		if (p->state != state)
			continue;
		for (size_t j = 0; j < p->sold_count; j++) {
			const struct tier *t = p->sold[j].tier;

			for (size_t k = 0; k < t->capability_count; k++)
				deny(d, t->capabilities[k], reason, t->id,
				    purchase_cause(p, a));
		}
	}
}

/* Of everybody, whether anything carries it or not. */
static void
deny_disabled(struct denials *d, const struct matrix *newest)
{
	for (size_t i = 0; i < newest->capability_count; i++)
		if (newest->capabilities[i].disabled)
			deny(d, newest->capabilities[i].name, REASON_DISABLED,
			    STR_NONE, STR_NONE);
}

static size_t
room_for(const struct purchase *const *purchases, size_t count,
    const struct life *life, const struct matrix *newest)
{
	size_t	 room = life->override_count + newest->capability_count;

	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < purchases[i]->sold_count; j++)
			room += purchases[i]->sold[j].tier->capability_count;
	return room;
}

static int
by_name(const void *a, const void *b)
{
	return str_cmp(((const struct held_capability *)a)->name,
	    ((const struct held_capability *)b)->name);
}

/* Sorted by name; of one name the first that was said; what is held, not. */
static void
keep_first(const struct denials *d, struct arena *a, struct holding *h)
{
	const void		**order = arena_many(a, d->count,
				    const void *);
	struct held_capability	 *out = arena_many(a, d->count,
				    struct held_capability);

	for (size_t i = 0; i < d->count; i++)
		order[i] = &d->list[i];
	sort_pointers(order, d->count, by_name, a);
	for (size_t i = 0; i < d->count; i++) {
		const struct held_capability *c = order[i];

		if ((i == 0 || by_name(order[i - 1], c) != 0) &&
		    !holding_can(h, c->name))
			out[h->denied_count++] = *c;
	}
	h->denied = out;
}

void
deny_capabilities(const struct purchase *const *purchases, size_t count,
    const struct life *life, const struct matrix *newest, int64_t now,
    struct arena *a, struct holding *h)
{
	struct denials	 d = {
		.list = arena_many(a, room_for(purchases, count, life,
		    newest), struct held_capability),
	};

	deny_disabled(&d, newest);
	for (size_t i = 0; i < life->override_count; i++) {
		const struct override *o = &life->overrides[i];

		if (o->kind == OVERRIDE_REVOKE_CAPABILITY &&
		    override_active(o, now))
			deny(&d, o->name, REASON_REVOKED, STR_NONE, o->id);
	}
	deny_sold(&d, purchases, count, PURCHASE_SUSPENDED, REASON_SUSPENDED,
	    a);
	deny_sold(&d, purchases, count, PURCHASE_REVOKED, REASON_REVOKED, a);
	deny_sold(&d, purchases, count, PURCHASE_ENDED, REASON_EXPIRED, a);
	keep_first(&d, a, h);
}
