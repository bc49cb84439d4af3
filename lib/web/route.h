/*
 * The table of routes: which row is this request for?
 */
#ifndef RUNG_WEB_ROUTE_H
#define RUNG_WEB_ROUTE_H

#include "web/path.h"
#include "web/web.h"

enum { ALLOW_BYTES = 60 };

struct found {
	const struct route	*route;		/* NULL: OPTIONS was asked */
	char			 allow[ALLOW_BYTES];	/* "POST, OPTIONS" */
};

/*
 * The first row that fits path and method.  RC_UNKNOWN_PATH; for a path that
 * is there with other methods RC_METHOD_NOT_ALLOWED, with out->allow filled.
 */
enum rc		 route_find(const struct route *, const struct path *,
		    struct str method, struct found *out, struct err *);

/* Is there a {name} in the row's path? */
bool		 route_has(const struct route *, const char *name);

/* What stands in the place of {name}; the name must be in the row's path. */
struct str	 route_arg(const struct route *, const struct path *,
		    const char *name);

#endif
