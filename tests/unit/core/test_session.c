/*
 * Promises of core/session.h: what ends an attempt to upgrade.
 */
#include "unit/core/world.h"
#include "unit/unit.h"

static void
expect(const struct world *w, const char *row, enum session_state state,
    enum payment_state payment, enum session_reason reason)
{
	ROW(w->session.state == state, row);
	ROW(w->session.payment == payment, row);
	ROW(w->session.reason == reason, row);
	ROW((w->session.ended_at != 0) == session_final(state), row);
}

static struct fact
pays(const struct terms *t)
{
	return with_name(paid(OBJECT_PAYMENT, "pi_1", 1, 2900, "eur"), t,
	    NAMED_BY_METADATA);
}

static void
the_right_payment_completes_it(void)
{
	struct world	 w = world_new(1);
	struct terms	 t = world_starts(&w, "pro", 1);

	world_settle(&w);
	CU_ASSERT_EQUAL(w.session.version, 1);
	world_hears(&w, pays(&t));
	expect(&w, "paid", SESSION_COMPLETED, PAYMENT_PAID, BECAUSE_NONE);
	CU_ASSERT_EQUAL(w.session.version, 2);
	CU_ASSERT_EQUAL(w.session.ended_at, ON_DAY(1));
	world_hears(&w, refunded(OBJECT_PAYMENT, "pi_1", 2, 2900));
	expect(&w, "refunded", SESSION_COMPLETED, PAYMENT_PAID,
	    BECAUSE_NONE);
	CU_ASSERT_EQUAL(w.session.version, 2);
}

static void
money_that_came_and_went_before_it_was_heard_of_still_completes_it(void)
{
	struct world	 w = world_new(1);
	struct terms	 t = world_starts(&w, "pro", 1);

	world_hears(&w, refunded(OBJECT_PAYMENT, "pi_1", 2, 2900));
	world_hears(&w, pays(&t));
	expect(&w, "refund first", SESSION_COMPLETED, PAYMENT_PAID,
	    BECAUSE_NONE);
	CU_ASSERT(world_is(&w, "free", HOLDING_DEFAULT));
}

static void
a_price_or_quantity_not_asked_for_is_granted_and_fails_it(void)
{
	static const struct {
		const char		*what;
		const char		*price;
		int			 quantity;
		enum session_state	 state;
	} rows[] = {
		{ "as asked", "price_team", 3, SESSION_COMPLETED },
		{ "another quantity", "price_team", 2, SESSION_FAILED },
		{ "another tier", "price_ent", 3, SESSION_FAILED },
		{ "an add-on", "price_pack", 3, SESSION_FAILED },
		{ "a price nobody claims", "price_x", 3, SESSION_FAILED },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct world	 w = world_new(1);
		struct terms	 t = world_starts(&w, "team", 3);

		world_hears(&w, with_name(sub("sub_1", 1, SUB_ACTIVE,
		    rows[i].price, rows[i].quantity, 31), &t,
		    NAMED_BY_BUYER));
		expect(&w, rows[i].what, rows[i].state, PAYMENT_PAID,
		    rows[i].state == SESSION_FAILED ?
		    BECAUSE_OTHER_PRICE_PAID : BECAUSE_NONE);
	}
}

static void
a_running_subscription_is_waited_for_until_it_is_changed(void)
{
	struct world	 w = world_new(1);
	struct terms	 t;

	world_hears(&w, sub("sub_1", 1, SUB_ACTIVE, "price_pro", 1, 31));
	world_day(&w, 5);
	t = world_starts(&w, "enterprise", 1);
	world_hears(&w, with_name(seen(OBJECT_SUBSCRIPTION, "sub_1", 5), &t,
	    NAMED_BY_SERVER_KEY));
	CU_ASSERT_EQUAL(w.session.state, SESSION_PENDING);
	CU_ASSERT(world_is(&w, "pro", HOLDING_ACTIVE));
	world_hears(&w, sub("sub_1", 5, SUB_ACTIVE, "price_ent", 1, 31));
	expect(&w, "changed", SESSION_COMPLETED, PAYMENT_PAID, BECAUSE_NONE);
	CU_ASSERT(world_is(&w, "enterprise", HOLDING_ACTIVE));
}

static void
more_than_was_asked_for_is_another_price(void)
{
	struct world	 w = world_new(1);
	struct terms	 t = world_starts(&w, "pro", 1);

	world_hears(&w, with_name(with_item(sub("sub_1", 1, SUB_ACTIVE,
	    "price_pro", 1, 31), "price_pack", 1), &t, NAMED_BY_OURS));
	expect(&w, "and a pack", SESSION_FAILED, PAYMENT_PAID,
	    BECAUSE_OTHER_PRICE_PAID);
	CU_ASSERT(world_is(&w, "pro", HOLDING_ACTIVE));
}

static void
add_ons_are_compared_one_by_one(void)
{
	static const struct str	 asked[] = { STR("export-pack"),
				    STR("licence") };
	static const struct {
		const char		*what, *second;
		int			 quantity;
		enum session_state	 state;
	} rows[] = {
		{ "both", "price_licence", 1, SESSION_COMPLETED },
		{ "another", "price_storage", 1, SESSION_FAILED },
		{ "too many", "price_licence", 2, SESSION_FAILED },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct world	 w = world_new(1);
		struct terms	 t = world_starts(&w, "", 1);

		t.addons = asked;
		t.addon_count = COUNT(asked);
		w.session.terms = t;
		world_hears(&w, with_item(with_item(fact(FACT_ITEMS,
		    OBJECT_ORDER, "or_1", 1), "price_pack", 1),
		    rows[i].second, rows[i].quantity));
		world_hears(&w, with_name(paid(OBJECT_ORDER, "or_1", 1, 9,
		    "eur"), &t, NAMED_BY_BUYER));
		ROW(w.session.state == rows[i].state, rows[i].what);
	}
}

static void
a_payment_that_only_the_buyer_ties_to_it_waits_for_its_items(void)
{
	struct world	 w = world_new(1);
	struct terms	 t = world_starts(&w, "pro", 1);

	world_hears(&w, with_name(paid(OBJECT_CHECKOUT, "cs_1", 1, 2900,
	    "eur"), &t, NAMED_BY_BUYER));
	expect(&w, "priceless", SESSION_PENDING, PAYMENT_UNPAID,
	    BECAUSE_NONE);
	world_hears(&w, with_item(fact(FACT_ITEMS, OBJECT_CHECKOUT, "cs_1",
	    1), "price_pro", 1));
	expect(&w, "itemised", SESSION_COMPLETED, PAYMENT_PAID,
	    BECAUSE_NONE);
}

static void
an_attempt_moves_the_payment_and_leaves_it_pending(void)
{
	static const struct {
		enum pay_step		 step;
		enum payment_state	 payment;
	} rows[] = {
		{ PAY_NONE, PAYMENT_UNPAID },
		{ PAY_UNPAID, PAYMENT_UNPAID },
		{ PAY_REQUIRES_ACTION, PAYMENT_REQUIRES_ACTION },
		{ PAY_PROCESSING, PAYMENT_PROCESSING },
		{ PAY_FAILED, PAYMENT_FAILED },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct world	 w = world_new(1);
		struct terms	 t = world_starts(&w, "pro", 1);

		world_hears(&w, with_name(step(OBJECT_PAYMENT, "pi_1", 1,
		    rows[i].step), &t, NAMED_BY_METADATA));
		expect(&w, pay_step_names[rows[i].step], SESSION_PENDING,
		    rows[i].payment, BECAUSE_NONE);
		CU_ASSERT_EQUAL(w.session.version,
		    rows[i].payment == PAYMENT_UNPAID ? 1 : 2);
		world_hears(&w, pays(&t));
		expect(&w, "then paid", SESSION_COMPLETED, PAYMENT_PAID,
		    BECAUSE_NONE);
	}
}

static void
a_closing_ends_it_as_it_says(void)
{
	static const struct {
		const char		*what;
		enum closing		 closing;
		enum session_state	 state;
		enum payment_state	 payment;
		enum session_reason	 reason;
	} rows[] = {
		{ "open", CLOSED_OPEN, SESSION_PENDING, PAYMENT_UNPAID,
		    BECAUSE_NONE },
		{ "expired", CLOSED_EXPIRED, SESSION_EXPIRED,
		    PAYMENT_UNPAID, BECAUSE_EXPIRED },
		{ "abandoned", CLOSED_ABANDONED, SESSION_FAILED,
		    PAYMENT_UNPAID, BECAUSE_ABANDONED },
		{ "declined", CLOSED_DECLINED, SESSION_FAILED,
		    PAYMENT_FAILED, BECAUSE_DECLINED },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct world	 w = world_new(1);
		struct terms	 t = world_starts(&w, "pro", 1);

		world_hears(&w, with_name(closed(OBJECT_CHECKOUT, "cs_1", 1,
		    rows[i].closing), &t, NAMED_BY_OURS));
		expect(&w, rows[i].what, rows[i].state, rows[i].payment,
		    rows[i].reason);
	}
}

static void
one_of_two_purchases_that_may_still_be_paid_keeps_it_open(void)
{
	struct world	 w = world_new(1);
	struct terms	 t = world_starts(&w, "pro", 1);

	world_hears(&w, with_name(step(OBJECT_PAYMENT, "pi_1", 1,
	    PAY_REQUIRES_ACTION), &t, NAMED_BY_METADATA));
	world_hears(&w, with_name(closed(OBJECT_CHECKOUT, "cs_1", 1,
	    CLOSED_DECLINED), &t, NAMED_BY_METADATA));
	expect(&w, "one open", SESSION_PENDING, PAYMENT_REQUIRES_ACTION,
	    BECAUSE_NONE);
	world_hears(&w, step(OBJECT_CHECKOUT, "cs_1", 1, PAY_FAILED));
	CU_ASSERT_EQUAL(w.session.payment, PAYMENT_FAILED);
	world_hears(&w, closed(OBJECT_PAYMENT, "pi_1", 1, CLOSED_EXPIRED));
	expect(&w, "both closed", SESSION_FAILED, PAYMENT_FAILED,
	    BECAUSE_DECLINED);
}

static void
of_two_payments_the_right_one_decides(void)
{
	struct world	 w = world_new(1);
	struct terms	 t = world_starts(&w, "pro", 1);

	w.objects[w.object_count++] = (struct object){
		.key = key(OBJECT_ORDER, "or_1"), .first_at = 1,
		.session = t.session, .named_by = NAMED_BY_BUYER,
		.paid_at = 1, .items = &(struct item){ STR("price_ent"), 1 },
		.item_count = 1, .items_at = 1, .priced_at = 1,
	};
	world_hears(&w, pays(&t));
	expect(&w, "both", SESSION_COMPLETED, PAYMENT_PAID, BECAUSE_NONE);
	CU_ASSERT(world_is(&w, "enterprise", HOLDING_ACTIVE));
}

static void
a_subscription_decides_by_how_it_stands(void)
{
	struct fact	 dead = sub("s", 1, SUB_CANCELED, "price_pro", 1, 0);
	const struct {
		const char		*what;
		struct fact		 fact;
		enum session_state	 state;
		enum session_reason	 reason;
	} rows[] = {
		{ "incomplete", sub("s", 1, SUB_INCOMPLETE, "price_pro", 1,
		    0), SESSION_PENDING, BECAUSE_NONE },
		{ "on trial", trial_until(sub("s", 1, SUB_TRIALING,
		    "price_pro", 1, 0), 15), SESSION_COMPLETED,
		    BECAUSE_NONE },
		{ "active", sub("s", 1, SUB_ACTIVE, "price_pro", 1, 31),
		    SESSION_COMPLETED, BECAUSE_NONE },
		{ "past due at once", sub("s", 1, SUB_PAST_DUE, "price_pro",
		    1, 0), SESSION_COMPLETED, BECAUSE_NONE },
		{ "paused unpaid", sub("s", 1, SUB_PAUSED, "price_pro", 1,
		    0), SESSION_PENDING, BECAUSE_NONE },
		{ "ended before it was paid", dead, SESSION_FAILED,
		    BECAUSE_ABANDONED },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct world	 w = world_new(1);
		struct terms	 t = world_starts(&w, "pro", 1);

		world_hears(&w, with_name(rows[i].fact, &t,
		    NAMED_BY_METADATA));
		ROW(w.session.state == rows[i].state, rows[i].what);
		ROW(w.session.reason == rows[i].reason, rows[i].what);
	}
}

static void
a_subscription_that_was_paid_and_is_over_completed_it(void)
{
	struct world	 w = world_new(1);
	struct terms	 t = world_starts(&w, "pro", 1);

	world_hears(&w, ended("s", 1));
	world_hears(&w, with_name(sub("s", 1, SUB_ACTIVE, "price_pro", 1,
	    31), &t, NAMED_BY_METADATA));
	expect(&w, "ended first", SESSION_COMPLETED, PAYMENT_PAID,
	    BECAUSE_NONE);
	CU_ASSERT(world_is(&w, "free", HOLDING_DEFAULT));
}

static void
a_torn_or_foreign_purchase_leaves_it_alone(void)
{
	struct world	 w = world_new(1);
	struct terms	 t = world_starts(&w, "pro", 1);
	struct fact	 f = pays(&t);

	f.livemode = true;
	world_hears(&w, f);
	expect(&w, "another mode", SESSION_PENDING, PAYMENT_UNPAID,
	    BECAUSE_NONE);
	w = world_new(1);
	t = world_starts(&w, "pro", 1);
	world_hears(&w, with_user(seen(OBJECT_PAYMENT, "pi_1", 1), "u1"));
	world_hears(&w, with_user(seen(OBJECT_PAYMENT, "pi_1", 1), "u2"));
	world_hears(&w, pays(&t));
	expect(&w, "torn", SESSION_PENDING, PAYMENT_UNPAID, BECAUSE_NONE);
	world_hears(&w, with_link(with_item(sub("s", 1, SUB_CANCELED,
	    "price_pro", 1, 0), "price_pack", 1), OBJECT_PAYMENT, "pi_1"));
	expect(&w, "torn and over", SESSION_PENDING, PAYMENT_UNPAID,
	    BECAUSE_NONE);
	w = world_new(1);
	t = world_starts(&w, "pro", 1);
	t.session = STR("us_other");
	world_hears(&w, pays(&t));
	expect(&w, "another session", SESSION_PENDING, PAYMENT_UNPAID,
	    BECAUSE_NONE);
}

static void
a_closing_does_not_undo_money_that_waits_for_another_word(void)
{
	struct world	 w = world_new(1);
	struct terms	 t = world_starts(&w, "pro", 1);

	world_hears(&w, recurring(with_item(fact(FACT_ITEMS, OBJECT_ORDER,
	    "or_1", 1), "price_pro", 1)));
	world_hears(&w, with_name(paid(OBJECT_ORDER, "or_1", 1, 9, "eur"),
	    &t, NAMED_BY_BUYER));
	world_hears(&w, closed(OBJECT_ORDER, "or_1", 1, CLOSED_DECLINED));
	expect(&w, "closed", SESSION_PENDING, PAYMENT_UNPAID, BECAUSE_NONE);
	world_hears(&w, with_link(sub("sub_1", 1, SUB_ACTIVE, "price_pro", 1,
	    31), OBJECT_ORDER, "or_1"));
	expect(&w, "begun", SESSION_COMPLETED, PAYMENT_PAID, BECAUSE_NONE);
}

static void
its_hour_ends_it_unless_money_is_under_way(void)
{
	static const struct {
		const char		*what;
		enum pay_step		 step;
		enum session_state	 state;
	} rows[] = {
		{ "nothing heard", PAY_NONE, SESSION_EXPIRED },
		{ "waiting for the buyer", PAY_REQUIRES_ACTION,
		    SESSION_EXPIRED },
		{ "failed", PAY_FAILED, SESSION_EXPIRED },
		{ "processing", PAY_PROCESSING, SESSION_PENDING },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct world	 w = world_new(1);
		struct terms	 t = world_starts(&w, "pro", 1);

		world_hears(&w, with_name(step(OBJECT_PAYMENT, "pi_1", 1,
		    rows[i].step), &t, NAMED_BY_METADATA));
		world_time(&w, ON_DAY(1) + HOUR - 1);
		ROW(w.session.state == SESSION_PENDING, rows[i].what);
		world_time(&w, ON_DAY(1) + HOUR);
		ROW(w.session.state == rows[i].state, rows[i].what);
	}
}

static void
money_that_came_when_the_hour_was_over_is_told_and_ends_nothing_else(void)
{
	struct world	 w = world_new(1);
	struct terms	 t = world_starts(&w, "pro", 1);

	w.now = ON_DAY(2);
	world_hears(&w, pays(&t));
	expect(&w, "late", SESSION_EXPIRED, PAYMENT_PAID, BECAUSE_EXPIRED);
	CU_ASSERT(world_is(&w, "pro", HOLDING_ACTIVE));
}

static void
money_under_way_that_is_heard_of_after_the_hour_is_waited_for(void)
{
	struct world	 w = world_new(1);
	struct terms	 t = world_starts(&w, "pro", 1);

	w.now = ON_DAY(2);
	world_hears(&w, with_name(step(OBJECT_CHECKOUT, "cs_1", 1,
	    PAY_PROCESSING), &t, NAMED_BY_METADATA));
	expect(&w, "heard late", SESSION_PENDING, PAYMENT_PROCESSING,
	    BECAUSE_NONE);
}

static void
money_under_way_that_bounces_after_the_hour_fails_it(void)
{
	struct world	 w = world_new(1);
	struct terms	 t = world_starts(&w, "pro", 1);

	world_hears(&w, with_name(step(OBJECT_CHECKOUT, "cs_1", 1,
	    PAY_PROCESSING), &t, NAMED_BY_METADATA));
	w.now = ON_DAY(4);
	world_hears(&w, closed(OBJECT_CHECKOUT, "cs_1", 4,
	    CLOSED_DECLINED));
	expect(&w, "bounced", SESSION_FAILED, PAYMENT_FAILED,
	    BECAUSE_DECLINED);
}

static void
what_is_final_is_never_left(void)
{
	for (int s = SESSION_COMPLETED; s < SESSION__COUNT; s++) {
		struct world	 w = world_new(1);
		struct terms	 t = world_starts(&w, "pro", 1);

		w.session.state = (enum session_state)s;
		w.session.ended_at = ON_DAY(1);
		w.session.reason = BECAUSE_CANCELLED_BY_USER;
		world_hears(&w, pays(&t));
		world_day(&w, 9);
		expect(&w, session_state_names[s], (enum session_state)s,
		    PAYMENT_UNPAID, BECAUSE_CANCELLED_BY_USER);
		CU_ASSERT_EQUAL(w.session.version, 1);
		CU_ASSERT(world_is(&w, "pro", HOLDING_ACTIVE));
	}
}

CU_TestInfo session_tests[] = {
	{ "the right payment completes it", the_right_payment_completes_it },
	{ "money that came and went before it was heard of completes it",
	    money_that_came_and_went_before_it_was_heard_of_still_completes_it },
	{ "a price or quantity not asked for is granted and fails it",
	    a_price_or_quantity_not_asked_for_is_granted_and_fails_it },
	{ "more than was asked for is another price",
	    more_than_was_asked_for_is_another_price },
	{ "a running subscription is waited for until it is changed",
	    a_running_subscription_is_waited_for_until_it_is_changed },
	{ "add-ons are compared one by one",
	    add_ons_are_compared_one_by_one },
	{ "a payment that only the buyer ties to it waits for its items",
	    a_payment_that_only_the_buyer_ties_to_it_waits_for_its_items },
	{ "an attempt moves the payment and leaves it pending",
	    an_attempt_moves_the_payment_and_leaves_it_pending },
	{ "a closing ends it as it says", a_closing_ends_it_as_it_says },
	{ "one of two purchases that may still be paid keeps it open",
	    one_of_two_purchases_that_may_still_be_paid_keeps_it_open },
	{ "of two payments the right one decides",
	    of_two_payments_the_right_one_decides },
	{ "a subscription decides by how it stands",
	    a_subscription_decides_by_how_it_stands },
	{ "a subscription that was paid and is over completed it",
	    a_subscription_that_was_paid_and_is_over_completed_it },
	{ "a torn or foreign purchase leaves it alone",
	    a_torn_or_foreign_purchase_leaves_it_alone },
	{ "a closing does not undo money that waits for another word",
	    a_closing_does_not_undo_money_that_waits_for_another_word },
	{ "its hour ends it unless money is under way",
	    its_hour_ends_it_unless_money_is_under_way },
	{ "money that came when the hour was over is told, and no more",
	    money_that_came_when_the_hour_was_over_is_told_and_ends_nothing_else },
	{ "money under way that is heard of after the hour is waited for",
	    money_under_way_that_is_heard_of_after_the_hour_is_waited_for },
	{ "money under way that bounces after the hour fails it",
	    money_under_way_that_bounces_after_the_hour_fails_it },
	{ "what is final is never left", what_is_final_is_never_left },
	CU_TEST_INFO_NULL
};
