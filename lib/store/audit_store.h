/*
 * Reading the audit chain back, for verifying and exporting.
 */
#ifndef RUNG_STORE_AUDIT_STORE_H
#define RUNG_STORE_AUDIT_STORE_H

#include "store/ledger.h"

struct audit_row {
	struct record	 record;
	struct digest	 prev, hash;
};

/* At most max records of a user after number n, in order. */
enum rc audit_of(struct db *, uint32_t seller, struct str user, int64_t n,
    size_t max, struct arena *, struct audit_row **out, size_t *count,
    struct err *);

/* What a user's row says of its chain. */
struct chain_end {
	struct str	 user;
	struct str	 chain_id;
	int64_t		 ver;
	struct digest	 hash;
};

/* At most max users whose id comes after `user`, in order. */
enum rc chains_after(struct db *, uint32_t seller, struct str user,
    size_t max, struct arena *, struct chain_end **out, size_t *count,
    struct err *);

/*
 * Users from..to (both included) of whom something is stored, but no row of
 * their own; at most max.
 */
enum rc users_gone(struct db *, uint32_t seller, struct str from,
    struct str to, size_t max, struct arena *, struct str **out,
    size_t *count, struct err *);

#endif
