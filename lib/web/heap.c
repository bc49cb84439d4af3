/*
 * A binary heap that knows where each of its members is.
 */
#include <stdlib.h>

#include "base/guard.h"
#include "web/heap.h"

static void
put(struct heap *h, size_t place, struct timed *t)
{
	h->at[place] = t;
	t->place = place;
}

/* Up while it is earlier than the one above. */
static void
rise(struct heap *h, size_t place)
{
	struct timed	*t = h->at[place];

	while (place > 0 && t->until < h->at[(place - 1) / 2]->until) {
		put(h, place, h->at[(place - 1) / 2]);
		place = (place - 1) / 2;
	}
	put(h, place, t);
}

static void
sink(struct heap *h, size_t place)
{
	struct timed	*t = h->at[place];

	for (;;) {
		size_t below = 2 * place + 1;

		if (below + 1 < h->count &&
		    h->at[below + 1]->until < h->at[below]->until)
			below++;
		if (below >= h->count || h->at[below]->until >= t->until)
			break;
		put(h, place, h->at[below]);
		place = below;
	}
	put(h, place, t);
}

void
heap_add(struct heap *h, struct timed *t)
{
	if (h->count == h->room) {
		h->room = h->room == 0 ? 64 : 2 * h->room;
		h->at = realloc(h->at, h->room * sizeof(*h->at));
		must(h->at != NULL);
	}
	h->count++;
	put(h, h->count - 1, t);
	rise(h, h->count - 1);
}

void
heap_moved(struct heap *h, struct timed *t)
{
	rise(h, t->place);
	sink(h, t->place);
}

void
heap_remove(struct heap *h, struct timed *t)
{
	size_t		 place = t->place;
	struct timed	*last = h->at[h->count - 1];

	must(h->count > 0 && h->at[place] == t);
	h->count--;
	if (last == t)
		return;
	put(h, place, last);
	heap_moved(h, last);
}

struct timed *
heap_first(const struct heap *h)
{
	return h->count == 0 ? NULL : h->at[0];
}
