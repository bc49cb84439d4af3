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

static bool
fits(const struct route *r, const struct path *p)
{
	struct str	rest = str_of(r->path);
	size_t		n = 0;

	str_cut(&rest, '/');		/* what is before the first slash */
	while (rest.at != NULL) {
		struct str segment = str_cut(&rest, '/');

		if (n < p->count && str_eq(segment, STR(ROUTE_REST)))
			return true;
		if (n == p->count ||
		    (!is_place(segment) && !str_eq(segment, p->segment[n])))
			return false;
		n++;
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
fill_allow(struct found *f, unsigned taken)
{
	size_t	len = 0;

	for (size_t i = 0; i < COUNT(methods); i++)
		if ((taken & 1U << i) != 0)
			len += (size_t)snprintf(f->allow + len,
			    sizeof(f->allow) - len, "%s", methods[i].said);
	snprintf(f->allow + len, sizeof(f->allow) - len, "OPTIONS");
}

enum rc
route_find(const struct route *routes, const struct path *p,
    struct str method, struct found *out, struct err *e)
{
	unsigned	taken = 0;

	*out = (struct found){ .route = NULL };
	for (const struct route *r = routes; r->method != NULL; r++) {
		if (!fits(r, p))
			continue;
		if (out->route == NULL && answers(r, method))
			out->route = r;
		for (size_t i = 0; i < COUNT(methods); i++)
			if (answers(r, str_of(methods[i].method)))
				taken |= 1U << i;
	}
	if (taken == 0)
		return err_set(e, RC_UNKNOWN_PATH, NULL,
		    "there is nothing here");
	fill_allow(out, taken);
	if (out->route == NULL && !str_eq(method, STR("OPTIONS")))
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
