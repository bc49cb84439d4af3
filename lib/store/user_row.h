/*
 * Rows of users and sessions as several statements select them.  Inside
 * lib/store only.
 */
#ifndef RUNG_STORE_USER_ROW_H
#define RUNG_STORE_USER_ROW_H

#include "store/world.h"

/*
 * A user from six numbers that begin at column `ints` and four texts that
 * begin at `texts`.
 */
enum rc	user_row_take(const struct row *, size_t ints, size_t texts,
	    struct str user, struct user_row *out, struct err *);

/* A session from SESSION_NUMBERS at `ints` and SESSION_TEXTS at `texts`. */
enum rc	session_row_take(const struct row *, size_t ints, size_t texts,
	    struct str user, struct arena *, struct session *out,
	    struct err *);

#endif
