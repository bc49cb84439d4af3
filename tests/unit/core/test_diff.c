/*
 * Promises of core/diff.h.
 */
#include "base/limits.h"
#include "unit/core/world.h"
#include "unit/unit.h"

static const struct asset_step *
step_of(const struct plan *p, const char *slot)
{
	for (size_t i = 0; i < p->asset_count; i++)
		if (str_eq(p->assets[i].after.held.slot, str_of(slot)))
			return &p->assets[i];
	return NULL;
}

static bool
does(const struct world *w, const char *slot, enum asset_action action)
{
	const struct asset_step	*s = step_of(&w->plan, slot);

	return s != NULL && s->action == action;
}

static void
nothing_new_is_no_change(void)
{
	struct world	 w = world_new(1);

	world_hears(&w, sub("sub_1", 1, SUB_ACTIVE, "price_pro", 1, 31));
	CU_ASSERT(w.plan.changes);
	world_settle(&w);
	CU_ASSERT_FALSE(w.plan.changes);
	CU_ASSERT_EQUAL(w.plan.gain_count, 0);
	CU_ASSERT_EQUAL(w.plan.lose_count, 0);
	CU_ASSERT_EQUAL(w.plan.limit_count, 0);
	CU_ASSERT_EQUAL(w.plan.asset_count, 2);
	CU_ASSERT(does(&w, "api_key", DO_KEEP));
	CU_ASSERT(does(&w, "storage", DO_KEEP));
}

static void
capabilities_gained_and_lost_are_in_order(void)
{
	struct world	 w = world_new(1);

	world_hears(&w, sub("sub_1", 1, SUB_ACTIVE, "price_pro", 1, 31));
	CU_ASSERT_EQUAL(w.plan.gain_count, 2);
	SAME(w.plan.gain[0], "export:csv");
	SAME(w.plan.gain[1], "write:unlimited");
	CU_ASSERT_EQUAL(w.plan.lose_count, 1);
	SAME(w.plan.lose[0], "write:limited");
}

static void
limits_that_move_tell_from_and_to(void)
{
	struct world	 w = world_new(1);

	world_hears(&w, sub("sub_1", 1, SUB_ACTIVE, "price_pro", 1, 31));
	CU_ASSERT_EQUAL(w.plan.limit_count, 2);
	SAME(w.plan.limits[0].name, "api");
	CU_ASSERT(w.plan.limits[0].had && w.plan.limits[0].has);
	CU_ASSERT_EQUAL(w.plan.limits[0].from.max, 100);
	CU_ASSERT_EQUAL(w.plan.limits[0].to.max, 50000);
	SAME(w.plan.limits[1].name, "projects");
	CU_ASSERT_FALSE(w.plan.limits[1].had);
	world_hears(&w, sub("sub_1", 2, SUB_ACTIVE, "price_ent", 1, 31));
	CU_ASSERT_EQUAL(w.plan.limit_count, 2);
	CU_ASSERT(w.plan.limits[0].to.unlimited);
	CU_ASSERT(w.plan.limits[1].had && !w.plan.limits[1].has);
}

static void
another_period_is_another_limit(void)
{
	const struct held_limit	 day = { .name = STR("api"),
				    .quota = { .max = 5 }, .per = PER_DAY };
	struct held_limit	 month = day;
	struct holding		 a = { .limits = &day, .limit_count = 1 };
	struct holding		 b = { .limits = &month, .limit_count = 1 };
	struct plan		 p;

	month.per = PER_MONTH;
	diff(&a, NULL, 0, &b, unit_arena(), &p);
	CU_ASSERT(p.changes);
	CU_ASSERT_EQUAL(p.limit_count, 1);
	diff(&a, NULL, 0, &a, unit_arena(), &p);
	CU_ASSERT_EQUAL(p.limit_count, 0);
}

static void
a_new_secret_waits_for_its_claim_and_others_are_there_at_once(void)
{
	struct world	 w = world_new(1);

	world_hears(&w, sub("sub_1", 1, SUB_ACTIVE, "price_ent", 1, 31));
	CU_ASSERT(does(&w, "api_key", DO_PROVISION));
	CU_ASSERT(does(&w, "seats", DO_PROVISION));
	CU_ASSERT(does(&w, "storage", DO_CHANGE));
	CU_ASSERT(world_has(&w, "api_key", ASSET_IS_PENDING));
	CU_ASSERT(world_has(&w, "seats", ASSET_IS_PROVISIONED));
	CU_ASSERT_EQUAL(step_of(&w.plan, "seats")->after.id.len, 0);
	SAME(w.plan.assets[0].after.held.slot, "api_key");
	SAME(w.plan.assets[2].after.held.slot, "storage");
}

static void
a_slot_in_both_tiers_keeps_its_asset_and_its_secret(void)
{
	struct world	 w = world_new(1);

	world_hears(&w, sub("sub_1", 1, SUB_ACTIVE, "price_pro", 1, 31));
	world_claims(&w, "api_key");
	w.assets[0].overlap_until = w.assets[1].overlap_until = ON_DAY(3);
	world_hears(&w, sub("sub_1", 2, SUB_ACTIVE, "price_ent", 1, 31));
	CU_ASSERT(does(&w, "api_key", DO_CHANGE));
	CU_ASSERT(world_has(&w, "api_key", ASSET_IS_PROVISIONED));
	CU_ASSERT(world_asset(&w, "api_key")->claimed);
	SAME(world_asset(&w, "api_key")->id, "as_1");
	SAME(world_asset(&w, "api_key")->hint, "pk_...1234");
	SAME(world_asset(&w, "api_key")->held.prefix, "pk_ent_");
	CU_ASSERT_EQUAL(world_asset(&w, "api_key")->overlap_until,
	    ON_DAY(3));
}

static void
an_asset_lost_and_won_back_is_the_same_asset(void)
{
	struct world	 w = world_new(1);

	world_hears(&w, sub("sub_1", 1, SUB_ACTIVE, "price_pro", 1, 31));
	world_claims(&w, "api_key");
	world_hears(&w, ended("sub_1", 1));
	CU_ASSERT(does(&w, "api_key", DO_REVOKE));
	world_settle(&w);
	CU_ASSERT_PTR_NULL(step_of(&w.plan, "api_key"));
	CU_ASSERT_FALSE(w.plan.changes);
	world_hears(&w, sub("sub_2", 1, SUB_ACTIVE, "price_pro", 1, 31));
	CU_ASSERT(does(&w, "api_key", DO_RESTORE));
	CU_ASSERT(world_has(&w, "api_key", ASSET_IS_PROVISIONED));
	SAME(world_asset(&w, "api_key")->id, "as_1");
}

static void
an_unclaimed_asset_won_back_still_waits_for_its_claim(void)
{
	struct world	 w = world_new(1);

	world_hears(&w, sub("sub_1", 1, SUB_ACTIVE, "price_pro", 1, 31));
	world_hears(&w, sub("sub_1", 2, SUB_PAUSED, "price_pro", 1, 0));
	CU_ASSERT(does(&w, "api_key", DO_SUSPEND));
	world_hears(&w, sub("sub_1", 3, SUB_PAUSED, "price_pro", 1, 0));
	CU_ASSERT(does(&w, "api_key", DO_KEEP));
	world_hears(&w, sub("sub_1", 4, SUB_PAUSED, "price_ent", 1, 0));
	CU_ASSERT(does(&w, "api_key", DO_CHANGE));
	CU_ASSERT(world_has(&w, "api_key", ASSET_IS_SUSPENDED));
	world_hears(&w, sub("sub_1", 5, SUB_ACTIVE, "price_ent", 1, 31));
	CU_ASSERT(does(&w, "api_key", DO_RESTORE));
	CU_ASSERT(world_has(&w, "api_key", ASSET_IS_PENDING));
}

static void
an_asset_revoked_while_suspended_comes_back_suspended(void)
{
	struct world	 w = world_new(1);

	world_hears(&w, sub("sub_1", 1, SUB_ACTIVE, "price_pro", 1, 31));
	world_hears(&w, ended("sub_1", 1));
	world_hears(&w, sub("sub_2", 1, SUB_PAUSED, "price_pro", 1, 0));
	CU_ASSERT(does(&w, "api_key", DO_RESTORE));
	CU_ASSERT(world_has(&w, "api_key", ASSET_IS_SUSPENDED));
}

static void
a_slot_that_changes_its_type_forgets_its_secret(void)
{
	struct world	 w = world_new(1);

	world_hears(&w, sub("sub_1", 1, SUB_ACTIVE, "price_pro", 1, 31));
	world_claims(&w, "api_key");
	world_hears(&w, ended("sub_1", 1));
	world_hears(&w, with_item(fact(FACT_ITEMS, OBJECT_PAYMENT, "pi_1",
	    1), "price_storage", 1));
	world_hears(&w, paid(OBJECT_PAYMENT, "pi_1", 1, 9, "eur"));
	CU_ASSERT(does(&w, "api_key", DO_RESTORE));
	CU_ASSERT_FALSE(world_asset(&w, "api_key")->claimed);
	CU_ASSERT_EQUAL(world_asset(&w, "api_key")->hint.len, 0);
	world_hears(&w, sub("sub_2", 1, SUB_ACTIVE, "price_pro", 1, 31));
	CU_ASSERT(does(&w, "api_key", DO_CHANGE));
	CU_ASSERT(world_has(&w, "api_key", ASSET_IS_PENDING));
}

/* Copied twice: the first of them is gone when the second is looked at. */
static bool
same_as_its_copy(const struct holding *h)
{
	struct arena	*gone = arena_new("gone", ARENA_BYTES_MAX);
	struct holding	 first = holding_copy(h, gone);
	struct holding	 second = holding_copy(&first, unit_arena());

	arena_free(&gone);
	return holding_same(h, &second) &&
	    h->denied_count == second.denied_count &&
	    h->due_at == second.due_at;
}

static void
a_copy_is_the_same_when_the_first_is_gone(void)
{
	struct world	 w = world_new(1);

	CU_ASSERT(same_as_its_copy(&w.holding));
	world_hears(&w, sub("sub_1", 1, SUB_ACTIVE, "price_pro", 1, 31));
	world_hears(&w, with_item(fact(FACT_ITEMS, OBJECT_PAYMENT, "pi_1",
	    1), "price_storage", 1));
	world_hears(&w, paid(OBJECT_PAYMENT, "pi_1", 1, 9, "eur"));
	CU_ASSERT(same_as_its_copy(&w.holding));
	world_hears(&w, ended("sub_1", 1));
	CU_ASSERT(w.holding.denied_count > 0);
	CU_ASSERT(same_as_its_copy(&w.holding));
}

static void
every_difference_a_reader_could_see_is_one(void)
{
	struct world	 w = world_new(1);
	struct holding	 a, b;
	struct held_capability	 caps[8];
	struct held_limit	 limits[8];
	struct held_asset	 assets[8];

	world_hears(&w, sub("sub_1", 1, SUB_ACTIVE, "price_pro", 1, 31));
	a = w.holding;
	memcpy(caps, a.capabilities, a.capability_count * sizeof(*caps));
	memcpy(limits, a.limits, a.limit_count * sizeof(*limits));
	memcpy(assets, a.assets, a.asset_count * sizeof(*assets));

#define DIFFERS(change) do {						\
	b = a;								\
	b.capabilities = caps;						\
	b.limits = limits;						\
	b.assets = assets;						\
	CU_ASSERT(holding_same(&a, &b));				\
	change;								\
	CU_ASSERT_FALSE(holding_same(&a, &b));				\
	memcpy(caps, a.capabilities, a.capability_count * sizeof(*caps)); \
	memcpy(limits, a.limits, a.limit_count * sizeof(*limits));	\
	memcpy(assets, a.assets, a.asset_count * sizeof(*assets));	\
} while (0)

	DIFFERS(b.tier = STR("team"));
	DIFFERS(b.quantity++);
	DIFFERS(b.state = HOLDING_GRACE);
	DIFFERS(b.livemode = true);
	DIFFERS(b.matrix_version++);
	DIFFERS(b.renews_at++);
	DIFFERS(b.ends_at++);
	DIFFERS(b.trial_ends_at++);
	DIFFERS(b.grace_ends_at++);
	DIFFERS(b.capability_count--);
	DIFFERS(caps[0].name = STR("x"));
	DIFFERS(caps[0].source.reason = REASON_GRACE);
	DIFFERS(caps[0].source.tier = STR("x"));
	DIFFERS(caps[0].source.cause = STR("x"));
	DIFFERS(b.limit_count--);
	DIFFERS(limits[0].name = STR("x"));
	DIFFERS(limits[0].per = PER_HOUR);
	DIFFERS(limits[0].quota.max++);
	DIFFERS(limits[0].quota.unlimited = true);
	DIFFERS(limits[0].source.cause = STR("x"));
	DIFFERS(b.asset_count--);
	DIFFERS(assets[0].slot = STR("x"));
	DIFFERS(assets[0].type = ASSET_SEAT);
	DIFFERS(assets[0].suspended = true);
	DIFFERS(assets[0].prefix = STR("x"));
	DIFFERS(assets[0].overlap++);
	DIFFERS(assets[0].quota.max++);
	DIFFERS(assets[0].count++);
	DIFFERS(assets[0].source.cause = STR("x"));
#undef DIFFERS

	b = a;
	b.due_at++;
	b.follows_newest = !b.follows_newest;
	b.derived_under++;
	CU_ASSERT(holding_same(&a, &b));
	CU_ASSERT(quota_same((struct quota){ true, 1 },
	    (struct quota){ true, 2 }));
}

static void
what_is_switched_off_is_lost_and_won_back(void)
{
	struct world	 w = world_new(1);

	world_hears(&w, sub("sub_1", 1, SUB_ACTIVE, "price_pro", 1, 31));
	w.catalog = shop_without("export:csv");
	world_settle(&w);
	CU_ASSERT_EQUAL(w.plan.lose_count, 1);
	SAME(w.plan.lose[0], "export:csv");
	CU_ASSERT(w.plan.changes);
	world_settle(&w);
	CU_ASSERT_FALSE(w.plan.changes);
	w.catalog = shop();
	world_settle(&w);
	CU_ASSERT_EQUAL(w.plan.gain_count, 1);
	SAME(w.plan.gain[0], "export:csv");
}

/* Who does not have it is told too: a page need not offer it. */
static void
a_switch_is_a_difference_to_everybody(void)
{
	struct world	 w = world_new(1);

	world_hears(&w, sub("sub_1", 1, SUB_ACTIVE, "price_ent", 1, 31));
	w.catalog = shop_without("export:csv");
	world_settle(&w);
	CU_ASSERT_EQUAL(w.plan.lose_count, 0);
	CU_ASSERT(w.plan.changes);
	w.catalog = shop();
	world_settle(&w);
	CU_ASSERT(w.plan.changes);
	world_settle(&w);
	CU_ASSERT_FALSE(w.plan.changes);
}

static void
whole_names_are_asked_about(void)
{
	struct world	 w = world_new(1);

	CU_ASSERT(world_can(&w, "read:public"));
	CU_ASSERT(world_can(&w, "write:limited"));
	CU_ASSERT_FALSE(world_can(&w, "read"));
	CU_ASSERT_FALSE(world_can(&w, "a"));
	CU_ASSERT_FALSE(world_can(&w, "z"));
}

CU_TestInfo diff_tests[] = {
	{ "nothing new is no change", nothing_new_is_no_change },
	{ "capabilities gained and lost are in order",
	    capabilities_gained_and_lost_are_in_order },
	{ "limits that move tell from and to",
	    limits_that_move_tell_from_and_to },
	{ "another period is another limit",
	    another_period_is_another_limit },
	{ "a new secret waits for its claim, others are there at once",
	    a_new_secret_waits_for_its_claim_and_others_are_there_at_once },
	{ "a slot in both tiers keeps its asset and its secret",
	    a_slot_in_both_tiers_keeps_its_asset_and_its_secret },
	{ "an asset lost and won back is the same asset",
	    an_asset_lost_and_won_back_is_the_same_asset },
	{ "an unclaimed asset won back still waits for its claim",
	    an_unclaimed_asset_won_back_still_waits_for_its_claim },
	{ "an asset of a suspended purchase comes back suspended",
	    an_asset_revoked_while_suspended_comes_back_suspended },
	{ "a slot that changes its type forgets its secret",
	    a_slot_that_changes_its_type_forgets_its_secret },
	{ "a copy is the same when the first is gone",
	    a_copy_is_the_same_when_the_first_is_gone },
	{ "every difference a reader could see is one",
	    every_difference_a_reader_could_see_is_one },
	{ "what is switched off is lost and won back",
	    what_is_switched_off_is_lost_and_won_back },
	{ "a switch is a difference to everybody",
	    a_switch_is_a_difference_to_everybody },
	{ "whole names are asked about", whole_names_are_asked_about },
	CU_TEST_INFO_NULL
};
