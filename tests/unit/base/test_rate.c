/* Promises of base/rate.h. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/guard.h"
#include "base/rate.h"
#include "unit/unit.h"

static char	folder[] = "/tmp/rung-rate-XXXXXX";

static struct str
fresh_folder(void)
{
	memcpy(folder + sizeof(folder) - 7, "XXXXXX", 6);
	must(mkdtemp(folder) != NULL);
	return str_of(folder);
}

static void
leave_folder(void)
{
	char	path[64];

	rate_close();
	snprintf(path, sizeof(path), "%s/rates", folder);
	unlink(path);
	must(rmdir(folder) == 0);
}

/* One request: is it within the quota? */
static bool
passes(uint64_t who, int64_t now, int64_t quota, struct rate *out)
{
	struct rate	ignored;
	bool		over = true;

	CU_ASSERT_TRUE(rate_count(who, now, quota, out == NULL ? &ignored :
	    out, &over));
	return !over;
}

static void
a_quota_is_for_a_window_from_the_first_request(void)
{
	struct rate	r;

	must(rate_open(fresh_folder()));
	for (int i = 0; i < 3; i++)
		CU_ASSERT_TRUE(passes(7, 1000 + i, 3, &r));
	CU_ASSERT_EQUAL(r.quota, 3);
	CU_ASSERT_EQUAL(r.left, 0);
	CU_ASSERT_EQUAL(r.reset_s, 58);
	CU_ASSERT_FALSE(passes(7, 1059, 3, &r));
	CU_ASSERT_EQUAL(r.left, 0);
	CU_ASSERT_EQUAL(r.reset_s, 1);
	CU_ASSERT_TRUE(passes(7, 1060, 3, &r));
	CU_ASSERT_EQUAL(r.left, 2);
	CU_ASSERT_EQUAL(r.reset_s, 60);
	leave_folder();
}

static void
each_counts_alone(void)
{
	must(rate_open(fresh_folder()));
	CU_ASSERT_TRUE(passes(1, 1000, 1, NULL));
	CU_ASSERT_TRUE(passes(2, 1000, 1, NULL));
	CU_ASSERT_TRUE(passes(1 + 16384, 1000, 1, NULL));
	CU_ASSERT_FALSE(passes(1, 1000, 1, NULL));
	CU_ASSERT_FALSE(passes(2, 1000, 1, NULL));
	CU_ASSERT_FALSE(passes(1 + 16384, 1000, 1, NULL));
	leave_folder();
}

static void
nobody_is_as_good_as_somebody(void)
{
	must(rate_open(fresh_folder()));
	CU_ASSERT_TRUE(passes(0, 1000, 1, NULL));
	CU_ASSERT_FALSE(passes(0, 1000, 1, NULL));
	leave_folder();
}

static void
a_clock_set_back_locks_nobody_out(void)
{
	struct rate	r;

	must(rate_open(fresh_folder()));
	CU_ASSERT_TRUE(passes(7, 90000, 1, NULL));
	CU_ASSERT_FALSE(passes(7, 90000, 1, NULL));
	CU_ASSERT_TRUE(passes(7, 1000, 1, &r));
	CU_ASSERT_EQUAL(r.reset_s, 60);
	leave_folder();
}

static void
a_smaller_quota_counts_what_was_before(void)
{
	struct rate	r;

	must(rate_open(fresh_folder()));
	for (int i = 0; i < 5; i++)
		CU_ASSERT_TRUE(passes(7, 1000, 10, NULL));
	CU_ASSERT_FALSE(passes(7, 1000, 3, &r));
	CU_ASSERT_EQUAL(r.left, 0);
	leave_folder();
}

static void
a_full_neighbourhood_forgets_the_quiet(void)
{
	must(rate_open(fresh_folder()));
	for (uint64_t i = 0; i < 8; i++)	/* all at home in slot 5 */
		CU_ASSERT_TRUE(passes(5 + i * 16384, 1000 + (int64_t)i, 1,
		    NULL));
	CU_ASSERT_TRUE(passes(5 + 8 * 16384, 1010, 1, NULL));
	CU_ASSERT_FALSE(passes(5 + 7 * 16384, 1010, 1, NULL));
	CU_ASSERT_TRUE(passes(5, 1011, 1, NULL));	/* it was forgotten */
	leave_folder();
}

static void
processes_count_together(void)
{
	enum { CHILDREN = 4, EACH = 500 };
	struct rate	r;
	struct str	dir = fresh_folder();

	for (int i = 0; i < CHILDREN; i++)
		if (fork() == 0) {
			bool over;

			must(rate_open(dir));
			for (int j = 0; j < EACH; j++)
				must(rate_count(7, 1000, 1000000, &r, &over));
			_exit(0);
		}
	for (int i = 0; i < CHILDREN; i++)
		wait(NULL);
	must(rate_open(dir));
	CU_ASSERT_TRUE(passes(7, 1000, 1000000, &r));
	CU_ASSERT_EQUAL(r.left, 1000000 - CHILDREN * EACH - 1);
	leave_folder();
}

static void
without_a_file_nothing_is_known(void)
{
	struct rate	r;
	bool		over = false;

	CU_ASSERT_FALSE(rate_open(STR("/nowhere/at/all")));
	CU_ASSERT_FALSE(rate_count(7, 1000, 1, &r, &over));
	CU_ASSERT_FALSE(over);
}

CU_TestInfo rate_tests[] = {
	{ "a quota is for a window from the first request",
	    a_quota_is_for_a_window_from_the_first_request },
	{ "each counts alone", each_counts_alone },
	{ "nobody is as good as somebody", nobody_is_as_good_as_somebody },
	{ "a clock set back locks nobody out",
	    a_clock_set_back_locks_nobody_out },
	{ "a smaller quota counts what was before",
	    a_smaller_quota_counts_what_was_before },
	{ "a full neighbourhood forgets the quiet",
	    a_full_neighbourhood_forgets_the_quiet },
	{ "processes count together", processes_count_together },
	{ "without a file nothing is known",
	    without_a_file_nothing_is_known },
	CU_TEST_INFO_NULL
};
