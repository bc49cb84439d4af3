/*
 * Page after page of what a provider says happened, each compared with what
 * is stored; for one user also how each of the purchases stands there now.
 */
#include "base/guard.h"
#include "base/limits.h"
#include "flow/ask.h"
#include "flow/hooks.h"
#include "flow/reconcile.h"
#include "flow/settle.h"
#include "store/inbox.h"
#include "store/object_store.h"

enum { PAGES_MAX = 10000 };

struct reconcile {
	struct flow			*flow;
	struct flow			 page;	/* one page, its own memory */
	const struct reconcile_wish	*wish;
	const struct provider		*provider;
	struct hook_rules		 rules;
	difference_fn			*fn;
	void				*arg;
	struct reconciled		*sum;
};

/* Begin anew in fresh memory; what must live on is in the outer arena. */
static void
page_begin(struct reconcile *r)
{
	arena_reset(r->page.arena);
	flow_begin(&r->page, r->flow->app, r->page.arena, WRITE_DEADLINE_S);
	r->page.seller = r->flow->seller;
	r->page.actor = STR("reconcile");
}

/* An object as we know it; nothing is known of one that is new. */
static enum rc
known(struct reconcile *r, const struct object_key *key,
    struct object_row *out, struct err *e)
{
	struct flow	*f = &r->page;
	enum rc		 rc = object_load(f->db, f->seller, key, f->arena,
			    out, e);

	if (rc != RC_MISSING)
		return rc;
	*out = (struct object_row){ .dirty = false };
	object_init(&out->object, key);
	return RC_OK;
}

/* Would these facts tell us anything?  *user is whose they are, if known. */
static enum rc
is_news(struct reconcile *r, const struct event *ev, bool *news,
    struct str *user, struct err *e)
{
	*news = false;
	*user = STR_NONE;
	for (size_t i = 0; i < ev->fact_count; i++) {
		const struct fact	*fact = &ev->facts[i];
		struct object_row	 before;
		struct object		 after;
		bool			 changed = false;

		TRY(known(r, &fact->object, &before, e));
		after = before.object;
		TRY(object_merge(&after, fact, r->page.arena, &changed, e));
		*news = *news || !object_same(&before.object, &after);
		if (user->len == 0)
			*user = before.user.len > 0 ? before.user : fact->user;
	}
	return RC_OK;
}

static enum rc
was_here(struct reconcile *r, const struct event *ev, bool *here,
    struct err *e)
{
	struct flow		*f = &r->page;
	const struct delivery	 key = {
		.provider = str_of(r->provider->name),
		.account = ev->account, .event_id = ev->id,
	};
	struct delivery		 row;

	return inbox_read(f->db, f->seller, &key, f->arena, &row, here, e);
}

static enum rc
tell(struct reconcile *r, struct str body, struct difference *d,
    struct err *e)
{
	r->sum->differences++;
	if (r->wish->apply) {
		TRY(flow_take_body(&r->page, d->provider, body, &d->answer,
		    e));
		d->applied = true;
		r->sum->applied++;
	}
	r->fn(r->arg, d);
	return RC_OK;
}

/* One body, as an event or an object of theirs. */
static enum rc
compare(struct reconcile *r, struct str body, struct err *e)
{
	const struct hook	hook = { .body = body };
	struct event		ev;
	struct difference	d;
	bool			here = false, news = false;

	r->provider->normalise(&hook, &r->rules, r->page.arena, &ev);
	r->sum->looked_at++;
	if (ev.class == EVENT_IGNORED || ev.class == EVENT_FOREIGN)
		return RC_OK;
	d = (struct difference){
		.provider = str_of(r->provider->name), .event_id = ev.id,
		.type = ev.type, .at = ev.at,
	};
	if (ev.fact_count > 0)
		d.object = ev.facts[0].object;
	TRY(is_news(r, &ev, &news, &d.user, e));
	if (r->wish->user.len > 0 && !str_eq(r->wish->user, d.user))
		return RC_OK;
	TRY(was_here(r, &ev, &here, e));
	if (here || (!r->provider->lists_events && !news))
		return RC_OK;
	d.what = !r->provider->lists_events ?
	    STR("stands otherwise there") : news ?
	    STR("was never delivered") :
	    STR("was never delivered, but tells nothing new");
	return tell(r, body, &d, e);
}

static enum rc
compare_all(struct reconcile *r, const struct errand_result *result,
    struct err *e)
{
	for (size_t i = 0; i < result->body_count; i++)
		TRY(compare(r, result->bodies[i], e));
	return RC_OK;
}

static enum rc
walk(struct reconcile *r, struct err *e)
{
	struct str	cursor = STR_NONE;

	for (int page = 0; page < PAGES_MAX; page++) {
		struct errand		x = {
			.kind = ERRAND_LIST, .since = r->wish->since,
			.cursor = cursor,
		};
		struct errand_result	result;

		page_begin(r);
		TRY(flow_ask(&r->page, str_of(r->provider->name), &x, 0,
		    &result, e));
		if (result.end != ERRAND_DONE)
			return err_set(e, RC_PROVIDER_DOWN, NULL,
			    "%s gives no list: %.*s", r->provider->title,
			    STR_FMT(result.why));
		TRY(compare_all(r, &result, e));
		if (result.cursor.len == 0)
			return RC_OK;
		cursor = arena_keep(r->flow->arena, result.cursor);
	}
	return err_set(e, RC_BROKEN, "Ask for a shorter time.",
	    "%s has no end of its list", r->provider->title);
}

/*
 * A state as it stands now has no id at the provider, and it is news only if
 * it says something else than what we know.
 */
static enum rc
look_at(struct reconcile *r, const struct object_key *key, struct err *e)
{
	struct errand		x = { .kind = ERRAND_LOOK, .object = *key };
	struct errand_result	result;

	page_begin(r);
	TRY(flow_ask(&r->page, str_of(r->provider->name), &x, 0, &result, e));
	for (size_t i = 0; i < result.body_count; i++) {
		const struct hook	hook = { .body = result.bodies[i] };
		struct difference	d;
		struct event		ev;
		bool			news = false;

		r->provider->normalise(&hook, &r->rules, r->page.arena, &ev);
		r->sum->looked_at++;
		d = (struct difference){
			.provider = str_of(r->provider->name),
			.event_id = ev.id, .type = ev.type, .at = ev.at,
			.object = *key, .user = r->wish->user,
			.what = STR("stands otherwise there"),
		};
		TRY(is_news(r, &ev, &news, &d.user, e));
		if (news)
			TRY(tell(r, result.bodies[i], &d, e));
	}
	return RC_OK;
}

/* How each object of the user stands there; for one user only. */
static enum rc
look(struct reconcile *r, struct err *e)
{
	struct settle	s;

	flow_begin(r->flow, r->flow->app, r->flow->arena, READ_DEADLINE_S);
	TRY(settle_read(&s, r->flow, r->wish->user, e));
	for (size_t i = 0; i < s.world.object_count; i++) {
		const struct object *o = &s.world.objects[i].object;

		if (str_eq(o->key.provider, str_of(r->provider->name)) &&
		    o->ended_at == 0)
			TRY(look_at(r, &o->key, e));
	}
	return RC_OK;
}

static enum rc
one_provider(struct reconcile *r, struct err *e)
{
	hook_rules_of(r->flow->conf, str_of(r->provider->name), &r->rules);
	r->sum->providers++;
	TRY(walk(r, e));
	return r->wish->user.len > 0 ? look(r, e) : RC_OK;
}

enum rc
flow_reconcile(struct flow *f, const struct reconcile_wish *wish,
    difference_fn *fn, void *arg, struct reconciled *sum, struct err *e)
{
	GUARD(arena_free) struct arena *arena =
	    arena_new("reconcile", ARENA_BYTES_MAX);
	struct reconcile	r = {
		.flow = f, .page = { .arena = arena }, .wish = wish,
		.fn = fn, .arg = arg, .sum = sum,
	};
	int64_t			well = 0;

	must(arena != NULL);
	*sum = (struct reconciled){ .providers = 0 };
	for (size_t i = 0; (r.provider = provider_at(i)) != NULL; i++) {
		struct str	name = str_of(r.provider->name);
		struct err	why;

		if (wish->provider.len > 0 ? !str_eq(name, wish->provider) :
		    !ask_possible(f->conf, name))
			continue;
		if (one_provider(&r, &why) != RC_OK)
			*e = why;	/* the others are asked all the same */
		else
			well++;
	}
	if (sum->providers == 0)
		return err_set(e, RC_MISSING, "Set stripe_api_key, "
		    "paddle_api_key or lemonsqueezy_api_key in rung.yaml.",
		    "no provider can be asked");
	return well == sum->providers ? RC_OK : e->rc;
}
