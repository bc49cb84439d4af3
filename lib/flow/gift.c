/*
 * Giving and taking back by hand: one transaction that writes the override
 * and settles its user.
 */
#include "base/clock.h"
#include "base/guard.h"
#include "base/limits.h"
#include "base/secret.h"
#include "base/text.h"
#include "flow/gift.h"
#include "flow/settle.h"
#include "flow/wake.h"
#include "store/tx.h"
#include "wire/doc.h"
#include "wire/out.h"

struct giving {
	struct flow		*flow;
	struct str		 user;
	const struct override_row *add;	/* NULL: end the one with this id */
	struct str		 id;
	struct seeds		 seeds;
	struct settle		 settle;
};

static void
world_add(struct giving *g)
{
	struct world *w = &g->settle.world;
	struct override *more = arena_many(g->flow->arena,
	    w->override_count + 1, struct override);

	if (w->override_count > 0)
		memcpy(more, w->overrides,
		    w->override_count * sizeof(*more));
	more[w->override_count++] = g->add->override;
	w->overrides = more;
}

static void
world_remove(struct giving *g)
{
	struct world *w = &g->settle.world;
	size_t n = 0;

	for (size_t i = 0; i < w->override_count; i++)
		if (!str_eq(w->overrides[i].id, g->id))
			w->overrides[n++] = w->overrides[i];
	w->override_count = n;
}

static enum rc
giving_body(struct db *db, void *arg, struct err *e)
{
	struct giving *g = arg;
	struct flow *f = g->flow;
	struct cause cause = { .actor = f->actor, .id = g->id };
	bool found = false;

	TRY(settle_lock(&g->settle, f, &g->seeds, g->user, e));
	if (g->add != NULL) {
		TRY(override_add(db, f->seller, g->user, g->add, e));
		world_add(g);
	} else {
		TRY(override_end(db, f->seller, g->user, g->id, f->now,
		    &found, e));
		if (!found)
			return err_set(e, RC_INVALID_VALUE,
			    "List the user's overrides for their ids.",
			    "the user has no such override in force");
		world_remove(g);
	}
	TRY(settle_work(&g->settle, e));
	return settle_write(&g->settle, &cause, e);
}

static enum rc
give(struct giving *g, struct err *e)
{
	seeds_make(g->flow, &g->seeds);
	TRY(tx_run(g->flow->db, giving_body, g, e));
	if (g->settle.changed)
		wake_user(g->flow, g->user);
	return RC_OK;
}

static enum rc
unknown_name(struct err *e, const char *what)
{
	return err_member(e, RC_INVALID_VALUE, "/name",
	    "GET /v1/tiers lists what the matrix has.",
	    "the matrix has no such %s", what);
}

/* Is there such a thing to give? */
static enum rc
name_check(const struct matrix *m, const struct override *o, struct err *e)
{
	switch (o->kind) {
	case OVERRIDE_GRANT_CAPABILITY:
	case OVERRIDE_REVOKE_CAPABILITY:
		if (!matrix_knows(m, o->name))
			return unknown_name(e, "capability");
		return RC_OK;
	case OVERRIDE_GRANT_TIER:
		if (matrix_tier(m, o->name) == NULL)
			return unknown_name(e, "tier");
		return RC_OK;
	case OVERRIDE_GRANT_ADDON:
		if (matrix_addon(m, o->name) == NULL)
			return unknown_name(e, "add-on");
		return RC_OK;
	case OVERRIDE_SET_LIMIT:
		if (matrix_limit(m, o->name) == NULL)
			return unknown_name(e, "limit");
		return RC_OK;
	case OVERRIDE__COUNT:
		break;
	}
	return err_set(e, RC_BROKEN, NULL, "an override of no kind");
}

enum rc
flow_gift_add(struct flow *f, struct str user, struct override_row *row,
    struct err *e)
{
	struct giving *g = arena_one(f->arena, struct giving);
	const struct catalog *catalog = NULL;

	if (row->reason.len == 0 || row->operator.len == 0)
		return err_member(e, RC_INVALID_VALUE, row->reason.len == 0 ?
		    "/reason" : "/operator", "Say who gives it and why.",
		    "an override needs a reason and an operator");
	if (row->override.until != 0 && row->override.until <= f->now)
		return err_member(e, RC_INVALID_VALUE, "/until",
		    "Give a time to come, or leave it out.",
		    "until is in the past");
	TRY(flow_catalog(f, &catalog, e));
	TRY(name_check(catalog_newest(catalog), &row->override, e));
	row->override.id = secret_id_new(f->arena, STR("ov_"), f->now);
	row->created_at = f->now;
	*g = (struct giving){
		.flow = f, .user = user, .add = row, .id = row->override.id,
	};
	return give(g, e);
}

enum rc
flow_gift_end(struct flow *f, struct str user, struct str id, struct err *e)
{
	struct giving *g = arena_one(f->arena, struct giving);

	*g = (struct giving){ .flow = f, .user = user, .id = id };
	return give(g, e);
}

static enum rc
kind_read(struct str word, enum override_kind *kind, struct err *e)
{
	for (int i = 0; i < OVERRIDE__COUNT; i++)
		if (str_eq(word, str_of(override_kind_names[i]))) {
			*kind = (enum override_kind)i;
			return RC_OK;
		}
	return err_member(e, RC_INVALID_VALUE, "/kind",
	    "Use grant_capability, revoke_capability, grant_tier, "
	    "grant_addon or set_limit.", "this is no kind of override");
}

static enum rc
value_read(const struct node *root, struct override *o, struct err *e)
{
	int64_t n = 0;

	if (o->kind != OVERRIDE_SET_LIMIT)
		return RC_OK;
	if (str_eq(node_text(root, "value"), STR("unlimited"))) {
		o->quota.unlimited = true;
		return RC_OK;
	}
	TRY(want_int(root, "value", true, 0, INT64_C(1) << 53, 0, &n, e));
	o->quota.max = n;
	return RC_OK;
}

enum rc
flow_gift_read(struct flow *f, struct str body, struct override_row *out,
    struct err *e)
{
	GUARD(doc_free) struct doc *doc = NULL;
	struct override_row row = { .ended_at = 0 };
	struct str kind = STR_NONE, until = STR_NONE;
	const struct node *root;

	TRY(doc_read(&doc, body, DOC_STRICT, e));
	root = doc_root(doc);
	TRY(want_text(root, "kind", true, 20, &kind, e));
	TRY(kind_read(kind, &row.override.kind, e));
	TRY(want_text(root, "name", true, CAPABILITY_NAME_MAX,
	    &row.override.name, e));
	TRY(value_read(root, &row.override, e));
	TRY(want_text(root, "until", false, 40, &until, e));
	if (until.len > 0 && !text_untime(until, &row.override.until))
		return err_member(e, RC_INVALID_VALUE, "/until",
		    "Use RFC 3339: 2027-01-31T12:00:00Z.",
		    "until is not a time");
	TRY(want_text(root, "reason", true, 240, &row.reason, e));
	TRY(want_text(root, "operator", true, 100, &row.operator, e));
	row.override.name = arena_keep(f->arena, row.override.name);
	row.reason = arena_keep(f->arena, row.reason);
	row.operator = arena_keep(f->arena, row.operator);
	*out = row;
	return RC_OK;
}

static void
gift_write(struct out *o, const struct override_row *row)
{
	const struct override *v = &row->override;

	out_open(o, '{');
	out_text(o, "id", v->id);
	out_name(o, "kind", override_kind_names[v->kind]);
	out_text(o, "name", v->name);
	if (v->kind != OVERRIDE_SET_LIMIT)
		out_null(o, "value");
	else if (v->quota.unlimited)
		out_name(o, "value", "unlimited");
	else
		out_int(o, "value", v->quota.max);
	out_time(o, "until", v->until);
	out_text(o, "reason", row->reason);
	out_text(o, "operator", row->operator);
	out_time(o, "created_at", row->created_at);
	out_time(o, "ended_at", row->ended_at);
	out_close(o, '}');
}

enum rc
flow_gift_json(struct flow *f, const struct override_row *row,
    struct str *json, struct err *e)
{
	struct out o;

	out_init(&o, f->arena, REPLY_BYTES_MAX);
	gift_write(&o, row);
	return out_take(&o, "an answer", json, e);
}

enum rc
flow_gifts(struct flow *f, struct str user, struct str *json, struct err *e)
{
	struct override_row *list = NULL;
	size_t count = 0;
	struct out o;

	TRY(overrides_of(f->db, f->seller, user, f->arena, &list, &count, e));
	out_init(&o, f->arena, REPLY_BYTES_MAX);
	out_open(&o, '{');
	out_open_as(&o, "data", '[');
	for (size_t i = 0; i < count; i++)
		gift_write(&o, &list[i]);
	out_close(&o, ']');
	out_null(&o, "next_cursor");
	out_close(&o, '}');
	return out_take(&o, "an answer", json, e);
}
