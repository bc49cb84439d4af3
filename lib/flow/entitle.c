/*
 * Reading what a user holds.  One primary-key lookup while the row is in
 * force; past its due time the reader settles first.  A user nobody has heard
 * of is on the default tier and gets no row.
 */
#include "base/guard.h"
#include "base/limits.h"
#include "flow/entitle.h"
#include "flow/recall.h"
#include "flow/settle.h"
#include "flow/settle_due.h"
#include "flow/usage.h"
#include "store/world.h"
#include "wire/answers.h"

struct view {
	struct user_row		 row;
	struct holding		 holding;
	struct str		 document;
	bool			 unsettled;
};

/* The default tier, for users without a row or with one that says nothing. */
static enum rc
view_default(struct flow *f, struct str user, struct view *v, struct err *e)
{
	struct settle s = { .flow = f };

	s.world.user = v->row;
	s.world.user.user = user;
	TRY(settle_work(&s, e));
	v->holding = s.want;
	v->row.matrix_version = s.want.matrix_version;
	return settle_render(&s, &s.want, s.assets, s.asset_count,
	    v->row.ver, v->row.updated_at, NULL, false, &v->document, e);
}

/* What is due but could not be written: the answer as derived, unstored. */
static enum rc
view_unsettled(struct flow *f, struct str user, struct view *v,
    struct err *e)
{
	struct settle s;
	size_t count;
	struct asset *assets;

	TRY(settle_read(&s, f, user, e));
	TRY(settle_work(&s, e));
	assets = plan_assets(&s.plan, f->arena, &count);
	v->row = s.world.user;
	v->holding = s.want;
	v->unsettled = true;
	return settle_render(&s, &s.want, assets, count, v->row.ver,
	    v->row.updated_at, s.world.has_session &&
	    !session_final(s.world.session.state) ? &s.world.session : NULL,
	    false, &v->document, e);
}

static enum rc
view_read(struct flow *f, struct str user, struct view *v, struct err *e)
{
	const struct catalog *catalog = NULL;
	struct recalled_user kept;
	struct recall_mark mark;
	struct err why;

	*v = (struct view){ .unsettled = false };
	TRY(flow_catalog(f, &catalog, e));
	if (recall_user(f, user, &mark, &kept) &&
	    !settle_overdue(f, &kept.row, catalog)) {
		v->row = kept.row;
		v->holding = kept.holding;
		v->document = kept.row.document;
		return RC_OK;
	}
	TRY(user_read(f->db, f->seller, user, f->arena, &v->row, e));
	if (v->row.exists && settle_overdue(f, &v->row, catalog)) {
		if (f->reads_only || flow_settle_due(f, user, &why) != RC_OK)
			return view_unsettled(f, user, v, e);
		TRY(user_read(f->db, f->seller, user, f->arena, &v->row, e));
	}
	if (v->row.document.len == 0)
		return view_default(f, user, v, e);
	v->document = v->row.document;
	return recall_read(f, &mark, &v->row, &v->holding, e);
}

enum rc
flow_held(struct flow *f, struct str user, struct held *out, struct err *e)
{
	const struct catalog *catalog = NULL;
	struct view v;

	TRY(view_read(f, user, &v, e));
	TRY(flow_catalog_since(f, v.row.derived_under, &catalog, e));
	*out = (struct held){
		.user = user, .known = v.row.exists,
		.unsettled = v.unsettled, .version = v.row.ver,
		.matrix_version = v.row.matrix_version,
		.holding = v.holding, .document = v.document,
		.matrix = catalog_newest(catalog),
	};
	return RC_OK;
}

enum rc
flow_entitlements(struct flow *f, struct str user, struct entitled *out,
    struct err *e)
{
	struct held held;
	struct str json = STR_NONE;

	TRY(flow_held(f, user, &held, e));
	TRY(flow_usage_live(f, &held, &json, e));
	*out = (struct entitled){
		.json = json, .version = held.version,
		.matrix_version = held.matrix_version,
		.unsettled = held.unsettled,
	};
	return RC_OK;
}

enum rc
flow_tiers(struct flow *f, struct str *json, int64_t *matrix_version,
    struct err *e)
{
	const struct catalog *catalog = NULL;
	struct out o;

	TRY(flow_catalog(f, &catalog, e));
	out_init(&o, f->arena, REPLY_BYTES_MAX);
	tiers_write(&o, catalog_newest(catalog),
	    f->conf->mode == MODE_LIVE);
	*matrix_version = catalog_newest(catalog)->version;
	return out_take(&o, "an answer", json, e);
}

enum rc
flow_user_version(struct flow *f, struct str user, int64_t *version,
    struct err *e)
{
	struct user_row row;

	TRY(user_read(f->db, f->seller, user, f->arena, &row, e));
	*version = row.exists ? row.ver : 0;
	return RC_OK;
}
