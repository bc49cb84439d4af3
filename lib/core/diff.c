/*
 * From what is held to what should be held: the plan.
 */
#include "core/diff.h"
#include "core/sort.h"

#define X(id, name)	[ASSET_IS_##id] = (name),
const char *const asset_state_names[ASSET_IS__COUNT] = { ASSET_STATES(X) };
#undef X
#define X(id, name)	[DO_##id] = (name),
const char *const asset_action_names[DO__COUNT] = { ASSET_ACTIONS(X) };
#undef X

/* --- capabilities ------------------------------------------------------ */

/* Those of `of` that `without` has not. */
static const struct str *
names_only(const struct holding *of, const struct holding *without,
    struct arena *a, size_t *count)
{
	struct str	*names = arena_many(a, of->capability_count,
			    struct str);

	*count = 0;
	for (size_t i = 0; i < of->capability_count; i++)
		if (!holding_can(without, of->capabilities[i].name))
			names[(*count)++] = of->capabilities[i].name;
	return names;
}

/* --- limits ------------------------------------------------------------ */

static bool
limit_moved(const struct held_limit *from, const struct held_limit *to)
{
	return from == NULL || to == NULL || from->per != to->per ||
	    !quota_same(from->quota, to->quota);
}

static struct limit_move
limit_move(const struct held_limit *from, const struct held_limit *to)
{
	struct limit_move	 m = { .had = from != NULL, .has = to != NULL };

	if (from != NULL) {
		m.name = from->name;
		m.from = from->quota;
	}
	if (to != NULL) {
		m.name = to->name;
		m.to = to->quota;
	}
	return m;
}

/* Both lists are in the order of names: walk them side by side. */
static void
plan_limits(const struct holding *have, const struct holding *want,
    struct arena *a, struct plan *out)
{
	size_t			 i = 0, j = 0;
	struct limit_move	*moves;

	moves = arena_many(a, have->limit_count + want->limit_count,
	    struct limit_move);
	while (i < have->limit_count || j < want->limit_count) {
		const struct held_limit *from = NULL, *to = NULL;
		int	 order = i == have->limit_count ? 1 :
			    j == want->limit_count ? -1 :
			    str_cmp(have->limits[i].name,
			    want->limits[j].name);

		if (order <= 0)
			from = &have->limits[i++];
		if (order >= 0)
			to = &want->limits[j++];
		if (limit_moved(from, to))
			moves[out->limit_count++] = limit_move(from, to);
	}
	out->limits = moves;
}

/* --- assets ------------------------------------------------------------ */

static enum asset_state
state_wanted(const struct asset *a)
{
	if (a->held.suspended)
		return ASSET_IS_SUSPENDED;
	return asset_has_secret(a->held.type) && !a->claimed ?
	    ASSET_IS_PENDING : ASSET_IS_PROVISIONED;
}

static struct asset_step
provision(const struct held_asset *want)
{
	struct asset_step	 s = { DO_PROVISION, { .held = *want } };

	s.after.state = state_wanted(&s.after);
	return s;
}

static struct asset_step
carry_on(const struct asset *now, const struct held_asset *want)
{
	struct asset_step	 s = { DO_KEEP, *now };

	if (now->held.type != want->type) {
		s.after.claimed = false;
		s.after.hint = STR_NONE;
		s.after.overlap_until = 0;
	}
	s.after.held = *want;
	s.after.state = state_wanted(&s.after);
	if (now->state == ASSET_IS_REVOKED)
		s.action = DO_RESTORE;
	else if (now->state == ASSET_IS_SUSPENDED && !want->suspended)
		s.action = DO_RESTORE;
	else if (now->state != ASSET_IS_SUSPENDED && want->suspended)
		s.action = DO_SUSPEND;
	else if (!held_asset_same(&now->held, want))
		s.action = DO_CHANGE;
	return s;
}

static struct asset_step
revoke(const struct asset *now)
{
	struct asset_step	 s = { DO_REVOKE, *now };

	s.after.state = ASSET_IS_REVOKED;
	return s;
}

static const struct asset *
stored_in(const struct asset *assets, size_t count, struct str slot)
{
	for (size_t i = 0; i < count; i++)
		if (str_eq(assets[i].held.slot, slot))
			return &assets[i];
	return NULL;
}

static bool
wanted(const struct holding *want, struct str slot)
{
	for (size_t i = 0; i < want->asset_count; i++)
		if (str_eq(want->assets[i].slot, slot))
			return true;
	return false;
}

static int
step_order(const void *a, const void *b)
{
	return str_cmp(((const struct asset_step *)a)->after.held.slot,
	    ((const struct asset_step *)b)->after.held.slot);
}

static void
plan_assets(const struct asset *assets, size_t count,
    const struct holding *want, struct arena *a, struct plan *out)
{
	size_t			  n = 0;
	struct asset_step	 *steps, *sorted;
	const void		**order;

	steps = arena_many(a, count + want->asset_count, struct asset_step);
	for (size_t i = 0; i < want->asset_count; i++) {
		const struct asset *now = stored_in(assets, count,
		    want->assets[i].slot);

		steps[n++] = now == NULL ? provision(&want->assets[i]) :
		    carry_on(now, &want->assets[i]);
	}
	for (size_t i = 0; i < count; i++)
		if (assets[i].state != ASSET_IS_REVOKED &&
		    !wanted(want, assets[i].held.slot))
			steps[n++] = revoke(&assets[i]);
	order = arena_many(a, n, const void *);
	sorted = arena_many(a, n, struct asset_step);
	for (size_t i = 0; i < n; i++)
		order[i] = &steps[i];
	sort_pointers(order, n, step_order, a);
	for (size_t i = 0; i < n; i++)
		sorted[i] = *(const struct asset_step *)order[i];
	out->assets = sorted;
	out->asset_count = n;
}

void
diff(const struct holding *have, const struct asset *assets,
    size_t asset_count, const struct holding *want, struct arena *a,
    struct plan *out)
{
	*out = (struct plan){ .changes = !holding_same(have, want) };
	out->gain = names_only(want, have, a, &out->gain_count);
	out->lose = names_only(have, want, a, &out->lose_count);
	plan_limits(have, want, a, out);
	plan_assets(assets, asset_count, want, a, out);
	for (size_t i = 0; i < out->asset_count; i++)
		if (out->assets[i].action != DO_KEEP)
			out->changes = true;
}
