/*
 * Locking, merging and owning the objects of one purchase.  Links are kept at
 * both ends, so that each object's own row names its neighbours.
 */
#include <stdlib.h>

#include "base/guard.h"
#include "flow/kin.h"
#include "store/inbox.h"

struct keys {
	struct object_key	 list[KIN_MAX];
	size_t			 count;
};

static void
keys_add(struct keys *keys, const struct object_key *key)
{
	for (size_t i = 0; i < keys->count; i++)
		if (object_key_cmp(&keys->list[i], key) == 0)
			return;
	if (keys->count < KIN_MAX)
		keys->list[keys->count++] = *key;
}

static int
by_key(const void *a, const void *b)
{
	return object_key_cmp(a, b);
}

struct object_row *
kin_row(struct kin *k, const struct object_key *key)
{
	for (size_t i = 0; i < k->count; i++)
		if (object_key_cmp(&k->rows[i].object.key, key) == 0)
			return &k->rows[i];
	return NULL;
}

static enum rc
load(struct kin *k, struct keys *keys, struct err *e)
{
	struct flow *f = k->flow;

	qsort(keys->list, keys->count, sizeof(keys->list[0]), by_key);
	for (size_t i = 0; i < keys->count; i++) {
		if (kin_row(k, &keys->list[i]) != NULL)
			continue;
		must(k->count < KIN_MAX);
		TRY(object_lock(f->db, f->seller, &keys->list[i],
		    k->first_event, f->now, e));
		TRY(object_load(f->db, f->seller, &keys->list[i], f->arena,
		    &k->rows[k->count], e));
		k->count++;
	}
	return RC_OK;
}

enum rc
kin_facts(struct kin *k, struct flow *f, const struct fact *facts,
    size_t count, struct str event, struct err *e)
{
	struct keys keys = { .count = 0 };

	k->flow = f;
	k->count = 0;
	k->first_event = event;
	for (size_t i = 0; i < count; i++) {
		keys_add(&keys, &facts[i].object);
		for (size_t n = 0; n < facts[i].link_count; n++)
			keys_add(&keys, &facts[i].links[n]);
	}
	TRY(load(k, &keys, e));
	/* Neighbours of unowned objects, until there are no new ones. */
	for (size_t i = 0; i < k->count; i++) {
		const struct object_row *row = &k->rows[i];

		if (row->user.len > 0)
			continue;
		keys.count = 0;
		for (size_t n = 0; n < row->object.link_count; n++)
			if (k->count + keys.count < KIN_MAX)
				keys_add(&keys, &row->object.links[n]);
		TRY(load(k, &keys, e));
	}
	return RC_OK;
}

static enum rc
merge_one(struct kin *k, const struct fact *fact, struct err *e)
{
	struct object_row *row = kin_row(k, &fact->object);
	bool changed = false;

	if (row == NULL)	/* beyond KIN_MAX: its own delivery loads it */
		return RC_OK;
	TRY(object_merge(&row->object, fact, k->flow->arena, &changed, e));
	row->dirty |= changed;
	return RC_OK;
}

enum rc
kin_merge(struct kin *k, const struct fact *facts, size_t count,
    struct err *e)
{
	for (size_t i = 0; i < count; i++) {
		TRY(merge_one(k, &facts[i], e));
		for (size_t n = 0; n < facts[i].link_count; n++) {
			struct fact back = {
				.kind = FACT_SEEN,
				.object = facts[i].links[n],
				.at = facts[i].at,
				.livemode = facts[i].livemode,
				.links = { facts[i].object },
				.link_count = 1,
			};

			TRY(merge_one(k, &back, e));
		}
	}
	return RC_OK;
}

/* Have server keys named these objects for more than one user? */
static enum rc
claims_differ(struct kin *k, bool *differ, struct err *e)
{
	struct flow *f = k->flow;
	struct str first = STR_NONE;

	*differ = false;
	for (size_t i = 0; i < k->count; i++) {
		struct claim *claims = NULL;
		size_t count = 0;

		if (k->rows[i].object.named_by != NAMED_BY_SERVER_KEY)
			continue;
		TRY(claims_of(f->db, f->seller, &k->rows[i].object.key,
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
named_owner(const struct kin *k, struct str *owner)
{
	enum naming strongest = NAMED_BY_NOBODY;

	for (size_t i = 0; i < k->count; i++) {
		const struct object *o = &k->rows[i].object;

		if (o->terms.user.len > 0 && o->named_by > strongest) {
			strongest = o->named_by;
			*owner = o->terms.user;
		}
	}
	return strongest;
}

/* Owner by row or by signature; two different ones are an alarm. */
static bool
settled_owner(const struct kin *k, struct str *owner, struct str *why)
{
	struct str signed_user = STR_NONE;

	for (size_t i = 0; i < k->count; i++) {
		const struct object_row *row = &k->rows[i];

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
kin_owner(struct kin *k, struct str *owner, struct str *why,
    struct err *e)
{
	bool differ = false;

	*owner = STR_NONE;
	*why = STR_NONE;
	if (settled_owner(k, owner, why))
		return RC_OK;
	if (named_owner(k, owner) != NAMED_BY_SERVER_KEY)
		return RC_OK;
	TRY(claims_differ(k, &differ, e));
	if (differ) {
		*owner = STR_NONE;
		*why = STR("claimed for two different users, signed for none");
	}
	return RC_OK;
}

enum rc
kin_give(struct kin *k, struct str owner, struct err *e)
{
	struct flow *f = k->flow;

	for (size_t i = 0; i < k->count; i++) {
		struct object_row *row = &k->rows[i];

		if (row->user.len > 0)
			continue;
		row->user = owner;
		row->dirty = true;
		if (row->first_event.len > 0 &&
		    !str_eq(row->first_event, k->first_event))
			TRY(inbox_give(f->db, f->seller, &row->object.key,
			    owner, e));
	}
	return RC_OK;
}

struct str
kin_waits(const struct kin *k)
{
	struct str why = STR_NONE;

	for (size_t i = 0; i < k->count; i++) {
		const struct object *o = &k->rows[i].object;

		if (o->paid_at != 0 || o->state == SUB_ACTIVE ||
		    o->state == SUB_TRIALING)
			return STR("paid, and nobody's yet");
		if (o->refund_count > 0 || o->refunded_at != 0 ||
		    o->dispute_count > 0)
			why = STR("given back or disputed, and nobody's yet");
	}
	return why;
}

enum rc
kin_save(struct kin *k, struct err *e)
{
	for (size_t i = 0; i < k->count; i++)
		if (k->rows[i].dirty)
			TRY(object_save(k->flow->db, k->flow->seller,
			    &k->rows[i], e));
	return RC_OK;
}
