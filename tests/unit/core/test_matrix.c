/*
 * Promises of core/matrix.h.
 */
#include "unit/core/shop.h"
#include "unit/unit.h"

static const struct matrix *
version(int64_t v)
{
	return catalog_version(shop(), v);
}

static void
tiers_and_add_ons_are_found_by_their_whole_id(void)
{
	const struct matrix	*m = version(1);

	CU_ASSERT_PTR_EQUAL(matrix_tier(m, STR("pro")), &m->tiers[1]);
	CU_ASSERT_PTR_NULL(matrix_tier(m, STR("pr")));
	CU_ASSERT_PTR_NULL(matrix_tier(m, STR("export-pack")));
	CU_ASSERT_PTR_EQUAL(matrix_addon(m, STR("licence")), &m->addons[1]);
	CU_ASSERT_PTR_NULL(matrix_addon(m, STR("pro")));
}

static void
a_price_sells_what_claims_it_at_its_own_provider(void)
{
	static const struct {
		const char	*provider, *price, *sells;
	} rows[] = {
		{ "stripe", "price_pro", "pro" },
		{ "stripe", "price_team", "team" },
		{ "paddle", "price_team", "pro" },
		{ "stripe", "price_pack", "export-pack" },
		{ "stripe", "price_new", NULL },
		{ "lemonsqueezy", "price_pro", NULL },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct tier *t = matrix_sold_by(version(1),
		    str_of(rows[i].provider), str_of(rows[i].price));

		ROW((t == NULL) == (rows[i].sells == NULL), rows[i].price);
		if (t != NULL && rows[i].sells != NULL)
			SAME(t->id, rows[i].sells);
	}
}

static void
the_first_price_is_sold_unless_another_is_named(void)
{
	const struct tier	*t = matrix_tier(version(1), STR("pro"));

	SAME(tier_price(t, STR("stripe"), STR(""))->id, "price_pro");
	SAME(tier_price(t, STR("stripe"), STR("yearly"))->id,
	    "price_pro_yearly");
	CU_ASSERT_PTR_NULL(tier_price(t, STR("stripe"), STR("weekly")));
	CU_ASSERT_PTR_NULL(tier_price(t, STR("lemonsqueezy"), STR("")));
}

static void
names_within_a_tier_are_found_whole(void)
{
	const struct tier	*t = matrix_tier(version(1), STR("pro"));

	CU_ASSERT(tier_can(t, STR("export:csv")));
	CU_ASSERT_FALSE(tier_can(t, STR("export")));
	CU_ASSERT_EQUAL(tier_limit(t, STR("api"))->quota.max, 50000);
	CU_ASSERT_PTR_NULL(tier_limit(t, STR("ap")));
	CU_ASSERT_EQUAL(tier_asset(t, STR("api_key"))->type, ASSET_API_KEY);
	CU_ASSERT_PTR_NULL(tier_asset(t, STR("seats")));
	CU_ASSERT(matrix_knows(version(1), STR("sso:saml")));
	CU_ASSERT_FALSE(matrix_knows(version(1), STR("sso")));
	SAME(matrix_capability(version(1), STR("export:csv"))->about,
	    "Export reports as CSV");
	CU_ASSERT_PTR_NULL(matrix_capability(version(1), STR("zzz")));
}

static void
what_is_switched_off_is_carried_and_not_given(void)
{
	const struct matrix	*m = catalog_newest(shop_without("export:csv"));
	const struct tier	*t = matrix_tier(m, STR("pro"));

	CU_ASSERT(matrix_disables(m, STR("export:csv")));
	CU_ASSERT_FALSE(matrix_disables(m, STR("export:all")));
	CU_ASSERT_FALSE(matrix_disables(m, STR("export")));
	CU_ASSERT(tier_can(t, STR("export:csv")));
	CU_ASSERT_FALSE(matrix_gives(m, t, STR("export:csv")));
	CU_ASSERT(matrix_gives(m, t, STR("read:public")));
	CU_ASSERT_FALSE(matrix_gives(m, t, STR("sso:saml")));
}

static void
the_names_of_what_is_switched_off_are_one_text(void)
{
	struct capability	 list[] = {
		{ .name = STR("a"), .disabled = true }, { .name = STR("b") },
		{ .name = STR("c:d"), .disabled = true },
	};
	const struct matrix	 m = { .capabilities = list,
				    .capability_count = COUNT(list) };

	SAME(matrix_disabled(&m, unit_arena()), "a\nc:d\n");
	list[0].disabled = list[2].disabled = false;
	SAME(matrix_disabled(&m, unit_arena()), "");
}

static void
the_switches_stand_since_the_last_version_that_moved_one(void)
{
	static const struct {
		const char	*what, *disabled[4];
		int64_t		 since;
	} rows[] = {
		{ "never moved", { "", "", "", "" }, 1 },
		{ "moved by the last", { "", "", "", "a\n" }, 4 },
		{ "moved before", { "", "a\n", "a\n", "a\n" }, 2 },
		{ "moved back", { "", "a\n", "", "" }, 3 },
		{ "another one", { "a\n", "a\n", "b\n", "b\n" }, 3 },
		{ "one more", { "a\n", "a\nb\n", "a\nb\n", "b\n" }, 4 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct edition	 e[4] = { 0 };

		for (size_t n = 0; n < COUNT(e); n++) {
			e[n].version = (int64_t)n + 1;
			e[n].disabled = str_of(rows[i].disabled[n]);
		}
		ROW(catalog_switched(e, COUNT(e)) == rows[i].since,
		    rows[i].what);
	}
}

static void
who_follows_the_newest_is_outdated_by_each_and_others_by_a_switch(void)
{
	static const struct {
		const char	*without;
		int64_t		 under;
		bool		 follows, outdated;
	} rows[] = {
		{ "sso:saml", 3, true, false },
		{ "sso:saml", 3, false, false },
		{ "sso:saml", 2, true, true },
		{ "sso:saml", 2, false, true },
		{ "", 2, true, true },
		{ "", 2, false, false },
		{ "", 1, false, false },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		ROW(catalog_outdates(shop_without(rows[i].without),
		    rows[i].under, rows[i].follows) == rows[i].outdated,
		    rows[i].without);
}

static void
keys_and_licences_have_secrets(void)
{
	CU_ASSERT(asset_has_secret(ASSET_API_KEY));
	CU_ASSERT(asset_has_secret(ASSET_LICENSE));
	CU_ASSERT_FALSE(asset_has_secret(ASSET_SEAT));
	CU_ASSERT_FALSE(asset_has_secret(ASSET_STORAGE_QUOTA));
}

static void
the_version_in_force_is_the_last_one_applied_by_then(void)
{
	static const struct {
		const char	*when;
		int64_t		 at, version;
	} rows[] = {
		{ "before the first", ON_DAY(-5), 1 },
		{ "at the first", ON_DAY(0), 1 },
		{ "just before the second", ON_DAY(100) - 1, 1 },
		{ "at the second", ON_DAY(100), 2 },
		{ "long after", ON_DAY(900), 2 },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		ROW(catalog_at(shop(), rows[i].at) == rows[i].version,
		    rows[i].when);
}

static void
a_version_that_is_not_loaded_or_unknown_is_read_as_the_newest(void)
{
	const struct catalog	*full = shop();
	const struct edition	 some[] = {
		{ .version = 1, .applied_at = ON_DAY(0) },
		full->editions[1],
	};
	const struct catalog	 part = { some, COUNT(some), 1 };

	CU_ASSERT_EQUAL(catalog_newest(full)->version, 2);
	CU_ASSERT_EQUAL(catalog_version(full, 1)->version, 1);
	CU_ASSERT_EQUAL(catalog_version(full, 7)->version, 2);
	CU_ASSERT_EQUAL(catalog_version(&part, 1)->version, 2);
}

static void
a_matrix_that_states_no_policy_is_kind_but_for_money_returned(void)
{
	CU_ASSERT_EQUAL(policy_usual.refund_full, POLICY_REVOKE);
	CU_ASSERT_EQUAL(policy_usual.refund_partial, POLICY_KEEP);
	CU_ASSERT_EQUAL(policy_usual.dispute_open, POLICY_SUSPEND);
	CU_ASSERT_EQUAL(policy_usual.dispute_lost, POLICY_REVOKE);
	CU_ASSERT_EQUAL(policy_usual.over_limit, POLICY_KEEP);
	CU_ASSERT_EQUAL(policy_usual.repeat_trial, POLICY_REFUSE);
}

CU_TestInfo matrix_tests[] = {
	{ "tiers and add-ons are found by their whole id",
	    tiers_and_add_ons_are_found_by_their_whole_id },
	{ "a price sells what claims it at its own provider",
	    a_price_sells_what_claims_it_at_its_own_provider },
	{ "the first price is sold unless another is named",
	    the_first_price_is_sold_unless_another_is_named },
	{ "names within a tier are found whole",
	    names_within_a_tier_are_found_whole },
	{ "what is switched off is carried and not given",
	    what_is_switched_off_is_carried_and_not_given },
	{ "the names of what is switched off are one text",
	    the_names_of_what_is_switched_off_are_one_text },
	{ "the switches stand since the last version that moved one",
	    the_switches_stand_since_the_last_version_that_moved_one },
	{ "who follows the newest is outdated by each, others by a switch",
	    who_follows_the_newest_is_outdated_by_each_and_others_by_a_switch },
	{ "keys and licences have secrets", keys_and_licences_have_secrets },
	{ "the version in force is the last one applied by then",
	    the_version_in_force_is_the_last_one_applied_by_then },
	{ "a version not loaded or unknown is read as the newest",
	    a_version_that_is_not_loaded_or_unknown_is_read_as_the_newest },
	{ "a matrix that states no policy is kind but for money returned",
	    a_matrix_that_states_no_policy_is_kind_but_for_money_returned },
	CU_TEST_INFO_NULL
};
