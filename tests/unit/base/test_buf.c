/* Promises of base/buf.h. */
#include "base/buf.h"
#include "unit/unit.h"

static void
pieces_come_out_in_order(void)
{
	struct buf	b;

	buf_init(&b, unit_arena(), 100);
	SAME(buf_str(&b), "");
	buf_add(&b, STR("a"));
	buf_char(&b, ':');
	buf_int(&b, INT64_MIN);
	buf_add(&b, STR_NONE);
	buf_fmt(&b, "/%s%02d", "x", 5);
	SAME(buf_str(&b), "a:-9223372036854775808/x05");
	CU_ASSERT_EQUAL(buf_str(&b).at[buf_str(&b).len], '\0');
	CU_ASSERT_FALSE(b.full);
}

static void
it_grows_and_keeps_what_it_has(void)
{
	struct buf	b;
	struct str	s;
	size_t		wrong = 0;

	buf_init(&b, unit_arena(), 100000);
	for (int i = 0; i < 100000; i++)
		buf_char(&b, (char)('a' + i % 26));
	s = buf_str(&b);
	CU_ASSERT_EQUAL(s.len, 100000);
	CU_ASSERT_FALSE(b.full);
	for (size_t i = 0; i < s.len; i++)
		wrong += s.at[i] != (char)('a' + i % 26);
	CU_ASSERT_EQUAL(wrong, 0);
}

static void
the_ceiling_is_exact_and_remembered(void)
{
	struct buf	b;

	buf_init(&b, unit_arena(), 5);
	buf_add(&b, STR("12345"));
	CU_ASSERT_FALSE(b.full);
	buf_add(&b, STR_NONE);
	CU_ASSERT_FALSE(b.full);
	buf_char(&b, '6');
	CU_ASSERT_TRUE(b.full);
	SAME(buf_str(&b), "12345");
}

static void
after_an_overflow_nothing_more_is_written(void)
{
	struct buf	b;

	buf_init(&b, unit_arena(), 5);
	buf_add(&b, STR("123"));
	buf_fmt(&b, "%s", "too long");
	CU_ASSERT_TRUE(b.full);
	buf_char(&b, '4');
	buf_int(&b, 5);
	SAME(buf_str(&b), "123");
	CU_ASSERT_TRUE(b.full);
}

CU_TestInfo buf_tests[] = {
	{ "pieces come out in order", pieces_come_out_in_order },
	{ "it grows and keeps what it has", it_grows_and_keeps_what_it_has },
	{ "the ceiling is exact and remembered",
	    the_ceiling_is_exact_and_remembered },
	{ "after an overflow nothing more is written",
	    after_an_overflow_nothing_more_is_written },
	CU_TEST_INFO_NULL
};
