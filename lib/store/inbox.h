/*
 * Deliveries as they came.
 */
#ifndef RUNG_STORE_INBOX_H
#define RUNG_STORE_INBOX_H

#include "base/secret.h"
#include "core/fact.h"
#include "store/db.h"

#define INBOX_STATES(X)				\
	X(APPLIED,	"applied")		\
	X(IGNORED,	"ignored")		\
	X(DEFERRED,	"deferred")		\
	X(QUARANTINED,	"quarantined")

#define X(id, name)	INBOX_##id,
enum inbox_state { INBOX_STATES(X) INBOX__COUNT };
#undef X

extern const char *const inbox_state_names[INBOX__COUNT];

struct delivery {
	struct str		 provider, account, event_id, type;
	struct digest		 digest;	/* SHA-256 of body */
	struct str		 body;
	bool			 livemode;
	int64_t			 happened_at;
	int64_t			 first_seen;
	enum inbox_state	 state;
	struct str		 why;
	struct str		 kind, ref;	/* the object it speaks of, or "" */
	struct str		 user;		/* "" when nobody's yet */
};

/*
 * Take this delivery for ourselves.  RC_DUPLICATE when it was here before;
 * *same then tells whether its body was the same.
 */
enum rc inbox_claim(struct db *, uint32_t seller, const struct delivery *,
    bool *same, struct err *);

/* Keep the second body of one event id. */
enum rc inbox_conflict(struct db *, uint32_t seller, const struct delivery *,
    struct err *);

/* A delivery that is here already: what became of it now. */
enum rc inbox_restate(struct db *, uint32_t seller, const struct delivery *,
    struct err *);

/*
 * Deliveries about an object of that user that were quarantined for that very
 * reason are applied: it is none any more.
 */
enum rc inbox_release(struct db *, uint32_t seller, const struct object_key *,
    struct str user, struct str why, struct err *);

/* What came about this object while it was nobody's is this user's. */
enum rc inbox_give(struct db *, uint32_t seller, const struct object_key *,
    struct str user, struct err *);

/* One by provider, account and event id; *found false when it never came. */
enum rc inbox_read(struct db *, uint32_t seller, const struct delivery *key,
    struct arena *, struct delivery *out, bool *found, struct err *);

/* Which deliveries; "" and INBOX__COUNT are all. */
struct inbox_query {
	enum inbox_state	 state;
	struct str		 provider, user;
	int64_t			 since;		/* first seen at or after */
	int64_t			 most;
};

/* The newest first, without their bodies; at most 10,000. */
enum rc inbox_list(struct db *, uint32_t seller, const struct inbox_query *,
    struct arena *, struct delivery **out, size_t *count, struct err *);

/* All deliveries of a user, the first received first; body and why included. */
enum rc inbox_of_user(struct db *, uint32_t seller, struct str user,
    size_t max, struct arena *, struct delivery **out, size_t *count,
    struct err *);

#endif
