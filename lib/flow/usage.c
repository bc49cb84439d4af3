/*
 * Usage: what the user holds says how much there is, one transaction takes
 * from it.  The user's row is not touched: counters are no part of a version.
 */
#include "base/clock.h"
#include "base/guard.h"
#include "base/limits.h"
#include "base/secret.h"
#include "core/window.h"
#include "flow/repeat.h"
#include "flow/usage.h"
#include "store/tx.h"
#include "wire/doc.h"
#include "wire/usage_write.h"

enum { HOLD_ID_MAX = 40 };

/* One request about one limit, or about a hold on it. */
struct metering {
	struct flow		*flow;
	struct idem		 idem;		/* key "": none was sent */
	bool			 look;		/* for an earlier answer */
	struct held		 held;
	enum policy_action	 over_limit;

	struct str		 limit;
	const struct held_limit	*rule;		/* as held, or nothing */
	bool			 carried;	/* the user's tier has it */
	struct taking		 taking;
	struct ending		 ending;

	/* Made new by each run of the body. */
	struct idem		 stored;
	bool			 replayed;
	struct str		 json;
};

/* --- what is asked for ------------------------------------------------- */

static enum rc
ttl_read(const struct node *root, bool hold, int64_t now, int64_t *until,
    struct err *e)
{
	int64_t ttl = HOLD_SECONDS;

	if (!hold && node_kind(node_at(root, "ttl_seconds")) != NODE_NONE)
		return err_member(e, RC_INVALID_VALUE, "/ttl_seconds",
		    "Add \"hold\": true, or leave it out.",
		    "only a hold has a life");
	TRY(want_int(root, "ttl_seconds", false, 1, HOLD_SECONDS_MAX,
	    HOLD_SECONDS, &ttl, e));
	*until = now + ttl * SECOND;
	return RC_OK;
}

static enum rc
amount_read(const struct node *root, int64_t least, int64_t *amount,
    struct err *e)
{
	int64_t n = 0;

	if (node_int(root, "amount", &n) && n < least)
		return err_member(e, RC_INVALID_VALUE, "/amount",
		    "What was held is given back by release; what was used "
		    "comes back when the period ends.",
		    n < 0 ? "nothing less than 0 can be taken" :
		    "nothing cannot be held");
	return want_int(root, "amount", false, least, COUNT_MOST, 1, amount,
	    e);
}

static enum rc
taking_read(struct metering *m, struct str body, struct err *e)
{
	GUARD(doc_free) struct doc *doc = NULL;
	struct flow *f = m->flow;
	struct taking *t = &m->taking;
	const struct node *root;
	bool hold = false;

	TRY(doc_read(&doc, body, DOC_STRICT, e));
	root = doc_root(doc);
	TRY(want_text(root, "limit", true, CAPABILITY_NAME_MAX, &m->limit,
	    e));
	m->limit = arena_keep(f->arena, m->limit);
	TRY(want_bool(root, "hold", &hold, e));
	TRY(amount_read(root, hold ? 1 : 0, &t->amount, e));
	TRY(ttl_read(root, hold, f->now, &t->expires_at, e));
	if (hold)
		t->hold = secret_id_new(f->arena, STR("hd_"), f->now);
	return RC_OK;
}

static enum rc
ending_read(struct metering *m, struct str body, struct err *e)
{
	GUARD(doc_free) struct doc *doc = NULL;

	m->ending.amount = -1;
	if (body.len == 0)
		return RC_OK;
	TRY(doc_read(&doc, body, DOC_STRICT, e));
	if (m->ending.how == HOLD_CONFIRM)
		TRY(want_int(doc_root(doc), "amount", false, 0, COUNT_MOST,
		    -1, &m->ending.amount, e));
	return RC_OK;
}

/* --- what there is ----------------------------------------------------- */

/* The policy is that of the matrix the user's tier follows. */
static enum rc
over_limit_of(struct flow *f, const struct held *held,
    enum policy_action *out, struct err *e)
{
	const int64_t version = held->holding.matrix_version;
	const struct catalog *catalog = NULL;

	TRY(flow_catalog_with(f, &version, 1, &catalog, e));
	*out = catalog_version(catalog, version)->policy.over_limit;
	return RC_OK;
}

/* A limit that the user's tier does not have allows nothing. */
static const struct held_limit *
rule_of(struct metering *m)
{
	const struct holding *h = &m->held.holding;
	const struct limit_rule *sold;
	struct held_limit *none;

	for (size_t i = 0; i < h->limit_count; i++)
		if (str_eq(h->limits[i].name, m->limit)) {
			m->carried = true;
			return &h->limits[i];
		}
	m->carried = false;
	none = arena_one(m->flow->arena, struct held_limit);
	none->name = m->limit;
	sold = matrix_limit(m->held.matrix, m->limit);
	if (sold != NULL)
		none->per = sold->per;
	return none;
}

static enum rc
taking_ready(struct metering *m, struct str user, struct err *e)
{
	struct flow *f = m->flow;
	struct taking *t = &m->taking;

	TRY(flow_held(f, user, &m->held, e));
	TRY(over_limit_of(f, &m->held, &m->over_limit, e));
	m->rule = rule_of(m);
	if (!m->carried && matrix_limit(m->held.matrix, m->limit) == NULL)
		return err_member(e, RC_INVALID_VALUE, "/limit",
		    "GET /v1/tiers lists what the matrix has.",
		    "no tier has such a limit");
	t->at = (struct counter_key){
		f->seller, user, m->limit, window_end(m->rule->per,
		    m->held.holding.month_from, f->now),
	};
	t->most = meter_most(m->rule);
	t->now = f->now;
	return RC_OK;
}

/* --- the answer -------------------------------------------------------- */

static enum rc
answer(struct metering *m, struct usage_answer *a, int64_t used,
    struct err *e)
{
	struct out o;

	a->user = m->held.user;
	a->limit = m->rule;
	meter_read(m->rule, m->over_limit, used, &a->meter);
	/* To ask is allowed, unless what is in use may not stay. */
	if (m->ending.hold.len == 0 && m->taking.amount == 0)
		a->allowed = m->carried && !a->meter.frozen;
	out_init(&o, m->flow->arena, REPLY_BYTES_MAX);
	usage_write(&o, a);
	return out_take(&o, "an answer", &m->json, e);
}

static enum rc
taking_answer(struct metering *m, struct err *e)
{
	const struct taking *t = &m->taking;
	struct usage_answer a = {
		.allowed = t->fits, .resets_at = t->at.window,
	};

	if (t->fits && t->hold.len > 0) {
		a.hold = t->hold;
		a.hold_status = "open";
		a.hold_amount = t->amount;
		a.hold_expires_at = t->expires_at;
	}
	return answer(m, &a, t->used, e);
}

static enum rc
ending_answer(struct metering *m, struct err *e)
{
	const struct ending *end = &m->ending;
	struct usage_answer a = {
		.allowed = true, .resets_at = end->at.window,
		.hold = end->hold, .hold_amount = end->taken,
		.hold_status = end->how == HOLD_CONFIRM ? "confirmed" :
		    "released",
	};

	m->limit = end->at.limit;
	m->rule = rule_of(m);
	return answer(m, &a, end->used, e);
}

/* --- the transactions -------------------------------------------------- */

static enum rc
look_first(struct metering *m, struct err *e)
{
	m->replayed = false;
	if (!m->look || m->idem.key.len == 0)
		return RC_OK;
	return repeat_find(m->flow, &m->idem, &m->stored, &m->replayed, e);
}

static enum rc
keep(struct metering *m, struct err *e)
{
	struct flow *f = m->flow;

	if (m->idem.key.len == 0)
		return RC_OK;
	m->stored = m->idem;
	m->stored.status = 200;
	m->stored.answer = m->json;
	return idem_store(f->db, f->seller, &m->stored, f->now, e);
}

static enum rc
taking_body(struct db *db, void *arg, struct err *e)
{
	struct metering *m = arg;
	struct taking *t = &m->taking;
	struct arena *a = m->flow->arena;

	TRY(look_first(m, e));
	if (m->replayed)
		return RC_OK;
	if (m->look && t->hold.len > 0) {
		/* Ids are random: a hold that is there is our own. */
		t->fits = true;
		TRY(usage_read(db, &t->at, t->now, a, &t->used, e));
	} else
		TRY(usage_take(db, t, a, e));
	TRY(taking_answer(m, e));
	return keep(m, e);
}

static enum rc
ending_check(const struct ending *end, struct err *e)
{
	switch (end->outcome) {
	case HOLD_ENDED:
		break;
	case HOLD_UNKNOWN:
		return err_set(e, RC_UNKNOWN_HOLD,
		    "Use the id that taking with \"hold\": true has answered.",
		    "the user has no such hold");
	case HOLD_PAST:
		return err_set(e, RC_INVALID_TRANSITION,
		    "Take the amount anew.",
		    "the hold's time is over: it holds nothing any more");
	case HOLD_OTHERWISE:
		return err_set(e, RC_INVALID_TRANSITION, NULL,
		    "the hold was confirmed or released before, otherwise");
	case HOLD_SMALLER:
		return err_member(e, RC_INVALID_VALUE, "/amount",
		    "Confirm what was held, and take the rest beside it.",
		    "less was held than that");
	}
	return RC_OK;
}

static enum rc
ending_body(struct db *db, void *arg, struct err *e)
{
	struct metering *m = arg;

	TRY(look_first(m, e));
	if (m->replayed)
		return RC_OK;
	TRY(usage_end_hold(db, &m->ending, m->flow->arena, e));
	TRY(ending_check(&m->ending, e));
	TRY(ending_answer(m, e));
	return keep(m, e);
}

/* Most keys are new: an earlier answer is looked for when one is in the way. */
static enum rc
metering_run(struct metering *m, tx_body *body, struct usage_reply *out,
    struct err *e)
{
	struct flow *f = m->flow;
	enum rc rc = tx_run(f->db, body, m, e);

	if (rc == RC_DUPLICATE || (rc > RC__ANSWERS && m->idem.key.len > 0 &&
	    rc != RC_STORE_UNAVAILABLE)) {
		m->look = true;
		rc = tx_run(f->db, body, m, e);
	}
	if (rc == RC_DUPLICATE)
		return err_set(e, RC_IDEMPOTENCY_IN_PROGRESS,
		    "Send the same request again.",
		    "another request with this key is running");
	TRY(rc);
	*out = (struct usage_reply){
		m->replayed ? m->stored.answer : m->json, m->replayed,
	};
	return RC_OK;
}

enum rc
flow_usage(struct flow *f, const struct principal *who, struct str user,
    struct str body, struct str key, struct usage_reply *out, struct err *e)
{
	struct metering *m = arena_one(f->arena, struct metering);

	m->flow = f;
	TRY(repeat_read(f, who, "POST usage", &user, 1, key, body, &m->idem,
	    e));
	TRY(taking_read(m, body, e));
	TRY(taking_ready(m, user, e));
	return metering_run(m, taking_body, out, e);
}

enum rc
flow_hold_end(struct flow *f, const struct principal *who, struct str user,
    struct str hold, enum hold_end how, struct str body, struct str key,
    struct usage_reply *out, struct err *e)
{
	struct metering *m = arena_one(f->arena, struct metering);
	const struct str of[] = { user, hold };

	m->flow = f;
	m->ending = (struct ending){
		.seller = f->seller, .user = user,
		.hold = str_part(hold, 0, HOLD_ID_MAX + 1), .how = how,
		.now = f->now,
	};
	TRY(repeat_read(f, who, how == HOLD_CONFIRM ? "POST confirm" :
	    "POST release", of, COUNT(of), key, body, &m->idem, e));
	TRY(ending_read(m, body, e));
	TRY(flow_held(f, user, &m->held, e));
	TRY(over_limit_of(f, &m->held, &m->over_limit, e));
	return metering_run(m, ending_body, out, e);
}

enum rc
flow_usage_live(struct flow *f, const struct held *held, struct str *json,
    struct err *e)
{
	enum policy_action over_limit = POLICY_KEEP;
	struct usage *list = NULL;
	size_t count = 0;

	*json = held->document;
	if (held->holding.limit_count == 0)
		return RC_OK;
	TRY(over_limit_of(f, held, &over_limit, e));
	TRY(usage_rows(f->db, f->seller, held->user, f->now, f->arena, &list,
	    &count, e));
	return usage_put(held->document, &held->holding, list, count,
	    over_limit, f->now, f->arena, json, e);
}
