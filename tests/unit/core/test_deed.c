/*
 * Promises of core/deed.h.
 */
#include "core/deed.h"
#include "unit/core/world.h"
#include "unit/unit.h"

static struct asset
key_in(enum asset_state state, bool claimed)
{
	return (struct asset){
		.id = STR("as_1"), .state = state, .claimed = claimed,
		.hint = claimed ? STR("pk_pro_...old") : STR_NONE,
		.held = { .slot = STR("api_key"), .type = ASSET_API_KEY,
		    .overlap = 7 * DAY },
	};
}

/* What may be done to it: claim, rotate, revoke. */
static struct str
may(struct asset a)
{
	static const char *const	words[] = {
		[DEED_MAY] = "may", [DEED_SHOWN] = "shown",
		[DEED_UNCLAIMED] = "unclaimed",
		[DEED_SUSPENDED] = "suspended",
		[DEED_NOT_HELD] = "not held", [DEED_NO_SECRET] = "no secret",
	};

	return arena_text(unit_arena(), "%s, %s, %s",
	    words[deed_check(&a, DEED_CLAIM)],
	    words[deed_check(&a, DEED_ROTATE)],
	    words[deed_check(&a, DEED_REVOKE)]);
}

static void
each_state_allows_what_makes_sense_in_it(void)
{
	SAME(may(key_in(ASSET_IS_PENDING, false)), "may, unclaimed, unclaimed");
	SAME(may(key_in(ASSET_IS_PROVISIONED, true)), "shown, may, may");
	SAME(may(key_in(ASSET_IS_SUSPENDED, true)),
	    "suspended, suspended, may");
	SAME(may(key_in(ASSET_IS_SUSPENDED, false)),
	    "suspended, suspended, unclaimed");
	SAME(may(key_in(ASSET_IS_REVOKED, true)), "not held, not held, may");
	SAME(may(key_in(ASSET_IS_REVOKED, false)),
	    "not held, not held, unclaimed");
}

static void
only_keys_and_licences_have_secrets(void)
{
	struct asset	 a = key_in(ASSET_IS_PENDING, false);

	a.held.type = ASSET_LICENSE;
	SAME(may(a), "may, unclaimed, unclaimed");
	a.held.type = ASSET_STORAGE_QUOTA;
	a.state = ASSET_IS_PROVISIONED;
	SAME(may(a), "no secret, no secret, no secret");
	a.held.type = ASSET_SEAT;
	SAME(may(a), "no secret, no secret, no secret");
}

/* "change PROVISIONED claimed pk_...new, overlap 7 d" */
static struct str
done(enum asset_action action, struct asset a, enum deed deed)
{
	struct asset_step	 s = { action, a };

	deed_do(&s, deed, STR("pk_...new"), ON_DAY(1));
	return arena_text(unit_arena(), "%s %s %s %.*s, overlap %lld d",
	    asset_action_names[s.action], asset_state_names[s.after.state],
	    s.after.claimed ? "claimed" : "unclaimed",
	    STR_FMT(s.after.hint), s.after.overlap_until == 0 ? 0LL :
	    (long long)((s.after.overlap_until - ON_DAY(1)) / DAY));
}

static void
a_claim_provisions(void)
{
	SAME(done(DO_KEEP, key_in(ASSET_IS_PENDING, false), DEED_CLAIM),
	    "change PROVISIONED claimed pk_...new, overlap 0 d");
	SAME(done(DO_PROVISION, key_in(ASSET_IS_PENDING, false), DEED_CLAIM),
	    "provision PROVISIONED claimed pk_...new, overlap 0 d");
}

static void
a_rotation_keeps_the_old_for_the_overlap(void)
{
	struct asset	 a = key_in(ASSET_IS_PROVISIONED, true);

	SAME(done(DO_KEEP, a, DEED_ROTATE),
	    "change PROVISIONED claimed pk_...new, overlap 7 d");
	a.overlap_until = ON_DAY(30);
	a.held.overlap = 0;
	SAME(done(DO_KEEP, a, DEED_ROTATE),
	    "change PROVISIONED claimed pk_...new, overlap 0 d");
}

static void
a_revocation_leaves_nothing_of_the_secret(void)
{
	struct asset	 a = key_in(ASSET_IS_PROVISIONED, true);

	a.overlap_until = ON_DAY(3);
	SAME(done(DO_KEEP, a, DEED_REVOKE),
	    "change PENDING unclaimed , overlap 0 d");
	a.state = ASSET_IS_SUSPENDED;
	SAME(done(DO_KEEP, a, DEED_REVOKE),
	    "change SUSPENDED unclaimed , overlap 0 d");
	a.state = ASSET_IS_REVOKED;
	SAME(done(DO_KEEP, a, DEED_REVOKE),
	    "change REVOKED unclaimed , overlap 0 d");
}

static void
a_slot_that_changes_its_type_has_no_old_secret(void)
{
	struct asset	 a = key_in(ASSET_IS_PROVISIONED, true);
	struct held_asset other = a.held;
	struct holding	 have = { .assets = &a.held, .asset_count = 1 };
	struct holding	 want = { .assets = &other, .asset_count = 1 };
	struct plan	 plan;

	a.overlap_until = ON_DAY(3);
	other.type = ASSET_LICENSE;
	diff(&have, &a, 1, &want, unit_arena(), &plan);
	CU_ASSERT_EQUAL(plan.asset_count, 1);
	CU_ASSERT_FALSE(plan.assets[0].after.claimed);
	CU_ASSERT_EQUAL(plan.assets[0].after.overlap_until, 0);
	CU_ASSERT_EQUAL(plan.assets[0].after.state, ASSET_IS_PENDING);
}

CU_TestInfo deed_tests[] = {
	{ "each state allows what makes sense in it",
	    each_state_allows_what_makes_sense_in_it },
	{ "only keys and licences have secrets",
	    only_keys_and_licences_have_secrets },
	{ "a claim provisions", a_claim_provisions },
	{ "a rotation keeps the old for the overlap",
	    a_rotation_keeps_the_old_for_the_overlap },
	{ "a revocation leaves nothing of the secret",
	    a_revocation_leaves_nothing_of_the_secret },
	{ "a slot that changes its type has no old secret",
	    a_slot_that_changes_its_type_has_no_old_secret },
	CU_TEST_INFO_NULL
};
