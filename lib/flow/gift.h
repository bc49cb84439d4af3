/*
 * Overrides: what an operator gives or withholds by hand.  Kept by every
 * later event and by matrix migrations.
 */
#ifndef RUNG_FLOW_GIFT_H
#define RUNG_FLOW_GIFT_H

#include "flow/app.h"
#include "store/override_store.h"

/*
 * Check the names against the matrix in force and store it; the user's state
 * follows in the same transaction.  The override's id and created_at are
 * filled in.  RC_UNKNOWN_TIER, RC_INVALID_VALUE.
 */
enum rc	flow_gift_add(struct flow *, struct str user, struct override_row *,
	    struct err *);

/* Take one back. RC_INVALID_VALUE when the user has no such one in force. */
enum rc	flow_gift_end(struct flow *, struct str user, struct str id,
	    struct err *);

/*
 * The JSON body {"kind","name","value","until","reason","operator"}: value is
 * a number or "unlimited" (set_limit only), until RFC 3339 or absent.
 */
enum rc	flow_gift_read(struct flow *, struct str body, struct override_row *,
	    struct err *);

/* {"data":[...]}, and one of them. */
enum rc	flow_gifts(struct flow *, struct str user, struct str *json,
	    struct err *);
enum rc	flow_gift_json(struct flow *, const struct override_row *,
	    struct str *json, struct err *);

#endif
