/*
 * What is in use of limits, by period.
 */
#include "store/store.h"
#include "store/things.h"
#include "store/usage_store.h"

enum { NOW = 1000 };

static void
count(const char *user, const char *limit, int64_t until, int64_t used)
{
	tell("INSERT INTO counters (seller_id, user_id, limit_id,"
	    " time_window, used) VALUES (%d, '%s', '%s', %lld, %lld)",
	    SELLER, user, limit, (long long)until, (long long)used);
}

/* "api 7, seats 3" */
static struct str
in_use(const char *user)
{
	struct err	 e = { .what = "" };
	struct usage	*list = NULL;
	struct str	 text = STR_NONE;
	size_t		 n = 0;

	OK(usage_of(store_db(), SELLER, str_of(user), NOW, store_arena(),
	    &list, &n, &e));
	for (size_t i = 0; i < n; i++)
		text = arena_text(store_arena(), "%.*s%s%.*s %lld",
		    STR_FMT(text), i > 0 ? ", " : "", STR_FMT(list[i].limit),
		    (long long)list[i].used);
	return text;
}

static void
periods_that_run_count_and_those_that_ended_do_not(void)
{
	SAME(in_use("u1"), "");
	count("u1", "api", NOW, 5);
	SAME(in_use("u1"), "");
	count("u1", "api", NOW + 1, 7);
	count("u1", "seats", 0, 3);
	count("u2", "api", NOW + 1, 9);
	tell("INSERT INTO counters (seller_id, user_id, limit_id,"
	    " time_window, used) VALUES (%d, 'u1', 'api', %d, 11)",
	    SELLER + 1, NOW + 1);
	SAME(in_use("u1"), "api 7, seats 3");
}

static void
of_two_periods_of_a_limit_the_one_that_ends_last_counts(void)
{
	count("u1", "exports", NOW + 5, 2);
	count("u1", "exports", NOW + 9, 1);
	count("u1", "exports", 0, 8);
	count("u1", "Exports", NOW + 2, 4);
	SAME(in_use("u1"), "Exports 4, exports 1");
}

static void
less_than_nothing_cannot_be_in_use(void)
{
	char	 text[] = "INSERT INTO counters (seller_id, user_id, limit_id,"
		    " time_window, used) VALUES (1, 'u', 'l', 0, -1)";

	CU_ASSERT_NOT_EQUAL(mysql_query(side(), text), 0);
	CU_ASSERT_EQUAL(ask("SELECT COUNT(*) FROM counters"), 0);
}

CU_TestInfo usage_tests[] = {
	{ "periods that run count and those that ended do not",
	    periods_that_run_count_and_those_that_ended_do_not },
	{ "of two periods of a limit the one that ends last counts",
	    of_two_periods_of_a_limit_the_one_that_ends_last_counts },
	{ "less than nothing cannot be in use",
	    less_than_nothing_cannot_be_in_use },
	CU_TEST_INFO_NULL
};
