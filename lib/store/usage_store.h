/*
 * What users have in use of their limits.
 */
#ifndef RUNG_STORE_USAGE_STORE_H
#define RUNG_STORE_USAGE_STORE_H

#include "core/over.h"
#include "store/db.h"

/*
 * What is in use in the periods that run at `now`, each limit once: of two
 * periods of one limit the one that ends last.
 */
enum rc usage_of(struct db *, uint32_t seller, struct str user, int64_t now,
    struct arena *, struct usage **out, size_t *count, struct err *);

#endif
