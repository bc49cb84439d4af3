/*
 * Rows of overrides.
 */
#include "base/guard.h"
#include "store/names.h"
#include "store/override_store.h"

enum rc
override_add(struct db *db, uint32_t seller, struct str user,
    const struct override_row *row, struct err *e)
{
	const struct override *o = &row->override;
	const struct arg args[] = {
		arg_int(seller), arg_str(user), arg_str(o->id),
		arg_str(str_of(override_kind_names[o->kind])),
		arg_str(o->name), arg_int(o->quota.unlimited),
		arg_int(o->quota.max), arg_time(o->until),
		arg_str(row->reason), arg_str(row->operator),
		arg_int(row->created_at),
	};

	return db_do(db, STMT_OVERRIDE_ADD, args, COUNT(args), NULL, e);
}

enum rc
override_end(struct db *db, uint32_t seller, struct str user, struct str id,
    int64_t now, bool *found, struct err *e)
{
	const struct arg args[] = {
		arg_int(now), arg_int(seller), arg_str(user), arg_str(id),
	};
	int64_t affected = 0;

	TRY(db_do(db, STMT_OVERRIDE_END, args, COUNT(args), &affected, e));
	*found = affected == 1;
	return RC_OK;
}

static enum rc
row_take(const struct row *row, struct override_row *out, struct err *e)
{
	int place;

	TRY(NAME_PLACE(override_kind_names, row_str(row, 1),
	    "kind of override", &place, e));
	*out = (struct override_row){
		.override = {
			.id = row_str(row, 0),
			.kind = (enum override_kind)place,
			.name = row_str(row, 2),
			.quota = {
				.unlimited = row_int(row, 3) != 0,
				.max = row_int(row, 4),
			},
			.until = row_int(row, 5),
		},
		.reason = row_str(row, 6), .operator = row_str(row, 7),
		.created_at = row_int(row, 8), .ended_at = row_int(row, 9),
	};
	return RC_OK;
}

enum rc
overrides_of(struct db *db, uint32_t seller, struct str user, struct arena *a,
    struct override_row **out, size_t *count, struct err *e)
{
	const struct arg args[] = { arg_int(seller), arg_str(user) };
	struct override_row *list;
	struct rows rows;

	TRY(db_rows(db, STMT_OVERRIDES_OF, args, COUNT(args), a, &rows, e));
	list = arena_many(a, rows.count + 1, struct override_row);
	for (size_t i = 0; i < rows.count; i++)
		TRY(row_take(row_at(&rows, i), &list[i], e));
	*out = list;
	*count = rows.count;
	return RC_OK;
}
