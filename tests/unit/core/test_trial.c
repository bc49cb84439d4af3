/*
 * A trial is given once to each user: promises of purchases_read, seen from
 * what the user holds.
 */
#include "unit/core/world.h"
#include "unit/unit.h"

/* The first trial and the next one, of another subscription and price. */
static struct fact
first_trial(void)
{
	return trial_until(sub("sub_2", 1, SUB_TRIALING, "price_pro", 1, 15),
	    15);
}

static struct fact
next_trial(int day)
{
	return trial_until(sub("sub_1", day, SUB_TRIALING, "price_ent", 1,
	    day + 14), day + 14);
}

/* The first trial is over and nobody paid. */
static struct world
after_one(const struct catalog *c)
{
	struct world	 w = world_of(c, 1);

	world_hears(&w, first_trial());
	world_day(&w, 15);
	world_hears(&w, ended("sub_2", 15));
	world_day(&w, 20);
	return w;
}

static const struct purchase *
purchase_of(const struct world *w, const char *ref)
{
	for (size_t i = 0; i < w->purchase_count; i++)
		if (str_eq(w->purchases[i].key.ref, str_of(ref)))
			return &w->purchases[i];
	return NULL;
}

static bool
is(const struct world *w, const char *ref, enum purchase_state state)
{
	const struct purchase	*p = purchase_of(w, ref);

	return p != NULL && p->state == state;
}

static void
the_first_trial_grants(void)
{
	struct world	 w = world_new(1);

	world_hears(&w, first_trial());
	CU_ASSERT(world_is(&w, "pro", HOLDING_TRIALING));
	CU_ASSERT_EQUAL(w.holding.trial_ends_at, ON_DAY(15));
	world_day(&w, 2);
	world_hears(&w, next_trial(2));
	CU_ASSERT(world_is(&w, "pro", HOLDING_TRIALING));
	CU_ASSERT(is(&w, "sub_2", PURCHASE_TRIALING));
	CU_ASSERT(is(&w, "sub_1", PURCHASE_PENDING));
}

static void
a_second_trial_gives_nothing_and_its_session_waits(void)
{
	struct world	 w = after_one(shop());
	struct terms	 t = world_starts(&w, "enterprise", 1);
	const struct purchase	*p;

	world_hears(&w, with_link(with_name(next_trial(20), &t,
	    NAMED_BY_METADATA), OBJECT_INVOICE, "in_0"));
	world_hears(&w, paid(OBJECT_INVOICE, "in_0", 20, 0, "eur"));
	CU_ASSERT(world_is(&w, "free", HOLDING_DEFAULT));
	CU_ASSERT_EQUAL(w.session.state, SESSION_PENDING);
	CU_ASSERT_NOT_EQUAL(w.session.payment, PAYMENT_PAID);
	p = purchase_of(&w, "sub_1");
	CU_ASSERT_PTR_NOT_NULL_FATAL(p);
	CU_ASSERT_EQUAL(p->state, PURCHASE_PENDING);
	CU_ASSERT_EQUAL(p->trial_end, 0);
	CU_ASSERT_EQUAL(p->due_at, 0);
	world_hears(&w, ended("sub_1", 20));
	CU_ASSERT_EQUAL(w.session.state, SESSION_FAILED);
	CU_ASSERT_EQUAL(w.session.reason, BECAUSE_ABANDONED);
}

static void
what_follows_a_second_trial_without_money_gives_nothing(void)
{
	static const enum sub_state	 states[] = {
		SUB_TRIALING, SUB_PAST_DUE, SUB_UNPAID, SUB_PAUSED,
	};

	for (size_t i = 0; i < COUNT(states); i++) {
		struct world	 w = after_one(shop());

		world_hears(&w, next_trial(20));
		world_day(&w, 34);
		world_hears(&w, trial_until(sub("sub_1", 34, states[i],
		    "price_ent", 1, 0), 34));
		ROW(world_is(&w, "free", HOLDING_DEFAULT),
		    sub_state_names[states[i]]);
		ROW(is(&w, "sub_1", PURCHASE_PENDING),
		    sub_state_names[states[i]]);
	}
}

static void
a_second_trial_ends_when_it_was_planned_to(void)
{
	struct world	 w = after_one(shop());

	world_hears(&w, cancelling(next_trial(20), 30));
	CU_ASSERT_EQUAL(w.holding.due_at, ON_DAY(30));
	world_day(&w, 30);
	CU_ASSERT(is(&w, "sub_1", PURCHASE_ENDED));
	CU_ASSERT_EQUAL(w.holding.due_at, 0);
}

static void
a_second_trial_grants_when_it_is_paid(void)
{
	struct world	 w = after_one(shop());
	struct fact	 late;

	world_hears(&w, next_trial(20));
	world_day(&w, 34);
	world_hears(&w, trial_until(sub("sub_1", 34, SUB_ACTIVE, "price_ent",
	    1, 64), 34));
	CU_ASSERT(world_is(&w, "enterprise", HOLDING_ACTIVE));
	CU_ASSERT_EQUAL(w.holding.renews_at, ON_DAY(64));
	world_day(&w, 64);
	CU_ASSERT(world_is(&w, "enterprise", HOLDING_GRACE));
	late = trial_until(sub("sub_1", 64, SUB_PAST_DUE, "price_ent", 1, 0),
	    34);
	world_hears(&w, late);
	CU_ASSERT(world_is(&w, "enterprise", HOLDING_GRACE));
}

static void
a_second_trial_that_costs_money_is_no_gift(void)
{
	struct world	 w = after_one(shop());

	world_hears(&w, with_link(next_trial(20), OBJECT_INVOICE, "in_1"));
	CU_ASSERT(world_is(&w, "free", HOLDING_DEFAULT));
	world_hears(&w, paid(OBJECT_INVOICE, "in_1", 20, 100, "eur"));
	CU_ASSERT(world_is(&w, "enterprise", HOLDING_TRIALING));
}

/* Of another user, or in the other mode, or nobody's at all. */
static void
another_trial_is_not_the_users_first(void)
{
	struct world	 other = world_new(1), w = world_new(20);
	struct fact	 test = first_trial();

	world_hears(&other, first_trial());
	world_hears(&w, next_trial(20));
	CU_ASSERT(world_is(&other, "pro", HOLDING_TRIALING));
	CU_ASSERT(world_is(&w, "enterprise", HOLDING_TRIALING));
	test.livemode = !test.livemode;
	world_hears(&w, test);
	CU_ASSERT(world_is(&w, "enterprise", HOLDING_TRIALING));
	w = world_new(20);
	world_hears(&w, with_user(first_trial(), "u1"));
	world_hears(&w, with_user(first_trial(), "u2"));
	world_hears(&w, next_trial(20));
	CU_ASSERT(world_is(&w, "enterprise", HOLDING_TRIALING));
}

static void
a_purchase_without_a_trial_is_left_alone(void)
{
	struct world	 w = after_one(shop());

	world_hears(&w, sub("sub_1", 20, SUB_ACTIVE, "price_ent", 1, 25));
	CU_ASSERT(world_is(&w, "enterprise", HOLDING_ACTIVE));
	world_day(&w, 25);
	CU_ASSERT(world_is(&w, "enterprise", HOLDING_GRACE));
}

static void
a_policy_may_allow_trials_again(void)
{
	struct policy	 kind = policy_usual;
	struct world	 w;

	kind.repeat_trial = POLICY_ALLOW;
	w = after_one(shop_with(&kind));
	world_hears(&w, next_trial(20));
	CU_ASSERT(world_is(&w, "enterprise", HOLDING_TRIALING));
	CU_ASSERT_EQUAL(w.holding.trial_ends_at, ON_DAY(34));
}

static void
the_order_of_facts_decides_nothing(void)
{
	struct fact	 facts[] = { first_trial(), next_trial(2) };

	for (size_t i = 0; i < COUNT(facts); i++) {
		struct world	 w = world_new(3);

		world_hears(&w, facts[i]);
		world_hears(&w, facts[1 - i]);
		CU_ASSERT(world_is(&w, "pro", HOLDING_TRIALING));
		CU_ASSERT(is(&w, "sub_1", PURCHASE_PENDING));
	}
	facts[1] = next_trial(1);
	for (size_t i = 0; i < COUNT(facts); i++) {
		struct world	 w = world_new(3);

		world_hears(&w, facts[i]);
		world_hears(&w, facts[1 - i]);
		CU_ASSERT(world_is(&w, "enterprise", HOLDING_TRIALING));
		CU_ASSERT(is(&w, "sub_2", PURCHASE_PENDING));
	}
}

static void
a_preview_shows_what_is_paid_for(void)
{
	struct world	 w = after_one(shop());
	const struct terms t = { .user = STR("u1"), .tier = STR("team"),
				    .quantity = 1, .amount = -1 };
	struct life	 life, imagined;
	struct holding	 h;
	struct err	 e;

	world_hears(&w, next_trial(20));
	life = world_life(&w);
	life_imagine(&life, &t, NULL, w.now, w.arena, &imagined);
	CU_ASSERT_EQUAL_FATAL(derive(w.catalog, &imagined, w.now, w.arena, &h,
	    NULL, NULL, &e), RC_OK);
	SAME_STR(h.tier, STR("team"));
	CU_ASSERT_EQUAL(h.state, HOLDING_ACTIVE);
	CU_ASSERT(world_is(&w, "free", HOLDING_DEFAULT));
}

CU_TestInfo trial_tests[] = {
	{ "the first trial grants", the_first_trial_grants },
	{ "a second trial gives nothing and its session waits",
	    a_second_trial_gives_nothing_and_its_session_waits },
	{ "what follows a second trial without money gives nothing",
	    what_follows_a_second_trial_without_money_gives_nothing },
	{ "a second trial ends when it was planned to",
	    a_second_trial_ends_when_it_was_planned_to },
	{ "a second trial grants when it is paid",
	    a_second_trial_grants_when_it_is_paid },
	{ "a second trial that costs money is no gift",
	    a_second_trial_that_costs_money_is_no_gift },
	{ "another trial is not the user's first",
	    another_trial_is_not_the_users_first },
	{ "a purchase without a trial is left alone",
	    a_purchase_without_a_trial_is_left_alone },
	{ "a policy may allow trials again", a_policy_may_allow_trials_again },
	{ "the order of facts decides nothing",
	    the_order_of_facts_decides_nothing },
	{ "a preview shows what is paid for",
	    a_preview_shows_what_is_paid_for },
	CU_TEST_INFO_NULL,
};
