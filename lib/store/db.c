/*
 * The handle: transactions, statements outside of them, and what is saved on
 * the way to the server.
 *
 * A wait for the server costs more than the statement (a tenth of a
 * millisecond each), so three waits that others have do not exist here:
 *
 * BEGIN.  tx_run switches the connection to autocommit = 0 once and leaves it
 * there, so that every statement is in a transaction by itself.  (Sending
 * START TRANSACTION along with the first statement would cost no wait either,
 * but should it fail alone, the statement would be kept alone.)  A read
 * outside tx_run then opens a transaction, which under READ COMMITTED holds
 * no snapshot and no row lock, but would keep a migration waiting: so a
 * COMMIT is sent behind it and its answer read with the next statement's.
 * After four such reads in a row the connection goes back to autocommit = 1,
 * which is where programs that only read stay.
 *
 * Answers that say nothing.  db_later() sends a write and goes on; the server
 * works through them in order.  Their answers are read before the rows of the
 * next read are, and always before COMMIT is sent.  If one failed, the handle
 * is poisoned then, and all that was sent behind it is rolled back with it.
 *
 * ROLLBACK.  Sent, its answer read with the next statement's.
 *
 * What remains is one wait for each read, for each write whose duplicate is
 * an answer (a claim), for the last of the writes, and for COMMIT.
 */
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/guard.h"
#include "base/limits.h"
#include "store/db_inside.h"

/* One statement and where its answer goes. */
struct call {
	enum stmt	 stmt;
	const struct arg *args;
	size_t		 count;
	struct arena	*arena;		/* of rows; NULL: a write */
	struct rows	*rows;
	int64_t		 affected;
};

struct db *
db_new(const struct conf *conf)
{
	struct db *db = calloc(1, sizeof(*db));

	must(db != NULL);
	db->conf = conf;
	db->driver = &sql_driver_real;
	db->pipelines = sql_driver_pipelines;
	db->scratch = arena_new("store", ARENA_BYTES_MAX);
	must(db->scratch != NULL);
	return db;
}

void
db_free(struct db **db)
{
	if (*db == NULL)
		return;
	if ((*db)->my != NULL && (*db)->owner == getpid())
		db_drop(*db);
	arena_free(&(*db)->scratch);
	free(*db);
	*db = NULL;
}

void
db_use_driver(struct db *db, const struct sql_driver *driver)
{
	must(db->my == NULL);
	db->driver = driver;
}

void
db_one_by_one(struct db *db)
{
	db->pipelines = false;
}

struct arena *
db_scratch(struct db *db)
{
	arena_reset(db->scratch);
	return db->scratch;
}

int64_t
db_statements(const struct db *db)
{
	return db->statements;
}

int64_t
db_waits(const struct db *db)
{
	return db->waits;
}

void
db_deadline(struct db *db, int64_t steady)
{
	unsigned status = 0;

	db->deadline = steady;
	if (db->in_tx)
		db_rollback(db);
	if (db->my == NULL || db->underway_count > 0)
		return;
	/* Nothing under way and yet a transaction: not one of ours. */
	if (mariadb_get_infov(db->my, MARIADB_CONNECTION_SERVER_STATUS,
	    &status) == 0 && (status & SERVER_STATUS_IN_TRANS) != 0)
		db_drop(db);
}

enum rc
db_offset(struct db *db, int64_t *offset, struct err *e)
{
	if (db->my == NULL)	/* else it is asked no more than that */
		TRY(db_connect(db, e));
	*offset = db->offset;
	return RC_OK;
}

bool
db_clustered(const struct db *db)
{
	return db->clustered;
}

/* No server closes a connection so soon; and a read is asked again. */
#define IDLE_MOST	SECOND

/*
 * A server that closed an idle connection (wait_timeout may be a minute) has
 * left an end of file to read; asking the kernel is cheaper than a statement
 * that fails.
 */
static void
drop_if_dead(struct db *db)
{
	struct pollfd p = { .events = POLLIN };

	if (db->my == NULL || db->underway_count > 0)
		return;
	p.fd = (int)mysql_get_socket(db->my);
	if (poll(&p, 1, 0) != 0)
		db_drop(db);
}

enum rc
db_autocommit(struct db *db, bool on, struct err *e)
{
	if (db->autocommit == on)
		return RC_OK;
	TRY(text_send(db, on ? "SET autocommit = 1" : "SET autocommit = 0",
	    e));
	db->waits++;
	TRY(db_settle(db, 0, NULL, e));
	db->autocommit = on;
	return RC_OK;
}

/* Send, and wait for the answer of this and of all before it. */
static enum rc
exchange(struct db *db, struct call *c, struct err *e)
{
	struct rows	 rows = { 0 };
	enum rc		 rc;

	TRY(stmt_send(db, c->stmt, c->args, c->count, WAITED_FOR, e));
	db->waits++;
	if (c->arena == NULL)
		return db_settle(db, 0, &c->affected, e);
	rc = db_settle(db, 1, NULL, e);
	if (rc == RC_OK) {
		TRY(stmt_rows(db, c->arena, &rows, e));
		*c->rows = rows;
	} else if (db->my != NULL) {
		struct err ignored;

		/* Its rows are on the way: take them off the line. */
		(void)stmt_rows(db, c->arena, &rows, &ignored);
	}
	return rc;
}

/* Close the transaction that a lone read opened, and do not wait for it. */
static void
lone_end(struct db *db)
{
	enum { LONE_READS_MAX = 4 };
	struct err	 ignored;
	bool		 leave;

	if (db->autocommit)
		return;
	leave = ++db->lone_reads >= LONE_READS_MAX;
	if (text_send(db, leave ? "SET autocommit = 1" : "COMMIT",
	    &ignored) != RC_OK)
		db_drop(db);
	else
		db->autocommit = leave;
}

static enum rc
lone_once(struct db *db, struct call *c, struct err *e)
{
	bool writes = stmt_texts[c->stmt].writes;
	int64_t now = clock_steady();
	enum rc rc;

	if (writes || now - db->answered > IDLE_MOST)
		drop_if_dead(db);
	TRY(db_connect(db, e));
	if (writes)
		TRY(db_autocommit(db, true, e));
	rc = exchange(db, c, e);
	if (rc == RC_OK)
		db->answered = now;
	if (rc == RC_OK)
		lone_end(db);
	else if (!db->autocommit)
		db_drop(db);	/* ends what the failed one may have begun */
	return rc;
}

/*
 * A read may be asked again when the connection broke; a write only when it
 * surely was not sent.
 */
static enum rc
lone(struct db *db, struct call *c, struct err *e)
{
	enum rc rc = lone_once(db, c, e);

	if (rc == RC_LOST && (!stmt_texts[c->stmt].writes ||
	    e->number == 2006))
		rc = lone_once(db, c, e);
	return rc;
}

/* After a failure nothing more is sent, except after a duplicate. */
static enum rc
poison(struct db *db, enum rc rc, const struct err *e)
{
	if (rc != RC_OK && rc != RC_DUPLICATE && !db->poisoned) {
		db->poisoned = true;
		db->first = *e;
	}
	return rc;
}

static enum rc
is_poisoned(const struct db *db, struct err *e)
{
	if (!db->poisoned)
		return RC_OK;
	*e = db->first;
	return e->rc;
}

static enum rc
run(struct db *db, struct call *c, struct err *e)
{
	if (!db->in_tx)
		return lone(db, c, e);
	TRY(is_poisoned(db, e));
	return poison(db, exchange(db, c, e), e);
}

enum rc
db_do(struct db *db, enum stmt stmt, const struct arg *args, size_t count,
    int64_t *affected, struct err *e)
{
	struct call c = { .stmt = stmt, .args = args, .count = count };

	must(stmt_texts[stmt].writes);
	TRY(run(db, &c, e));
	if (affected != NULL)
		*affected = c.affected;
	return RC_OK;
}

enum rc
db_rows(struct db *db, enum stmt stmt, const struct arg *args, size_t count,
    struct arena *a, struct rows *out, struct err *e)
{
	struct call c = {
		.stmt = stmt, .args = args, .count = count,
		.arena = a, .rows = out,
	};

	must(!stmt_texts[stmt].writes);
	return run(db, &c, e);
}

enum rc
db_row(struct db *db, enum stmt stmt, const struct arg *args, size_t count,
    struct arena *a, const struct row **out, bool *found, struct err *e)
{
	struct rows rows = { 0 };

	TRY(db_rows(db, stmt, args, count, a, &rows, e));
	*found = rows.count > 0;
	*out = *found ? row_at(&rows, 0) : NULL;
	return RC_OK;
}

enum rc
db_later(struct db *db, enum stmt stmt, const struct arg *args, size_t count,
    int64_t want, struct err *e)
{
	int64_t		 affected = 0;
	enum rc		 rc;

	if (db->in_tx && db->pipelines) {
		TRY(is_poisoned(db, e));
		return poison(db, stmt_send(db, stmt, args, count, want, e),
		    e);
	}
	rc = db_do(db, stmt, args, count, &affected, e);
	if (rc == RC_DUPLICATE)
		return poison(db, late_failure(e), e);
	if (rc != RC_OK)
		return rc;
	if (want >= 0 && affected != want)
		return poison(db, err_set(e, RC_BROKEN, NULL,
		    "%s matched %lld rows in place of %lld",
		    stmt_texts[stmt].name, (long long)affected,
		    (long long)want), e);
	return RC_OK;
}

enum rc
db_begin(struct db *db, struct err *e)
{
	must(!db->in_tx);
	drop_if_dead(db);
	TRY(db_connect(db, e));
	TRY(db_autocommit(db, false, e));
	db->in_tx = true;
	db->poisoned = false;
	db->lone_reads = 0;
	return RC_OK;
}

enum rc
db_commit(struct db *db, struct err *e)
{
	enum rc rc = is_poisoned(db, e);

	must(db->in_tx);
	if (rc == RC_OK && db->underway_count > 0) {
		db->waits++;
		rc = db_settle(db, 0, NULL, e);
	}
	if (rc == RC_OK)
		rc = db_bound(db, e);
	if (rc != RC_OK) {
		db_rollback(db);
		return rc;
	}
	db->in_tx = false;
	db->statements++;
	db->waits++;
	if (db->driver->send_text(db->my, "COMMIT", 6) == 0 &&
	    db->driver->reply_text(db->my) == 0)
		return RC_OK;
	rc = db_failed(db, NULL, "COMMIT", true, e);
	if (rc == RC_BUSY && db->my != NULL) {
		db->in_tx = true;	/* undone; make sure */
		db_rollback(db);
	}
	return rc;
}

void
db_rollback(struct db *db)
{
	struct err ignored;

	db->in_tx = false;
	db->poisoned = false;
	if (db->my == NULL)
		return;
	if (db->underway_count > 0)
		(void)db_settle(db, 0, NULL, &ignored);
	if (db->my != NULL && text_send(db, "ROLLBACK", &ignored) != RC_OK)
		db_drop(db);
}

enum rc
db_script(struct db *db, struct str text, struct err *e)
{
	enum { PATIENCE_MS = 60 * 60 * 1000 };	/* an index of a large table */

	must(!db->in_tx);
	TRY(db_connect(db, e));
	TRY(db_autocommit(db, true, e));
	TRY(db_settle(db, 0, NULL, e));
	TRY(db_bound(db, e));
	if (db->deadline == 0)
		sql_bound(db->my, PATIENCE_MS);
	db->statements++;
	db->waits++;
	if (db->driver->send_text(db->my, text.at, text.len) == 0 &&
	    db->driver->reply_text(db->my) == 0)
		return RC_OK;
	return db_failed(db, NULL, "schema", false, e);
}
