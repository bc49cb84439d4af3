/*
 * Capabilities are a union, limits and quotas add up, assets go by slot.
 */
#include "core/gather.h"
#include "core/sort.h"
#include "core/sum.h"

bool
override_active(const struct override *o, int64_t now)
{
	return o->from <= now && (o->until == 0 || now < o->until);
}

static struct source
by_override(const struct override *o)
{
	return (struct source){ .reason = REASON_OVERRIDE, .cause = o->id };
}

/* --- capabilities ------------------------------------------------------ */

static int
capability_order(const void *a, const void *b)
{
	return str_cmp(((const struct held_capability *)a)->name,
	    ((const struct held_capability *)b)->name);
}

static bool
revoked(const struct life *life, int64_t now, struct str name)
{
	for (size_t i = 0; i < life->override_count; i++)
		if (life->overrides[i].kind == OVERRIDE_REVOKE_CAPABILITY &&
		    override_active(&life->overrides[i], now) &&
		    str_eq(life->overrides[i].name, name))
			return true;
	return false;
}

/* Everything that is carried, in the order of the parts, with copies. */
static size_t
all_capabilities(const struct parts *parts, const struct life *life,
    int64_t now, struct arena *a, const void ***out)
{
	size_t			 room = life->override_count, n = 0;
	struct held_capability	*list;

	for (size_t i = 0; i < parts->count; i++)
		room += parts->list[i].tier->capability_count;
	list = arena_many(a, room, struct held_capability);
	for (size_t i = 0; i < parts->count; i++)
		for (size_t j = 0; j < parts->list[i].tier->capability_count;
		    j++)
			list[n++] = (struct held_capability){
				parts->list[i].tier->capabilities[j],
				parts->list[i].source,
			};
	for (size_t i = 0; i < life->override_count; i++)
		if (life->overrides[i].kind == OVERRIDE_GRANT_CAPABILITY &&
		    override_active(&life->overrides[i], now))
			list[n++] = (struct held_capability){
				life->overrides[i].name,
				by_override(&life->overrides[i]),
			};
	*out = arena_many(a, n, const void *);
	for (size_t i = 0; i < n; i++)
		(*out)[i] = &list[i];
	return n;
}

void
gather_capabilities(const struct parts *parts, const struct life *life,
    const struct matrix *newest, int64_t now, struct arena *a,
    struct holding *h)
{
	const void		**order;
	size_t			  n;
	struct held_capability	 *out;

	n = all_capabilities(parts, life, now, a, &order);
	sort_pointers(order, n, capability_order, a);
	out = arena_many(a, n, struct held_capability);
	for (size_t i = 0; i < n; i++) {
		const struct held_capability *c = order[i];

		if ((i == 0 || capability_order(order[i - 1], c) != 0) &&
		    !revoked(life, now, c->name) &&
		    !matrix_disables(newest, c->name))
			out[h->capability_count++] = *c;
	}
	h->capabilities = out;
}

/* --- limits ------------------------------------------------------------ */

static struct quota
quota_add(struct quota a, struct quota b)
{
	if (a.unlimited || b.unlimited)
		return (struct quota){ .unlimited = true };
	return (struct quota){ .max = sum_add(a.max, b.max) };
}

static struct quota
quota_larger(struct quota a, struct quota b)
{
	if (a.unlimited || b.unlimited)
		return (struct quota){ .unlimited = true };
	return a.max >= b.max ? a : b;
}

static struct held_limit *
limit_in(struct held_limit *list, size_t count, struct str name)
{
	for (size_t i = 0; i < count; i++)
		if (str_eq(list[i].name, name))
			return &list[i];
	return NULL;
}

/*
 * A number adds to one of the same period.  Numbers of two periods cannot be
 * added; the first part's stands then, and always its soft and warn.
 */
static void
limit_add(struct held_limit *list, size_t *count,
    const struct limit_rule *rule, const struct source *source)
{
	struct held_limit	*l = limit_in(list, *count, rule->name);

	if (l == NULL)
		list[(*count)++] = (struct held_limit){
			rule->name, rule->quota, rule->per, *source,
			rule->soft, rule->warn,
		};
	else if (l->per == rule->per || rule->quota.unlimited)
		l->quota = quota_add(l->quota, rule->quota);
}

/* The period that any tier or add-on gives this limit. */
static enum limit_period
usual_period(const struct matrix *m, struct str name)
{
	const struct limit_rule	*rule = matrix_limit(m, name);

	return rule != NULL ? rule->per : PER_TOTAL;
}

/* An override lifts a limit to its own amount and never lowers it. */
static void
limit_set(struct held_limit *list, size_t *count, const struct override *o,
    const struct matrix *newest)
{
	struct held_limit	*l = limit_in(list, *count, o->name);
	struct quota		 larger;

	if (l == NULL) {
		list[(*count)++] = (struct held_limit){
			.name = o->name, .quota = o->quota,
			.per = usual_period(newest, o->name),
			.source = by_override(o),
		};
		return;
	}
	larger = quota_larger(l->quota, o->quota);
	if (!quota_same(larger, l->quota)) {
		l->quota = larger;
		l->source = by_override(o);
	}
}

static int
limit_order(const void *a, const void *b)
{
	return str_cmp(((const struct held_limit *)a)->name,
	    ((const struct held_limit *)b)->name);
}

void
gather_limits(const struct parts *parts, const struct life *life,
    const struct matrix *newest, int64_t now, struct arena *a,
    struct holding *h)
{
	size_t			  room = life->override_count, n = 0;
	struct held_limit	 *list, *out;
	const void		**order;

	for (size_t i = 0; i < parts->count; i++)
		room += parts->list[i].tier->limit_count;
	list = arena_many(a, room, struct held_limit);
	for (size_t i = 0; i < parts->count; i++)
		for (size_t j = 0; j < parts->list[i].tier->limit_count; j++)
			limit_add(list, &n, &parts->list[i].tier->limits[j],
			    &parts->list[i].source);
	for (size_t i = 0; i < life->override_count; i++)
		if (life->overrides[i].kind == OVERRIDE_SET_LIMIT &&
		    override_active(&life->overrides[i], now))
			limit_set(list, &n, &life->overrides[i], newest);
	order = arena_many(a, n, const void *);
	for (size_t i = 0; i < n; i++)
		order[i] = &list[i];
	sort_pointers(order, n, limit_order, a);
	out = arena_many(a, n, struct held_limit);
	for (size_t i = 0; i < n; i++)
		out[i] = *(const struct held_limit *)order[i];
	h->limits = out;
	h->limit_count = n;
}

/* --- assets ------------------------------------------------------------ */

static struct held_asset
asset_of(const struct asset_rule *rule, const struct part *part)
{
	return (struct held_asset){
		.slot = rule->slot,
		.type = rule->type,
		.prefix = rule->prefix,
		.overlap = rule->overlap,
		.quota = rule->quota,
		.count = rule->per_seat ?
		    sum_times(rule->count, part->quantity) : rule->count,
		.source = part->source,
	};
}

/* A slot that is taken by the same type grows; what is no number stays. */
static void
asset_add(struct held_asset *list, size_t *count, struct held_asset more)
{
	for (size_t i = 0; i < *count; i++)
		if (str_eq(list[i].slot, more.slot)) {
			if (list[i].type == more.type) {
				list[i].quota = quota_add(list[i].quota,
				    more.quota);
				list[i].count = sum_add(list[i].count,
				    more.count);
			}
			return;
		}
	list[(*count)++] = more;
}

static size_t
assets_of(const struct parts *parts, struct held_asset *list)
{
	size_t	 n = 0;

	for (size_t i = 0; i < parts->count; i++)
		for (size_t j = 0; j < parts->list[i].tier->asset_count; j++)
			asset_add(list, &n, asset_of(
			    &parts->list[i].tier->assets[j],
			    &parts->list[i]));
	return n;
}

static int
asset_order(const void *a, const void *b)
{
	return str_cmp(((const struct held_asset *)a)->slot,
	    ((const struct held_asset *)b)->slot);
}

static size_t
asset_room(const struct parts *parts)
{
	size_t	 room = 0;

	for (size_t i = 0; i < parts->count; i++)
		room += parts->list[i].tier->asset_count;
	return room;
}

void
gather_assets(const struct parts *parts, const struct parts *suspended,
    struct arena *a, struct holding *h)
{
	size_t			  live = asset_room(parts);
	size_t			  kept = asset_room(suspended), n;
	struct held_asset	 *list, *more, *out;
	const void		**order;

	list = arena_many(a, live + kept, struct held_asset);
	more = list + live;
	live = assets_of(parts, list);
	kept = assets_of(suspended, more);
	order = arena_many(a, live + kept, const void *);
	for (size_t i = 0; i < live; i++)
		order[i] = &list[i];
	for (size_t i = 0; i < kept; i++) {
		more[i].suspended = true;
		order[live + i] = &more[i];
	}
	sort_pointers(order, live + kept, asset_order, a);
	out = arena_many(a, live + kept, struct held_asset);
	for (size_t i = n = 0; i < live + kept; i++)
		if (n == 0 || asset_order(&out[n - 1], order[i]) != 0)
			out[n++] = *(const struct held_asset *)order[i];
	h->assets = out;
	h->asset_count = n;
}
