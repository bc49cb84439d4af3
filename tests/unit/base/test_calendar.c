/* Promises of base/calendar.h. */
#include "base/calendar.h"
#include "base/clock.h"
#include "base/guard.h"
#include "base/text.h"
#include "unit/unit.h"

/* So many months later, as text; both of RFC 3339. */
static struct str
later(const char *from, int64_t months)
{
	int64_t	 us = 0;

	must(text_untime(str_of(from), &us));
	return text_time(unit_arena(), calendar_months_later(us, months));
}

static void
months_keep_the_day_or_take_the_last_one(void)
{
	static const struct {
		const char	*from;
		int64_t		 months;
		const char	*to;
	} rows[] = {
		{ "2026-01-31T10:20:30Z", 0,  "2026-01-31T10:20:30.000Z" },
		{ "2026-01-31T10:20:30Z", 1,  "2026-02-28T10:20:30.000Z" },
		{ "2024-01-31T00:00:00Z", 1,  "2024-02-29T00:00:00.000Z" },
		{ "2026-01-31T00:00:00Z", 2,  "2026-03-31T00:00:00.000Z" },
		{ "2026-01-31T00:00:00Z", 3,  "2026-04-30T00:00:00.000Z" },
		{ "2026-12-15T23:59:59Z", 1,  "2027-01-15T23:59:59.000Z" },
		{ "2026-12-15T23:59:59Z", -12, "2025-12-15T23:59:59.000Z" },
		{ "2024-02-29T12:00:00Z", 12, "2025-02-28T12:00:00.000Z" },
		{ "2024-02-29T12:00:00Z", -48, "2020-02-29T12:00:00.000Z" },
		{ "1970-01-01T00:00:00Z", -1, "1969-12-01T00:00:00.000Z" },
		{ "1969-12-31T23:00:00Z", 2,  "1970-02-28T23:00:00.000Z" },
		{ "2000-03-31T00:00:00Z", -1, "2000-02-29T00:00:00.000Z" },
		{ "1900-03-31T00:00:00Z", -1, "1900-02-28T00:00:00.000Z" },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		SAME(later(rows[i].from, rows[i].months), rows[i].to);
}

static void
they_stop_at_the_edge_of_the_years(void)
{
	SAME(later("9999-11-30T01:00:00Z", 5), "9999-12-30T01:00:00.000Z");
	SAME(later("2026-01-31T00:00:00Z", INT64_MAX),
	    "9999-12-31T00:00:00.000Z");
	SAME(later("2026-01-31T00:00:00Z", INT64_MIN),
	    "0001-01-31T00:00:00.000Z");
}

static void
days_and_dates_are_each_others_way_back(void)
{
	int64_t	 first = calendar_days((struct civil){ 1, 1, 1 });
	int64_t	 last = calendar_days((struct civil){ 9999, 12, 31 });

	CU_ASSERT_EQUAL(calendar_days((struct civil){ 1970, 1, 1 }), 0);
	CU_ASSERT_EQUAL(last - first, 9999 * 365 + 9999 / 4 - 9999 / 100 +
	    9999 / 400 - 1);
	for (int64_t day = first; day <= last; day++)
		if (calendar_days(calendar_date(day)) != day)
			CU_FAIL("a day is another one on its way back");
}

CU_TestInfo calendar_tests[] = {
	{ "months keep the day or take the last one",
	    months_keep_the_day_or_take_the_last_one },
	{ "they stop at the edge of the years",
	    they_stop_at_the_edge_of_the_years },
	{ "days and dates are each other's way back",
	    days_and_dates_are_each_others_way_back },
	CU_TEST_INFO_NULL
};
