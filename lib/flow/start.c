/*
 * Starting an upgrade: one transaction that stores the session with what it
 * would give, and the answer under its idempotency key.  No provider is
 * called.
 */
#include "base/clock.h"
#include "base/guard.h"
#include "base/limits.h"
#include "flow/kin.h"
#include "flow/order.h"
#include "flow/pages.h"
#include "flow/repeat.h"
#include "flow/settle_due.h"
#include "flow/upgrade.h"
#include "flow/wake.h"
#include "store/intent_store.h"
#include "store/session_store.h"
#include "store/tx.h"

struct start {
	struct flow		*flow;
	const struct principal	*who;
	struct order		 order;
	struct idem		 idem;		/* the key, digest and route */
	struct str		 id;		/* of the new session */
	struct seeds		 seeds;
	bool			 look;		/* for an earlier answer */

	/* Made new by each run of the body. */
	struct kin		 kin;
	struct settle		 settle;
	struct holding		 imagined;
	struct plan		 plan;		/* to what is imagined */
	struct plan		 promise;	/* the delta, which may come later */
	struct idem		 stored;	/* found under the key, or written */
	bool			 replayed;
	bool			 overdue;	/* settle first, then come again */
	bool			 verified;	/* the payment was known already */
	int64_t			 first_word;	/* when we first heard of it */
};

static enum rc
key_read(struct start *st, struct str key, struct str body, struct err *e)
{
	TRY(repeat_read(st->flow, st->who, "POST /v1/upgrades", NULL, 0, key,
	    body, &st->idem, e));
	if (st->idem.key.len == 0)
		return err_set(e, RC_IDEMPOTENCY_KEY_MISSING,
		    "Send Idempotency-Key with a new random value per upgrade "
		    "and the same one when you try again.",
		    "Idempotency-Key is missing");
	return RC_OK;
}

static enum rc
one_at_a_time(struct start *st, struct err *e)
{
	const struct session *open = &st->settle.world.session;

	if (!st->settle.world.has_session || session_final(open->state))
		return RC_OK;
	return err_set(e, RC_UPGRADE_IN_PROGRESS,
	    "Follow it, or cancel it first.",
	    "session %.*s was started %lld s ago", STR_FMT(open->id),
	    (long long)((st->flow->now - open->created_at) / SECOND));
}

static void
session_new(struct start *st)
{
	struct flow *f = st->flow;
	struct settle *s = &st->settle;
	const struct order *o = &st->order;
	struct terms terms = o->terms;

	terms.session = st->id;
	s->session_new = true;
	s->world.has_session = true;
	s->world.session = (struct session){
		.id = st->id, .terms = terms, .from_tier = s->want.tier,
		.state = SESSION_PENDING, .payment = PAYMENT_UNPAID,
		.livemode = f->conf->mode == MODE_LIVE, .version = 1,
		.created_at = f->now,
		.expires_at = f->now + f->conf->session_life * SECOND,
		.provider = o->wish.has_payment ? o->wish.payment.provider :
		    o->wish.provider,
		.price = o->price == NULL ? STR_NONE : o->price->id,
		.success_url = o->wish.success_url,
		.cancel_url = o->wish.cancel_url,
	};
}

static enum rc
payment_used(struct err *e)
{
	return err_member(e, RC_PAYMENT_ALREADY_USED, "/payment/reference",
	    "Each payment buys once, for one user.",
	    "this payment belongs to another upgrade or user");
}

/* May this session still name the payment it names? */
static enum rc
payment_free(const struct start *st, const struct object_row *row,
    struct err *e)
{
	const struct object *o = &row->object;
	bool others = (row->user.len > 0 &&
	    !str_eq(row->user, st->order.user)) ||
	    (o->user.len > 0 && !str_eq(o->user, st->order.user));
	bool spent = o->paid_at != 0 && o->terms.session.len > 0 &&
	    row->user.len > 0 && o->key.kind != OBJECT_SUBSCRIPTION;

	return others || spent ? payment_used(e) : RC_OK;
}

/* The claim of a server key on a payment, as one more fact about it. */
static void
claim_fact(const struct start *st, struct fact *fact)
{
	const struct flow *f = st->flow;

	*fact = (struct fact){
		.kind = FACT_SEEN, .object = st->order.wish.payment,
		.at = f->now, .livemode = f->conf->mode == MODE_LIVE,
		.session = st->id, .named_by = NAMED_BY_SERVER_KEY,
		.terms = st->order.terms,
	};
	fact->terms.session = st->id;
}

/* Lock the payment before the user, as a delivery does. */
static enum rc
payment_lock(struct start *st, struct err *e)
{
	struct object_row *row;
	struct fact fact;

	claim_fact(st, &fact);
	TRY(kin_facts(&st->kin, st->flow, &fact, 1, STR_NONE, e));
	row = kin_row(&st->kin, &fact.object);
	must(row != NULL);
	st->verified = row->first_event.len > 0;
	st->first_word = row->first_seen;
	return RC_OK;
}

static enum rc
payment_claim(struct start *st, struct err *e)
{
	struct flow *f = st->flow;
	struct fact fact;
	struct claim claim;

	claim_fact(st, &fact);
	claim = (struct claim){
		.key = fact.object, .session = st->id, .user = st->order.user,
	};
	TRY(payment_free(st, kin_row(&st->kin, &fact.object), e));
	TRY(claim_add(f->db, f->seller, &claim, f->now, e));
	return kin_merge(&st->kin, &fact, 1, e);
}

/* A payment that a provider told us of before: it has an owner from now on. */
static enum rc
payment_own(struct start *st, struct err *e)
{
	struct str owner = STR_NONE, why = STR_NONE;

	if (!st->verified)
		return RC_OK;
	TRY(kin_owner(&st->kin, &owner, &why, e));
	if (why.len > 0 || !str_eq(owner, st->order.user))
		return RC_OK;
	TRY(kin_give(&st->kin, owner, e));
	for (size_t i = 0; i < st->kin.count; i++)
		settle_object(&st->settle, &st->kin.rows[i]);
	return settle_work(&st->settle, e);
}

/* What the buyer would get, which is what the page shows at once. */
static enum rc
imagine(struct start *st, struct err *e)
{
	struct settle *s = &st->settle;

	TRY(order_imagine(&st->order, s, &s->world.session.terms,
	    &st->imagined, &st->plan, &st->promise, e));
	return pages_delta(st->flow->arena, &st->promise,
	    &s->world.session.delta, e);
}

/*
 * A change has its intent from the start: it says what is changed.  So has a
 * checkout of a buyer whose e-mail address we were told.
 */
static enum rc
intent_new(struct start *st, struct err *e)
{
	struct flow *f = st->flow;
	const struct order *o = &st->order;
	struct intent intent = {
		.session = st->id, .replaces = o->replaces,
	};

	if (o->running != NULL)
		intent.subject = o->running->key;
	else if (o->email.len > 0) {
		intent.email = o->email;
		intent.email_until = st->settle.world.session.expires_at +
		    EMAIL_KEEP_DAYS * DAY;
	} else
		return RC_OK;
	return intent_lock(f->db, f->seller, &intent, f->now, e);
}

static enum rc
answer_store(struct start *st, struct err *e)
{
	struct flow *f = st->flow;
	struct settle *s = &st->settle;
	struct str optimistic = STR_NONE, now = STR_NONE;
	size_t count;
	struct asset *assets;

	if (!session_final(s->world.session.state)) {
		assets = plan_assets(&st->plan, f->arena, &count);
		TRY(settle_render(s, &st->imagined, assets, count,
		    s->world.user.ver, s->world.user.updated_at,
		    &s->world.session, true, &optimistic, e));
		TRY(settle_live(s, &st->imagined, optimistic, &optimistic,
		    e));
	}
	TRY(settle_live(s, &s->want, s->document, &now, e));
	st->stored = st->idem;
	st->stored.status = 201;
	st->stored.session = st->id;
	TRY(pages_session(f->arena, &s->world.session, now, optimistic,
	    &st->stored.answer, &st->stored.gap, e));
	return idem_store(f->db, f->seller, &st->stored, f->now, e);
}

static enum rc
start_body(struct db *db, void *arg, struct err *e)
{
	struct start *st = arg;
	struct settle *s = &st->settle;
	struct cause cause = { .actor = st->flow->actor, .id = st->id };
	bool payment = st->order.wish.has_payment;

	(void)db;
	st->replayed = st->overdue = st->verified = false;
	if (payment)
		TRY(payment_lock(st, e));
	TRY(settle_lock(s, st->flow, &st->seeds, st->order.user, e));
	if (st->look) {
		TRY(repeat_find(st->flow, &st->idem, &st->stored,
		    &st->replayed, e));
		if (st->replayed)
			return RC_OK;
	}
	TRY(settle_work(s, e));
	if (s->session_moved) {
		st->overdue = true;
		return RC_OK;
	}
	TRY(one_at_a_time(st, e));
	TRY(order_check(&st->order, s, e));
	session_new(st);
	TRY(imagine(st, e));
	if (payment) {
		TRY(payment_claim(st, e));
		TRY(payment_own(st, e));
	}
	TRY(settle_write(s, &cause, e));
	if (payment)
		TRY(kin_save(&st->kin, e));
	TRY(intent_new(st, e));
	return answer_store(st, e);
}

/*
 * Run the body; an old session that is past its end is settled first, in a
 * transaction of its own: one version per commit.  Most keys are new, and the
 * answer's own unique key finds those that are not: so an earlier answer is
 * looked for only when something stands in the way.
 */
static enum rc
start_run(struct start *st, struct err *e)
{
	struct flow *f = st->flow;
	enum rc rc;

	for (int tries = 0; tries < 4; tries++) {
		rc = tx_run(f->db, start_body, st, e);
		if (rc == RC_DUPLICATE || (rc > RC__ANSWERS &&
		    rc != RC_STORE_UNAVAILABLE && !st->look)) {
			st->look = true;
			continue;
		}
		if (rc != RC_OK || !st->overdue)
			return rc;
		TRY(flow_settle_due(f, st->order.user, e));
	}
	return err_set(e, RC_IDEMPOTENCY_IN_PROGRESS,
	    "Send the same request again.",
	    "another request with this key is running");
}

static enum rc
answer_fill(struct start *st, struct start_answer *out, struct err *e)
{
	struct flow *f = st->flow;
	const struct session *session = &st->settle.world.session;
	struct session first;
	bool found = true;

	if (st->replayed) {
		TRY(session_read(f->db, f->seller, st->stored.session,
		    f->arena, &first, &found, e));
		session = &first;
	}
	if (!found)
		return err_set(e, RC_BROKEN, NULL, "an answer has no session");
	*out = (struct start_answer){
		.session = session->id, .user = st->order.user,
		.tier = session->terms.tier, .replayed = st->replayed,
		.granted = !st->replayed && st->settle.granted,
	};
	if (out->granted)
		out->time_to_grant = flow_clock(f->app) - st->first_word;
	return pages_fill(f, session, st->stored.answer, st->stored.gap,
	    &out->json, e);
}

enum rc
flow_upgrade_start(struct flow *f, const struct principal *who,
    struct str body, struct str idempotency_key, struct start_answer *out,
    struct str *open, struct err *e)
{
	struct start *st = arena_one(f->arena, struct start);
	enum rc rc;

	st->flow = f;
	st->who = who;
	TRY(key_read(st, idempotency_key, body, e));
	TRY(order_read(f, who, body, &st->order, e));
	if (who->kind != PRINCIPAL_SERVER && !st->order.wish.has_checkout)
		return err_member(e, RC_INVALID_VALUE, "/checkout",
		    "Add checkout with provider and success_url.",
		    "checkout is missing");
	st->id = secret_id_new(f->arena, STR("us_"), f->now);
	seeds_make(f, &st->seeds);
	rc = start_run(st, e);
	if (rc == RC_UPGRADE_IN_PROGRESS)
		TRY(pages_open(f->arena, &st->settle.world.session, open, e));
	if (rc != RC_OK)
		return rc;
	if (!st->replayed)
		wake_user(f, st->order.user);
	return answer_fill(st, out, e);
}
