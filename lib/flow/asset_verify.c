/*
 * Assets told: all of a user's, and whose a secret is.
 */
#include "base/guard.h"
#include "base/limits.h"
#include "flow/asset.h"
#include "flow/asset_secret.h"
#include "flow/entitle.h"
#include "flow/settle.h"
#include "flow/settle_due.h"
#include "wire/answer_parts.h"
#include "wire/answers.h"
#include "wire/doc.h"

/* --- all of a user ----------------------------------------------------- */

static enum rc
read_settled(struct flow *f, struct settle *s, struct str user,
    struct err *e)
{
	const struct catalog *catalog = NULL;
	struct err why;

	TRY(flow_catalog(f, &catalog, e));
	TRY(settle_read(s, f, user, e));
	/* What cannot be written now is told as it is derived. */
	if (settle_overdue(f, &s->world.user, catalog) &&
	    flow_settle_due(f, user, &why) == RC_OK)
		TRY(settle_read(s, f, user, e));
	return settle_work(s, e);
}

static bool
planned(const struct plan *plan, struct str slot)
{
	for (size_t i = 0; i < plan->asset_count; i++)
		if (str_eq(plan->assets[i].after.held.slot, slot))
			return true;
	return false;
}

enum rc
flow_assets(struct flow *f, struct str user, struct str *json, struct err *e)
{
	struct settle *s = arena_one(f->arena, struct settle);
	struct out o;

	TRY(read_settled(f, s, user, e));
	out_init(&o, f->arena, REPLY_BYTES_MAX);
	out_open(&o, '{');
	out_open_as(&o, "data", '[');
	for (size_t i = 0; i < s->plan.asset_count; i++)
		user_asset_write(&o, NULL, &s->plan.assets[i].after);
	for (size_t i = 0; i < s->asset_count; i++)
		if (!planned(&s->plan, s->assets[i].held.slot))
			user_asset_write(&o, NULL, &s->assets[i]);
	out_close(&o, ']');
	out_null(&o, "next_cursor");
	out_close(&o, '}');
	return out_take(&o, "an answer", json, e);
}

/* --- whose is it ------------------------------------------------------- */

struct verifying {
	struct secret_owner	 owner;
	bool			 found;
	struct held		 held;
	bool			 good;
	const char		*code;
};

/* The holding decides, not the row: it may be newer than that. */
static void
decide(struct verifying *v, int64_t now)
{
	const struct holding *h = &v->held.holding;
	struct asset *a = &v->owner.asset;
	const struct held_asset *held = NULL;

	for (size_t i = 0; i < h->asset_count; i++)
		if (str_eq(h->assets[i].slot, a->held.slot) &&
		    h->assets[i].type == a->held.type)
			held = &h->assets[i];
	if (held == NULL) {
		a->state = ASSET_IS_REVOKED;
		v->code = "revoked";
	} else if (v->owner.old && v->owner.old_until <= now)
		v->code = "revoked";
	else if (held->suspended) {
		a->state = ASSET_IS_SUSPENDED;
		v->code = "suspended";
	} else {
		v->code = "good";
		v->good = true;
	}
	if (v->owner.old && v->owner.old_until > now)
		a->overlap_until = v->owner.old_until;
}

/* Nothing of a user stands in the answer about a secret that nobody has. */
static void
verified_write(struct out *o, const struct verifying *v)
{
	const struct holding *h = &v->held.holding;

	out_open(o, '{');
	out_bool(o, "good", v->good);
	out_name(o, "code", v->code);
	out_text_or_null(o, "user", v->held.user);
	if (v->found)
		user_asset_write(o, "asset", &v->owner.asset);
	else
		out_null(o, "asset");
	out_text_or_null(o, "tier", v->good ? h->tier : STR_NONE);
	if (v->good)
		out_int(o, "version", v->held.version);
	else
		out_null(o, "version");
	out_open_as(o, "capabilities", '[');
	for (size_t i = 0; v->good && i < h->capability_count; i++)
		out_item(o, h->capabilities[i].name);
	out_close(o, ']');
	out_close(o, '}');
}

enum rc
flow_asset_verify(struct flow *f, struct str body, struct str *json,
    struct err *e)
{
	GUARD(doc_free) struct doc *doc = NULL;
	struct verifying v = { .code = "unknown" };
	struct digest hashes[2];
	struct str text = STR_NONE;
	struct out o;

	TRY(doc_read(&doc, body, DOC_STRICT, e));
	TRY(want_text(doc_root(doc), "secret", true, JSON_STRING_MAX, &text,
	    e));
	asset_secret_hashes(f->arena, text, hashes);
	TRY(asset_by_secret(f->db, f->seller, hashes, f->arena, &v.owner,
	    &v.found, e));
	if (v.found) {
		TRY(flow_held(f, v.owner.user, &v.held, e));
		decide(&v, f->now);
	}
	out_init(&o, f->arena, REPLY_BYTES_MAX);
	verified_write(&o, &v);
	return out_take(&o, "an answer", json, e);
}
