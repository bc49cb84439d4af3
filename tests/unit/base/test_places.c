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
	places_set(3);
	(void)!write(said_fd, "x", 1);
	(void)!read(wait_fd, &byte, 1);
	_exit(0);			/* as by a kill: nothing is cleared */
}

static void
places_of_all_processes_are_added_and_those_of_the_dead_are_not(void)
{
	struct str	folder = folder_new();
	int		go[2], said[2];
	char		byte;
	pid_t		pid;

	must(pipe(go) == 0 && pipe(said) == 0);
	places_open(folder);
	CU_ASSERT_EQUAL(places_taken(), 0);
	places_set(2);
	CU_ASSERT_EQUAL(places_taken(), 2);
	pid = other(folder, go[0], said[1]);
	must(read(said[0], &byte, 1) == 1);
	CU_ASSERT_EQUAL(places_taken(), 5);
	must(write(go[1], "x", 1) == 1 && waitpid(pid, NULL, 0) == pid);
	CU_ASSERT_EQUAL(places_taken(), 2);
	places_close();
	places_open(folder);
	CU_ASSERT_EQUAL(places_taken(), 0);
	places_close();
	folder_free(folder);
}

static void
without_a_file_nothing_is_counted(void)
{
	places_open(STR("/nowhere/at/all"));
	places_set(7);
	CU_ASSERT_EQUAL(places_taken(), 0);
	places_close();
}

CU_TestInfo places_tests[] = {
	{ "places of all processes are added, and those of the dead are not",
	    places_of_all_processes_are_added_and_those_of_the_dead_are_not },
	{ "without a file nothing is counted",
	    without_a_file_nothing_is_counted },
	CU_TEST_INFO_NULL
};
