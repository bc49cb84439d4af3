/*
 * What the store tests share.  They run against a MariaDB of their own, whose
 * socket is named by RUNG_TEST_SOCKET (see run).  A suite NAME is an array
 * NAME_tests in some test_*.c.
 */
#ifndef RUNG_TESTS_STORE_H
#define RUNG_TESTS_STORE_H

#include <stdio.h>

#include <CUnit/CUnit.h>

#include "base/clock.h"
#include "base/guard.h"
#include "store/db.h"
#include "store/driver.h"

/* One row for each suite, in the order they run. */
#define STORE_SUITES(X)		\
	X(classify)		\
	X(split)		\
	X(migrate)		\
	X(statements)		\
	X(ids)			\
	X(world)		\
	X(versions)		\
	X(objects)		\
	X(split_history)	\
	X(sessions)		\
	X(intents)		\
	X(deliveries)		\
	X(ledger)		\
	X(usage)		\
	X(taking)		\
	X(secrets)		\
	X(sellers)		\
	X(values)		\
	X(transactions)		\
	X(races)		\
	X(recall)		\
	X(coherence)		\
	X(faults)		\
	X(outages)

#define X(name)	extern CU_TestInfo name##_tests[];
STORE_SUITES(X)
#undef X

enum { SELLER = 1 };

/* An arena that is emptied before each test. */
struct arena	*store_arena(void);

/* How to reach the server of the tests. */
const struct conf *store_conf(void);

/*
 * The handle of the test: new before each test, on a schema whose tables are
 * empty, with a deadline four seconds ahead.
 */
struct db	*store_db(void);

/* One more handle, with a deadline; the caller frees it. */
struct db	*store_db_new(void);

/* Work behind the back of the handles, on a connection of the tests' own. */
MYSQL		*side(void);
void		 tell(const char *fmt, ...)
		    __attribute__((format(printf, 1, 2)));
int64_t		 ask(const char *fmt, ...)	/* first column, first row */
		    __attribute__((format(printf, 1, 2)));
void		 side_close(void);

/* No rows in any table, nothing in the arena. */
void		 store_empty(void);

/* A new empty schema, and all steps applied to it. */
void		 schema_drop(void);
void		 schema_make(void);

/* start, stop, freeze or thaw the server. */
void		 server(const char *verb);

/* OK(call(..., e)): the call succeeds; `e` is an error of the caller. */
#define OK(call)	store_ok((call), &e, #call, __FILE__, __LINE__)
void	store_ok(enum rc, const struct err *, const char *call,
	    const char *file, int line);

/* got is exactly this text; a failure shows both. */
#define SAME(got, want)	store_same((got), str_of(want), __FILE__, __LINE__)
#define SAME_STR(got, want)	store_same((got), (want), __FILE__, __LINE__)
void	store_same(struct str got, struct str want, const char *file,
	    int line);

/* A claim about one row of a table; a failure shows the row's text. */
#define ROW(claim, row)	store_row((claim), #claim, (row), __FILE__, __LINE__)
void	store_row(bool holds, const char *claim, const char *row,
	    const char *file, int line);

/* Run act in `count` processes at once; how many ended with this status. */
int	in_processes(int count, int (*act)(int number), int status);

#endif
