/*
 * Pins and moves.
 */
#include "base/guard.h"
#include "store/move_store.h"

enum rc
buyers_after(struct db *db, uint32_t seller, struct str after, size_t max,
    struct arena *a, struct str **out, size_t *count, struct err *e)
{
	const struct arg args[] = {
		arg_int(seller), arg_str(after), arg_int((int64_t)max),
	};
	struct rows rows;

	TRY(db_rows(db, STMT_BUYERS_PAGE, args, COUNT(args), a, &rows, e));
	*out = arena_many(a, rows.count + 1, struct str);
	for (size_t i = 0; i < rows.count; i++)
		(*out)[i] = row_str(row_at(&rows, i), 0);
	*count = rows.count;
	return RC_OK;
}

enum rc
pinned_count(struct db *db, uint32_t seller, struct arena *a,
    struct pinned **out, size_t *count, struct err *e)
{
	const struct arg args[] = { arg_int(seller) };
	struct rows rows;

	TRY(db_rows(db, STMT_PINNED_COUNT, args, COUNT(args), a, &rows, e));
	*out = arena_many(a, rows.count + 1, struct pinned);
	for (size_t i = 0; i < rows.count; i++)
		(*out)[i] = (struct pinned){
			row_int(row_at(&rows, i), 0),
			row_int(row_at(&rows, i), 1),
		};
	*count = rows.count;
	return RC_OK;
}

enum rc
move_add(struct db *db, uint32_t seller, const struct move *m, struct err *e)
{
	const struct arg args[] = {
		arg_int(seller), arg_str(m->id), arg_int(m->version),
		arg_int(m->undo), arg_int(m->users), arg_str(m->operator),
		arg_int(m->at),
	};

	return db_do(db, STMT_MOVE_ADD, args, COUNT(args), NULL, e);
}

enum rc
moves_list(struct db *db, uint32_t seller, struct arena *a,
    struct move **out, size_t *count, struct err *e)
{
	const struct arg args[] = { arg_int(seller) };
	struct rows rows;

	TRY(db_rows(db, STMT_MOVES_LIST, args, COUNT(args), a, &rows, e));
	*out = arena_many(a, rows.count + 1, struct move);
	for (size_t i = 0; i < rows.count; i++) {
		const struct row *row = row_at(&rows, i);

		(*out)[i] = (struct move){
			.at = row_int(row, 0), .version = row_int(row, 1),
			.undo = row_int(row, 2) != 0,
			.users = row_int(row, 3), .operator = row_str(row, 4),
		};
	}
	*count = rows.count;
	return RC_OK;
}

enum rc
matrices_list(struct db *db, uint32_t seller, struct arena *a,
    struct applied **out, size_t *count, struct err *e)
{
	const struct arg args[] = { arg_int(seller) };
	struct rows rows;

	TRY(db_rows(db, STMT_MATRIX_LIST, args, COUNT(args), a, &rows, e));
	*out = arena_many(a, rows.count + 1, struct applied);
	for (size_t i = 0; i < rows.count; i++) {
		const struct row *row = row_at(&rows, i);

		(*out)[i] = (struct applied){
			row_int(row, 0), row_int(row, 1), row_str(row, 2),
		};
	}
	*count = rows.count;
	return RC_OK;
}
