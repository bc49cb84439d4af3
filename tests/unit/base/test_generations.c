/* Promises of base/generations.h. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/generations.h"
#include "base/guard.h"
#include "unit/unit.h"

enum { ADA = 7, BOB = 8 };

static const int64_t	dead = GENERATION_DEAD_S * SECOND;
static int64_t		start;
static char		folder[] = "/tmp/rung-generations-XXXXXX";

static void
open_new(void)
{
	memcpy(folder + sizeof(folder) - 7, "XXXXXX", 6);
	must(mkdtemp(folder) != NULL);
	start = clock_wall();
	must(generations_open(str_of(folder)));
}

static void
leave(void)
{
	generations_close();
	unlink(arena_text(unit_arena(), "%s/generations", folder).at);
	must(rmdir(folder) == 0);
}

/* May be kept, and under which number? */
static bool
now(uint64_t who, uint64_t *number)
{
	*number = 0;
	return generation_now(who, number);
}

static void
a_change_takes_away_what_was_kept(void)
{
	uint64_t	one, two, other, same;

	open_new();
	CU_ASSERT_TRUE(now(ADA, &one));
	CU_ASSERT_TRUE(now(BOB, &other));
	generation_begin(ADA, start);
	CU_ASSERT_FALSE(now(ADA, &two));
	generation_end(ADA);
	CU_ASSERT_TRUE(now(ADA, &two));
	CU_ASSERT_NOT_EQUAL(one, two);
	CU_ASSERT_TRUE(now(BOB, &same));
	CU_ASSERT_EQUAL(other, same);
	leave();
}

static void
the_last_of_several_writers_ends_it(void)
{
	uint64_t	number;

	open_new();
	generation_begin(ADA, start);
	generation_begin(ADA, start);
	generation_end(ADA);
	CU_ASSERT_FALSE(now(ADA, &number));
	generation_end(ADA);
	CU_ASSERT_TRUE(now(ADA, &number));
	leave();
}

static void
a_mark_that_is_old_enough_is_mended(void)
{
	uint64_t	before, number;

	open_new();
	CU_ASSERT_TRUE(now(ADA, &before));
	generation_begin(ADA, start);
	CU_ASSERT_EQUAL(generations_mend(start + dead - 1), 0);
	CU_ASSERT_FALSE(now(ADA, &number));
	CU_ASSERT_EQUAL(generations_mend(start + dead), 1);
	CU_ASSERT_TRUE(now(ADA, &number));
	CU_ASSERT_NOT_EQUAL(number, before);
	CU_ASSERT_EQUAL(generations_mend(start + 2 * dead), 0);
	leave();
}

/* The age counts from when nobody was under way, whoever came since. */
static void
others_make_a_mark_no_younger(void)
{
	uint64_t	number;

	open_new();
	generation_begin(ADA, start);
	generation_begin(ADA, start + dead - 1);
	generation_end(ADA);
	CU_ASSERT_EQUAL(generations_mend(start + dead), 1);
	CU_ASSERT_TRUE(now(ADA, &number));
	generation_begin(ADA, start + dead);
	CU_ASSERT_EQUAL(generations_mend(start + dead + 1), 0);
	leave();
}

/* Thought dead, and was not: what was read meanwhile is not kept. */
static void
a_writer_that_ends_after_its_mark_was_mended_is_heard(void)
{
	uint64_t	before, after;

	open_new();
	generation_begin(ADA, start);
	CU_ASSERT_EQUAL(generations_mend(start + dead), 1);
	CU_ASSERT_TRUE(now(ADA, &before));
	generation_end(ADA);
	CU_ASSERT_TRUE(now(ADA, &after));
	CU_ASSERT_NOT_EQUAL(before, after);
	generation_begin(ADA, start);
	CU_ASSERT_FALSE(now(ADA, &after));
	leave();
}

static void
a_clock_that_was_set_back_makes_no_mark_eternal(void)
{
	open_new();
	generation_begin(ADA, start + DAY);
	CU_ASSERT_EQUAL(generations_mend(start), 0);
	CU_ASSERT_EQUAL(generations_mend(start + dead), 1);
	leave();
}

CU_TestInfo generations_tests[] = {
	{ "a change takes away what was kept",
	    a_change_takes_away_what_was_kept },
	{ "the last of several writers ends it",
	    the_last_of_several_writers_ends_it },
	{ "a mark that is old enough is mended",
	    a_mark_that_is_old_enough_is_mended },
	{ "others make a mark no younger", others_make_a_mark_no_younger },
	{ "a writer that ends after its mark was mended is heard",
	    a_writer_that_ends_after_its_mark_was_mended_is_heard },
	{ "a clock that was set back makes no mark eternal",
	    a_clock_that_was_set_back_makes_no_mark_eternal },
	CU_TEST_INFO_NULL
};
