/*
 * Opening a checkout at the provider: take the lease, ask (outside of any
 * transaction), store what was made.
 */
#include "base/clock.h"
#include "base/guard.h"
#include "base/limits.h"
#include "flow/ask.h"
#include "flow/checkout.h"
#include "flow/credential.h"
#include "flow/kin.h"
#include "flow/lease.h"
#include "flow/settle.h"
#include "flow/url.h"
#include "flow/wake.h"
#include "store/session_store.h"
#include "store/tx.h"

enum { URL_BYTES_MAX = 4000 };		/* intents.url */

struct opening {
	struct flow		*flow;
	const struct session	*session;
	struct str		 owner;		/* of the lease */
	struct intent		 first, intent;
	enum lease_end		 end;
	struct errand_result	 made;
	struct seeds		 seeds;
	struct fact		 facts[2];
	size_t			 fact_count;

	/* Made new by each run of the body. */
	struct kin		 kin;
	struct settle		 settle;
};

struct str
checkout_back(struct flow *f, const struct session *session)
{
	return url_with(f->arena, session->success_url, "rung_session",
	    session->id);
}

struct str
checkout_url(struct flow *f, struct str session)
{
	return arena_text(f->arena, "%.*s/v1/upgrades/%.*s/checkout?k=%.*s",
	    STR_FMT(f->conf->base_url), STR_FMT(session),
	    STR_FMT(flow_checkout_key(f, session)));
}

static enum rc
unknown(struct err *e)
{
	return err_set(e, RC_UNKNOWN_SESSION,
	    "Use the url that the start answered.",
	    "there is no such checkout");
}

enum rc
checkout_session(struct flow *f, struct str id, struct str key,
    struct visit *v, struct err *e)
{
	bool found = false;

	*v = (struct visit){ .known = false };
	if (!flow_checkout_key_ok(f, id, key))
		return unknown(e);
	TRY(session_read(f->db, f->seller, id, f->arena, &v->session, &found,
	    e));
	if (!found || v->session.success_url.len == 0)
		return unknown(e);
	v->known = true;
	if (session_final(v->session.state) ||
	    (v->session.expires_at <= f->now &&
	    v->session.payment != PAYMENT_PROCESSING))
		return err_set(e, RC_SESSION_EXPIRED, "Start a new upgrade.",
		    "this checkout is over");
	return RC_OK;
}

static enum rc
take_body(struct db *db, void *arg, struct err *e)
{
	struct opening *o = arg;

	(void)db;
	return lease_take(o->flow, &o->first, o->owner, false, &o->intent,
	    &o->end, e);
}

/* The interval that the matrix gives for the price that is sold. */
static enum rc
interval_of(struct flow *f, const struct session *s, struct str *interval,
    struct err *e)
{
	const struct catalog *catalog = NULL;
	const struct matrix *m;
	const struct tier *sold;

	TRY(flow_catalog_with(f, &s->terms.matrix_version, 1, &catalog, e));
	m = catalog_version(catalog, s->terms.matrix_version);
	sold = matrix_sold_by(m, s->provider, s->price);
	for (size_t i = 0; sold != NULL && i < sold->price_count; i++)
		if (str_eq(sold->prices[i].id, s->price) &&
		    str_eq(sold->prices[i].provider, s->provider))
			*interval = sold->prices[i].interval;
	return RC_OK;
}

static bool
url_good(const struct flow *f, struct str url)
{
	return url.len <= URL_BYTES_MAX && (str_starts(url, STR("https://")) ||
	    (f->conf->sandbox && str_starts(url, STR("http://"))));
}

static enum rc
ask_for(struct opening *o, struct err *e)
{
	struct flow *f = o->flow;
	const struct session *s = o->session;
	struct errand errand = {
		.kind = ERRAND_CHECKOUT, .session = s->id,
		.user = s->terms.user, .price = s->price,
		.quantity = s->terms.quantity, .cancel_url = s->cancel_url,
		.success_url = checkout_back(f, s),
		.expires_at = s->expires_at, .email = o->intent.email,
	};

	if (errand.cancel_url.len > 0)
		errand.cancel_url = url_with(f->arena, errand.cancel_url,
		    "rung_session", s->id);
	TRY(interval_of(f, s, &errand.interval, e));
	TRY(flow_ask(f, s->provider, &errand, 0, &o->made, e));
	if (o->made.end != ERRAND_DONE)
		return err_set(e, RC_CHECKOUT_UNAVAILABLE,
		    "See the log: the price or the key may be wrong.",
		    "the provider opens no checkout: %.*s",
		    STR_FMT(o->made.why));
	if (!url_good(f, o->made.url))
		return err_set(e, RC_CHECKOUT_UNAVAILABLE, "Try again later.",
		    "the provider's checkout has no address of use");
	return RC_OK;
}

/* What was made is ours: it is for this session, whatever it says itself. */
static void
facts_fill(struct opening *o)
{
	const struct errand_result *r = &o->made;

	o->fact_count = r->made_count;
	for (size_t i = 0; i < r->made_count; i++) {
		struct fact *fact = &o->facts[i];

		*fact = (struct fact){
			.kind = FACT_SEEN, .object = r->made[i],
			.at = o->flow->now, .livemode = o->session->livemode,
			.session = o->session->id, .named_by = NAMED_BY_OURS,
			.terms = o->session->terms,
		};
		if (r->made_count == 2)
			fact->links[fact->link_count++] = r->made[1 - i];
	}
}

/* Was a delivery quicker than we?  Then its objects have an owner now. */
static enum rc
settle_raced(struct opening *o, struct err *e)
{
	struct cause cause = {
		.actor = o->session->provider, .id = o->session->id,
	};
	struct str owner = STR_NONE, why = STR_NONE;
	bool raced = false;

	for (size_t i = 0; i < o->kin.count; i++)
		raced |= o->kin.rows[i].first_event.len > 0;
	if (!raced)
		return RC_OK;
	TRY(kin_owner(&o->kin, &owner, &why, e));
	if (why.len > 0 || !str_eq(owner, o->session->terms.user))
		return RC_OK;
	TRY(kin_give(&o->kin, owner, e));
	for (size_t i = 0; i < o->kin.count; i++)
		settle_object(&o->settle, &o->kin.rows[i]);
	TRY(settle_work(&o->settle, e));
	return settle_write(&o->settle, &cause, e);
}

/* Nobody else's answer is written over, and none is left open in vain. */
static enum rc
answer_store(struct opening *o, struct err *e)
{
	struct flow *f = o->flow;
	const struct world *w = &o->settle.world;
	bool found = false;

	TRY(intent_lock(f->db, f->seller, &o->first, f->now, e));
	TRY(intent_read(f->db, f->seller, o->session->id,
	    o->session->provider, f->arena, &o->intent, &found, e));
	must(found);
	if (o->intent.state != INTENT_NEW)
		return RC_OK;
	o->intent.state = INTENT_OPEN;
	o->intent.url = o->made.url;
	o->intent.opened_at = o->made.made_at != 0 ? o->made.made_at : f->now;
	o->intent.lease_until = 0;
	if (o->made.made_count > 0)
		o->intent.made = o->made.made[0];
	if (o->intent.made.ref.len > 0 && (!w->has_session ||
	    !str_eq(w->session.id, o->session->id)))
		o->intent.close_at = f->now;
	return intent_save(f->db, f->seller, &o->intent, e);
}

static enum rc
made_body(struct db *db, void *arg, struct err *e)
{
	struct opening *o = arg;

	(void)db;
	TRY(kin_facts(&o->kin, o->flow, o->facts, o->fact_count, STR_NONE,
	    e));
	TRY(settle_lock(&o->settle, o->flow, &o->seeds,
	    o->session->terms.user, e));
	TRY(kin_merge(&o->kin, o->facts, o->fact_count, e));
	TRY(settle_raced(o, e));
	TRY(kin_save(&o->kin, e));
	return answer_store(o, e);
}

static enum rc
open_it(struct opening *o, struct err *e)
{
	struct flow *f = o->flow;
	enum rc rc = ask_for(o, e);

	if (rc != RC_OK) {
		lease_drop(f, &o->first, o->owner);
		return rc;
	}
	facts_fill(o);
	seeds_make(f, &o->seeds);
	TRY(tx_run(f->db, made_body, o, e));
	if (o->settle.changed)
		wake_user(f, o->session->terms.user);
	return RC_OK;
}

static enum rc
find_or_open(struct opening *o, struct err *e)
{
	TRY(tx_run(o->flow->db, take_body, o, e));
	switch (o->end) {
	case LEASE_MINE:
		return open_it(o, e);
	case LEASE_BUSY:
		return lease_wait(o->flow, &o->intent) ? RC_OK :
		    lease_busy(e);
	default:
		return RC_OK;
	}
}

enum rc
flow_checkout_visit(struct flow *f, struct str id, struct str key, bool asks,
    struct visit *v, struct err *e)
{
	struct opening *o = arena_one(f->arena, struct opening);
	bool found = false;

	TRY(checkout_session(f, id, key, v, e));
	if (v->session.terms.change != CHANGE_NONE)
		return RC_OK;
	o->flow = f;
	o->session = &v->session;
	o->owner = lease_name(f);
	o->first = (struct intent){
		.session = v->session.id,
		.subject.provider = v->session.provider,
	};
	TRY(intent_read(f->db, f->seller, v->session.id, v->session.provider,
	    f->arena, &o->intent, &found, e));
	if ((!found || o->intent.state == INTENT_NEW) && asks)
		TRY(find_or_open(o, e));
	v->location = o->intent.url;
	return RC_OK;
}
