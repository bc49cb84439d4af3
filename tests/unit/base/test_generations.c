/* Promises of base/generations.h. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/generations.h"
#include "base/guard.h"
#include "unit/unit.h"

enum { WHO = 7 };

static char	folder[64];

static const char *
file(void)
{
	return arena_text(unit_arena(), "%s/generations", folder).at;
}

static void
begin(void)
{
	snprintf(folder, sizeof(folder), "/tmp/rung-generations-XXXXXX");
	must(mkdtemp(folder) != NULL);
	CU_ASSERT_TRUE(generations_open(str_of(folder)));
}

static void
finish(void)
{
	generations_close();
	unlink(file());
	rmdir(folder);
}

static void
a_writer_under_way_is_doubt_and_one_that_is_over_another_number(void)
{
	uint64_t	before = 0, after = 0;

	begin();
	CU_ASSERT_TRUE(generation_now(WHO, &before));
	generation_begin(WHO);
	CU_ASSERT_FALSE(generation_now(WHO, &after));
	generation_end(WHO);
	CU_ASSERT_TRUE(generation_now(WHO, &after));
	CU_ASSERT_NOT_EQUAL(before, after);
	finish();
}

/* However often: a program that could not find it again would write no more. */
static void
a_file_that_is_taken_away_is_made_again_in_its_folder(void)
{
	struct stat	st;

	begin();
	for (int i = 0; i < 3; i++) {
		uint64_t	epoch = generations_epoch();

		must(unlink(file()) == 0);
		CU_ASSERT_TRUE(generations_ready());
		CU_ASSERT_NOT_EQUAL(generations_epoch(), epoch);
		CU_ASSERT_EQUAL(stat(file(), &st), 0);
	}
	finish();
}

static void
without_its_folder_there_is_no_number(void)
{
	uint64_t	number;

	begin();
	finish();
	CU_ASSERT_FALSE(generations_ready());
	CU_ASSERT_FALSE(generation_now(WHO, &number));
}

CU_TestInfo generations_tests[] = {
	{ "a writer under way is doubt, one that is over another number",
	    a_writer_under_way_is_doubt_and_one_that_is_over_another_number },
	{ "a file that is taken away is made again in its folder",
	    a_file_that_is_taken_away_is_made_again_in_its_folder },
	{ "without its folder there is no number",
	    without_its_folder_there_is_no_number },
	CU_TEST_INFO_NULL
};
