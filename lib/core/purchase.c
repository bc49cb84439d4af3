/*
 * From objects to purchases: group them, then read each group.
 */
#include "core/reading.h"
#include "core/sort.h"

#define X(id, name)	[PURCHASE_##id] = (name),
const char *const purchase_state_names[PURCHASE__COUNT] = {
	PURCHASE_STATES(X)
};
#undef X

bool
purchase_live(enum purchase_state s)
{
	return s == PURCHASE_TRIALING || s == PURCHASE_ACTIVE ||
	    s == PURCHASE_GRACE;
}

/* All frames, in key order.  There are never more of them than objects. */
static size_t
frames(const struct reading *r, const struct object *objects, size_t count,
    struct purchase **out)
{
	const struct object	**list;
	struct group		 *groups;
	struct purchase		 *frames;
	size_t			  n, done = 0;

	list = arena_many(r->arena, count, const struct object *);
	for (size_t i = 0; i < count; i++)
		list[i] = &objects[i];
	n = groups_of(list, count, false, r->arena, &groups);
	frames = arena_many(r->arena, count, struct purchase);
	for (size_t i = 0; i < n; i++)
		done += frame_read(r, &groups[i], frames + done);
	*out = frames;
	return done;
}

static int
purchase_order(const void *a, const void *b)
{
	return object_key_cmp(&((const struct purchase *)a)->key,
	    &((const struct purchase *)b)->key);
}

/* A group's smallest key need not be its head's. */
static struct purchase *
in_order(struct purchase *list, size_t count, struct arena *a)
{
	const void	**order = arena_many(a, count, const void *);
	struct purchase	 *sorted;
	bool		  sound = true;

	for (size_t i = 0; i < count; i++) {
		order[i] = &list[i];
		sound = sound && (i == 0 ||
		    purchase_order(&list[i - 1], &list[i]) < 0);
	}
	if (sound)
		return list;
	sort_pointers(order, count, purchase_order, a);
	sorted = arena_many(a, count, struct purchase);
	for (size_t i = 0; i < count; i++)
		sorted[i] = *(const struct purchase *)order[i];
	return sorted;
}

enum rc
purchases_read(const struct catalog *c, const struct object *objects,
    size_t count, int64_t now, struct arena *a, struct purchase **out,
    size_t *out_count, struct err *e)
{
	const struct reading	 r = { c, now, a };
	struct purchase		*list;
	size_t			 n;

	if (count > OBJECTS_MAX)
		return err_set(e, RC_INVALID_VALUE,
		    "Look at the user's deliveries; nobody buys so often.",
		    "a user has %zu objects, more than %d", count,
		    OBJECTS_MAX);
	n = frames(&r, objects, count, &list);
	for (size_t i = 0; i < n; i++) {
		sold_read(&r, &list[i]);
		standing_read(&r, &list[i]);
	}
	trials_read(list, n);
	*out = in_order(list, n, a);
	*out_count = n;
	return RC_OK;
}

/* Put version among the sorted ones unless it is there. */
static void
note(int64_t *versions, size_t *count, int64_t version)
{
	size_t	 i = 0;

	while (i < *count && versions[i] < version)
		i++;
	if (i < *count && versions[i] == version)
		return;
	memmove(versions + i + 1, versions + i,
	    (*count - i) * sizeof(*versions));
	versions[i] = version;
	(*count)++;
}

void
purchases_versions(const struct catalog *c, const struct object *objects,
    size_t count, struct arena *a, int64_t **out, size_t *out_count)
{
	const struct reading	 r = { c, 0, a };
	struct purchase		*list;
	size_t			 n = frames(&r, objects, count, &list), k = 0;
	int64_t			*versions = arena_many(a, n, int64_t);

	for (size_t i = 0; i < n; i++)
		note(versions, &k, list[i].pin);
	*out = versions;
	*out_count = k;
}
