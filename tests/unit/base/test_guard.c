/* Promises of base/guard.h. */
#include <signal.h>
#include <sys/wait.h>

#include "base/guard.h"
#include "base/log.h"
#include "unit/unit.h"

static void
count_exit(int **left)
{
	++**left;
}

static int
leave_early(int *exits)
{
	GUARD(count_exit) int *left = exits;

	if (*left >= 0)
		return 1;
	return 0;
}

static void
a_guard_cleans_up_on_every_way_out(void)
{
	int	exits = 0;

	CU_ASSERT_EQUAL(leave_early(&exits), 1);
	CU_ASSERT_EQUAL(exits, 1);
}

static void
break_a_promise(void)
{
	volatile int	sum = 5;

	log_program("test");
	must(sum == 4);
}

static void
a_broken_promise_stops_the_process_with_one_line(void)
{
	char	said[500];
	int	status = unit_child(break_a_promise, said, sizeof(said));

	CU_ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	CU_ASSERT_TRUE(str_starts(str_of(said), STR("level=error prog=test"
	    " event=broken-promise claim=\"sum == 4\" file=")));
	CU_ASSERT_PTR_NOT_NULL(strstr(said, "test_guard.c line="));
	CU_ASSERT_PTR_EQUAL(strchr(said, '\n'), said + strlen(said) - 1);
}

static void
a_kept_promise_is_asked_once_and_goes_on(void)
{
	int	asked = 0;

	must(++asked == 1);
	CU_ASSERT_EQUAL(asked, 1);
}

CU_TestInfo guard_tests[] = {
	{ "a guard cleans up on every way out",
	    a_guard_cleans_up_on_every_way_out },
	{ "a broken promise stops the process with one line",
	    a_broken_promise_stops_the_process_with_one_line },
	{ "a kept promise is asked once and goes on",
	    a_kept_promise_is_asked_once_and_goes_on },
	CU_TEST_INFO_NULL
};
