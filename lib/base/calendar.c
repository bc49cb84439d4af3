/*
 * Days, dates and months.
 */
#include "base/calendar.h"
#include "base/clock.h"

enum {
	CYCLE_DAYS	= 146097,	/* 400 years, then all repeats */
	BEFORE_1970	= 719468,	/* days from 0000-03-01 on */
};

int
calendar_month_days(int year, int month)
{
	static const int	days[] = {
		31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31
	};
	int	leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return days[month - 1] + (month == 2 ? leap : 0);
}

/*
 * A year that begins in March has its leap day last, so the months before it
 * need no case.
 */
int64_t
calendar_days(struct civil c)
{
	int64_t	year = c.month <= 2 ? c.year - 1 : c.year;
	int64_t	month = (c.month + 9) % 12;	/* 0 is March */
	int64_t	past = year + 400;	/* positive; one whole cycle earlier */

	return past * 365 + past / 4 - past / 100 + past / 400 +
	    (month * 153 + 2) / 5 + c.day - 1 -
	    CYCLE_DAYS - BEFORE_1970;
}

/* By the same March years. */
struct civil
calendar_date(int64_t days)
{
	const int64_t	cycle = CYCLE_DAYS;
	int64_t		past, cycles, day, year, month;
	struct civil	c;

	past = days + BEFORE_1970;
	cycles = (past >= 0 ? past : past - cycle + 1) / cycle;
	day = past - cycles * cycle;
	year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
	day -= year * 365 + year / 4 - year / 100;
	month = (day * 5 + 2) / 153;
	c.day = (int)(day - (month * 153 + 2) / 5 + 1);
	c.month = (int)(month < 10 ? month + 3 : month - 9);
	c.year = (int)(cycles * 400 + year + (c.month <= 2));
	return c;
}

int64_t
calendar_months_later(int64_t us, int64_t months)
{
	const int64_t	first = 12, last = 9999 * 12 + 11;
	int64_t		days = us / DAY - (us % DAY < 0);
	int64_t		clock = us - days * DAY, month;
	struct civil	c = calendar_date(days);
	int		most;

	month = c.year * 12 + c.month - 1;
	if (months > last - month)
		month = last;
	else if (months < first - month)
		month = first;
	else
		month += months;
	c.year = (int)(month / 12);
	c.month = (int)(month % 12) + 1;
	most = calendar_month_days(c.year, c.month);
	if (c.day > most)
		c.day = most;
	return calendar_days(c) * DAY + clock;
}
