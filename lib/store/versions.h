/*
 * Where many users stand, in a few statements however many they are.
 */
#ifndef RUNG_STORE_VERSIONS_H
#define RUNG_STORE_VERSIONS_H

#include "store/world.h"

enum { VERSIONS_MAX = 1000 };		/* of one call, so of one statement */

/*
 * Rows of those users who have one: version, due_at, matrix_version,
 * follows_newest and derived_under; the texts are empty.  out has room for
 * count, which is 1 to VERSIONS_MAX; *found is how many there are, in no
 * order.
 */
enum rc versions_read(struct db *, uint32_t seller, const struct str *users,
    size_t count, struct arena *, struct user_row *out, size_t *found,
    struct err *);

#endif
