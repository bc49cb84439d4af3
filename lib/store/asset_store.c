/*
 * Rows of assets: one per slot that a user ever held.
 */
#include "base/guard.h"
#include "base/text.h"
#include "store/db_inside.h"
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
    const struct asset *asset, struct str held, struct err *e)
{
	const struct arg args[] = {
		arg_str(str_of(asset_state_names[asset->state])),
		arg_str(held), arg_int(seller), arg_str(user),
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
			TRY(asset_set(db, seller, user, asset, held, e));
			continue;
		}
		asset_args(args + rows * ASSET_ARGS, seller, user, asset,
		    held, now, a);
		if (++rows == STMT_ROWS_MAX)
			TRY(assets_flush(db, args, &rows, e));
	}
	return assets_flush(db, args, &rows, e);
}
