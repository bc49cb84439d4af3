/*
 * Sessions and idempotent answers.
 */
#include "store/idempotency.h"
#include "store/store.h"
#include "store/things.h"

static struct session
read_back(struct str id)
{
	struct err	 e = { .what = "" };
	struct session	 s = { 0 };
	bool		 found = false;

	OK(session_read(store_db(), SELLER, id, store_arena(), &s, &found,
	    &e));
	CU_ASSERT_TRUE(found);
	return s;
}

static void
a_session_reads_as_it_was_written(void)
{
	struct err	 e = { .what = "" };
	struct session	 s = a_session(STR("us_1"), STR("u1")), got;

	OK(session_insert(store_db(), SELLER, &s, &e));
	got = read_back(STR("us_1"));
	SAME(got.id, "us_1");
	SAME(got.terms.user, "u1");
	SAME(got.terms.session, "us_1");
	SAME(got.terms.tier, "pro");
	CU_ASSERT_EQUAL_FATAL(got.terms.addon_count, 1);
	SAME(got.terms.addons[0], "export-pack");
	CU_ASSERT_EQUAL(got.terms.quantity, 3);
	CU_ASSERT_EQUAL(got.terms.amount, 2900);
	SAME(got.terms.currency, "eur");
	SAME(got.from_tier, "free");
	CU_ASSERT_EQUAL(got.state, SESSION_PENDING);
	CU_ASSERT_EQUAL(got.payment, PAYMENT_UNPAID);
	CU_ASSERT_EQUAL(got.reason, BECAUSE_NONE);
	CU_ASSERT_TRUE(got.livemode);
	CU_ASSERT_EQUAL(got.version, 1);
	CU_ASSERT_EQUAL(got.created_at, T0);
	CU_ASSERT_EQUAL(got.expires_at, T0 + 3600);
	CU_ASSERT_EQUAL(got.ended_at, 0);
	SAME(got.provider, "stripe");
	SAME(got.price, "price_pro_monthly");
	SAME(got.success_url, "https://shop.example/done");
	SAME(got.cancel_url, "https://shop.example/back");
	SAME(got.delta, "{\"capabilities\":{}}");
}

static void
another_sellers_session_is_not_found(void)
{
	struct err	 e = { .what = "" };
	struct session	 s = a_session(STR("us_1"), STR("u1"));
	bool		 found = true;

	OK(session_insert(store_db(), SELLER + 1, &s, &e));
	OK(session_read(store_db(), SELLER, STR("us_1"), store_arena(), &s,
	    &found, &e));
	CU_ASSERT_FALSE(found);
}

static void
a_session_of_one_user_is_not_another_users(void)
{
	struct err	 e = { .what = "" };
	struct session	 s = a_session(STR("us_1"), STR("u1")), got;
	bool		 found = false;

	OK(session_insert(store_db(), SELLER, &s, &e));
	OK(session_read_of(store_db(), SELLER, STR("u1"), STR("us_1"),
	    store_arena(), &got, &found, &e));
	CU_ASSERT_TRUE_FATAL(found);
	SAME(got.id, "us_1");
	SAME(got.terms.user, "u1");
	OK(session_read_of(store_db(), SELLER, STR("u2"), STR("us_1"),
	    store_arena(), &got, &found, &e));
	CU_ASSERT_FALSE(found);
}

static void
a_second_open_session_is_a_duplicate_of_the_slot(void)
{
	struct err	 e = { .what = "" };
	struct session	 one = a_session(STR("us_1"), STR("u1"));
	struct session	 two = a_session(STR("us_2"), STR("u1"));

	OK(session_insert(store_db(), SELLER, &one, &e));
	CU_ASSERT_EQUAL(session_insert(store_db(), SELLER, &two, &e),
	    RC_DUPLICATE);
	SAME(str_of(e.key), "sessions_open_slot");
	one.state = SESSION_CANCELLED;
	one.reason = BECAUSE_CANCELLED_BY_USER;
	one.ended_at = T0 + 1;
	one.version++;
	OK(session_move(store_db(), SELLER, &one, &e));
	OK(session_insert(store_db(), SELLER, &two, &e));
}

static void
a_final_session_never_moves(void)
{
	struct err	 e = { .what = "" };
	struct session	 s = a_session(STR("us_1"), STR("u1")), got;

	OK(session_insert(store_db(), SELLER, &s, &e));
	s.payment = PAYMENT_PROCESSING;
	s.version = 2;
	OK(session_move(store_db(), SELLER, &s, &e));
	s.state = SESSION_FAILED;
	s.payment = PAYMENT_FAILED;
	s.reason = BECAUSE_DECLINED;
	s.ended_at = T0 + 7;
	s.version = 3;
	OK(session_move(store_db(), SELLER, &s, &e));
	s.state = SESSION_COMPLETED;
	CU_ASSERT_EQUAL(session_move(store_db(), SELLER, &s, &e), RC_BROKEN);
	got = read_back(STR("us_1"));
	CU_ASSERT_EQUAL(got.state, SESSION_FAILED);
	CU_ASSERT_EQUAL(got.payment, PAYMENT_FAILED);
	CU_ASSERT_EQUAL(got.reason, BECAUSE_DECLINED);
	CU_ASSERT_EQUAL(got.ended_at, T0 + 7);
	CU_ASSERT_EQUAL(got.version, 3);
}

static size_t
listed(struct str user, enum session_state state, size_t max, char *first)
{
	struct err	 e = { .what = "" };
	struct session	*list = NULL;
	size_t		 count = 0;

	OK(session_list(store_db(), SELLER, user, state, max, store_arena(),
	    &list, &count, &e));
	snprintf(first, 20, "%.*s", count > 0 ? (int)list[0].id.len : 0,
	    count > 0 ? list[0].id.at : "");
	return count;
}

static void
lists_are_newest_first_and_filtered(void)
{
	struct err	 e = { .what = "" };
	struct session	 s;
	char		 first[20];

	for (int i = 1; i <= 5; i++) {
		s = a_session(arena_text(store_arena(), "us_%d", i),
		    arena_text(store_arena(), "u%d", i % 2));
		s.created_at = T0 + i;
		OK(session_insert(store_db(), SELLER, &s, &e));
		s.state = SESSION_EXPIRED;
		s.ended_at = T0 + i;
		if (i < 4)
			OK(session_move(store_db(), SELLER, &s, &e));
	}
	CU_ASSERT_EQUAL(listed(STR_NONE, SESSION__COUNT, 10, first), 5);
	SAME(str_of(first), "us_5");
	CU_ASSERT_EQUAL(listed(STR_NONE, SESSION_EXPIRED, 10, first), 3);
	SAME(str_of(first), "us_3");
	CU_ASSERT_EQUAL(listed(STR("u1"), SESSION__COUNT, 10, first), 3);
	SAME(str_of(first), "us_5");
	CU_ASSERT_EQUAL(listed(STR("u1"), SESSION_EXPIRED, 10, first), 2);
	CU_ASSERT_EQUAL(listed(STR("u1"), SESSION__COUNT, 1, first), 1);
	CU_ASSERT_EQUAL(listed(STR("u7"), SESSION__COUNT, 1, first), 0);
}

static void
stale_are_pending_sessions_past_their_end(void)
{
	struct err	 e = { .what = "" };
	struct str	*users = NULL;
	size_t		 count = 0;
	struct session	 s = a_session(STR("us_1"), STR("u1"));

	OK(session_insert(store_db(), SELLER, &s, &e));
	OK(sessions_stale(store_db(), SELLER, s.expires_at - 1, 10,
	    store_arena(), &users, &count, &e));
	CU_ASSERT_EQUAL(count, 0);
	OK(sessions_stale(store_db(), SELLER, s.expires_at, 10,
	    store_arena(), &users, &count, &e));
	CU_ASSERT_EQUAL_FATAL(count, 1);
	SAME(users[0], "u1");
}

static struct idem
an_answer(struct str key)
{
	return (struct idem){
		.principal = STR("user:u1"), .route = STR("POST /v1/upgrades"),
		.key = key, .body = secret_sha256(STR("{}")), .status = 201,
		.session = STR("us_1"), .gap = 17, .answer = STR("{\"a\":1}"),
	};
}

static void
an_answer_is_stored_once_and_read_back(void)
{
	struct err	 e = { .what = "" };
	struct idem	 i = an_answer(STR("key-1")), got = { 0 };
	bool		 found = true;

	OK(idem_find(store_db(), SELLER, &i, store_arena(), &got, &found,
	    &e));
	CU_ASSERT_FALSE(found);
	OK(idem_store(store_db(), SELLER, &i, T0, &e));
	CU_ASSERT_EQUAL(idem_store(store_db(), SELLER, &i, T0, &e),
	    RC_DUPLICATE);
	OK(idem_find(store_db(), SELLER, &i, store_arena(), &got, &found,
	    &e));
	CU_ASSERT_TRUE(found);
	CU_ASSERT_EQUAL(got.status, 201);
	SAME(got.session, "us_1");
	CU_ASSERT_EQUAL(got.gap, 17);
	SAME(got.answer, "{\"a\":1}");
	CU_ASSERT_TRUE(secret_same(&got.body, &i.body));
	i.principal = STR("seller");
	OK(idem_find(store_db(), SELLER, &i, store_arena(), &got, &found,
	    &e));
	CU_ASSERT_FALSE(found);
}

static void
old_answers_are_pruned_a_few_at_a_time(void)
{
	struct err	 e = { .what = "" };
	int64_t		 count = 0;

	for (int n = 0; n < 5; n++) {
		struct idem i = an_answer(arena_text(store_arena(), "k%d", n));

		OK(idem_store(store_db(), SELLER, &i, T0 + n, &e));
	}
	OK(idem_prune(store_db(), SELLER, T0 + 3, 2, &count, &e));
	CU_ASSERT_EQUAL(count, 2);
	OK(idem_prune(store_db(), SELLER, T0 + 3, 2, &count, &e));
	CU_ASSERT_EQUAL(count, 1);
	CU_ASSERT_EQUAL(ask("SELECT COUNT(*) FROM idempotency"), 2);
}

CU_TestInfo sessions_tests[] = {
	{ "a session reads as it was written",
	    a_session_reads_as_it_was_written },
	{ "another seller's session is not found",
	    another_sellers_session_is_not_found },
	{ "a session of one user is not another user's",
	    a_session_of_one_user_is_not_another_users },
	{ "a second open session is a duplicate of the slot",
	    a_second_open_session_is_a_duplicate_of_the_slot },
	{ "a final session never moves", a_final_session_never_moves },
	{ "lists are newest first and filtered",
	    lists_are_newest_first_and_filtered },
	{ "stale are pending sessions past their end",
	    stale_are_pending_sessions_past_their_end },
	{ "an answer is stored once and read back",
	    an_answer_is_stored_once_and_read_back },
	{ "old answers are pruned a few at a time",
	    old_answers_are_pruned_a_few_at_a_time },
	CU_TEST_INFO_NULL
};
