/*
 * Connections that die, and a server that goes and comes back.
 */
#include "store/db_inside.h"
#include "store/store.h"
#include "store/story.h"
#include "store/things.h"

static void
kill_connection_of(struct db *db)
{
	unsigned long id = mysql_thread_id(db->my);

	tell("KILL %lu", id);
	while (ask("SELECT COUNT(*) FROM information_schema.processlist"
	    " WHERE id = %lu", id) > 0)
		continue;
}

static void
a_connection_that_died_idle_is_not_noticed(void)
{
	struct err	 e = { .what = "" };
	struct story	 t = A_STORY;
	struct user_row	 u;

	OK(tx_run(store_db(), story_start, &t, &e));
	kill_connection_of(store_db());
	OK(user_read(store_db(), SELLER, STR("u1"), store_arena(), &u, &e));
	CU_ASSERT_EQUAL(u.ver, 1);
	kill_connection_of(store_db());
	OK(user_lock(store_db(), SELLER, STR("u9"), CHAIN, T0, &e));
	kill_connection_of(store_db());
	t.runs = 0;
	OK(tx_run(store_db(), story_paid, &t, &e));
	CU_ASSERT_EQUAL(t.runs, 1);
	CU_ASSERT_EQUAL(story_state(&t), 2);
	/* Its answer to ROLLBACK is still on the way when it dies. */
	CU_ASSERT_EQUAL(tx_run(store_db(), story_paid, &t, &e), RC_DUPLICATE);
	kill_connection_of(store_db());
	CU_ASSERT_EQUAL(tx_run(store_db(), story_paid, &t, &e), RC_DUPLICATE);
	kill_connection_of(store_db());
	db_deadline(store_db(), clock_steady() + 4 * SECOND);
	OK(user_read(store_db(), SELLER, STR("u1"), store_arena(), &u, &e));
	CU_ASSERT_EQUAL(u.ver, 2);
}

static enum rc
killed_in_the_middle(struct db *db, void *arg, struct err *e)
{
	struct story	*t = arg;
	struct user_row	 u;

	if (t->runs == 0) {
		TRY(user_lock(db, SELLER, STR("half"), CHAIN, T0, e));
		TRY(user_read(db, SELLER, STR("half"), store_arena(), &u, e));
		kill_connection_of(db);
	}
	return story_start(db, t, e);
}

static void
a_connection_killed_in_a_transaction_starts_it_again(void)
{
	struct err	 e = { .what = "" };
	struct story	 t = A_STORY;

	OK(tx_run(store_db(), killed_in_the_middle, &t, &e));
	CU_ASSERT_EQUAL(t.runs, 2);
	CU_ASSERT_EQUAL(story_state(&t), 1);
	CU_ASSERT_EQUAL(ask("SELECT COUNT(*) FROM users"), 1);
}

static void
an_abandoned_transaction_is_rolled_back_at_the_next_request(void)
{
	struct err	 e = { .what = "" };

	OK(db_begin(store_db(), &e));
	OK(user_lock(store_db(), SELLER, STR("u1"), CHAIN, T0, &e));
	db_deadline(store_db(), clock_steady() + 4 * SECOND);
	OK(user_lock(store_db(), SELLER, STR("u2"), CHAIN, T0, &e));
	CU_ASSERT_EQUAL(ask("SELECT COUNT(*) FROM users"), 1);
}

static void
a_stopped_server_is_unavailable_and_a_started_one_serves(void)
{
	struct err	 e = { .what = "" };
	struct story	 t = A_STORY;
	struct user_row	 u;
	int64_t		 began;

	OK(tx_run(store_db(), story_start, &t, &e));
	side_close();
	server("stop");
	began = clock_steady();
	db_deadline(store_db(), began + 2 * SECOND);
	CU_ASSERT_EQUAL(tx_run(store_db(), story_paid, &t, &e),
	    RC_STORE_UNAVAILABLE);
	CU_ASSERT_NOT_EQUAL(user_read(store_db(), SELLER, STR("u1"),
	    store_arena(), &u, &e), RC_OK);
	CU_ASSERT_TRUE(clock_steady() - began < 2 * SECOND);
	server("start");
	tell("USE %s", store_conf()->database_name.at);
	db_deadline(store_db(), clock_steady() + 4 * SECOND);
	OK(tx_run(store_db(), story_paid, &t, &e));
	CU_ASSERT_EQUAL(story_state(&t), 2);
}

static void
a_frozen_server_is_left_at_the_deadline(void)
{
	struct err	 e = { .what = "" };
	struct story	 t = A_STORY;
	int64_t		 began;

	OK(tx_run(store_db(), story_start, &t, &e));
	server("freeze");
	began = clock_steady();
	db_deadline(store_db(), began + 700 * 1000);
	CU_ASSERT_EQUAL(tx_run(store_db(), story_paid, &t, &e),
	    RC_STORE_UNAVAILABLE);
	CU_ASSERT_TRUE(clock_steady() - began < 1200 * 1000);
	server("thaw");
	db_deadline(store_db(), clock_steady() + 4 * SECOND);
	t.same = false;
	CU_ASSERT_TRUE(tx_run(store_db(), story_paid, &t, &e) == RC_OK ||
	    t.same);
	CU_ASSERT_EQUAL(story_state(&t), 2);
}

CU_TestInfo outages_tests[] = {
	{ "a connection that died idle is not noticed",
	    a_connection_that_died_idle_is_not_noticed },
	{ "a connection killed in a transaction starts it again",
	    a_connection_killed_in_a_transaction_starts_it_again },
	{ "an abandoned transaction is rolled back at the next request",
	    an_abandoned_transaction_is_rolled_back_at_the_next_request },
	{ "a frozen server is left at the deadline",
	    a_frozen_server_is_left_at_the_deadline },
	{ "a stopped server is unavailable and a started one serves",
	    a_stopped_server_is_unavailable_and_a_started_one_serves },
	CU_TEST_INFO_NULL
};
