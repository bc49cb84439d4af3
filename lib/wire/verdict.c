/*
 * May this user do this?  Decided from the holding alone, and told with the
 * reason and the tiers that would allow it.
 */
#include "wire/answers.h"

static const struct held_capability *
held(const struct holding *h, struct str name)
{
	size_t low = 0, high = h->capability_count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int order = str_cmp(name, h->capabilities[mid].name);

		if (order == 0)
			return &h->capabilities[mid];
		if (order < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return NULL;
}

/*
 * Would it be there, were it not for the suspension?  The suspended assets
 * name their tiers; a tier without assets leaves nothing to be told by.
 */
static bool
lost_by_suspension(const struct verdict *v, const struct holding *h)
{
	bool told = false;
	size_t i;

	if (h->state != HOLDING_SUSPENDED)
		return false;
	for (i = 0; i < h->asset_count; i++) {
		const struct tier *tier;

		if (!h->assets[i].suspended)
			continue;
		told = true;
		tier = matrix_tier(v->matrix, h->assets[i].source.tier);
		if (tier != NULL && tier_can(tier, v->capability))
			return true;
	}
	return !told;
}

void
verdict_decide(struct verdict *v, const struct holding *h)
{
	const struct held_capability *c = held(h, v->capability);

	v->allowed = c != NULL && c->source.reason != REASON_SUSPENDED;
	if (c != NULL && c->source.reason == REASON_ADDON)
		v->code = reason_names[REASON_TIER];	/* the list is closed */
	else if (c != NULL)
		v->code = reason_names[c->source.reason];
	else if (!matrix_knows(v->matrix, v->capability))
		v->code = "unknown-capability";
	else if (lost_by_suspension(v, h))
		v->code = "suspended";
	else
		v->code = "not-in-tier";
}

/* Tiers above the user's that carry it; none when it is allowed already. */
static void
upgrade_to_write(struct out *o, const struct verdict *v)
{
	const struct tier *own = matrix_tier(v->matrix, v->tier);
	size_t i;

	out_open_as(o, "upgrade_to", '[');
	for (i = 0; i < v->matrix->tier_count && !v->allowed; i++) {
		const struct tier *tier = &v->matrix->tiers[i];

		if ((own == NULL || tier->rank > own->rank) &&
		    tier_can(tier, v->capability))
			out_item(o, tier->id);
	}
	out_close(o, ']');
}

void
verdict_write(struct out *o, const struct verdict *v)
{
	out_open(o, '{');
	out_text(o, "user", v->user);
	out_text(o, "capability", v->capability);
	out_bool(o, "allowed", v->allowed);
	out_name(o, "code", v->code);
	out_text(o, "tier", v->tier);
	out_int(o, "version", v->version);
	upgrade_to_write(o, v);
	out_close(o, '}');
}
