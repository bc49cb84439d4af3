/*
 * The reading half of settling: what is stored, what should be, and the plan
 * between them.  The writing half is settle_write.c.
 */
#include "base/guard.h"
#include "base/limits.h"
#include "base/secret.h"
#include "core/over.h"
#include "flow/settle.h"
#include "store/usage_store.h"
#include "wire/answers.h"
#include "wire/state_json.h"

void
seeds_make(struct flow *f, struct seeds *seeds)
{
	char *bytes = arena_take(f->arena, 16, 1);

	secret_random(bytes, 16);
	seeds->chain_id = (struct str){ bytes, 16 };
	for (size_t i = 0; i < NOTICES_MAX; i++)
		seeds->notice[i] = secret_id_new(f->arena, STR("ev_"), f->now);
}

enum rc
settle_lock(struct settle *s, struct flow *f, const struct seeds *seeds,
    struct str user, struct err *e)
{
	*s = (struct settle){ .flow = f, .seeds = seeds };
	TRY(user_lock(f->db, f->seller, user, seeds->chain_id, f->now, e));
	return world_read(f->db, f->seller, user, f->arena, &s->world, e);
}

enum rc
settle_read(struct settle *s, struct flow *f, struct str user, struct err *e)
{
	*s = (struct settle){ .flow = f };
	return world_read(f->db, f->seller, user, f->arena, &s->world, e);
}

bool
settle_late(const struct flow *f, const struct user_row *row)
{
	return row->due_at != 0 && row->due_at <= f->now;
}

bool
settle_behind(const struct user_row *row, const struct catalog *catalog)
{
	return row->ver > 0 && catalog_outdates(catalog, row->derived_under,
	    row->follows_newest);
}

bool
settle_overdue(const struct flow *f, const struct user_row *row,
    const struct catalog *catalog)
{
	return settle_late(f, row) || settle_behind(row, catalog);
}

void
settle_object(struct settle *s, const struct object_row *row)
{
	struct world *w = &s->world;
	struct object_row *more;

	for (size_t i = 0; i < w->object_count; i++)
		if (object_key_cmp(&w->objects[i].object.key,
		    &row->object.key) == 0) {
			w->objects[i] = *row;
			return;
		}
	more = arena_many(s->flow->arena, w->object_count + 1,
	    struct object_row);
	if (w->object_count > 0)
		memcpy(more, w->objects, w->object_count * sizeof(*more));
	more[w->object_count++] = *row;
	w->objects = more;
}

void
settle_end_session(struct settle *s, enum session_state state,
    enum session_reason reason)
{
	struct session *session = &s->world.session;

	must(s->world.has_session && !session_final(session->state));
	must(session_final(state));
	session->state = state;
	session->reason = reason;
	session->ended_at = s->flow->now;
	session->version++;
	s->session_moved = true;
}

void
settle_pay_session(struct settle *s, enum payment_state payment)
{
	struct session *session = &s->world.session;

	must(s->world.has_session && !session_final(session->state));
	if (session->payment == payment)
		return;
	session->payment = payment;
	session->version++;
	s->session_moved = true;
}

/* An asset that is not held has no step of its own. */
static struct asset_step *
step_add(struct settle *s, const struct asset *asset)
{
	struct plan *plan = &s->plan;
	struct asset_step *more = arena_many(s->flow->arena,
	    plan->asset_count + 1, struct asset_step);

	if (plan->asset_count > 0)
		memcpy(more, plan->assets,
		    plan->asset_count * sizeof(*more));
	more[plan->asset_count] = (struct asset_step){ DO_KEEP, *asset };
	plan->assets = more;
	return &more[plan->asset_count++];
}

void
settle_deed(struct settle *s, const struct asset *asset, enum deed deed,
    struct str hint)
{
	struct asset_step *step = NULL, *steps = arena_many(s->flow->arena,
	    s->plan.asset_count + 1, struct asset_step);

	for (size_t i = 0; i < s->plan.asset_count; i++) {
		steps[i] = s->plan.assets[i];
		if (str_eq(steps[i].after.held.slot, asset->held.slot))
			step = &steps[i];
	}
	s->plan.assets = steps;
	if (step == NULL)
		step = step_add(s, asset);
	deed_do(step, deed, hint, s->flow->now);
	s->plan.changes = true;
	s->deed = deed;
	s->deed_asset = asset->id;
}

static void
life_of(const struct settle *s, struct life *life)
{
	const struct world *w = &s->world;
	struct object *objects = arena_many(s->flow->arena,
	    w->object_count + 1, struct object);

	for (size_t i = 0; i < w->object_count; i++)
		objects[i] = w->objects[i].object;
	*life = (struct life){
		.objects = objects, .object_count = w->object_count,
		.overrides = w->overrides,
		.override_count = w->override_count,
		.livemode = s->flow->conf->mode == MODE_LIVE,
	};
}

/* The matrix versions that these objects are pinned to, loaded. */
static enum rc
catalog_for(struct settle *s, const struct life *life, struct err *e)
{
	struct flow *f = s->flow;
	int64_t *versions = NULL;
	size_t count = 0;

	TRY(flow_catalog_since(f, s->world.user.derived_under, &s->catalog,
	    e));
	purchases_versions(s->catalog, life->objects, life->object_count,
	    f->arena, &versions, &count);
	return flow_catalog_with(f, versions, count, &s->catalog, e);
}

/* What is held according to the row; the default tier when it says nothing. */
static enum rc
have_read(struct settle *s, struct err *e)
{
	struct life nobody = {
		.livemode = s->flow->conf->mode == MODE_LIVE,
	};

	if (s->world.user.holding.len > 0)
		return holding_read(s->world.user.holding, s->flow->arena,
		    &s->have, e);
	return derive(s->catalog, &nobody, s->flow->now, s->flow->arena,
	    &s->have, NULL, NULL, e);
}

static bool
asset_stored(const struct world *w, struct str slot)
{
	for (size_t i = 0; i < w->asset_count; i++)
		if (str_eq(w->assets[i].held.slot, slot))
			return true;
	return false;
}

/*
 * The stored assets and, for slots of what is held that have no row, the
 * asset that is implied: ids do not depend on a row.
 */
static void
assets_collect(struct settle *s)
{
	const struct world *w = &s->world;
	struct flow *f = s->flow;
	struct asset *all = arena_many(f->arena,
	    w->asset_count + s->have.asset_count + 1, struct asset);
	size_t n = w->asset_count;

	if (n > 0)
		memcpy(all, w->assets, n * sizeof(*all));
	for (size_t i = 0; i < n; i++)
		if (all[i].overlap_until <= f->now)
			all[i].overlap_until = 0;
	for (size_t i = 0; i < s->have.asset_count; i++) {
		const struct held_asset *held = &s->have.assets[i];

		if (asset_stored(w, held->slot))
			continue;
		all[n++] = (struct asset){
			.id = asset_id_of(f->arena, f->seller, w->user.user,
			    held->slot),
			.held = *held,
			.state = asset_has_secret(held->type) ?
			    ASSET_IS_PENDING : ASSET_IS_PROVISIONED,
		};
	}
	s->assets = all;
	s->asset_count = n;
}

/* New assets get the id that their slot always has. */
static void
plan_name(struct settle *s, struct plan *plan)
{
	struct asset_step *steps = arena_many(s->flow->arena,
	    plan->asset_count + 1, struct asset_step);

	for (size_t i = 0; i < plan->asset_count; i++) {
		steps[i] = plan->assets[i];
		if (steps[i].after.id.len == 0)
			steps[i].after.id = asset_id_of(s->flow->arena,
			    s->flow->seller, s->world.user.user,
			    steps[i].after.held.slot);
	}
	plan->assets = steps;
}

static void
session_work(struct settle *s)
{
	struct session after;

	if (!s->world.has_session || session_final(s->world.session.state))
		return;
	if (session_step(&s->world.session, s->purchases, s->purchase_count,
	    s->flow->now, &after)) {
		s->world.session = after;
		s->session_moved = true;
	}
}

enum rc
settle_work(struct settle *s, struct err *e)
{
	struct life life;

	life_of(s, &life);
	TRY(catalog_for(s, &life, e));
	TRY(have_read(s, e));
	TRY(derive(s->catalog, &life, s->flow->now, s->flow->arena, &s->want,
	    &s->purchases, &s->purchase_count, e));
	assets_collect(s);
	diff(&s->have, s->assets, s->asset_count, &s->want, s->flow->arena,
	    &s->plan);
	plan_name(s, &s->plan);
	session_work(s);
	return RC_OK;
}

struct asset *
plan_assets(const struct plan *plan, struct arena *a, size_t *count)
{
	struct asset *list = arena_many(a, plan->asset_count + 1,
	    struct asset);

	for (size_t i = 0; i < plan->asset_count; i++)
		list[i] = plan->assets[i].after;
	*count = plan->asset_count;
	return list;
}

enum rc
settle_render(struct settle *s, const struct holding *holding,
    const struct asset *assets, size_t asset_count, int64_t version,
    int64_t updated_at, const struct session *session, bool optimistic,
    struct str *json, struct err *e)
{
	struct entitlements view = {
		.user = s->world.user.user, .holding = holding,
		.assets = assets, .asset_count = asset_count,
		.version = version, .updated_at = updated_at,
		.session = session, .optimistic = optimistic,
	};
	struct out out;

	out_init(&out, s->flow->arena, DOCUMENT_BYTES_MAX);
	entitlements_write(&out, NULL, &view);
	if (!out_done(&out, json))
		return err_set(e, RC_BROKEN, NULL,
		    "the state of user %.*s is too large to render",
		    STR_FMT(view.user));
	return RC_OK;
}

/*
 * What is in use beyond the limits to come.  Counters are read only when a
 * limit falls.
 */
static enum rc
over_read(struct settle *s, const struct holding *want, struct plan *plan,
    struct err *e)
{
	struct flow *f = s->flow;
	const struct matrix *m = catalog_version(s->catalog,
	    want->matrix_version);
	struct usage *usage = NULL;
	size_t count = 0;

	if (!over_possible(plan))
		return RC_OK;
	TRY(usage_of(f->db, f->seller, s->world.user.user, f->now, f->arena,
	    &usage, &count, e));
	over_find(want, usage, count, m->policy.over_limit, f->arena,
	    &plan->over, &plan->over_count);
	return RC_OK;
}

enum rc
settle_imagine(struct settle *s, const struct terms *terms,
    const struct object_key *replaces, struct holding *holding,
    struct plan *plan, struct err *e)
{
	struct flow *f = s->flow;
	struct life life, imagined;

	life_of(s, &life);
	life_imagine(&life, terms, replaces, f->now, f->arena, &imagined);
	TRY(catalog_for(s, &imagined, e));
	TRY(derive(s->catalog, &imagined, f->now, f->arena, holding, NULL,
	    NULL, e));
	diff(&s->have, s->assets, s->asset_count, holding, f->arena, plan);
	plan_name(s, plan);
	return over_read(s, holding, plan, e);
}
