/*
 * What the page of a change shows: read without a lock, priced by the
 * provider if it answers soon.
 */
#include "base/guard.h"
#include "flow/change.h"
#include "flow/lease.h"
#include "flow/settle.h"
#include "store/tx.h"

struct viewing {
	struct flow		*flow;
	const struct session	*session;
	struct intent		 intent;
	struct settle		 settle;
	const struct purchase	*running;	/* NULL: it ended meanwhile */
};

/* The moment that the shown price is of stays the same: it is charged so. */
static enum rc
quoted_body(struct db *db, void *arg, struct err *e)
{
	struct viewing *v = arg;
	struct flow *f = v->flow;
	bool found = false;

	TRY(intent_lock(db, f->seller, &v->intent, f->now, e));
	TRY(intent_read(db, f->seller, v->session->id, v->session->provider,
	    f->arena, &v->intent, &found, e));
	must(found);
	if (v->intent.quoted_at != 0)
		return RC_OK;
	v->intent.quoted_at = f->now;
	return intent_save(db, f->seller, &v->intent, e);
}

static void
find_running(struct viewing *v)
{
	const struct settle *s = &v->settle;

	v->running = NULL;
	for (size_t i = 0; i < s->purchase_count; i++)
		if (object_key_cmp(&s->purchases[i].key,
		    &v->intent.subject) == 0 &&
		    purchase_live(s->purchases[i].state))
			v->running = &s->purchases[i];
}

static enum rc
read_all(struct viewing *v, struct err *e)
{
	struct flow *f = v->flow;
	bool found = false;

	TRY(intent_read(f->db, f->seller, v->session->id,
	    v->session->provider, f->arena, &v->intent, &found, e));
	if (!found)
		return err_set(e, RC_BROKEN, NULL,
		    "a session changes nothing that is known");
	TRY(settle_read(&v->settle, f, v->session->terms.user, e));
	TRY(settle_work(&v->settle, e));
	find_running(v);
	return RC_OK;
}

/* The catalog's matrix that the session is of, else the newest. */
static const struct tier *
tier_to(const struct viewing *v)
{
	const struct matrix *m = catalog_version(v->settle.catalog,
	    v->session->terms.matrix_version);

	return matrix_tier(m, v->session->terms.tier);
}

static void
fill_from(const struct viewing *v, struct change_view *out)
{
	out->from = v->session->from_tier;
	out->from_quantity = 1;
	for (size_t i = 0; v->running != NULL &&
	    i < v->running->sold_count; i++) {
		const struct sold *sold = &v->running->sold[i];

		if (sold->tier->addon)
			continue;
		out->from = sold->tier->title;
		out->from_quantity = sold->quantity;
	}
}

static void
fill_charge(struct viewing *v, bool asks, struct change_view *out)
{
	const struct session *s = v->session;
	struct charge_ask ask = {
		.terms = s->terms, .session = s->id,
		.provider = s->provider, .running = v->running,
		.price = charge_price(tier_to(v), s->provider, s->price),
		.replaces = v->intent.replaces,
		.quoted_at = v->intent.quoted_at, .asks = asks,
	};

	charge_find(v->flow, &ask, &out->charge);
}

enum rc
flow_change_view(struct flow *f, const struct visit *visit, bool asks,
    struct change_view *out, struct err *e)
{
	struct viewing *v = arena_one(f->arena, struct viewing);
	const struct session *s = &visit->session;
	const struct tier *to;

	v->flow = f;
	v->session = s;
	TRY(read_all(v, e));
	if (asks && v->intent.quoted_at == 0)
		TRY(tx_run(f->db, quoted_body, v, e));
	*out = (struct change_view){
		.declined = s->payment == PAYMENT_FAILED,
		.action = v->intent.state == INTENT_ACTION ? v->intent.url :
		    STR_NONE,
	};
	to = tier_to(v);
	out->to = to == NULL ? s->terms.tier : to->title;
	fill_from(v, out);
	if ((s->terms.change == CHANGE_PLANNED ||
	    s->terms.change == CHANGE_CANCEL) && v->running != NULL)
		out->at = v->running->state == PURCHASE_TRIALING ?
		    v->running->trial_end : v->running->paid_until;
	fill_charge(v, asks && out->action.len == 0, out);
	return RC_OK;
}
