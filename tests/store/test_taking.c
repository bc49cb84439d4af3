/*
 * Taking from a limit: what fits is counted once, what does not changes
 * nothing, and a hold is used or given back.
 */
#include "core/meter.h"
#include "store/matrix_store.h"
#include "store/store.h"
#include "store/things.h"
#include "store/tx.h"
#include "store/usage_store.h"

enum { NOW = 1000000, TILL = 2000000, MOST = 100 };

#define API	{ SELLER, STR("u1"), STR("api"), TILL }

static enum rc
take_body(struct db *db, void *arg, struct err *e)
{
	return usage_take(db, arg, store_arena(), e);
}

static struct taking
taking(int64_t amount)
{
	return (struct taking){
		.at = API, .amount = amount, .most = MOST, .now = NOW,
	};
}

static struct taking
holding(const char *id, int64_t amount, int64_t until)
{
	struct taking	 t = taking(amount);

	t.hold = str_of(id);
	t.expires_at = until;
	return t;
}

/* "40" when it fits, "no 40" when not: what is in use then. */
static struct str
takes(struct taking t)
{
	struct err	 e = { .what = "" };

	OK(tx_run(store_db(), take_body, &t, &e));
	return arena_text(store_arena(), "%s%lld", t.fits ? "" : "no ",
	    (long long)t.used);
}

static enum rc
end_body(struct db *db, void *arg, struct err *e)
{
	return usage_end_hold(db, arg, store_arena(), e);
}

/* "ended 5 of 40": what it took, and what is in use then. */
static struct str
ends(const char *id, enum hold_end how, int64_t amount, int64_t now)
{
	static const char *const words[] = {
		[HOLD_ENDED] = "ended", [HOLD_UNKNOWN] = "unknown",
		[HOLD_PAST] = "past", [HOLD_OTHERWISE] = "otherwise",
		[HOLD_SMALLER] = "smaller",
	};
	struct err	 e = { .what = "" };
	struct ending	 end = {
		.seller = SELLER, .user = STR("u1"), .hold = str_of(id),
		.how = how, .amount = amount, .now = now,
	};

	OK(tx_run(store_db(), end_body, &end, &e));
	if (end.outcome == HOLD_UNKNOWN)
		return STR("unknown");
	return arena_text(store_arena(), "%s %lld of %lld",
	    words[end.outcome], (long long)end.taken, (long long)end.used);
}

static void
what_fits_is_counted_and_what_does_not_is_not(void)
{
	SAME(takes(taking(40)), "40");
	SAME(takes(taking(60)), "100");
	SAME(takes(taking(1)), "no 100");
	SAME(takes(taking(0)), "100");
	CU_ASSERT_EQUAL(ask("SELECT used FROM counters"), 100);
}

static void
too_much_for_a_new_counter_makes_no_row(void)
{
	SAME(takes(taking(MOST + 1)), "no 0");
	SAME(takes(taking(0)), "0");
	CU_ASSERT_EQUAL(ask("SELECT COUNT(*) FROM counters"), 0);
}

static void
each_period_user_and_limit_is_counted_alone(void)
{
	struct taking	 t = taking(70);

	SAME(takes(t), "70");
	t.at.window = TILL + 1;
	SAME(takes(t), "70");
	t = taking(70);
	t.at.user = STR("U1");
	SAME(takes(t), "70");
	t = taking(70);
	t.at.limit = STR("apI");
	SAME(takes(t), "70");
	t = taking(70);
	t.at.seller = SELLER + 1;
	SAME(takes(t), "70");
	CU_ASSERT_EQUAL(ask("SELECT COUNT(*) FROM counters"), 5);
}

static void
without_bounds_all_is_counted_up_to_the_end_of_numbers(void)
{
	struct taking	 t = taking(COUNT_MOST);

	t.most = COUNT_MOST;
	SAME(takes(t), "9007199254740991");
	SAME(takes(t), "9007199254740991");
	t.amount = 1;
	SAME(takes(t), "9007199254740991");
}

static void
what_is_held_counts_until_it_ends(void)
{
	SAME(takes(holding("h1", 60, NOW + 10)), "60");
	SAME(takes(taking(50)), "no 60");
	SAME(takes(taking(40)), "100");
	SAME(takes(holding("h2", 1, NOW + 10)), "no 100");
	CU_ASSERT_EQUAL(ask("SELECT COUNT(*) FROM holds"), 1);
	SAME(ends("h1", HOLD_RELEASE, -1, NOW + 1), "ended 0 of 40");
	SAME(takes(taking(60)), "100");
}

static void
a_hold_past_its_end_counts_no_more_without_being_tidied(void)
{
	struct taking	 t = taking(100);

	SAME(takes(holding("h1", 60, NOW + 10)), "60");
	t.now = NOW + 9;
	SAME(takes(t), "no 60");
	t.now = NOW + 10;
	SAME(takes(t), "100");
	SAME(ends("h1", HOLD_CONFIRM, -1, NOW + 10), "past 60 of 100");
	SAME(ends("h1", HOLD_RELEASE, -1, NOW + 10), "ended 0 of 100");
	CU_ASSERT_EQUAL(ask("SELECT used FROM counters"), 100);
}

static void
confirmed_is_used_and_the_rest_given_back(void)
{
	SAME(takes(holding("h1", 60, NOW + 10)), "60");
	SAME(ends("h1", HOLD_CONFIRM, 61, NOW), "smaller 61 of 60");
	SAME(ends("h1", HOLD_CONFIRM, 25, NOW), "ended 25 of 25");
	SAME(takes(holding("h2", 75, NOW + 10)), "100");
	SAME(ends("h2", HOLD_CONFIRM, -1, NOW), "ended 75 of 100");
	SAME(takes(holding("h3", 1, NOW + 10)), "no 100");
}

static void
a_hold_ends_once_and_in_one_way(void)
{
	SAME(takes(holding("h1", 10, NOW + 10)), "10");
	SAME(takes(holding("h2", 10, NOW + 10)), "20");
	SAME(ends("h1", HOLD_CONFIRM, -1, NOW), "ended 10 of 20");
	SAME(ends("h1", HOLD_CONFIRM, 10, NOW), "ended 10 of 20");
	SAME(ends("h1", HOLD_CONFIRM, 9, NOW), "otherwise 9 of 20");
	SAME(ends("h1", HOLD_RELEASE, -1, NOW), "otherwise 0 of 20");
	SAME(ends("h2", HOLD_RELEASE, -1, NOW), "ended 0 of 10");
	SAME(ends("h2", HOLD_RELEASE, -1, NOW), "ended 0 of 10");
	SAME(ends("h2", HOLD_CONFIRM, -1, NOW), "otherwise 10 of 10");
	SAME(ends("h3", HOLD_CONFIRM, -1, NOW), "unknown");
	CU_ASSERT_EQUAL(ask("SELECT used * 1000 + held FROM counters"),
	    10000);
}

static void
holds_are_in_what_is_in_use(void)
{
	struct err	 e = { .what = "" };
	struct usage	*list = NULL;
	size_t		 n = 0;

	SAME(takes(taking(5)), "5");
	SAME(takes(holding("h1", 10, NOW + 10)), "15");
	SAME(takes(holding("h2", 20, NOW + 20)), "35");
	OK(usage_of(store_db(), SELLER, STR("u1"), NOW + 10, store_arena(),
	    &list, &n, &e));
	CU_ASSERT_EQUAL(n, 1);
	CU_ASSERT_EQUAL(list[0].used, 25);
	CU_ASSERT_EQUAL(list[0].window, TILL);
}

static void
what_ended_long_ago_is_pruned(void)
{
	struct err	 e = { .what = "" };
	struct taking	 total = taking(3);
	int64_t		 count = 0;

	total.at.window = 0;
	SAME(takes(taking(5)), "5");
	SAME(takes(total), "3");
	SAME(takes(holding("h1", 1, NOW + 10)), "6");
	OK(usage_prune(store_db(), SELLER, NOW, 10, &count, &e));
	CU_ASSERT_EQUAL(count, 0);
	OK(usage_prune(store_db(), SELLER, TILL, 10, &count, &e));
	CU_ASSERT_EQUAL(count, 1);
	CU_ASSERT_EQUAL(ask("SELECT COUNT(*) FROM holds"), 0);
	CU_ASSERT_EQUAL(ask("SELECT SUM(used) FROM counters"), 3);
}

/* --- many at once ------------------------------------------------------ */

enum { TAKERS = 64, TRIES = 5, DONE = 20, FAILED = 21 };

/* Each takes until it has tried so often; it ends with how many it got. */
static int
take_some(int number)
{
	struct db	*db = store_db_new();
	struct err	 e = { .what = "" };
	enum rc		 rc = RC_OK;
	int		 got = 0;

	for (int i = 0; i < TRIES; i++) {
		struct taking	 t = taking(1);

		db_deadline(db, clock_steady() + 20 * SECOND);
		rc = tx_run(db, take_body, &t, &e);
		/* A machine that is too busy says so; it is no answer. */
		got += rc == RC_OK && t.fits;
		i -= rc == RC_STORE_UNAVAILABLE;
	}
	db_deadline(db, clock_steady() + 20 * SECOND);
	rc = job_done(db, SELLER, arena_text(store_arena(), "got-%d",
	    number), got, &e);
	db_free(&db);
	return rc == RC_OK ? DONE : FAILED;
}

static void
many_at_once_get_the_limit_and_not_one_more(void)
{
	CU_ASSERT_EQUAL(in_processes(TAKERS, take_some, DONE), TAKERS);
	CU_ASSERT_EQUAL(ask("SELECT used FROM counters"), MOST);
	CU_ASSERT_TRUE(ask("SELECT SUM(last_success) FROM jobs") <= MOST);
}

/* As long as the machine is too busy; a hold that is there was made. */
static enum rc
patiently(struct db *db, tx_body *body, void *arg)
{
	struct err	 e = { .what = "" };
	enum rc		 rc;

	do {
		db_deadline(db, clock_steady() + 20 * SECOND);
		rc = tx_run(db, body, arg, &e);
	} while (rc == RC_STORE_UNAVAILABLE);
	return rc == RC_DUPLICATE ? RC_OK : rc;
}

/* A third is held and released, a third confirmed in part, a third used. */
static int
take_in_turns(int number)
{
	struct db	*db = store_db_new();
	struct str	 id = arena_text(store_arena(), "h%d", number);
	struct taking	 t = number % 3 == 2 ? taking(3) :
			    holding(id.at, 3, NOW + 10);
	struct ending	 end = {
		.seller = SELLER, .user = STR("u1"), .hold = id,
		.how = number % 3 == 0 ? HOLD_RELEASE : HOLD_CONFIRM,
		.amount = 2, .now = NOW,
	};
	enum rc		 rc;

	rc = patiently(db, take_body, &t);
	if (rc == RC_OK && t.fits && t.hold.len > 0)
		rc = patiently(db, end_body, &end);
	db_free(&db);
	return rc == RC_OK && t.used <= MOST ? DONE : FAILED;
}

static void
holds_and_takes_at_once_never_pass_the_limit(void)
{
	CU_ASSERT_EQUAL(in_processes(TAKERS, take_in_turns, DONE), TAKERS);
	CU_ASSERT_EQUAL(ask("SELECT COUNT(*) FROM holds WHERE state = 'open'"),
	    0);
	CU_ASSERT_EQUAL(ask("SELECT held FROM counters"), 0);
	CU_ASSERT_TRUE(ask("SELECT used FROM counters") <= MOST);
	CU_ASSERT_EQUAL(ask("SELECT (used - (SELECT SUM(taken) FROM holds))"
	    " %% 3 FROM counters"), 0);
}

CU_TestInfo taking_tests[] = {
	{ "what fits is counted and what does not is not",
	    what_fits_is_counted_and_what_does_not_is_not },
	{ "too much for a new counter makes no row",
	    too_much_for_a_new_counter_makes_no_row },
	{ "each period, user and limit is counted alone",
	    each_period_user_and_limit_is_counted_alone },
	{ "without bounds all is counted up to the end of numbers",
	    without_bounds_all_is_counted_up_to_the_end_of_numbers },
	{ "what is held counts until it ends",
	    what_is_held_counts_until_it_ends },
	{ "a hold past its end counts no more without being tidied",
	    a_hold_past_its_end_counts_no_more_without_being_tidied },
	{ "confirmed is used and the rest given back",
	    confirmed_is_used_and_the_rest_given_back },
	{ "a hold ends once and in one way",
	    a_hold_ends_once_and_in_one_way },
	{ "holds are in what is in use", holds_are_in_what_is_in_use },
	{ "what ended long ago is pruned", what_ended_long_ago_is_pruned },
	{ "many at once get the limit and not one more",
	    many_at_once_get_the_limit_and_not_one_more },
	{ "holds and takes at once never pass the limit",
	    holds_and_takes_at_once_never_pass_the_limit },
	CU_TEST_INFO_NULL
};
