/* Promises of wire/form.h. */
#include "unit/unit.h"
#include "wire/form.h"

static enum rc
read_form(struct form *f, const char *text)
{
	struct err	e;

	return form_read(f, str_of(text), unit_arena(), &e);
}

static void
pairs_are_decoded_in_order(void)
{
	struct form	f;
	int64_t		n = -1;

	CU_ASSERT_EQUAL_FATAL(read_form(&f,
	    "items%5B0%5D[price]=price_1&n=12&word=a+b%2Bc&n=13&&empty"),
	    RC_OK);
	CU_ASSERT_EQUAL(f.count, 5);
	SAME(form_text(&f, "items[0][price]"), "price_1");
	SAME(form_text(&f, "word"), "a b+c");
	CU_ASSERT(form_int(&f, "n", &n));
	CU_ASSERT_EQUAL(n, 12);
	CU_ASSERT(form_has(&f, "empty"));
	SAME(form_text(&f, "empty"), "");
	CU_ASSERT_FALSE(form_has(&f, "none"));
	CU_ASSERT_FALSE(form_int(&f, "word", &n));
	CU_ASSERT_EQUAL(n, 12);
}

static void
what_cannot_be_decoded_is_refused(void)
{
	static const char *const	bad[] = { "a=%", "a=%zz", "%ff=1",
	    "a=%c3" };
	struct form			f;

	for (size_t i = 0; i < COUNT(bad); i++)
		ROW(read_form(&f, bad[i]) == RC_INVALID_VALUE, bad[i]);
}

static void
more_pairs_than_fit_are_refused(void)
{
	char		text[2 * (FORM_PAIRS_MAX + 1) + 1];
	struct form	f;

	for (size_t i = 0; i < FORM_PAIRS_MAX + 1; i++)
		memcpy(text + 2 * i, "a&", 3);
	CU_ASSERT_EQUAL(read_form(&f, text), RC_INVALID_VALUE);
	text[2 * FORM_PAIRS_MAX] = '\0';
	CU_ASSERT_EQUAL(read_form(&f, text), RC_OK);
	CU_ASSERT_EQUAL(f.count, FORM_PAIRS_MAX);
}

static void
names_are_like_patterns(void)
{
	static const struct {
		const char	*name, *pattern;
		bool		 like;
	} rows[] = {
		{ "mode", "mode", true },
		{ "modes", "mode", false },
		{ "mod", "mode", false },
		{ "items[0][price]", "items[#][price]", true },
		{ "items[12][price]", "items[#][price]", true },
		{ "items[][price]", "items[#][price]", true },
		{ "items[a][price]", "items[#][price]", false },
		{ "metadata[rung_user]", "metadata[*]", true },
		{ "metadata[a][b]", "metadata[*]", false },
		{ "metadata", "metadata[*]", false },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		ROW(form_like(str_of(rows[i].name), rows[i].pattern) ==
		    rows[i].like, rows[i].name);
}

static void
the_first_unknown_name_is_told(void)
{
	static const char *const	known[] = { "mode", "expand[#]",
	    NULL };
	struct form			f;

	CU_ASSERT_EQUAL_FATAL(read_form(&f, "mode=a&expand[0]=b&x=1&y=2"),
	    RC_OK);
	SAME(form_unknown(&f, known), "x");
	f.count = 2;
	SAME(form_unknown(&f, known), "");
}

CU_TestInfo form_tests[] = {
	{ "pairs are decoded, in order", pairs_are_decoded_in_order },
	{ "what cannot be decoded is refused",
	    what_cannot_be_decoded_is_refused },
	{ "more pairs than fit are refused",
	    more_pairs_than_fit_are_refused },
	{ "names are like patterns", names_are_like_patterns },
	{ "the first unknown name is told", the_first_unknown_name_is_told },
	CU_TEST_INFO_NULL
};
