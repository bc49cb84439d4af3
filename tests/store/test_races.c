/*
 * Several processes at once: keys hold, and a lock by writing takes turns.
 */
#include "store/store.h"
#include "store/story.h"
#include "store/things.h"

enum { WON = 10, LOST = 11, OTHER = 12 };

static enum rc
insert_session(struct db *db, void *arg, struct err *e)
{
	struct session s = a_session(*(struct str *)arg, STR("u1"));

	return session_insert(db, SELLER, &s, e);
}

static int
race_for_the_slot(int number)
{
	struct err	 e;
	struct db	*db = store_db_new();
	struct str	 id = arena_text(store_arena(), "us_%d", number);
	enum rc		 rc = tx_run(db, insert_session, &id, &e);

	db_free(&db);
	if (rc == RC_DUPLICATE && str_eq(str_of(e.key),
	    STR("sessions_open_slot")))
		return LOST;
	return rc == RC_OK ? WON : OTHER;
}

static void
of_many_starts_one_gets_the_slot(void)
{
	CU_ASSERT_EQUAL(in_processes(2, race_for_the_slot, WON), 1);
	CU_ASSERT_EQUAL(ask("SELECT COUNT(*) FROM sessions"), 1);
	tell("DELETE FROM sessions");
	CU_ASSERT_EQUAL(in_processes(16, race_for_the_slot, LOST), 15);
	CU_ASSERT_EQUAL(ask("SELECT COUNT(*) FROM sessions"), 1);
}

static int
deliver(int number)
{
	struct err	 e;
	struct db	*db = store_db_new();
	struct story	 t = A_STORY;
	enum rc		 rc = tx_run(db, story_paid, &t, &e);

	(void)number;
	db_free(&db);
	if (rc == RC_DUPLICATE && t.same)
		return LOST;
	return rc == RC_OK ? WON : OTHER;
}

static void
of_many_copies_of_a_delivery_one_is_applied(void)
{
	struct err	 e = { .what = "" };
	struct story	 t = A_STORY;

	OK(tx_run(store_db(), story_start, &t, &e));
	CU_ASSERT_EQUAL(in_processes(16, deliver, LOST), 15);
	CU_ASSERT_EQUAL(story_state(&t), 2);
}

enum { ROUNDS = 20, RUNNERS = 4 };

static enum rc
one_more(struct db *db, void *arg, struct err *e)
{
	struct user_row	 u;
	struct record	 r;

	(void)arg;
	TRY(user_lock(db, SELLER, STR("u1"), CHAIN, T0, e));
	TRY(user_read(db, SELLER, STR("u1"), store_arena(), &u, e));
	r = a_record(++u.ver);
	TRY(audit_append(db, SELLER, &u, &r, &u.audit_hash, e));
	return user_close(db, SELLER, &u, e);
}

static int
count_up(int number)
{
	struct err	 e;
	struct db	*db = store_db_new();

	(void)number;
	for (int i = 0; i < ROUNDS; i++) {
		db_deadline(db, clock_steady() + 10 * SECOND);
		if (tx_run(db, one_more, NULL, &e) != RC_OK)
			return OTHER;
	}
	db_free(&db);
	return WON;
}

static void
a_lock_by_writing_takes_turns(void)
{
	CU_ASSERT_EQUAL(in_processes(RUNNERS, count_up, WON), RUNNERS);
	CU_ASSERT_EQUAL(ask("SELECT ver FROM users"), RUNNERS * ROUNDS);
	CU_ASSERT_EQUAL(ask("SELECT COUNT(*) FROM audit a JOIN audit b"
	    " ON b.n = a.n + 1 AND b.prev_hash = a.hash"),
	    RUNNERS * ROUNDS - 1);
}

CU_TestInfo races_tests[] = {
	{ "of many starts one gets the slot",
	    of_many_starts_one_gets_the_slot },
	{ "of many copies of a delivery one is applied",
	    of_many_copies_of_a_delivery_one_is_applied },
	{ "a lock by writing takes turns", a_lock_by_writing_takes_turns },
	CU_TEST_INFO_NULL
};
