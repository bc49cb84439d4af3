/* Promises of base/places.h. */
#include <sys/wait.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/guard.h"
#include "base/places.h"
#include "unit/unit.h"

static struct str
folder_new(void)
{
	static char	folder[64];

	snprintf(folder, sizeof(folder), "/tmp/rung-places-XXXXXX");
	must(mkdtemp(folder) != NULL);
	return str_of(folder);
}

static void
folder_free(struct str folder)
{
	unlink(arena_text(unit_arena(), "%.*s/waiters",
	    STR_FMT(folder)).at);
	rmdir(folder.at);
}

/* Another process with three places, which then dies or waits to be told. */
static pid_t
other(struct str folder, int wait_fd, int said_fd)
{
	pid_t	pid = fork();
	char	byte;

	if (pid != 0)
		return pid;
	places_open(folder);
	places_set(3, 4);
	(void)!write(said_fd, "x", 1);
	(void)!read(wait_fd, &byte, 1);
	_exit(0);			/* as by a kill: nothing is cleared */
}

static void
the_places_of_all_who_live_are_added_and_the_least_bound_holds(void)
{
	struct str	folder = folder_new();
	int		go[2], said[2];
	char		byte;
	pid_t		pid;

	must(pipe(go) == 0 && pipe(said) == 0);
	places_open(folder);
	CU_ASSERT_EQUAL(places_taken(), 0);
	places_set(2, 9);
	CU_ASSERT_EQUAL(places_taken(), 2);
	pid = other(folder, go[0], said[1]);
	must(read(said[0], &byte, 1) == 1);
	CU_ASSERT_EQUAL(places_taken(), 5);
	CU_ASSERT_EQUAL(places_most(5), 4);
	must(write(go[1], "x", 1) == 1 && waitpid(pid, NULL, 0) == pid);
	CU_ASSERT_EQUAL(places_taken(), 2);
	CU_ASSERT_EQUAL(places_most(5), 9);
	places_close();
	places_open(folder);
	CU_ASSERT_EQUAL(places_taken(), 0);
	CU_ASSERT_EQUAL(places_most(5), 5);
	places_close();
	folder_free(folder);
}

static void
without_a_file_nothing_is_counted(void)
{
	places_open(STR("/nowhere/at/all"));
	places_set(7, 8);
	CU_ASSERT_EQUAL(places_taken(), 0);
	CU_ASSERT_EQUAL(places_most(5), 5);
	places_close();
}

CU_TestInfo places_tests[] = {
	{ "the places of all who live are added, and the least bound holds",
	    the_places_of_all_who_live_are_added_and_the_least_bound_holds },
	{ "without a file nothing is counted",
	    without_a_file_nothing_is_counted },
	CU_TEST_INFO_NULL
};
