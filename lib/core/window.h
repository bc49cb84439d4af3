/*
 * The period of time that a limit is counted in.  Pure.
 */
#ifndef RUNG_CORE_WINDOW_H
#define RUNG_CORE_WINDOW_H

#include "core/holding.h"

/*
 * When the period that runs at `now` ends; 0 for a limit without one.
 * Minutes, hours and days are those of the clock in UTC.  Months are counted
 * from and back from the holding's month_from, also on a yearly plan, and are
 * those of the calendar when it has none.  Microseconds since 1970.
 */
int64_t	window_end(enum limit_period, int64_t month_from, int64_t now);

#endif
