/*
 * Rows of idempotency: answers by key.
 */
#include "base/guard.h"
#include "store/db_inside.h"
#include "store/digest.h"
#include "store/idempotency.h"

enum rc
idem_find(struct db *db, uint32_t seller, const struct idem *key,
    struct arena *a, struct idem *out, bool *found, struct err *e)
{
	const struct arg args[] = {
		arg_int(seller), arg_str(key->principal),
		arg_str(key->route), arg_str(key->key),
	};
	const struct row *row;
	struct idem	 i = *key;

	TRY(db_row(db, STMT_IDEM_FIND, args, COUNT(args), a, &row, found,
	    e));
	if (!*found)
		return RC_OK;
	TRY(digest_take(row_str(row, 0), &i.body, e));
	i.status = (int)row_int(row, 1);
	i.session = row_str(row, 2);
	i.gap = row_int(row, 3);
	i.answer = row_str(row, 4);
	*out = i;
	return RC_OK;
}

enum rc
idem_store(struct db *db, uint32_t seller, const struct idem *i, int64_t now,
    struct err *e)
{
	const struct arg args[] = {
		arg_int(seller), arg_str(i->principal), arg_str(i->route),
		arg_str(i->key), arg_digest(&i->body), arg_int(i->status),
		arg_str(i->session), arg_int(i->gap), arg_str(i->answer),
		arg_int(now),
	};

	return db_do(db, STMT_IDEM_STORE, args, COUNT(args), NULL, e);
}

enum rc
idem_prune(struct db *db, uint32_t seller, int64_t older_than, size_t max,
    int64_t *count, struct err *e)
{
	const struct arg args[] = {
		arg_int(seller), arg_int(older_than), arg_int((int64_t)max),
	};

	return db_do(db, STMT_IDEM_PRUNE, args, COUNT(args), count, e);
}
