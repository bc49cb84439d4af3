/*
 * rung matrix diff, migrate and log: what a version changes, for whom, and
 * moving running purchases on to it.
 */
#include <stdio.h>

#include "base/clock.h"
#include "base/guard.h"
#include "base/limits.h"
#include "base/text.h"
#include "ctl/ctl.h"
#include "flow/move.h"
#include "store/matrix_store.h"
#include "store/move_store.h"

enum { MOVES_SECONDS = 10 };

/* --- diff --------------------------------------------------------------- */

static enum rc
stored_read(struct ctl *c, int64_t version, struct matrix *m, struct err *e)
{
	struct findings findings = { NULL, 0 };
	struct str yaml = STR_NONE;

	TRY(matrix_source(c->flow.db, c->flow.seller, version, c->arena,
	    &yaml, e));
	return matrix_read(yaml, c->arena, m, &findings, e);
}

static enum rc
file_read(struct ctl *c, struct matrix *m, struct err *e)
{
	struct findings findings = { NULL, 0 };
	struct str yaml = STR_NONE;
	enum rc rc;

	TRY(ctl_read(c->arena, c->operand[0], MATRIX_BYTES_MAX, &yaml, e));
	rc = matrix_read(yaml, c->arena, m, &findings, e);
	if (findings.count > 0)
		ctl_findings(c, c->operand[0], &findings);
	return rc;
}

static void
quota_text(struct arena *a, const struct limit_rule *l, struct str *out)
{
	if (l == NULL)
		*out = STR("none");
	else if (l->quota.unlimited)
		*out = STR("unlimited");
	else
		*out = arena_text(a, "%lld per %s%s%s", (long long)l->quota.max,
		    limit_period_names[l->per], l->soft ? ", soft" : "",
		    l->warn == 0 ? "" : arena_text(a, ", warn %lld%%",
		    (long long)l->warn).at);
}

/* The names of either list of rules, those of `a` first. */
static size_t
diff_limits(struct ctl *c, const char *name, const struct tier *from,
    const struct tier *to)
{
	size_t n = 0;

	for (int pass = 0; pass < 2; pass++) {
		const struct tier *list = pass == 0 ? from : to;

		for (size_t i = 0; i < list->limit_count; i++) {
			struct str limit = list->limits[i].name, was, is;

			if (pass == 1 && tier_limit(from, limit) != NULL)
				continue;
			quota_text(c->arena, tier_limit(from, limit), &was);
			quota_text(c->arena, tier_limit(to, limit), &is);
			if (str_eq(was, is))
				continue;
			printf("%s: limit %.*s: %.*s -> %.*s\n", name,
			    STR_FMT(limit), STR_FMT(was), STR_FMT(is));
			n++;
		}
	}
	return n;
}

/* All that an asset of this rule has. */
static struct str
asset_text(struct arena *a, const struct asset_rule *r)
{
	const char *type = asset_type_names[r->type];

	switch (r->type) {
	case ASSET_STORAGE_QUOTA:
		return r->quota.unlimited ? arena_text(a, "%s unlimited",
		    type) : arena_text(a, "%s %lld", type,
		    (long long)r->quota.max);
	case ASSET_SEAT:
		return arena_text(a, "%s %lld%s", type, (long long)r->count,
		    r->per_seat ? " per seat" : "");
	default:
		return arena_text(a, "%s %.*s, overlap %lld s", type,
		    STR_FMT(r->prefix), (long long)(r->overlap / SECOND));
	}
}

static size_t
diff_assets(struct ctl *c, const char *name, const struct tier *from,
    const struct tier *to)
{
	size_t n = 0;

	for (size_t i = 0; i < to->asset_count; i++) {
		const struct asset_rule *is = &to->assets[i];
		const struct asset_rule *was = tier_asset(from, is->slot);
		struct str before, after;

		if (was == NULL)
			continue;	/* it is gained */
		before = asset_text(c->arena, was);
		after = asset_text(c->arena, is);
		if (str_eq(before, after))
			continue;
		printf("%s: asset %.*s: %.*s -> %.*s\n", name,
		    STR_FMT(is->slot), STR_FMT(before), STR_FMT(after));
		n++;
	}
	return n;
}

static size_t
diff_numbers(const char *name, const struct tier *from,
    const struct tier *to)
{
	size_t n = 0;

	if (from->rank != to->rank) {
		printf("%s: rank %lld -> %lld\n", name,
		    (long long)from->rank, (long long)to->rank);
		n++;
	}
	if (from->grace != to->grace) {
		printf("%s: grace %lld s -> %lld s\n", name,
		    (long long)(from->grace / SECOND),
		    (long long)(to->grace / SECOND));
		n++;
	}
	return n;
}

static size_t
diff_policy(const struct policy *from, const struct policy *to)
{
	const struct {
		const char		*name;
		enum policy_action	 was, is;
	} rows[] = {
		{ "refund_full", from->refund_full, to->refund_full },
		{ "refund_partial", from->refund_partial,
		    to->refund_partial },
		{ "dispute_open", from->dispute_open, to->dispute_open },
		{ "dispute_lost", from->dispute_lost, to->dispute_lost },
		{ "over_limit", from->over_limit, to->over_limit },
		{ "repeat_trial", from->repeat_trial, to->repeat_trial },
	};
	size_t n = 0;

	for (size_t i = 0; i < COUNT(rows); i++) {
		if (rows[i].was == rows[i].is)
			continue;
		printf("policy: %s: %s -> %s\n", rows[i].name,
		    policy_action_names[rows[i].was],
		    policy_action_names[rows[i].is]);
		n++;
	}
	return n;
}

/* A tier or add-on as one version has it; nothing where it has none. */
struct side {
	const struct matrix	*matrix;
	const struct tier	*tier;
};

static size_t
diff_names(const char *name, const char *sign, const struct side *has,
    const struct side *lacks)
{
	const struct tier *t = has->tier;
	size_t n = 0;

	for (size_t i = 0; i < t->capability_count; i++)
		if (matrix_gives(has->matrix, t, t->capabilities[i]) &&
		    !matrix_gives(lacks->matrix, lacks->tier,
		    t->capabilities[i])) {
			printf("%s: %s %.*s\n", name, sign,
			    STR_FMT(t->capabilities[i]));
			n++;
		}
	for (size_t i = 0; i < t->asset_count; i++)
		if (tier_asset(lacks->tier, t->assets[i].slot) == NULL) {
			printf("%s: %s asset %.*s\n", name, sign,
			    STR_FMT(t->assets[i].slot));
			n++;
		}
	return n;
}

static size_t
diff_one(struct ctl *c, struct side from, struct side to)
{
	static const struct tier nothing = { .rank = 0 };
	const struct tier *named = to.tier != NULL ? to.tier : from.tier;
	const char *name = arena_text(c->arena, "%s%.*s",
	    named->addon ? "add-on " : "", STR_FMT(named->id)).at;
	size_t n = 0;

	if (from.tier == NULL)
		n = (size_t)printf("%s: is new\n", name);
	if (to.tier == NULL)
		n = (size_t)printf("%s: is gone\n", name);
	from.tier = from.tier == NULL ? &nothing : from.tier;
	to.tier = to.tier == NULL ? &nothing : to.tier;
	n += diff_names(name, "gains", &to, &from);
	n += diff_names(name, "loses", &from, &to);
	n += diff_limits(c, name, from.tier, to.tier);
	n += diff_assets(c, name, from.tier, to.tier);
	return n + (from.tier == &nothing || to.tier == &nothing ? 0 :
	    diff_numbers(name, from.tier, to.tier));
}

/*
 * Switches, which count for everybody: also for those who bought of an older
 * version, and those to whom it was given.
 */
static size_t
diff_switches(const struct matrix *from, const struct matrix *to)
{
	size_t n = 0;

	for (size_t i = 0; i < to->capability_count; i++) {
		const struct capability *is = &to->capabilities[i];

		if (is->disabled == matrix_disables(from, is->name))
			continue;
		printf("everybody: %.*s is %s\n", STR_FMT(is->name),
		    is->disabled ? "disabled" : "enabled again");
		n++;
	}
	for (size_t i = 0; i < from->capability_count; i++) {
		const struct capability *was = &from->capabilities[i];

		if (!was->disabled || matrix_knows(to, was->name))
			continue;
		printf("everybody: %.*s is enabled again\n",
		    STR_FMT(was->name));
		n++;
	}
	return n;
}

static size_t
diff_tiers(struct ctl *c, const struct matrix *from, const struct matrix *to)
{
	size_t n = diff_switches(from, to);

	for (size_t i = 0; i < to->tier_count; i++)
		n += diff_one(c, (struct side){ from, matrix_tier(from,
		    to->tiers[i].id) }, (struct side){ to, &to->tiers[i] });
	for (size_t i = 0; i < from->tier_count; i++)
		if (matrix_tier(to, from->tiers[i].id) == NULL)
			n += diff_one(c, (struct side){ from,
			    &from->tiers[i] }, (struct side){ to, NULL });
	for (size_t i = 0; i < to->addon_count; i++)
		n += diff_one(c, (struct side){ from, matrix_addon(from,
		    to->addons[i].id) }, (struct side){ to, &to->addons[i] });
	for (size_t i = 0; i < from->addon_count; i++)
		if (matrix_addon(to, from->addons[i].id) == NULL)
			n += diff_one(c, (struct side){ from,
			    &from->addons[i] }, (struct side){ to, NULL });
	if (!str_eq(from->default_tier->id, to->default_tier->id))
		n += (size_t)printf("default tier: %.*s -> %.*s\n",
		    STR_FMT(from->default_tier->id),
		    STR_FMT(to->default_tier->id));
	return n + diff_policy(&from->policy, &to->policy);
}

static enum rc
put_pinned(struct ctl *c, struct err *e)
{
	struct pinned *list = NULL;
	size_t count = 0;

	TRY(pinned_count(c->flow.db, c->flow.seller, c->arena, &list, &count,
	    e));
	for (size_t i = 0; i < count; i++)
		printf("%lld user%s on purchases of version %lld\n",
		    (long long)list[i].users, list[i].users == 1 ? "" : "s",
		    (long long)list[i].version);
	return RC_OK;
}

static enum rc
diff_read(struct ctl *c, struct matrix *from, struct matrix *to,
    struct err *e)
{
	int64_t newest = 0;

	TRY(matrix_newest(c->flow.db, c->flow.seller, c->arena, &newest, e));
	if (newest == 0)
		return err_set(e, RC_INVALID_VALUE, "Run: rung matrix apply "
		    "FILE", "no matrix was applied yet");
	if (c->operand_count > 0) {
		TRY(stored_read(c, newest, from, e));
		return file_read(c, to, e);
	}
	TRY(stored_read(c, newest > 1 ? newest - 1 : newest, from, e));
	return stored_read(c, newest, to, e);
}

enum finish
matrix_diff(struct ctl *c)
{
	struct matrix from, to;
	struct err e;
	size_t n;

	if (!ctl_open(c, MOVES_SECONDS))
		return FAILED;
	if (diff_read(c, &from, &to, &e) != RC_OK)
		return ctl_failed(&e);
	n = diff_tiers(c, &from, &to);
	if (put_pinned(c, &e) != RC_OK)
		return ctl_failed(&e);
	return n == 0 ? NOTHING : DONE;
}

/* --- migrate ------------------------------------------------------------ */

static void
put_moved(void *arg, const struct moved *m)
{
	(void)arg;
	printf("%.*s:", STR_FMT(m->user));
	for (size_t i = 0; i < m->gain_count; i++)
		printf(" +%.*s", STR_FMT(m->gain[i]));
	for (size_t i = 0; i < m->lose_count; i++)
		printf(" -%.*s", STR_FMT(m->lose[i]));
	printf("%s\n", m->gain_count + m->lose_count == 0 ?
	    " nothing gained or lost" : "");
}

enum finish
matrix_migrate(struct ctl *c)
{
	bool dry_run = ctl_option(c, "dry-run") != NULL;
	bool undo = ctl_option(c, "undo") != NULL;
	int64_t users = 0;
	struct err e;

	if (!ctl_open(c, MOVES_SECONDS))
		return FAILED;
	c->flow.actor = ctl_operator(c->arena);
	if (flow_move(&c->flow, undo ? MOVE_BACK : MOVE_ON, dry_run,
	    c->flow.actor, put_moved, NULL, &users, &e) != RC_OK)
		return ctl_failed(&e);
	if (users == 0)
		return NOTHING;
	printf("%lld user%s %s\n", (long long)users, users == 1 ? "" : "s",
	    dry_run ? "would be moved" : undo ? "moved back" : "moved");
	return DONE;
}

/* --- log ---------------------------------------------------------------- */

static void
put_move(struct arena *a, const struct move *m)
{
	CTL_ROW({ text_time(a, m->at), 24 },
	    { m->undo ? STR("moved back from") : STR("moved to"), 15 },
	    { arena_text(a, "%lld", (long long)m->version), 5 },
	    { m->operator, 12 },
	    { arena_text(a, "%lld users", (long long)m->users), 0 });
}

enum finish
matrix_log(struct ctl *c)
{
	struct applied *applied = NULL;
	struct move *moves = NULL;
	size_t applied_count = 0, move_count = 0, next = 0;
	struct err e;

	if (!ctl_open(c, MOVES_SECONDS))
		return FAILED;
	if (matrices_list(c->flow.db, c->flow.seller, c->arena, &applied,
	    &applied_count, &e) != RC_OK || moves_list(c->flow.db,
	    c->flow.seller, c->arena, &moves, &move_count, &e) != RC_OK)
		return ctl_failed(&e);
	for (size_t i = 0; i <= applied_count; i++) {
		/* Only the newest version of its time is moved to. */
		while (next < move_count && (i == applied_count ||
		    moves[next].version < applied[i].version))
			put_move(c->arena, &moves[next++]);
		if (i < applied_count)
			CTL_ROW({ text_time(c->arena, applied[i].at), 24 },
			    { STR("applied"), 15 },
			    { arena_text(c->arena, "%lld",
			    (long long)applied[i].version), 5 },
			    { applied[i].by, 0 });
	}
	return applied_count == 0 ? NOTHING : DONE;
}
