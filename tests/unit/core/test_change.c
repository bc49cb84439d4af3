/*
 * Promises about sessions that change a running subscription: what is
 * imagined, what completes them, and which matrix version counts when.
 */
#include "base/guard.h"
#include "unit/core/world.h"
#include "unit/unit.h"

/* A subscription to pro since day 1, paid until day 131; today is day 105. */
static struct world
subscriber(void)
{
	struct world	 w = world_new(1);

	world_hears(&w, sub("sub_1", 1, SUB_ACTIVE, "price_pro", 1, 131));
	world_day(&w, 105);
	return w;
}

/* A session that changes it to that price, named as ours at the button. */
static struct terms
changes(struct world *w, const char *tier, int quantity, const char *price)
{
	struct terms	 t = world_starts(w, tier, quantity);

	t.change = CHANGE_NOW;
	t.price = str_of(price);
	w->session.terms = t;
	world_hears(w, with_name(seen(OBJECT_SUBSCRIPTION, "sub_1", 105), &t,
	    NAMED_BY_OURS));
	return t;
}

static void
what_it_was_before_does_not_end_the_session(void)
{
	struct world	 w = subscriber();

	changes(&w, "enterprise", 1, "price_ent");
	CU_ASSERT_EQUAL(w.session.state, SESSION_PENDING);
	/* Told anew as it was, while the money is still out. */
	world_hears(&w, sub("sub_1", 106, SUB_ACTIVE, "price_pro", 1, 131));
	CU_ASSERT_EQUAL(w.session.state, SESSION_PENDING);
	CU_ASSERT(world_is(&w, "pro", HOLDING_ACTIVE));
}

static void
the_change_completes_it(void)
{
	struct world	 w = subscriber();

	changes(&w, "enterprise", 1, "price_ent");
	world_hears(&w, sub("sub_1", 105, SUB_ACTIVE, "price_ent", 1, 131));
	CU_ASSERT_EQUAL(w.session.state, SESSION_COMPLETED);
	CU_ASSERT_EQUAL(w.session.payment, PAYMENT_PAID);
	CU_ASSERT(world_is(&w, "enterprise", HOLDING_ACTIVE));
}

static void
another_quantity_is_waited_for(void)
{
	struct world	 w = world_new(1);

	world_hears(&w, sub("sub_1", 1, SUB_ACTIVE, "price_team", 2, 131));
	world_day(&w, 105);
	changes(&w, "team", 5, "price_team");
	world_hears(&w, sub("sub_1", 106, SUB_ACTIVE, "price_team", 2, 131));
	CU_ASSERT_EQUAL(w.session.state, SESSION_PENDING);
	world_hears(&w, sub("sub_1", 107, SUB_ACTIVE, "price_team", 5, 131));
	CU_ASSERT_EQUAL(w.session.state, SESSION_COMPLETED);
}

static void
add_ons_that_were_there_before_may_stay(void)
{
	struct world	 w = subscriber();

	changes(&w, "enterprise", 1, "price_ent");
	world_hears(&w, with_item(sub("sub_1", 106, SUB_ACTIVE, "price_ent",
	    1, 131), "price_pack", 1));
	CU_ASSERT_EQUAL(w.session.state, SESSION_COMPLETED);
}

static void
an_attempt_alone_moves_nobody_to_a_newer_matrix(void)
{
	struct world	 w = subscriber();

	changes(&w, "enterprise", 1, "price_ent");
	CU_ASSERT_FALSE(world_can(&w, "reports:new"));
	CU_ASSERT_EQUAL(world_purchase(&w)->pin, 1);
	world_hears(&w, sub("sub_1", 106, SUB_ACTIVE, "price_ent", 1, 131));
	CU_ASSERT_EQUAL(world_purchase(&w)->pin, 2);
}

static void
what_costs_nothing_is_not_ended_by_deliveries(void)
{
	static const enum change kinds[] = {
		CHANGE_PLANNED, CHANGE_CANCEL, CHANGE_END, CHANGE_RESUME,
	};

	for (size_t i = 0; i < COUNT(kinds); i++) {
		struct world	 w = subscriber();
		struct terms	 t = world_starts(&w, "pro", 1);

		t.change = kinds[i];
		w.session.terms = t;
		world_hears(&w, with_name(sub("sub_1", 106, SUB_ACTIVE,
		    "price_pro", 1, 131), &t, NAMED_BY_METADATA));
		ROW(w.session.state == SESSION_PENDING,
		    change_names[kinds[i]]);
	}
}

/* --- imagined ---------------------------------------------------------- */

static struct holding
imagine(const struct world *w, enum change change, const char *tier)
{
	const struct object_key	 k = key(OBJECT_SUBSCRIPTION, "sub_1");
	struct life		 life = world_life(w), imagined;
	struct terms		 t = {
		.session = STR("us_9"), .user = STR("u1"),
		.tier = str_of(tier), .quantity = 1, .change = change,
		.matrix_version = 2, .amount = -1,
	};
	struct holding		 h;
	struct err		 e;

	life_imagine(&life, &t, &k, w->now, w->arena, &imagined);
	must(derive(w->catalog, &imagined, w->now, w->arena, &h, NULL, NULL,
	    &e) == RC_OK);
	return h;
}

static void
a_planned_change_changes_nothing_yet(void)
{
	struct world	 w = subscriber();
	struct holding	 h = imagine(&w, CHANGE_PLANNED, "enterprise");

	CU_ASSERT(holding_same(&h, &w.holding));
}

static void
an_end_is_shown_with_its_period_or_at_once(void)
{
	struct world	 w = subscriber();
	struct holding	 h = imagine(&w, CHANGE_CANCEL, "free");

	SAME(h.tier, "pro");
	CU_ASSERT_EQUAL(h.ends_at, ON_DAY(131));
	h = imagine(&w, CHANGE_END, "free");
	SAME(h.tier, "free");
	CU_ASSERT_EQUAL(h.state, HOLDING_DEFAULT);
}

static void
an_end_taken_back_is_no_end(void)
{
	struct world	 w = subscriber();
	struct holding	 h;

	world_hears(&w, cancelling(sub("sub_1", 106, SUB_ACTIVE, "price_pro",
	    1, 131), 131));
	CU_ASSERT_EQUAL(w.holding.ends_at, ON_DAY(131));
	h = imagine(&w, CHANGE_RESUME, "pro");
	SAME(h.tier, "pro");
	CU_ASSERT_EQUAL(h.ends_at, 0);
}

static void
the_end_of_what_is_gone_imagines_nothing(void)
{
	struct world	 w = world_new(105);
	struct holding	 h = imagine(&w, CHANGE_CANCEL, "pro");

	SAME(h.tier, "free");
}

CU_TestInfo change_tests[] = {
	{ "what it was before does not end the session",
	    what_it_was_before_does_not_end_the_session },
	{ "the change completes it", the_change_completes_it },
	{ "another quantity is waited for", another_quantity_is_waited_for },
	{ "add-ons that were there before may stay",
	    add_ons_that_were_there_before_may_stay },
	{ "an attempt alone moves nobody to a newer matrix",
	    an_attempt_alone_moves_nobody_to_a_newer_matrix },
	{ "what costs nothing is not ended by deliveries",
	    what_costs_nothing_is_not_ended_by_deliveries },
	{ "a planned change changes nothing yet",
	    a_planned_change_changes_nothing_yet },
	{ "an end is shown with its period or at once",
	    an_end_is_shown_with_its_period_or_at_once },
	{ "an end taken back is no end", an_end_taken_back_is_no_end },
	{ "the end of what is gone imagines nothing",
	    the_end_of_what_is_gone_imagines_nothing },
	CU_TEST_INFO_NULL
};
