/* Promises of base/str.h. */
#include "unit/unit.h"

static void
equal_means_all_bytes_and_no_more(void)
{
	CU_ASSERT_TRUE(str_eq(STR("pro"), STR("pro")));
	CU_ASSERT_FALSE(str_eq(STR("pro"), STR("pr")));
	CU_ASSERT_FALSE(str_eq(STR("pr"), STR("pro")));
	CU_ASSERT_FALSE(str_eq(STR("a\0b"), STR("a\0c")));
	CU_ASSERT_TRUE(str_eq(STR_NONE, STR("")));
	CU_ASSERT_TRUE(str_eq(str_of(NULL), STR("")));
}

static void
order_is_by_bytes_and_a_beginning_comes_first(void)
{
	CU_ASSERT_EQUAL(str_cmp(STR("a"), STR("a")), 0);
	CU_ASSERT_TRUE(str_cmp(STR("a"), STR("ab")) < 0);
	CU_ASSERT_TRUE(str_cmp(STR("ab"), STR("a")) > 0);
	CU_ASSERT_TRUE(str_cmp(STR("b"), STR("ab")) > 0);
	CU_ASSERT_TRUE(str_cmp(STR("\x7f"), STR("\x80")) < 0);
	CU_ASSERT_EQUAL(str_cmp(STR_NONE, STR("")), 0);
	CU_ASSERT_TRUE(str_cmp(STR_NONE, STR("a")) < 0);
}

static void
heads_and_tails_are_told(void)
{
	CU_ASSERT_TRUE(str_starts(STR("rung_sk_x"), STR("rung_sk_")));
	CU_ASSERT_FALSE(str_starts(STR("rung"), STR("rung_sk_")));
	CU_ASSERT_TRUE(str_starts(STR("a"), STR("")));
	CU_ASSERT_TRUE(str_starts(STR_NONE, STR_NONE));
	CU_ASSERT_TRUE(str_ends(STR("a.json"), STR(".json")));
	CU_ASSERT_FALSE(str_ends(STR("json"), STR(".json")));
}

static void
cutting_yields_every_part_also_the_empty_ones(void)
{
	struct str	list = STR("a,,b,");

	SAME(str_cut(&list, ','), "a");
	SAME(str_cut(&list, ','), "");
	SAME(str_cut(&list, ','), "b");
	CU_ASSERT_PTR_NOT_NULL(list.at);
	SAME(str_cut(&list, ','), "");
	CU_ASSERT_PTR_NULL(list.at);
	SAME(str_cut(&list, ','), "");
}

static void
trimming_takes_blanks_from_both_ends_only(void)
{
	SAME(str_trim(STR(" \t a b\t ")), "a b");
	SAME(str_trim(STR(" \t ")), "");
	SAME(str_trim(STR("\na\n")), "\na\n");
	SAME(str_trim(STR_NONE), "");
}

static void
a_part_never_reaches_beyond_its_text(void)
{
	SAME(str_part(STR("abcdef"), 2, 3), "cde");
	SAME(str_part(STR("abcdef"), 4, SIZE_MAX), "ef");
	SAME(str_part(STR("abcdef"), 9, 1), "");
	SAME(str_part(STR("abcdef"), SIZE_MAX, SIZE_MAX), "");
	SAME(str_part(STR_NONE, 0, 5), "");
}

static void
secret_comparison_agrees_with_the_plain_one(void)
{
	CU_ASSERT_TRUE(str_eq_secret(STR("key"), STR("key")));
	CU_ASSERT_FALSE(str_eq_secret(STR("key"), STR("kez")));
	CU_ASSERT_FALSE(str_eq_secret(STR("aey"), STR("key")));
	CU_ASSERT_FALSE(str_eq_secret(STR("key"), STR("keys")));
	CU_ASSERT_TRUE(str_eq_secret(STR_NONE, STR("")));
	CU_ASSERT_FALSE(str_eq_secret(STR("\x00"), STR("\x80")));
}

static void
integers_are_taken_whole_or_not_at_all(void)
{
	static const struct {
		const char	*text;
		bool		 taken;
		int64_t		 value;
	} rows[] = {
		{ "0",				true,	0 },
		{ "-0",				true,	0 },
		{ "007",			true,	7 },
		{ "-12",			true,	-12 },
		{ "9223372036854775807",	true,	INT64_MAX },
		{ "-9223372036854775808",	true,	INT64_MIN },
		{ "9223372036854775808",	false,	0 },
		{ "-9223372036854775809",	false,	0 },
		{ "99999999999999999999",	false,	0 },
		{ "",				false,	0 },
		{ "-",				false,	0 },
		{ "--1",			false,	0 },
		{ "+1",				false,	0 },
		{ " 1",				false,	0 },
		{ "1 ",				false,	0 },
		{ "1.5",			false,	0 },
		{ "1e3",			false,	0 },
		{ "0x10",			false,	0 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t value = 77;

		ROW(str_int64(str_of(rows[i].text), &value) == rows[i].taken,
		    rows[i].text);
		ROW(value == (rows[i].taken ? rows[i].value : 77),
		    rows[i].text);
	}
	CU_ASSERT_FALSE(str_int64(STR("1\0"), &(int64_t){ 0 }));
}

static void
utf8_is_what_rfc_3629_allows(void)
{
	static const struct {
		const char	*text;
		bool		 valid;
	} rows[] = {
		{ "",			true },
		{ "plain",		true },
		{ "h\xc3\xa9",		true },
		{ "\xe2\x82\xac",	true },		/* the euro sign */
		{ "\xef\xbf\xbf",	true },		/* U+FFFF */
		{ "\xf0\x9f\x92\xb3",	true },		/* a credit card */
		{ "\xf4\x8f\xbf\xbf",	true },		/* U+10FFFF */
		{ "\xf4\x90\x80\x80",	false },	/* one beyond */
		{ "\xc0\x80",		false },	/* overlong NUL */
		{ "\xc1\xbf",		false },
		{ "\xe0\x9f\xbf",	false },	/* overlong */
		{ "\xf0\x8f\xbf\xbf",	false },	/* overlong */
		{ "\xed\x9f\xbf",	true },
		{ "\xed\xa0\x80",	false },	/* a surrogate */
		{ "\x80",		false },
		{ "\xc3",		false },
		{ "\xe2\x82",		false },
		{ "\xe2\x28\xa1",	false },
		{ "\xf5\x80\x80\x80",	false },
		{ "\xff",		false },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		ROW(str_utf8(str_of(rows[i].text)) == rows[i].valid,
		    rows[i].text);
	CU_ASSERT_TRUE(str_utf8(STR("a\0b")));
	CU_ASSERT_EQUAL(str_utf8_char(STR("\xe2\x82\xac!")), 3);
	CU_ASSERT_EQUAL(str_utf8_char(STR_NONE), 0);
}

static void
plain_text_has_no_control_characters(void)
{
	static const struct {
		struct str	 text;
		bool		 plain;
	} rows[] = {
		{ STR(""), true },
		{ STR("a b"), true },
		{ STR("j\xc3\xbcrgen"), true },
		{ STR("\xc2\xa0"), true },
		{ STR("a\0b"), false },
		{ STR("a\nb"), false },
		{ STR("a\x7f"), false },
		{ STR("\xc2\x80"), false },
		{ STR("\xc2\x9f"), false },
		{ STR("\xc2"), false },
		{ STR("\xff"), false },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		ROW(str_plain(rows[i].text) == rows[i].plain,
		    rows[i].text.at);
}

static void
distance_counts_edits_up_to_the_cap(void)
{
	static const struct {
		const char	*a, *b;
		unsigned	 edits;
	} rows[] = {
		{ "",		"",		0 },
		{ "",		"abc",		3 },
		{ "wait_max",	"wait_max",	0 },
		{ "wait_max",	"wiat_max",	1 },	/* swapped */
		{ "wait_max",	"waitmax",	1 },
		{ "wait_max",	"wait_maxx",	1 },
		{ "wait_max",	"wayt_mox",	2 },
		{ "kitten",	"sitting",	3 },
		{ "ca",		"abc",		3 },
		{ "abcdefgh",	"hgfedcba",	5 },	/* the cap */
	};
	char	long_a[400], long_b[400];

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct str a = str_of(rows[i].a), b = str_of(rows[i].b);

		ROW(str_distance(a, b, 5) == rows[i].edits, rows[i].b);
		ROW(str_distance(b, a, 5) == rows[i].edits, rows[i].b);
	}
	memset(long_a, 'a', sizeof(long_a));
	memset(long_b, 'b', sizeof(long_b));
	CU_ASSERT_EQUAL(str_distance((struct str){ long_a, sizeof(long_a) },
	    (struct str){ long_b, sizeof(long_b) }, 3), 3);
	long_b[0] = 'a';
	memset(long_b, 'a', sizeof(long_b) - 1);
	CU_ASSERT_EQUAL(str_distance((struct str){ long_a, sizeof(long_a) },
	    (struct str){ long_b, sizeof(long_b) }, 3), 1);
}

CU_TestInfo str_tests[] = {
	{ "equal means all bytes and no more",
	    equal_means_all_bytes_and_no_more },
	{ "order is by bytes and a beginning comes first",
	    order_is_by_bytes_and_a_beginning_comes_first },
	{ "heads and tails are told", heads_and_tails_are_told },
	{ "cutting yields every part, also the empty ones",
	    cutting_yields_every_part_also_the_empty_ones },
	{ "trimming takes blanks from both ends only",
	    trimming_takes_blanks_from_both_ends_only },
	{ "a part never reaches beyond its text",
	    a_part_never_reaches_beyond_its_text },
	{ "secret comparison agrees with the plain one",
	    secret_comparison_agrees_with_the_plain_one },
	{ "integers are taken whole or not at all",
	    integers_are_taken_whole_or_not_at_all },
	{ "UTF-8 is what RFC 3629 allows", utf8_is_what_rfc_3629_allows },
	{ "plain text has no control characters",
	    plain_text_has_no_control_characters },
	{ "distance counts edits up to the cap",
	    distance_counts_edits_up_to_the_cap },
	CU_TEST_INFO_NULL
};
