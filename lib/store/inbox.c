/*
 * Rows of inbox: deliveries, each once for ever.
 */
#include <stdlib.h>

#include "base/guard.h"
#include "store/db_inside.h"
#include "store/digest.h"
#include "store/inbox.h"
#include "store/names.h"

const char *const inbox_state_names[INBOX__COUNT] = {
#define X(id, name)	[INBOX_##id] = name,
	INBOX_STATES(X)
#undef X
};

/* The four arguments of a delivery's key, in the order of EVENT_AT. */
#define EVENT_ARGS(seller, d)						\
	arg_int(seller), arg_str((d)->provider),			\
	arg_str((d)->account), arg_str((d)->event_id)

static enum rc
is_same(struct db *db, uint32_t seller, const struct delivery *d, bool *same,
    struct err *e)
{
	const struct arg args[] = { EVENT_ARGS(seller, d) };
	const struct row *row;
	struct digest	 before;
	bool		 found;

	TRY(db_row(db, STMT_INBOX_DIGEST, args, COUNT(args), db_scratch(db),
	    &row, &found, e));
	if (!found)	/* its transaction ended otherwise just now */
		return err_set(e, RC_BUSY, NULL, "a delivery came and went");
	TRY(digest_take(row_str(row, 0), &before, e));
	*same = secret_same(&before, &d->digest);
	return RC_OK;
}

enum rc
inbox_claim(struct db *db, uint32_t seller, const struct delivery *d,
    bool *same, struct err *e)
{
	const struct arg args[] = {
		EVENT_ARGS(seller, d), arg_digest(&d->digest),
		arg_str(d->type),
		arg_str(str_of(inbox_state_names[d->state])),
		arg_str(d->why), arg_str(d->kind), arg_str(d->ref),
		arg_opt(d->user), arg_int(d->livemode),
		arg_int(d->happened_at), arg_int(d->first_seen),
		arg_str(d->body),
	};
	struct err	 why;
	enum rc		 rc;

	rc = db_do(db, STMT_INBOX_CLAIM, args, COUNT(args), NULL, e);
	if (rc != RC_DUPLICATE)
		return rc;
	if ((rc = is_same(db, seller, d, same, &why)) != RC_OK) {
		*e = why;
		return rc;
	}
	return RC_DUPLICATE;
}

enum rc
inbox_conflict(struct db *db, uint32_t seller, const struct delivery *d,
    struct err *e)
{
	const struct arg args[] = {
		EVENT_ARGS(seller, d), arg_digest(&d->digest),
		arg_int(d->first_seen), arg_str(d->body),
	};

	return db_later(db, STMT_INBOX_CONFLICT, args, COUNT(args), WANT_ANY,
	    e);
}

enum rc
inbox_restate(struct db *db, uint32_t seller, const struct delivery *d,
    struct err *e)
{
	const struct arg args[] = {
		arg_str(d->type),
		arg_str(str_of(inbox_state_names[d->state])),
		arg_str(d->why), arg_str(d->kind), arg_str(d->ref),
		arg_opt(d->user), EVENT_ARGS(seller, d),
	};

	return db_later(db, STMT_INBOX_RESTATE, args, COUNT(args), WANT_ANY,
	    e);
}

enum rc
inbox_release(struct db *db, uint32_t seller, const struct object_key *key,
    struct str user, struct str why, struct err *e)
{
	const struct arg args[] = {
		arg_int(seller), arg_str(key->provider),
		arg_str(key->account),
		arg_str(str_of(object_kind_names[key->kind])),
		arg_str(key->ref), arg_str(user), arg_str(why),
	};

	return db_later(db, STMT_INBOX_RELEASE, args, COUNT(args), WANT_ANY,
	    e);
}

enum rc
inbox_give(struct db *db, uint32_t seller, const struct object_key *key,
    struct str user, struct err *e)
{
	const struct arg args[] = {
		arg_str(user), arg_int(seller), arg_str(key->provider),
		arg_str(key->account),
		arg_str(str_of(object_kind_names[key->kind])),
		arg_str(key->ref),
	};

	return db_later(db, STMT_INBOX_GIVE, args, COUNT(args), WANT_ANY, e);
}

static enum rc
delivery_take(const struct row *row, struct delivery *out, struct err *e)
{
	int place;

	TRY(NAME_PLACE(inbox_state_names, row_str(row, 4),
	    "state of a delivery", &place, e));
	*out = (struct delivery){
		.provider = row_str(row, 0), .account = row_str(row, 1),
		.event_id = row_str(row, 2), .type = row_str(row, 3),
		.state = (enum inbox_state)place, .why = row_str(row, 5),
		.livemode = row_int(row, 6) != 0,
		.happened_at = row_int(row, 7),
		.first_seen = row_int(row, 8), .body = row_str(row, 9),
		.kind = row_str(row, 10), .ref = row_str(row, 11),
		.user = row_str(row, 12),
	};
	return RC_OK;
}

enum rc
inbox_read(struct db *db, uint32_t seller, const struct delivery *key,
    struct arena *a, struct delivery *out, bool *found, struct err *e)
{
	const struct arg args[] = { EVENT_ARGS(seller, key) };
	const struct row *row;

	TRY(db_row(db, STMT_INBOX_READ, args, COUNT(args), a, &row, found,
	    e));
	return *found ? delivery_take(row, out, e) : RC_OK;
}

static int
by_age(const void *left, const void *right)
{
	const struct delivery *a = left, *b = right;

	return (a->first_seen < b->first_seen) -
	    (a->first_seen > b->first_seen);
}

enum rc
inbox_list(struct db *db, uint32_t seller, const struct inbox_query *q,
    struct arena *a, struct delivery **out, size_t *count, struct err *e)
{
	struct delivery *all = arena_many(a,
	    (size_t)q->most * INBOX__COUNT + 1, struct delivery);
	size_t n = 0;

	for (enum inbox_state state = 0; state < INBOX__COUNT; state++) {
		const struct arg args[] = {
			arg_int(seller),
			arg_str(str_of(inbox_state_names[state])),
			arg_int(q->since), arg_str(q->provider),
			arg_str(q->provider), arg_str(q->user),
			arg_str(q->user), arg_int(q->most),
		};
		struct rows rows;

		if (q->state != INBOX__COUNT && q->state != state)
			continue;
		TRY(db_rows(db, STMT_INBOX_LIST, args, COUNT(args), a, &rows,
		    e));
		for (size_t i = 0; i < rows.count; i++)
			TRY(delivery_take(row_at(&rows, i), &all[n++], e));
	}
	qsort(all, n, sizeof(*all), by_age);
	*out = all;
	*count = n < (size_t)q->most ? n : (size_t)q->most;
	return RC_OK;
}

enum rc
inbox_of_user(struct db *db, uint32_t seller, struct str user, size_t max,
    struct arena *a, struct delivery **out, size_t *count, struct err *e)
{
	const struct arg args[] = {
		arg_int(seller), arg_str(user), arg_int((int64_t)max),
	};
	struct rows rows;

	TRY(db_rows(db, STMT_INBOX_OF_USER, args, COUNT(args), a, &rows, e));
	*out = arena_many(a, rows.count + 1, struct delivery);
	for (size_t i = 0; i < rows.count; i++)
		TRY(delivery_take(row_at(&rows, i), &(*out)[i], e));
	*count = rows.count;
	return RC_OK;
}
