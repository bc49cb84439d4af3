/*
 * Counts held against a limit.
 */
#include "core/meter.h"

#define X(id, name)	[WARNING_##id] = (name),
const char *const meter_warning_names[WARNING__COUNT] = { METER_WARNINGS(X) };
#undef X

/* used / max >= warn / 100, without a product that could be too large. */
static bool
near(const struct held_limit *l, int64_t used)
{
	int64_t	 whole = l->quota.max / 100, rest = l->quota.max % 100;
	int64_t	 from = whole * l->warn + (rest * l->warn + 99) / 100;

	return l->warn != 0 && used > 0 && used >= from;
}

void
meter_read(const struct held_limit *l, enum policy_action over_limit,
    int64_t used, struct meter *out)
{
	struct meter	 m = { .used = used };

	if (!l->quota.unlimited) {
		m.remaining = used < l->quota.max ? l->quota.max - used : 0;
		if (used > l->quota.max)
			m.warning = WARNING_OVER;
		else if (near(l, used))
			m.warning = WARNING_NEAR;
		/* Beyond a soft limit is where its user may be. */
		m.frozen = m.warning == WARNING_OVER && !l->soft &&
		    over_limit == POLICY_FREEZE;
	}
	*out = m;
}

int64_t
meter_most(const struct held_limit *l)
{
	return l->quota.unlimited || l->soft ? COUNT_MOST : l->quota.max;
}
