/*
 * Starting, showing, previewing and cancelling an upgrade.  Each answers the
 * JSON of the design's part 3.
 */
#ifndef RUNG_FLOW_UPGRADE_H
#define RUNG_FLOW_UPGRADE_H

#include "flow/credential.h"
#include "wire/wish.h"

struct start_answer {
	struct str	 json;		/* with token and checkout */
	struct str	 session;
	struct str	 user;
	struct str	 tier;		/* for the metric and the log */
	bool		 replayed;	/* Idempotent-Replayed: true */
	bool		 granted;	/* the payment was in already */
	int64_t		 time_to_grant;	/* microseconds, when granted */
};

/*
 * POST /v1/upgrades.  body is what the client sent (its digest guards the
 * key).  RC_UPGRADE_IN_PROGRESS leaves the open session's JSON in *open (the
 * member "session" of the problem).
 */
enum rc flow_upgrade_start(struct flow *, const struct principal *,
    struct str body, struct str idempotency_key, struct start_answer *,
    struct str *open, struct err *);

/* POST /v1/upgrades/preview. */
enum rc flow_upgrade_preview(struct flow *, const struct principal *,
    struct str body, struct str *json, struct err *);

/*
 * GET /v1/upgrades/{id}.  A foreign or absent id is RC_UNKNOWN_SESSION.
 * *session_ver and *user_ver make the ETag "s3.u7".
 */
struct shown {
	struct str	 json;
	int64_t		 session_ver, user_ver;
	struct str	 user;
	bool		 final;
};
enum rc flow_upgrade_show(struct flow *, const struct principal *,
    struct str id, struct shown *, struct err *);

/* POST /v1/upgrades/{id}/cancel: the same answer as show. */
enum rc flow_upgrade_cancel(struct flow *, const struct principal *,
    struct str id, struct shown *, struct err *);

/* The same by an operator, who may see every session of the seller. */
enum rc flow_upgrade_end(struct flow *, struct str id, struct err *);

#endif
