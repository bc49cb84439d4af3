/*
 * Promises of core/over.h.
 */
#include "core/over.h"
#include "unit/core/world.h"
#include "unit/unit.h"

static struct usage
uses(const char *limit, int64_t used)
{
	return (struct usage){ .limit = str_of(limit), .used = used };
}

/* What is over, in words: "api 120/100 keep, projects 3/0 keep". */
static struct str
over(const struct world *w, const struct usage *usage, size_t count,
    enum policy_action action)
{
	const struct over	*list = NULL;
	size_t			 n = 0;
	struct str		 text = STR_NONE;

	over_find(&w->holding, usage, count, action, w->arena, &list, &n);
	for (size_t i = 0; i < n; i++)
		text = arena_text(w->arena, "%.*s%s%.*s %lld/%lld %s",
		    STR_FMT(text), i > 0 ? ", " : "", STR_FMT(list[i].limit),
		    (long long)list[i].used, (long long)list[i].allowed,
		    policy_action_names[list[i].action]);
	return text;
}

static void
what_is_used_up_to_a_limit_is_not_over(void)
{
	struct world	 w = world_new(1);
	const struct usage	 rows[] = {
		uses("api", 0), uses("api", 99), uses("api", 100),
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		SAME(over(&w, &rows[i], 1, POLICY_KEEP), "");
	SAME(over(&w, NULL, 0, POLICY_KEEP), "");
	SAME(over(&w, (struct usage[]){ uses("api", 101) }, 1, POLICY_KEEP),
	    "api 101/100 keep");
}

static void
a_limit_that_is_gone_allows_nothing(void)
{
	struct world	 w = world_new(1);

	SAME(over(&w, (struct usage[]){ uses("projects", 1) }, 1,
	    POLICY_FREEZE), "projects 1/0 freeze");
	SAME(over(&w, (struct usage[]){ uses("projects", 0) }, 1,
	    POLICY_FREEZE), "");
}

static void
what_has_no_bounds_is_never_over(void)
{
	struct world	 w = world_new(1);

	world_hears(&w, sub("sub_1", 1, SUB_ACTIVE, "price_ent", 1, 31));
	SAME(over(&w, (struct usage[]){ uses("api", INT64_MAX) }, 1,
	    POLICY_KEEP), "");
}

static void
all_that_is_over_is_told_in_the_order_of_names(void)
{
	struct world	 w = world_new(1);
	const struct usage	 usage[] = {
		uses("zeal", 7), uses("projects", 11), uses("exports", 2),
		uses("api", 50001),
	};

	world_hears(&w, sub("sub_1", 1, SUB_ACTIVE, "price_pro", 1, 31));
	SAME(over(&w, usage, COUNT(usage), POLICY_FREEZE),
	    "api 50001/50000 freeze, exports 2/0 freeze, "
	    "projects 11/10 freeze, zeal 7/0 freeze");
}

static void
only_a_limit_that_falls_can_put_anything_over(void)
{
	static const struct {
		const char	*what;
		struct limit_move move;
		bool		 possible;
	} rows[] = {
		{ "rises", { .had = true, .has = true, .from = { .max = 1 },
		    .to = { .max = 2 } }, false },
		{ "falls", { .had = true, .has = true, .from = { .max = 2 },
		    .to = { .max = 1 } }, true },
		{ "is another period's", { .had = true, .has = true,
		    .from = { .max = 2 }, .to = { .max = 2 } }, false },
		{ "is new", { .has = true, .to = { .max = 2 } }, false },
		{ "is gone", { .had = true, .from = { .max = 2 } }, true },
		{ "is freed", { .had = true, .has = true,
		    .from = { .max = 2 }, .to = { .unlimited = true } },
		    false },
		{ "is bound", { .had = true, .has = true,
		    .from = { .unlimited = true }, .to = { .max = 2 } },
		    true },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct limit_move	 moves[] = { rows[0].move,
			    rows[i].move };
		const struct plan	 plan = {
			.limits = moves, .limit_count = COUNT(moves),
		};

		ROW(over_possible(&plan) == rows[i].possible, rows[i].what);
	}
	CU_ASSERT_FALSE(over_possible(&(struct plan){ .changes = false }));
}

static void
a_downgrade_puts_over_what_the_lower_tier_does_not_allow(void)
{
	struct world	 w = world_new(1);
	const struct usage	 usage[] = {
		uses("api", 60000), uses("projects", 3),
	};

	world_hears(&w, sub("sub_1", 1, SUB_ACTIVE, "price_ent", 1, 31));
	SAME(over(&w, &usage[0], 1, POLICY_KEEP), "");
	world_hears(&w, sub("sub_1", 2, SUB_ACTIVE, "price_pro", 1, 31));
	CU_ASSERT(over_possible(&w.plan));
	CU_ASSERT_EQUAL(w.plan.over_count, 0);
	SAME(over(&w, usage, COUNT(usage), POLICY_KEEP),
	    "api 60000/50000 keep");
	world_hears(&w, sub("sub_1", 3, SUB_ACTIVE, "price_ent", 1, 31));
	CU_ASSERT(over_possible(&w.plan));	/* projects are gone */
}

CU_TestInfo over_tests[] = {
	{ "what is used up to a limit is not over",
	    what_is_used_up_to_a_limit_is_not_over },
	{ "a limit that is gone allows nothing",
	    a_limit_that_is_gone_allows_nothing },
	{ "what has no bounds is never over",
	    what_has_no_bounds_is_never_over },
	{ "all that is over is told in the order of names",
	    all_that_is_over_is_told_in_the_order_of_names },
	{ "only a limit that falls can put anything over",
	    only_a_limit_that_falls_can_put_anything_over },
	{ "a downgrade puts over what the lower tier does not allow",
	    a_downgrade_puts_over_what_the_lower_tier_does_not_allow },
	CU_TEST_INFO_NULL
};
