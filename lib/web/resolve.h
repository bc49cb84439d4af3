/*
 * Which file a web server is about to hand out, for a program that it asks
 * first.
 */
#ifndef RUNG_WEB_RESOLVE_H
#define RUNG_WEB_RESOLVE_H

#include "web/head.h"

/*
 * The path as the server resolved it, decoded: what REQUEST_URI says, if that
 * is its only spelling and SCRIPT_FILENAME (Apache, lighttpd) or RUNG_PATH
 * (nginx) agrees; of a folder its own path, though its index is handed out.
 * RC_NOT_ALLOWED when they differ, as after a rewrite, when the request spells
 * it with "..", "//", %2e, %2F, %252f and the like, and when the server does
 * not say.  The path is not yet looked at itself (gate_path_ok).
 */
enum rc		 resolve_path(const struct head *, struct arena *,
		    struct str *path, struct err *);

/*
 * The value of the only cookie of that name; "" for none and for several, of
 * which anybody may have set one.
 */
struct str	 resolve_cookie(struct str header, const char *name);

#endif
