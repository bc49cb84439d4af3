/*
 * The lives of customers, each told once from beginning to end.
 */
#include "unit/core/world.h"
#include "unit/unit.h"

static const struct quota	none = { 0 };

static void
a_downgrade_takes_the_difference_and_keeps_the_shared_slots(void)
{
	struct world	 w = world_new(1);

	world_hears(&w, sub("sub_1", 1, SUB_ACTIVE, "price_ent", 1, 31));
	world_claims(&w, "api_key");
	CU_ASSERT(world_can(&w, "sso:saml"));
	world_day(&w, 5);
	world_hears(&w, sub("sub_1", 5, SUB_ACTIVE, "price_pro", 1, 31));
	CU_ASSERT(world_is(&w, "pro", HOLDING_ACTIVE));
	CU_ASSERT_FALSE(world_can(&w, "sso:saml"));
	CU_ASSERT(world_has(&w, "api_key", ASSET_IS_PROVISIONED));
	CU_ASSERT(world_has(&w, "seats", ASSET_IS_REVOKED));
	CU_ASSERT_EQUAL(world_quota(&w, "storage"), 10000);
	CU_ASSERT_EQUAL(world_limit(&w, "api"), 50000);
}

static void
a_cancellation_at_once_ends_access_for_ever(void)
{
	struct world	 w = world_new(1);

	world_hears(&w, sub("sub_1", 1, SUB_ACTIVE, "price_pro", 1, 31));
	world_day(&w, 4);
	world_hears(&w, ended("sub_1", 4));
	CU_ASSERT(world_is(&w, "free", HOLDING_DEFAULT));
	CU_ASSERT(world_has(&w, "api_key", ASSET_IS_REVOKED));
	world_hears(&w, sub("sub_1", 5, SUB_ACTIVE, "price_pro", 1, 61));
	CU_ASSERT(world_is(&w, "free", HOLDING_DEFAULT));
}

static void
a_cancellation_at_period_end_keeps_access_until_that_very_moment(void)
{
	struct world	 w = world_new(1);

	world_hears(&w, sub("sub_1", 1, SUB_ACTIVE, "price_pro", 1, 31));
	world_hears(&w, cancelling(sub("sub_1", 2, SUB_ACTIVE, "price_pro",
	    1, 31), 31));
	CU_ASSERT(world_is(&w, "pro", HOLDING_ACTIVE));
	CU_ASSERT_EQUAL(w.holding.ends_at, ON_DAY(31));
	CU_ASSERT_EQUAL(w.holding.renews_at, 0);
	CU_ASSERT_EQUAL(w.holding.due_at, ON_DAY(31));
	world_time(&w, ON_DAY(31) - 1);
	CU_ASSERT(world_is(&w, "pro", HOLDING_ACTIVE));
	world_day(&w, 31);
	CU_ASSERT(world_is(&w, "free", HOLDING_DEFAULT));
	CU_ASSERT_EQUAL(w.holding.due_at, 0);
}

static void
a_cancellation_taken_back_renews_again(void)
{
	struct world	 w = world_new(1);

	world_hears(&w, cancelling(sub("sub_1", 2, SUB_ACTIVE, "price_pro",
	    1, 31), 31));
	world_hears(&w, sub("sub_1", 3, SUB_ACTIVE, "price_pro", 1, 31));
	CU_ASSERT_EQUAL(w.holding.ends_at, 0);
	CU_ASSERT_EQUAL(w.holding.renews_at, ON_DAY(31));
	world_day(&w, 31);
	CU_ASSERT(world_is(&w, "pro", HOLDING_GRACE));
	world_hears(&w, sub("sub_1", 31, SUB_ACTIVE, "price_pro", 1, 61));
	CU_ASSERT(world_is(&w, "pro", HOLDING_ACTIVE));
}

static void
a_pause_suspends_and_a_resumption_restores_the_same_key(void)
{
	struct world	 w = world_new(1);

	world_hears(&w, sub("sub_1", 1, SUB_ACTIVE, "price_pro", 1, 31));
	world_claims(&w, "api_key");
	world_hears(&w, sub("sub_1", 5, SUB_PAUSED, "price_pro", 1, 0));
	CU_ASSERT(world_is(&w, "free", HOLDING_SUSPENDED));
	CU_ASSERT_FALSE(world_can(&w, "export:csv"));
	CU_ASSERT(world_has(&w, "api_key", ASSET_IS_SUSPENDED));
	CU_ASSERT(world_has(&w, "storage", ASSET_IS_PROVISIONED));
	CU_ASSERT_EQUAL(world_quota(&w, "storage"), 100);
	world_hears(&w, sub("sub_1", 9, SUB_ACTIVE, "price_pro", 1, 40));
	CU_ASSERT(world_is(&w, "pro", HOLDING_ACTIVE));
	CU_ASSERT(world_has(&w, "api_key", ASSET_IS_PROVISIONED));
	SAME(world_asset(&w, "api_key")->id, "as_1");
}

static void
a_trial_becomes_paid(void)
{
	struct world	 w = world_new(1);

	world_hears(&w, trial_until(sub("sub_1", 1, SUB_TRIALING,
	    "price_pro", 1, 15), 15));
	CU_ASSERT(world_is(&w, "pro", HOLDING_TRIALING));
	CU_ASSERT_EQUAL(w.holding.trial_ends_at, ON_DAY(15));
	CU_ASSERT_EQUAL(w.holding.renews_at, ON_DAY(15));
	world_day(&w, 15);
	CU_ASSERT(world_is(&w, "pro", HOLDING_GRACE));
	world_hears(&w, trial_until(sub("sub_1", 15, SUB_ACTIVE, "price_pro",
	    1, 45), 15));
	CU_ASSERT(world_is(&w, "pro", HOLDING_ACTIVE));
	CU_ASSERT_EQUAL(w.holding.trial_ends_at, 0);
}

static void
a_trial_that_nobody_pays_ends(void)
{
	struct world	 w = world_new(1);

	world_hears(&w, trial_until(sub("sub_1", 1, SUB_TRIALING,
	    "price_pro", 1, 0), 15));
	world_day(&w, 15);
	world_hears(&w, ended("sub_1", 15));
	CU_ASSERT(world_is(&w, "free", HOLDING_DEFAULT));
}

static void
a_failed_renewal_is_grace_until_it_recovers(void)
{
	struct world	 w = world_new(1);

	world_hears(&w, sub("sub_1", 1, SUB_ACTIVE, "price_pro", 1, 31));
	world_day(&w, 31);
	world_hears(&w, sub("sub_1", 31, SUB_PAST_DUE, "price_pro", 1, 61));
	CU_ASSERT(world_is(&w, "pro", HOLDING_GRACE));
	CU_ASSERT_EQUAL(w.holding.grace_ends_at, ON_DAY(38));
	CU_ASSERT_EQUAL(w.holding.renews_at, 0);
	CU_ASSERT(world_can(&w, "export:csv"));
	world_day(&w, 34);
	world_hears(&w, period(OBJECT_SUBSCRIPTION, "sub_1", 34, 61));
	CU_ASSERT(world_is(&w, "pro", HOLDING_ACTIVE));
	CU_ASSERT_EQUAL(w.holding.renews_at, ON_DAY(61));
}

static void
a_failed_renewal_nobody_mends_is_suspended_and_then_over(void)
{
	struct world	 w = world_new(1);

	world_hears(&w, sub("sub_1", 1, SUB_ACTIVE, "price_pro", 1, 31));
	world_hears(&w, sub("sub_1", 31, SUB_PAST_DUE, "price_pro", 1, 61));
	world_time(&w, ON_DAY(38) - 1);
	CU_ASSERT(world_is(&w, "pro", HOLDING_GRACE));
	world_day(&w, 38);
	CU_ASSERT(world_is(&w, "free", HOLDING_SUSPENDED));
	world_hears(&w, sub("sub_1", 45, SUB_UNPAID, "price_pro", 1, 0));
	CU_ASSERT(world_is(&w, "free", HOLDING_SUSPENDED));
	world_day(&w, 50);
	world_hears(&w, ended("sub_1", 50));
	CU_ASSERT(world_is(&w, "free", HOLDING_DEFAULT));
	CU_ASSERT(world_has(&w, "api_key", ASSET_IS_REVOKED));
}

static void
a_full_refund_takes_a_one_time_purchase_back(void)
{
	struct world	 w = world_new(1);

	world_hears(&w, paid(OBJECT_PAYMENT, "pi_1", 1, 4900, "eur"));
	world_hears(&w, with_item(fact(FACT_ITEMS, OBJECT_PAYMENT, "pi_1",
	    1), "price_pro", 1));
	CU_ASSERT(world_is(&w, "pro", HOLDING_ACTIVE));
	world_hears(&w, refunded(OBJECT_PAYMENT, "pi_1", 3, 4900));
	CU_ASSERT(world_is(&w, "free", HOLDING_DEFAULT));
	CU_ASSERT(world_has(&w, "api_key", ASSET_IS_REVOKED));
}

static void
a_partial_refund_leaves_the_purchase(void)
{
	struct world	 w = world_new(1);

	world_hears(&w, with_item(fact(FACT_ITEMS, OBJECT_PAYMENT, "pi_1",
	    1), "price_pro", 1));
	world_hears(&w, paid(OBJECT_PAYMENT, "pi_1", 1, 4900, "eur"));
	world_hears(&w, refunded(OBJECT_PAYMENT, "pi_1", 3, 1500));
	world_hears(&w, refund("pi_1", "re_1", 3, 1500, REFUND_SUCCEEDED));
	CU_ASSERT(world_is(&w, "pro", HOLDING_ACTIVE));
	CU_ASSERT_EQUAL(world_purchase(&w)->refunded, 1500);
}

static void
a_refund_that_fails_afterwards_gives_access_back(void)
{
	struct world	 w = world_new(1);

	world_hears(&w, with_item(fact(FACT_ITEMS, OBJECT_PAYMENT, "pi_1",
	    1), "price_pro", 1));
	world_hears(&w, paid(OBJECT_PAYMENT, "pi_1", 1, 4900, "eur"));
	world_claims(&w, "api_key");
	world_hears(&w, refund("pi_1", "re_1", 3, 4900, REFUND_SUCCEEDED));
	world_hears(&w, refunded(OBJECT_PAYMENT, "pi_1", 3, 4900));
	CU_ASSERT(world_is(&w, "free", HOLDING_DEFAULT));
	world_hears(&w, refund("pi_1", "re_1", 9, 4900, REFUND_FAILED));
	CU_ASSERT(world_is(&w, "pro", HOLDING_ACTIVE));
	CU_ASSERT(world_has(&w, "api_key", ASSET_IS_PROVISIONED));
}

static struct world
subscribed_with_bills(void)
{
	struct world	 w = world_new(1);

	world_hears(&w, sub("sub_1", 1, SUB_ACTIVE, "price_pro", 1, 31));
	world_hears(&w, with_link(paid(OBJECT_INVOICE, "in_1", 1, 2900,
	    "eur"), OBJECT_SUBSCRIPTION, "sub_1"));
	world_hears(&w, period(OBJECT_INVOICE, "in_1", 1, 31));
	world_hears(&w, with_link(seen(OBJECT_PAYMENT, "pi_1", 1),
	    OBJECT_INVOICE, "in_1"));
	return w;
}

static void
a_refund_of_this_period_ends_a_subscription_until_the_next_is_paid(void)
{
	struct world	 w = subscribed_with_bills();

	world_day(&w, 10);
	world_hears(&w, refunded(OBJECT_PAYMENT, "pi_1", 10, 2900));
	CU_ASSERT(world_is(&w, "free", HOLDING_DEFAULT));
	world_day(&w, 31);
	world_hears(&w, with_link(paid(OBJECT_INVOICE, "in_2", 31, 2900,
	    "eur"), OBJECT_SUBSCRIPTION, "sub_1"));
	world_hears(&w, period(OBJECT_INVOICE, "in_2", 31, 61));
	world_hears(&w, period(OBJECT_SUBSCRIPTION, "sub_1", 31, 61));
	CU_ASSERT(world_is(&w, "pro", HOLDING_ACTIVE));
}

static void
a_refund_of_a_period_that_is_over_takes_nothing(void)
{
	struct world	 w = subscribed_with_bills();

	world_hears(&w, with_link(paid(OBJECT_INVOICE, "in_2", 31, 2900,
	    "eur"), OBJECT_SUBSCRIPTION, "sub_1"));
	world_hears(&w, period(OBJECT_INVOICE, "in_2", 31, 61));
	world_hears(&w, period(OBJECT_SUBSCRIPTION, "sub_1", 31, 61));
	world_day(&w, 32);
	world_hears(&w, refunded(OBJECT_PAYMENT, "pi_1", 32, 2900));
	CU_ASSERT(world_is(&w, "pro", HOLDING_ACTIVE));
}

static void
a_refund_of_an_upgrades_bill_alone_leaves_the_period(void)
{
	struct world	 w = subscribed_with_bills();

	world_hears(&w, with_link(paid(OBJECT_INVOICE, "in_2", 15, 2000,
	    "eur"), OBJECT_SUBSCRIPTION, "sub_1"));
	world_hears(&w, period(OBJECT_INVOICE, "in_2", 15, 31));
	world_hears(&w, sub("sub_1", 15, SUB_ACTIVE, "price_ent", 1, 31));
	world_hears(&w, refunded(OBJECT_INVOICE, "in_2", 16, 2000));
	CU_ASSERT(world_is(&w, "enterprise", HOLDING_ACTIVE));
	world_hears(&w, refunded(OBJECT_PAYMENT, "pi_1", 16, 2900));
	CU_ASSERT(world_is(&w, "free", HOLDING_DEFAULT));
}

static void
a_dispute_suspends_and_a_win_restores(void)
{
	struct world	 w = subscribed_with_bills();

	world_claims(&w, "api_key");
	world_hears(&w, dispute("pi_1", "dp_1", 5, DISPUTE_OPEN));
	CU_ASSERT(world_is(&w, "free", HOLDING_SUSPENDED));
	CU_ASSERT(world_has(&w, "api_key", ASSET_IS_SUSPENDED));
	world_hears(&w, dispute("pi_1", "dp_1", 25, DISPUTE_WON));
	CU_ASSERT(world_is(&w, "pro", HOLDING_ACTIVE));
	CU_ASSERT(world_has(&w, "api_key", ASSET_IS_PROVISIONED));
}

static void
a_lost_dispute_takes_what_that_payment_gave(void)
{
	struct world	 w = subscribed_with_bills();

	world_hears(&w, with_item(fact(FACT_ITEMS, OBJECT_PAYMENT, "pi_9",
	    1), "price_pack", 1));
	world_hears(&w, paid(OBJECT_PAYMENT, "pi_9", 1, 900, "eur"));
	world_hears(&w, dispute("pi_1", "dp_1", 5, DISPUTE_LOST));
	CU_ASSERT(world_is(&w, "free", HOLDING_DEFAULT));
	CU_ASSERT_FALSE(world_can(&w, "write:unlimited"));
	CU_ASSERT(world_can(&w, "export:csv"));
	CU_ASSERT(world_has(&w, "api_key", ASSET_IS_REVOKED));
}

static void
an_inquiry_changes_nothing(void)
{
	struct world	 w = subscribed_with_bills();

	world_hears(&w, dispute("pi_1", "dp_1", 5, DISPUTE_WARNING));
	CU_ASSERT(world_is(&w, "pro", HOLDING_ACTIVE));
}

static void
seats_go_up_and_down_with_the_quantity(void)
{
	struct world	 w = world_new(1);

	world_hears(&w, sub("sub_1", 1, SUB_ACTIVE, "price_team", 5, 31));
	CU_ASSERT_EQUAL(world_seats(&w), 5);
	CU_ASSERT_EQUAL(w.holding.quantity, 5);
	world_hears(&w, sub("sub_1", 2, SUB_ACTIVE, "price_team", 8, 31));
	CU_ASSERT_EQUAL(world_seats(&w), 8);
	world_hears(&w, sub("sub_1", 3, SUB_ACTIVE, "price_team", 2, 31));
	CU_ASSERT_EQUAL(world_seats(&w), 2);
	CU_ASSERT_EQUAL(world_quota(&w, "storage"), 10000);
	world_hears(&w, sub("sub_1", 4, SUB_ACTIVE, "price_ent", 3, 31));
	CU_ASSERT_EQUAL(world_seats(&w), 50);
}

static void
of_two_subscriptions_the_higher_rank_counts_and_the_other_stays(void)
{
	struct world	 w = world_new(1);

	world_hears(&w, sub("sub_1", 1, SUB_ACTIVE, "price_pro", 1, 31));
	world_hears(&w, sub("sub_2", 2, SUB_ACTIVE, "price_ent", 1, 32));
	CU_ASSERT(world_is(&w, "enterprise", HOLDING_ACTIVE));
	CU_ASSERT_FALSE(world_can(&w, "export:csv"));
	world_hears(&w, ended("sub_2", 3));
	world_day(&w, 3);
	CU_ASSERT(world_is(&w, "pro", HOLDING_ACTIVE));
	CU_ASSERT(world_can(&w, "export:csv"));
}

static void
an_add_on_bought_once_adds_to_a_subscription_and_outlives_it(void)
{
	struct world	 w = world_new(1);

	world_hears(&w, sub("sub_1", 1, SUB_ACTIVE, "price_pro", 1, 31));
	world_hears(&w, with_item(fact(FACT_ITEMS, OBJECT_PAYMENT, "pi_1",
	    2), "price_storage", 1));
	world_hears(&w, paid(OBJECT_PAYMENT, "pi_1", 2, 900, "eur"));
	CU_ASSERT_EQUAL(world_limit(&w, "api"), 51000);
	CU_ASSERT_EQUAL(world_quota(&w, "storage"), 10500);
	CU_ASSERT_EQUAL(world_limit(&w, "exports"), 5);
	world_hears(&w, ended("sub_1", 3));
	world_day(&w, 3);
	CU_ASSERT(world_is(&w, "free", HOLDING_DEFAULT));
	CU_ASSERT_EQUAL(world_limit(&w, "api"), 1100);
	CU_ASSERT_EQUAL(world_quota(&w, "storage"), 600);
}

static void
a_gift_lifts_a_subscription_and_leaves_it_when_it_is_over(void)
{
	struct world	 w = world_new(1);

	world_hears(&w, sub("sub_1", 1, SUB_ACTIVE, "price_team", 5, 31));
	world_override(&w, OVERRIDE_GRANT_TIER, "enterprise", none, 11);
	CU_ASSERT(world_is(&w, "enterprise", HOLDING_ACTIVE));
	CU_ASSERT_EQUAL(w.holding.quantity, 5);
	CU_ASSERT_EQUAL(w.holding.ends_at, ON_DAY(11));
	CU_ASSERT_EQUAL(w.holding.due_at, ON_DAY(11));
	world_hears(&w, sub("sub_1", 3, SUB_ACTIVE, "price_team", 6, 31));
	CU_ASSERT(world_is(&w, "enterprise", HOLDING_ACTIVE));
	world_day(&w, 11);
	CU_ASSERT(world_is(&w, "team", HOLDING_ACTIVE));
	CU_ASSERT_EQUAL(world_seats(&w), 6);
}

static void
a_late_payment_of_an_expired_session_grants_and_the_session_stays(void)
{
	struct world	 w = world_new(1);
	struct terms	 t = world_starts(&w, "pro", 1);

	world_time(&w, ON_DAY(1) + HOUR);
	CU_ASSERT_EQUAL(w.session.state, SESSION_EXPIRED);
	CU_ASSERT_EQUAL(w.session.reason, BECAUSE_EXPIRED);
	world_day(&w, 2);
	world_hears(&w, with_name(paid(OBJECT_PAYMENT, "pi_1", 2, 2900,
	    "eur"), &t, NAMED_BY_METADATA));
	CU_ASSERT(world_is(&w, "pro", HOLDING_ACTIVE));
	CU_ASSERT_EQUAL(w.session.state, SESSION_EXPIRED);
	CU_ASSERT_EQUAL(w.session.version, 2);
}

static void
an_upgrade_whose_first_payment_fails_leaves_the_old_tier(void)
{
	struct world	 w = world_new(1);
	struct terms	 t;

	world_hears(&w, sub("sub_1", 1, SUB_ACTIVE, "price_pro", 1, 31));
	t = world_starts(&w, "enterprise", 1);
	world_hears(&w, with_name(step(OBJECT_PAYMENT, "pi_1", 1,
	    PAY_FAILED), &t, NAMED_BY_METADATA));
	CU_ASSERT(world_is(&w, "pro", HOLDING_ACTIVE));
	CU_ASSERT_EQUAL(w.session.state, SESSION_PENDING);
	CU_ASSERT_EQUAL(w.session.payment, PAYMENT_FAILED);
	world_hears(&w, with_name(paid(OBJECT_PAYMENT, "pi_1", 1, 19900,
	    "eur"), &t, NAMED_BY_METADATA));
	CU_ASSERT(world_is(&w, "enterprise", HOLDING_ACTIVE));
	CU_ASSERT_EQUAL(w.session.state, SESSION_COMPLETED);
	CU_ASSERT_EQUAL(w.session.payment, PAYMENT_PAID);
}

static void
an_upgrade_of_a_running_subscription_that_is_not_paid_keeps_what_was(void)
{
	struct world	 w = subscribed_with_bills();

	world_day(&w, 15);
	world_hears(&w, sub("sub_1", 15, SUB_PAST_DUE, "price_ent", 1, 0));
	CU_ASSERT(world_is(&w, "enterprise", HOLDING_GRACE));
	CU_ASSERT_EQUAL(w.holding.grace_ends_at, ON_DAY(32));
	world_hears(&w, sub("sub_1", 16, SUB_PAST_DUE, "price_pro", 1, 0));
	CU_ASSERT(world_is(&w, "pro", HOLDING_GRACE));
	CU_ASSERT_EQUAL(w.holding.grace_ends_at, ON_DAY(38));
}

static void
a_subscription_whose_news_is_late_is_in_grace_and_then_suspended(void)
{
	struct world	 w = world_new(1);

	world_hears(&w, sub("sub_1", 1, SUB_ACTIVE, "price_ent", 1, 31));
	CU_ASSERT_EQUAL(w.holding.due_at, ON_DAY(31));
	world_day(&w, 31);
	CU_ASSERT(world_is(&w, "enterprise", HOLDING_GRACE));
	CU_ASSERT_EQUAL(w.holding.grace_ends_at, ON_DAY(34));
	CU_ASSERT_EQUAL(w.holding.due_at, ON_DAY(34));
	world_day(&w, 34);
	CU_ASSERT(world_is(&w, "free", HOLDING_SUSPENDED));
	CU_ASSERT_EQUAL(w.holding.due_at, 0);
	world_hears(&w, sub("sub_1", 31, SUB_ACTIVE, "price_ent", 1, 61));
	CU_ASSERT(world_is(&w, "enterprise", HOLDING_ACTIVE));
}

static void
an_operators_gifts_survive_every_later_event(void)
{
	struct world	 w = world_new(1);

	world_override(&w, OVERRIDE_GRANT_CAPABILITY, "export:all", none, 0);
	world_override(&w, OVERRIDE_REVOKE_CAPABILITY, "read:public", none,
	    9);
	world_override(&w, OVERRIDE_SET_LIMIT, "api",
	    (struct quota){ .max = 70000 }, 0);
	world_hears(&w, sub("sub_1", 1, SUB_ACTIVE, "price_pro", 1, 31));
	CU_ASSERT(world_can(&w, "export:all"));
	CU_ASSERT_FALSE(world_can(&w, "read:public"));
	CU_ASSERT_EQUAL(world_limit(&w, "api"), 70000);
	world_hears(&w, ended("sub_1", 5));
	world_day(&w, 9);
	CU_ASSERT(world_can(&w, "export:all"));
	CU_ASSERT(world_can(&w, "read:public"));
	CU_ASSERT_EQUAL(world_limit(&w, "api"), 70000);
}

static void
a_delayed_payment_is_waited_for_beyond_the_sessions_hour(void)
{
	struct world	 w = world_new(1);
	struct terms	 t = world_starts(&w, "pro", 1);

	world_hears(&w, with_name(step(OBJECT_CHECKOUT, "cs_1", 1,
	    PAY_PROCESSING), &t, NAMED_BY_METADATA));
	world_day(&w, 4);
	CU_ASSERT_EQUAL(w.session.state, SESSION_PENDING);
	CU_ASSERT_EQUAL(w.session.payment, PAYMENT_PROCESSING);
	CU_ASSERT(world_is(&w, "free", HOLDING_DEFAULT));
	world_hears(&w, with_name(paid(OBJECT_CHECKOUT, "cs_1", 4, 2900,
	    "eur"), &t, NAMED_BY_METADATA));
	CU_ASSERT_EQUAL(w.session.state, SESSION_COMPLETED);
	CU_ASSERT(world_is(&w, "pro", HOLDING_ACTIVE));
}

CU_TestInfo lives_tests[] = {
	{ "a downgrade takes the difference and keeps the shared slots",
	    a_downgrade_takes_the_difference_and_keeps_the_shared_slots },
	{ "a cancellation at once ends access for ever",
	    a_cancellation_at_once_ends_access_for_ever },
	{ "a cancellation at period end keeps access until that very moment",
	    a_cancellation_at_period_end_keeps_access_until_that_very_moment },
	{ "a cancellation taken back renews again",
	    a_cancellation_taken_back_renews_again },
	{ "a pause suspends and a resumption restores the same key",
	    a_pause_suspends_and_a_resumption_restores_the_same_key },
	{ "a trial becomes paid", a_trial_becomes_paid },
	{ "a trial that nobody pays ends", a_trial_that_nobody_pays_ends },
	{ "a failed renewal is grace until it recovers",
	    a_failed_renewal_is_grace_until_it_recovers },
	{ "a failed renewal nobody mends is suspended and then over",
	    a_failed_renewal_nobody_mends_is_suspended_and_then_over },
	{ "a full refund takes a one-time purchase back",
	    a_full_refund_takes_a_one_time_purchase_back },
	{ "a partial refund leaves the purchase",
	    a_partial_refund_leaves_the_purchase },
	{ "a refund that fails afterwards gives access back",
	    a_refund_that_fails_afterwards_gives_access_back },
	{ "a refund of this period ends a subscription until the next is paid",
	    a_refund_of_this_period_ends_a_subscription_until_the_next_is_paid },
	{ "a refund of a period that is over takes nothing",
	    a_refund_of_a_period_that_is_over_takes_nothing },
	{ "a refund of an upgrade's bill alone leaves the period",
	    a_refund_of_an_upgrades_bill_alone_leaves_the_period },
	{ "a dispute suspends and a win restores",
	    a_dispute_suspends_and_a_win_restores },
	{ "a lost dispute takes what that payment gave",
	    a_lost_dispute_takes_what_that_payment_gave },
	{ "an inquiry changes nothing", an_inquiry_changes_nothing },
	{ "seats go up and down with the quantity",
	    seats_go_up_and_down_with_the_quantity },
	{ "of two subscriptions the higher rank counts and the other stays",
	    of_two_subscriptions_the_higher_rank_counts_and_the_other_stays },
	{ "an add-on bought once adds to a subscription and outlives it",
	    an_add_on_bought_once_adds_to_a_subscription_and_outlives_it },
	{ "a gift lifts a subscription and leaves it when it is over",
	    a_gift_lifts_a_subscription_and_leaves_it_when_it_is_over },
	{ "a late payment of an expired session grants, the session stays",
	    a_late_payment_of_an_expired_session_grants_and_the_session_stays },
	{ "an upgrade whose first payment fails leaves the old tier",
	    an_upgrade_whose_first_payment_fails_leaves_the_old_tier },
	{ "an upgrade of a running subscription not paid keeps what was",
	    an_upgrade_of_a_running_subscription_that_is_not_paid_keeps_what_was },
	{ "a subscription whose news is late is in grace, then suspended",
	    a_subscription_whose_news_is_late_is_in_grace_and_then_suspended },
	{ "an operator's gifts survive every later event",
	    an_operators_gifts_survive_every_later_event },
	{ "a delayed payment is waited for beyond the session's hour",
	    a_delayed_payment_is_waited_for_beyond_the_sessions_hour },
	CU_TEST_INFO_NULL
};
