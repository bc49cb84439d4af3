/*
 * The row of a user: locked by writing, read, closed.
 */
#include "base/guard.h"
#include "store/db_inside.h"
#include "store/digest.h"
#include "store/user_row.h"
#include "store/world.h"

enum rc
user_lock(struct db *db, uint32_t seller, struct str user,
    struct str chain_id, int64_t now, struct err *e)
{
	const struct arg args[] = {
		arg_int(seller), arg_str(user), arg_int(now),
		arg_str(chain_id),
	};

	TRY(marks_begin(&db->marks, db->conf, mark_of_user(seller, user), e));
	return db_later(db, STMT_USER_LOCK, args, COUNT(args), WANT_ANY, e);
}

enum rc
user_row_take(const struct row *row, size_t ints, size_t texts,
    struct str user, struct user_row *out, struct err *e)
{
	struct user_row	 u = {
		.exists = true,
		.user = user,
		.ver = row_int(row, ints),
		.due_at = row_int(row, ints + 1),
		.matrix_version = row_int(row, ints + 2),
		.follows_newest = row_int(row, ints + 3) != 0,
		.derived_under = row_int(row, ints + 4),
		.updated_at = row_int(row, ints + 5),
		.holding = row_str(row, texts),
		.document = row_str(row, texts + 1),
		.chain_id = row_str(row, texts + 2),
	};

	TRY(digest_take(row_str(row, texts + 3), &u.audit_hash, e));
	*out = u;
	return RC_OK;
}

enum rc
user_read(struct db *db, uint32_t seller, struct str user, struct arena *a,
    struct user_row *out, struct err *e)
{
	const struct arg args[] = { arg_int(seller), arg_str(user) };
	const struct row *row;
	bool		 found;

	TRY(db_row(db, STMT_USER_READ, args, COUNT(args), a, &row, &found,
	    e));
	if (found)
		return user_row_take(row, 0, 6, arena_keep(a, user), out, e);
	*out = (struct user_row){ .user = arena_keep(a, user) };
	return RC_OK;
}

enum rc
user_close(struct db *db, uint32_t seller, const struct user_row *u,
    struct err *e)
{
	const struct arg args[] = {
		arg_int(u->ver), arg_time(u->due_at),
		arg_int(u->matrix_version), arg_int(u->follows_newest),
		arg_int(u->derived_under), arg_int(u->updated_at),
		arg_str(u->holding), arg_str(u->document),
		arg_digest(&u->audit_hash),
		arg_int(seller), arg_str(u->user),
		arg_int(u->ver), arg_int(u->ver),
	};

	return db_later(db, STMT_USER_CLOSE, args, COUNT(args), 1, e);
}

enum rc
users_due(struct db *db, uint32_t seller, int64_t now,
    const struct catalog *c, size_t max, struct arena *a, struct str **out,
    size_t *count, struct err *e)
{
	const struct arg args[] = {
		arg_int(seller), arg_int(now), arg_int((int64_t)max),
		arg_int(seller), arg_int(catalog_newest(c)->version),
		arg_int((int64_t)max), arg_int(seller), arg_int(c->switched),
		arg_int((int64_t)max), arg_int((int64_t)max),
	};
	struct rows	 rows;

	TRY(db_rows(db, STMT_USERS_DUE, args, COUNT(args), a, &rows, e));
	*out = arena_many(a, rows.count + 1, struct str);
	for (size_t i = 0; i < rows.count; i++)
		(*out)[i] = row_str(row_at(&rows, i), 0);
	*count = rows.count;
	return RC_OK;
}
