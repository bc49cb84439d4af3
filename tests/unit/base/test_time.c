/* Promises of base/text.h about RFC 3339. */
#include <time.h>

#include "base/clock.h"
#include "base/text.h"
#include "unit/unit.h"

static void
times_are_written_with_milliseconds_and_z(void)
{
	static const struct {
		int64_t		 us;
		const char	*text;
	} rows[] = {
		{ 0,				"1970-01-01T00:00:00.000Z" },
		{ -1,				"1969-12-31T23:59:59.999Z" },
		{ -DAY,				"1969-12-31T00:00:00.000Z" },
		{ INT64_C(951782400000000),	"2000-02-29T00:00:00.000Z" },
		{ INT64_C(1709251199999999),	"2024-02-29T23:59:59.999Z" },
		{ INT64_C(1788256800000000),	"2026-09-01T10:00:00.000Z" },
		{ INT64_C(4107542400000000),	"2100-03-01T00:00:00.000Z" },
		{ INT64_C(253402300799999999),	"9999-12-31T23:59:59.999Z" },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		SAME(text_time(unit_arena(), rows[i].us), rows[i].text);
}

static void
times_are_read_with_any_fraction_and_offset(void)
{
	static const struct {
		const char	*text;
		int64_t		 us;
	} rows[] = {
		{ "1970-01-01T00:00:00Z",		0 },
		{ "1970-01-01t00:00:00z",		0 },
		{ "1969-12-31T23:59:59.999999Z",	-1 },
		{ "1970-01-01T00:00:00.1Z",		100000 },
		{ "1970-01-01T00:00:00.1234567Z",	123456 },
		{ "1970-01-01T00:00:00.123456789Z",	123456 },
		{ "1970-01-01T00:00:00.000000999Z",	0 },
		{ "1970-01-01T01:00:00+01:00",		0 },
		{ "1969-12-31T18:30:00-05:30",		0 },
		{ "1970-01-01T00:00:00-00:00",		0 },
		{ "1970-01-01T23:59:00+23:59",		0 },
		{ "2024-02-29T12:00:00Z",	INT64_C(1709208000000000) },
		{ "2000-02-29T00:00:00Z",	INT64_C(951782400000000) },
		{ "2016-12-31T23:59:60Z",	INT64_C(1483228800000000) },
		{ "2017-01-01T00:59:60+01:00",	INT64_C(1483228800000000) },
		{ "9999-12-31T23:59:59Z",	INT64_C(253402300799000000) },
		{ "0002-01-01T00:00:00Z",	-INT64_C(62104060800000000) },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t us = 1;

		ROW(text_untime(str_of(rows[i].text), &us), rows[i].text);
		ROW(us == rows[i].us, rows[i].text);
	}
}

static void
everything_else_is_refused(void)
{
	static const char *const rows[] = {
		"", "2024", "2024-02-29", "2024-02-29T12:00:00",
		"2023-02-29T12:00:00Z",		/* no leap year */
		"1900-02-29T12:00:00Z",
		"2024-02-30T12:00:00Z", "2024-04-31T12:00:00Z",
		"2024-00-01T12:00:00Z", "2024-13-01T12:00:00Z",
		"2024-01-00T12:00:00Z", "2024-01-32T12:00:00Z",
		"2024-01-01T24:00:00Z", "2024-01-01T12:60:00Z",
		"2024-01-01T12:00:61Z",
		"2024-01-01T12:00:60Z",		/* no leap second at noon */
		"2024-01-01 12:00:00Z", "2024-01-01T12:00Z",
		"2024-01-01T12:00:00.Z", "2024-01-01T12:00:00,5Z",
		"2024-01-01T12:00:00.1234567890Z",
		"2024-01-01T12:00:00+1:00", "2024-01-01T12:00:00+0100",
		"2024-01-01T12:00:00+24:00", "2024-01-01T12:00:00+01:60",
		"2024-01-01T12:00:00+01", "2024-01-01T12:00:00ZZ",
		"2024-01-01T12:00:00Z ", " 2024-01-01T12:00:00Z",
		"24-01-01T12:00:00Z", "12024-01-01T12:00:00Z",
		"-024-01-01T12:00:00Z", "2024-1-01T12:00:00Z",
		"2024-01-01T12:00:0xZ",
		"0001-01-01T00:00:00Z",		/* "no date" at Paddle */
		"0001-12-31T23:59:59.999999-23:59",
		"0000-01-01T00:00:00Z",
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t us = 77;

		ROW(!text_untime(str_of(rows[i]), &us), rows[i]);
		ROW(us == 77, rows[i]);
	}
}

/* A prime step visits every month, weekday and hour in 8,000 years. */
static void
what_is_written_reads_back_as_the_system_sees_it(void)
{
	const int64_t	step = INT64_C(1000003) * 97, first = -62104060800;
	size_t		wrong = 0;

	for (int64_t s = first; s < INT64_C(253402300800); s += step) {
		time_t		system = (time_t)s;
		struct tm	tm;
		char		text[96];
		int64_t		us = 0;

		gmtime_r(&system, &tm);
		snprintf(text, sizeof(text),
		    "%04d-%02d-%02dT%02d:%02d:%02d.007Z", tm.tm_year + 1900,
		    tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min,
		    tm.tm_sec);
		wrong += !str_eq(text_time(unit_arena(), s * SECOND + 7000),
		    str_of(text));
		wrong += !text_untime(str_of(text), &us) ||
		    us != s * SECOND + 7000;
	}
	CU_ASSERT_EQUAL(wrong, 0);
}

CU_TestInfo time_tests[] = {
	{ "times are written with milliseconds and Z",
	    times_are_written_with_milliseconds_and_z },
	{ "times are read with any fraction and offset",
	    times_are_read_with_any_fraction_and_offset },
	{ "everything else is refused", everything_else_is_refused },
	{ "what is written reads back as the system sees it",
	    what_is_written_reads_back_as_the_system_sees_it },
	CU_TEST_INFO_NULL
};
