/*
 * Replay: the same normalise, merge and derive as ever, on objects that are
 * kept in memory only.
 */
#include <stdlib.h>

#include "base/guard.h"
#include "base/limits.h"
#include "flow/hooks.h"
#include "flow/replay.h"
#include "flow/settle.h"
#include "store/inbox.h"
#include "store/session_store.h"
#include "wire/out.h"

enum { DELIVERIES_MAX = 5000 };

struct replay {
	struct flow		*flow;
	struct arena		*step;		/* of one derivation */
	const struct catalog	*catalog;
	struct settle		 stored;	/* the user as it is */
	struct object		*objects;
	size_t			 count, room;
	struct holding		 held;
	bool			 begun;
	replay_line		*line;
	void			*arg;
	struct replay_sum	*sum;
};

static struct object *
object_of(struct replay *r, const struct object_key *key)
{
	struct arena *a = r->flow->arena;

	for (size_t i = 0; i < r->count; i++)
		if (object_key_cmp(&r->objects[i].key, key) == 0)
			return &r->objects[i];
	if (r->count == r->room) {
		struct object *more;

		r->room = r->room * 2 + 16;
		more = arena_many(a, r->room, struct object);
		if (r->count > 0)
			memcpy(more, r->objects, r->count * sizeof(*more));
		r->objects = more;
	}
	object_init(&r->objects[r->count], key);
	return &r->objects[r->count++];
}

/* As kin_merge does: each link is kept at both ends. */
static enum rc
merge(struct replay *r, const struct fact *fact, struct err *e)
{
	bool changed;

	TRY(object_merge(object_of(r, &fact->object), fact, r->flow->arena,
	    &changed, e));
	for (size_t i = 0; i < fact->link_count; i++) {
		struct fact back = {
			.kind = FACT_SEEN, .object = fact->links[i],
			.at = fact->at, .livemode = fact->livemode,
			.links = { fact->object }, .link_count = 1,
		};

		TRY(object_merge(object_of(r, &back.object), &back,
		    r->flow->arena, &changed, e));
	}
	return RC_OK;
}

static enum rc
terms_find(struct replay *r, struct fact *fact, struct err *e)
{
	struct flow *f = r->flow;
	struct session s;
	bool found = false;

	if (fact->session.len == 0)
		return RC_OK;
	TRY(session_read(f->db, f->seller, fact->session, f->arena, &s,
	    &found, e));
	if (found && s.livemode == fact->livemode)
		fact->terms = s.terms;
	return RC_OK;
}

static void
tell(struct replay *r, const struct delivery *d, int64_t at,
    const struct holding *h)
{
	struct str json = STR_NONE;
	struct out o;

	out_init(&o, r->step, REPLY_BYTES_MAX);
	out_open(&o, '{');
	out_time(&o, "at", at);
	out_text_or_null(&o, "event", d == NULL ? STR_NONE : d->event_id);
	out_text(&o, "type", d == NULL ? STR("time") : d->type);
	out_text(&o, "tier", h->tier);
	out_name(&o, "status", holding_state_names[h->state]);
	out_int(&o, "quantity", h->quantity);
	out_open_as(&o, "capabilities", '[');
	for (size_t i = 0; i < h->capability_count; i++)
		out_item(&o, h->capabilities[i].name);
	out_close(&o, ']');
	out_close(&o, '}');
	if (out_done(&o, &json))
		r->line(r->arg, json);
}

/* What is held at that moment; a line if it is a delivery or a change. */
static enum rc
look(struct replay *r, const struct delivery *d, int64_t at, struct err *e)
{
	struct life life = {
		.objects = r->objects, .object_count = r->count,
		.overrides = r->stored.world.overrides,
		.override_count = r->stored.world.override_count,
		.livemode = r->flow->conf->mode == MODE_LIVE,
	};
	struct holding now;
	int64_t *versions = NULL;
	size_t count = 0;
	bool moved;

	purchases_versions(r->catalog, r->objects, r->count, r->step,
	    &versions, &count);
	TRY(flow_catalog_with(r->flow, versions, count, &r->catalog, e));
	TRY(derive(r->catalog, &life, at, r->flow->arena, &now, NULL, NULL,
	    e));
	moved = !r->begun || !holding_same(&r->held, &now);
	if (moved && r->begun)
		r->sum->changes++;
	if (d != NULL || moved)
		tell(r, d, at, &now);
	r->held = now;
	r->begun = true;
	arena_reset(r->step);
	return RC_OK;
}

/* Time passes: stop wherever the answer falls due before `until`. */
static enum rc
pass(struct replay *r, int64_t until, struct err *e)
{
	while (r->begun && r->held.due_at != 0 && r->held.due_at < until) {
		int64_t due = r->held.due_at;

		TRY(look(r, NULL, due, e));
		if (r->held.due_at == due)
			break;		/* an answer never waits for its past */
	}
	return RC_OK;
}

static enum rc
deliver(struct replay *r, const struct delivery *d, struct err *e)
{
	const struct provider *p = provider_find(d->provider);
	struct hook hook = { .body = d->body };
	struct hook_rules rules;
	struct event ev;

	if (p == NULL || d->state == INBOX_IGNORED)
		return RC_OK;
	TRY(pass(r, d->first_seen, e));
	hook_rules_of(r->flow->conf, d->provider, &rules);
	p->normalise(&hook, &rules, r->flow->arena, &ev);
	if (ev.class != EVENT_FACTS)
		return RC_OK;
	for (size_t i = 0; i < ev.fact_count; i++) {
		TRY(terms_find(r, &ev.facts[i], e));
		TRY(merge(r, &ev.facts[i], e));
	}
	r->sum->deliveries++;
	return look(r, d, d->first_seen, e);
}

/* What no delivery says: claims of server keys, and moves of the matrix. */
static enum rc
claims_add(struct replay *r, struct err *e)
{
	const struct world *w = &r->stored.world;

	for (size_t i = 0; i < w->object_count; i++) {
		const struct object *o = &w->objects[i].object;
		struct fact claim = {
			.kind = FACT_SEEN, .object = o->key,
			.at = o->first_at, .livemode = o->livemode,
			.session = o->session, .named_by = o->named_by,
			.terms = o->terms,
		};

		if (o->named_by == NAMED_BY_SERVER_KEY)
			TRY(merge(r, &claim, e));
		if (o->moved_to != 0)
			object_of(r, &o->key)->moved_to = o->moved_to;
	}
	return RC_OK;
}

static enum rc
replay_all(struct replay *r, struct str user, struct err *e)
{
	struct flow *f = r->flow;
	struct delivery *list = NULL;
	size_t count = 0;

	TRY(settle_read(&r->stored, f, user, e));
	TRY(settle_work(&r->stored, e));
	TRY(flow_catalog(f, &r->catalog, e));
	TRY(inbox_of_user(f->db, f->seller, user, DELIVERIES_MAX, f->arena,
	    &list, &count, e));
	TRY(claims_add(r, e));
	for (size_t i = 0; i < count; i++)
		TRY(deliver(r, &list[i], e));
	TRY(pass(r, f->now, e));
	TRY(look(r, NULL, f->now, e));
	r->sum->same = holding_same(&r->held, &r->stored.want);
	return RC_OK;
}

enum rc
flow_replay(struct flow *f, struct str user, replay_line *line, void *arg,
    struct replay_sum *sum, struct err *e)
{
	GUARD(arena_free) struct arena *step =
	    arena_new("replay", ARENA_BYTES_MAX);
	struct replay *r = arena_one(f->arena, struct replay);

	must(step != NULL);
	*sum = (struct replay_sum){ 0 };
	*r = (struct replay){
		.flow = f, .step = step, .line = line, .arg = arg, .sum = sum,
	};
	return replay_all(r, user, e);
}
