/*
 * Gifts and withdrawals by an operator.
 */
#ifndef RUNG_STORE_OVERRIDE_STORE_H
#define RUNG_STORE_OVERRIDE_STORE_H

#include "core/derive.h"
#include "store/db.h"

/* An override with what only people read. */
struct override_row {
	struct override	 override;	/* id, kind, name, quota, until */
	struct str	 reason, operator;
	int64_t		 created_at;
	int64_t		 ended_at;	/* taken back by hand; 0: no */
};

enum rc override_add(struct db *, uint32_t seller, struct str user,
    const struct override_row *, struct err *);

/* *found false when the user has no such override in force. */
enum rc override_end(struct db *, uint32_t seller, struct str user,
    struct str id, int64_t now, bool *found, struct err *);

/* All that a user ever had, the oldest first. */
enum rc overrides_of(struct db *, uint32_t seller, struct str user,
    struct arena *, struct override_row **out, size_t *count, struct err *);

#endif
