/* Promises of web/problem.h. */
#include "unit/unit.h"
#include "web/problem.h"

static void
every_failure_has_a_whole_row(void)
{
	for (enum rc rc = RC_OK + 1; rc < RC__COUNT; rc++) {
		const struct problem	*p = problem_of(rc);

		CU_ASSERT_TRUE(p->status >= 400 && p->status <= 503);
		CU_ASSERT_PTR_NOT_NULL(p->slug);
		CU_ASSERT_PTR_NOT_NULL(p->title);
	}
}

static void
slugs_are_told_apart(void)
{
	for (enum rc a = RC__ANSWERS + 1; a < RC__COUNT; a++)
		for (enum rc b = a + 1; b < RC__COUNT; b++)
			ROW(!str_eq(str_of(problem_of(a)->slug),
			    str_of(problem_of(b)->slug)),
			    problem_of(a)->slug);
}

static void
a_store_that_is_away_says_when_to_come_back(void)
{
	static const enum rc	away[] = {
		RC_BUSY, RC_LOST, RC_UNSURE, RC_DOWN, RC_STORE_UNAVAILABLE,
	};

	for (size_t i = 0; i < COUNT(away); i++) {
		const struct problem	*p = problem_of(away[i]);

		SAME(str_of(p->slug), "store-unavailable");
		CU_ASSERT_EQUAL(p->status, 503);
		CU_ASSERT_TRUE(p->retry_after >= 1);
	}
}

/* What leaves lib/flow by mistake is our fault, and tells nothing. */
static void
what_should_not_get_here_is_internal(void)
{
	SAME(str_of(problem_of(RC_MISSING)->slug), "internal");
	SAME(str_of(problem_of(RC_DUPLICATE)->slug), "internal");
	SAME(str_of(problem_of(RC__COUNT)->slug), "internal");
	CU_ASSERT_PTR_NOT_NULL(problem_of(RC_BROKEN)->detail);
	CU_ASSERT_PTR_NOT_NULL(problem_of(RC_BAD_SIGNATURE)->detail);
}

CU_TestInfo problem_tests[] = {
	{ "every failure has a whole row", every_failure_has_a_whole_row },
	{ "slugs are told apart", slugs_are_told_apart },
	{ "a store that is away says when to come back",
	    a_store_that_is_away_says_when_to_come_back },
	{ "what should not get here is internal",
	    what_should_not_get_here_is_internal },
	CU_TEST_INFO_NULL
};
