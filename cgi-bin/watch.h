/*
 * What the two files of the program that waits know of each other.
 */
#ifndef RUNG_WATCH_H
#define RUNG_WATCH_H

#include "web/web.h"

/* POST /v1/events, GET /v1/events?ticket= */
web_handler	watch_ticket, watch_stream;

/* A user's entitlements, as news. */
enum rc		watch_read_user(struct web *, struct str user, struct news *,
		    struct err *);

#endif
