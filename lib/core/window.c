/*
 * Minutes, hours, days and months.
 */
#include "base/calendar.h"
#include "base/clock.h"
#include "core/window.h"

static int64_t
next_of(int64_t unit, int64_t now)
{
	int64_t	 past = now % unit;

	return now - (past < 0 ? past + unit : past) + unit;
}

/* The month's number, counted from the year 0. */
static int64_t
month_number(int64_t us)
{
	struct civil	 c = calendar_date(us / DAY - (us % DAY < 0));

	return c.year * INT64_C(12) + c.month;
}

/*
 * The first end beyond now.  Each is counted from the same moment, so that a
 * month that was too short does not shorten those after it.
 */
static int64_t
next_month(int64_t from, int64_t now)
{
	int64_t	 months = month_number(now) - month_number(from);
	int64_t	 end = calendar_months_later(from, months);

	return end > now ? end : calendar_months_later(from, months + 1);
}

int64_t
window_end(enum limit_period per, int64_t month_from, int64_t now)
{
	switch (per) {
	case PER_MINUTE:
		return next_of(MINUTE, now);
	case PER_HOUR:
		return next_of(HOUR, now);
	case PER_DAY:
		return next_of(DAY, now);
	case PER_MONTH:
		/* 1970 began with a month; any first of one will do. */
		return next_month(month_from, now);
	case PER_TOTAL:
	case PER__COUNT:
		break;
	}
	return 0;
}
