/* Which providers there are, and the one that is there to be copied. */
#include "provider/provider.h"
#include "unit/unit.h"

static void
a_provider_is_found_by_its_exact_name(void)
{
	CU_ASSERT_PTR_EQUAL(provider_find(STR("stripe")), &provider_stripe);
	CU_ASSERT_PTR_NULL(provider_find(STR("Stripe")));
	CU_ASSERT_PTR_NULL(provider_find(STR("stripe2")));
	CU_ASSERT_PTR_NULL(provider_find(STR("strip")));
	CU_ASSERT_PTR_NULL(provider_find(STR_NONE));
	CU_ASSERT_STRING_EQUAL(provider_stripe.header,
	    "HTTP_STRIPE_SIGNATURE");
}

static void
a_test_mode_of_its_own_has_an_api_of_its_own(void)
{
	const struct {
		const struct provider	*provider;
		struct str		 test, live;
	} rows[] = {
		{ &provider_stripe, STR("https://api.stripe.com"),
		    STR("https://api.stripe.com") },
		{ &provider_paddle, STR("https://sandbox-api.paddle.com"),
		    STR("https://api.paddle.com") },
		{ &provider_lemonsqueezy, STR("https://api.lemonsqueezy.com"),
		    STR("https://api.lemonsqueezy.com") },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		CU_ASSERT_TRUE(str_eq(provider_api(rows[i].provider, false),
		    rows[i].test));
		CU_ASSERT_TRUE(str_eq(provider_api(rows[i].provider, true),
		    rows[i].live));
	}
}

static void
the_skeleton_is_not_registered_and_lets_nothing_in(void)
{
	const struct str	 secret = STR("a secret");
	const struct hook	 hook = { STR("{}"), STR("anything") };
	const struct hook_rules	 rules = {
		.secrets = &secret, .secret_count = 1, .livemode = true,
	};
	struct arena		*a = unit_arena();
	struct event		 ev;
	struct err		 e;

	CU_ASSERT_PTR_NULL(provider_find(STR("skeleton")));
	CU_ASSERT_EQUAL(provider_skeleton.verify(&hook, &rules, 0, &e),
	    RC_BAD_SIGNATURE);
	provider_skeleton.normalise(&hook, &rules, a, &ev);
	CU_ASSERT_EQUAL(ev.class, EVENT_UNREADABLE);
	CU_ASSERT_EQUAL(ev.fact_count, 0);
	CU_ASSERT_TRUE(str_eq(ev.id, STR("x:44136fa355b3678a1146ad16f7e8649e"
	    "94fb4fc21fe77e8310c060f61caaff8a")));
}

CU_TestInfo registry_tests[] = {
	{ "a provider is found by its exact name",
	    a_provider_is_found_by_its_exact_name },
	{ "a test mode of its own has an API of its own",
	    a_test_mode_of_its_own_has_an_api_of_its_own },
	{ "the skeleton is not registered and lets nothing in",
	    the_skeleton_is_not_registered_and_lets_nothing_in },
	CU_TEST_INFO_NULL
};
