/*
 * The rules of claiming, rotating and revoking.
 */
#include "core/deed.h"
#include "core/sum.h"

#define X(id, name)	[DEED_##id] = (name),
const char *const deed_names[DEED__COUNT] = { DEEDS(X) };
#undef X

/* Revoking is never too early nor too late, as long as there is a secret. */
enum deed_check
deed_check(const struct asset *a, enum deed deed)
{
	if (!asset_has_secret(a->held.type))
		return DEED_NO_SECRET;
	if (deed == DEED_REVOKE)
		return a->claimed ? DEED_MAY : DEED_UNCLAIMED;
	if (a->state == ASSET_IS_REVOKED)
		return DEED_NOT_HELD;
	if (a->state == ASSET_IS_SUSPENDED)
		return DEED_SUSPENDED;
	if (deed == DEED_CLAIM)
		return a->claimed ? DEED_SHOWN : DEED_MAY;
	return a->claimed ? DEED_MAY : DEED_UNCLAIMED;
}

void
deed_do(struct asset_step *s, enum deed deed, struct str hint, int64_t now)
{
	struct asset	*a = &s->after;

	a->claimed = deed != DEED_REVOKE;
	a->hint = a->claimed ? hint : STR_NONE;
	a->overlap_until = deed == DEED_ROTATE && a->held.overlap > 0 ?
	    sum_add(now, a->held.overlap) : 0;
	if (a->claimed)
		a->state = ASSET_IS_PROVISIONED;
	else if (a->state == ASSET_IS_PROVISIONED)
		a->state = ASSET_IS_PENDING;
	if (s->action == DO_KEEP)
		s->action = DO_CHANGE;
}
