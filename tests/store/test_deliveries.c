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
what_came_about_nobodys_object_finds_its_user_once(void)
{
	struct err	 e = { .what = "" };
	struct delivery	 d = a_delivery(STR("evt_1"), STR("{}"));
	struct delivery	 more = a_delivery(STR("evt_2"), STR("{}"));
	struct object_key key = a_payment(STR("pi_1"));
	bool		 same;

	d.user = more.user = STR_NONE;
	d.state = INBOX_DEFERRED;
	d.why = STR("no session yet");
	d.kind = STR("payment");
	d.ref = STR("pi_1");
	more.kind = d.kind;
	more.ref = d.ref;
	OK(inbox_claim(store_db(), SELLER, &d, &same, &e));
	OK(inbox_claim(store_db(), SELLER, &more, &same, &e));
	CU_ASSERT_EQUAL(ask("SELECT COUNT(*) FROM inbox WHERE"
	    " state = 'deferred' AND why = 'no session yet'"
	    " AND user_id IS NULL"), 1);
	key.provider = d.provider;
	key.account = d.account;
	OK(inbox_give(store_db(), SELLER, &key, STR("u1"), &e));
	CU_ASSERT_EQUAL(ask("SELECT COUNT(*) FROM inbox WHERE"
	    " state = 'applied' AND why = '' AND user_id = 'u1'"), 2);
	OK(inbox_give(store_db(), SELLER, &key, STR("u2"), &e));
	CU_ASSERT_EQUAL(ask("SELECT COUNT(*) FROM inbox WHERE"
	    " user_id = 'u1'"), 2);
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
	{ "what came about nobody's object finds its user once",
	    what_came_about_nobodys_object_finds_its_user_once },
	{ "a body of any bytes is kept whole",
	    a_body_of_any_bytes_is_kept_whole },
	CU_TEST_INFO_NULL
};
