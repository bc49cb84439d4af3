/*
 * Promises of core/object.h: each part by itself.  That they hold in every
 * order is the business of test_orders.c.
 */
#include "core/sort.h"
#include "unit/core/world.h"
#include "unit/unit.h"

static struct object
of(enum object_kind kind, const char *ref)
{
	struct object_key	 k = key(kind, ref);
	struct object		 o;

	object_init(&o, &k);
	return o;
}

/* Merge, and tell whether anything moved. */
static bool
moves(struct object *o, struct fact f)
{
	struct err	 e;
	bool		 changed = false;

	f.object = o->key;
	CU_ASSERT_EQUAL(object_merge(o, &f, unit_arena(), &changed, &e),
	    RC_OK);
	return changed;
}

static void
a_copy_of_a_fact_moves_nothing(void)
{
	const struct terms	 t = { .session = STR("us_1") };
	const struct fact	 facts[] = {
		seen(OBJECT_PAYMENT, "x", 1),
		with_link(seen(OBJECT_PAYMENT, "x", 1), OBJECT_CHECKOUT, "c"),
		with_user(seen(OBJECT_PAYMENT, "x", 1), "u1"),
		with_name(seen(OBJECT_PAYMENT, "x", 1), &t, NAMED_BY_BUYER),
		paid(OBJECT_PAYMENT, "x", 1, 5, "eur"),
		paid(OBJECT_PAYMENT, "x", 1, 0, ""),
		step(OBJECT_PAYMENT, "x", 1, PAY_FAILED),
		closed(OBJECT_PAYMENT, "x", 1, CLOSED_EXPIRED),
		with_item(fact(FACT_ITEMS, OBJECT_PAYMENT, "x", 1), "p", 1),
		sub("x", 1, SUB_ACTIVE, "p", 1, 31),
		sub("x", 2, SUB_CANCELED, "p", 1, 0),
		period(OBJECT_PAYMENT, "x", 1, 31),
		ended("x", 1),
		refund("x", "re_1", 1, 5, REFUND_SUCCEEDED),
		refunded(OBJECT_PAYMENT, "x", 1, 5),
		dispute("x", "dp_1", 1, DISPUTE_OPEN),
	};

	for (size_t i = 0; i < COUNT(facts); i++) {
		struct object	 o = of(OBJECT_PAYMENT, "x");

		CU_ASSERT_TRUE(moves(&o, facts[i]));
		CU_ASSERT_FALSE(moves(&o, facts[i]));
	}
}

static void
an_object_begins_with_nothing_but_its_key(void)
{
	struct object	 o = of(OBJECT_ORDER, "or_1");

	CU_ASSERT_EQUAL(o.first_at, 0);
	CU_ASSERT_EQUAL(o.key.kind, OBJECT_ORDER);
	CU_ASSERT_EQUAL(object_refunded(&o), 0);
	CU_ASSERT_EQUAL(object_dispute(&o), DISPUTE__COUNT);
}

static void
keys_are_ordered_by_provider_account_kind_and_reference(void)
{
	const struct object_key	 a = key(OBJECT_PAYMENT, "b");
	const struct object_key	 smaller[] = {
		{ STR("paddle"), STR("z"), OBJECT_ORDER, STR("z") },
		{ STR("stripe"), STR(""), OBJECT_SUBSCRIPTION, STR("z") },
		{ STR("stripe"), STR(""), OBJECT_PAYMENT, STR("a") },
	};
	const struct object_key	 greater[] = {
		{ STR("stripe"), STR("acct"), OBJECT_SUBSCRIPTION, STR("") },
		{ STR("stripe"), STR(""), OBJECT_CHECKOUT, STR("a") },
		{ STR("stripe"), STR(""), OBJECT_PAYMENT, STR("ba") },
	};

	CU_ASSERT_EQUAL(object_key_cmp(&a, &a), 0);
	for (size_t i = 0; i < COUNT(smaller); i++)
		CU_ASSERT(object_key_cmp(&smaller[i], &a) < 0);
	for (size_t i = 0; i < COUNT(greater); i++)
		CU_ASSERT(object_key_cmp(&greater[i], &a) > 0);
}

static void
a_time_before_1970_counts_as_its_first_moment(void)
{
	struct object	 o = of(OBJECT_PAYMENT, "x");
	struct fact	 f = paid(OBJECT_PAYMENT, "x", 1, 5, "eur");

	f.at = -7;
	moves(&o, f);
	CU_ASSERT_EQUAL(o.paid_at, 1);
	CU_ASSERT_EQUAL(o.first_at, 1);
}

static void
paid_keeps_the_first_moment_and_the_greatest_amount(void)
{
	struct object	 o = of(OBJECT_PAYMENT, "x");

	moves(&o, paid(OBJECT_PAYMENT, "x", 5, 100, "eur"));
	CU_ASSERT(moves(&o, paid(OBJECT_PAYMENT, "x", 4, 90, "usd")));
	CU_ASSERT_EQUAL(o.paid_at, ON_DAY(4));
	CU_ASSERT_EQUAL(o.amount, 100);
	CU_ASSERT(moves(&o, paid(OBJECT_PAYMENT, "x", 9, 100, "usd")));
	SAME(o.currency, "usd");
	CU_ASSERT(moves(&o, closed(OBJECT_PAYMENT, "x", 10,
	    CLOSED_DECLINED)));
	CU_ASSERT_EQUAL(o.paid_at, ON_DAY(4));
}

static void
the_latest_attempt_stands_and_rank_settles_a_tie(void)
{
	struct object	 o = of(OBJECT_PAYMENT, "x");

	moves(&o, step(OBJECT_PAYMENT, "x", 5, PAY_FAILED));
	CU_ASSERT_FALSE(moves(&o, step(OBJECT_PAYMENT, "x", 5,
	    PAY_PROCESSING)));
	CU_ASSERT(moves(&o, step(OBJECT_PAYMENT, "x", 6, PAY_UNPAID)));
	CU_ASSERT_EQUAL(o.step, PAY_UNPAID);
}

static void
the_gravest_closing_stands_at_its_first_moment(void)
{
	struct object	 o = of(OBJECT_PAYMENT, "x");

	moves(&o, closed(OBJECT_PAYMENT, "x", 5, CLOSED_ABANDONED));
	CU_ASSERT_FALSE(moves(&o, closed(OBJECT_PAYMENT, "x", 6,
	    CLOSED_EXPIRED)));
	CU_ASSERT_FALSE(moves(&o, closed(OBJECT_PAYMENT, "x", 6,
	    CLOSED_ABANDONED)));
	CU_ASSERT(moves(&o, closed(OBJECT_PAYMENT, "x", 5 - 1,
	    CLOSED_ABANDONED)));
	CU_ASSERT_EQUAL(o.closed_at, ON_DAY(4));
	CU_ASSERT(moves(&o, closed(OBJECT_PAYMENT, "x", 9,
	    CLOSED_DECLINED)));
	CU_ASSERT_EQUAL(o.closed_at, ON_DAY(9));
	CU_ASSERT_FALSE(moves(&o, closed(OBJECT_PAYMENT, "x", 9,
	    CLOSED_OPEN)));
}

static void
items_are_sorted_and_the_latest_stand(void)
{
	struct object	 o = of(OBJECT_PAYMENT, "x");
	struct fact	 f = fact(FACT_ITEMS, OBJECT_PAYMENT, "x", 5);

	moves(&o, with_item(with_item(with_item(f, "p2", 1), "p1", 3), "p1",
	    2));
	CU_ASSERT_EQUAL(o.item_count, 3);
	SAME(o.items[0].price, "p1");
	CU_ASSERT_EQUAL(o.items[0].quantity, 2);
	SAME(o.items[2].price, "p2");
	f.at = ON_DAY(3);
	CU_ASSERT(moves(&o, with_item(f, "p9", 1)));
	CU_ASSERT_EQUAL(o.item_count, 3);
	CU_ASSERT_EQUAL(o.priced_at, ON_DAY(3));
	f.at = ON_DAY(6);
	CU_ASSERT(moves(&o, with_item(f, "p0", 1)));
	CU_ASSERT_EQUAL(o.item_count, 1);
	CU_ASSERT(moves(&o, recurring(with_item(f, "p0", 1))));
	CU_ASSERT(moves(&o, recurring(with_item(with_item(f, "p0", 1), "p1",
	    1))));
	CU_ASSERT_EQUAL(o.item_count, 2);
}

static void
a_state_without_items_leaves_the_last_ones(void)
{
	struct object	 o = of(OBJECT_SUBSCRIPTION, "x");
	struct fact	 f = sub("x", 9, SUB_PAST_DUE, "p", 1, 0);

	moves(&o, sub("x", 1, SUB_ACTIVE, "price_pro", 1, 31));
	f.item_count = 0;
	CU_ASSERT(moves(&o, f));
	CU_ASSERT_EQUAL(o.state, SUB_PAST_DUE);
	CU_ASSERT_EQUAL(o.item_count, 1);
	SAME(o.items[0].price, "price_pro");
}

static void
a_state_that_is_not_known_is_no_word_about_the_state(void)
{
	struct object	 o = of(OBJECT_SUBSCRIPTION, "x");

	moves(&o, sub("x", 1, SUB_ACTIVE, "price_pro", 1, 31));
	CU_ASSERT(moves(&o, sub("x", 2, SUB_NONE, "price_ent", 1, 0)));
	CU_ASSERT_EQUAL(o.state, SUB_ACTIVE);
	SAME(o.items[0].price, "price_ent");
}

static void
of_two_states_in_one_second_the_later_in_the_list_stands(void)
{
	for (int s = SUB_INCOMPLETE; s + 1 < SUB__COUNT; s++) {
		struct object	 o = of(OBJECT_SUBSCRIPTION, "x");

		moves(&o, sub("x", 1, (enum sub_state)(s + 1), "p", 1, 0));
		moves(&o, sub("x", 1, (enum sub_state)s, "p", 1, 0));
		ROW(o.state == (enum sub_state)(s + 1), sub_state_names[s]);
	}
}

static void
a_plan_to_end_wins_a_tie_and_falls_with_a_later_state(void)
{
	struct object	 o = of(OBJECT_SUBSCRIPTION, "x");

	moves(&o, cancelling(sub("x", 1, SUB_ACTIVE, "p", 1, 31), 31));
	CU_ASSERT_FALSE(moves(&o, sub("x", 1, SUB_ACTIVE, "p", 1, 31)));
	CU_ASSERT_EQUAL(o.cancel_at, ON_DAY(31));
	CU_ASSERT(moves(&o, trial_until(cancelling(sub("x", 1, SUB_ACTIVE,
	    "p", 1, 31), 31), 7)));
	CU_ASSERT_EQUAL(o.trial_end, ON_DAY(7));
	CU_ASSERT(moves(&o, sub("x", 2, SUB_ACTIVE, "p", 1, 31)));
	CU_ASSERT_EQUAL(o.cancel_at, 0);
}

static void
only_a_paid_state_or_a_period_says_paid_until(void)
{
	static const struct {
		enum sub_state	 state;
		bool		 says;
	} rows[] = {
		{ SUB_NONE, false }, { SUB_INCOMPLETE, false },
		{ SUB_TRIALING, true }, { SUB_ACTIVE, true },
		{ SUB_PAST_DUE, false }, { SUB_UNPAID, false },
		{ SUB_PAUSED, false }, { SUB_CANCELED, false },
	};
	struct object	 o;

	for (size_t i = 0; i < COUNT(rows); i++) {
		o = of(OBJECT_SUBSCRIPTION, "x");
		moves(&o, sub("x", 1, rows[i].state, "p", 1, 31));
		ROW((o.paid_until != 0) == rows[i].says,
		    sub_state_names[rows[i].state]);
	}
	o = of(OBJECT_SUBSCRIPTION, "x");
	moves(&o, period(OBJECT_SUBSCRIPTION, "x", 1, 31));
	CU_ASSERT(moves(&o, period(OBJECT_SUBSCRIPTION, "x", 1, 32)));
	CU_ASSERT_FALSE(moves(&o, period(OBJECT_SUBSCRIPTION, "x", 1, 31)));
	CU_ASSERT(moves(&o, period(OBJECT_SUBSCRIPTION, "x", 2, 20)));
	CU_ASSERT_EQUAL(o.paid_until, ON_DAY(20));
}

static void
ended_stays_ended_at_its_first_moment(void)
{
	struct object	 o = of(OBJECT_SUBSCRIPTION, "x");
	struct fact	 f = ended("x", 9);

	moves(&o, f);
	CU_ASSERT_EQUAL(o.ended_at, ON_DAY(9));
	f.ended_at = ON_DAY(8);
	CU_ASSERT(moves(&o, f));
	CU_ASSERT_EQUAL(o.ended_at, ON_DAY(8));
	moves(&o, sub("x", 20, SUB_ACTIVE, "p", 1, 50));
	CU_ASSERT_EQUAL(o.ended_at, ON_DAY(8));

	o = of(OBJECT_SUBSCRIPTION, "x");
	moves(&o, sub("x", 5, SUB_CANCELED, "p", 1, 0));
	CU_ASSERT_EQUAL(o.ended_at, ON_DAY(5));
	f = sub("x", 6, SUB_CANCELED, "p", 1, 0);
	f.ended_at = ON_DAY(4);
	CU_ASSERT(moves(&o, f));
	CU_ASSERT_EQUAL(o.ended_at, ON_DAY(4));
}

static void
links_are_a_sorted_set_without_the_object_itself(void)
{
	struct object	 o = of(OBJECT_PAYMENT, "x");

	moves(&o, with_link(with_link(seen(OBJECT_PAYMENT, "x", 1),
	    OBJECT_INVOICE, "b"), OBJECT_INVOICE, "a"));
	CU_ASSERT_EQUAL(o.link_count, 2);
	SAME(o.links[0].ref, "a");
	SAME(o.links[1].ref, "b");
	CU_ASSERT_FALSE(moves(&o, with_link(seen(OBJECT_PAYMENT, "x", 1),
	    OBJECT_PAYMENT, "x")));
}

static void
two_signed_users_tear_an_object(void)
{
	struct object	 o = of(OBJECT_PAYMENT, "x");

	moves(&o, with_user(seen(OBJECT_PAYMENT, "x", 1), "u2"));
	CU_ASSERT_FALSE(o.torn);
	CU_ASSERT(moves(&o, with_user(seen(OBJECT_PAYMENT, "x", 1), "u1")));
	CU_ASSERT(o.torn);
	SAME(o.user, "u1");
	CU_ASSERT_FALSE(moves(&o, with_user(seen(OBJECT_PAYMENT, "x", 1),
	    "u2")));
	CU_ASSERT(moves(&o, with_user(seen(OBJECT_PAYMENT, "x", 1), "u0")));
	SAME(o.user, "u0");
}

static void
a_test_and_a_live_word_tear_an_object(void)
{
	struct object	 o = of(OBJECT_PAYMENT, "x");
	struct fact	 f = seen(OBJECT_PAYMENT, "x", 1);

	f.livemode = true;
	moves(&o, f);
	CU_ASSERT(o.livemode && !o.torn);
	CU_ASSERT(moves(&o, seen(OBJECT_PAYMENT, "x", 1)));
	CU_ASSERT(!o.livemode && o.torn);
	CU_ASSERT_FALSE(moves(&o, f));
}

static void
the_strongest_name_wins_and_the_newest_of_equals(void)
{
	const struct terms	 a = { .session = STR("us_a"),
				    .tier = STR("pro"), .quantity = 1 };
	const struct terms	 b = { .session = STR("us_b"),
				    .tier = STR("team"), .quantity = 2 };
	struct object		 o = of(OBJECT_PAYMENT, "x");
	struct fact		 f = seen(OBJECT_PAYMENT, "x", 1);

	moves(&o, with_name(f, &a, NAMED_BY_BUYER));
	SAME(o.terms.tier, "pro");
	CU_ASSERT(moves(&o, with_name(f, &b, NAMED_BY_BUYER)));
	SAME(o.terms.tier, "team");
	CU_ASSERT_FALSE(moves(&o, with_name(f, &a, NAMED_BY_BUYER)));
	CU_ASSERT(moves(&o, with_name(f, &a, NAMED_BY_METADATA)));
	SAME(o.session, "us_a");
	SAME(o.terms.tier, "pro");
	CU_ASSERT(moves(&o, with_name(f, &a, NAMED_BY_OURS)));
	CU_ASSERT_EQUAL(o.named_by, NAMED_BY_OURS);
	CU_ASSERT_FALSE(moves(&o, with_name(f, &b, NAMED_BY_METADATA)));
}

static void
terms_come_when_they_are_known(void)
{
	struct str		 pack[] = { STR("export-pack") };
	const struct terms	 t = {
		.session = STR("us_a"), .addons = pack, .addon_count = 1,
		.quantity = 1, .amount = 4900, .currency = STR("eur"),
	};
	struct object		 o = of(OBJECT_PAYMENT, "x");
	struct fact		 f = seen(OBJECT_PAYMENT, "x", 1);

	f = with_name(f, &t, NAMED_BY_METADATA);
	f.terms = (struct terms){ 0 };
	moves(&o, f);
	SAME(o.session, "us_a");
	CU_ASSERT_EQUAL(o.terms.session.len, 0);
	CU_ASSERT(moves(&o, with_name(f, &t, NAMED_BY_BUYER)));
	CU_ASSERT_EQUAL(o.terms.amount, 4900);
	SAME(o.terms.addons[0], "export-pack");
	CU_ASSERT_EQUAL(o.named_by, NAMED_BY_METADATA);
}

static void
money_given_back_is_counted_once(void)
{
	struct fact	 pending = refund("x", "re_0", 1, 9, REFUND_PENDING);
	struct fact	 first = refund("x", "re_1", 1, 1500,
			    REFUND_SUCCEEDED);
	struct fact	 second = refund("x", "re_2", 2, 3400,
			    REFUND_SUCCEEDED);
	struct fact	 failed = refund("x", "re_2", 9, 3400, REFUND_FAILED);
	struct fact	 canceled = refund("x", "re_2", 9, 3400,
			    REFUND_CANCELED);
	struct fact	 sum = refunded(OBJECT_PAYMENT, "x", 3, 4900);
	struct fact	 early = refunded(OBJECT_PAYMENT, "x", 1, 1500);
	struct fact	 lower = refunded(OBJECT_PAYMENT, "x", 10, 1500);
	const struct {
		const char	*what;
		struct fact	 facts[4];
		size_t		 count;
		int64_t		 back;
	} rows[] = {
		{ "asked for only", { pending }, 1, 0 },
		{ "one by one", { first, second }, 2, 4900 },
		{ "a sum alone", { sum }, 1, 4900 },
		{ "both", { first, second, sum }, 3, 4900 },
		{ "the sum is older", { first, second, early }, 3, 4900 },
		{ "one failed since", { first, failed, sum }, 3, 1500 },
		{ "one canceled since", { first, canceled, sum }, 3, 1500 },
		{ "only the failure is known", { failed, sum }, 2, 1500 },
		{ "the sum knows already", { failed, lower }, 2, 1500 },
		{ "a failure of more than was told", { failed, early }, 2,
		    0 },
		{ "failure is the last word", { failed, second }, 2, 0 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct object	 o = of(OBJECT_PAYMENT, "x");

		for (size_t j = 0; j < rows[i].count; j++)
			moves(&o, rows[i].facts[j]);
		ROW(object_refunded(&o) == rows[i].back, rows[i].what);
	}
}

static void
sums_of_refunds_stop_at_the_greatest_number(void)
{
	struct object	 o = of(OBJECT_PAYMENT, "x");

	moves(&o, refund("x", "a", 1, INT64_MAX, REFUND_SUCCEEDED));
	moves(&o, refund("x", "b", 1, INT64_MAX, REFUND_SUCCEEDED));
	CU_ASSERT_EQUAL(object_refunded(&o), INT64_MAX);
}

static void
the_latest_word_about_a_refund_or_dispute_stands_by_rank_first(void)
{
	struct object	 o = of(OBJECT_PAYMENT, "x");

	moves(&o, refund("x", "re_2", 1, 10, REFUND_SUCCEEDED));
	CU_ASSERT(moves(&o, refund("x", "re_1", 1, 10, REFUND_SUCCEEDED)));
	CU_ASSERT(moves(&o, refund("x", "re_3", 1, 10, REFUND_SUCCEEDED)));
	CU_ASSERT(moves(&o, refund("x", "re_2", 2, 10, REFUND_SUCCEEDED)));
	CU_ASSERT(moves(&o, refund("x", "re_2", 2, 11, REFUND_SUCCEEDED)));
	CU_ASSERT_FALSE(moves(&o, refund("x", "re_2", 9, 10,
	    REFUND_PENDING)));
	CU_ASSERT_EQUAL(o.refund_count, 3);
	SAME(o.refunds[1].id, "re_2");
	CU_ASSERT_EQUAL(o.refunds[1].amount, 11);

	moves(&o, dispute("x", "dp_2", 5, DISPUTE_OPEN));
	CU_ASSERT(moves(&o, dispute("x", "dp_2", 6, DISPUTE_OPEN)));
	CU_ASSERT_FALSE(moves(&o, dispute("x", "dp_2", 7,
	    DISPUTE_WARNING)));
	CU_ASSERT(moves(&o, dispute("x", "dp_1", 1, DISPUTE_WARNING)));
	CU_ASSERT_EQUAL(o.dispute_count, 2);
	CU_ASSERT_EQUAL(o.disputes[1].at, ON_DAY(6));
}

static void
the_worst_dispute_that_is_not_won_counts(void)
{
	struct object	 o = of(OBJECT_PAYMENT, "x");

	moves(&o, dispute("x", "dp_1", 1, DISPUTE_WARNING));
	CU_ASSERT_EQUAL(object_dispute(&o), DISPUTE_WARNING);
	moves(&o, dispute("x", "dp_2", 1, DISPUTE_OPEN));
	CU_ASSERT_EQUAL(object_dispute(&o), DISPUTE_OPEN);
	moves(&o, dispute("x", "dp_2", 2, DISPUTE_WON));
	CU_ASSERT_EQUAL(object_dispute(&o), DISPUTE_WARNING);
	moves(&o, dispute("x", "dp_1", 3, DISPUTE_LOST));
	CU_ASSERT_EQUAL(object_dispute(&o), DISPUTE_LOST);
}

static void
a_reversal_answers_the_disputes_before_it_and_none_after(void)
{
	struct object	 o = of(OBJECT_PAYMENT, "x");

	moves(&o, dispute("x", "adj_2", 20, DISPUTE_REVERSAL));
	CU_ASSERT_EQUAL(object_dispute(&o), DISPUTE__COUNT);
	moves(&o, dispute("x", "adj_1", 10, DISPUTE_OPEN));
	CU_ASSERT_EQUAL(object_dispute(&o), DISPUTE__COUNT);
	moves(&o, dispute("x", "adj_3", 20, DISPUTE_OPEN));
	CU_ASSERT_EQUAL(object_dispute(&o), DISPUTE__COUNT);
	moves(&o, dispute("x", "adj_4", 21, DISPUTE_OPEN));
	CU_ASSERT_EQUAL(object_dispute(&o), DISPUTE_OPEN);
	moves(&o, dispute("x", "adj_5", 40, DISPUTE_REVERSAL));
	CU_ASSERT_EQUAL(object_dispute(&o), DISPUTE__COUNT);
}

static void
a_bound_that_would_be_passed_leaves_the_object_as_it_was(void)
{
	struct object	 o = of(OBJECT_PAYMENT, "x");
	struct fact	 one_more[] = {
		with_link(seen(OBJECT_PAYMENT, "x", 1), OBJECT_INVOICE, "z"),
		refund("x", "z", 1, 1, REFUND_SUCCEEDED),
		dispute("x", "z", 1, DISPUTE_OPEN),
	};
	struct err	 e;
	bool		 changed;

	o.links = arena_many(unit_arena(), OBJECTS_MAX, struct object_key);
	o.link_count = o.refund_count = o.dispute_count = OBJECTS_MAX;
	o.refunds = arena_many(unit_arena(), OBJECTS_MAX, struct refund);
	o.disputes = arena_many(unit_arena(), OBJECTS_MAX, struct dispute);
	for (size_t i = 0; i < COUNT(one_more); i++) {
		CU_ASSERT_EQUAL(object_merge(&o, &one_more[i], unit_arena(),
		    &changed, &e), RC_INVALID_VALUE);
		CU_ASSERT(strstr(e.what, "stripe x") != NULL);
		CU_ASSERT_EQUAL(o.first_at, 0);
	}
}

static void
a_plain_copy_of_an_object_stays_as_it_was(void)
{
	struct object	 o = of(OBJECT_PAYMENT, "x"), before;

	moves(&o, refund("x", "re_1", 1, 10, REFUND_PENDING));
	moves(&o, with_link(seen(OBJECT_PAYMENT, "x", 1), OBJECT_INVOICE,
	    "b"));
	before = o;
	moves(&o, refund("x", "re_1", 2, 10, REFUND_SUCCEEDED));
	moves(&o, with_link(seen(OBJECT_PAYMENT, "x", 1), OBJECT_INVOICE,
	    "a"));
	CU_ASSERT_EQUAL(before.refunds[0].state, REFUND_PENDING);
	SAME(before.links[0].ref, "b");
}

static void
merge_a_stranger(void)
{
	struct object	 o = of(OBJECT_PAYMENT, "x");
	struct fact	 f = seen(OBJECT_PAYMENT, "y", 1);
	struct err	 e;
	bool		 changed;

	object_merge(&o, &f, unit_arena(), &changed, &e);
}

static void
merge_a_stranger_kind(void)
{
	struct object	 o = of(OBJECT_PAYMENT, "x");
	struct fact	 f = seen(OBJECT_PAYMENT, "x", 1);

	f.kind = FACT__COUNT;
	moves(&o, f);
}

static void
our_own_slips_stop_the_process(void)
{
	char	 said[400];

	CU_ASSERT_NOT_EQUAL(unit_child(merge_a_stranger, said, sizeof(said)),
	    0);
	CU_ASSERT(strstr(said, "object_key_cmp") != NULL);
	CU_ASSERT_NOT_EQUAL(unit_child(merge_a_stranger_kind, said,
	    sizeof(said)), 0);
	CU_ASSERT(strstr(said, "known kind") != NULL);
}

/* --- sorting ----------------------------------------------------------- */

static int
by_tens(const void *a, const void *b)
{
	return *(const int *)a / 10 - *(const int *)b / 10;
}

static void
sorting_is_stable_at_every_length(void)
{
	enum { MOST = 70 };
	int		 numbers[MOST];
	const void	*list[MOST];
	unsigned	 seed = 7;

	for (size_t n = 0; n <= MOST; n++) {
		bool	 sound = true;

		for (size_t i = 0; i < n; i++) {
			seed = seed * 1103515245U + 12345U;
			numbers[i] = (int)(seed >> 16) % 90;
			list[i] = &numbers[i];
		}
		sort_pointers(list, n, by_tens, unit_arena());
		for (size_t i = 1; i < n; i++) {
			int	 order = by_tens(list[i - 1], list[i]);

			sound = sound && (order < 0 ||
			    (order == 0 && (const int *)list[i - 1] <
			    (const int *)list[i]));
		}
		CU_ASSERT(sound);
	}
}

CU_TestInfo object_tests[] = {
	{ "an object begins with nothing but its key",
	    an_object_begins_with_nothing_but_its_key },
	{ "keys are ordered by provider, account, kind and reference",
	    keys_are_ordered_by_provider_account_kind_and_reference },
	{ "a copy of a fact moves nothing", a_copy_of_a_fact_moves_nothing },
	{ "a time before 1970 counts as its first moment",
	    a_time_before_1970_counts_as_its_first_moment },
	{ "paid keeps the first moment and the greatest amount",
	    paid_keeps_the_first_moment_and_the_greatest_amount },
	{ "the latest attempt stands and rank settles a tie",
	    the_latest_attempt_stands_and_rank_settles_a_tie },
	{ "the gravest closing stands at its first moment",
	    the_gravest_closing_stands_at_its_first_moment },
	{ "items are sorted and the latest stand",
	    items_are_sorted_and_the_latest_stand },
	{ "a state without items leaves the last ones",
	    a_state_without_items_leaves_the_last_ones },
	{ "a state that is not known is no word about the state",
	    a_state_that_is_not_known_is_no_word_about_the_state },
	{ "of two states in one second the later in the list stands",
	    of_two_states_in_one_second_the_later_in_the_list_stands },
	{ "a plan to end wins a tie and falls with a later state",
	    a_plan_to_end_wins_a_tie_and_falls_with_a_later_state },
	{ "only a paid state or a period says paid until",
	    only_a_paid_state_or_a_period_says_paid_until },
	{ "ended stays ended at its first moment",
	    ended_stays_ended_at_its_first_moment },
	{ "links are a sorted set without the object itself",
	    links_are_a_sorted_set_without_the_object_itself },
	{ "two signed users tear an object",
	    two_signed_users_tear_an_object },
	{ "a test and a live word tear an object",
	    a_test_and_a_live_word_tear_an_object },
	{ "the strongest name wins, and the newest of equals",
	    the_strongest_name_wins_and_the_newest_of_equals },
	{ "terms come when they are known", terms_come_when_they_are_known },
	{ "money given back is counted once",
	    money_given_back_is_counted_once },
	{ "sums of refunds stop at the greatest number",
	    sums_of_refunds_stop_at_the_greatest_number },
	{ "the latest word about a refund or dispute stands, by rank first",
	    the_latest_word_about_a_refund_or_dispute_stands_by_rank_first },
	{ "the worst dispute that is not won counts",
	    the_worst_dispute_that_is_not_won_counts },
	{ "a reversal answers the disputes before it and none after",
	    a_reversal_answers_the_disputes_before_it_and_none_after },
	{ "a bound that would be passed leaves the object as it was",
	    a_bound_that_would_be_passed_leaves_the_object_as_it_was },
	{ "a plain copy of an object stays as it was",
	    a_plain_copy_of_an_object_stays_as_it_was },
	{ "our own slips stop the process", our_own_slips_stop_the_process },
	{ "sorting is stable at every length",
	    sorting_is_stable_at_every_length },
	CU_TEST_INFO_NULL
};
