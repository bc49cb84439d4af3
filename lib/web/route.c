/*
 * Rows are compared segment by segment, whole names only; a handful of rows
 * needs nothing cleverer.
 */
#include <stdio.h>

#include "base/guard.h"
#include "web/route.h"

static bool
is_place(struct str segment)
{
	return segment.len > 2 && segment.at[0] == '{';
}

/* Every row is asked at every request, so nothing is cut or copied here. */
static bool
fits(const struct route *r, const struct path *p)
{
	const char	*at = r->path;
	size_t		 n = 0;

	for (; *at == '/'; n++) {
		size_t	len = strcspn(++at, "/");

		if (n == p->count)
			return false;
		if (strcmp(at, ROUTE_REST) == 0)
			return true;
		if (!is_place((struct str){ at, len }) &&
		    !str_eq((struct str){ at, len }, p->segment[n]))
			return false;
		at += len;
	}
	return n == p->count;
}

static bool
answers(const struct route *r, struct str method)
{
	return str_eq(str_of(r->method), method) ||
	    (str_eq(method, STR("HEAD")) &&
	    str_eq(str_of(r->method), STR("GET")));
}

/* In the order in which a path says what it takes. */
static const struct {
	const char	*method, *said;
} methods[] = {
	{ "GET", "GET, HEAD, " }, { "POST", "POST, " },
	{ "PATCH", "PATCH, " }, { "DELETE", "DELETE, " },
};

static void
fill_allow(const struct route *routes, const struct path *p, struct found *f)
{
	size_t	len = 0;

	for (size_t i = 0; i < COUNT(methods); i++) {
		const struct route *r = routes;

		while (r->method != NULL && (!fits(r, p) ||
		    !answers(r, str_of(methods[i].method))))
			r++;
		if (r->method != NULL)
			len += (size_t)snprintf(f->allow + len,
			    sizeof(f->allow) - len, "%s", methods[i].said);
	}
	if (len > 0)
		snprintf(f->allow + len, sizeof(f->allow) - len, "OPTIONS");
}

enum rc
route_find(const struct route *routes, const struct path *p,
    struct str method, struct found *out, struct err *e)
{
	*out = (struct found){ .route = NULL };
	for (const struct route *r = routes; r->method != NULL; r++)
		if (answers(r, method) && fits(r, p)) {
			out->route = r;
			return RC_OK;
		}
	fill_allow(routes, p, out);
	if (out->allow[0] == '\0')
		return err_set(e, RC_UNKNOWN_PATH, NULL,
		    "there is nothing here");
	if (!str_eq(method, STR("OPTIONS")))
		return err_set(e, RC_METHOD_NOT_ALLOWED, NULL,
		    "this path takes %s", out->allow);
	return RC_OK;
}

/* The place of {name} in the row's path; -1 if it is not there. */
static int
place_of(const struct route *r, const char *name)
{
	struct str	rest = str_of(r->path), want = str_of(name);

	str_cut(&rest, '/');
	for (int n = 0; rest.at != NULL; n++) {
		struct str segment = str_cut(&rest, '/');

		if (is_place(segment) &&
		    str_eq(str_part(segment, 1, segment.len - 2), want))
			return n;
	}
	return -1;
}

bool
route_has(const struct route *r, const char *name)
{
	return place_of(r, name) != -1;
}

struct str
route_arg(const struct route *r, const struct path *p, const char *name)
{
	int	n = place_of(r, name);

	must(n != -1);
	return p->segment[n];
}
