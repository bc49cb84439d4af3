/*
 * The database: one connection, all statements by name, errors by number.
 * With store/tx.h the only files that call MariaDB Connector/C.
 */
#ifndef RUNG_STORE_DB_H
#define RUNG_STORE_DB_H

#include "base/arena.h"
#include "base/conf.h"
#include "base/err.h"
#include "store/statements.h"

struct db;

/* A handle that connects at first use.  conf must outlive it. */
struct db	*db_new(const struct conf *);
void		 db_free(struct db **);

/*
 * The moment (clock_steady) by which calls must have answered; it bounds
 * connecting, reading and writing.  Set at the start of each request.  Also
 * checks that no transaction was left open, and rolls back if one was.
 */
void		 db_deadline(struct db *, int64_t steady);

/*
 * Database clock minus machine clock in microseconds, measured at connect.
 * Connects if need be; RC_DOWN when it cannot.
 */
enum rc		 db_offset(struct db *, int64_t *offset, struct err *);

/*
 * Is the server one of a Galera cluster, where writers on other machines do
 * not tell us?  As it was when we last connected.
 */
bool		 db_clustered(const struct db *);

enum arg_kind { ARG_INT, ARG_TEXT, ARG_NULL };

struct arg {
	enum arg_kind	 kind;
	int64_t		 number;
	struct str	 text;		/* bytes; also for BINARY columns */
};

static inline struct arg
arg_int(int64_t n)
{
	return (struct arg){ .kind = ARG_INT, .number = n };
}

static inline struct arg
arg_str(struct str s)
{
	return (struct arg){ .kind = ARG_TEXT, .text = s };
}

static inline struct arg
arg_null(void)
{
	return (struct arg){ .kind = ARG_NULL };
}

/* NULL for 0 or for the empty text. */
static inline struct arg
arg_time(int64_t us)
{
	return us == 0 ? arg_null() : arg_int(us);
}

static inline struct arg
arg_opt(struct str s)
{
	return s.len == 0 ? arg_null() : arg_str(s);
}

/* All rows of an answer, in the arena. */
struct row;
struct rows {
	size_t		  count;
	const struct row *row;		/* row_at() */
	size_t		  columns;
};

const struct row *row_at(const struct rows *, size_t index);
struct str	 row_str(const struct row *, size_t column); /* NULL: empty */
int64_t		 row_int(const struct row *, size_t column); /* NULL: 0 */
bool		 row_null(const struct row *, size_t column);

/*
 * Run one statement.  Outside tx_run it stands alone (autocommit).  *affected
 * (may be NULL) counts matched rows.  After a failure inside a transaction
 * the handle is poisoned: later calls give the first error unsent; RC_DUPLICATE
 * alone leaves the transaction alive (err.key names the unique key).
 */
enum rc		 db_do(struct db *, enum stmt, const struct arg *, size_t count,
		    int64_t *affected, struct err *);

/* Run a SELECT and take all of its rows. */
enum rc		 db_rows(struct db *, enum stmt, const struct arg *,
		    size_t count, struct arena *, struct rows *out,
		    struct err *);

/* One row or none: *found tells. */
enum rc		 db_row(struct db *, enum stmt, const struct arg *,
		    size_t count, struct arena *, const struct row **out,
		    bool *found, struct err *);

/* Statements sent since the handle was made, and how often we had to wait for
 * the server; for the bench. */
int64_t		 db_statements(const struct db *);
int64_t		 db_waits(const struct db *);

/* RC_* of an error number, and whether it is in doubt at COMMIT: the table of
 * invariants 3.6.  Pure. */
enum rc		 db_classify(unsigned number, bool at_commit);

#endif
