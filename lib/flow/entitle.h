/*
 * Reading what a user holds, settled up to now.
 */
#ifndef RUNG_FLOW_ENTITLE_H
#define RUNG_FLOW_ENTITLE_H

#include "core/holding.h"
#include "flow/app.h"

struct entitled {
	struct str	 json;		/* the document */
	int64_t		 version;
	int64_t		 matrix_version;
	bool		 unsettled;	/* derived, but could not be written: no ETag */
};

/*
 * GET /v1/users/{id}/entitlements; makes no row for an unknown user.  Counters
 * are those of now: one more read, where there are limits.
 */
enum rc flow_entitlements(struct flow *, struct str user,
    struct entitled *, struct err *);

/*
 * The same for who asks about parts of it, from one read; no counters.  `document`
 * has the assets as they stand; `matrix` is the newest version: what is sold.
 */
struct held {
	struct str		 user;
	bool			 known;		/* there is a row */
	bool			 unsettled;
	int64_t			 version, matrix_version;
	struct holding		 holding;
	struct str		 document;
	const struct matrix	*matrix;
};
enum rc flow_held(struct flow *, struct str user, struct held *,
    struct err *);

/* GET /v1/tiers. */
enum rc flow_tiers(struct flow *, struct str *json, int64_t *matrix_version,
    struct err *);

/* The user's version alone: one primary-key read; 0 for an unknown one. */
enum rc flow_user_version(struct flow *, struct str user, int64_t *version,
    struct err *);

#endif
