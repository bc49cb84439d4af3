/* Promises of wire/authzen.h. */
#include "unit/unit.h"
#include "wire/authzen.h"

#define SUBJECT		"\"subject\":{\"type\":\"user\",\"id\":\"u1\"}"
#define ACTION		"\"action\":{\"name\":\"use\"}"
#define RESOURCE(id)	"\"resource\":{\"type\":\"capability\",\"id\":\"" id "\"}"

static void
an_evaluation_asks_one_question(void)
{
	struct authzen_ask	ask;
	struct err		e;

	CU_ASSERT_EQUAL(authzen_read(STR("{" SUBJECT "," ACTION ","
	    RESOURCE("export:csv") ",\"context\":{\"a\":1}}"), unit_arena(),
	    &ask, &e), RC_OK);
	CU_ASSERT_EQUAL(ask.count, 1);
	CU_ASSERT_FALSE(ask.many);
	SAME(ask.questions[0].user, "u1");
	SAME(ask.questions[0].capability, "export:csv");
	CU_ASSERT_PTR_NULL(ask.questions[0].foreign);
}

static void
what_lacks_something_is_refused(void)
{
	static const struct {
		const char	*body;
		enum rc		 rc;
	} rows[] = {
		{ "{" SUBJECT "," ACTION "}", RC_INVALID_VALUE },
		{ "{" SUBJECT "," RESOURCE("a") "}", RC_INVALID_VALUE },
		{ "{" ACTION "," RESOURCE("a") "}", RC_INVALID_VALUE },
		{ "{" SUBJECT "," ACTION "," RESOURCE("") "}",
		    RC_INVALID_VALUE },
		{ "{\"subject\":{\"type\":\"user\",\"id\":7}," ACTION ","
		    RESOURCE("a") "}", RC_INVALID_VALUE },
		{ "{\"subject\":\"u1\"," ACTION "," RESOURCE("a") "}",
		    RC_INVALID_VALUE },
		{ "[]", RC_INVALID_VALUE },
		{ "{", RC_INVALID_JSON },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct authzen_ask	ask;
		struct err		e;

		ROW(authzen_read(str_of(rows[i].body), unit_arena(), &ask,
		    &e) == rows[i].rc, rows[i].body);
		ROW(authzen_read_many(str_of(rows[i].body), unit_arena(),
		    &ask, &e) == rows[i].rc, rows[i].body);
	}
}

static void
others_words_are_foreign(void)
{
	static const struct {
		const char	*body, *foreign;
	} rows[] = {
		{ "{\"subject\":{\"type\":\"group\",\"id\":\"g\"}," ACTION ","
		    RESOURCE("a") "}", "unknown-subject-type" },
		{ "{" SUBJECT "," ACTION ",\"resource\":{\"type\":\"doc\","
		    "\"id\":\"d\"}}", "unknown-resource-type" },
		{ "{" SUBJECT ",\"action\":{\"name\":\"read\"},"
		    RESOURCE("a") "}", "unknown-action" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct authzen_ask	ask;
		struct err		e;

		ROW(authzen_read(str_of(rows[i].body), unit_arena(), &ask,
		    &e) == RC_OK, rows[i].body);
		SAME(str_of(ask.questions[0].foreign), rows[i].foreign);
	}
}

static void
entries_take_what_stands_beside_them(void)
{
	struct authzen_ask	ask;
	struct err		e;

	CU_ASSERT_EQUAL(authzen_read_many(STR("{" SUBJECT "," ACTION ","
	    RESOURCE("a") ",\"evaluations\":[{}," "{" RESOURCE("b") "},"
	    "{\"subject\":{\"type\":\"user\",\"id\":\"u2\"}},"
	    "{\"subject\":{\"id\":\"u3\"}}],\"options\":{"
	    "\"evaluations_semantic\":\"permit_on_first_permit\"}}"),
	    unit_arena(), &ask, &e), RC_OK);
	CU_ASSERT_EQUAL(ask.count, 4);
	CU_ASSERT_TRUE(ask.many);
	CU_ASSERT_EQUAL(ask.until, UNTIL_PERMIT);
	SAME(ask.questions[0].capability, "a");
	SAME(ask.questions[1].capability, "b");
	SAME(ask.questions[1].user, "u1");
	SAME(ask.questions[2].user, "u2");
	CU_ASSERT_PTR_NULL(ask.questions[2].lacks);
	/* An object is taken whole: its type is not that of the default. */
	CU_ASSERT_PTR_NOT_NULL(ask.questions[3].lacks);
}

static void
entries_must_be_a_list_of_objects(void)
{
	static const char *const	rows[] = {
		"{\"evaluations\":{}}", "{\"evaluations\":[1]}",
		"{\"evaluations\":[{},null]}",
		("{\"evaluations\":[{}],\"options\":"
		    "{\"evaluations_semantic\":\"all\"}}"),
		"{\"evaluations\":[]}",
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct authzen_ask	ask;
		struct err		e;

		ROW(authzen_read_many(str_of(rows[i]), unit_arena(), &ask,
		    &e) == RC_INVALID_VALUE, rows[i]);
	}
}

CU_TestInfo authzen_tests[] = {
	{ "an evaluation asks one question",
	    an_evaluation_asks_one_question },
	{ "what lacks something is refused", what_lacks_something_is_refused },
	{ "others' words are foreign", others_words_are_foreign },
	{ "entries take what stands beside them",
	    entries_take_what_stands_beside_them },
	{ "entries must be a list of objects",
	    entries_must_be_a_list_of_objects },
	CU_TEST_INFO_NULL
};
