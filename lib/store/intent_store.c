/*
 * Rows of intents.
 */
#include "base/guard.h"
#include "store/db_inside.h"
#include "store/intent_store.h"
#include "store/names.h"

#define X(id, name)	[INTENT_##id] = (name),
const char *const intent_state_names[INTENT__COUNT] = { INTENT_STATES(X) };
#undef X

enum rc
intent_lock(struct db *db, uint32_t seller, const struct intent *first,
    int64_t now, struct err *e)
{
	const struct arg args[] = {
		arg_int(seller), arg_str(first->session),
		arg_str(first->subject.account), arg_str(first->subject.ref),
		arg_str(first->replaces), arg_int(now),
		arg_opt(first->email), arg_time(first->email_until),
	};

	return db_later(db, STMT_INTENT_LOCK, args, COUNT(args), WANT_ANY, e);
}

/* The kind of what was made; a row that names nothing has none. */
static enum rc
made_take(const struct row *row, struct str provider, struct object_key *out,
    struct err *e)
{
	int place;

	*out = (struct object_key){ .provider = provider };
	if (row_str(row, 11).len == 0)
		return RC_OK;
	TRY(NAME_PLACE(object_kind_names, row_str(row, 9),
	    "kind of an object", &place, e));
	out->kind = (enum object_kind)place;
	out->account = row_str(row, 10);
	out->ref = row_str(row, 11);
	return RC_OK;
}

enum rc
intent_read(struct db *db, uint32_t seller, struct str session,
    struct str provider, struct arena *a, struct intent *out, bool *found,
    struct err *e)
{
	const struct arg args[] = { arg_int(seller), arg_str(session) };
	const struct row *row;
	struct intent	 i;
	int		 place;

	TRY(db_row(db, STMT_INTENT_READ, args, COUNT(args), a, &row, found,
	    e));
	if (!*found)
		return RC_OK;
	TRY(NAME_PLACE(intent_state_names, row_str(row, 7),
	    "state of an intent", &place, e));
	i = (struct intent){
		.session = session,
		.subject = { provider, row_str(row, 0), OBJECT_SUBSCRIPTION,
		    row_str(row, 1) },
		.replaces = row_str(row, 2), .quoted_at = row_int(row, 3),
		.lease_until = row_int(row, 4),
		.lease_owner = row_str(row, 5), .declined = row_int(row, 6),
		.state = (enum intent_state)place, .url = row_str(row, 8),
		.close_at = row_int(row, 12), .close_tries = row_int(row, 13),
		.email = row_str(row, 14), .email_until = row_int(row, 15),
		.opened_at = row_int(row, 16),
	};
	TRY(made_take(row, provider, &i.made, e));
	*out = i;
	return RC_OK;
}

enum rc
intent_save(struct db *db, uint32_t seller, const struct intent *i,
    struct err *e)
{
	const struct arg args[] = {
		arg_time(i->quoted_at), arg_time(i->lease_until),
		arg_str(i->lease_owner), arg_int(i->declined),
		arg_str(str_of(intent_state_names[i->state])),
		arg_str(i->url), arg_str(i->made.ref.len == 0 ? STR_NONE :
		    str_of(object_kind_names[i->made.kind])),
		arg_str(i->made.account), arg_str(i->made.ref),
		arg_time(i->close_at), arg_int(i->close_tries),
		arg_time(i->opened_at),
		arg_int(seller), arg_str(i->session),
	};

	return db_later(db, STMT_INTENT_SAVE, args, COUNT(args), 1, e);
}

enum rc
intent_close_want(struct db *db, uint32_t seller, struct str session,
    int64_t now, struct err *e)
{
	const struct arg args[] = {
		arg_int(now), arg_int(seller), arg_str(session),
	};

	return db_later(db, STMT_INTENT_CLOSE, args, COUNT(args), WANT_ANY,
	    e);
}

enum rc
intents_to_close(struct db *db, uint32_t seller, int64_t now, size_t max,
    struct arena *a, struct str **sessions, size_t *count, struct err *e)
{
	const struct arg args[] = {
		arg_int(seller), arg_int(now), arg_int((int64_t)max),
	};
	struct rows	 rows;

	TRY(db_rows(db, STMT_INTENTS_TO_CLOSE, args, COUNT(args), a, &rows,
	    e));
	*sessions = arena_many(a, rows.count + 1, struct str);
	for (size_t i = 0; i < rows.count; i++)
		(*sessions)[i] = row_str(row_at(&rows, i), 0);
	*count = rows.count;
	return RC_OK;
}

enum rc
intents_of_email(struct db *db, uint32_t seller, struct str email,
    size_t max, struct arena *a, struct opened_row **out, size_t *count,
    struct err *e)
{
	const struct arg args[] = {
		arg_int(seller), arg_str(email), arg_int((int64_t)max),
	};
	struct rows	 rows;

	TRY(db_rows(db, STMT_INTENTS_OF_EMAIL, args, COUNT(args), a, &rows,
	    e));
	*out = arena_many(a, rows.count + 1, struct opened_row);
	for (size_t i = 0; i < rows.count; i++)
		(*out)[i] = (struct opened_row){
			.session = row_str(row_at(&rows, i), 0),
			.opened_at = row_int(row_at(&rows, i), 1),
		};
	*count = rows.count;
	return RC_OK;
}

enum rc
intents_forget(struct db *db, uint32_t seller, int64_t now, size_t max,
    int64_t *count, struct err *e)
{
	const struct arg args[] = {
		arg_int(seller), arg_int(now), arg_int((int64_t)max),
	};

	return db_do(db, STMT_INTENTS_FORGET, args, COUNT(args), count, e);
}
