/*
 * The names of the lists in holding.h, and questions to a holding.
 */
#include <stdlib.h>

#include "core/diff.h"
#include "core/holding.h"

#define X(id, name)	[HOLDING_##id] = (name),
const char *const holding_state_names[HOLDING__COUNT] = { HOLDING_STATES(X) };
#undef X
#define X(id, name)	[REASON_##id] = (name),
const char *const reason_names[REASON__COUNT] = { REASONS(X) };
#undef X

static int
by_name(const void *name, const void *capability)
{
	return str_cmp(*(const struct str *)name,
	    ((const struct held_capability *)capability)->name);
}

static const struct held_capability *
named(const struct held_capability *list, size_t count, struct str name)
{
	return count == 0 ? NULL :
	    bsearch(&name, list, count, sizeof(list[0]), by_name);
}

const struct held_capability *
holding_held(const struct holding *h, struct str capability)
{
	return named(h->capabilities, h->capability_count, capability);
}

const struct held_capability *
holding_denied(const struct holding *h, struct str capability)
{
	return named(h->denied, h->denied_count, capability);
}

bool
holding_can(const struct holding *h, struct str capability)
{
	return holding_held(h, capability) != NULL;
}

bool
holding_disables(const struct holding *h, struct str capability)
{
	const struct held_capability	*c = holding_denied(h, capability);

	return c != NULL && c->source.reason == REASON_DISABLED;
}

/* --- the same? --------------------------------------------------------- */

static bool
source_same(const struct source *a, const struct source *b)
{
	return a->reason == b->reason && str_eq(a->tier, b->tier) &&
	    str_eq(a->cause, b->cause);
}

bool
quota_same(struct quota a, struct quota b)
{
	return a.unlimited == b.unlimited && (a.unlimited || a.max == b.max);
}

bool
held_asset_same(const struct held_asset *a, const struct held_asset *b)
{
	return str_eq(a->slot, b->slot) && a->type == b->type &&
	    a->suspended == b->suspended && str_eq(a->prefix, b->prefix) &&
	    a->overlap == b->overlap && quota_same(a->quota, b->quota) &&
	    a->count == b->count && source_same(&a->source, &b->source);
}

static bool
head_same(const struct holding *a, const struct holding *b)
{
	return str_eq(a->tier, b->tier) && a->quantity == b->quantity &&
	    a->state == b->state && a->livemode == b->livemode &&
	    a->matrix_version == b->matrix_version &&
	    a->renews_at == b->renews_at && a->ends_at == b->ends_at &&
	    a->trial_ends_at == b->trial_ends_at &&
	    a->grace_ends_at == b->grace_ends_at;
}

static bool
capabilities_same(const struct holding *a, const struct holding *b)
{
	if (a->capability_count != b->capability_count)
		return false;
	for (size_t i = 0; i < a->capability_count; i++)
		if (!str_eq(a->capabilities[i].name, b->capabilities[i].name)
		    || !source_same(&a->capabilities[i].source,
		    &b->capabilities[i].source))
			return false;
	return true;
}

/* All that the one switches off, the other does. */
static bool
disables_all(const struct holding *a, const struct holding *b)
{
	for (size_t i = 0; i < b->denied_count; i++)
		if (b->denied[i].source.reason == REASON_DISABLED &&
		    !holding_disables(a, b->denied[i].name))
			return false;
	return true;
}

static bool
limits_same(const struct holding *a, const struct holding *b)
{
	if (a->limit_count != b->limit_count)
		return false;
	for (size_t i = 0; i < a->limit_count; i++) {
		const struct held_limit *x = &a->limits[i];
		const struct held_limit *y = &b->limits[i];

		if (!str_eq(x->name, y->name) || x->per != y->per ||
		    !quota_same(x->quota, y->quota) ||
		    x->soft != y->soft || x->warn != y->warn ||
		    !source_same(&x->source, &y->source))
			return false;
	}
	return true;
}

static bool
assets_same(const struct holding *a, const struct holding *b)
{
	if (a->asset_count != b->asset_count)
		return false;
	for (size_t i = 0; i < a->asset_count; i++)
		if (!held_asset_same(&a->assets[i], &b->assets[i]))
			return false;
	return true;
}

bool
holding_same(const struct holding *a, const struct holding *b)
{
	return head_same(a, b) && capabilities_same(a, b) &&
	    disables_all(a, b) && disables_all(b, a) &&
	    limits_same(a, b) && assets_same(a, b);
}
