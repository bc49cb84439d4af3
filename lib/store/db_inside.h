/*
 * The inside of a database handle, for the files of lib/store that make it
 * up: db.c, connect.c, stmt.c and tx.c.  Everybody else uses store/db.h.
 */
#ifndef RUNG_STORE_DB_INSIDE_H
#define RUNG_STORE_DB_INSIDE_H

#include <sys/types.h>

#include "store/db.h"
#include "store/driver.h"
#include "store/marks.h"

enum {
	ARGS_MAX	= 16001, /* of one statement: a seller and its users */
	COLUMNS_MAX	= 32,	/* of one answer */
	UNDERWAY_MAX	= 32,	/* statements sent and not yet answered */
};

/* A statement that was sent and whose answer was not read yet. */
struct underway {
	enum stmt	 stmt;		/* STMT__COUNT: a text of ours */
	int64_t		 want;		/* rows it must match, or: */
};

enum {
	WANT_ANY	= -1,	/* any number of rows will do */
	WAITED_FOR	= -2,	/* somebody waits: a duplicate is an answer */
};

struct db {
	const struct conf	*conf;
	const struct sql_driver	*driver;
	struct arena		*scratch;
	pid_t			 owner;		/* who connected */
	int64_t			 deadline;	/* clock_steady; 0 none */

	MYSQL			*my;		/* NULL: not connected */
	MYSQL_STMT		*stmt[STMT__COUNT];
	uint32_t		 numbers[STMT__COUNT];	/* a bit a column */
	bool			 pipelines;
	bool			 autocommit;	/* as the server has it now */
	int			 lone_reads;	/* since the last transaction */
	int64_t			 answered;	/* the last lone one, steady */
	int64_t			 offset;
	bool			 clustered;	/* as it was last connected */

	struct marks		 marks;		/* of this transaction */
	bool			 in_tx;
	bool			 poisoned;	/* `first` says by what */
	struct err		 first;

	struct underway		 underway[UNDERWAY_MAX];
	size_t			 underway_count;

	int64_t			 statements, waits;
};

struct stmt_text {
	const char	*name;
	const char	*text;
	size_t		 len;
	bool		 writes;
};

extern const struct stmt_text	stmt_texts[STMT__COUNT];

/* connect.c: RC_DOWN when there is no server; nothing to do when connected. */
enum rc	 db_connect(struct db *, struct err *);

/* Close the connection and forget what was under way. */
void	 db_drop(struct db *);

/* stmt.c: prepare at first use and send; the answer is read by db_settle. */
enum rc	 stmt_send(struct db *, enum stmt, const struct arg *, size_t count,
	    int64_t want, struct err *);

/* Send a text of ours that has no parameters and no rows. */
enum rc	 text_send(struct db *, const char *text, struct err *);

/*
 * Read the answers of all that is under way but the newest `keep`.  The first
 * failure is the result; the rest is read all the same, so that the
 * connection stays in step.  *affected (may be NULL) is of the last one read.
 */
enum rc	 db_settle(struct db *, size_t keep, int64_t *affected, struct err *);

/*
 * The failure of a statement nobody waits for: nobody can make use of a
 * duplicate, so it is RC_BROKEN.
 */
enum rc	 late_failure(struct err *);

/* The rows of the one statement that is still under way. */
enum rc	 stmt_rows(struct db *, struct arena *, struct rows *out,
	    struct err *);

/* Bound the next reads by the deadline; RC_DOWN when it has passed. */
enum rc	 db_bound(struct db *, struct err *);

/*
 * Turn the library's last failure into an error, and drop the connection if
 * it is of no more use.  st may be NULL.
 */
enum rc	 db_failed(struct db *, MYSQL_STMT *st, const char *name,
	    bool at_commit, struct err *);

/* db.c: switch the server's autocommit and wait for its word. */
enum rc	 db_autocommit(struct db *, bool on, struct err *);

/* A small arena for the time of one store function. */
struct arena	*db_scratch(struct db *);

/* For tx.c. */
enum rc	 db_begin(struct db *, struct err *);
enum rc	 db_commit(struct db *, struct err *);
void	 db_rollback(struct db *);

/*
 * Run a statement whose result nobody waits for: inside a transaction it is
 * only sent, and a failure is told by a later call, at the latest by the
 * commit.  It must match `want` rows (or WANT_ANY), else RC_BROKEN; a
 * duplicate is RC_BROKEN too.
 */
enum rc	 db_later(struct db *, enum stmt, const struct arg *, size_t count,
	    int64_t want, struct err *);

/* Run one constant text of the schema, outside a transaction. */
enum rc	 db_script(struct db *, struct str text, struct err *);

#endif
