/*
 * Rows of objects and claims.
 */
#include "base/guard.h"
#include "store/db_inside.h"
#include "store/object_store.h"
#include "wire/state_json.h"

/* The five arguments of a key, in the order of OBJECT_AT. */
#define KEY_ARGS(seller, key)						\
	arg_int(seller), arg_str((key)->provider),			\
	arg_str((key)->account),					\
	arg_str(str_of(object_kind_names[(key)->kind])),		\
	arg_str((key)->ref)

enum rc
object_lock(struct db *db, uint32_t seller, const struct object_key *key,
    struct str first_event, int64_t now, struct err *e)
{
	const struct arg args[] = {
		KEY_ARGS(seller, key), arg_str(first_event), arg_int(now),
	};

	return db_later(db, STMT_OBJECT_LOCK, args, COUNT(args), WANT_ANY, e);
}

static struct object_key
key_keep(struct arena *a, const struct object_key *key)
{
	return (struct object_key){
		.provider = arena_keep(a, key->provider),
		.account = arena_keep(a, key->account),
		.kind = key->kind,
		.ref = arena_keep(a, key->ref),
	};
}

enum rc
object_load(struct db *db, uint32_t seller, const struct object_key *key,
    struct arena *a, struct object_row *out, struct err *e)
{
	const struct arg args[] = { KEY_ARGS(seller, key) };
	const struct object_key ours = key_keep(a, key);
	struct object_row o = { 0 };
	const struct row *row;
	bool		 found;

	TRY(db_row(db, STMT_OBJECT_LOAD, args, COUNT(args), a, &row, &found,
	    e));
	if (!found)
		return err_set(e, RC_MISSING, NULL, "no such object");
	object_init(&o.object, &ours);
	o.user = row_str(row, 0);
	o.first_event = row_str(row, 1);
	o.first_seen = row_int(row, 2);
	if (row_str(row, 3).len > 0)
		TRY(object_read(row_str(row, 3), a, &o.object, e));
	*out = o;
	return RC_OK;
}

enum rc
object_save(struct db *db, uint32_t seller, const struct object_row *row,
    struct err *e)
{
	struct arena	*a = db_scratch(db);
	struct str	 facts = STR_NONE;

	TRY(object_write(&row->object, a, &facts, e));
	const struct arg args[] = {
		arg_opt(row->user), arg_int(row->object.paid_at != 0),
		arg_str(facts), KEY_ARGS(seller, &row->object.key),
		arg_str(row->user),
	};

	return db_later(db, STMT_OBJECT_SAVE, args, COUNT(args), 1, e);
}

enum rc
claim_add(struct db *db, uint32_t seller, const struct claim *claim,
    int64_t now, struct err *e)
{
	const struct arg args[] = {
		KEY_ARGS(seller, &claim->key), arg_str(claim->session),
		arg_str(claim->user), arg_int(now),
	};

	return db_later(db, STMT_CLAIM_ADD, args, COUNT(args), WANT_ANY, e);
}

enum rc
claims_of(struct db *db, uint32_t seller, const struct object_key *key,
    struct arena *a, struct claim **out, size_t *count, struct err *e)
{
	const struct arg args[] = { KEY_ARGS(seller, key) };
	const struct object_key ours = key_keep(a, key);
	struct rows	 rows;

	TRY(db_rows(db, STMT_CLAIMS_OF, args, COUNT(args), a, &rows, e));
	*out = arena_many(a, rows.count + 1, struct claim);
	for (size_t i = 0; i < rows.count; i++)
		(*out)[i] = (struct claim){
			.key = ours,
			.session = row_str(row_at(&rows, i), 0),
			.user = row_str(row_at(&rows, i), 1),
		};
	*count = rows.count;
	return RC_OK;
}
