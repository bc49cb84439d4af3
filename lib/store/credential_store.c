/*
 * Rows of credentials.
 */
#include "base/guard.h"
#include "store/credential_store.h"
#include "store/db_inside.h"
#include "store/digest.h"
#include "store/names.h"

const char *const credential_kind_names[CREDENTIAL__COUNT] = {
#define X(id, name)	[CREDENTIAL_##id] = name,
	CREDENTIAL_KINDS(X)
#undef X
};

static enum rc
credential_take(const struct row *row, struct credential *out, struct err *e)
{
	int place;

	TRY(NAME_PLACE(credential_kind_names, row_str(row, 1),
	    "kind of credential", &place, e));
	*out = (struct credential){
		.seller = (uint32_t)row_int(row, 0),
		.kind = (enum credential_kind)place,
		.key_id = row_str(row, 2),
		.user = row_str(row, 3),
		.scopes = row_str(row, 4),
		.label = row_str(row, 5),
		.created_at = row_int(row, 6),
		.expires_at = row_int(row, 7),
		.revoked_at = row_int(row, 8),
		.email = row_str(row, 9),
	};
	return RC_OK;
}

enum rc
credential_find(struct db *db, const struct digest *secret, struct arena *a,
    struct credential *out, bool *found, struct err *e)
{
	const struct arg args[] = { arg_digest(secret) };
	const struct row *row;

	TRY(db_row(db, STMT_CREDENTIAL_FIND, args, COUNT(args), a, &row,
	    found, e));
	return *found ? credential_take(row, out, e) : RC_OK;
}

enum rc
credential_add(struct db *db, const struct digest *secret,
    const struct credential *c, struct err *e)
{
	const struct arg args[] = {
		arg_digest(secret), arg_int(c->seller),
		arg_str(str_of(credential_kind_names[c->kind])),
		arg_str(c->key_id), arg_opt(c->user), arg_str(c->scopes),
		arg_str(c->label), arg_int(c->created_at),
		arg_time(c->expires_at), arg_time(c->revoked_at),
		arg_str(c->email),
	};

	return db_do(db, STMT_CREDENTIAL_ADD, args, COUNT(args), NULL, e);
}

enum rc
credential_revoke(struct db *db, uint32_t seller, struct str key_id,
    int64_t now, bool *found, struct err *e)
{
	const struct arg args[] = {
		arg_int(now), arg_int(seller), arg_str(key_id),
	};
	struct marks	 marks = { .count = 0 };
	int64_t		 count = 0;
	enum rc		 rc;

	TRY(marks_begin(&marks, db->conf, mark_of_credentials(), e));
	rc = db_do(db, STMT_CREDENTIAL_REVOKE, args, COUNT(args), &count, e);
	/* A connection that broke leaves open whether it was done. */
	marks_end(&marks, rc == RC_LOST ? RC_UNSURE : rc);
	*found = count > 0;
	return rc;
}

enum rc
credential_list(struct db *db, uint32_t seller, struct arena *a,
    struct credential **out, size_t *count, struct err *e)
{
	const struct arg args[] = { arg_int(seller) };
	struct rows	 rows;

	TRY(db_rows(db, STMT_CREDENTIAL_LIST, args, COUNT(args), a, &rows,
	    e));
	*out = arena_many(a, rows.count + 1, struct credential);
	for (size_t i = 0; i < rows.count; i++)
		TRY(credential_take(row_at(&rows, i), &(*out)[i], e));
	*count = rows.count;
	return RC_OK;
}

enum rc
credential_prune(struct db *db, uint32_t seller, int64_t before, size_t max,
    int64_t *count, struct err *e)
{
	const struct arg args[] = {
		arg_int(seller), arg_int(before), arg_int((int64_t)max),
	};

	return db_do(db, STMT_CREDENTIAL_PRUNE, args, COUNT(args), count, e);
}
