/*
 * What unit tests share: the list of suites and a few ways to say what is
 * expected.  A suite NAME is an array NAME_tests in some test_*.c.
 */
#ifndef RUNG_TESTS_UNIT_H
#define RUNG_TESTS_UNIT_H

#include <CUnit/CUnit.h>

#include "base/arena.h"
#include "base/str.h"

/* One row for each suite, in the order they run; add yours here. */
#define UNIT_SUITES(X)		\
	X(str)			\
	X(suggest)		\
	X(arena)		\
	X(buf)			\
	X(err)			\
	X(text)			\
	X(time)			\
	X(calendar)		\
	X(licence)		\
	X(secret)		\
	X(clock)		\
	X(log)			\
	X(guard)		\
	X(conf)			\
	X(conf_url)		\
	X(conf_file)		\
	X(matrix)		\
	X(object)		\
	X(same)			\
	X(purchase)		\
	X(trial)		\
	X(derive)		\
	X(deny)		\
	X(diff)			\
	X(over)			\
	X(window)		\
	X(meter)		\
	X(deed)		\
	X(session)		\
	X(lives)		\
	X(preview)		\
	X(change)		\
	X(estimate)		\
	X(orders)		\
	X(stories)		\
	X(edges)		\
	X(lost)			\
	X(registry)		\
	X(stripe_verify)	\
	X(stripe_envelope)	\
	X(stripe_facts)		\
	X(stripe_shapes)	\
	X(paddle_verify)	\
	X(paddle_facts)		\
	X(paddle_shapes)	\
	X(paddle_errand)	\
	X(paddle_stories)	\
	X(stripe_errand)	\
	X(lemon_verify)		\
	X(lemon_facts)		\
	X(lemon_shapes)		\
	X(lemon_stories)	\
	X(lemon_errand)		\
	X(doc)			\
	X(out)			\
	X(wish)			\
	X(form)			\
	X(state_json)		\
	X(answers)		\
	X(usage)		\
	X(flag)			\
	X(authzen)		\
	X(matrix_read)		\
	X(conf_read)		\
	X(tally)		\
	X(generations)		\
	X(places)		\
	X(generations)		\
	X(heap)			\
	X(hold)			\
	X(rate)			\
	X(path)			\
	X(route)		\
	X(head)			\
	X(etag)			\
	X(auth)			\
	X(problem)		\
	X(peer)			\
	X(resolve)		\
	X(html)

#define X(name)	extern CU_TestInfo name##_tests[];
UNIT_SUITES(X)
#undef X

/* An arena that is emptied before each test and that nobody frees. */
struct arena	*unit_arena(void);

/* got is exactly this text; a failure shows both. */
#define SAME(got, want)	unit_same((got), str_of(want), __FILE__, __LINE__)
#define SAME_STR(got, want)	unit_same((got), (want), __FILE__, __LINE__)

/* A claim about one row of a table; a failure shows the row's text. */
#define ROW(claim, row)	unit_row((claim), #claim, (row), __FILE__, __LINE__)

void	unit_same(struct str got, struct str want, const char *file, int line);
void	unit_row(bool holds, const char *claim, const char *row,
	    const char *file, int line);

/*
 * Run act in a child whose standard error we read (size bytes at most).
 * The child's wait status; *said gets what it wrote.
 */
int	unit_child(void (*act)(void), char *said, size_t size);

#endif
