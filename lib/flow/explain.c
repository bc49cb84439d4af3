/*
 * The chain behind an answer, read and derived afresh.
 */
#include "base/guard.h"
#include "base/limits.h"
#include "flow/explain.h"
#include "flow/settle.h"
#include "wire/answers.h"

static struct str
key_text(struct arena *a, const struct object_key *k)
{
	return arena_text(a, "%.*s/%s/%.*s", STR_FMT(k->provider),
	    object_kind_names[k->kind], STR_FMT(k->ref));
}

static struct str
first_event(const struct settle *s, const struct object_key *key)
{
	for (size_t i = 0; i < s->world.object_count; i++)
		if (object_key_cmp(&s->world.objects[i].object.key, key) == 0)
			return s->world.objects[i].first_event;
	return STR_NONE;
}

/* What decided the matrix version that a purchase follows. */
static const char *
pinned_by(const struct purchase *p)
{
	for (size_t i = 0; i < p->object_count; i++)
		if (p->objects[i]->moved_to == p->pin && p->pin != 0)
			return "migration";
	return p->pin == p->terms.matrix_version ? "session" :
	    "time of purchase";
}

static void
sold_write(struct out *o, const struct purchase *p)
{
	out_open_as(o, "sold", '[');
	for (size_t i = 0; i < p->sold_count; i++) {
		out_open(o, '{');
		out_text(o, p->sold[i].tier->addon ? "addon" : "tier",
		    p->sold[i].tier->id);
		out_int(o, "quantity", p->sold[i].quantity);
		out_close(o, '}');
	}
	out_close(o, ']');
}

static void
purchase_write(struct settle *s, struct out *o, const struct purchase *p)
{
	struct arena *a = s->flow->arena;

	out_open(o, '{');
	out_text(o, "key", key_text(a, &p->key));
	out_name(o, "state", purchase_state_names[p->state]);
	out_int(o, "matrix_version", p->pin);
	out_name(o, "pinned_by", pinned_by(p));
	sold_write(o, p);
	out_text_or_null(o, "unmapped_price", p->unmapped_price);
	out_bool(o, "mismatch", p->mismatch);
	out_int(o, "amount", p->amount);
	out_int(o, "refunded", p->refunded);
	out_text_or_null(o, "session", p->session);
	out_time(o, "paid_until", p->paid_until);
	out_time(o, "cancel_at", p->cancel_at);
	out_time(o, "grace_end", p->grace_end);
	out_open_as(o, "objects", '[');
	for (size_t i = 0; i < p->object_count; i++) {
		out_open(o, '{');
		out_text(o, "key", key_text(a, &p->objects[i]->key));
		out_text_or_null(o, "first_event",
		    first_event(s, &p->objects[i]->key));
		out_close(o, '}');
	}
	out_close(o, ']');
	out_close(o, '}');
}

static void
overrides_write(const struct settle *s, struct out *o)
{
	out_open_as(o, "overrides", '[');
	for (size_t i = 0; i < s->world.override_count; i++) {
		const struct override *v = &s->world.overrides[i];

		out_open(o, '{');
		out_text(o, "id", v->id);
		out_name(o, "kind", override_kind_names[v->kind]);
		out_text(o, "name", v->name);
		out_bool(o, "in_force", override_active(v, s->flow->now));
		out_time(o, "until", v->until);
		out_close(o, '}');
	}
	out_close(o, ']');
}

static void
capability_write(const struct settle *s, struct out *o, struct str name)
{
	const struct held_capability *c = holding_held(&s->want, name);
	struct verdict verdict = {
		.capability = name, .matrix = catalog_newest(s->catalog),
	};

	if (name.len == 0) {
		out_null(o, "capability");
		return;
	}
	verdict_decide(&verdict, &s->want);
	out_open_as(o, "capability", '{');
	out_text(o, "name", name);
	out_bool(o, "allowed", verdict.allowed);
	out_name(o, "code", verdict.code);
	out_text_or_null(o, "tier", c == NULL ? STR_NONE : c->source.tier);
	out_text_or_null(o, "cause", c == NULL ? STR_NONE : c->source.cause);
	out_close(o, '}');
}

enum rc
flow_explain(struct flow *f, struct str user, struct str capability,
    struct str *json, struct err *e)
{
	struct settle s;
	struct out o;

	TRY(settle_read(&s, f, user, e));
	TRY(settle_work(&s, e));
	out_init(&o, f->arena, REPLY_BYTES_MAX);
	out_open(&o, '{');
	out_text(&o, "user", user);
	out_text(&o, "tier", s.want.tier);
	out_name(&o, "status", holding_state_names[s.want.state]);
	out_int(&o, "version", s.world.user.ver);
	out_int(&o, "matrix_version", s.want.matrix_version);
	out_time(&o, "due_at", s.want.due_at);
	out_open_as(&o, "purchases", '[');
	for (size_t i = 0; i < s.purchase_count; i++)
		purchase_write(&s, &o, &s.purchases[i]);
	out_close(&o, ']');
	overrides_write(&s, &o);
	capability_write(&s, &o, capability);
	out_close(&o, '}');
	return out_take(&o, "an answer", json, e);
}
