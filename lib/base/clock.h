/*
 * One clock.  It is read once per request and the value is passed down; core
 * never sees it.  Microseconds since 1970, UTC.
 */
#ifndef RUNG_BASE_CLOCK_H
#define RUNG_BASE_CLOCK_H

#include <stdint.h>

#define SECOND	INT64_C(1000000)	/* one second in our unit */
#define MINUTE	(60 * SECOND)
#define HOUR	(60 * MINUTE)
#define DAY	(24 * HOUR)

/* The machine's wall clock. */
int64_t clock_wall(void);

/* A clock that only runs forward, for deadlines and durations. */
int64_t clock_steady(void);

/*
 * The test shift in microseconds, from the one line (whole seconds) of the
 * file at path; 0 when there is no file.  Only asked with `sandbox: yes`.
 */
int64_t clock_shift(const char *path);

#endif
