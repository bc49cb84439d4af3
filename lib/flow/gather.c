/*
 * Locking, merging and owning the objects of one purchase.  Links are kept at
 * both ends, so that each object's own row names its neighbours.
 */
#include <stdlib.h>

#include "base/guard.h"
#include "flow/gather.h"

struct keys {
	struct object_key	 list[GATHER_MAX];
	size_t			 count;
};

static void
keys_add(struct keys *keys, const struct object_key *key)
{
	for (size_t i = 0; i < keys->count; i++)
		if (object_key_cmp(&keys->list[i], key) == 0)
			return;
	if (keys->count < GATHER_MAX)
		keys->list[keys->count++] = *key;
}

static int
by_key(const void *a, const void *b)
{
	return object_key_cmp(a, b);
}

struct object_row *
gather_row(struct gather *g, const struct object_key *key)
{
	for (size_t i = 0; i < g->count; i++)
		if (object_key_cmp(&g->rows[i].object.key, key) == 0)
			return &g->rows[i];
	return NULL;
}

static enum rc
load(struct gather *g, struct keys *keys, struct err *e)
{
	struct flow *f = g->flow;

	qsort(keys->list, keys->count, sizeof(keys->list[0]), by_key);
	for (size_t i = 0; i < keys->count; i++) {
		if (gather_row(g, &keys->list[i]) != NULL)
			continue;
		must(g->count < GATHER_MAX);
		TRY(object_lock(f->db, f->seller, &keys->list[i],
		    g->first_event, f->now, e));
		TRY(object_load(f->db, f->seller, &keys->list[i], f->arena,
		    &g->rows[g->count], e));
		g->count++;
	}
	return RC_OK;
}

enum rc
gather_facts(struct gather *g, struct flow *f, const struct fact *facts,
    size_t count, struct str event, struct err *e)
{
	struct keys keys = { .count = 0 };

	g->flow = f;
	g->count = 0;
	g->first_event = event;
	for (size_t i = 0; i < count; i++) {
		keys_add(&keys, &facts[i].object);
		for (size_t n = 0; n < facts[i].link_count; n++)
			keys_add(&keys, &facts[i].links[n]);
	}
	TRY(load(g, &keys, e));
	/* Neighbours of unowned objects, until there are no new ones. */
	for (size_t i = 0; i < g->count; i++) {
		const struct object_row *row = &g->rows[i];

		if (row->user.len > 0)
			continue;
		keys.count = 0;
		for (size_t n = 0; n < row->object.link_count; n++)
			if (g->count + keys.count < GATHER_MAX)
				keys_add(&keys, &row->object.links[n]);
		TRY(load(g, &keys, e));
	}
	return RC_OK;
}

static enum rc
merge_one(struct gather *g, const struct fact *fact, struct err *e)
{
	struct object_row *row = gather_row(g, &fact->object);
	bool changed = false;

	if (row == NULL)	/* beyond GATHER_MAX: its own delivery loads it */
		return RC_OK;
	TRY(object_merge(&row->object, fact, g->flow->arena, &changed, e));
	row->dirty |= changed;
	return RC_OK;
}

enum rc
gather_merge(struct gather *g, const struct fact *facts, size_t count,
    struct err *e)
{
	for (size_t i = 0; i < count; i++) {
		TRY(merge_one(g, &facts[i], e));
		for (size_t n = 0; n < facts[i].link_count; n++) {
			struct fact back = {
				.kind = FACT_SEEN,
				.object = facts[i].links[n],
				.at = facts[i].at,
				.livemode = facts[i].livemode,
				.links = { facts[i].object },
				.link_count = 1,
			};

			TRY(merge_one(g, &back, e));
		}
	}
	return RC_OK;
}

/* Have server keys named these objects for more than one user? */
static enum rc
claims_differ(struct gather *g, bool *differ, struct err *e)
{
	struct flow *f = g->flow;
	struct str first = STR_NONE;

	*differ = false;
	for (size_t i = 0; i < g->count; i++) {
		struct claim *claims = NULL;
		size_t count = 0;

		if (g->rows[i].object.named_by != NAMED_BY_SERVER_KEY)
			continue;
		TRY(claims_of(f->db, f->seller, &g->rows[i].object.key,
		    f->arena, &claims, &count, e));
		for (size_t n = 0; n < count; n++) {
			if (first.len == 0)
				first = claims[n].user;
			*differ |= !str_eq(first, claims[n].user);
		}
	}
	return RC_OK;
}

/* The user of the strongest naming whose session we know. */
static enum naming
named_owner(const struct gather *g, struct str *owner)
{
	enum naming strongest = NAMED_BY_NOBODY;

	for (size_t i = 0; i < g->count; i++) {
		const struct object *o = &g->rows[i].object;

		if (o->terms.user.len > 0 && o->named_by > strongest) {
			strongest = o->named_by;
			*owner = o->terms.user;
		}
	}
	return strongest;
}

/* Owner by row or by signature; two different ones are an alarm. */
static bool
settled_owner(const struct gather *g, struct str *owner, struct str *why)
{
	struct str signed_user = STR_NONE;

	for (size_t i = 0; i < g->count; i++) {
		const struct object_row *row = &g->rows[i];

		if (row->object.torn)
			*why = STR("signed for two different users");
		if (row->user.len > 0 && owner->len > 0 &&
		    !str_eq(row->user, *owner))
			*why = STR("links objects of two different users");
		if (row->user.len > 0 && owner->len == 0)
			*owner = row->user;
		if (row->object.user.len > 0)
			signed_user = row->object.user;
	}
	if (owner->len > 0 && signed_user.len > 0 &&
	    !str_eq(*owner, signed_user))
		*why = STR("signed for another user than its owner");
	if (owner->len == 0 && why->len == 0)
		*owner = signed_user;
	return owner->len > 0 || why->len > 0;
}

enum rc
gather_owner(struct gather *g, struct str *owner, struct str *why,
    struct err *e)
{
	bool differ = false;

	*owner = STR_NONE;
	*why = STR_NONE;
	if (settled_owner(g, owner, why))
		return RC_OK;
	if (named_owner(g, owner) != NAMED_BY_SERVER_KEY)
		return RC_OK;
	TRY(claims_differ(g, &differ, e));
	if (differ) {
		*owner = STR_NONE;
		*why = STR("claimed for two different users, signed for none");
	}
	return RC_OK;
}

void
gather_give(struct gather *g, struct str owner)
{
	for (size_t i = 0; i < g->count; i++)
		if (g->rows[i].user.len == 0) {
			g->rows[i].user = owner;
			g->rows[i].dirty = true;
		}
}

bool
gather_paid(const struct gather *g)
{
	for (size_t i = 0; i < g->count; i++) {
		const struct object *o = &g->rows[i].object;

		if (o->paid_at != 0 || o->state == SUB_ACTIVE ||
		    o->state == SUB_TRIALING)
			return true;
	}
	return false;
}

enum rc
gather_save(struct gather *g, struct err *e)
{
	for (size_t i = 0; i < g->count; i++)
		if (g->rows[i].dirty)
			TRY(object_save(g->flow->db, g->flow->seller,
			    &g->rows[i], e));
	return RC_OK;
}
