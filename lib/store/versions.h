/*
 * Where many users stand, in one statement however many they are.
 */
#ifndef RUNG_STORE_VERSIONS_H
#define RUNG_STORE_VERSIONS_H

#include "store/world.h"

enum { VERSIONS_MAX = 16000 };		/* of one call, so of one statement */

/* What a user's row says of where it stands; without the texts, it is small. */
struct user_version {
	struct str	 user;
	int64_t		 ver;
	int64_t		 due_at;	/* 0: never */
	bool		 follows_newest;
	int64_t		 derived_under;
};

/*
 * Of those users who have a row.  out has room for count, which is 1 to
 * VERSIONS_MAX; *found is how many there are, in no order.
 */
enum rc versions_read(struct db *, uint32_t seller, const struct str *users,
    size_t count, struct arena *, struct user_version *out, size_t *found,
    struct err *);

#endif
