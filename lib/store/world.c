/*
 * All of one user in one statement: six tables read as rows of one shape, a
 * number that says which table, six numbers and eleven texts.  One statement
 * also means one read view: the parts fit together without a lock.
 */
#include <stdlib.h>

#include "base/guard.h"
#include "store/names.h"
#include "store/user_row.h"
#include "store/world.h"
#include "wire/state_json.h"

enum part {
	PART_USER = 1, PART_OBJECT, PART_OVERRIDE, PART_ASSET, PART_GRANT,
	PART_SESSION, PART__COUNT
};

enum { NUMBERS = 1, TEXTS = 7 };	/* where they begin */

static struct str
text(const struct row *row, size_t n)
{
	return row_str(row, TEXTS + n);
}

static int64_t
number(const struct row *row, size_t n)
{
	return row_int(row, NUMBERS + n);
}

static enum rc
kind_take(struct str word, enum object_kind *kind, struct err *e)
{
	int place;

	TRY(NAME_PLACE(object_kind_names, word, "kind of object", &place, e));
	*kind = (enum object_kind)place;
	return RC_OK;
}

static enum rc
object_take(const struct row *row, struct str user, struct arena *a,
    struct object_row *out, struct err *e)
{
	struct object_key key = {
		.provider = text(row, 0), .account = text(row, 1),
		.ref = text(row, 3),
	};

	TRY(kind_take(text(row, 2), &key.kind, e));
	object_init(&out->object, &key);
	out->user = user;
	out->first_event = text(row, 4);
	out->first_seen = number(row, 0);
	if (text(row, 5).len == 0)
		return RC_OK;
	return object_read(text(row, 5), a, &out->object, e);
}

static enum rc
override_take(const struct row *row, struct override *out, struct err *e)
{
	int place;

	TRY(NAME_PLACE(override_kind_names, text(row, 1), "kind of override",
	    &place, e));
	*out = (struct override){
		.id = text(row, 0),
		.kind = (enum override_kind)place,
		.name = text(row, 2),
		.quota = {
			.unlimited = number(row, 0) != 0,
			.max = number(row, 1),
		},
		.from = number(row, 2),
		.until = number(row, 3),
	};
	return RC_OK;
}

static enum rc
asset_take(const struct row *row, struct arena *a, struct asset *out,
    struct err *e)
{
	int place;

	TRY(NAME_PLACE(asset_state_names, text(row, 2), "state of an asset",
	    &place, e));
	*out = (struct asset){
		.id = text(row, 1),
		.state = (enum asset_state)place,
		.hint = text(row, 4),
		.claimed = number(row, 0) != 0,
		.stored = true,
		.overlap_until = number(row, 1),
	};
	return held_asset_read(text(row, 3), a, &out->held, e);
}

static enum rc
grant_take(const struct row *row, struct grant_row *out, struct err *e)
{
	*out = (struct grant_row){
		.key = {
			.provider = text(row, 0), .account = text(row, 1),
			.ref = text(row, 3),
		},
		.slot = text(row, 4),
		.live = number(row, 0) != 0,
		.cause_event = text(row, 5),
		.cause_override = text(row, 6),
		.stored = true,
	};
	if (out->key.provider.len == 0)		/* an override's */
		return RC_OK;
	return kind_take(text(row, 2), &out->key.kind, e);
}

static int
by_key(const void *a, const void *b)
{
	const struct object_row *x = a, *y = b;

	return object_key_cmp(&x->object.key, &y->object.key);
}

static int
by_slot(const void *a, const void *b)
{
	const struct asset *x = a, *y = b;

	return str_cmp(x->held.slot, y->held.slot);
}

static void
world_init(struct world *w, const struct rows *rows, struct str user,
    struct arena *a)
{
	size_t n[PART__COUNT] = { 0 };

	for (size_t i = 0; i < rows->count; i++)
		n[row_int(row_at(rows, i), 0)]++;
	*w = (struct world){
		.user = { .user = user },
		.objects = arena_many(a, n[PART_OBJECT] + 1,
		    struct object_row),
		.overrides = arena_many(a, n[PART_OVERRIDE] + 1,
		    struct override),
		.assets = arena_many(a, n[PART_ASSET] + 1, struct asset),
		.grants = arena_many(a, n[PART_GRANT] + 1, struct grant_row),
	};
}

static enum rc
part_take(struct world *w, const struct row *row, struct arena *a,
    struct err *e)
{
	struct str user = w->user.user;

	switch ((enum part)row_int(row, 0)) {
	case PART_USER:
		return user_row_take(row, NUMBERS, TEXTS, user, &w->user, e);
	case PART_OBJECT:
		return object_take(row, user, a,
		    &w->objects[w->object_count++], e);
	case PART_OVERRIDE:
		return override_take(row, &w->overrides[w->override_count++],
		    e);
	case PART_ASSET:
		return asset_take(row, a, &w->assets[w->asset_count++], e);
	case PART_GRANT:
		return grant_take(row, &w->grants[w->grant_count++], e);
	case PART_SESSION:
		w->has_session = true;
		return session_row_take(row, NUMBERS, TEXTS, user, a,
		    &w->session, e);
	case PART__COUNT:
		break;
	}
	return RC_OK;
}

enum rc
world_read(struct db *db, uint32_t seller, struct str user, struct arena *a,
    struct world *out, struct err *e)
{
	const struct arg s = arg_int(seller), u = arg_str(user);
	const struct arg args[] = { s, u, s, u, s, u, s, u, s, u, s, u };
	struct rows	 rows;
	struct world	 w;

	TRY(db_rows(db, STMT_WORLD_READ, args, COUNT(args), a, &rows, e));
	world_init(&w, &rows, arena_keep(a, user), a);
	for (size_t i = 0; i < rows.count; i++)
		TRY(part_take(&w, row_at(&rows, i), a, e));
	qsort(w.objects, w.object_count, sizeof(*w.objects), by_key);
	qsort(w.assets, w.asset_count, sizeof(*w.assets), by_slot);
	*out = w;
	return RC_OK;
}
