/*
 * Telling a story in order and shuffled, and comparing the ends.
 */
#include "unit/core/tale.h"

#include "base/guard.h"
#include "unit/core/canon.h"
#include "wire/state_json.h"

enum { STORED_EVERY = 25 };

void
tale_begin(struct tale *t, const struct tier *tiers, size_t count,
    const struct tier *addon)
{
	*t = (struct tale){ .seed = 1 };
	t->matrix = (struct matrix){
		.version = 1, .applied_at = 1, .default_tier = &tiers[0],
		.tiers = tiers, .tier_count = count,
		.addons = addon, .addon_count = 1, .policy = policy_usual,
	};
	t->edition = (struct edition){
		.version = 1, .applied_at = 1, .matrix = &t->matrix,
	};
	t->catalog = (struct catalog){ .editions = &t->edition, .count = 1 };
}

static void
hear(struct tale *t, const struct fact *f, struct arena *a)
{
	size_t		 i = 0;
	struct err	 e;
	bool		 changed;

	while (i < t->object_count &&
	    object_key_cmp(&t->objects[i].key, &f->object) != 0)
		i++;
	must(i < TALE_OBJECTS);
	if (i == t->object_count)
		object_init(&t->objects[t->object_count++], &f->object);
	must(object_merge(&t->objects[i], f, a, &changed, &e) == RC_OK);
}

static void
store_and_load(struct tale *t, struct arena *a)
{
	struct object	 again;
	struct err	 e;
	struct str	 json;

	for (size_t i = 0; i < t->object_count; i++) {
		object_init(&again, &t->objects[i].key);
		must(object_write(&t->objects[i], a, &json, &e) == RC_OK);
		must(object_read(json, a, &again, &e) == RC_OK);
		t->objects[i] = again;
	}
}

static unsigned
draw(struct tale *t, size_t below)
{
	t->seed = t->seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (unsigned)((t->seed >> 33) % below);
}

/* One shuffle, in which each delivery may come twice; the first is none. */
static void
tell(struct tale *t, int round, struct arena *a)
{
	size_t	 order[2 * TALE_EVENTS], n = 0;

	for (size_t i = 0; i < t->count; i++) {
		order[n++] = i;
		if (round > 0 && draw(t, 4) == 0)
			order[n++] = i;
	}
	for (size_t i = n; round > 0 && i > 1; i--) {
		size_t	 j = draw(t, i), swap = order[i - 1];

		order[i - 1] = order[j];
		order[j] = swap;
	}
	t->object_count = 0;
	for (size_t i = 0; i < n; i++) {
		const struct event *e = &t->events[order[i]];

		for (size_t j = 0; j < e->fact_count; j++)
			hear(t, &e->facts[j], a);
		if (round % STORED_EVERY == 1)
			store_and_load(t, a);
	}
}

static struct holding
held(const struct tale *t, int64_t now, struct arena *a)
{
	const struct life	 life = { .objects = t->objects,
				    .object_count = t->object_count };
	struct holding		 h;
	struct err		 e;

	must(derive(&t->catalog, &life, now, a, &h, NULL, NULL, &e) == RC_OK);
	return h;
}

struct holding
tale_in_order(struct tale *t, int64_t now, struct arena *a)
{
	arena_reset(a);
	tell(t, 0, a);
	return held(t, now, a);
}

static void
write_down(const struct tale *t, const struct holding *h, struct canon *c)
{
	canon_begin(c);
	canon_objects(c, t->objects, t->object_count);
	canon_holding(c, h);
}

int
tale_shuffled(struct tale *t, int64_t now, struct arena *a)
{
	static struct canon	 first, other;
	struct holding		 h = tale_in_order(t, now, a);
	int			 wrong = 0;

	write_down(t, &h, &first);
	for (int round = 1; round <= TALE_SHUFFLES; round++) {
		arena_reset(a);
		tell(t, round, a);
		h = held(t, now, a);
		write_down(t, &h, &other);
		wrong += !str_eq((struct str){ first.at, first.len },
		    (struct str){ other.at, other.len });
	}
	return wrong;
}
