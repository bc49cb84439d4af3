/*
 * Rows of counters: what is in use, and taking from a limit.
 */
#include "base/guard.h"
#include "core/meter.h"
#include "store/db_inside.h"
#include "store/usage_inside.h"

enum rc
usage_rows(struct db *db, uint32_t seller, struct str user, int64_t now,
    struct arena *a, struct usage **out, size_t *count, struct err *e)
{
	const struct arg args[] = {
		arg_int(now), arg_int(seller), arg_str(user), arg_int(now),
	};
	struct usage	*list;
	struct rows	 rows;

	TRY(db_rows(db, STMT_USAGE_OF, args, COUNT(args), a, &rows, e));
	list = arena_many(a, rows.count + 1, struct usage);
	for (size_t i = 0; i < rows.count; i++)
		list[i] = (struct usage){
			row_str(row_at(&rows, i), 0),
			row_int(row_at(&rows, i), 1),
			row_int(row_at(&rows, i), 2),
		};
	*out = list;
	*count = rows.count;
	return RC_OK;
}

enum rc
usage_of(struct db *db, uint32_t seller, struct str user, int64_t now,
    struct arena *a, struct usage **out, size_t *count, struct err *e)
{
	struct usage	*list;
	size_t		 rows = 0, n = 0;

	TRY(usage_rows(db, seller, user, now, a, &list, &rows, e));
	for (size_t i = 0; i < rows; i++) {
		if (n == 0 || !str_eq(list[n - 1].limit, list[i].limit))
			n++;
		list[n - 1] = list[i];
	}
	*out = list;
	*count = n;
	return RC_OK;
}

enum rc
counter_read(struct db *db, const struct counter_key *at, int64_t now,
    struct arena *a, struct counter *out, struct err *e)
{
	const struct arg args[] = {
		arg_int(now), arg_int(at->seller), arg_str(at->user),
		arg_str(at->limit), arg_int(at->window),
	};
	const struct row *row;
	bool		 found;

	TRY(db_row(db, STMT_COUNTER_READ, args, COUNT(args), a, &row, &found,
	    e));
	*out = (struct counter){ .fits = true };
	if (found)
		*out = (struct counter){
			.used = row_int(row, 0),
			.has_holds = row_int(row, 1) != 0,
			.held = row_int(row, 2),
			.fits = row_int(row, 3) != 0,
		};
	return RC_OK;
}

enum rc
counter_lock(struct db *db, const struct counter_key *at, struct err *e)
{
	const struct arg args[] = {
		arg_int(at->seller), arg_str(at->user), arg_str(at->limit),
		arg_int(at->window),
	};

	return db_later(db, STMT_COUNTER_LOCK, args, COUNT(args), WANT_ANY,
	    e);
}

enum rc
counter_set(struct db *db, const struct counter_key *at, int64_t used,
    int64_t held, struct err *e)
{
	const struct arg args[] = {
		arg_int(used), arg_int(held), arg_int(at->seller),
		arg_str(at->user), arg_str(at->limit), arg_int(at->window),
	};

	return db_later(db, STMT_COUNTER_SET, args, COUNT(args), 1, e);
}

int64_t
counter_sum(int64_t used, int64_t more)
{
	return more < COUNT_MOST - used ? used + more : COUNT_MOST;
}

enum rc
usage_read(struct db *db, const struct counter_key *at, int64_t now,
    struct arena *a, int64_t *used, struct err *e)
{
	struct counter	 c;

	TRY(counter_read(db, at, now, a, &c, e));
	*used = counter_sum(c.used, c.held);
	return RC_OK;
}

/* --- taking ------------------------------------------------------------ */

/* Beyond what can be counted nothing is refused that was not before. */
static int64_t
bound(const struct taking *t)
{
	return t->most >= COUNT_MOST ? INT64_MAX : t->most;
}

static bool
room(const struct taking *t, const struct counter *c)
{
	return t->most >= COUNT_MOST ||
	    (c->used <= t->most && c->held <= t->most - c->used &&
	    t->amount <= t->most - c->used - c->held);
}

/* The one statement decides; its transaction reads what it came to. */
static enum rc
take_at_once(struct db *db, const struct taking *t, struct arena *a,
    struct counter *c, struct err *e)
{
	const struct arg amount = arg_int(t->amount);
	const struct arg most = arg_int(bound(t));
	const struct arg args[] = {
		arg_int(t->at.seller), arg_str(t->at.user),
		arg_str(t->at.limit), arg_int(t->at.window), amount,
		amount, most, amount, most, amount, arg_int(COUNT_MOST),
	};

	TRY(db_later(db, STMT_COUNTER_TAKE, args, COUNT(args), WANT_ANY, e));
	return counter_read(db, &t->at, t->now, a, c, e);
}

static enum rc
hold_add(struct db *db, const struct taking *t, struct err *e)
{
	const struct arg args[] = {
		arg_int(t->at.seller), arg_str(t->at.user), arg_str(t->hold),
		arg_str(t->at.limit), arg_int(t->at.window),
		arg_int(t->amount), arg_int(t->expires_at),
	};

	return db_do(db, STMT_HOLD_ADD, args, COUNT(args), NULL, e);
}

/* Where holds are, the lock comes first and what still counts is summed. */
static enum rc
take_locked(struct db *db, const struct taking *t, struct arena *a,
    struct counter *c, struct err *e)
{
	TRY(counter_lock(db, &t->at, e));
	TRY(counter_read(db, &t->at, t->now, a, c, e));
	c->fits = room(t, c);
	if (!c->fits)
		return RC_OK;
	if (t->hold.len > 0) {
		TRY(hold_add(db, t, e));
		c->held = counter_sum(c->held, t->amount);
	} else
		c->used = counter_sum(c->used, t->amount);
	return counter_set(db, &t->at, c->used, c->held, e);
}

/* A look first: who is at the limit asks often, and must not write. */
enum rc
usage_take(struct db *db, struct taking *t, struct arena *a, struct err *e)
{
	struct counter	 c;

	TRY(counter_read(db, &t->at, t->now, a, &c, e));
	c.fits = room(t, &c);
	if (c.fits && t->amount > 0) {
		if (t->hold.len == 0 && !c.has_holds)
			TRY(take_at_once(db, t, a, &c, e));
		else
			TRY(take_locked(db, t, a, &c, e));
	}
	t->fits = c.fits;
	t->used = counter_sum(c.used, c.held);
	return RC_OK;
}

enum rc
usage_prune(struct db *db, uint32_t seller, int64_t older_than, size_t max,
    int64_t *count, struct err *e)
{
	const struct arg args[] = {
		arg_int(seller), arg_int(older_than), arg_int((int64_t)max),
	};
	int64_t		 counters = 0, holds = 0;

	TRY(db_do(db, STMT_COUNTER_PRUNE, args, COUNT(args), &counters, e));
	TRY(db_do(db, STMT_HOLD_PRUNE, args, COUNT(args), &holds, e));
	*count = counters > holds ? counters : holds;
	return RC_OK;
}
