/* Promises of web/head.h. */
#include "base/limits.h"
#include "unit/unit.h"
#include "web/head.h"

static enum rc
read_vector(struct head *h, char *const *vector)
{
	struct err	e;

	return head_read(h, vector, unit_arena(), &e);
}

static void
what_we_use_is_copied_and_the_rest_left(void)
{
	char	*const vector[] = {
		"REQUEST_METHOD=GET", "HTTP_PROXY=http://evil", "ODD",
		"HTTP_X_API_KEY=", "REQUEST_URI=/v1?a=b", NULL
	};
	struct head	h;

	CU_ASSERT_EQUAL(read_vector(&h, vector), RC_OK);
	SAME(h.at[VAR_METHOD], "GET");
	SAME(h.at[VAR_URI], "/v1?a=b");
	CU_ASSERT_PTR_NOT_NULL(h.at[VAR_API_KEY].at);
	CU_ASSERT_PTR_NULL(h.at[VAR_ORIGIN].at);
	SAME(head_named(&h, "REQUEST_METHOD"), "GET");
}

/* X-Api-Key and X_Api_Key arrive under one name; which is it then? */
static void
a_variable_that_is_there_twice_is_refused(void)
{
	char	*const ours[] = {
		"HTTP_X_API_KEY=a", "REQUEST_METHOD=GET", "HTTP_X_API_KEY=a",
		NULL
	};
	char	*const empty[] = {
		"HTTP_ORIGIN=", "HTTP_ORIGIN=https://a.example", NULL
	};
	char	*const theirs[] = {
		"HTTP_FROM=a", "HTTP_FROM=b", "REQUEST_METHOD=GET", NULL
	};
	struct head	h;

	CU_ASSERT_EQUAL(read_vector(&h, ours), RC_BAD_REQUEST);
	CU_ASSERT_EQUAL(read_vector(&h, empty), RC_BAD_REQUEST);
	CU_ASSERT_EQUAL(read_vector(&h, theirs), RC_OK);
}

/* A vector of count entries with values of size bytes each. */
static char **
vector_of(size_t count, size_t size)
{
	char	**vector = arena_many(unit_arena(), count + 1, char *);

	for (size_t i = 0; i < count; i++) {
		vector[i] = arena_take(unit_arena(), size + 10, 1);
		memset(vector[i], 'x', size + 9);
		memcpy(vector[i], "HTTP_YYY=", 9);
	}
	return vector;
}

static void
the_head_is_bounded_in_each_way(void)
{
	struct head	h;

	CU_ASSERT_EQUAL(read_vector(&h, vector_of(HEAD_ENTRIES_MAX, 1)),
	    RC_OK);
	CU_ASSERT_EQUAL(read_vector(&h, vector_of(HEAD_ENTRIES_MAX + 1, 1)),
	    RC_BAD_REQUEST);
	CU_ASSERT_EQUAL(read_vector(&h, vector_of(1, HEAD_VALUE_MAX)),
	    RC_OK);
	CU_ASSERT_EQUAL(read_vector(&h, vector_of(1, HEAD_VALUE_MAX + 1)),
	    RC_BAD_REQUEST);
	CU_ASSERT_EQUAL(read_vector(&h, vector_of(3, HEAD_VALUE_MAX)),
	    RC_OK);
	CU_ASSERT_EQUAL(read_vector(&h, vector_of(4, HEAD_VALUE_MAX)),
	    RC_BAD_REQUEST);
}

static void
a_length_is_up_to_nine_digits_within_the_limit(void)
{
	static const struct {
		const char	*text, *chunks;
		enum rc		 rc;
		size_t		 len;
		bool		 given;
	} rows[] = {
		{ "0", "", RC_OK, 0, true },
		{ "100", "", RC_OK, 100, true },
		{ "000000100", "", RC_OK, 100, true },
		{ "", "", RC_OK, 0, false },
		{ "101", "", RC_BODY_TOO_LARGE, 0, false },
		{ "999999999", "", RC_BODY_TOO_LARGE, 0, false },
		{ "0000000001", "", RC_BAD_REQUEST, 0, false },
		{ "-1", "", RC_BAD_REQUEST, 0, false },
		{ "+1", "", RC_BAD_REQUEST, 0, false },
		{ "1 ", "", RC_BAD_REQUEST, 0, false },
		{ "0x10", "", RC_BAD_REQUEST, 0, false },
		{ "1,1", "", RC_BAD_REQUEST, 0, false },
		{ "", "chunked", RC_LENGTH_REQUIRED, 0, false },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct head	h = { 0 };
		struct err	e;
		size_t		len = 7;
		bool		given = false;
		enum rc		rc;

		h.at[VAR_LENGTH] = str_of(rows[i].text);
		h.at[VAR_TRANSFER_ENCODING] = str_of(rows[i].chunks);
		rc = head_length(&h, 100, &len, &given, &e);
		ROW(rc == rows[i].rc, rows[i].text);
		if (rc == RC_OK)
			ROW(len == rows[i].len && given == rows[i].given,
			    rows[i].text);
	}
}

static void
only_json_types_are_json(void)
{
	static const struct {
		const char	*type;
		bool		 json;
	} rows[] = {
		{ "application/json", true },
		{ "Application/JSON; charset=utf-8", true },
		{ "application/vnd.x+json", true },
		{ "application/json-seq", false },
		{ "application/+json", false },
		{ "text/json", false },
		{ "text/plain", false },
		{ "application/x-www-form-urlencoded", false },
		{ "", false },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct head	h = { 0 };

		h.at[VAR_TYPE] = str_of(rows[i].type);
		ROW(head_is_json(&h) == rows[i].json, rows[i].type);
	}
}

static void
only_a_sane_request_id_is_taken_over(void)
{
	struct head	h = { 0 };

	SAME(head_request_id(&h), "");
	h.at[VAR_UNIQUE_ID] = STR("Yx@9-_");
	SAME(head_request_id(&h), "Yx@9-_");
	h.at[VAR_REQUEST_ID] = STR("a b");
	SAME(head_request_id(&h), "Yx@9-_");
	h.at[VAR_REQUEST_ID] = STR("trace-1.2:3");
	SAME(head_request_id(&h), "trace-1.2:3");
	h.at[VAR_REQUEST_ID] = STR("01234567890123456789012345678901"
	    "012345678901234567890123456789012");
	SAME(head_request_id(&h), "Yx@9-_");
}

CU_TestInfo head_tests[] = {
	{ "what we use is copied and the rest left",
	    what_we_use_is_copied_and_the_rest_left },
	{ "a variable that is there twice is refused",
	    a_variable_that_is_there_twice_is_refused },
	{ "the head is bounded in each way", the_head_is_bounded_in_each_way },
	{ "a length is up to nine digits within the limit",
	    a_length_is_up_to_nine_digits_within_the_limit },
	{ "only JSON types are JSON", only_json_types_are_json },
	{ "only a sane request id is taken over",
	    only_a_sane_request_id_is_taken_over },
	CU_TEST_INFO_NULL
};
