/*
 * The secrets of assets: made, and recognised.
 */
#ifndef RUNG_FLOW_ASSET_SECRET_H
#define RUNG_FLOW_ASSET_SECRET_H

#include "base/secret.h"
#include "core/holding.h"

struct secret {
	struct str	 text;		/* answered once, stored nowhere */
	struct digest	 hash;		/* what is stored */
	struct str	 hint;		/* "pk_pro_...4f2a" */
};

/*
 * A new one for an asset of this rule: its prefix and 256 random bits, or a
 * licence key that people can type.
 */
void	asset_secret_make(struct arena *, const struct held_asset *,
	    struct secret *out);

/* The hashes under which this text may be stored: as it is, and as typed. */
void	asset_secret_hashes(struct arena *, struct str text,
	    struct digest out[2]);

#endif
