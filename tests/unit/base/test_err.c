/* Promises of base/err.h. */
#include "base/err.h"
#include "unit/unit.h"

static void
failing_is_one_statement(void)
{
	struct err	e;

	memset(&e, 'x', sizeof(e));
	CU_ASSERT_EQUAL(err_set(&e, RC_BUSY, NULL, "%d tries", 8), RC_BUSY);
	CU_ASSERT_EQUAL(e.rc, RC_BUSY);
	SAME(str_of(e.what), "8 tries");
	SAME(str_of(e.mend), "");
	SAME(str_of(e.pointer), "");
	SAME(str_of(e.key), "");
	CU_ASSERT_EQUAL(e.number, 0);
}

static void
a_member_is_named(void)
{
	struct err	e;

	CU_ASSERT_EQUAL(err_member(&e, RC_INVALID_VALUE, "/quantity",
	    "Send 1 to 10.", "not %s", "so many"), RC_INVALID_VALUE);
	SAME(str_of(e.pointer), "/quantity");
	SAME(str_of(e.mend), "Send 1 to 10.");
	SAME(str_of(e.what), "not so many");
}

static void
an_error_may_quote_itself(void)
{
	struct err	e;

	err_set(&e, RC_BROKEN, "Look at the log.", "no table");
	err_set(&e, RC_BROKEN, e.mend, "cannot start: %s", e.what);
	SAME(str_of(e.what), "cannot start: no table");
	SAME(str_of(e.mend), "Look at the log.");
}

static void
words_stay_one_clean_line(void)
{
	struct err	e;

	err_set(&e, RC_BROKEN, "a\nb", "x\x1b[1m\r\n\xff\x7f h\xc3\xa9");
	SAME(str_of(e.what), "x?[1m???? h\xc3\xa9");
	SAME(str_of(e.mend), "a?b");
}

static void
long_words_are_cut_between_characters(void)
{
	struct err	e;
	char		words[2 * sizeof(e.what)];

	for (size_t shift = 0; shift < 3; shift++) {
		memset(words, 'x', sizeof(words));
		for (size_t i = shift; i + 3 < sizeof(words); i += 3)
			memcpy(words + i, "\xe2\x82\xac", 3);
		words[sizeof(words) - 1] = '\0';
		err_set(&e, RC_BROKEN, words, "%s", words);
		CU_ASSERT_TRUE(str_utf8(str_of(e.what)));
		CU_ASSERT_TRUE(str_utf8(str_of(e.mend)));
		CU_ASSERT_TRUE(strlen(e.what) >= sizeof(e.what) - 3);
		CU_ASSERT_TRUE(strlen(e.what) < sizeof(e.what));
		CU_ASSERT_PTR_NULL(strchr(e.what, '?'));
	}
}

static enum rc
fail_if(bool yes, struct err *e)
{
	return yes ? err_set(e, RC_LOST, NULL, "gone") : RC_OK;
}

static enum rc
two_steps(bool first, bool second, int *steps, struct err *e)
{
	TRY(fail_if(first, e));
	++*steps;
	TRY(fail_if(second, e));
	++*steps;
	return RC_OK;
}

static void
try_passes_a_failure_on(void)
{
	struct err	e;
	int		steps = 0;

	CU_ASSERT_EQUAL(two_steps(false, false, &steps, &e), RC_OK);
	CU_ASSERT_EQUAL(steps, 2);
	CU_ASSERT_EQUAL(two_steps(false, true, &steps, &e), RC_LOST);
	CU_ASSERT_EQUAL(steps, 3);
	CU_ASSERT_EQUAL(two_steps(true, false, &steps, &e), RC_LOST);
	CU_ASSERT_EQUAL(steps, 3);
}

CU_TestInfo err_tests[] = {
	{ "failing is one statement", failing_is_one_statement },
	{ "a member is named", a_member_is_named },
	{ "an error may quote itself", an_error_may_quote_itself },
	{ "words stay one clean line", words_stay_one_clean_line },
	{ "long words are cut between characters",
	    long_words_are_cut_between_characters },
	{ "TRY passes a failure on", try_passes_a_failure_on },
	CU_TEST_INFO_NULL
};
