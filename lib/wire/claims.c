/*
 * Who has said what where.
 */
#include <stdlib.h>

#include "wire/claims.h"

void
claims_add(struct claims *c, struct str what, size_t number,
    const struct tree *node)
{
	struct claim *list;

	if (c->count == c->room) {
		c->room = c->room == 0 ? 16 : 2 * c->room;
		list = arena_many(c->arena, c->room, struct claim);
		if (c->count > 0)
			memcpy(list, c->list, c->count * sizeof(*list));
		c->list = list;
	}
	c->list[c->count++] = (struct claim){ .what = what, .number = number,
	    .node = node };
}

static int
by_what(const void *a, const void *b)
{
	const struct claim *x = a, *y = b;
	int order = str_cmp(x->what, y->what);

	if (order != 0)
		return order;
	if (x->node->line != y->node->line)
		return x->node->line < y->node->line ? -1 : 1;
	return (x->node->column > y->node->column) -
	    (x->node->column < y->node->column);
}

void
claims_sort(struct claims *c)
{
	const struct claim *first = c->list;
	size_t i;

	if (c->count > 1)
		qsort(c->list, c->count, sizeof(c->list[0]), by_what);
	for (i = 0; i < c->count; i++) {
		if (!str_eq(c->list[i].what, first->what))
			first = &c->list[i];
		c->list[i].first = first;
	}
}
