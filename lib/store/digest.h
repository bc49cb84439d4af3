/*
 * Digests as arguments and as columns.
 */
#ifndef RUNG_STORE_DIGEST_H
#define RUNG_STORE_DIGEST_H

#include "base/secret.h"
#include "store/db.h"

static inline struct str
digest_str(const struct digest *d)
{
	return (struct str){ (const char *)d->byte, sizeof(d->byte) };
}

static inline struct arg
arg_digest(const struct digest *d)
{
	return arg_str(digest_str(d));
}

static inline enum rc
digest_take(struct str bytes, struct digest *out, struct err *e)
{
	if (bytes.len != sizeof(out->byte))
		return err_set(e, RC_BROKEN, "run: rung audit verify",
		    "a stored digest has %zu bytes", bytes.len);
	memcpy(out->byte, bytes.at, bytes.len);
	return RC_OK;
}

#endif
