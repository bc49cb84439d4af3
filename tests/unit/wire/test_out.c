/*
 * The JSON writer.
 */
#include "unit/unit.h"
#include "wire/out.h"

static struct str
done(struct out *o)
{
	struct str json = STR_NONE;

	CU_ASSERT_TRUE(out_done(o, &json));
	return json;
}

static void
values_and_commas_fall_into_place(void)
{
	struct out o;

	out_init(&o, unit_arena(), 1000);
	out_open(&o, '{');
	out_text(&o, "t", STR("x"));
	out_name(&o, "n", "y");
	out_int(&o, "i", INT64_MIN);
	out_bool(&o, "b", true);
	out_null(&o, "z");
	out_time(&o, "at", INT64_C(1788256800123456));
	out_time(&o, "never", 0);
	out_raw(&o, "r", STR("{\"a\":1}"));
	out_raw(&o, "no", STR_NONE);
	out_text_or_null(&o, "e", STR_NONE);
	out_open_as(&o, "l", '[');
	out_item(&o, STR("a"));
	out_item_int(&o, 2);
	out_item_raw(&o, STR("{}"));
	out_open(&o, '[');
	out_close(&o, ']');
	out_open_as(&o, NULL, '{');
	out_close(&o, '}');
	out_close(&o, ']');
	out_key(&o, STR("k\"1"));
	out_open(&o, '{');
	out_close(&o, '}');
	out_key(&o, STR("k2"));
	out_item_int(&o, 3);
	out_close(&o, '}');
	SAME(done(&o), "{\"t\":\"x\",\"n\":\"y\",\"i\":-9223372036854775808,"
	    "\"b\":true,\"z\":null,\"at\":\"2026-09-01T10:00:00.123Z\","
	    "\"never\":null,\"r\":{\"a\":1},\"no\":null,\"e\":null,"
	    "\"l\":[\"a\",2,{},[],{}],\"k\\\"1\":{},\"k2\":3}");
}

static void
texts_are_escaped(void)
{
	struct out o;

	out_init(&o, unit_arena(), 1000);
	out_open(&o, '[');
	out_item(&o, STR("a\"b\\c/d\b\t\n\f\r\x01\x1f\x7f\0e"));
	out_item(&o, STR("caf\xc3\xa9 \xf0\x9f\x98\x80"));
	out_item(&o, STR(""));
	out_close(&o, ']');
	SAME(done(&o), "[\"a\\\"b\\\\c/d\\b\\t\\n\\f\\r\\u0001\\u001f\x7f"
	    "\\u0000e\",\"caf\xc3\xa9 \xf0\x9f\x98\x80\",\"\"]");
}

static void
the_first_trouble_is_remembered(void)
{
	struct str json = STR("before");
	struct out o;

	out_init(&o, unit_arena(), 8);
	out_open(&o, '{');
	out_text(&o, "long", STR("too long for it"));
	out_close(&o, '}');
	CU_ASSERT_FALSE(out_done(&o, &json));
	out_init(&o, unit_arena(), 100);
	out_open(&o, '[');
	out_item(&o, STR("caf\xe9"));
	out_item(&o, STR("fine"));
	out_close(&o, ']');
	CU_ASSERT_FALSE(out_done(&o, &json));
	SAME(json, "before");
}

CU_TestInfo out_tests[] = {
	{ "values and commas fall into place",
	    values_and_commas_fall_into_place },
	{ "texts are escaped", texts_are_escaped },
	{ "the first trouble is remembered", the_first_trouble_is_remembered },
	CU_TEST_INFO_NULL
};
