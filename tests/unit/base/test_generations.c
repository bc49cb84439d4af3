/* Promises of base/generations.h. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
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
folder_new(void)
{
	memcpy(folder + sizeof(folder) - 7, "XXXXXX", 6);
	must(mkdtemp(folder) != NULL);
	start = clock_wall();
}

/* A file that has long been there. */
static void
open_old(void)
{
	folder_new();
	must(generations_open(str_of(folder), start - HOUR));
	must(generations_ready(start));
}

static struct str
in_folder(const char *name)
{
	return arena_text(unit_arena(), "%s/%s", folder, name);
}

static void
lose_file(void)
{
	unlink(in_folder("generations").at);
}

static void
leave(void)
{
	generations_close();
	lose_file();
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

	open_old();
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

	open_old();
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

	open_old();
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

	open_old();
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

	open_old();
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
	open_old();
	generation_begin(ADA, start + DAY);
	CU_ASSERT_EQUAL(generations_mend(start), 0);
	CU_ASSERT_EQUAL(generations_mend(start + dead), 1);
	leave();
}

/* Who is under way may have marked the one before. */
static void
a_new_file_is_nobodys_to_keep_by(void)
{
	uint64_t	number;
	int64_t		old;

	folder_new();
	old = start + GENERATION_NEW_S * SECOND;
	CU_ASSERT_TRUE(generations_open(str_of(folder), start));
	CU_ASSERT_FALSE(now(ADA, &number));
	CU_ASSERT_TRUE(generations_ready(old - 1));
	CU_ASSERT_FALSE(now(ADA, &number));
	CU_ASSERT_TRUE(generations_ready(old));
	CU_ASSERT_TRUE(now(ADA, &number));
	generations_close();
	CU_ASSERT_TRUE(generations_open(str_of(folder), old));
	CU_ASSERT_TRUE(now(ADA, &number));
	leave();
}

static void
a_file_from_the_future_is_new(void)
{
	uint64_t	number;

	folder_new();
	CU_ASSERT_TRUE(generations_open(str_of(folder), start + DAY));
	CU_ASSERT_TRUE(generations_ready(start));
	CU_ASSERT_FALSE(now(ADA, &number));
	CU_ASSERT_TRUE(generations_ready(start + GENERATION_NEW_S * SECOND));
	CU_ASSERT_TRUE(now(ADA, &number));
	leave();
}

static void
a_file_that_is_lost_is_made_anew(void)
{
	uint64_t	epoch, number;

	open_old();
	epoch = generations_epoch();
	CU_ASSERT_TRUE(generations_ready(start));
	CU_ASSERT_EQUAL(generations_epoch(), epoch);
	generation_begin(ADA, start);
	lose_file();
	CU_ASSERT_TRUE(generations_ready(start));
	CU_ASSERT_NOT_EQUAL(generations_epoch(), epoch);
	CU_ASSERT_FALSE(now(BOB, &number));
	/* The end of what began in the old one undoes nobody's mark. */
	generation_end(ADA);
	CU_ASSERT_TRUE(generations_ready(start + HOUR));
	CU_ASSERT_TRUE(now(ADA, &number));
	generation_begin(ADA, start + HOUR);
	CU_ASSERT_FALSE(now(ADA, &number));
	leave();
}

static void
a_file_that_is_replaced_is_taken_at_once(void)
{
	uint64_t	epoch;
	FILE		*f;

	open_old();
	epoch = generations_epoch();
	f = fopen(in_folder("other").at, "w");
	must(f != NULL && fclose(f) == 0);
	must(rename(in_folder("other").at, in_folder("generations").at) == 0);
	CU_ASSERT_TRUE(generations_ready(start));
	CU_ASSERT_NOT_EQUAL(generations_epoch(), epoch);
	leave();
}

/* Its writers go by the path from that moment on. */
static void
a_file_that_was_moved_away_is_noticed_within_a_second(void)
{
	uint64_t	epoch;

	open_old();
	epoch = generations_epoch();
	must(rename(in_folder("generations").at, in_folder("moved").at) == 0);
	CU_ASSERT_TRUE(generations_ready(start + SECOND));
	CU_ASSERT_NOT_EQUAL(generations_epoch(), epoch);
	epoch = generations_epoch();
	must(rename(in_folder("moved").at, in_folder("generations").at) == 0);
	CU_ASSERT_TRUE(generations_look(start + SECOND));
	CU_ASSERT_NOT_EQUAL(generations_epoch(), epoch);
	leave();
}

static void
a_clock_that_was_set_back_makes_no_look_eternal(void)
{
	uint64_t	epoch;

	open_old();
	CU_ASSERT_TRUE(generations_ready(start + DAY));
	epoch = generations_epoch();
	must(rename(in_folder("generations").at, in_folder("moved").at) == 0);
	CU_ASSERT_TRUE(generations_ready(start));
	CU_ASSERT_NOT_EQUAL(generations_epoch(), epoch);
	must(unlink(in_folder("moved").at) == 0);
	leave();
}

static void
without_a_file_nothing_is_kept(void)
{
	uint64_t	 number;
	const char	*path;

	open_old();
	path = in_folder("generations").at;
	lose_file();
	must(mkdir(path, 0700) == 0);
	CU_ASSERT_FALSE(generations_ready(start));
	CU_ASSERT_FALSE(now(ADA, &number));
	generation_begin(ADA, start);
	generation_end(ADA);
	CU_ASSERT_EQUAL(generations_mend(start + DAY), 0);
	must(rmdir(path) == 0);
	CU_ASSERT_TRUE(generations_ready(start));
	leave();
	CU_ASSERT_FALSE(generations_open(STR("/nowhere/at/all"), start));
	CU_ASSERT_FALSE(generations_ready(start));
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
	{ "a new file is nobody's to keep by",
	    a_new_file_is_nobodys_to_keep_by },
	{ "a file from the future is new", a_file_from_the_future_is_new },
	{ "a file that is lost is made anew",
	    a_file_that_is_lost_is_made_anew },
	{ "a file that is replaced is taken at once",
	    a_file_that_is_replaced_is_taken_at_once },
	{ "a file that was moved away is noticed within a second",
	    a_file_that_was_moved_away_is_noticed_within_a_second },
	{ "a clock that was set back makes no look eternal",
	    a_clock_that_was_set_back_makes_no_look_eternal },
	{ "without a file nothing is kept", without_a_file_nothing_is_kept },
	CU_TEST_INFO_NULL
};
