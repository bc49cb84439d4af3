/* Promises of base/licence.h. */
#include "base/licence.h"
#include "unit/unit.h"

static struct str
plain(const char *typed)
{
	struct str	 text = STR_NONE;

	if (!licence_plain(unit_arena(), str_of(typed), &text))
		return STR("none");
	return text;
}

static void
a_new_one_has_six_groups_behind_its_prefix(void)
{
	struct str	 a = licence_new(unit_arena(), STR("ACME-"));
	struct str	 b = licence_new(unit_arena(), STR("ACME-"));

	CU_ASSERT_TRUE(str_starts(a, STR("ACME-")));
	CU_ASSERT_EQUAL(a.len, 5 + 35);
	for (size_t i = 5; i < a.len; i++) {
		bool	 hyphen = (i - 5) % 6 == 5;

		ROW((a.at[i] == '-') == hyphen, a.at);
		ROW(hyphen || strchr("0123456789ABCDEFGHJKMNPQRSTVWXYZ",
		    a.at[i]) != NULL, a.at);
	}
	CU_ASSERT_FALSE(str_eq(a, b));
	CU_ASSERT_EQUAL(licence_new(unit_arena(), STR_NONE).len, 35);
}

static void
all_ways_to_type_it_are_one(void)
{
	static const char *const	typed[] = {
		"ACME-01234-56789-ABCDE-FGHJK-MNPQR-STVWX",
		"acme-01234-56789-abcde-fghjk-mnpqr-stvwx",
		"ACME-OI234-56789-ABCDE-FGHJK-MNPQR-STVWX",
		"ACME-ol234-56789-ABCDE-FGHJK-MNPQR-STVWX",
		"ACME 01234 56789 ABCDE FGHJK MNPQR STVWX",
		" ACME0123456789ABCDEFGHJKMNPQRSTVWX ",
		"ACME--01234-56789ABCDEFGHJK-MNPQR-STVWX-",
	};

	for (size_t i = 0; i < COUNT(typed); i++)
		SAME(plain(typed[i]), "ACME-0123456789ABCDEFGHJKMNPQRSTVWX");
	SAME(plain("01234-56789-ABCDE-FGHJK-MNPQR-STVWX"),
	    "-0123456789ABCDEFGHJKMNPQRSTVWX");
}

static void
prefixes_count(void)
{
	SAME(plain("ACNE-01234-56789-ABCDE-FGHJK-MNPQR-STVWX"),
	    "ACNE-0123456789ABCDEFGHJKMNPQRSTVWX");
	SAME(plain("lic_01234-56789-ABCDE-FGHJK-MNPQR-STVWX"),
	    "LIC_-0123456789ABCDEFGHJKMNPQRSTVWX");
}

static void
what_is_none_is_told(void)
{
	SAME(plain(""), "none");
	SAME(plain("ACME-"), "none");
	SAME(plain("01234-56789-ABCDE-FGHJK-MNPQR-STVW"), "none");
	SAME(plain("01234-56789-ABCDE-FGHJK-MNPQR-STVWU"), "none");
	SAME(plain("01234_56789-ABCDE-FGHJK-MNPQR-STVWX"), "none");
}

static void
a_new_one_is_its_own_plain_form_read_back(void)
{
	for (int i = 0; i < 100; i++) {
		struct str	 made = licence_new(unit_arena(), STR("P-"));
		struct str	 one = STR_NONE, other = STR_NONE;
		char		 small[64];

		for (size_t n = 0; n < made.len; n++)
			small[n] = made.at[n] >= 'A' && made.at[n] <= 'Z' ?
			    (char)(made.at[n] + 32) : made.at[n];
		CU_ASSERT_TRUE(licence_plain(unit_arena(), made, &one));
		CU_ASSERT_TRUE(licence_plain(unit_arena(),
		    (struct str){ small, made.len }, &other));
		SAME_STR(one, other);
	}
}

CU_TestInfo licence_tests[] = {
	{ "a new one has six groups behind its prefix",
	    a_new_one_has_six_groups_behind_its_prefix },
	{ "all ways to type it are one", all_ways_to_type_it_are_one },
	{ "prefixes count", prefixes_count },
	{ "what is none is told", what_is_none_is_told },
	{ "a new one is its own plain form read back",
	    a_new_one_is_its_own_plain_form_read_back },
	CU_TEST_INFO_NULL
};
