/*
 * Runs the unit tests: all suites, or those named as arguments.  The list of
 * suites is in unit.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CUnit/Basic.h>

#include "base/guard.h"
#include "unit/unit.h"

enum { ARENA_BYTES = 64 * 1024 * 1024 };

static struct arena	*arena;

struct arena *
unit_arena(void)
{
	return arena;
}

static void
empty_arena(void)
{
	arena_reset(arena);
}

void
unit_same(struct str got, struct str want, const char *file, int line)
{
	char	text[1024];

	snprintf(text, sizeof(text), "got '%.*s', want '%.*s'", STR_FMT(got),
	    STR_FMT(want));
	CU_assertImplementation(str_eq(got, want), (unsigned)line, text, file,
	    "", CU_FALSE);
}

void
unit_row(bool holds, const char *claim, const char *row, const char *file,
    int line)
{
	char	text[1024];

	snprintf(text, sizeof(text), "%s, for '%s'", claim, row);
	CU_assertImplementation(holds, (unsigned)line, text, file, "",
	    CU_FALSE);
}

int
unit_child(void (*act)(void), char *said, size_t size)
{
	int	ends[2], status = -1;
	size_t	len = 0;
	ssize_t	n;
	pid_t	child;

	must(pipe(ends) == 0);
	fflush(stdout);
	child = fork();
	must(child != -1);
	if (child == 0) {
		dup2(ends[1], STDERR_FILENO);
		close(ends[0]);
		close(ends[1]);
		act();
		_exit(0);
	}
	close(ends[1]);
	while ((n = read(ends[0], said + len, size - 1 - len)) > 0)
		len += (size_t)n;
	said[len] = '\0';
	close(ends[0]);
	must(waitpid(child, &status, 0) == child);
	return status;
}

static CU_SuiteInfo suites[] = {
#define X(name)	{ #name, NULL, NULL, empty_arena, NULL, name##_tests },
	UNIT_SUITES(X)
#undef X
	CU_SUITE_INFO_NULL
};

/* Each run forgets the records of the one before. */
static CU_ErrorCode
run_one(const char *name)
{
	CU_pSuite	suite = CU_get_suite(name);
	CU_ErrorCode	failed;

	if (suite == NULL) {
		fprintf(stderr, "unit: there is no suite '%s'\n", name);
		return CUE_NOSUITE;
	}
	failed = CU_basic_run_suite(suite);
	return CU_get_number_of_failure_records() > 0 ? CUE_NOTEST : failed;
}

int
main(int argc, char **argv)
{
	CU_ErrorCode	failed, one;

	arena = arena_new("unit tests", ARENA_BYTES);
	if (arena == NULL || CU_initialize_registry() != CUE_SUCCESS)
		return EXIT_FAILURE;
	failed = CU_register_suites(suites);
	CU_basic_set_mode(CU_BRM_NORMAL);
	if (failed == CUE_SUCCESS && argc < 2)
		failed = CU_basic_run_tests();
	for (int i = 1; i < argc; i++) {
		one = run_one(argv[i]);
		failed = failed == CUE_SUCCESS ? one : failed;
	}
	if (CU_get_number_of_failure_records() > 0 ||
	    (failed == CUE_SUCCESS && CU_get_number_of_tests_run() == 0))
		failed = CUE_NOTEST;
	CU_cleanup_registry();
	arena_free(&arena);
	return failed == CUE_SUCCESS ? EXIT_SUCCESS : EXIT_FAILURE;
}
