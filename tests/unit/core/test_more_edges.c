/*
 * Corners that no life of a customer runs into by itself: sums at the end of
 * the numbers, things of one name, words that come in an unlikely order.
 */
#include "base/guard.h"
#include "core/sum.h"
#include "unit/core/world.h"
#include "unit/unit.h"

static const struct terms	wanted = {
	.session = STR("us_1"), .user = STR("u1"), .tier = STR("pro"),
	.quantity = 1, .matrix_version = 1, .amount = -1,
};

/* The shop with one more tier and its add-on, in a matrix of its own. */
static const struct catalog *
with_more(const struct tier *tier, const struct tier *addon)
{
	struct arena	*a = unit_arena();
	struct matrix	*m = arena_one(a, struct matrix);
	struct edition	*e = arena_one(a, struct edition);
	struct catalog	*c = arena_one(a, struct catalog);
	struct tier	*tiers, *addons;

	*m = *catalog_newest(shop());
	tiers = arena_many(a, m->tier_count + 1, struct tier);
	addons = arena_many(a, m->addon_count + 1, struct tier);
	for (size_t i = 0; i < m->tier_count; i++)
		tiers[i] = m->tiers[i];
	tiers[m->tier_count++] = *tier;
	addons[0] = *addon;
	for (size_t i = 0; i < m->addon_count; i++)
		addons[i + 1] = m->addons[i];
	m->addon_count++;
	m->tiers = tiers;
	m->addons = addons;
	m->default_tier = &tiers[0];
	*e = (struct edition){
		.version = m->version, .applied_at = m->applied_at, .matrix = m,
	};
	*c = (struct catalog){ .editions = e, .count = 1 };
	return c;
}

static const struct price	many_prices[] = {
	{ .provider = STR("stripe"), .id = STR("price_many"), .amount = -1 },
};
static const struct price	more_prices[] = {
	{ .provider = STR("stripe"), .id = STR("price_more"), .amount = -1 },
};
static const struct limit_rule	many_limits[] = {
	{ .name = STR("api"), .quota = { .max = INT64_MAX - 1 },
	    .per = PER_DAY },
	{ .name = STR("lines"), .quota = { .max = 7 },
	    .per = PER_HOUR },
};
static const struct limit_rule	more_limits[] = {
	{ .name = STR("api"), .quota = { .max = 2 },
	    .per = PER_DAY },
	{ .name = STR("lines"), .quota = { .unlimited = true },
	    .per = PER_DAY },
};
static const struct asset_rule	many_assets[] = {
	{ .slot = STR("seats"), .type = ASSET_SEAT, .count = INT64_MAX / 2,
	    .per_seat = true },
};
static const struct tier	many = {
	.id = STR("many"), .rank = 30, .limits = many_limits,
	.limit_count = COUNT(many_limits), .assets = many_assets,
	.asset_count = COUNT(many_assets), .prices = many_prices,
	.price_count = COUNT(many_prices),
};
static const struct tier	more = {
	.id = STR("many"), .addon = true, .limits = more_limits,
	.limit_count = COUNT(more_limits), .prices = more_prices,
	.price_count = COUNT(more_prices),
};

/* --- numbers ----------------------------------------------------------- */

static void
sums_stop_at_the_ends_of_the_numbers(void)
{
	CU_ASSERT_EQUAL(sum_add(INT64_MAX, 1), INT64_MAX);
	CU_ASSERT_EQUAL(sum_add(INT64_MIN, -1), INT64_MIN);
	CU_ASSERT_EQUAL(sum_add(INT64_MAX, -1), INT64_MAX - 1);
	CU_ASSERT_EQUAL(sum_times(INT64_MAX, 2), INT64_MAX);
	CU_ASSERT_EQUAL(sum_times(INT64_MIN, -1), INT64_MAX);
	CU_ASSERT_EQUAL(sum_times(INT64_MAX, -2), INT64_MIN);
	CU_ASSERT_EQUAL(sum_times(INT64_MIN, 2), INT64_MIN);
}

static void
what_a_holding_adds_up_never_wraps_around(void)
{
	struct world	 w = world_of(with_more(&many, &more), 101);
	struct fact	 f = with_item(fact(FACT_ITEMS, OBJECT_PAYMENT,
			    "pi_1", 101), "price_many", 3);

	world_hears(&w, with_item(with_item(f, "price_many", 3),
	    "price_more", 1));
	world_hears(&w, paid(OBJECT_PAYMENT, "pi_1", 101, 100, "eur"));
	CU_ASSERT_EQUAL(w.holding.quantity, 6);
	CU_ASSERT_EQUAL(world_limit(&w, "api"), INT64_MAX);
	CU_ASSERT_EQUAL(world_seats(&w), INT64_MAX);
}

static void
quantities_and_money_never_wrap_around(void)
{
	struct world	 w = world_new(101);
	struct fact	 f = with_item(fact(FACT_ITEMS, OBJECT_PAYMENT,
			    "pi_1", 101), "price_team", 1);

	f.items[0].quantity = INT64_MAX;
	world_hears(&w, with_item(f, "price_team", 5));
	world_hears(&w, paid(OBJECT_PAYMENT, "pi_1", 101, 100, "eur"));
	CU_ASSERT_EQUAL(w.holding.quantity, INT64_MAX);
	world_hears(&w, refund("pi_1", "re_1", 102, INT64_MAX,
	    REFUND_SUCCEEDED));
	world_hears(&w, refund("pi_1", "re_2", 102, INT64_MAX,
	    REFUND_SUCCEEDED));
	CU_ASSERT_EQUAL(world_purchase(&w)->refunded, INT64_MAX);
}

/* --- limits ------------------------------------------------------------ */

static void
without_bounds_wins_over_a_number_of_another_period(void)
{
	struct world	 w = world_of(with_more(&many, &more), 101);
	struct fact	 f = with_item(fact(FACT_ITEMS, OBJECT_PAYMENT,
			    "pi_1", 101), "price_many", 1);

	world_hears(&w, f);
	world_hears(&w, paid(OBJECT_PAYMENT, "pi_1", 101, 100, "eur"));
	CU_ASSERT_EQUAL(world_limit(&w, "lines"), 7);
	world_hears(&w, with_item(fact(FACT_ITEMS, OBJECT_PAYMENT, "pi_2",
	    101), "price_more", 1));
	world_hears(&w, paid(OBJECT_PAYMENT, "pi_2", 101, 100, "eur"));
	CU_ASSERT_EQUAL(world_limit(&w, "lines"), -1);
}

static void
a_limit_that_was_lifted_falls_when_its_time_is_over(void)
{
	struct world	 w = world_new(1);

	world_override(&w, OVERRIDE_SET_LIMIT, "api",
	    (struct quota){ .max = 500 }, 4);
	CU_ASSERT_EQUAL(world_limit(&w, "api"), 500);
	CU_ASSERT_EQUAL(w.holding.due_at, ON_DAY(4));
	world_day(&w, 4);
	CU_ASSERT_EQUAL(world_limit(&w, "api"), 100);
}

/* --- what is sold ------------------------------------------------------ */

static void
a_tier_and_an_add_on_of_one_name_are_two_things(void)
{
	struct world	 w = world_of(with_more(&many, &more), 101);
	struct fact	 f = with_item(fact(FACT_ITEMS, OBJECT_PAYMENT,
			    "pi_1", 101), "price_more", 2);

	world_hears(&w, with_item(f, "price_many", 4));
	world_hears(&w, paid(OBJECT_PAYMENT, "pi_1", 101, 100, "eur"));
	CU_ASSERT_EQUAL_FATAL(world_purchase(&w)->sold_count, 2);
	CU_ASSERT_FALSE(world_purchase(&w)->sold[0].tier->addon);
	CU_ASSERT_EQUAL(world_purchase(&w)->sold[0].quantity, 4);
	CU_ASSERT(world_purchase(&w)->sold[1].tier->addon);
}

static void
a_tier_of_two_versions_is_sold_in_the_order_of_versions(void)
{
	static const char	*const prices[] = {
		"price_pro", "price_pro_new",
	};

	for (int i = 0; i < 2; i++) {
		struct world	 w = world_new(1);
		struct fact	 f = fact(FACT_ITEMS, OBJECT_PAYMENT,
				    "pi_1", 1);

		f = with_item(f, prices[i], 1);
		world_hears(&w, with_item(f, prices[1 - i], 1));
		world_hears(&w, paid(OBJECT_PAYMENT, "pi_1", 1, 100, "eur"));
		CU_ASSERT_EQUAL_FATAL(world_purchase(&w)->sold_count, 2);
		CU_ASSERT_EQUAL(world_purchase(&w)->sold[0].matrix->version,
		    1);
		CU_ASSERT_EQUAL(world_purchase(&w)->sold[1].matrix->version,
		    2);
	}
}

static void
an_add_on_that_only_the_newest_version_knows_is_sold_by_name(void)
{
	static const struct str	 fresh[] = { STR("fresh") };
	struct world		 w = world_new(101);
	struct terms		 t = wanted;

	t.tier = STR_NONE;
	t.addons = fresh;
	t.addon_count = 1;
	world_hears(&w, with_name(paid(OBJECT_PAYMENT, "pi_1", 101, 5, "eur"),
	    &t, NAMED_BY_OURS));
	CU_ASSERT_EQUAL_FATAL(world_purchase(&w)->sold_count, 1);
	SAME(world_purchase(&w)->sold[0].tier->id, "fresh");
	CU_ASSERT_EQUAL(world_purchase(&w)->sold[0].matrix->version, 2);
}

static void
a_subscription_without_money_sells_nothing_by_name(void)
{
	struct world	 w = world_new(1);
	struct fact	 f = fact(FACT_STATE, OBJECT_SUBSCRIPTION, "sub_1",
			    1);

	f.state = SUB_ACTIVE;
	world_hears(&w, with_name(f, &wanted, NAMED_BY_OURS));
	CU_ASSERT_EQUAL(world_purchase(&w)->sold_count, 0);
	CU_ASSERT(world_is(&w, "free", HOLDING_DEFAULT));
	world_hears(&w, period(OBJECT_SUBSCRIPTION, "sub_1", 1, 31));
	CU_ASSERT(world_is(&w, "pro", HOLDING_ACTIVE));
}

/* A subscription that names no price, and a bill of it that names one. */
static struct world
priced_by_its_bill(const char *price)
{
	struct world	 w = world_new(1);

	world_hears(&w, period(OBJECT_SUBSCRIPTION, "sub_1", 1, 31));
	world_hears(&w, with_item(with_link(fact(FACT_ITEMS, OBJECT_INVOICE,
	    "in_1", 1), OBJECT_SUBSCRIPTION, "sub_1"), price, 1));
	return w;
}

static void
what_was_agreed_speaks_before_the_price_on_a_bill(void)
{
	struct world	 w = priced_by_its_bill("price_ent");
	struct terms	 t = wanted;

	CU_ASSERT(world_is(&w, "enterprise", HOLDING_ACTIVE));
	world_hears(&w, with_name(seen(OBJECT_INVOICE, "in_1", 2), &t,
	    NAMED_BY_METADATA));
	CU_ASSERT(world_is(&w, "pro", HOLDING_ACTIVE));
	t.session = STR("us_0");
	t.amount = 70;
	world_hears(&w, with_name(paid(OBJECT_INVOICE, "in_1", 2, 30, "eur"),
	    &t, NAMED_BY_SERVER_KEY));
	CU_ASSERT(world_purchase(&w)->mismatch);
	CU_ASSERT(world_is(&w, "free", HOLDING_DEFAULT));
}

static void
a_change_of_a_subscription_without_a_price_is_imagined(void)
{
	const struct object_key	 k = key(OBJECT_SUBSCRIPTION, "sub_1");
	struct world		 w = world_new(1);
	struct terms		 t = wanted;
	struct life		 life, imagined;
	struct holding		 h;
	struct err		 e;

	world_hears(&w, with_name(period(OBJECT_SUBSCRIPTION, "sub_1", 1,
	    31), &wanted, NAMED_BY_OURS));
	world_hears(&w, ended("sub_1", 20));
	t.tier = STR("team");
	life = world_life(&w);
	life_imagine(&life, &t, &k, w.now, w.arena, &imagined);
	CU_ASSERT_EQUAL(imagined.object_count, 1);
	CU_ASSERT_EQUAL(derive(w.catalog, &imagined, w.now, w.arena, &h, NULL,
	    NULL, &e), RC_OK);
	SAME(h.tier, "team");
	CU_ASSERT_EQUAL(h.ends_at, ON_DAY(20));
}

/* --- words in an unlikely order ---------------------------------------- */

static void
a_period_that_nobody_paid_for_is_not_believed_in_dunning(void)
{
	struct world	 w = world_new(1);

	world_hears(&w, sub("sub_1", 1, SUB_ACTIVE, "price_pro", 1, 31));
	world_hears(&w, sub("sub_1", 31, SUB_ACTIVE, "price_pro", 1, 61));
	world_hears(&w, sub("sub_1", 32, SUB_PAST_DUE, "price_pro", 1, 61));
	world_day(&w, 32);
	CU_ASSERT(world_is(&w, "pro", HOLDING_GRACE));
	CU_ASSERT_EQUAL(w.holding.grace_ends_at, ON_DAY(39));
	world_hears(&w, with_link(paid(OBJECT_INVOICE, "in_2", 31, 90,
	    "eur"), OBJECT_SUBSCRIPTION, "sub_1"));
	world_hears(&w, period(OBJECT_INVOICE, "in_2", 31, 61));
	CU_ASSERT_EQUAL(w.holding.grace_ends_at, ON_DAY(68));
}

static void
an_incomplete_subscription_is_not_mended_by_older_money(void)
{
	struct world	 w = world_new(5);

	world_hears(&w, period(OBJECT_SUBSCRIPTION, "sub_1", 2, 31));
	world_hears(&w, sub("sub_1", 3, SUB_INCOMPLETE, "price_pro", 1, 0));
	CU_ASSERT_EQUAL(world_purchase(&w)->state, PURCHASE_PENDING);
	world_hears(&w, period(OBJECT_SUBSCRIPTION, "sub_1", 3, 31));
	CU_ASSERT(world_is(&w, "pro", HOLDING_ACTIVE));
}

static void
an_empty_list_of_items_is_no_word_of_a_price(void)
{
	struct world	 w = world_new(5);

	world_hears(&w, fact(FACT_ITEMS, OBJECT_PAYMENT, "pi_1", 2));
	CU_ASSERT_EQUAL(w.objects[0].priced_at, 0);
	world_hears(&w, with_item(fact(FACT_ITEMS, OBJECT_PAYMENT, "pi_1",
	    3), "price_pro", 1));
	CU_ASSERT_EQUAL(w.objects[0].priced_at, ON_DAY(3));
}

static void
one_object_of_two_users_tears_the_whole_purchase(void)
{
	struct world	 w = world_new(5);
	struct fact	 f = seen(OBJECT_CHECKOUT, "cs_1", 1);

	world_hears(&w, with_user(f, "u1"));
	world_hears(&w, with_user(f, "u2"));
	CU_ASSERT(w.objects[0].torn);
	f.livemode = true;
	world_hears(&w, f);
	CU_ASSERT_FALSE(w.objects[0].livemode);
	world_hears(&w, with_item(with_link(fact(FACT_ITEMS, OBJECT_PAYMENT,
	    "pi_1", 1), OBJECT_CHECKOUT, "cs_1"), "price_pro", 1));
	world_hears(&w, paid(OBJECT_PAYMENT, "pi_1", 1, 100, "eur"));
	CU_ASSERT(world_purchase(&w)->torn);
	CU_ASSERT(world_is(&w, "free", HOLDING_DEFAULT));
}

static void
a_live_object_of_two_users_is_never_live_again(void)
{
	const struct object_key	 k = key(OBJECT_PAYMENT, "pi_1");
	struct fact		 f = seen(OBJECT_PAYMENT, "pi_1", 1);
	struct object		 o;
	struct err		 e;
	bool			 changed;

	object_init(&o, &k);
	f.livemode = true;
	for (int i = 0; i < 3; i++) {
		f.user = i == 0 ? STR("u1") : STR("u2");
		f.livemode = i < 2;
		CU_ASSERT_EQUAL(object_merge(&o, &f, unit_arena(), &changed,
		    &e), RC_OK);
		CU_ASSERT_EQUAL(o.torn, i > 0);
		CU_ASSERT_EQUAL(o.livemode, i < 2);
	}
	f.livemode = true;
	CU_ASSERT_EQUAL(object_merge(&o, &f, unit_arena(), &changed, &e),
	    RC_OK);
	CU_ASSERT_FALSE(o.livemode);
}

static void
the_worst_dispute_counts_wherever_it_is_told(void)
{
	struct world	 w = world_new(5);
	struct fact	 f = with_item(fact(FACT_ITEMS, OBJECT_PAYMENT,
			    "pi_1", 1), "price_pro", 1);

	world_hears(&w, f);
	world_hears(&w, paid(OBJECT_PAYMENT, "pi_1", 1, 100, "eur"));
	world_hears(&w, dispute("pi_1", "dp_1", 2, DISPUTE_LOST));
	world_hears(&w, dispute("pi_1", "dp_2", 3, DISPUTE_WARNING));
	CU_ASSERT_EQUAL(world_purchase(&w)->state, PURCHASE_REVOKED);
	f = seen(OBJECT_PAYMENT, "pi_2", 1);
	world_hears(&w, with_link(f, OBJECT_PAYMENT, "pi_1"));
	world_hears(&w, dispute("pi_2", "dp_3", 4, DISPUTE_OPEN));
	CU_ASSERT_EQUAL(world_purchase(&w)->state, PURCHASE_REVOKED);
}

static void
why_something_is_not_there_is_told_once(void)
{
	struct world	 w = world_new(5);

	world_hears(&w, sub("sub_1", 1, SUB_PAUSED, "price_ent", 1, 0));
	world_hears(&w, sub("sub_2", 1, SUB_ACTIVE, "price_ent", 1, 31));
	world_hears(&w, ended("sub_2", 4));
	world_override(&w, OVERRIDE_REVOKE_CAPABILITY, "sso:saml",
	    (struct quota){ 0 }, 0);
	CU_ASSERT_EQUAL_FATAL(w.holding.denied_count, 3);
	SAME(w.holding.denied[0].name, "export:all");
	SAME(w.holding.denied[1].name, "sso:saml");
	CU_ASSERT_EQUAL(w.holding.denied[1].source.reason, REASON_REVOKED);
	SAME(w.holding.denied[2].name, "write:unlimited");
	CU_ASSERT_EQUAL(w.holding.denied[2].source.reason, REASON_SUSPENDED);
}

static void
of_two_attempts_of_one_moment_the_further_one_is_told(void)
{
	static const enum pay_step	steps[] = {
		PAY_FAILED, PAY_PROCESSING,
	};

	for (int i = 0; i < 2; i++) {
		struct world	 w = world_new(5);

		world_hears(&w, step(OBJECT_PAYMENT, "pi_1", 1, steps[i]));
		world_hears(&w, with_link(step(OBJECT_PAYMENT, "pi_2", 1,
		    steps[1 - i]), OBJECT_PAYMENT, "pi_1"));
		CU_ASSERT_EQUAL(world_purchase(&w)->step, PAY_FAILED);
	}
}

static void
the_gravest_end_of_two_attempts_ends_a_session(void)
{
	static const enum closing	ends[] = {
		CLOSED_DECLINED, CLOSED_EXPIRED,
	};

	for (int i = 0; i < 2; i++) {
		struct world	 w = world_new(1);
		struct terms	 t = world_starts(&w, "pro", 1);

		world_hears(&w, step(OBJECT_PAYMENT, "pi_2", 1,
		    PAY_PROCESSING));
		world_hears(&w, with_name(seen(OBJECT_PAYMENT, "pi_2", 1), &t,
		    NAMED_BY_OURS));
		world_hears(&w, closed(OBJECT_PAYMENT, "pi_1", 1, ends[i]));
		world_hears(&w, with_name(seen(OBJECT_PAYMENT, "pi_1", 1), &t,
		    NAMED_BY_OURS));
		CU_ASSERT_EQUAL(w.session.state, SESSION_PENDING);
		world_hears(&w, closed(OBJECT_PAYMENT, "pi_2", 1,
		    ends[1 - i]));
		CU_ASSERT_EQUAL(w.session.state, SESSION_FAILED);
		CU_ASSERT_EQUAL(w.session.reason, BECAUSE_DECLINED);
	}
}

static void
a_subscription_may_name_its_bill_as_well(void)
{
	struct world	 w = world_new(1);

	world_hears(&w, with_link(with_link(paid(OBJECT_ORDER, "or_1", 1,
	    100, "eur"), OBJECT_SUBSCRIPTION, "sub_2"), OBJECT_SUBSCRIPTION,
	    "sub_1"));
	world_hears(&w, with_link(sub("sub_1", 1, SUB_ACTIVE, "price_pro", 1,
	    31), OBJECT_INVOICE, "in_1"));
	world_hears(&w, sub("sub_2", 1, SUB_ACTIVE, "price_ent", 1, 31));
	world_hears(&w, paid(OBJECT_INVOICE, "in_1", 1, 90, "eur"));
	CU_ASSERT_EQUAL_FATAL(w.purchase_count, 2);
	CU_ASSERT_EQUAL(w.purchases[0].object_count, 3);
	CU_ASSERT_EQUAL(w.purchases[1].object_count, 2);
}

CU_TestInfo edges_tests[] = {
	{ "sums stop at the ends of the numbers",
	    sums_stop_at_the_ends_of_the_numbers },
	{ "what a holding adds up never wraps around",
	    what_a_holding_adds_up_never_wraps_around },
	{ "quantities and money never wrap around",
	    quantities_and_money_never_wrap_around },
	{ "without bounds wins over a number of another period",
	    without_bounds_wins_over_a_number_of_another_period },
	{ "a limit that was lifted falls when its time is over",
	    a_limit_that_was_lifted_falls_when_its_time_is_over },
	{ "a tier and an add-on of one name are two things",
	    a_tier_and_an_add_on_of_one_name_are_two_things },
	{ "a tier of two versions is sold in the order of versions",
	    a_tier_of_two_versions_is_sold_in_the_order_of_versions },
	{ "an add-on that only the newest version knows is sold by name",
	    an_add_on_that_only_the_newest_version_knows_is_sold_by_name },
	{ "a subscription without money sells nothing by name",
	    a_subscription_without_money_sells_nothing_by_name },
	{ "what was agreed speaks before the price on a bill",
	    what_was_agreed_speaks_before_the_price_on_a_bill },
	{ "a change of a subscription without a price is imagined",
	    a_change_of_a_subscription_without_a_price_is_imagined },
	{ "a period that nobody paid for is not believed in dunning",
	    a_period_that_nobody_paid_for_is_not_believed_in_dunning },
	{ "an incomplete subscription is not mended by older money",
	    an_incomplete_subscription_is_not_mended_by_older_money },
	{ "an empty list of items is no word of a price",
	    an_empty_list_of_items_is_no_word_of_a_price },
	{ "one object of two users tears the whole purchase",
	    one_object_of_two_users_tears_the_whole_purchase },
	{ "a live object of two users is never live again",
	    a_live_object_of_two_users_is_never_live_again },
	{ "the worst dispute counts wherever it is told",
	    the_worst_dispute_counts_wherever_it_is_told },
	{ "why something is not there is told once",
	    why_something_is_not_there_is_told_once },
	{ "of two attempts of one moment the further one is told",
	    of_two_attempts_of_one_moment_the_further_one_is_told },
	{ "the gravest end of two attempts ends a session",
	    the_gravest_end_of_two_attempts_ends_a_session },
	{ "a subscription may name its bill as well",
	    a_subscription_may_name_its_bill_as_well },
	CU_TEST_INFO_NULL
};
