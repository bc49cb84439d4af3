/*
 * The same request sent again: its answer is kept under the Idempotency-Key,
 * in the transaction of its effect.
 */
#ifndef RUNG_FLOW_REPEAT_H
#define RUNG_FLOW_REPEAT_H

#include "flow/app.h"
#include "flow/credential.h"
#include "store/idempotency.h"

/*
 * Which request is this?  A key belongs to the seller (or the user of a
 * token), the route and what its path names (`of`).  Without a header
 * out->key is empty.  RC_BAD_REQUEST for a key that cannot be one.
 */
enum rc	repeat_read(struct flow *, const struct principal *,
	    const char *route, const struct str *of, size_t count,
	    struct str header, struct str body, struct idem *out,
	    struct err *);

/* Its earlier answer, if any.  RC_IDEMPOTENCY_MISMATCH for another body. */
enum rc	repeat_find(struct flow *, const struct idem *, struct idem *stored,
	    bool *found, struct err *);

#endif
