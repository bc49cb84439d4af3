/*
 * Sessions: insert, read, move on.
 */
#ifndef RUNG_STORE_SESSION_STORE_H
#define RUNG_STORE_SESSION_STORE_H

#include "core/session.h"
#include "store/db.h"

/* RC_DUPLICATE with key sessions_open_slot when the user has an open one. */
enum rc session_insert(struct db *, uint32_t seller, const struct session *,
    struct err *);

/* One by id; *found false when there is none of this seller. */
enum rc session_read(struct db *, uint32_t seller, struct str id,
    struct arena *, struct session *out, bool *found, struct err *);

/* The same of one user: another's session takes no longer than none. */
enum rc session_read_of(struct db *, uint32_t seller, struct str user,
    struct str id, struct arena *, struct session *out, bool *found,
    struct err *);

/*
 * Write state, payment, reason, version and ended_at of a session that was
 * open (the state stands in WHERE); RC_BROKEN if it was not.
 */
enum rc session_move(struct db *, uint32_t seller, const struct session *,
    struct err *);

/* Newest first: of one user ("" for all) in one state (or SESSION__COUNT). */
enum rc session_list(struct db *, uint32_t seller, struct str user,
    enum session_state, size_t max, struct arena *, struct session **out,
    size_t *count, struct err *);

/* Users with a pending session past its end; at most max. */
enum rc sessions_stale(struct db *, uint32_t seller, int64_t now, size_t max,
    struct arena *, struct str **users, size_t *count, struct err *);

#endif
