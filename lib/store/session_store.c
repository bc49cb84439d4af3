/*
 * Rows of sessions.
 */
#include "base/guard.h"
#include "store/db_inside.h"
#include "store/names.h"
#include "store/session_store.h"
#include "store/user_row.h"
#include "wire/state_json.h"

/* For lists and counts: the tier, or the first of the add-ons. */
static struct str
target_of(const struct terms *t)
{
	return t->tier.len == 0 && t->addon_count > 0 ? t->addons[0] : t->tier;
}

/* The user id while the session is open: its key lets only one be. */
static struct arg
slot_of(const struct session *s)
{
	return session_final(s->state) ? arg_null() : arg_str(s->terms.user);
}

enum rc
session_insert(struct db *db, uint32_t seller, const struct session *s,
    struct err *e)
{
	struct arena	*a = db_scratch(db);
	struct str	 terms = STR_NONE;

	TRY(terms_write(&s->terms, a, &terms, e));
	const struct arg args[] = {
		arg_int(seller), arg_str(s->terms.user), slot_of(s),
		arg_str(target_of(&s->terms)),
		arg_int(s->version), arg_int(s->livemode),
		arg_int(s->created_at), arg_int(s->expires_at),
		arg_time(s->ended_at), arg_str(s->id),
		arg_str(str_of(session_state_names[s->state])),
		arg_str(str_of(payment_state_names[s->payment])),
		arg_str(str_of(session_reason_names[s->reason])),
		arg_str(s->from_tier), arg_str(terms), arg_str(s->delta),
		arg_str(s->provider), arg_str(s->price),
		arg_str(s->success_url), arg_str(s->cancel_url),
	};

	return db_do(db, STMT_SESSION_INSERT, args, COUNT(args), NULL, e);
}

static enum rc
states_take(const struct row *row, size_t texts, struct session *s,
    struct err *e)
{
	int state, payment, reason;

	TRY(NAME_PLACE(session_state_names, row_str(row, texts + 1),
	    "state of a session", &state, e));
	TRY(NAME_PLACE(payment_state_names, row_str(row, texts + 2),
	    "state of a payment", &payment, e));
	TRY(NAME_PLACE(session_reason_names, row_str(row, texts + 3),
	    "reason of a session", &reason, e));
	s->state = (enum session_state)state;
	s->payment = (enum payment_state)payment;
	s->reason = (enum session_reason)reason;
	return RC_OK;
}

enum rc
session_row_take(const struct row *row, size_t ints, size_t texts,
    struct str user, struct arena *a, struct session *out, struct err *e)
{
	struct session	 s = {
		.version = row_int(row, ints),
		.livemode = row_int(row, ints + 1) != 0,
		.created_at = row_int(row, ints + 2),
		.expires_at = row_int(row, ints + 3),
		.ended_at = row_int(row, ints + 4),
		.id = row_str(row, texts),
		.from_tier = row_str(row, texts + 4),
		.delta = row_str(row, texts + 6),
		.provider = row_str(row, texts + 7),
		.price = row_str(row, texts + 8),
		.success_url = row_str(row, texts + 9),
		.cancel_url = row_str(row, texts + 10),
	};

	TRY(states_take(row, texts, &s, e));
	TRY(terms_read(row_str(row, texts + 5), a, &s.terms, e));
	s.terms.session = s.id;
	s.terms.user = user;
	*out = s;
	return RC_OK;
}

enum { OWN_TEXTS = 5, OWN_USER = 16 };	/* columns of SESSION_READ */

static enum rc
read_one(struct db *db, enum stmt stmt, const struct arg *args, size_t count,
    struct arena *a, struct session *out, bool *found, struct err *e)
{
	const struct row *row;

	TRY(db_row(db, stmt, args, count, a, &row, found, e));
	if (!*found)
		return RC_OK;
	return session_row_take(row, 0, OWN_TEXTS, row_str(row, OWN_USER), a,
	    out, e);
}

enum rc
session_read(struct db *db, uint32_t seller, struct str id, struct arena *a,
    struct session *out, bool *found, struct err *e)
{
	const struct arg args[] = { arg_int(seller), arg_str(id) };

	return read_one(db, STMT_SESSION_READ, args, COUNT(args), a, out,
	    found, e);
}

enum rc
session_read_of(struct db *db, uint32_t seller, struct str user,
    struct str id, struct arena *a, struct session *out, bool *found,
    struct err *e)
{
	const struct arg args[] = {
		arg_int(seller), arg_str(id), arg_str(user),
	};

	return read_one(db, STMT_SESSION_READ_OF, args, COUNT(args), a, out,
	    found, e);
}

enum rc
session_move(struct db *db, uint32_t seller, const struct session *s,
    struct err *e)
{
	const struct arg args[] = {
		arg_str(str_of(session_state_names[s->state])),
		arg_str(str_of(payment_state_names[s->payment])),
		arg_str(str_of(session_reason_names[s->reason])),
		arg_int(s->version), arg_time(s->ended_at), slot_of(s),
		arg_int(seller), arg_str(s->id),
	};

	return db_later(db, STMT_SESSION_MOVE, args, COUNT(args), 1, e);
}

enum rc
session_list(struct db *db, uint32_t seller, struct str user,
    enum session_state state, size_t max, struct arena *a,
    struct session **out, size_t *count, struct err *e)
{
	bool		 any = state == SESSION__COUNT;
	struct arg	 args[5];
	size_t		 n = 0;
	struct rows	 rows;

	args[n++] = arg_int(seller);
	if (user.len > 0)
		args[n++] = arg_str(user);
	args[n++] = arg_int(any);
	args[n++] = arg_str(any ? STR_NONE :
	    str_of(session_state_names[state]));
	args[n++] = arg_int((int64_t)max);
	TRY(db_rows(db, user.len > 0 ? STMT_SESSIONS_OF_USER :
	    STMT_SESSIONS_NEWEST, args, n, a, &rows, e));
	*out = arena_many(a, rows.count + 1, struct session);
	for (size_t i = 0; i < rows.count; i++)
		TRY(session_row_take(row_at(&rows, i), 0, OWN_TEXTS,
		    row_str(row_at(&rows, i), OWN_USER), a, &(*out)[i], e));
	*count = rows.count;
	return RC_OK;
}

enum rc
sessions_stale(struct db *db, uint32_t seller, int64_t now, size_t max,
    struct arena *a, struct str **users, size_t *count, struct err *e)
{
	const struct arg args[] = {
		arg_int(seller), arg_int(now), arg_int((int64_t)max),
	};
	struct rows	 rows;

	TRY(db_rows(db, STMT_SESSIONS_STALE, args, COUNT(args), a, &rows, e));
	*users = arena_many(a, rows.count + 1, struct str);
	for (size_t i = 0; i < rows.count; i++)
		(*users)[i] = row_str(row_at(&rows, i), 0);
	*count = rows.count;
	return RC_OK;
}
