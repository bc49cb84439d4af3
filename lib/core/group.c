/*
 * Connected components by union and find over the objects in key order.
 */
#include "core/group.h"
#include "core/sort.h"

/* A link to something that is not among the objects. */
struct loose {
	const struct object_key	*key;
	size_t			 from;
};

struct graph {
	const struct object	**objects;	/* by key */
	size_t			 count;
	size_t			*parent;	/* never above the child */
};

static int
object_order(const void *a, const void *b)
{
	return object_key_cmp(&((const struct object *)a)->key,
	    &((const struct object *)b)->key);
}

static int
loose_order(const void *a, const void *b)
{
	return object_key_cmp(((const struct loose *)a)->key,
	    ((const struct loose *)b)->key);
}

static size_t
root(struct graph *g, size_t i)
{
	while (g->parent[i] != i) {
		g->parent[i] = g->parent[g->parent[i]];
		i = g->parent[i];
	}
	return i;
}

static void
unite(struct graph *g, size_t a, size_t b)
{
	a = root(g, a);
	b = root(g, b);
	if (a < b)
		g->parent[b] = a;
	else
		g->parent[a] = b;
}

/* The place of a key among the objects; count when it is not there. */
static size_t
place(const struct graph *g, const struct object_key *key)
{
	size_t	 low = 0, high = g->count;

	while (low < high) {
		size_t	 middle = low + (high - low) / 2;

		if (object_key_cmp(&g->objects[middle]->key, key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < g->count && object_key_cmp(&g->objects[low]->key, key) == 0)
		return low;
	return g->count;
}

/* Objects that link to the same unseen one are neighbours once sorted. */
static void
unite_loose(struct graph *g, const struct loose **loose, size_t count,
    struct arena *a)
{
	sort_pointers((const void **)loose, count, loose_order, a);
	for (size_t i = 1; i < count; i++)
		if (loose_order(loose[i - 1], loose[i]) == 0)
			unite(g, loose[i - 1]->from, loose[i]->from);
}

static void
unite_linked(struct graph *g, bool bills_only, struct arena *a)
{
	const struct loose	**loose;
	size_t			 links = 0, n = 0;

	for (size_t i = 0; i < g->count; i++)
		links += g->objects[i]->link_count;
	if (links == 0)
		return;
	loose = arena_many(a, links, const struct loose *);
	for (size_t i = 0; i < g->count; i++)
		for (size_t j = 0; j < g->objects[i]->link_count; j++) {
			const struct object_key *k = &g->objects[i]->links[j];
			size_t	 to = place(g, k);
			struct loose *l;

			if (bills_only && k->kind == OBJECT_SUBSCRIPTION)
				continue;
			if (to < g->count) {
				unite(g, i, to);
				continue;
			}
			l = arena_one(a, struct loose);
			*l = (struct loose){ k, i };
			loose[n++] = l;
		}
	unite_loose(g, loose, n, a);
}

static size_t
collect(struct graph *g, struct arena *a, struct group **out)
{
	struct group	*groups = arena_many(a, g->count, struct group);
	size_t		*index = arena_many(a, g->count, size_t), n = 0;

	for (size_t i = 0; i < g->count; i++) {
		size_t	 r = root(g, i);

		if (r == i)
			index[i] = n++;
		groups[index[r]].count++;
	}
	for (size_t i = 0; i < n; i++) {
		groups[i].objects = arena_many(a, groups[i].count,
		    const struct object *);
		groups[i].count = 0;
	}
	for (size_t i = 0; i < g->count; i++) {
		struct group *group = &groups[index[root(g, i)]];

		group->objects[group->count++] = g->objects[i];
	}
	*out = groups;
	return n;
}

size_t
groups_of(const struct object *const *objects, size_t count, bool bills_only,
    struct arena *a, struct group **out)
{
	struct graph	 g = { .count = count };

	g.objects = arena_many(a, count, const struct object *);
	g.parent = arena_many(a, count, size_t);
	for (size_t i = 0; i < count; i++) {
		g.objects[i] = objects[i];
		g.parent[i] = i;
	}
	sort_pointers((const void **)g.objects, count, object_order, a);
	unite_linked(&g, bills_only, a);
	return collect(&g, a, out);
}

static bool
links_to(const struct object *from, const struct object *to)
{
	for (size_t i = 0; i < from->link_count; i++)
		if (object_key_cmp(&from->links[i], &to->key) == 0)
			return true;
	return false;
}

bool
group_linked(const struct object *a, const struct object *b)
{
	return links_to(a, b) || links_to(b, a);
}
