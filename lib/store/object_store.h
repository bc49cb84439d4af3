/*
 * objects and claims: what providers speak of, and who named it.
 */
#ifndef RUNG_STORE_OBJECT_STORE_H
#define RUNG_STORE_OBJECT_STORE_H

#include "store/world.h"

struct claim {
	struct object_key key;
	struct str	 session;
	struct str	 user;
};

/*
 * Lock the object's row by writing it, creating it without an owner when it
 * is new.  Locks are taken in the order of keys.
 */
enum rc object_lock(struct db *, uint32_t seller, const struct object_key *,
    struct str first_event, int64_t now, struct err *);

/* A locked object as stored. */
enum rc object_load(struct db *, uint32_t seller, const struct object_key *,
    struct arena *, struct object_row *out, struct err *);

/* Write facts, owner and `paid` of a dirty row. */
enum rc object_save(struct db *, uint32_t seller, const struct object_row *,
    struct err *);

enum rc claim_add(struct db *, uint32_t seller, const struct claim *,
    int64_t now, struct err *);
enum rc claims_of(struct db *, uint32_t seller, const struct object_key *,
    struct arena *, struct claim **out, size_t *count, struct err *);

#endif
