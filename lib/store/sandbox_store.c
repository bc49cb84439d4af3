/*
 * Rows of sandbox_things and sandbox_events.
 */
#include "base/guard.h"
#include "store/sandbox_store.h"

enum { APPEND_TRIES = 20 };

static enum rc
overtaken(struct err *e)
{
	return err_set(e, RC_BUSY, "Read it again, then try again.",
	    "somebody else changed this object of the sandbox");
}

enum rc
thing_row_put(struct db *db, uint32_t seller, const struct thing_row *t,
    int64_t now, struct err *e)
{
	const struct arg fresh[] = {
		arg_int(seller), arg_str(t->provider), arg_str(t->kind),
		arg_str(t->ref), arg_str(t->parent), arg_int(t->n),
		arg_int(now), arg_str(t->body),
	};
	const struct arg next[] = {
		arg_str(t->parent), arg_int(now), arg_str(t->body),
		arg_int(seller), arg_str(t->provider), arg_str(t->kind),
		arg_str(t->ref), arg_int(t->ver),
	};
	int64_t affected = 0;
	enum rc rc;

	if (t->ver == 0) {
		rc = db_do(db, STMT_THING_ADD, fresh, COUNT(fresh), NULL, e);
		return rc == RC_DUPLICATE ? overtaken(e) : rc;
	}
	TRY(db_do(db, STMT_THING_SET, next, COUNT(next), &affected, e));
	return affected == 1 ? RC_OK : overtaken(e);
}

static void
thing_take(const struct row *row, struct thing_row *t)
{
	t->ref = row_str(row, 0);
	t->parent = row_str(row, 1);
	t->n = row_int(row, 2);
	t->ver = row_int(row, 3);
	t->body = row_str(row, 4);
}

enum rc
thing_row_get(struct db *db, uint32_t seller, struct str provider,
    struct str kind, struct str ref, struct arena *a, struct thing_row *out,
    bool *found, struct err *e)
{
	const struct arg args[] = {
		arg_int(seller), arg_str(provider), arg_str(kind),
		arg_str(ref),
	};
	const struct row *row;

	TRY(db_row(db, STMT_THING_GET, args, COUNT(args), a, &row, found, e));
	*out = (struct thing_row){ .provider = provider, .kind = kind };
	if (*found)
		thing_take(row, out);
	return RC_OK;
}

enum rc
thing_rows_list(struct db *db, uint32_t seller, struct str provider,
    struct str kind, struct str parent, int64_t below, size_t max,
    struct arena *a, struct thing_row **out, size_t *count, struct err *e)
{
	const struct arg all[] = {
		arg_int(seller), arg_str(provider), arg_str(kind),
		arg_int(below), arg_int((int64_t)max),
	};
	const struct arg some[] = {
		arg_int(seller), arg_str(provider), arg_str(kind),
		arg_str(parent), arg_int(below), arg_int((int64_t)max),
	};
	struct rows rows;

	if (parent.len == 0)
		TRY(db_rows(db, STMT_THINGS_NEWEST, all, COUNT(all), a, &rows,
		    e));
	else
		TRY(db_rows(db, STMT_THINGS_OF, some, COUNT(some), a, &rows,
		    e));
	*out = arena_many(a, rows.count + 1, struct thing_row);
	*count = rows.count;
	for (size_t i = 0; i < rows.count; i++) {
		(*out)[i] = (struct thing_row){
			.provider = provider, .kind = kind,
		};
		thing_take(row_at(&rows, i), &(*out)[i]);
	}
	return RC_OK;
}

/* Two that append at once may choose one seq; the later one goes on. */
enum rc
sandbox_event_add(struct db *db, uint32_t seller, struct str provider,
    const struct sandbox_event *ev, struct err *e)
{
	const struct arg args[] = {
		arg_int(seller), arg_str(provider), arg_str(ev->id),
		arg_str(ev->type), arg_int(ev->at), arg_str(ev->body),
		arg_int(seller), arg_str(provider),
	};
	enum rc rc = RC_DUPLICATE;

	for (int i = 0; i < APPEND_TRIES && rc == RC_DUPLICATE; i++)
		rc = db_do(db, STMT_SANDBOX_EVENT_ADD, args, COUNT(args),
		    NULL, e);
	return rc == RC_DUPLICATE ? overtaken(e) : rc;
}

enum rc
sandbox_event_delivered(struct db *db, uint32_t seller, struct str provider,
    struct str id, struct err *e)
{
	const struct arg args[] = {
		arg_int(seller), arg_str(provider), arg_str(id),
	};

	return db_do(db, STMT_SANDBOX_EVENT_DELIVERED, args, COUNT(args),
	    NULL, e);
}

static void
event_take(const struct row *row, struct sandbox_event *ev)
{
	*ev = (struct sandbox_event){
		.seq = row_int(row, 0), .id = row_str(row, 1),
		.type = row_str(row, 2), .at = row_int(row, 3),
		.delivered = row_int(row, 4), .body = row_str(row, 5),
	};
}

enum rc
sandbox_event_get(struct db *db, uint32_t seller, struct str provider,
    struct str id, struct arena *a, struct sandbox_event *out, bool *found,
    struct err *e)
{
	const struct arg args[] = {
		arg_int(seller), arg_str(provider), arg_str(id),
	};
	const struct row *row;

	TRY(db_row(db, STMT_SANDBOX_EVENT_GET, args, COUNT(args), a, &row,
	    found, e));
	*out = (struct sandbox_event){ .seq = 0 };
	if (*found)
		event_take(row, out);
	return RC_OK;
}

enum rc
sandbox_events_list(struct db *db, uint32_t seller, struct str provider,
    const struct event_range *r, struct arena *a, struct sandbox_event **out,
    size_t *count, struct err *e)
{
	const struct arg args[] = {
		arg_int(seller), arg_str(provider), arg_int(r->above),
		arg_int(r->below), arg_int(r->since), arg_int((int64_t)r->max),
	};
	struct rows rows;

	TRY(db_rows(db, r->newest_first ? STMT_SANDBOX_EVENTS_NEWEST :
	    STMT_SANDBOX_EVENTS_OLDEST, args, COUNT(args), a, &rows, e));
	*out = arena_many(a, rows.count + 1, struct sandbox_event);
	*count = rows.count;
	for (size_t i = 0; i < rows.count; i++)
		event_take(row_at(&rows, i), &(*out)[i]);
	return RC_OK;
}
