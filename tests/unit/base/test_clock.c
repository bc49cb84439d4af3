/* Promises of base/clock.h. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "unit/unit.h"

static void
the_wall_clock_counts_from_1970(void)
{
	int64_t	before = (int64_t)time(NULL) * SECOND;
	int64_t	now = clock_wall();

	CU_ASSERT_TRUE(now >= before - SECOND && now < before + MINUTE);
}

static void
the_steady_clock_never_runs_back(void)
{
	int64_t	before = clock_steady(), back = 0;

	for (int i = 0; i < 10000; i++) {
		int64_t now = clock_steady();

		back += now < before;
		before = now;
	}
	CU_ASSERT_EQUAL(back, 0);
}

/* The shift that a file with this text gives. */
static int64_t
shift_of(const char *text)
{
	char	path[] = "/tmp/rung-clock-XXXXXX";
	int	fd = mkstemp(path);
	int64_t	shift;

	CU_ASSERT_NOT_EQUAL_FATAL(fd, -1);
	CU_ASSERT_EQUAL(write(fd, text, strlen(text)),
	    (ssize_t)strlen(text));
	close(fd);
	shift = clock_shift(path);
	unlink(path);
	return shift;
}

static void
the_shift_is_whole_seconds_in_a_file(void)
{
	CU_ASSERT_EQUAL(shift_of("3600\n"), HOUR);
	CU_ASSERT_EQUAL(shift_of("3600"), HOUR);
	CU_ASSERT_EQUAL(shift_of(" -86400 \n"), -DAY);
	CU_ASSERT_EQUAL(shift_of("34560000\n"), 400 * DAY);
}

static void
without_a_sound_file_there_is_no_shift(void)
{
	CU_ASSERT_EQUAL(clock_shift("/nonexistent/clock"), 0);
	CU_ASSERT_EQUAL(clock_shift("/tmp"), 0);
	CU_ASSERT_EQUAL(shift_of(""), 0);
	CU_ASSERT_EQUAL(shift_of("soon\n"), 0);
	CU_ASSERT_EQUAL(shift_of("1.5\n"), 0);
	CU_ASSERT_EQUAL(shift_of("9223372036854775807\n"), 0);
	CU_ASSERT_EQUAL(shift_of("00000000000000000000000000000000003600"), 0);
}

CU_TestInfo clock_tests[] = {
	{ "the wall clock counts from 1970", the_wall_clock_counts_from_1970 },
	{ "the steady clock never runs back",
	    the_steady_clock_never_runs_back },
	{ "the shift is whole seconds in a file",
	    the_shift_is_whole_seconds_in_a_file },
	{ "without a sound file there is no shift",
	    without_a_sound_file_there_is_no_shift },
	CU_TEST_INFO_NULL
};
