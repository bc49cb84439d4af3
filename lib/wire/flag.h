/*
 * OFREP 0.3, the OpenFeature protocol: capabilities as boolean flags, limits
 * as numbers, assets (asset:api_key) as objects without their secrets.
 */
#ifndef RUNG_WIRE_FLAG_H
#define RUNG_WIRE_FLAG_H

#include "core/holding.h"
#include "wire/out.h"

/* Whose flags, and which there are. */
struct flag_view {
	const struct matrix	*matrix;	/* its names are the flags */
	const struct holding	*holding;
	struct str		 document;	/* assets as they stand */
	int64_t			 version;
	bool			 known;		/* false: nobody heard of the user */
};

/* Held, or named by the matrix in any tier or add-on. */
bool	flag_there(const struct flag_view *, struct str key);

/* One flag with all of its metadata; the key must be there. */
enum rc	flag_write(struct out *, const struct flag_view *, struct str key,
	    struct err *);

/* All flags, as the list under "flags": capabilities, limits, assets. */
enum rc	flags_write(struct out *, const struct flag_view *, struct arena *,
	    struct err *);

/*
 * The targetingKey of {"context":{...}}; "" when there is none.  Whatever else
 * the context holds is ignored.  RC_INVALID_JSON, RC_INVALID_VALUE.
 */
enum rc	flag_context_read(struct str body, struct arena *, struct str *out,
	    struct err *);

#endif
