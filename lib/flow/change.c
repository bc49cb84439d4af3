/*
 * The button of a change, in three steps: a transaction that takes the lease
 * and names the subscription as the session's, the provider's errand, and a
 * transaction that keeps what came of it.  If we die in between, the
 * provider's own word completes the session, or the button asks again under
 * the same idempotency key.
 */
#include "base/guard.h"
#include "base/limits.h"
#include "base/log.h"
#include "flow/ask.h"
#include "flow/change.h"
#include "flow/credential.h"
#include "flow/intake.h"
#include "flow/kin.h"
#include "flow/lease.h"
#include "flow/settle.h"
#include "flow/wake.h"
#include "store/session_store.h"
#include "store/tx.h"

struct changing {
	struct flow		*flow;
	const struct session	*session;
	struct str		 owner;		/* of the lease */
	struct intent		 first;		/* as stored by the start */
	struct seeds		 seeds;
	struct fact		 fact;		/* the subscription is ours */
	struct errand_result	 result;

	/* Made new by each run of a body. */
	bool			 over;		/* the session ended meanwhile */
	enum lease_end		 end;
	struct intent		 intent;
	struct kin		 kin;
	struct settle		 settle;
};

static struct cause
cause_of(const struct changing *c)
{
	return (struct cause){
		.actor = c->flow->actor, .id = c->session->id,
	};
}

static bool
session_open(const struct changing *c)
{
	const struct world *w = &c->settle.world;

	return w->has_session && str_eq(w->session.id, c->session->id) &&
	    !session_final(w->session.state);
}

/* --- before asking ----------------------------------------------------- */

/*
 * From now on what the provider says of the subscription is said about this
 * session, also if we never hear the answer.
 */
static enum rc
name_it(struct changing *c, struct err *e)
{
	struct object_row *row = kin_row(&c->kin, &c->fact.object);

	if (row == NULL || !str_eq(row->user, c->session->terms.user))
		return RC_OK;
	TRY(kin_merge(&c->kin, &c->fact, 1, e));
	settle_object(&c->settle, row);
	return RC_OK;
}

static enum rc
lease(struct changing *c, struct err *e)
{
	struct flow *f = c->flow;

	TRY(lease_take(f, &c->first, c->owner, false, &c->intent, &c->end, e));
	if (c->end != LEASE_MINE || c->intent.quoted_at != 0)
		return RC_OK;
	c->intent.quoted_at = f->now;
	return intent_save(f->db, f->seller, &c->intent, e);
}

static enum rc
begin_body(struct db *db, void *arg, struct err *e)
{
	struct changing *c = arg;
	struct flow *f = c->flow;
	bool names = c->session->terms.change == CHANGE_NOW;
	struct cause cause = cause_of(c);

	(void)db;
	c->over = true;
	if (names)
		TRY(kin_facts(&c->kin, f, &c->fact, 1, STR_NONE, e));
	TRY(settle_lock(&c->settle, f, &c->seeds, c->session->terms.user, e));
	if (!session_open(c))
		return RC_OK;
	if (names)
		TRY(name_it(c, e));
	TRY(settle_work(&c->settle, e));
	TRY(settle_write(&c->settle, &cause, e));
	if (names)
		TRY(kin_save(&c->kin, e));
	if (!session_open(c))
		return RC_OK;
	c->over = false;
	return lease(c, e);
}

/* --- asking ------------------------------------------------------------ */

static const enum errand_kind kinds[CHANGE__COUNT] = {
	[CHANGE_NOW] = ERRAND_CHANGE,
	[CHANGE_PLANNED] = ERRAND_PLAN,
	[CHANGE_CANCEL] = ERRAND_CANCEL,
	[CHANGE_END] = ERRAND_CANCEL,
	[CHANGE_RESUME] = ERRAND_RESUME,
};

static enum rc
ask_for(struct changing *c, struct err *e)
{
	struct flow *f = c->flow;
	const struct session *s = c->session;
	struct errand errand = {
		.kind = kinds[s->terms.change], .session = s->id,
		.user = s->terms.user, .price = s->price,
		.quantity = s->terms.quantity, .object = c->intent.subject,
		.replaces = c->intent.replaces,
		.quoted_at = c->intent.quoted_at,
		.attempt = c->intent.declined,
		.immediately = s->terms.change == CHANGE_END,
		.success_url = checkout_back(f, s),
		.cancel_url = s->cancel_url, .expires_at = s->expires_at,
	};

	must(s->terms.change != CHANGE_NONE);
	return flow_ask(f, s->provider, &errand, 0, &c->result, e);
}

/* What the answer tells of the subscription is taken like a delivery. */
static void
take_bodies(struct changing *c)
{
	struct intake_answer answer;
	struct err e;

	for (size_t i = 0; i < c->result.body_count; i++)
		if (flow_take_body(c->flow, c->session->provider,
		    c->result.bodies[i], &answer, &e) != RC_OK)
			LOG(LOG_WARN_LINE, "errand",
			    LOG_S("session", c->session->id),
			    LOG_S("msg", str_of(e.what)));
}

/* --- after asking ------------------------------------------------------ */

/* What costs nothing is complete with the provider's yes. */
static void
session_end(struct changing *c)
{
	struct settle *s = &c->settle;

	switch (c->result.end) {
	case ERRAND_DONE:
		if (c->session->terms.change != CHANGE_NOW)
			settle_end_session(s, SESSION_COMPLETED,
			    BECAUSE_NONE);
		break;
	case ERRAND_ACTION:
		settle_pay_session(s, PAYMENT_REQUIRES_ACTION);
		break;
	case ERRAND_DECLINED:
		settle_pay_session(s, PAYMENT_FAILED);
		break;
	default:
		settle_end_session(s, SESSION_FAILED, BECAUSE_PROVIDER_ERROR);
	}
}

static void
intent_end(struct changing *c)
{
	struct intent *i = &c->intent;

	i->lease_until = 0;
	switch (c->result.end) {
	case ERRAND_ACTION:
		i->state = INTENT_ACTION;
		i->url = c->result.url;
		break;
	case ERRAND_DECLINED:
		i->declined++;
		break;
	default:
		i->state = INTENT_DONE;
	}
}

static enum rc
end_body(struct db *db, void *arg, struct err *e)
{
	struct changing *c = arg;
	struct flow *f = c->flow;
	struct cause cause = cause_of(c);
	bool found = false;

	TRY(settle_lock(&c->settle, f, &c->seeds, c->session->terms.user, e));
	if (session_open(c))
		session_end(c);
	TRY(settle_work(&c->settle, e));
	TRY(settle_write(&c->settle, &cause, e));
	TRY(intent_lock(db, f->seller, &c->first, f->now, e));
	TRY(intent_read(db, f->seller, c->session->id, c->session->provider,
	    f->arena, &c->intent, &found, e));
	must(found);
	if (!str_eq(c->intent.lease_owner, c->owner))
		return RC_OK;		/* a later try speaks for both */
	intent_end(c);
	return intent_save(db, f->seller, &c->intent, e);
}

/* --- the button -------------------------------------------------------- */

static void
wake(struct changing *c)
{
	if (c->settle.changed)
		wake_user(c->flow, c->session->terms.user);
}

static enum rc
will_not(struct changing *c, struct err *e)
{
	return err_set(e, RC_INVALID_TRANSITION, "Start another upgrade.",
	    "the provider will not: %.*s", STR_FMT(c->result.why.len > 0 ?
	    c->result.why : STR("there is no such subscription any more")));
}

static enum rc
carry_out(struct changing *c, struct visit *v, struct err *e)
{
	struct flow *f = c->flow;
	enum rc rc = ask_for(c, e);

	if (rc != RC_OK) {
		lease_drop(f, &c->first, c->owner);
		return rc;
	}
	if (c->result.end == ERRAND_DONE || c->result.end == ERRAND_ACTION)
		take_bodies(c);
	seeds_make(f, &c->seeds);	/* another commit, other ids */
	TRY(tx_run(f->db, end_body, c, e));
	wake(c);
	switch (c->result.end) {
	case ERRAND_DONE:
		v->location = checkout_back(f, c->session);
		return RC_OK;
	case ERRAND_ACTION:
		v->location = c->result.url;
		return RC_OK;
	case ERRAND_DECLINED:
		v->location = checkout_url(f, c->session->id);
		return RC_OK;
	default:
		return will_not(c, e);
	}
}

/* It was pressed before: where did that lead? */
static enum rc
repeat(struct changing *c, struct visit *v, struct err *e)
{
	if (c->end == LEASE_BUSY && !lease_wait(c->flow, &c->intent))
		return lease_busy(e);
	v->location = c->intent.state == INTENT_ACTION ? c->intent.url :
	    checkout_back(c->flow, c->session);
	return RC_OK;
}

static enum rc
over(struct changing *c, struct visit *v, struct err *e)
{
	struct flow *f = c->flow;
	bool found = false;

	TRY(session_read(f->db, f->seller, c->session->id, f->arena,
	    &v->session, &found, e));
	if (!found || v->session.state != SESSION_COMPLETED)
		return err_set(e, RC_SESSION_EXPIRED, "Start a new upgrade.",
		    "this checkout is over");
	v->location = checkout_back(f, &v->session);
	return RC_OK;
}

static enum rc
prepare(struct changing *c, struct flow *f, const struct session *s,
    struct err *e)
{
	bool found = false;

	c->flow = f;
	c->session = s;
	c->owner = lease_name(f);
	TRY(intent_read(f->db, f->seller, s->id, s->provider, f->arena,
	    &c->first, &found, e));
	if (!found || c->first.subject.ref.len == 0)
		return err_set(e, RC_BROKEN, NULL,
		    "a session changes nothing that is known");
	c->fact = (struct fact){
		.kind = FACT_SEEN, .object = c->first.subject, .at = f->now,
		.livemode = s->livemode, .session = s->id,
		.named_by = NAMED_BY_OURS, .terms = s->terms,
	};
	seeds_make(f, &c->seeds);
	return RC_OK;
}

enum rc
flow_change_commit(struct flow *f, struct str id, struct str key,
    struct visit *v, struct err *e)
{
	struct changing *c = arena_one(f->arena, struct changing);
	enum rc rc = checkout_session(f, id, key, v, e);

	f->actor = STR("user");
	if (rc == RC_SESSION_EXPIRED && v->session.terms.change !=
	    CHANGE_NONE && v->session.state == SESSION_COMPLETED) {
		v->location = checkout_back(f, &v->session);
		return RC_OK;
	}
	TRY(rc);
	if (v->session.terms.change == CHANGE_NONE)
		return err_set(e, RC_INVALID_TRANSITION,
		    "Follow the link instead of sending a form.",
		    "this checkout is the payment provider's");
	TRY(prepare(c, f, &v->session, e));
	TRY(tx_run(f->db, begin_body, c, e));
	wake(c);
	if (c->over)
		return over(c, v, e);
	if (c->end != LEASE_MINE)
		return repeat(c, v, e);
	return carry_out(c, v, e);
}
