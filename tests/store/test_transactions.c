/*
 * tx_run: all or nothing, again from the top, and once.
 */
#include "base/limits.h"
#include "store/fault.h"
#include "store/idempotency.h"
#include "store/store.h"
#include "store/story.h"
#include "store/things.h"

static void
a_start_and_its_payment_are_whole(void)
{
	struct err	 e = { .what = "" };
	struct story	 t = A_STORY;

	CU_ASSERT_EQUAL(story_state(&t), 0);
	OK(tx_run(store_db(), story_start, &t, &e));
	CU_ASSERT_EQUAL(story_state(&t), 1);
	OK(tx_run(store_db(), story_paid, &t, &e));
	CU_ASSERT_EQUAL(story_state(&t), 2);
	CU_ASSERT_EQUAL(tx_run(store_db(), story_paid, &t, &e), RC_DUPLICATE);
	CU_ASSERT_TRUE(t.same);
	CU_ASSERT_EQUAL(story_state(&t), 2);
	CU_ASSERT_EQUAL(ask("SELECT COUNT(*) FROM audit a JOIN audit b"
	    " ON b.n = a.n + 1 AND b.prev_hash = a.hash"), 1);
}

static void
waits_are_few(void)
{
	struct err	 e = { .what = "" };
	struct story	 t = A_STORY;
	int64_t		 waits;

	if (!sql_driver_pipelines)
		return;
	OK(tx_run(store_db(), story_start, &t, &e));	/* prepares all */
	OK(tx_run(store_db(), story_paid, &t, &e));
	t = (struct story){ .user = "u2", .session = "us_2",
	    .payment = "pi_2", .event = "evt_2" };
	waits = db_waits(store_db());
	OK(tx_run(store_db(), story_start, &t, &e));
	CU_ASSERT_EQUAL(db_waits(store_db()) - waits, 5);
	waits = db_waits(store_db());
	OK(tx_run(store_db(), story_paid, &t, &e));
	CU_ASSERT_EQUAL(db_waits(store_db()) - waits, 5);
}

static enum rc
half_then_refuse(struct db *db, void *arg, struct err *e)
{
	(void)arg;
	TRY(user_lock(db, SELLER, STR("u1"), CHAIN, T0, e));
	return err_set(e, RC_UNKNOWN_TIER, NULL, "no such tier");
}

static void
a_body_that_refuses_leaves_nothing(void)
{
	struct err	 e = { .what = "" };

	CU_ASSERT_EQUAL(tx_run(store_db(), half_then_refuse, NULL, &e),
	    RC_UNKNOWN_TIER);
	SAME(str_of(e.what), "no such tier");
	CU_ASSERT_EQUAL(ask("SELECT COUNT(*) FROM users"), 0);
}

/* Each run does half, then meets a lock that the side holds at first. */
static enum rc
half_then_wait(struct db *db, void *arg, struct err *e)
{
	int		*runs = arg;
	struct delivery	 d = a_delivery(STR("evt_1"), STR("{}"));
	struct user_row	 u;
	struct err	 swallowed;
	bool		 same;

	if (++*runs == 2)
		tell("COMMIT");
	TRY(inbox_claim(db, SELLER, &d, &same, e));
	/* A careless body: it goes on as if nothing had happened. */
	(void)user_lock(db, SELLER, STR("u1"), CHAIN, T0, &swallowed);
	(void)user_read(db, SELLER, STR("u1"), store_arena(), &u, &swallowed);
	return RC_OK;
}

static void
after_a_lock_wait_nothing_half_done_is_kept(void)
{
	struct err	 e = { .what = "" };
	int		 runs = 0;
	int64_t		 began = clock_steady();

	OK(user_lock(store_db(), SELLER, STR("u1"), CHAIN, T0, &e));
	tell("BEGIN");
	tell("UPDATE users SET touched = touched + 1 WHERE user_id = 'u1'");
	OK(tx_run(store_db(), half_then_wait, &runs, &e));
	CU_ASSERT_EQUAL(runs, 2);
	CU_ASSERT_TRUE(clock_steady() - began < 3 * SECOND);
	CU_ASSERT_EQUAL(ask("SELECT COUNT(*) FROM inbox"), 1);
	CU_ASSERT_EQUAL(ask("SELECT touched FROM users"), 2);
}

static void
side_sends(const char *sql)
{
	must(mysql_send_query(side(), sql, strlen(sql)) == 0);
}

/* Locks u1 while the side holds u2 and asks for u1, then asks for u2. */
static enum rc
cross(struct db *db, void *arg, struct err *e)
{
	int		*runs = arg;
	struct user_row	 u;

	++*runs;
	TRY(user_lock(db, SELLER, STR("u1"), CHAIN, T0, e));
	TRY(user_read(db, SELLER, STR("u1"), store_arena(), &u, e));
	if (*runs == 1)
		side_sends("UPDATE users SET touched = touched + 100"
		    " WHERE seller_id = 1 AND user_id = 'u1'");
	TRY(user_lock(db, SELLER, STR("u2"), CHAIN, T0, e));
	return user_read(db, SELLER, STR("u2"), store_arena(), &u, e);
}

/* Lets the side end as soon as its own wait is over. */
static enum rc
cross_and_release(struct db *db, void *arg, struct err *e)
{
	int *runs = arg;

	if (*runs == 1) {
		must(mysql_read_query_result(side()) == 0);
		tell("COMMIT");
	}
	return cross(db, arg, e);
}

static void
after_a_deadlock_the_whole_body_runs_again(void)
{
	struct err	 e = { .what = "" };
	int		 runs = 0;

	OK(user_lock(store_db(), SELLER, STR("u1"), CHAIN, T0, &e));
	OK(user_lock(store_db(), SELLER, STR("u2"), CHAIN, T0, &e));
	tell("SET innodb_lock_wait_timeout = 10");
	tell("BEGIN");
	/* More work than ours: the server picks the smaller one. */
	tell("INSERT INTO jobs SELECT 1, seq, 0 FROM seq_1_to_200");
	tell("UPDATE users SET touched = touched + 100"
	    " WHERE seller_id = 1 AND user_id = 'u2'");
	OK(tx_run(store_db(), cross_and_release, &runs, &e));
	CU_ASSERT_EQUAL(runs, 2);
	CU_ASSERT_EQUAL(ask("SELECT SUM(touched) FROM users"), 202);
}

static enum rc
fail_and_go_on(struct db *db, void *arg, struct err *e)
{
	struct err	 first, second;
	struct session	 s = a_session(STR("us_1"), STR("u1"));
	int64_t		 before;

	(void)arg;
	(void)e;
	TRY(user_lock(db, SELLER, STR("u1"), CHAIN, T0, e));
	s.from_tier = STR("a tier whose name is longer than forty bytes");
	CU_ASSERT_EQUAL(session_insert(db, SELLER, &s, &first), RC_BROKEN);
	before = db_statements(db);
	s.from_tier = STR("free");
	CU_ASSERT_EQUAL(session_insert(db, SELLER, &s, &second), RC_BROKEN);
	CU_ASSERT_EQUAL(db_statements(db), before);
	SAME(str_of(second.what), first.what);
	return RC_OK;
}

static void
a_poisoned_handle_sends_nothing_and_commits_nothing(void)
{
	struct err	 e = { .what = "" };
	struct story	 t = A_STORY;

	CU_ASSERT_EQUAL(tx_run(store_db(), fail_and_go_on, NULL, &e),
	    RC_BROKEN);
	CU_ASSERT_EQUAL(ask("SELECT COUNT(*) FROM users"), 0);
	CU_ASSERT_EQUAL(ask("SELECT COUNT(*) FROM sessions"), 0);
	OK(tx_run(store_db(), story_start, &t, &e));
}

static enum rc
duplicate_and_go_on(struct db *db, void *arg, struct err *e)
{
	struct session	 s = a_session(STR("us_2"), STR("u1"));
	struct delivery	 d = a_delivery(STR("evt_9"), STR("{}"));
	bool		 same;

	(void)arg;
	CU_ASSERT_EQUAL(session_insert(db, SELLER, &s, e), RC_DUPLICATE);
	return inbox_claim(db, SELLER, &d, &same, e);
}

static void
a_duplicate_leaves_the_transaction_alive(void)
{
	struct err	 e = { .what = "" };
	struct session	 s = a_session(STR("us_1"), STR("u1"));

	OK(session_insert(store_db(), SELLER, &s, &e));
	OK(tx_run(store_db(), duplicate_and_go_on, NULL, &e));
	CU_ASSERT_EQUAL(ask("SELECT COUNT(*) FROM inbox"), 1);
}

/* A write nobody waits for fails, and the body never hears of it. */
static enum rc
late_duplicate(struct db *db, void *arg, struct err *e)
{
	struct user_row	 u = { .user = STR("u1"), .chain_id = CHAIN };
	struct record	 r = a_record(1);

	(void)arg;
	TRY(user_lock(db, SELLER, STR("u2"), CHAIN, T0, e));
	return audit_append(db, SELLER, &u, &r, &u.audit_hash, e);
}

static void
what_fails_late_stops_the_commit(void)
{
	struct err	 e = { .what = "" };
	struct user_row	 u = { .user = STR("u1"), .chain_id = CHAIN };
	struct record	 r = a_record(1);

	OK(audit_append(store_db(), SELLER, &u, &r, &u.audit_hash, &e));
	CU_ASSERT_EQUAL(tx_run(store_db(), late_duplicate, NULL, &e),
	    RC_BROKEN);
	CU_ASSERT_EQUAL(ask("SELECT COUNT(*) FROM users"), 0);
	CU_ASSERT_EQUAL(ask("SELECT COUNT(*) FROM audit"), 1);
}

static enum rc
many_at_once(struct db *db, void *arg, struct err *e)
{
	(void)arg;
	for (int i = 0; i < 100; i++)
		TRY(user_lock(db, SELLER, arena_text(store_arena(), "u%d", i),
		    CHAIN, T0, e));
	return RC_OK;
}

static void
more_writes_than_fit_under_way_are_all_done(void)
{
	struct err	 e = { .what = "" };

	OK(tx_run(store_db(), many_at_once, NULL, &e));
	CU_ASSERT_EQUAL(ask("SELECT COUNT(*) FROM users"), 100);
}

static void
a_read_outside_leaves_no_transaction_open(void)
{
	struct err	 e = { .what = "" };
	struct story	 t = A_STORY;
	struct user_row	 u;

	OK(tx_run(store_db(), story_start, &t, &e));
	for (int i = 0; i < 6; i++) {
		OK(user_read(store_db(), SELLER, STR("u1"), store_arena(), &u,
		    &e));
		CU_ASSERT_EQUAL(u.ver, 1);
		/* A table that a transaction has read cannot be altered. */
		tell("SET lock_wait_timeout = 2");
		tell("ALTER TABLE users COMMENT = 'still free'");
	}
	OK(tx_run(store_db(), story_paid, &t, &e));
	CU_ASSERT_EQUAL(story_state(&t), 2);
}

static void
a_read_outside_sees_what_others_committed(void)
{
	struct err	 e = { .what = "" };
	struct story	 t = A_STORY;
	struct user_row	 u;

	OK(tx_run(store_db(), story_start, &t, &e));
	for (int i = 2; i < 8; i++) {
		tell("UPDATE users SET ver = %d", i);
		OK(user_read(store_db(), SELLER, STR("u1"), store_arena(), &u,
		    &e));
		CU_ASSERT_EQUAL(u.ver, i);
	}
}

static void
a_write_outside_is_kept_at_once(void)
{
	struct err	 e = { .what = "" };
	struct story	 t = A_STORY;

	OK(tx_run(store_db(), story_start, &t, &e));
	OK(user_lock(store_db(), SELLER, STR("u9"), CHAIN, T0, &e));
	CU_ASSERT_EQUAL(ask("SELECT COUNT(*) FROM users"), 2);
	OK(tx_run(store_db(), story_paid, &t, &e));
	CU_ASSERT_EQUAL(story_state(&t), 2);
}

static void
a_statement_that_takes_too_long_is_ended(void)
{
	struct err	 e = { .what = "" };
	int64_t		 began = clock_steady();
	struct story	 t = A_STORY;

	OK(user_lock(store_db(), SELLER, STR("u1"), CHAIN, T0, &e));
	tell("BEGIN");
	tell("UPDATE users SET touched = touched + 1");
	db_deadline(store_db(), clock_steady() + 1500 * 1000);
	CU_ASSERT_EQUAL(tx_run(store_db(), story_start, &t, &e),
	    RC_STORE_UNAVAILABLE);
	CU_ASSERT_TRUE(clock_steady() - began < 2 * SECOND);
	tell("ROLLBACK");
	db_deadline(store_db(), clock_steady() + 4 * SECOND);
	OK(tx_run(store_db(), story_start, &t, &e));
}

static void
after_the_deadline_nothing_is_begun(void)
{
	struct err	 e = { .what = "" };
	struct story	 t = A_STORY;

	db_deadline(store_db(), clock_steady() - 1);
	CU_ASSERT_EQUAL(tx_run(store_db(), story_start, &t, &e),
	    RC_STORE_UNAVAILABLE);
	CU_ASSERT_EQUAL(story_state(&t), 0);
}

static void
without_pipelining_it_is_the_same_story(void)
{
	struct err	 e = { .what = "" };
	struct db	*db = store_db_new();
	struct story	 t = A_STORY;

	db_one_by_one(db);
	OK(tx_run(db, story_start, &t, &e));
	OK(tx_run(db, story_paid, &t, &e));
	CU_ASSERT_EQUAL(tx_run(db, story_paid, &t, &e), RC_DUPLICATE);
	CU_ASSERT_EQUAL(story_state(&t), 2);
	CU_ASSERT_EQUAL(tx_run(db, late_duplicate, NULL, &e), RC_BROKEN);
	CU_ASSERT_EQUAL(ask("SELECT COUNT(*) FROM users"), 1);
	db_free(&db);
}

CU_TestInfo transactions_tests[] = {
	{ "a start and its payment are whole",
	    a_start_and_its_payment_are_whole },
	{ "waits are few", waits_are_few },
	{ "a body that refuses leaves nothing",
	    a_body_that_refuses_leaves_nothing },
	{ "after a lock wait nothing half done is kept",
	    after_a_lock_wait_nothing_half_done_is_kept },
	{ "after a deadlock the whole body runs again",
	    after_a_deadlock_the_whole_body_runs_again },
	{ "a poisoned handle sends nothing and commits nothing",
	    a_poisoned_handle_sends_nothing_and_commits_nothing },
	{ "a duplicate leaves the transaction alive",
	    a_duplicate_leaves_the_transaction_alive },
	{ "what fails late stops the commit",
	    what_fails_late_stops_the_commit },
	{ "more writes than fit under way are all done",
	    more_writes_than_fit_under_way_are_all_done },
	{ "a read outside leaves no transaction open",
	    a_read_outside_leaves_no_transaction_open },
	{ "a read outside sees what others committed",
	    a_read_outside_sees_what_others_committed },
	{ "a write outside is kept at once",
	    a_write_outside_is_kept_at_once },
	{ "a statement that takes too long is ended",
	    a_statement_that_takes_too_long_is_ended },
	{ "after the deadline nothing is begun",
	    after_the_deadline_nothing_is_begun },
	{ "without pipelining it is the same story",
	    without_pipelining_it_is_the_same_story },
	CU_TEST_INFO_NULL
};
