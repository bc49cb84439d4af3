/*
 * Promises of core/deny.h: why something is not there.
 */
#include "unit/core/world.h"
#include "unit/unit.h"

static const struct quota none = { .max = 0 };

/* "reason cause" of a denied capability; "" when it is not denied. */
static struct str
denial(const struct world *w, const char *capability)
{
	for (size_t i = 0; i < w->holding.denied_count; i++) {
		const struct held_capability *c = &w->holding.denied[i];

		if (str_eq(c->name, str_of(capability)))
			return arena_text(unit_arena(), "%s %.*s",
			    reason_names[c->source.reason],
			    STR_FMT(c->source.cause));
	}
	return STR("");
}

static void
what_is_held_is_not_denied(void)
{
	struct world w = world_new(1);

	world_hears(&w, sub("sub_1", 1, SUB_CANCELED, "price_pro", 1, 0));
	world_hears(&w, sub("sub_2", 1, SUB_ACTIVE, "price_pro", 1, 31));
	CU_ASSERT(world_can(&w, "export:csv"));
	SAME(denial(&w, "export:csv"), "");
}

static void
a_suspension_is_told_with_its_purchase(void)
{
	struct world w = world_new(1);

	world_hears(&w, sub("sub_1", 1, SUB_PAUSED, "price_pro", 1, 0));
	SAME(denial(&w, "export:csv"), "suspended stripe/subscription/sub_1");
	SAME(denial(&w, "sso:saml"), "");
}

static void
an_end_is_told_as_expired(void)
{
	struct world w = world_new(1);

	world_hears(&w, sub("sub_1", 1, SUB_ACTIVE, "price_pro", 1, 31));
	world_hears(&w, ended("sub_1", 5));
	world_day(&w, 6);
	SAME(denial(&w, "export:csv"), "expired stripe/subscription/sub_1");
}

static void
what_an_operator_withholds_is_told_first(void)
{
	struct world w = world_new(1);

	world_hears(&w, sub("sub_1", 1, SUB_ACTIVE, "price_pro", 1, 31));
	world_override(&w, OVERRIDE_REVOKE_CAPABILITY, "export:csv", none, 9);
	CU_ASSERT_FALSE(world_can(&w, "export:csv"));
	CU_ASSERT(str_starts(denial(&w, "export:csv"), STR("revoked ov_")));
	world_day(&w, 9);
	CU_ASSERT(world_can(&w, "export:csv"));
	SAME(denial(&w, "export:csv"), "");
}

static void
what_is_switched_off_is_so_before_any_other_reason(void)
{
	struct world w = world_of(shop_without("export:csv"), 1);

	SAME(denial(&w, "export:csv"), "disabled ");
	SAME(denial(&w, "sso:saml"), "");
	world_hears(&w, sub("sub_1", 1, SUB_PAUSED, "price_pro", 1, 0));
	world_override(&w, OVERRIDE_REVOKE_CAPABILITY, "export:csv", none, 0);
	SAME(denial(&w, "export:csv"), "disabled ");
	SAME(denial(&w, "read:public"), "");
	CU_ASSERT(holding_disables(&w.holding, STR("export:csv")));
	CU_ASSERT_FALSE(holding_disables(&w.holding, STR("sso:saml")));
	CU_ASSERT_FALSE(holding_disables(&w.holding, STR("write:unlimited")));
	SAME(denial(&w, "write:unlimited"),
	    "suspended stripe/subscription/sub_1");
}

CU_TestInfo deny_tests[] = {
	{ "what is held is not denied", what_is_held_is_not_denied },
	{ "a suspension is told with its purchase",
	    a_suspension_is_told_with_its_purchase },
	{ "an end is told as expired", an_end_is_told_as_expired },
	{ "what an operator withholds is told first",
	    what_an_operator_withholds_is_told_first },
	{ "what is switched off is so before any other reason",
	    what_is_switched_off_is_so_before_any_other_reason },
	CU_TEST_INFO_NULL
};
