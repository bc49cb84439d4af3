/*
 * Values at the ends of their ranges pass unharmed.
 */
#include "store/store.h"
#include "store/things.h"

static struct user_row
through(struct user_row row)
{
	struct err	 e = { .what = "" };
	struct user_row	 got = { .ver = -1 };

	row.user = STR("u1");
	OK(user_lock(store_db(), SELLER, row.user, CHAIN, T0, &e));
	OK(user_close(store_db(), SELLER, &row, &e));
	OK(user_read(store_db(), SELLER, row.user, store_arena(), &got, &e));
	return got;
}

static void
whole_numbers_keep_all_64_bits(void)
{
	static const int64_t numbers[] = {
		INT64_MIN, INT64_MIN + 1, -1, 1, 127, 128, 255, 256, 32768,
		65536, INT32_MAX, (int64_t)UINT32_MAX + 1, INT64_MAX,
	};

	for (size_t i = 0; i < COUNT(numbers); i++) {
		struct user_row got = through((struct user_row){
			.updated_at = numbers[i], .due_at = numbers[i],
			.matrix_version = numbers[i],
		});

		CU_ASSERT_EQUAL(got.updated_at, numbers[i]);
		CU_ASSERT_EQUAL(got.due_at, numbers[i]);
		CU_ASSERT_EQUAL(got.matrix_version, numbers[i]);
	}
}

static void
texts_of_any_length_come_back_whole(void)
{
	static const size_t lengths[] = {
		0, 1, 250, 251, 252, 65534, 65535, 65536, 300000,
	};
	char		*text = arena_take(store_arena(), 300000, 1);

	for (size_t i = 0; i < 300000; i++)
		text[i] = (char)(i * 31 + i / 255);
	for (size_t i = 0; i < COUNT(lengths); i++) {
		struct str want = { text, lengths[i] };
		struct user_row got = through((struct user_row){
			.document = want, .holding = want,
		});

		CU_ASSERT_TRUE(str_eq(got.document, want));
		CU_ASSERT_TRUE(str_eq(got.holding, want));
	}
}

static void
a_value_that_does_not_fit_is_our_fault_and_not_retried(void)
{
	struct err	 e = { .what = "" };
	struct session	 s = a_session(STR("us_1"), STR("u1"));
	int64_t		 before, ignored;

	OK(db_offset(store_db(), &ignored, &e));	/* connected */
	s.expires_at = INT64_MAX;
	s.from_tier = STR("a tier whose name is longer than forty bytes");
	before = db_statements(store_db());
	CU_ASSERT_EQUAL(session_insert(store_db(), SELLER, &s, &e),
	    RC_BROKEN);
	CU_ASSERT_EQUAL(e.number, 1406);
	CU_ASSERT_TRUE(db_statements(store_db()) == before + 1);
	CU_ASSERT_EQUAL(ask("SELECT COUNT(*) FROM sessions"), 0);
}

static void
a_tampered_row_is_reported_and_not_guessed(void)
{
	struct err	 e = { .what = "" };
	struct session	 s = a_session(STR("us_1"), STR("u1")), got;
	bool		 found;

	OK(session_insert(store_db(), SELLER, &s, &e));
	tell("UPDATE sessions SET reason = 'because'");
	CU_ASSERT_EQUAL(session_read(store_db(), SELLER, s.id, store_arena(),
	    &got, &found, &e), RC_BROKEN);
	tell("UPDATE sessions SET reason = '', terms = 'not json'");
	CU_ASSERT_EQUAL(session_read(store_db(), SELLER, s.id, store_arena(),
	    &got, &found, &e), RC_BROKEN);
}

CU_TestInfo values_tests[] = {
	{ "whole numbers keep all 64 bits", whole_numbers_keep_all_64_bits },
	{ "texts of any length come back whole",
	    texts_of_any_length_come_back_whole },
	{ "a value that does not fit is our fault and not retried",
	    a_value_that_does_not_fit_is_our_fault_and_not_retried },
	{ "a tampered row is reported and not guessed",
	    a_tampered_row_is_reported_and_not_guessed },
	CU_TEST_INFO_NULL
};
