/*
 * Promises of core/window.h.
 */
#include "base/guard.h"
#include "base/text.h"
#include "core/window.h"
#include "unit/core/world.h"
#include "unit/unit.h"

static int64_t
at(const char *time)
{
	int64_t	 us = 0;

	must(text_untime(str_of(time), &us));
	return us;
}

static struct str
ends(enum limit_period per, const char *from, const char *now)
{
	return text_time(unit_arena(), window_end(per,
	    from == NULL ? 0 : at(from), at(now)));
}

static void
a_limit_in_total_has_no_period(void)
{
	CU_ASSERT_EQUAL(window_end(PER_TOTAL, at("2026-01-31T00:00:00Z"),
	    at("2026-05-01T00:00:00Z")), 0);
}

static void
short_periods_are_those_of_the_clock(void)
{
	const char	*now = "2026-02-28T23:59:59.999Z";

	SAME(ends(PER_MINUTE, NULL, now), "2026-03-01T00:00:00.000Z");
	SAME(ends(PER_HOUR, NULL, now), "2026-03-01T00:00:00.000Z");
	SAME(ends(PER_DAY, NULL, now), "2026-03-01T00:00:00.000Z");
	SAME(ends(PER_MINUTE, NULL, "2026-02-28T10:20:30Z"),
	    "2026-02-28T10:21:00.000Z");
	SAME(ends(PER_HOUR, NULL, "2026-02-28T10:20:30Z"),
	    "2026-02-28T11:00:00.000Z");
	SAME(ends(PER_DAY, NULL, "1969-12-30T10:20:30Z"),
	    "1969-12-31T00:00:00.000Z");
}

static void
at_its_end_a_period_is_over(void)
{
	SAME(ends(PER_MINUTE, NULL, "2026-03-01T00:00:00Z"),
	    "2026-03-01T00:01:00.000Z");
	SAME(ends(PER_DAY, NULL, "2026-03-01T00:00:00Z"),
	    "2026-03-02T00:00:00.000Z");
	SAME(ends(PER_MONTH, NULL, "2026-03-01T00:00:00Z"),
	    "2026-04-01T00:00:00.000Z");
	SAME(ends(PER_MONTH, "2026-01-15T12:00:00Z", "2026-03-15T12:00:00Z"),
	    "2026-04-15T12:00:00.000Z");
	SAME(ends(PER_MONTH, "2026-01-15T12:00:00Z",
	    "2026-03-15T11:59:59.999Z"), "2026-03-15T12:00:00.000Z");
}

static void
months_are_the_calendars_without_a_purchase(void)
{
	SAME(ends(PER_MONTH, NULL, "2026-02-28T23:59:59.999Z"),
	    "2026-03-01T00:00:00.000Z");
	SAME(ends(PER_MONTH, NULL, "2026-12-31T00:00:00Z"),
	    "2027-01-01T00:00:00.000Z");
}

static void
months_turn_on_the_purchases_day_before_and_after_it(void)
{
	static const struct {
		const char	*from, *now, *end;
	} rows[] = {
		/* A year is paid until the end of January. */
		{ "2027-01-31T08:00:00Z", "2026-01-31T08:00:00Z",
		    "2026-02-28T08:00:00.000Z" },
		{ "2027-01-31T08:00:00Z", "2026-02-28T08:00:00Z",
		    "2026-03-31T08:00:00.000Z" },
		{ "2027-01-31T08:00:00Z", "2026-04-30T07:00:00Z",
		    "2026-04-30T08:00:00.000Z" },
		{ "2027-01-31T08:00:00Z", "2027-01-31T07:59:59Z",
		    "2027-01-31T08:00:00.000Z" },
		/* News of the next is late. */
		{ "2027-01-31T08:00:00Z", "2027-02-01T00:00:00Z",
		    "2027-02-28T08:00:00.000Z" },
		/* A single payment, years ago. */
		{ "2024-02-29T00:00:00Z", "2028-02-28T00:00:00Z",
		    "2028-02-29T00:00:00.000Z" },
		{ "2024-02-29T00:00:00Z", "2026-02-28T00:00:00Z",
		    "2026-03-29T00:00:00.000Z" },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		SAME(ends(PER_MONTH, rows[i].from, rows[i].now), rows[i].end);
}

/* --- where a holding's months are counted from -------------------------- */

static void
months_are_counted_from_what_is_paid(void)
{
	struct world	 w = world_new(1);

	CU_ASSERT_EQUAL(w.holding.month_from, 0);
	world_hears(&w, sub("sub_1", 1, SUB_ACTIVE, "price_pro", 1, 366));
	CU_ASSERT_EQUAL(w.holding.month_from, ON_DAY(366));
	world_day(&w, 2);
	world_hears(&w, ended("sub_1", 2));
	CU_ASSERT_EQUAL(w.holding.month_from, 0);
}

static void
months_are_counted_from_a_trials_end(void)
{
	struct world	 w = world_new(1);

	world_hears(&w, trial_until(sub("sub_1", 1, SUB_TRIALING,
	    "price_pro", 1, 15), 15));
	CU_ASSERT_EQUAL(w.holding.month_from, ON_DAY(15));
}

static void
months_are_counted_from_a_single_payment(void)
{
	struct world	 w = world_new(1);
	struct terms	 terms = world_starts(&w, "pro", 1);

	world_day(&w, 2);
	world_hears(&w, with_name(paid(OBJECT_PAYMENT, "pi_1", 2, 2900,
	    "eur"), &terms, NAMED_BY_OURS));
	CU_ASSERT_TRUE(world_is(&w, "pro", HOLDING_ACTIVE));
	CU_ASSERT_EQUAL(w.holding.month_from, ON_DAY(2));
}

static void
months_of_a_gift_are_the_calendars(void)
{
	struct world	 w = world_new(1);

	world_override(&w, OVERRIDE_GRANT_TIER, "pro",
	    (struct quota){ .max = 0 }, 0);
	CU_ASSERT_TRUE(world_is(&w, "pro", HOLDING_ACTIVE));
	CU_ASSERT_EQUAL(w.holding.month_from, 0);
}

static void
an_add_on_alone_has_its_own_months(void)
{
	struct world	 w = world_new(1);

	world_hears(&w, sub("sub_1", 1, SUB_ACTIVE, "price_storage", 1, 20));
	CU_ASSERT_TRUE(world_is(&w, "free", HOLDING_DEFAULT));
	CU_ASSERT_EQUAL(w.holding.month_from, ON_DAY(20));
	world_hears(&w, sub("sub_2", 1, SUB_ACTIVE, "price_pro", 1, 40));
	CU_ASSERT_EQUAL(w.holding.month_from, ON_DAY(40));
}

CU_TestInfo window_tests[] = {
	{ "a limit in total has no period", a_limit_in_total_has_no_period },
	{ "short periods are those of the clock",
	    short_periods_are_those_of_the_clock },
	{ "at its end a period is over", at_its_end_a_period_is_over },
	{ "months are the calendar's without a purchase",
	    months_are_the_calendars_without_a_purchase },
	{ "months turn on the purchase's day before and after it",
	    months_turn_on_the_purchases_day_before_and_after_it },
	{ "months are counted from what is paid",
	    months_are_counted_from_what_is_paid },
	{ "months are counted from a trial's end",
	    months_are_counted_from_a_trials_end },
	{ "months are counted from a single payment",
	    months_are_counted_from_a_single_payment },
	{ "months of a gift are the calendar's",
	    months_of_a_gift_are_the_calendars },
	{ "an add-on alone has its own months",
	    an_add_on_alone_has_its_own_months },
	CU_TEST_INFO_NULL
};
