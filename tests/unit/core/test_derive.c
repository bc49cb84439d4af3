/*
 * Promises of core/derive.h: who sets the tier, what adds up, for which
 * reason, and until when.
 */
#include "unit/core/world.h"
#include "unit/unit.h"

static const struct quota	none = { 0 };

static const struct held_capability *
capability(const struct world *w, const char *name)
{
	for (size_t i = 0; i < w->holding.capability_count; i++)
		if (str_eq(w->holding.capabilities[i].name, str_of(name)))
			return &w->holding.capabilities[i];
	return NULL;
}

/* "reason tier cause" of a capability. */
static struct str
why(const struct world *w, const char *name)
{
	const struct held_capability	*c = capability(w, name);

	if (c == NULL)
		return STR("not held");
	return arena_text(w->arena, "%s %.*s %.*s",
	    reason_names[c->source.reason], STR_FMT(c->source.tier),
	    STR_FMT(c->source.cause));
}

static struct fact
pack(const char *ref, const char *price)
{
	return with_item(fact(FACT_ITEMS, OBJECT_PAYMENT, ref, 1), price, 1);
}

static void
buys(struct world *w, const char *ref, const char *price)
{
	world_hears(w, pack(ref, price));
	world_hears(w, paid(OBJECT_PAYMENT, ref, 1, 100, "eur"));
}

/* --- the tier ---------------------------------------------------------- */

static void
a_user_without_purchases_is_on_the_newest_default_tier(void)
{
	struct world	 w = world_new(1);

	CU_ASSERT(world_is(&w, "free", HOLDING_DEFAULT));
	CU_ASSERT_EQUAL(w.holding.quantity, 1);
	CU_ASSERT_EQUAL(w.holding.matrix_version, 2);
	CU_ASSERT(w.holding.follows_newest);
	CU_ASSERT_EQUAL(w.holding.due_at, 0);
	SAME(why(&w, "read:public"), "default-tier free ");
	CU_ASSERT_EQUAL(world_quota(&w, "storage"), 100);
}

static void
of_equal_ranks_the_surer_state_speaks_and_then_the_larger_quantity(void)
{
	struct world	 w = world_new(32);

	world_hears(&w, sub("sub_1", 1, SUB_ACTIVE, "price_team", 9, 31));
	CU_ASSERT_EQUAL(w.holding.state, HOLDING_GRACE);
	world_hears(&w, trial_until(sub("sub_2", 1, SUB_TRIALING,
	    "price_team", 7, 0), 40));
	CU_ASSERT_EQUAL(w.holding.state, HOLDING_TRIALING);
	CU_ASSERT_EQUAL(w.holding.quantity, 7);
	world_hears(&w, sub("sub_3", 1, SUB_ACTIVE, "price_team", 2, 61));
	CU_ASSERT_EQUAL(w.holding.state, HOLDING_ACTIVE);
	CU_ASSERT_EQUAL(w.holding.quantity, 2);
	world_hears(&w, sub("sub_4", 1, SUB_ACTIVE, "price_team", 5, 61));
	CU_ASSERT_EQUAL(w.holding.quantity, 5);
	world_hears(&w, sub("sub_0", 1, SUB_ACTIVE, "price_team", 5, 62));
	CU_ASSERT_EQUAL(w.holding.renews_at, ON_DAY(62));
}

static void
of_several_tiers_in_one_purchase_the_highest_counts(void)
{
	struct world	 w = world_new(1);

	world_hears(&w, with_item(sub("sub_1", 1, SUB_ACTIVE, "price_ent", 1,
	    31), "price_pro", 4));
	CU_ASSERT(world_is(&w, "enterprise", HOLDING_ACTIVE));
	CU_ASSERT_EQUAL(w.holding.quantity, 1);
}

static void
a_gift_of_no_higher_rank_changes_nothing(void)
{
	struct world	 w = world_new(1);

	world_override(&w, OVERRIDE_GRANT_TIER, "pro", none, 0);
	CU_ASSERT(world_is(&w, "pro", HOLDING_ACTIVE));
	SAME(why(&w, "export:csv"), "granted-by-override pro ov_0");
	CU_ASSERT(w.holding.follows_newest);
	CU_ASSERT_EQUAL(w.holding.quantity, 1);
	world_hears(&w, sub("sub_1", 1, SUB_ACTIVE, "price_pro", 1, 31));
	SAME(why(&w, "export:csv"),
	    "granted-by-tier pro stripe/subscription/sub_1");
	CU_ASSERT(w.holding.follows_newest);
	world_override(&w, OVERRIDE_GRANT_TIER, "diamond", none, 0);
	CU_ASSERT(world_is(&w, "pro", HOLDING_ACTIVE));
}

static void
a_lost_tier_brings_back_the_next_one(void)
{
	struct world	 w = world_new(1);

	world_override(&w, OVERRIDE_GRANT_TIER, "enterprise", none, 9);
	world_override(&w, OVERRIDE_GRANT_TIER, "team", none, 20);
	CU_ASSERT(world_is(&w, "enterprise", HOLDING_ACTIVE));
	world_day(&w, 9);
	CU_ASSERT(world_is(&w, "team", HOLDING_ACTIVE));
	CU_ASSERT_EQUAL(w.holding.due_at, ON_DAY(20));
}

/* --- suspension -------------------------------------------------------- */

static void
a_suspended_purchase_leaves_what_remains(void)
{
	struct world	 w = world_new(1);

	world_hears(&w, sub("sub_1", 1, SUB_ACTIVE, "price_pro", 1, 31));
	world_hears(&w, sub("sub_2", 1, SUB_PAUSED, "price_ent", 1, 0));
	CU_ASSERT(world_is(&w, "pro", HOLDING_ACTIVE));
	CU_ASSERT(world_has(&w, "seats", ASSET_IS_SUSPENDED));
	CU_ASSERT(world_has(&w, "api_key", ASSET_IS_PENDING));
	CU_ASSERT_EQUAL(world_asset(&w, "seats")->held.source.reason,
	    REASON_SUSPENDED);
	CU_ASSERT_FALSE(world_can(&w, "sso:saml"));
}

static void
a_suspended_lower_tier_keeps_no_assets_it_did_not_give(void)
{
	struct world	 w = world_new(1);

	world_hears(&w, sub("sub_1", 1, SUB_ACTIVE, "price_pro", 1, 31));
	buys(&w, "pi_1", "price_licence");
	world_hears(&w, dispute("pi_1", "dp_1", 1, DISPUTE_OPEN));
	CU_ASSERT(world_has(&w, "licence", ASSET_IS_SUSPENDED));
	world_hears(&w, sub("sub_2", 1, SUB_PAUSED, "price_team", 1, 0));
	CU_ASSERT(world_has(&w, "seats", ASSET_IS_SUSPENDED));
	world_hears(&w, sub("sub_1", 2, SUB_ACTIVE, "price_ent", 1, 31));
	CU_ASSERT(world_has(&w, "seats", ASSET_IS_PROVISIONED));
	world_hears(&w, ended("sub_2", 1));
	world_hears(&w, sub("sub_3", 1, SUB_PAUSED, "price_pro", 1, 0));
	CU_ASSERT_EQUAL(w.holding.asset_count, 4);
}

static void
what_a_higher_live_tier_does_not_carry_is_not_kept_for_a_lower_one(void)
{
	struct matrix	 m = *catalog_newest(shop());
	struct tier	 tiers[8];
	const struct edition edition = {
		.version = 2, .applied_at = ON_DAY(0), .matrix = &m,
	};
	const struct catalog c = { .editions = &edition, .count = 1 };
	struct world	 w;

	memcpy(tiers, m.tiers, m.tier_count * sizeof(*tiers));
	tiers[3].asset_count = 1;
	m.tiers = tiers;
	m.default_tier = &tiers[0];
	w = world_of(&c, 1);
	world_hears(&w, sub("sub_1", 1, SUB_ACTIVE, "price_ent", 1, 31));
	world_hears(&w, sub("sub_2", 1, SUB_PAUSED, "price_team", 1, 0));
	CU_ASSERT_EQUAL(w.holding.asset_count, 1);
	world_hears(&w, ended("sub_1", 1));
	CU_ASSERT_EQUAL(w.holding.asset_count, 3);
	CU_ASSERT(world_has(&w, "seats", ASSET_IS_SUSPENDED));
}

static void
with_anything_live_beside_it_the_state_is_not_suspended(void)
{
	struct world	 w = world_new(1);

	world_hears(&w, sub("sub_1", 1, SUB_PAUSED, "price_pro", 1, 0));
	CU_ASSERT(world_is(&w, "free", HOLDING_SUSPENDED));
	buys(&w, "pi_1", "price_pack");
	CU_ASSERT(world_is(&w, "free", HOLDING_DEFAULT));
	CU_ASSERT(world_has(&w, "api_key", ASSET_IS_SUSPENDED));
}

static void
a_gift_of_the_future_is_none_yet(void)
{
	struct world	 w = world_new(1);

	w.overrides[w.override_count++] = (struct override){
		.id = STR("later"), .kind = OVERRIDE_GRANT_TIER,
		.name = STR("pro"), .from = ON_DAY(5), .until = ON_DAY(6),
	};
	world_settle(&w);
	CU_ASSERT(world_is(&w, "free", HOLDING_DEFAULT));
	CU_ASSERT_EQUAL(w.holding.due_at, ON_DAY(5));
	world_day(&w, 5);
	CU_ASSERT(world_is(&w, "pro", HOLDING_ACTIVE));
	CU_ASSERT_EQUAL(w.holding.due_at, ON_DAY(6));
	world_day(&w, 6);
	CU_ASSERT(world_is(&w, "free", HOLDING_DEFAULT));
	CU_ASSERT_EQUAL(w.holding.due_at, 0);
}

/* --- capabilities ------------------------------------------------------ */

static void
each_capability_names_its_reason_and_what_is_behind_it(void)
{
	struct world	 w = world_new(1);

	buys(&w, "pi_1", "price_pack");
	SAME(why(&w, "export:csv"),
	    "granted-by-addon export-pack stripe/payment/pi_1");
	world_override(&w, OVERRIDE_GRANT_CAPABILITY, "export:csv", none, 0);
	SAME(why(&w, "export:csv"),
	    "granted-by-addon export-pack stripe/payment/pi_1");
	world_override(&w, OVERRIDE_GRANT_CAPABILITY, "sso:saml", none, 0);
	SAME(why(&w, "sso:saml"), "granted-by-override  ov_1");
	world_hears(&w, sub("sub_1", 1, SUB_ACTIVE, "price_pro", 1, 31));
	SAME(why(&w, "export:csv"),
	    "granted-by-tier pro stripe/subscription/sub_1");
	world_day(&w, 32);
	SAME(why(&w, "export:csv"),
	    "granted-in-grace pro stripe/subscription/sub_1");
	SAME(why(&w, "write:limited"), "not held");
}

static void
a_cause_names_the_account_where_it_is_another(void)
{
	struct world	 w = world_new(1);
	struct fact	 f = sub("sub_1", 1, SUB_ACTIVE, "price_pro", 1, 31);

	f.object.account = STR("acct_7");
	world_hears(&w, f);
	SAME(why(&w, "export:csv"),
	    "granted-by-tier pro stripe/acct_7/subscription/sub_1");
}

static void
a_revoked_capability_is_gone_whoever_grants_it(void)
{
	struct world	 w = world_new(1);

	world_hears(&w, sub("sub_1", 1, SUB_ACTIVE, "price_pro", 1, 31));
	world_override(&w, OVERRIDE_GRANT_CAPABILITY, "export:csv", none, 0);
	world_override(&w, OVERRIDE_REVOKE_CAPABILITY, "export:csv", none,
	    5);
	CU_ASSERT_FALSE(world_can(&w, "export:csv"));
	CU_ASSERT(world_can(&w, "write:unlimited"));
	CU_ASSERT_EQUAL(w.holding.due_at, ON_DAY(5));
	world_day(&w, 5);
	CU_ASSERT(world_can(&w, "export:csv"));
}

/* --- limits and assets ------------------------------------------------- */

static void
add_ons_add_to_limits_and_quotas(void)
{
	struct world	 w = world_new(1);

	buys(&w, "pi_1", "price_storage");
	buys(&w, "pi_2", "price_storage");
	CU_ASSERT_EQUAL(world_limit(&w, "api"), 2100);
	CU_ASSERT_EQUAL(world_quota(&w, "storage"), 1100);
	world_hears(&w, sub("sub_1", 1, SUB_ACTIVE, "price_pro", 1, 31));
	CU_ASSERT_EQUAL(world_limit(&w, "api"), 52000);
	/* Ten in all and three a month cannot be added. */
	CU_ASSERT_EQUAL(world_limit(&w, "projects"), 10);
	/* A slot of another type stays what it is. */
	CU_ASSERT_EQUAL(world_asset(&w, "api_key")->held.type,
	    ASSET_API_KEY);
	world_hears(&w, sub("sub_1", 2, SUB_ACTIVE, "price_ent", 1, 31));
	CU_ASSERT_EQUAL(world_limit(&w, "api"), -1);
	CU_ASSERT_EQUAL(world_quota(&w, "storage"), -1);
}

static void
a_given_add_on_counts_like_a_bought_one(void)
{
	struct world	 w = world_new(1);

	world_override(&w, OVERRIDE_GRANT_ADDON, "storage-pack", none, 9);
	world_override(&w, OVERRIDE_GRANT_ADDON, "no-such-pack", none, 0);
	CU_ASSERT_EQUAL(world_limit(&w, "api"), 1100);
	CU_ASSERT(world_is(&w, "free", HOLDING_DEFAULT));
	world_hears(&w, sub("sub_1", 1, SUB_ACTIVE, "price_pro", 1, 31));
	CU_ASSERT(w.holding.follows_newest);
	world_day(&w, 9);
	CU_ASSERT_EQUAL(world_limit(&w, "api"), 50000);
}

static void
an_override_lifts_a_limit_and_never_lowers_it(void)
{
	static const struct {
		const char	*what, *name;
		struct quota	 quota;
		int64_t		 after;
	} rows[] = {
		{ "higher", "api", { .max = 60000 }, 60000 },
		{ "equal", "api", { .max = 50000 }, 50000 },
		{ "lower", "api", { .max = 5 }, 50000 },
		{ "none at all", "api", { .unlimited = true }, -1 },
		{ "in no tier", "wishes", { .max = 3 }, 3 },
		{ "in another tier", "exports", { .max = 3 }, 3 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct world	 w = world_new(1);

		world_hears(&w, sub("sub_1", 1, SUB_ACTIVE, "price_pro", 1,
		    31));
		world_override(&w, OVERRIDE_SET_LIMIT, rows[i].name,
		    rows[i].quota, 0);
		ROW(world_limit(&w, rows[i].name) == rows[i].after,
		    rows[i].what);
	}
}

static void
a_limit_of_no_held_tier_has_the_period_others_give_it(void)
{
	static const struct {
		const char		*name;
		enum limit_period	 per;
	} rows[] = {
		{ "projects", PER_TOTAL }, { "exports", PER_MONTH },
		{ "wishes", PER_TOTAL },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct world	 w = world_new(1);

		world_override(&w, OVERRIDE_SET_LIMIT, rows[i].name,
		    (struct quota){ .max = 3 }, 0);
		for (size_t j = 0; j < w.holding.limit_count; j++)
			if (str_eq(w.holding.limits[j].name,
			    str_of(rows[i].name)))
				ROW(w.holding.limits[j].per == rows[i].per,
				    rows[i].name);
	}
}

static void
numbers_stop_at_the_greatest_there_is(void)
{
	struct world	 w = world_new(1);

	world_hears(&w, sub("sub_1", 1, SUB_ACTIVE, "price_team", 2, 31));
	w.objects[0].items[0].quantity = INT64_MAX;
	world_settle(&w);
	CU_ASSERT_EQUAL(world_seats(&w), INT64_MAX);
}

/* --- times ------------------------------------------------------------- */

static void
the_earliest_change_to_come_is_when_the_answer_is_due(void)
{
	struct world	 w = world_new(1);

	world_hears(&w, sub("sub_1", 1, SUB_ACTIVE, "price_pro", 1, 31));
	world_hears(&w, cancelling(sub("sub_2", 1, SUB_ACTIVE, "price_pack",
	    1, 31), 20));
	world_override(&w, OVERRIDE_GRANT_CAPABILITY, "sso:saml", none, 25);
	CU_ASSERT_EQUAL(w.holding.due_at, ON_DAY(20));
	world_day(&w, 20);
	CU_ASSERT_EQUAL(w.holding.due_at, ON_DAY(25));
	world_day(&w, 25);
	CU_ASSERT_EQUAL(w.holding.due_at, ON_DAY(31));
	world_day(&w, 31);
	CU_ASSERT_EQUAL(w.holding.due_at, ON_DAY(38));
	world_day(&w, 38);
	CU_ASSERT_EQUAL(w.holding.due_at, 0);
}

static void
an_end_beyond_the_next_renewal_still_renews(void)
{
	struct world	 w = world_new(1);

	world_hears(&w, cancelling(sub("sub_1", 1, SUB_ACTIVE, "price_pro",
	    1, 31), 90));
	CU_ASSERT_EQUAL(w.holding.renews_at, ON_DAY(31));
	CU_ASSERT_EQUAL(w.holding.ends_at, ON_DAY(90));
}

static void
a_single_payment_has_no_end(void)
{
	struct world	 w = world_new(1);

	buys(&w, "pi_1", "price_pro");
	CU_ASSERT_EQUAL(w.holding.renews_at, 0);
	CU_ASSERT_EQUAL(w.holding.ends_at, 0);
	CU_ASSERT_EQUAL(w.holding.due_at, 0);
	CU_ASSERT_FALSE(w.holding.follows_newest);
}

static void
what_is_switched_off_is_nobodys_whatever_carries_it(void)
{
	const struct catalog	*off = shop_without("export:csv");
	struct world		 bought = world_of(off, 1), given = bought;
	struct world		 added = bought, lifted = bought;

	world_hears(&bought, sub("sub_1", 1, SUB_ACTIVE, "price_pro", 1, 31));
	CU_ASSERT(world_is(&bought, "pro", HOLDING_ACTIVE));
	CU_ASSERT_EQUAL(bought.holding.matrix_version, 1);
	CU_ASSERT_FALSE(world_can(&bought, "export:csv"));
	CU_ASSERT(world_can(&bought, "write:unlimited"));
	world_override(&given, OVERRIDE_GRANT_CAPABILITY, "export:csv", none,
	    0);
	CU_ASSERT_FALSE(world_can(&given, "export:csv"));
	buys(&added, "pi_1", "price_pack");
	CU_ASSERT_FALSE(world_can(&added, "export:csv"));
	world_override(&lifted, OVERRIDE_GRANT_TIER, "pro", none, 0);
	CU_ASSERT_FALSE(world_can(&lifted, "export:csv"));
	CU_ASSERT(world_can(&lifted, "reports:new"));
}

static void
what_the_default_tier_carries_can_be_switched_off(void)
{
	struct world	 w = world_of(shop_without("read:public"), 1);

	CU_ASSERT_FALSE(world_can(&w, "read:public"));
	CU_ASSERT(world_can(&w, "write:limited"));
}

static void
what_was_switched_off_is_back_when_it_is_enabled(void)
{
	struct world	 w = world_new(1);

	world_hears(&w, sub("sub_1", 1, SUB_ACTIVE, "price_pro", 1, 31));
	w.catalog = shop_without("export:csv");
	world_settle(&w);
	CU_ASSERT_FALSE(world_can(&w, "export:csv"));
	w.catalog = shop();
	world_settle(&w);
	SAME(why(&w, "export:csv"),
	    "granted-by-tier pro stripe/subscription/sub_1");
}

/* A purchase keeps its version; what it was derived under is the newest. */
static void
a_holding_names_the_newest_matrix_of_its_time(void)
{
	struct world	 w = world_new(1);

	CU_ASSERT_EQUAL(w.holding.derived_under, 2);
	world_hears(&w, sub("sub_1", 1, SUB_ACTIVE, "price_pro", 1, 31));
	CU_ASSERT_EQUAL(w.holding.matrix_version, 1);
	CU_ASSERT_EQUAL(w.holding.derived_under, 2);
	w.catalog = shop_without("");
	world_settle(&w);
	CU_ASSERT_EQUAL(w.holding.matrix_version, 1);
	CU_ASSERT_EQUAL(w.holding.derived_under, 3);
}

static void
a_life_too_long_to_read_is_refused(void)
{
	const struct life	 life = {
		.objects = arena_many(unit_arena(), OBJECTS_MAX + 1,
		    struct object),
		.object_count = OBJECTS_MAX + 1,
	};
	struct holding		 h;
	struct err		 e;

	CU_ASSERT_EQUAL(derive(shop(), &life, ON_DAY(1), unit_arena(), &h,
	    NULL, NULL, &e), RC_INVALID_VALUE);
}

CU_TestInfo derive_tests[] = {
	{ "a user without purchases is on the newest default tier",
	    a_user_without_purchases_is_on_the_newest_default_tier },
	{ "of equal ranks the surer state speaks, then the larger quantity",
	    of_equal_ranks_the_surer_state_speaks_and_then_the_larger_quantity },
	{ "of several tiers in one purchase the highest counts",
	    of_several_tiers_in_one_purchase_the_highest_counts },
	{ "a gift of no higher rank changes nothing",
	    a_gift_of_no_higher_rank_changes_nothing },
	{ "a lost tier brings back the next one",
	    a_lost_tier_brings_back_the_next_one },
	{ "a suspended purchase leaves what remains",
	    a_suspended_purchase_leaves_what_remains },
	{ "a suspended lower tier keeps no assets it did not give",
	    a_suspended_lower_tier_keeps_no_assets_it_did_not_give },
	{ "what a higher live tier does not carry is not kept for a lower",
	    what_a_higher_live_tier_does_not_carry_is_not_kept_for_a_lower_one },
	{ "with anything live beside it the state is not suspended",
	    with_anything_live_beside_it_the_state_is_not_suspended },
	{ "a gift of the future is none yet",
	    a_gift_of_the_future_is_none_yet },
	{ "each capability names its reason and what is behind it",
	    each_capability_names_its_reason_and_what_is_behind_it },
	{ "a cause names the account where it is another",
	    a_cause_names_the_account_where_it_is_another },
	{ "a revoked capability is gone, whoever grants it",
	    a_revoked_capability_is_gone_whoever_grants_it },
	{ "what is switched off is nobody's, whatever carries it",
	    what_is_switched_off_is_nobodys_whatever_carries_it },
	{ "what the default tier carries can be switched off",
	    what_the_default_tier_carries_can_be_switched_off },
	{ "what was switched off is back when it is enabled",
	    what_was_switched_off_is_back_when_it_is_enabled },
	{ "a holding names the newest matrix of its time",
	    a_holding_names_the_newest_matrix_of_its_time },
	{ "add-ons add to limits and quotas",
	    add_ons_add_to_limits_and_quotas },
	{ "a given add-on counts like a bought one",
	    a_given_add_on_counts_like_a_bought_one },
	{ "an override lifts a limit and never lowers it",
	    an_override_lifts_a_limit_and_never_lowers_it },
	{ "a limit of no held tier has the period others give it",
	    a_limit_of_no_held_tier_has_the_period_others_give_it },
	{ "numbers stop at the greatest there is",
	    numbers_stop_at_the_greatest_there_is },
	{ "the earliest change to come is when the answer is due",
	    the_earliest_change_to_come_is_when_the_answer_is_due },
	{ "an end beyond the next renewal still renews",
	    an_end_beyond_the_next_renewal_still_renews },
	{ "a single payment has no end", a_single_payment_has_no_end },
	{ "a life too long to read is refused",
	    a_life_too_long_to_read_is_refused },
	CU_TEST_INFO_NULL
};
