/*
 * Where a buyer may be sent back to.
 */
#ifndef RUNG_FLOW_URL_H
#define RUNG_FLOW_URL_H

#include "base/conf.h"
#include "base/err.h"

/*
 * https and of a listed origin or our own; in sandbox mode also http on
 * loopback.  RC_URL_NOT_ALLOWED names the member.
 */
enum rc	url_allowed(const struct conf *, struct str url, const char *pointer,
	    struct err *);

/* The url with name=value added to its query, before any fragment. */
struct str url_with(struct arena *, struct str url, const char *name,
	    struct str value);

#endif
