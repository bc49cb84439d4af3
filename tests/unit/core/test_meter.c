/*
 * Promises of core/meter.h, and how soft and warn come from the matrix.
 */
#include "core/meter.h"
#include "unit/core/world.h"
#include "unit/unit.h"

#define LIMIT(n)	.quota = { .max = (n) }

/* "12 left 88 near", "101 left 0 over frozen" */
static struct str
reads(struct held_limit l, enum policy_action action, int64_t used)
{
	struct meter	 m;

	meter_read(&l, action, used, &m);
	return arena_text(unit_arena(), "%lld left %lld%s%s%s",
	    (long long)m.used, (long long)m.remaining,
	    m.warning != WARNING_NONE ? " " : "",
	    m.warning != WARNING_NONE ? meter_warning_names[m.warning] : "",
	    m.frozen ? " frozen" : "");
}

static void
what_is_left_is_never_less_than_nothing(void)
{
	const struct held_limit	 l = { LIMIT(100) };

	SAME(reads(l, POLICY_KEEP, 0), "0 left 100");
	SAME(reads(l, POLICY_KEEP, 100), "100 left 0");
	SAME(reads(l, POLICY_KEEP, 101), "101 left 0 over");
}

static void
it_warns_from_the_share_on(void)
{
	const struct held_limit	 l = { LIMIT(150), .warn = 80 };
	const struct held_limit	 odd = { LIMIT(7), .warn = 50 };
	const struct held_limit	 all = { LIMIT(7), .warn = 100 };
	const struct held_limit	 huge = { LIMIT(COUNT_MOST), .warn = 99 };
	const struct held_limit	 none = { LIMIT(0), .warn = 80 };

	SAME(reads(l, POLICY_KEEP, 119), "119 left 31");
	SAME(reads(l, POLICY_KEEP, 120), "120 left 30 near");
	SAME(reads(l, POLICY_KEEP, 151), "151 left 0 over");
	SAME(reads(odd, POLICY_KEEP, 3), "3 left 4");
	SAME(reads(odd, POLICY_KEEP, 4), "4 left 3 near");
	SAME(reads(all, POLICY_KEEP, 6), "6 left 1");
	SAME(reads(all, POLICY_KEEP, 7), "7 left 0 near");
	SAME(reads(huge, POLICY_KEEP, COUNT_MOST / 100 * 98),
	    "8827055269646082 left 180143985094909");
	SAME(reads(huge, POLICY_KEEP, COUNT_MOST),
	    "9007199254740991 left 0 near");
	SAME(reads(none, POLICY_KEEP, 0), "0 left 0");
}

static void
without_bounds_nothing_is_near_or_over(void)
{
	const struct held_limit	 l = {
		.quota = { .unlimited = true }, .warn = 80,
	};

	SAME(reads(l, POLICY_FREEZE, COUNT_MOST), "9007199254740991 left 0");
	CU_ASSERT_EQUAL(meter_most(&l), COUNT_MOST);
}

static void
freeze_is_for_what_is_over_a_hard_limit(void)
{
	const struct held_limit	 hard = { LIMIT(10) };
	const struct held_limit	 soft = { LIMIT(10), .soft = true };

	SAME(reads(hard, POLICY_FREEZE, 10), "10 left 0");
	SAME(reads(hard, POLICY_FREEZE, 11), "11 left 0 over frozen");
	SAME(reads(hard, POLICY_KEEP, 11), "11 left 0 over");
	SAME(reads(soft, POLICY_FREEZE, 11), "11 left 0 over");
}

static void
only_a_hard_limit_refuses(void)
{
	const struct held_limit	 hard = { LIMIT(10) };
	const struct held_limit	 soft = { LIMIT(10), .soft = true };

	CU_ASSERT_EQUAL(meter_most(&hard), 10);
	CU_ASSERT_EQUAL(meter_most(&soft), COUNT_MOST);
}

/* "soft 60" of a limit that is held. */
static struct str
rules(const struct world *w, const char *name)
{
	for (size_t i = 0; i < w->holding.limit_count; i++) {
		const struct held_limit *l = &w->holding.limits[i];

		if (str_eq(l->name, str_of(name)))
			return arena_text(w->arena, "%s %lld",
			    l->soft ? "soft" : "hard", (long long)l->warn);
	}
	return STR("none");
}

static void
soft_and_warn_are_those_of_the_first_that_carries_the_limit(void)
{
	struct world	 w = world_new(1);

	world_hears(&w, sub("sub_1", 1, SUB_ACTIVE, "price_storage", 1, 31));
	SAME(rules(&w, "projects"), "soft 0");
	SAME(rules(&w, "exports"), "soft 60");
	world_hears(&w, sub("sub_2", 1, SUB_ACTIVE, "price_pro", 1, 31));
	SAME(rules(&w, "projects"), "hard 80");
	SAME(rules(&w, "exports"), "soft 60");
}

static void
a_limit_that_turns_soft_is_a_change(void)
{
	struct held_limit	 hard = { LIMIT(10) }, soft = { LIMIT(10) };
	struct held_limit	 warns = { LIMIT(10), .warn = 80 };
	struct holding		 a = { .limits = &hard, .limit_count = 1 };
	struct holding		 b = { .limits = &soft, .limit_count = 1 };
	struct holding		 c = { .limits = &warns, .limit_count = 1 };

	CU_ASSERT_TRUE(holding_same(&a, &b));
	soft.soft = true;
	CU_ASSERT_FALSE(holding_same(&a, &b));
	CU_ASSERT_FALSE(holding_same(&a, &c));
}

CU_TestInfo meter_tests[] = {
	{ "what is left is never less than nothing",
	    what_is_left_is_never_less_than_nothing },
	{ "it warns from the share on", it_warns_from_the_share_on },
	{ "without bounds nothing is near or over",
	    without_bounds_nothing_is_near_or_over },
	{ "freeze is for what is over a hard limit",
	    freeze_is_for_what_is_over_a_hard_limit },
	{ "only a hard limit refuses", only_a_hard_limit_refuses },
	{ "soft and warn are those of the first that carries the limit",
	    soft_and_warn_are_those_of_the_first_that_carries_the_limit },
	{ "a limit that turns soft is a change",
	    a_limit_that_turns_soft_is_a_change },
	CU_TEST_INFO_NULL
};
