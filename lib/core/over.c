/*
 * Usage held against limits.
 */
#include "core/over.h"
#include "core/sort.h"

static struct quota
allowed(const struct holding *want, struct str limit)
{
	for (size_t i = 0; i < want->limit_count; i++)
		if (str_eq(want->limits[i].name, limit))
			return want->limits[i].quota;
	return (struct quota){ .max = 0 };
}

static int
by_limit(const void *a, const void *b)
{
	return str_cmp(((const struct over *)a)->limit,
	    ((const struct over *)b)->limit);
}

void
over_find(const struct holding *want, const struct usage *usage,
    size_t count, enum policy_action action, struct arena *a,
    const struct over **out, size_t *out_count)
{
	struct over	 *list = arena_many(a, count, struct over);
	struct over	 *sorted = arena_many(a, count, struct over);
	const void	**order = arena_many(a, count, const void *);
	size_t		  n = 0;

	for (size_t i = 0; i < count; i++) {
		struct quota q = allowed(want, usage[i].limit);

		if (q.unlimited || usage[i].used <= q.max)
			continue;
		list[n] = (struct over){ usage[i].limit, usage[i].used,
		    q.max, action };
		order[n] = &list[n];
		n++;
	}
	sort_pointers(order, n, by_limit, a);
	for (size_t i = 0; i < n; i++)
		sorted[i] = *(const struct over *)order[i];
	*out = sorted;
	*out_count = n;
}

bool
over_possible(const struct plan *plan)
{
	for (size_t i = 0; i < plan->limit_count; i++) {
		const struct limit_move *l = &plan->limits[i];

		if (l->had && (!l->has || (!l->to.unlimited &&
		    (l->from.unlimited || l->to.max < l->from.max))))
			return true;
	}
	return false;
}
