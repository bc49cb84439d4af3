/*
 * What was asked for: the path of a request as decoded segments, and the
 * values behind its '?'.
 */
#ifndef RUNG_WEB_PATH_H
#define RUNG_WEB_PATH_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum { SEGMENTS_MAX = 12 };

struct path {
	struct str	 segment[SEGMENTS_MAX];	/* decoded once */
	size_t		 count;			/* 0: "/" */
	struct str	 query;			/* as it came, without '?' */
};

/*
 * The path of a request URI below base_path.  One leading segment that names
 * a program (NAME.fcgi or NAME.cgi, the last one of script) is left out.
 * RC_UNKNOWN_PATH for whatever no route of ours can be: a broken or second
 * escape, control bytes, a slash or backslash inside a segment, empty, "."
 * and ".." segments, bytes that are not UTF-8.
 */
enum rc		 path_read(struct path *, struct str uri, struct str base_path,
		    struct str script, struct arena *, struct err *);

/*
 * The first value of that name among a=1&b=2, decoded ('+' is a blank); ""
 * when there is none, or a broken one.
 */
struct str	 path_value(struct str pairs, struct str name, struct arena *);

/* How often the name is there. */
size_t		 path_count(struct str pairs, struct str name);

#endif
