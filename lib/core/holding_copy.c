/*
 * A holding with all it points to, in memory of its own.
 */
#include "core/holding.h"

/* What lies side by side mostly has one source: its texts are shared. */
struct copy {
	struct arena		*arena;
	const struct source	*from;		/* NULL: none yet */
	struct source		 last;
};

static struct str
text(struct copy *c, struct str s)
{
	return s.len == 0 ? STR("") : arena_keep(c->arena, s);
}

static struct source
source(struct copy *c, const struct source *s)
{
	if (c->from == NULL || s->tier.at != c->from->tier.at ||
	    s->tier.len != c->from->tier.len ||
	    s->cause.at != c->from->cause.at ||
	    s->cause.len != c->from->cause.len)
		c->last = (struct source){ .tier = text(c, s->tier),
		    .cause = text(c, s->cause) };
	c->from = s;
	c->last.reason = s->reason;
	return c->last;
}

static const struct held_capability *
capabilities(struct copy *c, const struct held_capability *from, size_t count)
{
	struct held_capability *to = arena_many(c->arena, count,
	    struct held_capability);

	for (size_t i = 0; i < count; i++)
		to[i] = (struct held_capability){
			.name = text(c, from[i].name),
			.source = source(c, &from[i].source),
		};
	return to;
}

static const struct held_limit *
limits(struct copy *c, const struct held_limit *from, size_t count)
{
	struct held_limit *to = arena_many(c->arena, count, struct held_limit);

	for (size_t i = 0; i < count; i++) {
		to[i] = from[i];
		to[i].name = text(c, from[i].name);
		to[i].source = source(c, &from[i].source);
	}
	return to;
}

static const struct held_asset *
assets(struct copy *c, const struct held_asset *from, size_t count)
{
	struct held_asset *to = arena_many(c->arena, count, struct held_asset);

	for (size_t i = 0; i < count; i++) {
		to[i] = from[i];
		to[i].slot = text(c, from[i].slot);
		to[i].prefix = text(c, from[i].prefix);
		to[i].source = source(c, &from[i].source);
	}
	return to;
}

struct holding
holding_copy(const struct holding *h, struct arena *a)
{
	struct copy	c = { .arena = a };
	struct holding	to = *h;

	to.tier = text(&c, h->tier);
	to.capabilities = capabilities(&c, h->capabilities,
	    h->capability_count);
	to.denied = capabilities(&c, h->denied, h->denied_count);
	to.limits = limits(&c, h->limits, h->limit_count);
	to.assets = assets(&c, h->assets, h->asset_count);
	return to;
}
