/*
 * What a person may do to an asset that carries a secret: claim it, rotate
 * the secret, revoke it.  Pure; the secret itself never comes here.
 */
#ifndef RUNG_CORE_DEED_H
#define RUNG_CORE_DEED_H

#include "core/diff.h"

/* Each with what it is called in the audit trail and in notices. */
#define DEEDS(X)							\
	X(NONE,	  NULL)							\
	X(CLAIM,  "asset.provisioned")	/* its first secret */		\
	X(ROTATE, "asset.rotated")	/* a new one for the old */	\
	X(REVOKE, "asset.revoked")	/* it has none any more */

#define X(id, name)	DEED_##id,
enum deed { DEEDS(X) DEED__COUNT };
#undef X

extern const char *const deed_names[DEED__COUNT];

enum deed_check {
	DEED_MAY,
	DEED_SHOWN,		/* claimed before: its secret was shown */
	DEED_UNCLAIMED,		/* there is no secret yet */
	DEED_SUSPENDED,
	DEED_NOT_HELD,		/* the user lost it */
	DEED_NO_SECRET,		/* assets of this type have none */
};

/* May this be done to an asset as it stands now? */
enum deed_check	deed_check(const struct asset *, enum deed);

/*
 * Do it: the step to the asset's next state comes to lead there.  A rotated
 * secret stays good for the overlap of the rule the asset was last granted
 * by.  Who revokes a secret may claim another where the asset is still held;
 * where it is not, winning it back does not revive the secret.
 */
void		deed_do(struct asset_step *, enum deed, struct str hint,
		    int64_t now);

#endif
