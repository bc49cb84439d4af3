/*
 * Page after page of what a provider says happened, each compared with what
 * is stored; for one user also how each of the purchases stands there now.
 */
#include "base/clock.h"
#include "base/guard.h"
#include "base/limits.h"
#include "flow/ask.h"
#include "flow/hooks.h"
#include "flow/lost.h"
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
	struct lost_list		 lost;
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

/* What we know of the objects of an event. */
struct seen {
	bool		 news;		/* its facts would tell us something */
	bool		 named;		/* a user or session is, or was, named */
	struct str	 user;		/* whose they are, if known */
};

static void
see(struct seen *s, const struct object_row *row)
{
	s->named = s->named || row->user.len > 0 ||
	    row->object.user.len > 0 || row->object.session.len > 0;
	if (s->user.len == 0)
		s->user = row->user;
}

/* Whose is what this is linked to? */
static enum rc
see_links(struct reconcile *r, const struct fact *fact, struct seen *s,
    struct err *e)
{
	for (size_t i = 0; i < fact->link_count; i++) {
		struct object_row	 row;

		TRY(known(r, &fact->links[i], &row, e));
		see(s, &row);
	}
	return RC_OK;
}

static enum rc
look_up(struct reconcile *r, const struct event *ev, struct seen *s,
    struct err *e)
{
	*s = (struct seen){ .news = false };
	for (size_t i = 0; i < ev->fact_count; i++) {
		const struct fact	*fact = &ev->facts[i];
		struct object_row	 before;
		struct object		 after;
		bool			 changed = false;

		TRY(known(r, &fact->object, &before, e));
		after = before.object;
		TRY(object_merge(&after, fact, r->page.arena, &changed, e));
		s->news = s->news || !object_same(&before.object, &after);
		see(s, &before);
		s->named = s->named || fact->user.len > 0 ||
		    fact->session.len > 0;
		if (s->user.len == 0)
			s->user = fact->user;
		TRY(see_links(r, fact, s, e));
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
tell(struct reconcile *r, struct str body, bool may_apply,
    struct difference *d, struct err *e)
{
	r->sum->differences++;
	if (r->wish->apply && may_apply) {
		TRY(flow_take_body(&r->page, d->provider, body, &d->answer,
		    e));
		d->applied = true;
		r->sum->applied++;
	}
	r->fn(r->arg, d);
	return RC_OK;
}

static bool
wanted(const struct reconcile *r, const struct difference *d)
{
	return r->wish->user.len == 0 || str_eq(r->wish->user, d->user);
}

/* Listed only because it may speak against what was asked about? */
static bool
too_old(const struct reconcile *r, const struct event *ev)
{
	return r->provider->address != NULL && ev->at < r->wish->since;
}

static struct difference
difference_of(const struct reconcile *r, const struct event *ev,
    const struct seen *seen)
{
	struct difference	d = {
		.provider = str_of(r->provider->name), .event_id = ev->id,
		.type = ev->type, .at = ev->at, .user = seen->user,
		.what = !r->provider->lists_events ?
		    STR("stands otherwise there") : seen->news ?
		    STR("was never delivered") :
		    STR("was never delivered, but tells nothing new"),
	};

	if (ev->fact_count > 0)
		d.object = ev->facts[0].object;
	return d;
}

/* One body, as an event or an object of theirs. */
static enum rc
compare(struct reconcile *r, struct str body, struct err *e)
{
	const struct hook	hook = { .body = body };
	struct event		ev;
	struct difference	d;
	struct seen		seen;
	struct held		*held = NULL;
	bool			here = false;

	r->provider->normalise(&hook, &r->rules, r->page.arena, &ev);
	r->sum->looked_at++;
	if (ev.class == EVENT_IGNORED || ev.class == EVENT_FOREIGN)
		return RC_OK;
	TRY(look_up(r, &ev, &seen, e));
	if (seen.named && too_old(r, &ev))
		return RC_OK;
	TRY(was_here(r, &ev, &here, e));
	here = here || too_old(r, &ev);
	d = difference_of(r, &ev, &seen);
	if (!seen.named)
		TRY(lost_hold(&r->lost, &r->page, &ev, body, &d, &held, e));
	if (held != NULL) {
		held->here = here;
		held->news = seen.news;
		return RC_OK;
	}
	if (here || !wanted(r, &d) ||
	    (!r->provider->lists_events && !seen.news))
		return RC_OK;
	return tell(r, body, true, &d, e);
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
			.kind = ERRAND_LIST, .since = r->lost.since,
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
		struct seen		seen;

		r->provider->normalise(&hook, &r->rules, r->page.arena, &ev);
		r->sum->looked_at++;
		d = (struct difference){
			.provider = str_of(r->provider->name),
			.event_id = ev.id, .type = ev.type, .at = ev.at,
			.object = *key,
			.what = STR("stands otherwise there"),
		};
		TRY(look_up(r, &ev, &seen, e));
		d.user = seen.user;
		if (seen.news)
			TRY(tell(r, result.bodies[i], true, &d, e));
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

/* What waited for the end of the list, each in fresh memory. */
static enum rc
let_go(struct reconcile *r, struct err *e)
{
	lost_decide(&r->lost);
	for (size_t i = 0; i < r->lost.count; i++) {
		struct held	*h = r->lost.held[i];
		struct str	 body = h->body;

		if (h->here || (!h->news && h->session.len == 0) ||
		    !wanted(r, &h->d))
			continue;
		page_begin(r);
		if (h->session.len > 0)
			TRY(r->provider->address(body, h->session,
			    r->page.arena, &body, e));
		TRY(tell(r, body, !h->wait, &h->d, e));
	}
	return RC_OK;
}

/*
 * A list without names is read from further back: all purchases must be seen
 * that a session could have whose purchase is asked about.
 */
static enum rc
walk_all(struct reconcile *r, struct err *e)
{
	GUARD(arena_free) struct arena	*arena =
	    arena_new("lost purchases", ARENA_BYTES_MAX);

	must(arena != NULL);
	r->lost = (struct lost_list){
		.arena = arena, .provider = r->provider,
		.since = r->wish->since,
	};
	if (r->provider->address != NULL)
		r->lost.since -= r->flow->conf->session_life * SECOND +
		    LOST_LATE;
	TRY(walk(r, e));
	return let_go(r, e);
}

static enum rc
one_provider(struct reconcile *r, struct err *e)
{
	hook_rules_of(r->flow->conf, str_of(r->provider->name), &r->rules);
	r->sum->providers++;
	TRY(walk_all(r, e));
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
