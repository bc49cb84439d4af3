/*
 * Rows of assets: one per slot that a user ever held.
 */
#include "base/guard.h"
#include "base/text.h"
#include "store/db_inside.h"
#include "store/digest.h"
#include "store/names.h"
#include "store/world.h"
#include "wire/state_json.h"

enum { ASSET_ARGS = 7 };	/* of one row of ASSETS_ADD */

struct str
asset_id_of(struct arena *a, uint32_t seller, struct str user,
    struct str slot)
{
	const struct str fields[] = {
		STR("asset"), arena_text(a, "%u", seller), user, slot,
	};
	struct digest	 d = secret_sha256_fields(fields, COUNT(fields));

	return arena_text(a, "as_%.*s",
	    STR_FMT(text_hex(a, d.byte, sizeof(d.byte) / 2)));
}

static enum rc
asset_set(struct db *db, uint32_t seller, struct str user,
    const struct asset *asset, struct str held, int64_t now, struct err *e)
{
	const struct arg claimed = arg_int(asset->claimed);
	const struct arg args[] = {
		arg_str(str_of(asset_state_names[asset->state])),
		arg_str(held), claimed, arg_int(now), claimed, claimed,
		claimed, arg_int(seller), arg_str(user),
		arg_str(asset->held.slot),
	};

	return db_later(db, STMT_ASSET_SET, args, COUNT(args), 1, e);
}

static void
asset_args(struct arg *out, uint32_t seller, struct str user,
    const struct asset *asset, struct str held, int64_t now, struct arena *a)
{
	const struct arg args[ASSET_ARGS] = {
		arg_int(seller), arg_str(user), arg_str(asset->held.slot),
		arg_str(asset->id.len > 0 ? asset->id :
		    asset_id_of(a, seller, user, asset->held.slot)),
		arg_str(str_of(asset_state_names[asset->state])),
		arg_str(held), arg_int(now),
	};

	memcpy(out, args, sizeof(args));
}

static enum rc
assets_flush(struct db *db, const struct arg *args, size_t *rows,
    struct err *e)
{
	size_t n = *rows;

	*rows = 0;
	if (n == 0)
		return RC_OK;
	return db_later(db, (enum stmt)(STMT_ASSETS_ADD_1 + n - 1), args,
	    n * ASSET_ARGS, (int64_t)n, e);
}

enum rc
assets_save(struct db *db, uint32_t seller, struct str user,
    const struct asset_step *steps, size_t count, int64_t now, struct err *e)
{
	struct arena	*a = db_scratch(db);
	struct arg	 args[STMT_ROWS_MAX * ASSET_ARGS];
	size_t		 rows = 0;

	for (size_t i = 0; i < count; i++) {
		const struct asset *asset = &steps[i].after;
		struct str held = STR_NONE;

		if (steps[i].action == DO_KEEP)
			continue;
		TRY(held_asset_write(&asset->held, a, &held, e));
		if (asset->stored) {
			TRY(asset_set(db, seller, user, asset, held, now,
			    e));
			continue;
		}
		asset_args(args + rows * ASSET_ARGS, seller, user, asset,
		    held, now, a);
		if (++rows == STMT_ROWS_MAX)
			TRY(assets_flush(db, args, &rows, e));
	}
	return assets_flush(db, args, &rows, e);
}

enum rc
asset_secret(struct db *db, uint32_t seller, struct str user, struct str slot,
    const struct digest *hash, struct str hint, int64_t old_until,
    struct err *e)
{
	const struct arg args[] = {
		arg_int(old_until), arg_digest(hash), arg_str(hint),
		arg_int(seller), arg_str(user), arg_str(slot),
	};

	return db_later(db, STMT_ASSET_SECRET, args, COUNT(args), 1, e);
}

enum rc
asset_by_secret(struct db *db, uint32_t seller, const struct digest hashes[2],
    struct arena *a, struct secret_owner *out, bool *found, struct err *e)
{
	const struct arg s = arg_int(seller);
	const struct arg one = arg_digest(&hashes[0]);
	const struct arg other = arg_digest(&hashes[1]);
	const struct arg args[] = { s, one, other, s, one, other };
	const struct row *row;
	struct asset	 asset = { .stored = true };
	int		 place;

	TRY(db_row(db, STMT_ASSET_BY_SECRET, args, COUNT(args), a, &row,
	    found, e));
	if (!*found)
		return RC_OK;
	TRY(NAME_PLACE(asset_state_names, row_str(row, 3),
	    "state of an asset", &place, e));
	TRY(held_asset_read(row_str(row, 4), a, &asset.held, e));
	asset.id = row_str(row, 2);
	asset.state = (enum asset_state)place;
	asset.hint = row_str(row, 5);
	*out = (struct secret_owner){
		.user = row_str(row, 0), .asset = asset,
		.old = !row_null(row, 6), .old_until = row_int(row, 6),
	};
	return RC_OK;
}
