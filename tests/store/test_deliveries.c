/*
 * The inbox: each event once, for ever.
 */
#include "store/store.h"
#include "store/things.h"

static void
a_copy_is_a_duplicate_and_says_whether_it_is_the_same(void)
{
	struct err	 e = { .what = "" };
	struct delivery	 d = a_delivery(STR("evt_1"), STR("{\"a\":1}"));
	struct delivery	 other = a_delivery(STR("evt_1"), STR("{\"a\":2}"));
	bool		 same = false;

	OK(inbox_claim(store_db(), SELLER, &d, &same, &e));
	CU_ASSERT_EQUAL(inbox_claim(store_db(), SELLER, &d, &same, &e),
	    RC_DUPLICATE);
	CU_ASSERT_TRUE(same);
	CU_ASSERT_EQUAL(inbox_claim(store_db(), SELLER, &other, &same, &e),
	    RC_DUPLICATE);
	CU_ASSERT_FALSE(same);
	CU_ASSERT_EQUAL(ask("SELECT COUNT(*) FROM inbox"), 1);
}

static void
an_event_of_another_account_or_provider_is_another(void)
{
	struct err	 e = { .what = "" };
	struct delivery	 d = a_delivery(STR("evt_1"), STR("{}"));
	bool		 same;

	OK(inbox_claim(store_db(), SELLER, &d, &same, &e));
	d.account = STR("");
	OK(inbox_claim(store_db(), SELLER, &d, &same, &e));
	d.provider = STR("paddle");
	OK(inbox_claim(store_db(), SELLER, &d, &same, &e));
	OK(inbox_claim(store_db(), SELLER + 1, &d, &same, &e));
}

static void
two_bodies_of_one_event_are_both_kept(void)
{
	struct err	 e = { .what = "" };
	struct delivery	 d = a_delivery(STR("evt_1"), STR("{\"a\":2}"));

	OK(inbox_conflict(store_db(), SELLER, &d, &e));
	OK(inbox_conflict(store_db(), SELLER, &d, &e));
	d = a_delivery(STR("evt_1"), STR("{\"a\":3}"));
	OK(inbox_conflict(store_db(), SELLER, &d, &e));
	CU_ASSERT_EQUAL(ask("SELECT COUNT(*) FROM inbox_conflicts"), 2);
}

static void
what_became_of_it_is_written(void)
{
	struct err	 e = { .what = "" };
	struct delivery	 d = a_delivery(STR("evt_1"), STR("{}"));
	bool		 same;

	d.user = STR_NONE;
	OK(inbox_claim(store_db(), SELLER, &d, &same, &e));
	d.state = INBOX_DEFERRED;
	d.why = STR("no session yet");
	OK(inbox_settle(store_db(), SELLER, &d, &e));
	CU_ASSERT_EQUAL(ask("SELECT COUNT(*) FROM inbox WHERE"
	    " state = 'deferred' AND why = 'no session yet'"
	    " AND user_id IS NULL"), 1);
	OK(inbox_apply_deferred(store_db(), SELLER, d.provider, d.account,
	    d.event_id, STR("u1"), &e));
	CU_ASSERT_EQUAL(ask("SELECT COUNT(*) FROM inbox WHERE"
	    " state = 'applied' AND user_id = 'u1'"), 1);
	OK(inbox_apply_deferred(store_db(), SELLER, d.provider, d.account,
	    d.event_id, STR("u2"), &e));
	CU_ASSERT_EQUAL(ask("SELECT COUNT(*) FROM inbox WHERE"
	    " user_id = 'u1'"), 1);
}

static void
a_settled_delivery_must_be_there(void)
{
	struct err	 e = { .what = "" };
	struct delivery	 d = a_delivery(STR("evt_0"), STR("{}"));

	CU_ASSERT_EQUAL(inbox_settle(store_db(), SELLER, &d, &e), RC_BROKEN);
}

static void
a_body_of_any_bytes_is_kept_whole(void)
{
	struct err	 e = { .what = "" };
	char		*bytes = arena_take(store_arena(), 256 * 1024, 1);
	struct delivery	 d;
	bool		 same = false;

	for (size_t i = 0; i < 256 * 1024; i++)
		bytes[i] = (char)(i * 7 + i / 251);
	d = a_delivery(STR("evt_1"), (struct str){ bytes, 256 * 1024 });
	OK(inbox_claim(store_db(), SELLER, &d, &same, &e));
	CU_ASSERT_EQUAL(ask("SELECT COUNT(*) FROM inbox"
	    " WHERE UNHEX(SHA2(body, 256)) = body_digest"), 1);
}

CU_TestInfo deliveries_tests[] = {
	{ "a copy is a duplicate and says whether it is the same",
	    a_copy_is_a_duplicate_and_says_whether_it_is_the_same },
	{ "an event of another account or provider is another",
	    an_event_of_another_account_or_provider_is_another },
	{ "two bodies of one event are both kept",
	    two_bodies_of_one_event_are_both_kept },
	{ "what became of it is written", what_became_of_it_is_written },
	{ "a settled delivery must be there",
	    a_settled_delivery_must_be_there },
	{ "a body of any bytes is kept whole",
	    a_body_of_any_bytes_is_kept_whole },
	CU_TEST_INFO_NULL
};
