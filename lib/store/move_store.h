/*
 * Who stands on which matrix version, and the log of moving them on.
 */
#ifndef RUNG_STORE_MOVE_STORE_H
#define RUNG_STORE_MOVE_STORE_H

#include "store/db.h"

/* At most max users who ever bought and whose id comes after `after`. */
enum rc buyers_after(struct db *, uint32_t seller, struct str after,
    size_t max, struct arena *, struct str **out, size_t *count,
    struct err *);

struct pinned {
	int64_t	 version, users;
};

enum rc pinned_count(struct db *, uint32_t seller, struct arena *,
    struct pinned **out, size_t *count, struct err *);

struct move {
	struct str	 id;		/* "mv_...", only when added */
	int64_t		 at, version, users;
	bool		 undo;
	struct str	 operator;
};

enum rc move_add(struct db *, uint32_t seller, const struct move *,
    struct err *);
enum rc moves_list(struct db *, uint32_t seller, struct arena *,
    struct move **out, size_t *count, struct err *);

struct applied {
	int64_t		 version, at;
	struct str	 by;
};

enum rc matrices_list(struct db *, uint32_t seller, struct arena *,
    struct applied **out, size_t *count, struct err *);

#endif
