/*
 * The provider's own page, where a buyer sees bills and changes his card.
 */
#ifndef RUNG_FLOW_PORTAL_H
#define RUNG_FLOW_PORTAL_H

#include "flow/app.h"

/*
 * POST /v1/users/{id}/portal {"return_url"}: *json is {"provider","url"}.
 * RC_INVALID_TRANSITION when the user has bought nothing at a provider.
 */
enum rc	flow_portal(struct flow *, struct str user, struct str body,
	    struct str *json, struct err *);

#endif
