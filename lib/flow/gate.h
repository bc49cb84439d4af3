/*
 * Static files by capability: may this visitor have this file now?  Asked for
 * each file, by the program that a web server asks before it hands one out.
 */
#ifndef RUNG_FLOW_GATE_H
#define RUNG_FLOW_GATE_H

#include "flow/app.h"

struct gate_visit {
	struct str	 path;		/* decoded, as the server resolved it */
	struct str	 capability;	/* that the server asks for it */
	bool		 by_url;	/* these three were in the URL, as
					 * they came: */
	struct str	 user, expires, signature;
	struct str	 cookie;	/* "": none */
};

/*
 * Whose visit it is, if they may have the file: who the URL was signed for or
 * whose cookie it is, and they hold the capability now.  Never writes.
 * RC_NOT_ALLOWED; RC_BROKEN when the server names no capability.
 */
enum rc		flow_gate_open(struct flow *, const struct gate_visit *,
		    struct str *user, struct err *);

/*
 * "rung_uk_...": what URLs are signed with, of f->seller; made from token_key.
 * Who has it can open every file to every user who holds its capability.
 */
struct str	flow_url_key(struct flow *);

/*
 * The path percent-encoded, with u=, exp= and sig= behind it.  RC_INVALID_VALUE
 * for a path that the gate would refuse.
 */
enum rc		flow_url_sign(struct flow *, struct str path, struct str user,
		    int64_t expires_at, struct str *url, struct err *);

/*
 * May this be the path of a file?  It begins with a slash and has no empty,
 * "." and ".." segments, no control bytes, no backslash, and nothing that
 * would decode once more; a folder ends in a slash.
 */
bool		gate_path_ok(struct str path);

/*
 * Set-Cookie for a user of f->seller: for this host alone, good for
 * TICKET_SECONDS, and of files only.
 */
struct str	flow_gate_cookie(struct flow *, struct str user,
		    int64_t *expires_at);

/* Its name: browsers hold __Host- ones to our host and to https. */
const char	*gate_cookie_name(const struct conf *);

#endif
