/*
 * May this user do this?  Decided from the holding alone, and told with the
 * reason and the tiers that would allow it.
 */
#include "wire/answers.h"

void
verdict_decide(struct verdict *v, const struct holding *h)
{
	const struct held_capability *held = holding_held(h, v->capability);
	const struct held_capability *denied = holding_denied(h,
	    v->capability);

	v->allowed = held != NULL;
	v->disabled = holding_disables(h, v->capability);
	if (held != NULL && held->source.reason == REASON_ADDON)
		v->code = reason_names[REASON_TIER];	/* the list is closed */
	else if (held != NULL)
		v->code = reason_names[held->source.reason];
	else if (denied != NULL)
		v->code = reason_names[denied->source.reason];
	else if (matrix_knows(v->matrix, v->capability))
		v->code = "not-in-tier";
	else
		v->code = "unknown-capability";
}

/* Tiers above the user's that would give it; none when it is allowed. */
static void
upgrade_to_write(struct out *o, const struct verdict *v)
{
	const struct tier *own = matrix_tier(v->matrix, v->tier);
	size_t i;

	out_open_as(o, "upgrade_to", '[');
	for (i = 0; i < v->matrix->tier_count; i++) {
		const struct tier *tier = &v->matrix->tiers[i];

		if (!v->allowed && !v->disabled &&
		    (own == NULL || tier->rank > own->rank) &&
		    tier_can(tier, v->capability))
			out_item(o, tier->id);
	}
	out_close(o, ']');
}

/* What differs from one capability to the next. */
static void
own_write(struct out *o, const struct verdict *v)
{
	out_text(o, "capability", v->capability);
	out_bool(o, "allowed", v->allowed);
	out_name(o, "code", v->code);
}

void
verdict_write(struct out *o, const struct verdict *v)
{
	out_open(o, '{');
	out_text(o, "user", v->user);
	own_write(o, v);
	out_text(o, "tier", v->tier);
	out_int(o, "version", v->version);
	upgrade_to_write(o, v);
	out_close(o, '}');
}

void
verdicts_write(struct out *o, const struct verdict *about,
    const struct holding *h, const struct str *capabilities, size_t count)
{
	struct verdict v = *about;
	size_t i;

	out_open(o, '{');
	out_text(o, "user", v.user);
	out_text(o, "tier", v.tier);
	out_int(o, "version", v.version);
	out_open_as(o, "results", '[');
	for (i = 0; i < count; i++) {
		v.capability = capabilities[i];
		verdict_decide(&v, h);
		out_open(o, '{');
		own_write(o, &v);
		upgrade_to_write(o, &v);
		out_close(o, '}');
	}
	out_close(o, ']');
	out_close(o, '}');
}
