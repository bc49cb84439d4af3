/*
 * Ids from outside: two that differ in a byte stay two.
 */
#include "store/credential_store.h"
#include "store/store.h"
#include "store/things.h"

static const struct str alike[] = {
	STR("pi_Ab"), STR("pi_aB"), STR("pi_ab"), STR("pi_ab "), STR(" pi_ab"),
	STR("re"), STR("r\303\251"), STR("re\314\201"),
	STR("ss"), STR("\303\237"),
	STR("\360\237\230\200"), STR("\360\237\230\201"),
	STR("a"), STR("\303\244"), STR("A"),
};

static void
users_that_look_alike_stay_different(void)
{
	struct err	 e = { .what = "" };

	for (size_t i = 0; i < COUNT(alike); i++)
		OK(user_lock(store_db(), SELLER, alike[i], CHAIN,
		    T0 + (int64_t)i, &e));
	CU_ASSERT_EQUAL(ask("SELECT COUNT(*) FROM users"), COUNT(alike));
	for (size_t i = 0; i < COUNT(alike); i++) {
		struct user_row u;

		OK(user_read(store_db(), SELLER, alike[i], store_arena(), &u,
		    &e));
		CU_ASSERT_TRUE(u.exists);
		CU_ASSERT_EQUAL(u.updated_at, T0 + (int64_t)i);
		SAME_STR(u.user, alike[i]);
	}
}

static void
payments_that_look_alike_stay_different(void)
{
	struct err	 e = { .what = "" };

	for (size_t i = 0; i < COUNT(alike); i++) {
		struct object_key key = a_payment(alike[i]);

		OK(object_lock(store_db(), SELLER, &key, STR("evt"), T0, &e));
	}
	CU_ASSERT_EQUAL(ask("SELECT COUNT(*) FROM objects"), COUNT(alike));
}

static void
events_that_look_alike_are_no_copies(void)
{
	struct err	 e = { .what = "" };
	bool		 same;

	for (size_t i = 0; i < COUNT(alike); i++) {
		struct delivery d = a_delivery(alike[i], STR("{}"));

		OK(inbox_claim(store_db(), SELLER, &d, &same, &e));
	}
	CU_ASSERT_EQUAL(ask("SELECT COUNT(*) FROM inbox"), COUNT(alike));
}

static void
what_is_too_long_is_refused_and_never_cut(void)
{
	struct err	 e = { .what = "" };
	char		 id[192];
	struct user_row	 u;

	memset(id, 'x', sizeof(id));
	CU_ASSERT_EQUAL(user_lock(store_db(), SELLER,
	    (struct str){ id, 192 }, CHAIN, T0, &e), RC_BROKEN);
	CU_ASSERT_EQUAL(e.number, 1406);
	OK(user_lock(store_db(), SELLER, (struct str){ id, 191 }, CHAIN, T0,
	    &e));
	OK(user_read(store_db(), SELLER, (struct str){ id, 191 },
	    store_arena(), &u, &e));
	CU_ASSERT_EQUAL(u.user.len, 191);
	CU_ASSERT_EQUAL(ask("SELECT COUNT(*) FROM users"), 1);
}

static void
sellers_do_not_see_each_other(void)
{
	struct err	 e = { .what = "" };
	struct user_row	 u;
	struct world	 w;

	OK(user_lock(store_db(), SELLER, STR("u1"), CHAIN, T0, &e));
	OK(user_read(store_db(), SELLER + 1, STR("u1"), store_arena(), &u,
	    &e));
	CU_ASSERT_FALSE(u.exists);
	OK(world_read(store_db(), SELLER + 1, STR("u1"), store_arena(), &w,
	    &e));
	CU_ASSERT_FALSE(w.user.exists);
}

CU_TestInfo ids_tests[] = {
	{ "users that look alike stay different",
	    users_that_look_alike_stay_different },
	{ "payments that look alike stay different",
	    payments_that_look_alike_stay_different },
	{ "events that look alike are no copies",
	    events_that_look_alike_are_no_copies },
	{ "what is too long is refused and never cut",
	    what_is_too_long_is_refused_and_never_cut },
	{ "sellers do not see each other", sellers_do_not_see_each_other },
	CU_TEST_INFO_NULL
};
