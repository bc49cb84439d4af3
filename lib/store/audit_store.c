/*
 * The audit chain, read.
 */
#include "base/guard.h"
#include "store/audit_store.h"
#include "store/digest.h"

enum rc
audit_of(struct db *db, uint32_t seller, struct str user, int64_t n,
    size_t max, struct arena *a, struct audit_row **out, size_t *count,
    struct err *e)
{
	const struct arg args[] = {
		arg_int(seller), arg_str(user), arg_int(n),
		arg_int((int64_t)max),
	};
	struct audit_row *list;
	struct rows rows;

	TRY(db_rows(db, STMT_AUDIT_OF, args, COUNT(args), a, &rows, e));
	list = arena_many(a, rows.count + 1, struct audit_row);
	for (size_t i = 0; i < rows.count; i++) {
		const struct row *row = row_at(&rows, i);

		list[i].record = (struct record){
			.n = row_int(row, 0), .at = row_int(row, 1),
			.actor = row_str(row, 2), .action = row_str(row, 3),
			.cause = row_str(row, 4), .request = row_str(row, 5),
			.detail = row_str(row, 6),
		};
		TRY(digest_take(row_str(row, 7), &list[i].prev, e));
		TRY(digest_take(row_str(row, 8), &list[i].hash, e));
	}
	*out = list;
	*count = rows.count;
	return RC_OK;
}

enum rc
chains_after(struct db *db, uint32_t seller, struct str user, size_t max,
    struct arena *a, struct chain_end **out, size_t *count, struct err *e)
{
	const struct arg args[] = {
		arg_int(seller), arg_str(user), arg_int((int64_t)max),
	};
	struct chain_end *list;
	struct rows rows;

	TRY(db_rows(db, STMT_USERS_PAGE, args, COUNT(args), a, &rows, e));
	list = arena_many(a, rows.count + 1, struct chain_end);
	for (size_t i = 0; i < rows.count; i++) {
		const struct row *row = row_at(&rows, i);

		list[i] = (struct chain_end){
			.user = row_str(row, 0), .ver = row_int(row, 1),
			.chain_id = row_str(row, 2),
		};
		TRY(digest_take(row_str(row, 3), &list[i].hash, e));
	}
	*out = list;
	*count = rows.count;
	return RC_OK;
}

enum rc
users_gone(struct db *db, uint32_t seller, struct str from, struct str to,
    size_t max, struct arena *a, struct str **out, size_t *count,
    struct err *e)
{
	enum { TABLES = 5, EACH = 3 };
	struct arg args[TABLES * EACH + 1];
	struct rows rows;

	for (size_t i = 0; i < TABLES; i++) {
		args[i * EACH] = arg_int(seller);
		args[i * EACH + 1] = arg_str(from);
		args[i * EACH + 2] = arg_str(to);
	}
	args[TABLES * EACH] = arg_int((int64_t)max);
	TRY(db_rows(db, STMT_USERS_GONE, args, COUNT(args), a, &rows, e));
	*out = arena_many(a, rows.count + 1, struct str);
	for (size_t i = 0; i < rows.count; i++)
		(*out)[i] = row_str(row_at(&rows, i), 0);
	*count = rows.count;
	return RC_OK;
}
