/*
 * The life of a webhook, top to bottom: verify, normalise, then in one
 * transaction merge its facts, find whose they are, settle that user and claim
 * the delivery; last, wake who waits.  The claim is the last statement, so
 * that its row is written once and whole; a copy of the delivery does the work
 * in vain, fails on the claim, and is rolled back.
 */
#include "base/clock.h"
#include "base/guard.h"
#include "base/secret.h"
#include "flow/hooks.h"
#include "flow/intake.h"
#include "flow/kin.h"
#include "flow/settle.h"
#include "flow/wake.h"
#include "store/inbox.h"
#include "store/session_store.h"
#include "store/tx.h"

#define X(id, name)	[OUTCOME_##id] = (name),
const char *const outcome_names[OUTCOME__COUNT] = { OUTCOMES(X) };
#undef X

struct intake {
	struct flow		*flow;
	const struct provider	*provider;
	struct event		 event;
	struct delivery		 as_it_came;
	struct seeds		 seeds;
	bool			 duplicate;
	bool			 again;		/* it is in the inbox already */
	int64_t			 received;	/* by the flow's clock */

	/* Made new by each run of the body. */
	struct delivery		 delivery;
	struct kin		 kin;
	struct settle		 settle;
	bool			 settled;	/* settle speaks of an owner */
	bool			 same;		/* the body of the first copy */
	struct str		 other_session;	/* named by a payment of another */
	struct str		 other_user;
};

static void
keep_because(struct intake *in, enum inbox_state state, struct str why)
{
	in->delivery.state = state;
	in->delivery.why = why;
}

/* What the delivery is, before anything of ours is read. */
static void
delivery_fill(struct intake *in, const struct hook *hook)
{
	const struct event *ev = &in->event;

	in->delivery = (struct delivery){
		.provider = str_of(in->provider->name),
		.account = ev->account, .event_id = ev->id, .type = ev->type,
		.digest = secret_sha256(hook->body), .body = hook->body,
		.livemode = ev->livemode, .happened_at = ev->at,
		.first_seen = in->received, .state = INBOX_APPLIED,
	};
	switch (ev->class) {
	case EVENT_FACTS:
		must(ev->fact_count > 0);
		in->delivery.kind =
		    str_of(object_kind_names[ev->facts[0].object.kind]);
		in->delivery.ref = ev->facts[0].object.ref;
		if (ev->livemode != (in->flow->conf->mode == MODE_LIVE))
			keep_because(in, INBOX_IGNORED,
			    STR("of the other mode (live or test)"));
		break;
	case EVENT_IGNORED:
		keep_because(in, INBOX_IGNORED, STR("of no use to us"));
		break;
	case EVENT_FOREIGN:
		keep_because(in, INBOX_IGNORED, ev->why);
		break;
	case EVENT_UNREADABLE:
		keep_because(in, INBOX_QUARANTINED, ev->why);
		break;
	}
}

/* The terms of the sessions that the facts name, where we know them. */
static enum rc
terms_fill(struct intake *in, struct err *e)
{
	struct flow *f = in->flow;
	const struct world *w = &in->settle.world;

	for (size_t i = 0; i < in->event.fact_count; i++) {
		struct fact *fact = &in->event.facts[i];
		struct session s;
		bool found = false;

		if (fact->session.len == 0)
			continue;
		if (i > 0 && str_eq(fact->session, fact[-1].session)) {
			fact->terms = fact[-1].terms;
			continue;
		}
		if (in->settled && w->has_session &&
		    str_eq(w->session.id, fact->session)) {
			fact->terms = w->session.terms;
			continue;
		}
		TRY(session_read(f->db, f->seller, fact->session, f->arena,
		    &s, &found, e));
		if (found && s.livemode == fact->livemode)
			fact->terms = s.terms;
	}
	return RC_OK;
}

/*
 * The user whose row will be needed, as far as the locked objects and the
 * signature tell before merging: so the open session need not be read twice.
 */
static struct str
likely_owner(const struct intake *in)
{
	for (size_t i = 0; i < in->kin.count; i++)
		if (in->kin.rows[i].user.len > 0)
			return in->kin.rows[i].user;
	for (size_t i = 0; i < in->event.fact_count; i++)
		if (in->event.facts[i].user.len > 0)
			return in->event.facts[i].user;
	return STR_NONE;
}

static enum rc
owner_lock(struct intake *in, struct str owner, struct err *e)
{
	if (owner.len == 0 || (in->settled &&
	    str_eq(in->settle.world.user.user, owner)))
		return RC_OK;
	in->settled = true;
	return settle_lock(&in->settle, in->flow, &in->seeds, owner, e);
}

/* A session of somebody else that these objects name must not stay open. */
static void
note_other_session(struct intake *in, struct str owner)
{
	for (size_t i = 0; i < in->kin.count; i++) {
		const struct object *o = &in->kin.rows[i].object;

		if (o->terms.session.len == 0 ||
		    str_eq(o->terms.user, owner))
			continue;
		in->other_session = o->terms.session;
		in->other_user = o->terms.user;
	}
}

static bool
purchase_touched(const struct intake *in, const struct purchase *p)
{
	for (size_t i = 0; i < p->object_count; i++)
		for (size_t n = 0; n < in->kin.count; n++)
			if (object_key_cmp(&p->objects[i]->key,
			    &in->kin.rows[n].object.key) == 0)
				return true;
	return false;
}

static const struct str bought_nothing =
    STR("paid, but nothing trustworthy says what was bought");

/* Money is in and buys nothing: an operator must know why. */
static void
judge(struct intake *in)
{
	struct arena *a = in->flow->arena;

	for (size_t i = 0; i < in->settle.purchase_count; i++) {
		const struct purchase *p = &in->settle.purchases[i];

		if (p->sold_count > 0 || !purchase_touched(in, p))
			continue;
		if (p->mismatch)
			keep_because(in, INBOX_QUARANTINED, STR("amount or "
			    "currency is not what the session named"));
		else if (p->unmapped)
			keep_because(in, INBOX_QUARANTINED, arena_text(a,
			    "price %.*s is in no tier of the matrix",
			    STR_FMT(str_part(p->unmapped_price, 0, 190))));
		else if (p->paid_at != 0)
			keep_because(in, INBOX_QUARANTINED, bought_nothing);
	}
}

/* Was it there before this event? */
static bool
is_older(struct intake *in, const struct object_key *key)
{
	const struct object_row *row = kin_row(&in->kin, key);

	return row == NULL || !str_eq(row->first_event, in->event.id);
}

/* A bill may come before what says what it pays for: now it is said. */
static enum rc
release_older(struct intake *in, struct str owner, struct err *e)
{
	struct flow *f = in->flow;

	for (size_t i = 0; i < in->settle.purchase_count; i++) {
		const struct purchase *p = &in->settle.purchases[i];

		if (p->sold_count == 0 || !purchase_touched(in, p))
			continue;
		for (size_t n = 0; n < p->object_count; n++)
			if (is_older(in, &p->objects[n]->key))
				TRY(inbox_release(f->db, f->seller,
				    &p->objects[n]->key, owner, bought_nothing,
				    e));
	}
	return RC_OK;
}

static enum rc
settle_owner(struct intake *in, struct str owner, struct str why,
    struct err *e)
{
	struct cause cause = {
		.actor = in->delivery.provider, .id = in->event.id,
		.event = in->event.id,
	};

	if (why.len == 0)
		TRY(kin_give(&in->kin, owner, e));
	for (size_t i = 0; i < in->kin.count; i++)
		if (str_eq(in->kin.rows[i].user, owner))
			settle_object(&in->settle, &in->kin.rows[i]);
	note_other_session(in, owner);
	TRY(settle_work(&in->settle, e));
	TRY(settle_write(&in->settle, &cause, e));
	in->delivery.user = owner;
	judge(in);
	return in->settle.granted ? release_older(in, owner, e) : RC_OK;
}

static enum rc
facts_apply(struct intake *in, struct err *e)
{
	const struct event *ev = &in->event;
	struct str owner = STR_NONE, why = STR_NONE, waits;

	TRY(kin_facts(&in->kin, in->flow, ev->facts, ev->fact_count,
	    ev->id, e));
	TRY(owner_lock(in, likely_owner(in), e));
	TRY(terms_fill(in, e));
	TRY(kin_merge(&in->kin, ev->facts, ev->fact_count, e));
	TRY(kin_owner(&in->kin, &owner, &why, e));
	if (owner.len > 0) {
		TRY(owner_lock(in, owner, e));
		TRY(settle_owner(in, owner, why, e));
	} else {
		in->settled = false;
		waits = kin_waits(&in->kin);
		if (waits.len > 0)
			keep_because(in, INBOX_DEFERRED, waits);
	}
	if (why.len > 0)
		keep_because(in, INBOX_QUARANTINED, why);
	return kin_save(&in->kin, e);
}

static enum rc
intake_body(struct db *db, void *arg, struct err *e)
{
	struct intake *in = arg;

	in->settled = in->same = false;
	in->other_session = in->other_user = STR_NONE;
	in->delivery = in->as_it_came;
	if (in->delivery.state == INBOX_APPLIED)
		TRY(facts_apply(in, e));
	if (in->again)
		return inbox_restate(db, in->flow->seller, &in->delivery, e);
	return inbox_claim(db, in->flow->seller, &in->delivery, &in->same, e);
}

static enum rc
conflict_body(struct db *db, void *arg, struct err *e)
{
	struct intake *in = arg;

	return inbox_conflict(db, in->flow->seller, &in->as_it_came, e);
}

/* One transaction; what it says of copies is an outcome, not a failure. */
static enum rc
take(struct intake *in, struct err *e)
{
	enum rc rc = tx_run(in->flow->db, intake_body, in, e);

	if (rc != RC_DUPLICATE)
		return rc;
	in->duplicate = true;
	if (in->same)
		return RC_OK;
	in->delivery.why = STR("another body under an event id that was "
	    "here before: kept in inbox_conflicts");
	return tx_run(in->flow->db, conflict_body, in, e);
}

/* End the session of a user who named a payment that is another's. */
static enum rc
other_body(struct db *db, void *arg, struct err *e)
{
	struct intake *in = arg;
	struct settle s;
	struct cause cause = {
		.actor = in->delivery.provider, .id = in->event.id,
	};

	(void)db;
	TRY(settle_lock(&s, in->flow, &in->seeds, in->other_user, e));
	if (!s.world.has_session ||
	    !str_eq(s.world.session.id, in->other_session))
		return RC_OK;
	settle_end_session(&s, SESSION_FAILED, BECAUSE_PAYMENT_OF_OTHER_USER);
	TRY(settle_work(&s, e));
	return settle_write(&s, &cause, e);
}

static void
answer_fill(const struct intake *in, struct intake_answer *out)
{
	const struct settle *s = &in->settle;

	*out = (struct intake_answer){
		.event_id = in->event.id, .type = in->event.type,
		.why = in->delivery.why,
	};
	if (in->duplicate)
		out->outcome = OUTCOME_DUPLICATE;
	else if (in->delivery.state == INBOX_APPLIED)
		out->outcome = OUTCOME_ACCEPTED;
	else if (in->delivery.state == INBOX_IGNORED)
		out->outcome = OUTCOME_IGNORED;
	else
		out->outcome = OUTCOME_UNMATCHED;
	if (in->duplicate || !in->settled)
		return;
	out->user = s->world.user.user;
	out->version = s->world.user.ver;
	out->changed = s->changed;
	out->granted = s->granted;
	out->revoked = s->revoked;
	if (s->session_moved &&
	    s->world.session.state == SESSION_COMPLETED)
		out->session = s->world.session.id;
	out->time_to_grant = flow_clock(in->flow->app) - in->received;
}

/* What is known to be theirs, from normalising to waking. */
static enum rc
take_in(struct flow *f, const struct provider *provider,
    const struct hook *hook, const struct hook_rules *rules,
    const struct delivery *again, struct intake_answer *out, struct err *e)
{
	struct intake *in = arena_one(f->arena, struct intake);
	struct err ignored;

	in->flow = f;
	in->received = f->now;
	in->provider = provider;
	provider->normalise(hook, rules, f->arena, &in->event);
	f->actor = str_of(provider->name);
	delivery_fill(in, hook);
	seeds_make(f, &in->seeds);
	in->as_it_came = in->delivery;
	if (again != NULL) {
		in->again = true;
		in->as_it_came.account = again->account;
		in->as_it_came.event_id = again->event_id;
		in->as_it_came.first_seen = again->first_seen;
	}
	TRY(take(in, e));
	if (!in->duplicate && in->settled && in->settle.changed)
		wake_user(f, in->settle.world.user.user);
	if (!in->duplicate && in->other_session.len > 0) {
		seeds_make(f, &in->seeds);	/* another commit, other ids */
		if (tx_run(f->db, other_body, in, &ignored) == RC_OK)
			wake_user(f, in->other_user);
	}
	answer_fill(in, out);
	return RC_OK;
}

enum rc
flow_intake(struct flow *f, struct str provider, const struct hook *hook,
    struct intake_answer *out, struct err *e)
{
	const struct provider *p = provider_find(provider);
	struct hook_rules rules;

	hook_rules_of(f->conf, provider, &rules);
	if (p == NULL || rules.secret_count == 0)
		return err_set(e, RC_UNKNOWN_PATH,
		    "Set the webhook secret of this provider in rung.yaml.",
		    "no such provider is configured");
	TRY(p->verify(hook, &rules, f->now, e));
	return take_in(f, p, hook, &rules, NULL, out, e);
}

/* What needs no signature any more, in the name of whoever asked for it. */
static enum rc
take_unsigned(struct flow *f, struct str provider, struct str body,
    const struct delivery *again, struct intake_answer *out, struct err *e)
{
	const struct hook hook = { .body = body };
	const struct provider *p = provider_find(provider);
	struct str actor = f->actor;
	struct hook_rules rules;
	enum rc rc;

	if (p == NULL)
		return err_set(e, RC_UNKNOWN_PATH, NULL,
		    "there is no such provider");
	hook_rules_of(f->conf, provider, &rules);
	rc = take_in(f, p, &hook, &rules, again, out, e);
	f->actor = actor;
	return rc;
}

enum rc
flow_take_body(struct flow *f, struct str provider, struct str body,
    struct intake_answer *out, struct err *e)
{
	return take_unsigned(f, provider, body, NULL, out, e);
}

enum rc
flow_take_again(struct flow *f, const struct delivery *row,
    struct intake_answer *out, struct err *e)
{
	return take_unsigned(f, row->provider, row->body, row, out, e);
}
