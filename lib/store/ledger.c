/*
 * Rows of audit and outbox: only ever inserted.
 */
#include <stdio.h>

#include "base/guard.h"
#include "store/db_inside.h"
#include "store/digest.h"
#include "store/ledger.h"

enum { NOTICE_ARGS = 8 };	/* of one row of OUTBOX_ADD */

struct digest
audit_hash(const struct digest *prev, uint32_t seller, struct str chain_id,
    const struct record *r)
{
	struct digest	 detail = secret_sha256(r->detail);
	char		 number[3][24];

	snprintf(number[0], sizeof(number[0]), "%u", seller);
	snprintf(number[1], sizeof(number[1]), "%lld", (long long)r->n);
	snprintf(number[2], sizeof(number[2]), "%lld", (long long)r->at);
	const struct str fields[] = {
		digest_str(prev), str_of(number[0]), chain_id,
		str_of(number[1]), str_of(number[2]), r->actor, r->action,
		r->cause, r->request, digest_str(&detail),
	};

	return secret_sha256_fields(fields, COUNT(fields));
}

enum rc
audit_append(struct db *db, uint32_t seller, const struct user_row *user,
    const struct record *r, struct digest *hash, struct err *e)
{
	struct digest	 now = audit_hash(&user->audit_hash, seller,
			    user->chain_id, r);
	const struct arg args[] = {
		arg_int(seller), arg_str(user->user), arg_int(r->n),
		arg_int(r->at), arg_str(r->actor), arg_str(r->action),
		arg_str(r->cause), arg_str(r->request), arg_str(r->detail),
		arg_digest(&user->audit_hash), arg_digest(&now),
	};

	TRY(db_later(db, STMT_AUDIT_APPEND, args, COUNT(args), 1, e));
	*hash = now;
	return RC_OK;
}

static enum rc
outbox_add(struct db *db, uint32_t seller, struct str user, int64_t ver,
    int64_t at, const struct notice *notice, size_t part, size_t count,
    struct err *e)
{
	struct arg	 args[STMT_ROWS_MAX * NOTICE_ARGS];

	for (size_t i = 0; i < count; i++) {
		const struct arg row[NOTICE_ARGS] = {
			arg_int(seller), arg_str(user), arg_int(ver),
			arg_int((int64_t)(part + i)),
			arg_str(notice[i].event_id),
			arg_str(notice[i].type), arg_int(at),
			arg_str(notice[i].data),
		};

		memcpy(args + i * NOTICE_ARGS, row, sizeof(row));
	}
	return db_later(db, (enum stmt)(STMT_OUTBOX_ADD_1 + count - 1), args,
	    count * NOTICE_ARGS, (int64_t)count, e);
}

enum rc
outbox_append(struct db *db, uint32_t seller, struct str user, int64_t ver,
    int64_t at, const struct notice *notices, size_t count, struct err *e)
{
	for (size_t part = 0; part < count; part += STMT_ROWS_MAX) {
		size_t n = count - part;

		if (n > STMT_ROWS_MAX)
			n = STMT_ROWS_MAX;
		TRY(outbox_add(db, seller, user, ver, at, notices + part,
		    part, n, e));
	}
	return RC_OK;
}
