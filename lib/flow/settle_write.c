/*
 * The writing half of settling: assets, grants, session, audit record, outbox
 * rows, and last the user's row with its new version.
 */
#include "base/guard.h"
#include "base/limits.h"
#include "core/sum.h"
#include "flow/settle.h"
#include "store/intent_store.h"
#include "store/session_store.h"
#include "wire/answers.h"
#include "wire/state_json.h"

static const struct session *
open_session(const struct settle *s)
{
	return s->world.has_session &&
	    !session_final(s->world.session.state) ? &s->world.session : NULL;
}

/* When the row must be looked at again; 0 never. */
static int64_t
due_at(const struct settle *s)
{
	const struct session *open = open_session(s);
	int64_t due = s->want.due_at;

	/* Money on its way keeps a session open beyond its end. */
	if (open != NULL && open->payment != PAYMENT_PROCESSING &&
	    (due == 0 || open->expires_at < due))
		due = open->expires_at;
	for (size_t i = 0; i < s->plan.asset_count; i++)
		if (s->plan.assets[i].after.state != ASSET_IS_REVOKED)
			due = sum_earlier(due,
			    s->plan.assets[i].after.overlap_until);
	return due;
}

static enum rc
document(struct settle *s, int64_t version, int64_t updated_at,
    struct str *json, struct err *e)
{
	size_t count;
	struct asset *assets = plan_assets(&s->plan, s->flow->arena, &count);

	return settle_render(s, &s->want, assets, count, version, updated_at,
	    open_session(s), false, json, e);
}

/* The delivery that first spoke of any object of the purchase. */
static struct str
first_event(const struct settle *s, const struct purchase *p)
{
	for (size_t i = 0; i < s->world.object_count; i++) {
		const struct object_row *row = &s->world.objects[i];

		for (size_t n = 0; n < p->object_count; n++)
			if (row->first_event.len > 0 && object_key_cmp(
			    &row->object.key, &p->objects[n]->key) == 0)
				return row->first_event;
	}
	return STR_NONE;
}

/* The grant itself and one for each asset that names it as its cause. */
static size_t
grants_of(const struct settle *s, struct grant_row row, struct str name,
    struct grant_row *out)
{
	size_t n = 0;

	out[n++] = row;
	for (size_t i = 0; i < s->want.asset_count; i++) {
		const struct held_asset *held = &s->want.assets[i];

		if (!str_eq(held->source.cause, name))
			continue;
		row.slot = held->slot;
		out[n++] = row;
	}
	return n;
}

/* What each live purchase and each override in force gives. */
static size_t
grants_wanted(struct settle *s, const struct cause *cause,
    struct grant_row *out)
{
	struct arena *a = s->flow->arena;
	size_t n = 0;

	for (size_t i = 0; i < s->purchase_count; i++) {
		const struct purchase *p = &s->purchases[i];
		struct grant_row row = { .key = p->key, .live = true };

		if (!purchase_live(p->state) || p->sold_count == 0 ||
		    p->livemode != (s->flow->conf->mode == MODE_LIVE))
			continue;
		row.cause_event = cause->event.len > 0 ? cause->event :
		    first_event(s, p);
		n += grants_of(s, row, purchase_cause(p, a), &out[n]);
	}
	for (size_t i = 0; i < s->world.override_count; i++) {
		const struct override *o = &s->world.overrides[i];
		struct grant_row row = {
			.live = true, .cause_override = o->id,
		};

		if (o->kind != OVERRIDE_REVOKE_CAPABILITY &&
		    override_active(o, s->flow->now))
			n += grants_of(s, row, o->id, &out[n]);
	}
	return n;
}

/* How many purchases give access to their tier, or add-on. */
static size_t
tiers_given(const struct grant_row *grants, size_t count)
{
	size_t n = 0;

	for (size_t i = 0; i < count; i++)
		n += grants[i].live && grants[i].slot.len == 0 &&
		    grants[i].key.provider.len > 0;
	return n;
}

static enum rc
grants_write(struct settle *s, const struct cause *cause, struct err *e)
{
	struct flow *f = s->flow;
	struct world *w = &s->world;
	struct grant_row *want = arena_many(f->arena,
	    s->purchase_count + w->override_count + s->want.asset_count + 1,
	    struct grant_row);
	size_t count = grants_wanted(s, cause, want), have;

	/* Counted, not compared: a purchase may come to be named otherwise. */
	have = tiers_given(w->grants, w->grant_count);
	s->granted = tiers_given(want, count) > have;
	s->revoked = tiers_given(want, count) < have;
	return grants_save(f->db, f->seller, w->user.user, w->grants,
	    w->grant_count, want, count, f->now, e);
}

/* A checkout for a session that is over must not be paid any more. */
static enum rc
leave_closed(struct settle *s, struct err *e)
{
	struct flow *f = s->flow;
	const struct session *session = &s->world.session;

	if ((session->state != SESSION_CANCELLED &&
	    session->state != SESSION_EXPIRED) ||
	    session->success_url.len == 0)
		return RC_OK;
	return intent_close_want(f->db, f->seller, session->id, f->now, e);
}

static enum rc
session_write_row(struct settle *s, struct err *e)
{
	struct flow *f = s->flow;

	if (s->session_new)
		return session_insert(f->db, f->seller, &s->world.session, e);
	if (!s->session_moved)
		return RC_OK;
	TRY(session_move(f->db, f->seller, &s->world.session, e));
	return leave_closed(s, e);
}

/* What happened to the session, as its notice calls it. */
static const char *
session_action(const struct settle *s)
{
	static const char *const ends[SESSION__COUNT] = {
		[SESSION_PENDING] = "upgrade.updated",
		[SESSION_COMPLETED] = "upgrade.completed",
		[SESSION_FAILED] = "upgrade.failed",
		[SESSION_CANCELLED] = "upgrade.cancelled",
		[SESSION_EXPIRED] = "upgrade.expired",
	};

	if (s->session_moved)
		return ends[s->world.session.state];
	return s->session_new ? "upgrade.created" : "entitlement.changed";
}

/* What happened, as the audit record calls it. */
static const char *
action_of(const struct settle *s)
{
	return s->deed != DEED_NONE ? deed_names[s->deed] :
	    session_action(s);
}

static void
asset_lines(struct out *o, const struct plan *plan)
{
	out_open_as(o, "assets", '[');
	for (size_t i = 0; i < plan->asset_count; i++) {
		const struct asset_step *step = &plan->assets[i];

		if (step->action == DO_KEEP)
			continue;
		out_open(o, '{');
		out_text(o, "id", step->after.id);
		out_text(o, "slot", step->after.held.slot);
		out_name(o, "action", asset_action_names[step->action]);
		out_close(o, '}');
	}
	out_close(o, ']');
}

static enum rc
detail(struct settle *s, struct str *json, struct err *e)
{
	struct out o;

	out_init(&o, s->flow->arena, DOCUMENT_BYTES_MAX);
	out_open(&o, '{');
	out_text(&o, "from_tier", s->have.tier);
	out_text(&o, "to_tier", s->want.tier);
	out_name(&o, "status", holding_state_names[s->want.state]);
	delta_write(&o, "delta", &s->plan);
	asset_lines(&o, &s->plan);
	if (s->session_new || s->session_moved) {
		out_text(&o, "session", s->world.session.id);
		out_name(&o, "session_status",
		    session_state_names[s->world.session.state]);
	}
	out_close(&o, '}');
	return out_take(&o, "a record", json, e);
}

static enum rc
audit_write(struct settle *s, const struct cause *cause, struct err *e)
{
	struct flow *f = s->flow;
	struct user_row *user = &s->world.user;
	struct record record = {
		.n = user->ver, .at = f->now, .actor = cause->actor,
		.action = str_of(action_of(s)), .cause = cause->id,
		.request = f->request,
	};

	TRY(detail(s, &record.detail, e));
	return audit_append(f->db, f->seller, user, &record,
	    &user->audit_hash, e);
}

static enum rc
notice_data(struct settle *s, struct str *json, struct err *e)
{
	struct out o;

	out_init(&o, s->flow->arena, DOCUMENT_BYTES_MAX);
	out_open(&o, '{');
	out_text_or_null(&o, "session", s->session_new || s->session_moved ?
	    s->world.session.id : STR_NONE);
	out_text(&o, "from_tier", s->have.tier);
	out_text(&o, "to_tier", s->want.tier);
	if (s->deed != DEED_NONE)
		out_text(&o, "asset", s->deed_asset);
	out_int(&o, "version", s->world.user.ver);
	out_close(&o, '}');
	return out_take(&o, "a record", json, e);
}

/* Every version has at least one notice. */
static enum rc
outbox_write(struct settle *s, struct err *e)
{
	struct flow *f = s->flow;
	struct arena *a = f->arena;
	struct notice list[NOTICES_MAX];
	struct str data = STR_NONE;
	size_t n = 0;

	TRY(notice_data(s, &data, e));
	if (s->session_new)
		list[n++].type = STR("rung.upgrade.created");
	if (s->session_moved)
		list[n++].type = arena_text(a, "rung.%s", session_action(s));
	if (s->deed != DEED_NONE)
		list[n++].type = arena_text(a, "rung.%s",
		    deed_names[s->deed]);
	if (n == 0 || s->plan.changes)
		list[n++].type = STR("rung.entitlement.changed");
	for (size_t i = 0; i < n; i++) {
		list[i].event_id = s->seeds->notice[i];
		list[i].data = data;
	}
	return outbox_append(f->db, f->seller, s->world.user.user,
	    s->world.user.ver, f->now, list, n, e);
}

/* Fill the row's new holding and due time; tell whether either moved. */
static enum rc
row_renew(struct settle *s, bool *moved, struct err *e)
{
	struct user_row *row = &s->world.user;
	struct str holding = STR_NONE;
	int64_t due = due_at(s);

	TRY(holding_write(&s->want, s->flow->arena, &holding, e));
	*moved = due != row->due_at || !str_eq(holding, row->holding) ||
	    row->matrix_version != s->want.matrix_version ||
	    row->follows_newest != s->want.follows_newest ||
	    row->derived_under != s->want.derived_under;
	row->holding = holding;
	row->due_at = due;
	row->matrix_version = s->want.matrix_version;
	row->follows_newest = s->want.follows_newest;
	row->derived_under = s->want.derived_under;
	return RC_OK;
}

/*
 * A reader sees a change if and only if the document, rendered again with the
 * old version and time, is another text than the stored one.
 */
static enum rc
reader_sees(struct settle *s, bool *sees, struct err *e)
{
	const struct user_row *row = &s->world.user;
	struct str now = STR_NONE;

	if (s->session_new || s->session_moved || s->deed != DEED_NONE) {
		*sees = true;
		return RC_OK;
	}
	if (row->document.len == 0) {	/* nothing shown yet: the default */
		*sees = s->plan.changes || !holding_same(&s->have, &s->want);
		return RC_OK;
	}
	TRY(document(s, row->ver, row->updated_at, &now, e));
	*sees = !str_eq(now, row->document);
	return RC_OK;
}

enum rc
settle_write(struct settle *s, const struct cause *cause, struct err *e)
{
	struct flow *f = s->flow;
	struct user_row *row = &s->world.user;
	bool sees = false, moved = false;

	TRY(reader_sees(s, &sees, e));
	TRY(row_renew(s, &moved, e));
	TRY(grants_write(s, cause, e));
	s->document = row->document;
	if (!sees && (!moved || row->document.len == 0))
		return RC_OK;
	if (sees) {
		row->ver++;
		row->updated_at = f->now;
		s->changed = true;
		TRY(session_write_row(s, e));
		TRY(assets_save(f->db, f->seller, row->user, s->plan.assets,
		    s->plan.asset_count, f->now, e));
		TRY(audit_write(s, cause, e));
		TRY(outbox_write(s, e));
	}
	TRY(document(s, row->ver, row->updated_at, &row->document, e));
	s->document = row->document;
	return user_close(f->db, f->seller, row, e);
}
