/*
 * Promises of core/estimate.h: what an upgrade costs by the matrix alone.
 */
#include "core/estimate.h"
#include "unit/core/shop.h"
#include "unit/unit.h"

static const struct price monthly = {
	.provider = STR("stripe"), .id = STR("m"), .currency = STR("eur"),
	.interval = STR("month"), .amount = 3000,
};
static const struct price more_monthly = {
	.provider = STR("stripe"), .id = STR("mm"), .currency = STR("eur"),
	.interval = STR("month"), .amount = 9000,
};
static const struct price yearly = {
	.provider = STR("stripe"), .id = STR("y"), .currency = STR("eur"),
	.interval = STR("year"), .amount = 30000,
};
static const struct price once = {
	.provider = STR("stripe"), .id = STR("o"), .currency = STR("eur"),
	.amount = 5000,
};
static const struct price dollars = {
	.provider = STR("stripe"), .id = STR("d"), .currency = STR("usd"),
	.interval = STR("month"), .amount = 9000,
};
static const struct price unsaid = {
	.provider = STR("stripe"), .id = STR("u"), .amount = -1,
	.interval = STR("month"),
};

/* From one to the other with ten of thirty days left. */
static struct estimate_ask
change(const struct price *from, const struct price *to)
{
	return (struct estimate_ask){
		.change = CHANGE_NOW, .from = from, .from_quantity = 1,
		.to = to, .to_quantity = 1, .now = ON_DAY(20),
		.paid_until = ON_DAY(30),
	};
}

static void
expect(const char *row, struct estimate_ask ask, int64_t now, int64_t next,
    const char *interval)
{
	struct estimate	 got = { .now = -77 };

	ROW(estimate(&ask, &got), row);
	ROW(got.now == now, row);
	ROW(got.next == next, row);
	ROW(got.renews == (interval[0] != '\0'), row);
	ROW(str_eq(got.interval, str_of(interval)), row);
	ROW(str_eq(got.currency, STR("eur")), row);
}

static void
something_new_costs_its_price_times_the_quantity(void)
{
	struct estimate_ask	 ask = {
		.to = &monthly, .to_quantity = 4, .now = ON_DAY(1),
	};

	expect("monthly", ask, 12000, 12000, "month");
	ask.to = &once;
	expect("once", ask, 20000, 0, "");
}

static void
a_change_costs_the_difference_for_the_rest_of_the_period(void)
{
	struct estimate_ask	 ask = change(&monthly, &more_monthly);

	expect("up", ask, 2000, 9000, "month");
	expect("down", change(&more_monthly, &monthly), -2000, 3000, "month");
	ask.to = &monthly;
	ask.to_quantity = 3;
	expect("seats", ask, 2000, 9000, "month");
	ask.paid_until = ON_DAY(20);
	expect("at the very end", ask, 0, 9000, "month");
	ask.paid_until = ON_DAY(19);
	expect("past the end", ask, 0, 9000, "month");
	ask.paid_until = ON_DAY(51);
	expect("a long month", ask, 6000, 9000, "month");
}

static void
another_interval_begins_a_period_less_what_is_left_of_the_old_one(void)
{
	expect("to a year", change(&monthly, &yearly), 29000, 30000, "year");
	expect("to one payment", change(&monthly, &once), 4000, 0, "");
}

static void
amounts_are_rounded_to_the_nearest(void)
{
	struct price		 one = monthly, two = monthly;
	struct estimate_ask	 ask = change(&one, &two);

	one.amount = 0;
	two.amount = 2;			/* two thirds of a cent */
	expect("up", ask, 1, 2, "month");
	two.amount = 1;			/* one third */
	expect("down", ask, 0, 1, "month");
	one.amount = 2;
	two.amount = 0;
	expect("below nothing", ask, -1, 0, "month");
}

static void
a_trial_is_changed_for_nothing_now(void)
{
	struct estimate_ask	 ask = change(&monthly, &more_monthly);

	ask.trialing = true;
	expect("trial", ask, 0, 9000, "month");
	ask.from = NULL;
	expect("of what nobody knows", ask, 0, 9000, "month");
}

static void
what_waits_for_the_period_or_ends_costs_nothing_now(void)
{
	struct estimate_ask	 ask = change(&monthly, &more_monthly);

	ask.change = CHANGE_PLANNED;
	expect("planned", ask, 0, 9000, "month");
	ask.change = CHANGE_RESUME;
	expect("resumed", ask, 0, 3000, "month");
	ask.change = CHANGE_CANCEL;
	expect("cancelled", ask, 0, 0, "");
	ask.change = CHANGE_END;
	expect("ended", ask, 0, 0, "");
}

static void
what_the_matrix_does_not_say_is_not_guessed(void)
{
	const struct {
		const char		*row;
		const struct price	*from, *to;
		int64_t			 paid_until;
	} rows[] = {
		{ "no new price", &monthly, NULL, ON_DAY(30) },
		{ "no new amount", &monthly, &unsaid, ON_DAY(30) },
		{ "no old price", NULL, &monthly, ON_DAY(30) },
		{ "no old amount", &unsaid, &monthly, ON_DAY(30) },
		{ "another currency", &monthly, &dollars, ON_DAY(30) },
		{ "no old interval", &once, &monthly, ON_DAY(30) },
		{ "no end of the period", &monthly, &more_monthly, 0 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct estimate_ask	 ask = change(rows[i].from,
					    rows[i].to);
		struct estimate		 got = { .now = -77 };

		ask.paid_until = rows[i].paid_until;
		ROW(!estimate(&ask, &got), rows[i].row);
		ROW(got.now == -77, rows[i].row);
	}
}

static void
enormous_amounts_do_not_wrap_around(void)
{
	struct price		 huge = monthly;
	struct estimate_ask	 ask = change(&monthly, &huge);

	huge.amount = INT64_MAX / 2;
	ask.to_quantity = 1000000;
	expect("huge", ask, (INT64_MAX - 3000 + 1) / 3, INT64_MAX, "month");
}

CU_TestInfo estimate_tests[] = {
	{ "something new costs its price times the quantity",
	    something_new_costs_its_price_times_the_quantity },
	{ "a change costs the difference for the rest of the period",
	    a_change_costs_the_difference_for_the_rest_of_the_period },
	{ "another interval begins a period less what is left of the old one",
	    another_interval_begins_a_period_less_what_is_left_of_the_old_one },
	{ "amounts are rounded to the nearest",
	    amounts_are_rounded_to_the_nearest },
	{ "a trial is changed for nothing now",
	    a_trial_is_changed_for_nothing_now },
	{ "what waits for the period, or ends, costs nothing now",
	    what_waits_for_the_period_or_ends_costs_nothing_now },
	{ "what the matrix does not say is not guessed",
	    what_the_matrix_does_not_say_is_not_guessed },
	{ "enormous amounts do not wrap around",
	    enormous_amounts_do_not_wrap_around },
	CU_TEST_INFO_NULL
};
