/*
 * One value of a setting: from text to what struct conf holds, and back.
 * Only for conf.c and its tests.
 */
#ifndef RUNG_BASE_CONF_VALUE_H
#define RUNG_BASE_CONF_VALUE_H

#include "base/conf.h"

/*
 * Read one text as the row's kind asks and store it at field: for a list's
 * kind one entry, a struct str.  RC_INVALID_VALUE as conf_set says.
 */
enum rc		conf_value_take(const struct setting *, struct str text,
		    struct arena *, void *field, struct err *);

/* The value at field as a text; of a list's kind one entry. */
struct str	conf_value_show(const struct setting *, const void *field,
		    struct arena *);

/* The parts of "https://host:port/path"; false if it is not such a URL. */
struct url {
	struct str	origin, scheme, host, path;
	int64_t		port;		/* 0 if not written */
};
bool		conf_url(struct str text, struct url *out);

/* 127.0.0.0/8, ::1 (of a URL in brackets) or localhost? */
bool		conf_is_loopback(struct str host);

#endif
