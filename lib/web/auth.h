/*
 * Who is asking: where a credential is looked for, and who may call a route.
 */
#ifndef RUNG_WEB_AUTH_H
#define RUNG_WEB_AUTH_H

#include "web/head.h"
#include "web/web.h"

/*
 * The credential of a request: Authorization (Bearer), or X-API-Key, which
 * reaches us behind every server.  RC_NO_CREDENTIAL for none,
 * RC_BAD_REQUEST for two, or for one header sent twice (joined by a comma).
 */
enum rc		 auth_find(const struct head *, struct str *credential,
		    struct err *);

/* The bits of enum may that a principal has. */
unsigned	 auth_bits(const struct principal *);

/*
 * May it call this?  RC_NOT_ALLOWED; RC_SERVER_KEY_IN_BROWSER for a server
 * key with a header that only browsers send: somebody put it into a page.
 */
enum rc		 auth_allow(const struct principal *, unsigned may,
		    const struct head *, struct err *);

#endif
