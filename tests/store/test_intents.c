/*
 * Intents: who asks a provider, and what came of it.
 */
#include "flow/lease.h"
#include "store/store.h"
#include "store/things.h"
#include "store/tx.h"

static struct flow
a_flow(int64_t now)
{
	return (struct flow){
		.db = store_db(), .seller = SELLER, .arena = store_arena(),
		.now = now,
	};
}

static struct intent
a_change(void)
{
	return (struct intent){
		.session = STR("us_1"), .replaces = STR("price_pro"),
		.subject = { STR("stripe"), STR("acct_1"),
		    OBJECT_SUBSCRIPTION, STR("sub_1") },
	};
}

static struct intent
read_back(void)
{
	struct err	 e = { .what = "" };
	struct intent	 i = { .declined = -1 };
	bool		 found = false;

	OK(intent_read(store_db(), SELLER, STR("us_1"), STR("stripe"),
	    store_arena(), &i, &found, &e));
	CU_ASSERT_TRUE(found);
	return i;
}

static void
an_intent_reads_as_it_was_written(void)
{
	struct err	 e = { .what = "" };
	struct intent	 i = a_change(), got;

	OK(intent_lock(store_db(), SELLER, &i, T0, &e));
	got = read_back();
	CU_ASSERT_EQUAL(object_key_cmp(&got.subject, &i.subject), 0);
	SAME(got.replaces, "price_pro");
	CU_ASSERT_EQUAL(got.state, INTENT_NEW);
	CU_ASSERT_EQUAL(got.made.ref.len, 0);
	got.quoted_at = T0 + 1;
	got.lease_until = T0 + 2;
	got.lease_owner = STR("ls_1");
	got.declined = 3;
	got.state = INTENT_ACTION;
	got.url = STR("https://x.example/");
	got.made = (struct object_key){ STR("stripe"), STR("acct_1"),
	    OBJECT_CHECKOUT, STR("cs_1") };
	got.close_at = T0 + 4;
	got.close_tries = 5;
	got.opened_at = T0 + 6;
	OK(intent_save(store_db(), SELLER, &got, &e));
	i = got;
	got = read_back();
	CU_ASSERT_EQUAL(got.quoted_at, i.quoted_at);
	CU_ASSERT_EQUAL(got.lease_until, i.lease_until);
	SAME(got.lease_owner, "ls_1");
	CU_ASSERT_EQUAL(got.declined, 3);
	CU_ASSERT_EQUAL(got.state, INTENT_ACTION);
	SAME(got.url, "https://x.example/");
	CU_ASSERT_EQUAL(object_key_cmp(&got.made, &i.made), 0);
	CU_ASSERT_EQUAL(got.close_at, i.close_at);
	CU_ASSERT_EQUAL(got.close_tries, 5);
	CU_ASSERT_EQUAL(got.opened_at, i.opened_at);
}

static struct intent
a_buyers(struct str session, struct str email, int64_t until)
{
	return (struct intent){
		.session = session, .email = email, .email_until = until,
		.subject.provider = STR("stripe"),
	};
}

/* A session of that buyer; opened 0: nobody came to its checkout. */
static void
bought_by(const char *session, const char *email, int64_t until,
    int64_t opened)
{
	struct err	 e = { .what = "" };
	struct intent	 i = a_buyers(str_of(session), str_of(email), until);

	OK(intent_lock(store_db(), SELLER, &i, T0, &e));
	i.opened_at = opened;
	OK(intent_save(store_db(), SELLER, &i, &e));
}

static void
the_first_word_of_an_address_stays(void)
{
	struct err	 e = { .what = "" };
	struct intent	 i = a_buyers(STR("us_1"), STR("u1@b.example"), T0);

	OK(intent_lock(store_db(), SELLER, &i, T0, &e));
	i = a_buyers(STR("us_1"), STR("other@b.example"), T0 + 1);
	OK(intent_lock(store_db(), SELLER, &i, T0, &e));
	i = read_back();
	SAME(i.email, "u1@b.example");
	CU_ASSERT_EQUAL(i.email_until, T0);
	CU_ASSERT_EQUAL(i.opened_at, 0);
}

static void
opened_checkouts_are_found_by_their_buyers_address(void)
{
	struct err		 e = { .what = "" };
	struct opened_row	*rows = NULL;
	size_t			 count = 0;
	struct intent		 others = a_buyers(STR("us_5"),
				    STR("u1@b.example"), T0);

	bought_by("us_1", "u1@b.example", T0, T0 + 1);
	bought_by("us_2", "u1@b.example", T0, T0 + 2);
	bought_by("us_3", "u1@b.example", T0, 0);
	bought_by("us_4", "u2@b.example", T0, T0 + 4);
	OK(intent_lock(store_db(), SELLER + 1, &others, T0, &e));
	others.opened_at = T0;
	OK(intent_save(store_db(), SELLER + 1, &others, &e));
	OK(intents_of_email(store_db(), SELLER, STR("u1@b.example"), 9,
	    store_arena(), &rows, &count, &e));
	CU_ASSERT_EQUAL_FATAL(count, 2);
	SAME(rows[0].session, "us_2");
	CU_ASSERT_EQUAL(rows[0].opened_at, T0 + 2);
	SAME(rows[1].session, "us_1");
	OK(intents_of_email(store_db(), SELLER, STR("u1@b.example"), 1,
	    store_arena(), &rows, &count, &e));
	CU_ASSERT_EQUAL(count, 1);
	OK(intents_of_email(store_db(), SELLER, STR("u1@b"), 9,
	    store_arena(), &rows, &count, &e));
	CU_ASSERT_EQUAL(count, 0);
}

static void
an_address_is_forgotten_when_its_time_is_over(void)
{
	struct err	 e = { .what = "" };
	struct intent	 plain = a_change();
	int64_t		 gone = 0;

	OK(intent_lock(store_db(), SELLER, &plain, T0, &e));
	bought_by("us_2", "u2@b.example", T0 + 5, T0);
	bought_by("us_3", "u3@b.example", T0 + 6, T0);
	bought_by("us_4", "u4@b.example", T0 + 7, T0);
	OK(intents_forget(store_db(), SELLER, T0 + 4, 9, &gone, &e));
	CU_ASSERT_EQUAL(gone, 0);
	OK(intents_forget(store_db(), SELLER, T0 + 9, 2, &gone, &e));
	CU_ASSERT_EQUAL(gone, 2);
	CU_ASSERT_EQUAL(ask("SELECT COUNT(*) FROM intents"
	    " WHERE email IS NOT NULL AND session_id = 'us_4'"), 1);
	CU_ASSERT_EQUAL(ask("SELECT COUNT(*) FROM intents"
	    " WHERE email IS NULL AND email_until IS NULL"), 3);
}

static enum lease_end
take(int64_t now, const char *owner, bool again)
{
	struct err	 e = { .what = "" };
	struct flow	 f = a_flow(now);
	struct intent	 first = a_change(), i;
	enum lease_end	 end = LEASE_BUSY;

	OK(lease_take(&f, &first, str_of(owner), again, &i, &end, &e));
	return end;
}

static void
one_of_two_has_the_lease_until_its_time_is_over(void)
{
	CU_ASSERT_EQUAL(take(T0, "ls_1", false), LEASE_MINE);
	CU_ASSERT_EQUAL(take(T0 + 1, "ls_2", false), LEASE_BUSY);
	CU_ASSERT_EQUAL(take(T0 + 1, "ls_1", false), LEASE_MINE);
	CU_ASSERT_EQUAL(take(T0 + 60 * SECOND, "ls_2", false), LEASE_MINE);
	CU_ASSERT_EQUAL(take(T0 + 61 * SECOND, "ls_1", false), LEASE_BUSY);
}

static void
only_its_holder_lets_go_of_it(void)
{
	struct flow	 f = a_flow(T0);
	struct intent	 i = a_change();

	CU_ASSERT_EQUAL(take(T0, "ls_1", false), LEASE_MINE);
	lease_drop(&f, &i, STR("ls_2"));
	CU_ASSERT_EQUAL(take(T0, "ls_2", false), LEASE_BUSY);
	lease_drop(&f, &i, STR("ls_1"));
	CU_ASSERT_EQUAL(take(T0, "ls_2", false), LEASE_MINE);
}

static void
what_was_answered_is_not_asked_again(void)
{
	struct err	 e = { .what = "" };
	struct intent	 i;

	CU_ASSERT_EQUAL(take(T0, "ls_1", false), LEASE_MINE);
	i = read_back();
	i.state = INTENT_DONE;
	i.lease_until = 0;
	OK(intent_save(store_db(), SELLER, &i, &e));
	CU_ASSERT_EQUAL(take(T0, "ls_2", false), LEASE_ANSWERED);
	CU_ASSERT_EQUAL(take(T0, "ls_2", true), LEASE_MINE);
}

static size_t
to_close(int64_t now)
{
	struct err	 e = { .what = "" };
	struct str	*sessions = NULL;
	size_t		 count = 99;

	OK(intents_to_close(store_db(), SELLER, now, 10, store_arena(),
	    &sessions, &count, &e));
	return count;
}

static void
only_what_was_made_is_to_be_closed_and_once(void)
{
	struct err	 e = { .what = "" };
	struct intent	 i = a_change();

	OK(intent_lock(store_db(), SELLER, &i, T0, &e));
	OK(intent_close_want(store_db(), SELLER, i.session, T0, &e));
	CU_ASSERT_EQUAL(to_close(T0 + 9), 0);
	i = read_back();
	i.made = (struct object_key){ STR("stripe"), STR_NONE,
	    OBJECT_CHECKOUT, STR("cs_1") };
	OK(intent_save(store_db(), SELLER, &i, &e));
	OK(intent_close_want(store_db(), SELLER, i.session, T0 + 5, &e));
	OK(intent_close_want(store_db(), SELLER, i.session, T0 + 7, &e));
	CU_ASSERT_EQUAL(to_close(T0 + 4), 0);
	CU_ASSERT_EQUAL(to_close(T0 + 5), 1);
	CU_ASSERT_EQUAL(read_back().close_at, T0 + 5);
}

static void
another_sellers_intent_is_not_found(void)
{
	struct err	 e = { .what = "" };
	struct intent	 i = a_change();
	bool		 found = true;

	OK(intent_lock(store_db(), SELLER + 1, &i, T0, &e));
	OK(intent_read(store_db(), SELLER, i.session, STR("stripe"),
	    store_arena(), &i, &found, &e));
	CU_ASSERT_FALSE(found);
}

CU_TestInfo intents_tests[] = {
	{ "an intent reads as it was written",
	    an_intent_reads_as_it_was_written },
	{ "one of two has the lease until its time is over",
	    one_of_two_has_the_lease_until_its_time_is_over },
	{ "only its holder lets go of it", only_its_holder_lets_go_of_it },
	{ "what was answered is not asked again",
	    what_was_answered_is_not_asked_again },
	{ "only what was made is to be closed, and once",
	    only_what_was_made_is_to_be_closed_and_once },
	{ "the first word of an address stays",
	    the_first_word_of_an_address_stays },
	{ "opened checkouts are found by their buyer's address",
	    opened_checkouts_are_found_by_their_buyers_address },
	{ "an address is forgotten when its time is over",
	    an_address_is_forgotten_when_its_time_is_over },
	{ "another seller's intent is not found",
	    another_sellers_intent_is_not_found },
	CU_TEST_INFO_NULL
};
