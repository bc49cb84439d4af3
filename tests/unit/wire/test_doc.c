/*
 * The JSON reader: what it takes, what it refuses, and the getters.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/guard.h"
#include "base/limits.h"
#include "base/clock.h"
#include "unit/unit.h"
#include "wire/doc.h"

struct scan_row {
	const char	*name;
	struct str	 text;
	bool		 strict, lenient;
};

/* Most of these json-c takes with its strict and UTF-8 flags set. */
static const struct scan_row scan_rows[] = {
	{ "an object", STR("{\"a\":1,\"b\":[true,false,null]}"), 1, 1 },
	{ "blanks all around", STR(" \t\r\n{ } \n"), 1, 1 },
	{ "a bare number", STR("12"), 1, 1 },
	{ "a bare text", STR("\"x\""), 1, 1 },
	{ "a bare null", STR("null"), 1, 1 },
	{ "numbers of each form", STR("[0,-0,1.5,-1e9,1E+2,2.5e-3]"), 1, 1 },
	{ "all escapes", STR("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\""), 1, 1 },
	{ "a surrogate pair", STR("\"\\ud83d\\ude00\""), 1, 1 },
	{ "four-byte UTF-8", STR("\"\xf0\x9f\x98\x80\""), 1, 1 },
	{ "one name in two objects", STR("[{\"a\":1},{\"a\":1}]"), 1, 1 },
	{ "an integer beyond 64 bits", STR("99999999999999999999"), 1, 1 },

	{ "a name twice", STR("{\"a\":1,\"a\":2}"), 0, 1 },
	{ "a name twice, once escaped", STR("{\"a\":1,\"\\u0061\":2}"), 0, 1 },
	{ "a name twice, far apart",
	    STR("{\"a\":1,\"b\":{\"a\":{}},\"c\":3,\"a\":2}"), 0, 1 },
	{ "the empty name twice", STR("{\"\":1,\"\":2}"), 0, 1 },
	{ "a NUL escape", STR("\"adm\\u0000in\""), 0, 1 },
	{ "half a surrogate pair", STR("\"\\ud83d\""), 0, 1 },
	{ "the other half", STR("\"\\ude00x\""), 0, 1 },
	{ "two first halves", STR("\"\\ud83d\\ud83d\""), 0, 1 },

	{ "nothing", STR(""), 0, 0 },
	{ "blanks only", STR("  "), 0, 0 },
	{ "NaN", STR("NaN"), 0, 0 },
	{ "Infinity", STR("[-Infinity]"), 0, 0 },
	{ "single quotes", STR("{'a':1}"), 0, 0 },
	{ "no quotes", STR("{a:1}"), 0, 0 },
	{ "a comment", STR("/* x */{}"), 0, 0 },
	{ "capital True", STR("True"), 0, 0 },
	{ "a raw newline in a text", STR("\"a\nb\""), 0, 0 },
	{ "a raw control byte", STR("\"a\x01\""), 0, 0 },
	{ "a raw NUL in a text", STR("\"a\0b\""), 0, 0 },
	{ "an overlong slash", STR("\"\xc0\xaf\""), 0, 0 },
	{ "an overlong three-byte form", STR("\"\xe0\x80\xaf\""), 0, 0 },
	{ "a surrogate in UTF-8", STR("\"\xed\xa0\x80\""), 0, 0 },
	{ "beyond U+10FFFF", STR("\"\xf4\x90\x80\x80\""), 0, 0 },
	{ "half a character", STR("\"\xe2\x82\""), 0, 0 },
	{ "half a character at the end", STR("\"\xe2\x82"), 0, 0 },
	{ "Latin-1", STR("\"caf\xe9\""), 0, 0 },
	{ "a byte order mark", STR("\xef\xbb\xbf{}"), 0, 0 },
	{ "bytes behind a NUL", STR("{}\0x"), 0, 0 },
	{ "a NUL behind it", STR("{}\0"), 0, 0 },
	{ "two values", STR("{}{}"), 0, 0 },
	{ "a comma at the end of a list", STR("[1,]"), 0, 0 },
	{ "a comma at the end of an object", STR("{\"a\":1,}"), 0, 0 },
	{ "a missing comma", STR("[1 2]"), 0, 0 },
	{ "a missing colon", STR("{\"a\" 1}"), 0, 0 },
	{ "a missing value", STR("{\"a\":}"), 0, 0 },
	{ "a number as a name", STR("{1:1}"), 0, 0 },
	{ "an open list", STR("[1"), 0, 0 },
	{ "an open object", STR("{\"a\":1"), 0, 0 },
	{ "an open text", STR("\"a"), 0, 0 },
	{ "an open escape", STR("\"\\"), 0, 0 },
	{ "an open number escape", STR("\"\\u00"), 0, 0 },
	{ "the wrong bracket", STR("[1}"), 0, 0 },
	{ "a leading zero", STR("01"), 0, 0 },
	{ "a leading plus", STR("+1"), 0, 0 },
	{ "a bare minus", STR("-"), 0, 0 },
	{ "no digit before the point", STR(".5"), 0, 0 },
	{ "no digit behind the point", STR("1."), 0, 0 },
	{ "no digit in the exponent", STR("1e"), 0, 0 },
	{ "hexadecimal", STR("0x10"), 0, 0 },
	{ "a letter behind a number", STR("12abc"), 0, 0 },
	{ "an unknown escape", STR("\"\\x41\""), 0, 0 },
	{ "a bad number escape", STR("\"\\u00g0\""), 0, 0 },
	{ "half a word", STR("tru"), 0, 0 },
	{ "more than a word", STR("nullx"), 0, 0 },
};

/* What the scanner says, and what reading says: the same. */
static bool
taken(struct str text, enum doc_rules rules)
{
	GUARD(doc_free) struct doc *doc = NULL;
	struct err e;
	/* A copy of exactly this length: a sanitizer sees one byte more. */
	char *copy = malloc(text.len + (text.len == 0));
	bool scanned, read;

	memcpy(copy, text.at, text.len);
	text.at = copy;
	scanned = doc_scan(text, rules, &e) == RC_OK;
	read = doc_read(&doc, text, rules, &e) == RC_OK;
	free(copy);
	CU_ASSERT_EQUAL(scanned, read);
	CU_ASSERT_TRUE(read || e.rc == RC_INVALID_JSON);
	return read;
}

static void
takes_rfc_8259_and_nothing_else(void)
{
	size_t i;

	for (i = 0; i < COUNT(scan_rows); i++) {
		const struct scan_row *row = &scan_rows[i];

		ROW(taken(row->text, DOC_STRICT) == row->strict, row->name);
		ROW(taken(row->text, DOC_LENIENT) == row->lenient, row->name);
		ROW(taken(row->text, DOC_OURS) == row->lenient, row->name);
	}
}

/* count times unit, between head and tail. */
static struct str
many(const char *head, const char *unit, size_t count, const char *tail)
{
	size_t each = strlen(unit), at = strlen(head), i;
	char *text = arena_take(unit_arena(), at + count * each +
	    strlen(tail) + 1, 1);

	memcpy(text, head, at);
	for (i = 0; i < count; i++, at += each)
		memcpy(text + at, unit, each);
	memcpy(text + at, tail, strlen(tail));
	return (struct str){ text, at + strlen(tail) };
}

static struct str
nested(size_t depth)
{
	struct str open = many("", "[", depth, "1");

	return arena_text(unit_arena(), "%.*s%.*s", STR_FMT(open),
	    STR_FMT(many("", "]", depth, "")));
}

static void
depth_values_and_texts_are_bounded(void)
{
	CU_ASSERT_TRUE(taken(nested(JSON_DEPTH_MAX), DOC_STRICT));
	CU_ASSERT_FALSE(taken(nested(JSON_DEPTH_MAX + 1), DOC_STRICT));
	CU_ASSERT_TRUE(taken(nested(HOOK_DEPTH_MAX), DOC_LENIENT));
	CU_ASSERT_FALSE(taken(nested(HOOK_DEPTH_MAX + 1), DOC_LENIENT));
	CU_ASSERT_FALSE(taken(many("", "[", 200000, ""), DOC_LENIENT));

	CU_ASSERT_TRUE(taken(many("[", "1,", JSON_VALUES_MAX - 2, "1]"),
	    DOC_STRICT));
	CU_ASSERT_FALSE(taken(many("[", "1,", JSON_VALUES_MAX - 1, "1]"),
	    DOC_STRICT));
	CU_ASSERT_TRUE(taken(many("[", "1,", HOOK_VALUES_MAX - 2, "1]"),
	    DOC_LENIENT));
	CU_ASSERT_FALSE(taken(many("[", "1,", HOOK_VALUES_MAX - 1, "1]"),
	    DOC_LENIENT));

	CU_ASSERT_TRUE(taken(many("\"", "x", JSON_STRING_MAX, "\""),
	    DOC_STRICT));
	CU_ASSERT_FALSE(taken(many("\"", "x", JSON_STRING_MAX + 1, "\""),
	    DOC_STRICT));
	CU_ASSERT_FALSE(taken(many("{\"", "x", JSON_STRING_MAX + 1, "\":1}"),
	    DOC_STRICT));
	CU_ASSERT_TRUE(taken(many("\"", "\\u0041", JSON_STRING_MAX, "\""),
	    DOC_STRICT));
	CU_ASSERT_TRUE(taken(many("\"", "x", HOOK_STRING_MAX, "\""),
	    DOC_LENIENT));
	CU_ASSERT_FALSE(taken(many("\"", "x", HOOK_STRING_MAX + 1, "\""),
	    DOC_LENIENT));
}

/* Members named a0, a1, ... of one object. */
static struct str
wide_object(size_t members)
{
	char *text = arena_take(unit_arena(), members + 1, 16);
	size_t at = 1, i;

	text[0] = '{';
	for (i = 0; i < members; i++)
		at += (size_t)sprintf(text + at, "%s\"a%zu\":0",
		    i == 0 ? "" : ",", i);
	text[at++] = '}';
	return (struct str){ text, at };
}

static void
the_widest_body_is_read_in_no_time(void)
{
	struct str strict = wide_object(JSON_VALUES_MAX - 1);
	struct str lenient = wide_object(HOOK_VALUES_MAX - 1);
	int64_t start = clock_steady();

	CU_ASSERT_TRUE(taken(strict, DOC_STRICT));
	CU_ASSERT_TRUE(taken(lenient, DOC_LENIENT));
	CU_ASSERT_TRUE(clock_steady() - start < SECOND);
}

struct kind_row {
	const char	*text;
	enum node_kind	 kind;
	int64_t		 number;
};

static const struct kind_row kind_rows[] = {
	{ "0", NODE_INT, 0 },
	{ "-0", NODE_INT, 0 },
	{ "9223372036854775807", NODE_INT, INT64_MAX },
	{ "-9223372036854775808", NODE_INT, INT64_MIN },
	{ "9223372036854775808", NODE_REAL, 0 },
	{ "-9223372036854775809", NODE_REAL, 0 },
	{ "18446744073709551615", NODE_REAL, 0 },
	{ "18446744073709551616", NODE_REAL, 0 },
	{ "99999999999999999999", NODE_REAL, 0 },
	{ "1.0", NODE_REAL, 0 },
	{ "1e3", NODE_REAL, 0 },
	{ "1.9", NODE_REAL, 0 },
	{ "1e999", NODE_REAL, 0 },
	{ "true", NODE_BOOL, 0 },
	{ "null", NODE_NULL, 0 },
	{ "\"12\"", NODE_TEXT, 0 },
	{ "\"12abc\"", NODE_TEXT, 0 },
	{ "[1]", NODE_LIST, 0 },
	{ "{\"id\":1}", NODE_OBJECT, 0 },
};

static void
integers_come_from_integer_tokens_of_64_bits_only(void)
{
	size_t i;

	for (i = 0; i < 2 * COUNT(kind_rows); i++) {
		GUARD(doc_free) struct doc *doc = NULL;
		const struct kind_row *row = &kind_rows[i / 2];
		struct str body = arena_text(unit_arena(), "{\"a\":[%s]}",
		    row->text);
		const struct node *node;
		int64_t number = 77;
		struct err e;

		ROW(doc_read(&doc, body, i % 2 == 0 ? DOC_STRICT : DOC_LENIENT,
		    &e) == RC_OK, row->text);
		node = node_at(doc_root(doc), "a.0");
		ROW(node_kind(node) == row->kind, row->text);
		ROW(node_int(node, "", &number) == (row->kind == NODE_INT),
		    row->text);
		ROW(number == (row->kind == NODE_INT ? row->number : 77),
		    row->text);
	}
}

static void
a_signed_body_keeps_its_oddities(void)
{
	GUARD(doc_free) struct doc *doc = NULL;
	struct str body = STR("{\"id\":\"one\",\"id\":\"two\","
	    "\"nul\":\"adm\\u0000in\",\"id\\u0000x\":\"three\","
	    "\"half\":\"\\ud83d!\"}");
	const struct node *root;
	struct err e;

	CU_ASSERT_EQUAL_FATAL(doc_read(&doc, body, DOC_LENIENT, &e), RC_OK);
	root = doc_root(doc);
	SAME(node_text(root, "id"), "two");
	SAME_STR(node_text(root, "nul"), STR("adm\0in"));
	SAME(node_text(root, "half"), "\xef\xbf\xbd!");
	/* A NUL cannot make a name look like a shorter one. */
	SAME(node_text(root, "id\xef\xbf\xbdx"), "three");
	CU_ASSERT_EQUAL(node_count(root), 4);
}

static enum rc
join_names(void *arg, struct str name, const struct node *value,
    struct err *e)
{
	struct str *all = arg;

	(void)e;
	*all = arena_text(unit_arena(), "%.*s%.*s%d", STR_FMT(*all),
	    STR_FMT(name), node_kind(value) == NODE_NULL);
	return RC_OK;
}

static void
paths_lead_to_values(void)
{
	GUARD(doc_free) struct doc *doc = NULL;
	struct str body = STR("{\"z\":{\"list\":[{\"id\":\"p1\"},\"x\",7]},"
	    "\"none\":null,\"yes\":true,\"ref\":{\"id\":\"cus_1\"},"
	    "\"bare\":\"cus_2\"}");
	struct str names = STR_NONE;
	const struct node *root;
	int64_t number = 0;
	struct err e;

	CU_ASSERT_EQUAL_FATAL(doc_read(&doc, body, DOC_STRICT, &e), RC_OK);
	root = doc_root(doc);
	SAME(node_text(root, "z.list.0.id"), "p1");
	SAME(node_text(root, "z.list.1"), "x");
	CU_ASSERT_TRUE(node_int(root, "z.list.2", &number));
	CU_ASSERT_EQUAL(number, 7);
	CU_ASSERT_TRUE(node_bool(root, "yes"));
	SAME(node_id(root, "ref"), "cus_1");
	SAME(node_id(root, "bare"), "cus_2");
	CU_ASSERT_EQUAL(node_kind(node_at(root, "none")), NODE_NULL);
	CU_ASSERT_PTR_NULL(node_at(root, "none.id"));
	CU_ASSERT_PTR_NULL(node_at(root, "z.list.3"));
	CU_ASSERT_PTR_NULL(node_at(root, "z.list.-1"));
	CU_ASSERT_PTR_NULL(node_at(root, "z.list.x"));
	CU_ASSERT_PTR_NULL(node_at(root, "yes.no"));
	CU_ASSERT_PTR_NULL(node_at(NULL, "a.b"));
	CU_ASSERT_PTR_NULL(node_item(root, 0));
	CU_ASSERT_EQUAL(node_kind(NULL), NODE_NONE);
	CU_ASSERT_EQUAL(node_text(root, "yes").len, 0);
	CU_ASSERT_EQUAL(node_count(node_at(root, "z.list")), 3);
	CU_ASSERT_EQUAL(node_members(root, join_names, &names, &e), RC_OK);
	SAME(names, "z0none1yes0ref0bare0");
}

static void
wanted_members_are_checked_and_named(void)
{
	GUARD(doc_free) struct doc *doc = NULL;
	struct str body = STR("{\"t\":\"abc\",\"e\":\"\",\"n\":null,\"i\":5,"
	    "\"r\":1.5,\"s\":\"5\"}");
	const struct node *root;
	struct str text = STR("before");
	int64_t number = 1;
	struct err e;

	CU_ASSERT_EQUAL_FATAL(doc_read(&doc, body, DOC_STRICT, &e), RC_OK);
	root = doc_root(doc);
	CU_ASSERT_EQUAL(want_text(root, "i", true, 9, &text, &e),
	    RC_INVALID_VALUE);
	CU_ASSERT_STRING_EQUAL(e.pointer, "/i");
	CU_ASSERT_STRING_EQUAL(e.what, "i is an integer: it must be a text");
	CU_ASSERT_EQUAL(want_text(root, "t", true, 2, &text, &e),
	    RC_INVALID_VALUE);
	CU_ASSERT_EQUAL(want_text(root, "e", true, 9, &text, &e),
	    RC_INVALID_VALUE);
	CU_ASSERT_EQUAL(want_text(root, "n", true, 9, &text, &e),
	    RC_INVALID_VALUE);
	CU_ASSERT_EQUAL(want_text(root, "gone", true, 9, &text, &e),
	    RC_INVALID_VALUE);
	SAME(text, "before");
	CU_ASSERT_EQUAL(want_text(root, "t", true, 3, &text, &e), RC_OK);
	SAME(text, "abc");
	CU_ASSERT_EQUAL(want_text(root, "n", false, 9, &text, &e), RC_OK);
	CU_ASSERT_EQUAL(text.len, 0);
	CU_ASSERT_EQUAL(want_int(root, "s", true, 0, 9, 0, &number, &e),
	    RC_INVALID_VALUE);
	CU_ASSERT_EQUAL(want_int(root, "r", true, 0, 9, 0, &number, &e),
	    RC_INVALID_VALUE);
	CU_ASSERT_EQUAL(want_int(root, "i", true, 6, 9, 0, &number, &e),
	    RC_INVALID_VALUE);
	CU_ASSERT_STRING_EQUAL(e.what, "i must be from 6 to 9");
	CU_ASSERT_EQUAL(number, 1);
	CU_ASSERT_EQUAL(want_int(root, "i", true, 5, 5, 0, &number, &e),
	    RC_OK);
	CU_ASSERT_EQUAL(number, 5);
	CU_ASSERT_EQUAL(want_int(root, "n", false, 5, 5, 3, &number, &e),
	    RC_OK);
	CU_ASSERT_EQUAL(number, 3);
}

CU_TestInfo doc_tests[] = {
	{ "takes RFC 8259 and nothing else", takes_rfc_8259_and_nothing_else },
	{ "depth, values and texts are bounded",
	    depth_values_and_texts_are_bounded },
	{ "the widest body is read in no time",
	    the_widest_body_is_read_in_no_time },
	{ "integers come from integer tokens of 64 bits only",
	    integers_come_from_integer_tokens_of_64_bits_only },
	{ "a signed body keeps its oddities",
	    a_signed_body_keeps_its_oddities },
	{ "paths lead to values", paths_lead_to_values },
	{ "wanted members are checked and named",
	    wanted_members_are_checked_and_named },
	CU_TEST_INFO_NULL
};
