/* Promises of web/route.h. */
#include "unit/unit.h"
#include "web/route.h"

static enum rc
nothing(struct web *w, struct err *e)
{
	(void)w;
	(void)e;
	return RC_OK;
}

static const struct route	routes[] = {
	{ "POST", "/v1/upgrades",	   MAY_SERVER, nothing, .body_max = 1 },
	{ "POST", "/v1/upgrades/preview",  MAY_SERVER, nothing, .body_max = 2 },
	{ "GET",  "/v1/upgrades/{id}",	   MAY_SERVER, nothing, .body_max = 3 },
	{ "POST", "/v1/upgrades/{id}/cancel", MAY_SERVER, nothing,
	    .body_max = 4 },
	{ "GET",  "/v1/users/{id}/can/{capability}", MAY_CHECK, nothing,
	    .body_max = 5 },
	{ "GET",  "/both",		   MAY_ANYONE, nothing, .body_max = 6 },
	{ "POST", "/both",		   MAY_ANYONE, nothing, .body_max = 7 },
	{ "PATCH", "/all/one",		   MAY_ANYONE, nothing, .body_max = 8 },
	{ "DELETE", "/all/" ROUTE_REST,	   MAY_ANYONE, nothing, .body_max = 9 },
	{ .method = NULL }
};

static void
a_place_is_there_or_not(void)
{
	CU_ASSERT_TRUE(route_has(&routes[4], "id"));
	CU_ASSERT_TRUE(route_has(&routes[4], "capability"));
	CU_ASSERT_FALSE(route_has(&routes[4], "can"));
	CU_ASSERT_FALSE(route_has(&routes[0], "id"));
}

static enum rc
find(const char *method, const char *uri, struct path *p,
    struct found *found)
{
	struct err	e;

	CU_ASSERT_EQUAL_FATAL(path_read(p, str_of(uri), STR(""), STR(""),
	    unit_arena(), &e), RC_OK);
	return route_find(routes, p, str_of(method), found, &e);
}

/* The row is told by its body_max; -1 is an unknown path, -2 a method. */
static void
the_table_is_exact(void)
{
	static const struct {
		const char	*method, *uri;
		int		 row;
	} rows[] = {
		{ "POST", "/v1/upgrades", 1 },
		{ "POST", "/v1/upgrades/preview", 2 },
		{ "GET", "/v1/upgrades/preview", 3 },
		{ "GET", "/v1/upgrades/us_1", 3 },
		{ "HEAD", "/v1/upgrades/us_1", 3 },
		{ "POST", "/v1/upgrades/us_1/cancel", 4 },
		{ "GET", "/v1/users/u/can/a:b", 5 },
		{ "GET", "/both", 6 },
		{ "POST", "/both", 7 },
		{ "PATCH", "/all/one", 8 },
		{ "DELETE", "/all/one", 9 },
		{ "DELETE", "/all/one/and/more", 9 },
		{ "DELETE", "/all", -1 },
		{ "PATCH", "/all/two", -2 },
		{ "GET", "/v1/upgrades", -2 },
		{ "POST", "/v1/upgrades/us_1", -2 },
		{ "DELETE", "/v1/upgrades", -2 },
		{ "post", "/v1/upgrades", -2 },
		{ "GET", "/v1/upgrade", -1 },
		{ "GET", "/v1/upgradesx", -1 },
		{ "GET", "/v1/upgrades/us_1/cancel/now", -1 },
		{ "GET", "/v1", -1 },
		{ "GET", "/", -1 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct path	p;
		struct found	found;
		enum rc		rc;

		rc = find(rows[i].method, rows[i].uri, &p, &found);
		if (rows[i].row == -1)
			ROW(rc == RC_UNKNOWN_PATH, rows[i].uri);
		else if (rows[i].row == -2)
			ROW(rc == RC_METHOD_NOT_ALLOWED, rows[i].uri);
		else
			ROW(rc == RC_OK && found.route != NULL &&
			    found.route->body_max == (size_t)rows[i].row,
			    rows[i].uri);
	}
}

static void
a_wrong_method_is_told_the_right_ones(void)
{
	struct path	p;
	struct found	found;

	find("PUT", "/v1/upgrades", &p, &found);
	SAME(str_of(found.allow), "POST, OPTIONS");
	find("PUT", "/v1/upgrades/us_1", &p, &found);
	SAME(str_of(found.allow), "GET, HEAD, OPTIONS");
	find("PUT", "/both", &p, &found);
	SAME(str_of(found.allow), "GET, HEAD, POST, OPTIONS");
	find("PUT", "/all/one", &p, &found);
	SAME(str_of(found.allow), "PATCH, DELETE, OPTIONS");
}

static void
options_is_answered_for_known_paths_only(void)
{
	struct path	p;
	struct found	found;

	CU_ASSERT_EQUAL(find("OPTIONS", "/both", &p, &found), RC_OK);
	CU_ASSERT_PTR_NULL(found.route);
	CU_ASSERT_EQUAL(find("OPTIONS", "/nothing", &p, &found),
	    RC_UNKNOWN_PATH);
}

static void
values_come_from_their_own_places(void)
{
	struct path	p;
	struct found	found;

	find("GET", "/v1/users/me/can/export%3Acsv", &p, &found);
	SAME(route_arg(found.route, &p, "id"), "me");
	SAME(route_arg(found.route, &p, "capability"), "export:csv");
}

CU_TestInfo route_tests[] = {
	{ "the table is exact", the_table_is_exact },
	{ "a wrong method is told the right ones",
	    a_wrong_method_is_told_the_right_ones },
	{ "OPTIONS is answered for known paths only",
	    options_is_answered_for_known_paths_only },
	{ "values come from their own places",
	    values_come_from_their_own_places },
	{ "a place is there or not", a_place_is_there_or_not },
	CU_TEST_INFO_NULL
};
