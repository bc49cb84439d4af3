/*
 * Error numbers and key names: the table of what a failure means.
 */
#include "store/classify.h"
#include "store/store.h"

static void
numbers_mean_what_the_table_says(void)
{
	static const struct {
		unsigned	 number;
		enum rc		 anywhere, at_commit;
	} rows[] = {
		{ 1213,	RC_BUSY,	RC_BUSY },
		{ 1205,	RC_BUSY,	RC_UNSURE },
		{ 3572,	RC_BUSY,	RC_UNSURE },
		{ 1020,	RC_BUSY,	RC_BUSY },
		{ 3101,	RC_BUSY,	RC_BUSY },
		{ 9007,	RC_BUSY,	RC_BUSY },
		{ 1317,	RC_BUSY,	RC_UNSURE },
		{ 1969,	RC_BUSY,	RC_UNSURE },
		{ 3024,	RC_BUSY,	RC_UNSURE },
		{ 1062,	RC_DUPLICATE,	RC_UNSURE },
		{ 2013,	RC_LOST,	RC_UNSURE },
		{ 2006,	RC_LOST,	RC_UNSURE },
		{ 1053,	RC_LOST,	RC_UNSURE },
		{ 1180,	RC_LOST,	RC_UNSURE },
		{ 1927,	RC_LOST,	RC_UNSURE },
		{ 0,	RC_LOST,	RC_UNSURE },
		{ 2002,	RC_DOWN,	RC_UNSURE },
		{ 1040,	RC_DOWN,	RC_UNSURE },
		{ 1047,	RC_DOWN,	RC_UNSURE },
		{ 1290,	RC_DOWN,	RC_UNSURE },
		{ 1114,	RC_DOWN,	RC_UNSURE },
		{ 1048,	RC_BROKEN,	RC_UNSURE },
		{ 1264,	RC_BROKEN,	RC_UNSURE },
		{ 1406,	RC_BROKEN,	RC_UNSURE },
		{ 4025,	RC_BROKEN,	RC_UNSURE },
		{ 3819,	RC_BROKEN,	RC_UNSURE },
		{ 1142,	RC_BROKEN,	RC_UNSURE },
		{ 1146,	RC_BROKEN,	RC_UNSURE },
		{ 65000, RC_BROKEN,	RC_UNSURE },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		char	name[20];

		snprintf(name, sizeof(name), "%u", rows[i].number);
		ROW(db_classify(rows[i].number, false) == rows[i].anywhere,
		    name);
		ROW(db_classify(rows[i].number, true) == rows[i].at_commit,
		    name);
	}
}

static void
only_a_useless_connection_is_dropped(void)
{
	CU_ASSERT_TRUE(db_number_drops(2013));
	CU_ASSERT_TRUE(db_number_drops(2006));
	CU_ASSERT_TRUE(db_number_drops(0));
	CU_ASSERT_TRUE(db_number_drops(1290));
	CU_ASSERT_TRUE(db_number_drops(1146));
	CU_ASSERT_FALSE(db_number_drops(1213));
	CU_ASSERT_FALSE(db_number_drops(1205));
	CU_ASSERT_FALSE(db_number_drops(1062));
	CU_ASSERT_FALSE(db_number_drops(1114));
	CU_ASSERT_FALSE(db_number_drops(1406));
}

static void
the_key_is_named_whatever_the_row_holds(void)
{
	static const struct {
		const char	*words, *key;
	} rows[] = {
		{ "Duplicate entry '1-u1' for key 'sessions_open_slot'",
		    "sessions_open_slot" },
		{ "Duplicate entry '1-u1'"
		    " for key 'sessions.sessions_open_slot'",
		    "sessions_open_slot" },
		{ "Duplicate entry 'x' for key 'PRIMARY'", "PRIMARY" },
		{ "Duplicate entry ' for key 'mine'' for key 'theirs'",
		    "theirs" },
		{ "something else", "" },
		{ "", "" },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		SAME(db_key_of(rows[i].words), rows[i].key);
}

CU_TestInfo classify_tests[] = {
	{ "numbers mean what the table says",
	    numbers_mean_what_the_table_says },
	{ "only a useless connection is dropped",
	    only_a_useless_connection_is_dropped },
	{ "the key is named whatever the row holds",
	    the_key_is_named_whatever_the_row_holds },
	CU_TEST_INFO_NULL
};
