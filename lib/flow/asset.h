/*
 * Assets of a user: what there is, and the secrets of those that have one.  A
 * secret is answered once, when it is made; only its SHA-256 is stored.
 */
#ifndef RUNG_FLOW_ASSET_H
#define RUNG_FLOW_ASSET_H

#include "core/deed.h"
#include "flow/credential.h"

/* GET /v1/users/{id}/assets: all, also those that the user lost. */
enum rc	flow_assets(struct flow *, struct str user, struct str *json,
	    struct err *);

struct deed_reply {
	struct str	 json;
	bool		 replayed;
};

/*
 * POST /v1/users/{id}/assets/{asset}/claim, /rotate and /revoke; `asset` is an
 * id or a slot.  RC_UNKNOWN_ASSET; RC_ALREADY_SHOWN for a claim that another
 * was faster with, and for a claim or rotate that is sent again under its
 * Idempotency-Key; RC_INVALID_TRANSITION for what cannot be done to it now.
 */
enum rc	flow_asset_deed(struct flow *, const struct principal *,
	    struct str user, struct str asset, enum deed, struct str key,
	    struct deed_reply *, struct err *);

/*
 * POST /v1/assets/verify {"secret"}: whose it is, whether it is good, and what
 * its user may do.  All secrets that nobody has are answered alike.
 */
enum rc	flow_asset_verify(struct flow *, struct str body, struct str *json,
	    struct err *);

#endif
