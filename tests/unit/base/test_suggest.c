/* Promises of base/suggest.h. */
#include "base/suggest.h"
#include "unit/unit.h"

static const struct str known[] = {
	STR("free"), STR("pro"), STR("plus"), STR("enterprise"),
};

static void
a_slip_of_the_hand_is_understood(void)
{
	SAME(suggest(STR("prp"), known, COUNT(known)), "pro");
	SAME(suggest(STR("por"), known, COUNT(known)), "pro");
	SAME(suggest(STR("enterprize"), known, COUNT(known)), "enterprise");
	SAME(suggest(STR("enterpise"), known, COUNT(known)), "enterprise");
	SAME(suggest(STR("fre"), known, COUNT(known)), "free");
}

static void
the_nearest_wins_and_of_equals_the_first(void)
{
	static const struct str near[] = { STR("abcd"), STR("abc"),
	    STR("abx") };

	SAME(suggest(STR("abc"), near, COUNT(near)), "abc");
	SAME(suggest(STR("abcx"), near, COUNT(near)), "abcd");
}

static void
a_stranger_gets_no_suggestion(void)
{
	SAME(suggest(STR("ultimate"), known, COUNT(known)), "");
	SAME(suggest(STR("x"), known, COUNT(known)), "");
	SAME(suggest(STR("xy"), (struct str[]){ STR("ab") }, 1), "");
	SAME(suggest(STR_NONE, known, COUNT(known)), "");
	SAME(suggest(STR("pro"), NULL, 0), "");
}

CU_TestInfo suggest_tests[] = {
	{ "a slip of the hand is understood",
	    a_slip_of_the_hand_is_understood },
	{ "the nearest wins, and of equals the first",
	    the_nearest_wins_and_of_equals_the_first },
	{ "a stranger gets no suggestion", a_stranger_gets_no_suggestion },
	CU_TEST_INFO_NULL
};
