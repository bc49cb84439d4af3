/*
 * Objects and claims.
 */
#include "store/store.h"
#include "store/things.h"

static void
an_object_is_made_once_and_remembers_who_spoke_first(void)
{
	struct err	 e = { .what = "" };
	struct object_key key = a_payment(STR("pi_1"));
	struct object_row row = { 0 };

	OK(object_lock(store_db(), SELLER, &key, STR("evt_1"), T0, &e));
	OK(object_lock(store_db(), SELLER, &key, STR("evt_2"), T0 + 1, &e));
	OK(object_load(store_db(), SELLER, &key, store_arena(), &row, &e));
	SAME(row.first_event, "evt_1");
	CU_ASSERT_EQUAL(row.first_seen, T0);
	CU_ASSERT_EQUAL(row.user.len, 0);
	CU_ASSERT_EQUAL(object_key_cmp(&row.object.key, &key), 0);
}

static void
facts_read_as_they_were_written(void)
{
	struct err	 e = { .what = "" };
	struct object_key key = a_payment(STR("pi_1"));
	struct object_row row = { 0 }, got = { 0 };
	struct fact	 paid = {
		.kind = FACT_PAID, .object = key, .at = T0, .amount = 2900,
		.currency = STR("eur"), .user = STR("u1"), .livemode = true,
	};
	bool		 changed;

	OK(object_lock(store_db(), SELLER, &key, STR("evt_1"), T0, &e));
	OK(object_load(store_db(), SELLER, &key, store_arena(), &row, &e));
	OK(object_merge(&row.object, &paid, store_arena(), &changed, &e));
	OK(object_save(store_db(), SELLER, &row, &e));
	CU_ASSERT_EQUAL(ask("SELECT COUNT(*) FROM objects"
	    " WHERE paid = 1 AND user_id IS NULL"), 1);
	OK(object_load(store_db(), SELLER, &key, store_arena(), &got, &e));
	CU_ASSERT_EQUAL(got.object.amount, 2900);
	CU_ASSERT_EQUAL(got.object.paid_at, T0);
	SAME(got.object.currency, "eur");
	SAME(got.object.user, "u1");
}

static void
an_owner_never_changes(void)
{
	struct err	 e = { .what = "" };
	struct object_key key = a_payment(STR("pi_1"));
	struct object_row row = { 0 };

	object_init(&row.object, &key);
	OK(object_lock(store_db(), SELLER, &key, STR("evt_1"), T0, &e));
	row.user = STR("u1");
	OK(object_save(store_db(), SELLER, &row, &e));
	OK(object_save(store_db(), SELLER, &row, &e));
	row.user = STR("u2");
	CU_ASSERT_EQUAL(object_save(store_db(), SELLER, &row, &e), RC_BROKEN);
	row.user = STR_NONE;
	CU_ASSERT_EQUAL(object_save(store_db(), SELLER, &row, &e), RC_BROKEN);
	CU_ASSERT_EQUAL(ask("SELECT user_id = 'u1' FROM objects"), 1);
}

static void
what_nobody_spoke_of_is_missing(void)
{
	struct err	 e = { .what = "" };
	struct object_key key = a_payment(STR("pi_0"));
	struct object_row row;

	CU_ASSERT_EQUAL(object_load(store_db(), SELLER, &key, store_arena(),
	    &row, &e), RC_MISSING);
}

static void
claims_add_up_and_repeat_without_harm(void)
{
	struct err	 e = { .what = "" };
	struct object_key key = a_payment(STR("pi_1"));
	struct claim	 one = { key, STR("us_1"), STR("u1") };
	struct claim	 two = { key, STR("us_2"), STR("u2") };
	struct claim	*list = NULL;
	size_t		 count = 0;

	OK(claim_add(store_db(), SELLER, &two, T0, &e));
	OK(claim_add(store_db(), SELLER, &one, T0, &e));
	OK(claim_add(store_db(), SELLER, &one, T0, &e));
	OK(claims_of(store_db(), SELLER, &key, store_arena(), &list, &count,
	    &e));
	CU_ASSERT_EQUAL_FATAL(count, 2);
	SAME(list[0].session, "us_1");
	SAME(list[0].user, "u1");
	SAME(list[1].session, "us_2");
	SAME(list[1].key.ref, "pi_1");
}

CU_TestInfo objects_tests[] = {
	{ "an object is made once and remembers who spoke first",
	    an_object_is_made_once_and_remembers_who_spoke_first },
	{ "facts read as they were written",
	    facts_read_as_they_were_written },
	{ "an owner never changes", an_owner_never_changes },
	{ "what nobody spoke of is missing",
	    what_nobody_spoke_of_is_missing },
	{ "claims add up and repeat without harm",
	    claims_add_up_and_repeat_without_harm },
	CU_TEST_INFO_NULL
};
