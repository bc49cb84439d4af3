/*
 * Tables of the sandbox: objects of the providers it plays, each one JSON
 * text, and the events it told of.  A live server never touches them.
 */
#ifndef RUNG_STORE_SANDBOX_STORE_H
#define RUNG_STORE_SANDBOX_STORE_H

#include "store/db.h"

struct thing_row {
	struct str	 provider, kind, ref;
	struct str	 parent;	/* what it belongs to, or "" */
	int64_t		 n;		/* order of age */
	int64_t		 ver;		/* 0: not stored yet */
	struct str	 body;
};

/*
 * Store a new row or the next version of one.  RC_BUSY when somebody else was
 * faster: nothing is changed, read it again.
 */
enum rc thing_row_put(struct db *, uint32_t seller, const struct thing_row *,
    int64_t now, struct err *);

/* One by its id; *found false when there is none. */
enum rc thing_row_get(struct db *, uint32_t seller, struct str provider,
    struct str kind, struct str ref, struct arena *, struct thing_row *out,
    bool *found, struct err *);

/*
 * Newest first, below `below` (INT64_MAX for all), of one parent or of all
 * ("" ); at most max.
 */
enum rc thing_rows_list(struct db *, uint32_t seller, struct str provider,
    struct str kind, struct str parent, int64_t below, size_t max,
    struct arena *, struct thing_row **out, size_t *count, struct err *);

struct sandbox_event {
	int64_t		 seq;
	struct str	 id, type;
	int64_t		 at;
	int64_t		 delivered;
	struct str	 body;
};

/* Append one; its seq is made here, above all others of the provider. */
enum rc sandbox_event_add(struct db *, uint32_t seller, struct str provider,
    const struct sandbox_event *, struct err *);

enum rc sandbox_event_get(struct db *, uint32_t seller, struct str provider,
    struct str id, struct arena *, struct sandbox_event *out, bool *found,
    struct err *);

/* It was answered 200 once more. */
enum rc sandbox_event_delivered(struct db *, uint32_t seller,
    struct str provider, struct str id, struct err *);

/*
 * Those since a time with a seq between two (both left out), newest or oldest
 * first; at most max.
 */
struct event_range {
	int64_t	 since, above, below;
	bool	 newest_first;
	size_t	 max;
};
enum rc sandbox_events_list(struct db *, uint32_t seller, struct str provider,
    const struct event_range *, struct arena *, struct sandbox_event **out,
    size_t *count, struct err *);

#endif
