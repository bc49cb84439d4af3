/*
 * Dates of the Gregorian calendar in UTC.  The C library's own functions know
 * time zones and locales; here there is only UTC.
 */
#ifndef RUNG_BASE_CALENDAR_H
#define RUNG_BASE_CALENDAR_H

#include <stdint.h>

struct civil {
	int	year, month, day;	/* of the years 0 to 9999 */
};

/* Days from 1970-01-01 to a date, and the date of such a number. */
int64_t		calendar_days(struct civil);
struct civil	calendar_date(int64_t days);

int		calendar_month_days(int year, int month);

/*
 * The same time of day so many months later, or earlier when months is below
 * 0; a day that the month does not have becomes its last.  Microseconds since
 * 1970.  Where the result would leave the years 1 to 9999 it stops at their
 * edge.
 */
int64_t		calendar_months_later(int64_t us, int64_t months);

#endif
