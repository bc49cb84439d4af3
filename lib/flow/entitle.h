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

/* GET /v1/users/{id}/entitlements; makes no row for an unknown user. */
enum rc flow_entitlements(struct flow *, struct str user,
    struct entitled *, struct err *);

/* GET /v1/users/{id}/can/{capability}. */
enum rc flow_can(struct flow *, struct str user, struct str capability,
    struct entitled *, struct err *);

/* GET /v1/tiers. */
enum rc flow_tiers(struct flow *, struct str *json, int64_t *matrix_version,
    struct err *);

/* The user's version alone: one primary-key read; 0 for an unknown one. */
enum rc flow_user_version(struct flow *, struct str user, int64_t *version,
    struct err *);

#endif
