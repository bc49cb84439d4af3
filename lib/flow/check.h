/*
 * May this user do this, or these?  Each answer comes from one read of the
 * user's row.
 */
#ifndef RUNG_FLOW_CHECK_H
#define RUNG_FLOW_CHECK_H

#include "flow/entitle.h"

/* GET /v1/users/{id}/can/{capability}: the answer as JSON. */
enum rc flow_can(struct flow *, const struct held *, struct str capability,
    struct str *json, struct err *);

/* POST /v1/check: the user ("" if none is named) and 1 to CHECKS_MAX names. */
struct check_wish {
	struct str		 user;
	const struct str	*capabilities;
	size_t			 count;
};

/* RC_INVALID_JSON, RC_INVALID_VALUE. */
enum rc flow_check_read(struct flow *, struct str body, struct check_wish *,
    struct err *);
enum rc flow_check(struct flow *, const struct held *,
    const struct check_wish *, struct str *json, struct err *);

#endif
