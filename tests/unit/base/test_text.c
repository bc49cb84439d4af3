/*
 * Promises of base/text.h but for times: hex, base64url, percent, durations,
 * e-mail addresses.
 */
#include "base/limits.h"
#include "base/text.h"
#include "unit/unit.h"

static void
hex_is_lower_case_both_ways(void)
{
	static const uint8_t	bytes[] = { 0x00, 0x0f, 0xa0, 0xff };
	uint8_t			back[4];

	SAME(text_hex(unit_arena(), bytes, 4), "000fa0ff");
	SAME(text_hex(unit_arena(), bytes, 0), "");
	CU_ASSERT_TRUE(text_unhex(STR("000fa0ff"), back, 4));
	CU_ASSERT_EQUAL(memcmp(back, bytes, 4), 0);
}

static void
hex_of_any_other_shape_is_refused(void)
{
	static const char *const rows[] = {
		"", "0", "000fa0f", "000fa0ff0", "000fa0ff00", "000FA0FF",
		"000fa0fg", "000fa0f ", " 00fa0ff", "0x0fa0ff", "000fa0f\xc3",
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		uint8_t back[5] = "keep";

		ROW(!text_unhex(str_of(rows[i]), back, 4), rows[i]);
		ROW(memcmp(back, "keep", 4) == 0, rows[i]);
	}
}

static void
base64url_gives_the_vectors_of_rfc_4648(void)
{
	static const char *const rows[][2] = {
		{ "",		"" },
		{ "f",		"Zg" },
		{ "fo",		"Zm8" },
		{ "foo",	"Zm9v" },
		{ "foob",	"Zm9vYg" },
		{ "fooba",	"Zm9vYmE" },
		{ "foobar",	"Zm9vYmFy" },
		{ "\xfb\xff\xbf", "-_-_" },	/* its own two digits */
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		SAME(text_base64url(unit_arena(), rows[i][0],
		    strlen(rows[i][0])), rows[i][1]);
}

static void
percent_decodes_once(void)
{
	static const char *const rows[][2] = {
		{ "a%3Ab",		"a:b" },
		{ "a%3ab",		"a:b" },
		{ "a+b",		"a+b" },
		{ "%2525",		"%25" },
		{ "%e2%82%ac",		"\xe2\x82\xac" },
		{ "",			"" },
	};
	struct str	out;

	for (size_t i = 0; i < COUNT(rows); i++) {
		ROW(text_unpercent(unit_arena(), str_of(rows[i][0]), &out),
		    rows[i][0]);
		SAME(out, rows[i][1]);
	}
	CU_ASSERT_TRUE(text_unpercent(unit_arena(), STR("a%00b"), &out));
	CU_ASSERT_EQUAL(out.len, 3);
}

static void
a_broken_escape_is_refused(void)
{
	static const char *const rows[] = { "%", "a%", "a%4", "%4", "%zz",
	    "%4g", "%g4", "%%41", "a% 41", "%-1" };

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct str out = STR("as it was");

		ROW(!text_unpercent(unit_arena(), str_of(rows[i]), &out),
		    rows[i]);
		SAME(out, "as it was");
	}
}

static void
percent_encodes_all_but_the_unreserved(void)
{
	char		all[256];
	struct str	in = { all, sizeof(all) }, out, back;

	SAME(text_percent(unit_arena(), STR("aZ09-._~")), "aZ09-._~");
	SAME(text_percent(unit_arena(), STR("a:b/\xc3\xa9 %+")),
	    "a%3Ab%2F%C3%A9%20%25%2B");
	for (size_t i = 0; i < sizeof(all); i++)
		all[i] = (char)i;
	out = text_percent(unit_arena(), in);
	CU_ASSERT_EQUAL(out.len, 66 + 190 * 3);
	CU_ASSERT_TRUE(text_unpercent(unit_arena(), out, &back));
	CU_ASSERT_TRUE(str_eq(back, in));
}

static void
durations_have_one_unit_and_a_bound(void)
{
	static const struct {
		const char	*text;
		int64_t		 seconds;	/* -1: refused */
	} rows[] = {
		{ "0",			0 },
		{ "90",			90 },
		{ "90s",		90 },
		{ "30m",		1800 },
		{ "12h",		43200 },
		{ "7d",			604800 },
		{ "36525d",		INT64_C(3155760000) },
		{ "3155760000",		INT64_C(3155760000) },
		{ "36526d",		-1 },
		{ "3155760001",		-1 },
		{ "9223372036854775807d", -1 },
		{ "99999999999999999999", -1 },
		{ "",			-1 },
		{ "d",			-1 },
		{ "-1",			-1 },
		{ "-0",			-1 },
		{ "+1",			-1 },
		{ "1.5h",		-1 },
		{ "7 d",		-1 },
		{ "7w",			-1 },
		{ "7D",			-1 },
		{ "1d12h",		-1 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t seconds = -1;

		ROW(text_duration(str_of(rows[i].text), &seconds) ==
		    (rows[i].seconds != -1), rows[i].text);
		ROW(seconds == rows[i].seconds, rows[i].text);
	}
}

static void
an_email_address_has_one_at_and_no_blanks(void)
{
	static const struct {
		struct str	 in;
		const char	*out;		/* NULL: it is none */
	} rows[] = {
		{ STR("u1@shop.example"), "u1@shop.example" },
		{ STR("U.One+X@Shop.EXAMPLE"), "u.one+x@shop.example" },
		{ STR("a@b"), "a@b" },
		{ STR("j\xc3\x9cRGEN@shop.example"),
		    "j\xc3\x9crgen@shop.example" },
		{ STR(""), NULL },
		{ STR("@"), NULL },
		{ STR("u1"), NULL },
		{ STR("u1@"), NULL },
		{ STR("@shop.example"), NULL },
		{ STR("a@b@c"), NULL },
		{ STR("a@@b"), NULL },
		{ STR("a b@shop.example"), NULL },
		{ STR(" a@shop.example"), NULL },
		{ STR("a@shop.example\n"), NULL },
		{ STR("a\0@shop.example"), NULL },
		{ STR("a\x7f@shop.example"), NULL },
		{ STR("a\xc2\x85@shop.example"), NULL },
		{ STR("\xff@shop.example"), NULL },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct str	got = STR("keep");

		ROW(text_email(unit_arena(), rows[i].in, &got) ==
		    (rows[i].out != NULL), rows[i].in.at);
		SAME(got, rows[i].out == NULL ? "keep" : rows[i].out);
	}
}

static void
an_email_address_is_no_longer_than_mail_allows(void)
{
	char		long_one[EMAIL_MAX + 1];
	struct str	got;

	memset(long_one, 'x', sizeof(long_one));
	long_one[1] = '@';
	CU_ASSERT_TRUE(text_email(unit_arena(),
	    (struct str){ long_one, EMAIL_MAX }, &got));
	CU_ASSERT_FALSE(text_email(unit_arena(),
	    (struct str){ long_one, EMAIL_MAX + 1 }, &got));
}

CU_TestInfo text_tests[] = {
	{ "hex is lower case both ways", hex_is_lower_case_both_ways },
	{ "hex of any other shape is refused",
	    hex_of_any_other_shape_is_refused },
	{ "base64url gives the vectors of RFC 4648",
	    base64url_gives_the_vectors_of_rfc_4648 },
	{ "percent decodes once", percent_decodes_once },
	{ "a broken escape is refused", a_broken_escape_is_refused },
	{ "percent encodes all but the unreserved",
	    percent_encodes_all_but_the_unreserved },
	{ "durations have one unit and a bound",
	    durations_have_one_unit_and_a_bound },
	{ "an e-mail address has one @ and no blanks",
	    an_email_address_has_one_at_and_no_blanks },
	{ "an e-mail address is no longer than mail allows",
	    an_email_address_is_no_longer_than_mail_allows },
	CU_TEST_INFO_NULL
};
