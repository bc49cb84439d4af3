/*
 * What a purchase sells: by its prices, or (where the provider names none) by
 * the terms of the session that it was made for.
 */
#include "core/reading.h"
#include "core/sort.h"
#include "core/sum.h"

static void
sell(struct purchase *p, struct sold *list, const struct tier *t,
    const struct matrix *m, int64_t quantity)
{
	if (quantity <= 0)
		return;
	for (size_t i = 0; i < p->sold_count; i++)
		if (list[i].tier == t) {
			list[i].quantity = sum_add(list[i].quantity, quantity);
			return;
		}
	list[p->sold_count++] = (struct sold){ t, quantity, m };
}

/* --- by price ---------------------------------------------------------- */

static int
items_order(const struct object *a, const struct object *b)
{
	if (a->items_at != b->items_at)
		return a->items_at < b->items_at ? -1 : 1;
	return -object_key_cmp(&a->key, &b->key);
}

/* The object whose items are bought: the head's own word, else the latest. */
static const struct object *
itemised(const struct purchase *p)
{
	const struct object	*best = NULL;

	if (p->head != NULL && p->head->item_count > 0)
		return p->head;
	for (size_t i = 0; i < p->object_count; i++)
		if (p->objects[i]->item_count > 0 && (best == NULL ||
		    items_order(p->objects[i], best) > 0))
			best = p->objects[i];
	return best;
}

static void
sell_item(const struct reading *r, struct purchase *p, struct sold *list,
    const struct object *o, const struct item *item, bool addons_only)
{
	const struct matrix	*m = p->matrix;
	const struct tier	*t;

	t = matrix_sold_by(m, o->key.provider, item->price);
	if (t == NULL) {
		m = catalog_newest(r->catalog);
		t = matrix_sold_by(m, o->key.provider, item->price);
	}
	if (t != NULL) {
		if (t->addon || !addons_only)
			sell(p, list, t, m, item->quantity);
	} else if (!p->unmapped && !addons_only) {
		p->unmapped = true;
		p->unmapped_price = item->price;
	}
}

static void
sell_items(const struct reading *r, struct purchase *p, struct sold *list,
    const struct object *o, bool addons_only)
{
	for (size_t i = 0; i < o->item_count; i++)
		sell_item(r, p, list, o, &o->items[i], addons_only);
}

/* --- by terms ---------------------------------------------------------- */

/* Is the amount paid what the start named, where it named one? */
static bool
amount_agrees(const struct purchase *p)
{
	const struct terms	*t = &p->terms;

	if (p->named_by >= NAMED_BY_OURS ||
	    (t->amount < 0 && t->currency.len == 0))
		return true;
	for (size_t i = 0; i < p->object_count; i++) {
		const struct object *o = p->objects[i];

		if (o->paid_at != 0 &&
		    (t->amount < 0 || o->amount == t->amount) &&
		    (t->currency.len == 0 ||
		    str_eq(o->currency, t->currency)))
			return true;
	}
	return false;
}

/* Is money in, by a payment's word or a subscription's period? */
static bool
paid(const struct purchase *p)
{
	return p->paid_at != 0 || (p->head != NULL && p->head->paid_until != 0);
}

static void
sell_named(const struct reading *r, struct purchase *p, struct sold *list,
    struct str name, bool addon)
{
	const struct matrix	*m = p->matrix;
	const struct tier	*t;

	t = addon ? matrix_addon(m, name) : matrix_tier(m, name);
	if (t == NULL) {
		m = catalog_newest(r->catalog);
		t = addon ? matrix_addon(m, name) : matrix_tier(m, name);
	}
	if (t != NULL)
		sell(p, list, t, m, p->terms.quantity);
}

static void
sell_terms(const struct reading *r, struct purchase *p, struct sold *list)
{
	p->by_terms = true;
	if (p->terms.tier.len > 0)
		sell_named(r, p, list, p->terms.tier, false);
	for (size_t i = 0; i < p->terms.addon_count; i++)
		sell_named(r, p, list, p->terms.addons[i], true);
}

/* --- the whole --------------------------------------------------------- */

static void
sell_by_terms(const struct reading *r, struct purchase *p, struct sold *list)
{
	if (p->named_by < NAMED_BY_METADATA || p->terms.session.len == 0 ||
	    !paid(p))
		return;
	if (amount_agrees(p))
		sell_terms(r, p, list);
	else
		p->mismatch = p->paid_at != 0;
}

/* By id; an add-on behind a tier of the same id. */
static int
sold_order(const void *a, const void *b)
{
	const struct sold	*x = a, *y = b;
	int			 order = str_cmp(x->tier->id, y->tier->id);

	if (order != 0 || x->tier->addon != y->tier->addon)
		return order != 0 ? order : x->tier->addon - y->tier->addon;
	return (x->matrix->version > y->matrix->version) -
	    (x->matrix->version < y->matrix->version);
}

static void
sort_sold(struct purchase *p, struct sold *list, struct arena *a)
{
	const void	**order = arena_many(a, p->sold_count, const void *);
	struct sold	 *sorted = arena_many(a, p->sold_count, struct sold);

	for (size_t i = 0; i < p->sold_count; i++)
		order[i] = &list[i];
	sort_pointers(order, p->sold_count, sold_order, a);
	for (size_t i = 0; i < p->sold_count; i++)
		sorted[i] = *(const struct sold *)order[i];
	p->sold = sorted;
}

void
sold_read(const struct reading *r, struct purchase *p)
{
	const struct object	*from = itemised(p);
	size_t			 room = p->terms.addon_count + 1;
	struct sold		*list;
	bool			 own;

	p->matrix = catalog_version(r->catalog, p->pin);
	if (p->torn)
		return;
	if (from != NULL)
		room += from->item_count;
	list = arena_many(r->arena, room, struct sold);
	own = from != NULL && (p->head == NULL || from == p->head);
	if (p->named_by == NAMED_BY_IMAGINED) {
		sell_terms(r, p, list);
		if (from != NULL)
			sell_items(r, p, list, from, true);
	} else if (own)
		sell_items(r, p, list, from, false);
	else {
		sell_by_terms(r, p, list);
		if (from != NULL && p->sold_count == 0 && !p->mismatch)
			sell_items(r, p, list, from, false);
	}
	sort_sold(p, list, r->arena);
}
