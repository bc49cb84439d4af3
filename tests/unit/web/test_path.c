/* Promises of web/path.h. */
#include "unit/unit.h"
#include "web/path.h"

/* The segments joined by '|', or "-" for an unknown path. */
static struct str
read_uri(const char *uri, const char *base, const char *script)
{
	struct path	p;
	struct err	e;
	struct str	all = STR("");

	if (path_read(&p, str_of(uri), str_of(base), str_of(script),
	    unit_arena(), &e) != RC_OK)
		return e.rc == RC_UNKNOWN_PATH ? STR("-") : STR("?");
	for (size_t i = 0; i < p.count; i++)
		all = arena_text(unit_arena(), "%.*s|%.*s", STR_FMT(all),
		    STR_FMT(p.segment[i]));
	return all;
}

static void
each_segment_is_decoded_once(void)
{
	static const struct {
		const char	*uri, *want;
	} rows[] = {
		{ "/", "" },
		{ "/v1/tiers", "|v1|tiers" },
		{ "/v1/users/u1/can/a:b", "|v1|users|u1|can|a:b" },
		{ "/v1/users/u1/can/a%3Ab?x=/y", "|v1|users|u1|can|a:b" },
		{ "/v1/users/50%25/x", "|v1|users|50%|x" },
		{ "/v1/users/a+b", "|v1|users|a+b" },
		{ "/v1/users/%C3%A9", "|v1|users|\xc3\xa9" },
		{ "/v1/users/..%2e", "|v1|users|..." },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		ROW(str_eq(read_uri(rows[i].uri, "", ""),
		    str_of(rows[i].want)), rows[i].uri);
}

static void
what_no_route_can_be_is_unknown(void)
{
	static const char *const	rows[] = {
		"", "v1/tiers", "http://x/v1", "//", "/v1//tiers",
		"/v1/tiers/", "/v1/./tiers", "/v1/../tiers", "/v1/%2e%2E/x",
		"/v1/a%2Fb", "/v1/a%5cb", "/v1/a\\b", "/v1/a%00b",
		"/v1/a%0ab", "/v1/a%7f", "/v1/a%2541", "/v1/%zz", "/v1/a%4",
		"/v1/%ff", "/v1/%c0%af",
		"/1/2/3/4/5/6/7/8/9/10/11/12/13",
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		ROW(str_eq(read_uri(rows[i], "", ""), STR("-")), rows[i]);
}

static void
the_base_path_is_cut_as_whole_segments(void)
{
	SAME(read_uri("/shop/api/v1/x", "/shop/api", ""), "|v1|x");
	SAME(read_uri("/shop/apix/v1", "/shop/api", ""), "-");
	SAME(read_uri("/shop", "/shop/api", ""), "-");
	SAME(read_uri("/v1/x", "/shop/api", ""), "-");
	SAME(read_uri("/shop/api", "/shop/api", ""), "-");
}

static void
one_leading_program_name_is_left_out(void)
{
	SAME(read_uri("/rung.fcgi/v1/x", "", "/rung.fcgi"), "|v1|x");
	SAME(read_uri("/rung.cgi/v1/x", "", "/bin/rung.cgi"), "|v1|x");
	SAME(read_uri("/api/rung.fcgi/v1", "/api", "/api/rung.fcgi"), "|v1");
	SAME(read_uri("/rung.fcgi/rung.fcgi", "", "/rung.fcgi"),
	    "|rung.fcgi");
	SAME(read_uri("/other.fcgi/v1", "", "/rung.fcgi"), "|other.fcgi|v1");
	SAME(read_uri("/v1/x", "", "/v1"), "|v1|x");
}

static void
query_values_are_found_and_decoded(void)
{
	static const struct {
		const char	*pairs, *name, *want;
	} rows[] = {
		{ "a=1&b=2", "b", "2" },
		{ "a=1&a=2", "a", "1" },
		{ "ab=1", "a", "" },
		{ "a=x+y%20z", "a", "x y z" },
		{ "a=1=2", "a", "1=2" },
		{ "a", "a", "" },
		{ "a=%zz", "a", "" },
		{ "", "a", "" },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		ROW(str_eq(path_value(str_of(rows[i].pairs),
		    str_of(rows[i].name), unit_arena()),
		    str_of(rows[i].want)), rows[i].pairs);
}

CU_TestInfo path_tests[] = {
	{ "each segment is decoded once", each_segment_is_decoded_once },
	{ "what no route can be is unknown",
	    what_no_route_can_be_is_unknown },
	{ "the base path is cut as whole segments",
	    the_base_path_is_cut_as_whole_segments },
	{ "one leading program name is left out",
	    one_leading_program_name_is_left_out },
	{ "query values are found and decoded",
	    query_values_are_found_and_decoded },
	CU_TEST_INFO_NULL
};
