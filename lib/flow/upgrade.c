/*
 * Showing and cancelling an upgrade.
 */
#include "base/clock.h"
#include "base/guard.h"
#include "base/limits.h"
#include "flow/closing.h"
#include "flow/entitle.h"
#include "flow/order.h"
#include "flow/pages.h"
#include "flow/settle_due.h"
#include "flow/upgrade.h"
#include "flow/wake.h"
#include "store/session_store.h"
#include "store/tx.h"
#include "wire/answers.h"

enum { CLOSE_SECONDS = 2 };	/* a cancel does not wait longer */

static enum rc
unknown(struct err *e)
{
	return err_set(e, RC_UNKNOWN_SESSION,
	    "Use the id that the start answered.", "there is no such session");
}

/*
 * Read a session that this principal may see; others do not exist for it,
 * also by the time that it takes to say so.
 */
static enum rc
session_seen(struct flow *f, const struct principal *who, struct str id,
    struct session *out, struct err *e)
{
	bool found = false;

	if (who->kind == PRINCIPAL_CLIENT)
		TRY(session_read_of(f->db, f->seller, who->user, id, f->arena,
		    out, &found, e));
	else if (who->kind != PRINCIPAL_SESSION || str_eq(who->session, id))
		TRY(session_read(f->db, f->seller, id, f->arena, out, &found,
		    e));
	return found ? RC_OK : unknown(e);
}

static enum rc
shown_fill(struct flow *f, const struct session *session,
    struct str entitlements, struct str optimistic, int64_t user_ver,
    struct shown *out, struct err *e)
{
	struct str stored = STR_NONE;
	int64_t gap = 0;

	TRY(pages_session(f->arena, session, entitlements, optimistic,
	    &stored, &gap, e));
	out->session_ver = session->version;
	out->user_ver = user_ver;
	out->user = session->terms.user;
	out->final = session_final(session->state);
	return pages_fill_shown(f, session, stored, gap, &out->json, e);
}

/* A final session: its user's entitlements as they are now. */
static enum rc
show_final(struct flow *f, const struct session *session, struct shown *out,
    struct err *e)
{
	struct entitled entitled;

	TRY(flow_entitlements(f, session->terms.user, &entitled, e));
	return shown_fill(f, session, entitled.json, STR_NONE,
	    entitled.version, out, e);
}

/* A pending one, read together with its user in one statement. */
static enum rc
show_pending(struct flow *f, struct settle *s, struct shown *out,
    struct err *e)
{
	const struct session *session = &s->world.session;
	struct holding imagined;
	struct str optimistic = STR_NONE, now = STR_NONE;
	struct plan plan;
	struct order o = { .tier = NULL };
	const struct catalog *catalog = s->catalog;
	struct asset *assets;
	size_t count;

	o.wish.provider = session->provider;
	o.tier = matrix_tier(catalog_newest(catalog), session->terms.tier);
	TRY(settle_imagine(s, &session->terms, order_replaces(&o, s),
	    &imagined, &plan, e));
	assets = plan_assets(&plan, f->arena, &count);
	TRY(settle_render(s, &imagined, assets, count, s->world.user.ver,
	    s->world.user.updated_at, session, true, &optimistic, e));
	TRY(settle_live(s, &imagined, optimistic, &optimistic, e));
	TRY(settle_live(s, &s->have, s->world.user.document, &now, e));
	return shown_fill(f, session, now, optimistic,
	    s->world.user.ver, out, e);
}

/* Read the user, settled if need be. */
static enum rc
read_settled(struct flow *f, struct settle *s, struct str user,
    struct err *e)
{
	const struct catalog *catalog = NULL;

	TRY(flow_catalog(f, &catalog, e));
	TRY(settle_read(s, f, user, e));
	if (!settle_overdue(f, &s->world.user, catalog))
		return RC_OK;
	TRY(flow_settle_due(f, user, e));
	return settle_read(s, f, user, e);
}

static enum rc
show(struct flow *f, const struct session *session, struct shown *out,
    struct err *e)
{
	struct settle s;
	struct session now;
	bool found = false;

	if (session_final(session->state))
		return show_final(f, session, out, e);
	TRY(read_settled(f, &s, session->terms.user, e));
	if (s.world.has_session &&
	    str_eq(s.world.session.id, session->id)) {
		TRY(settle_work(&s, e));
		return show_pending(f, &s, out, e);
	}
	TRY(session_read(f->db, f->seller, session->id, f->arena, &now,
	    &found, e));
	if (!found || !session_final(now.state))
		return err_set(e, RC_STORE_UNAVAILABLE, "Ask again.",
		    "the session is changing at this moment");
	return show_final(f, &now, out, e);
}

enum rc
flow_upgrade_show(struct flow *f, const struct principal *who,
    struct str id, struct shown *out, struct err *e)
{
	struct session session;

	TRY(session_seen(f, who, id, &session, e));
	return show(f, &session, out, e);
}

struct cancelling {
	struct flow		*flow;
	const struct session	*session;
	enum session_reason	 reason;
	struct seeds		 seeds;
	struct settle		 settle;
};

static enum rc
cancel_body(struct db *db, void *arg, struct err *e)
{
	struct cancelling *c = arg;
	struct settle *s = &c->settle;
	struct cause cause = {
		.actor = c->flow->actor, .id = c->session->id,
	};

	(void)db;
	TRY(settle_lock(s, c->flow, &c->seeds, c->session->terms.user, e));
	if (!s->world.has_session ||
	    !str_eq(s->world.session.id, c->session->id))
		return RC_OK;		/* ended meanwhile: shown as it is */
	settle_end_session(s, SESSION_CANCELLED, c->reason);
	TRY(settle_work(s, e));
	return settle_write(s, &cause, e);
}

/*
 * End it, if it is open still.  What is open at the provider is closed at
 * once if that is quick, else by the sweep.
 */
static enum rc
cancel(struct flow *f, const struct session *session,
    enum session_reason reason, struct err *e)
{
	struct cancelling *c = arena_one(f->arena, struct cancelling);
	struct err ignored;
	bool closed;

	if (session->state == SESSION_COMPLETED)
		return err_set(e, RC_INVALID_TRANSITION,
		    "Cancel or refund at the provider.",
		    "the upgrade is completed already");
	if (session->state == SESSION_EXPIRED)
		return err_set(e, RC_SESSION_EXPIRED, "Nothing is left to do.",
		    "the session has expired already");
	c->flow = f;
	c->session = session;
	c->reason = reason;
	seeds_make(f, &c->seeds);
	TRY(tx_run(f->db, cancel_body, c, e));
	if (!c->settle.changed)
		return RC_OK;
	wake_user(f, session->terms.user);
	(void)flow_close(f, session->id, CLOSE_SECONDS * SECOND, &closed,
	    &ignored);
	return RC_OK;
}

enum rc
flow_upgrade_cancel(struct flow *f, const struct principal *who,
    struct str id, struct shown *out, struct err *e)
{
	struct session session;

	TRY(session_seen(f, who, id, &session, e));
	TRY(cancel(f, &session, who->kind == PRINCIPAL_SERVER ?
	    BECAUSE_CANCELLED_BY_SELLER : BECAUSE_CANCELLED_BY_USER, e));
	TRY(session_seen(f, who, id, &session, e));
	return show(f, &session, out, e);
}

enum rc
flow_upgrade_end(struct flow *f, struct str id, struct err *e)
{
	const struct principal operator = { .kind = PRINCIPAL_SERVER };
	struct session session;

	TRY(session_seen(f, &operator, id, &session, e));
	return cancel(f, &session, BECAUSE_CANCELLED_BY_SELLER, e);
}
