/*
 * What a user holds: who sets the tier, what else counts, and until when this
 * answer stands.
 */
#include "core/deny.h"
#include "core/gather.h"
#include "core/sort.h"
#include "core/sum.h"

#define X(id, name)	[OVERRIDE_##id] = (name),
const char *const override_kind_names[OVERRIDE__COUNT] = { OVERRIDE_KINDS(X) };
#undef X

struct deriving {
	const struct life	*life;
	const struct matrix	*newest;
	int64_t			 now;
	struct arena		*arena;
	const struct purchase	**purchases;	/* those that count, ranked */
	size_t			 purchase_count;
};

/* A candidate to set the tier: of a purchase, of a gift, or by default. */
struct choice {
	const struct tier	*tier;
	const struct matrix	*matrix;
	int64_t			 quantity;
	const struct purchase	*purchase;
	const struct override	*gift;
};

/* --- which purchases count --------------------------------------------- */

/* How good a state is; of two, the surer one speaks for the user. */
static int
sureness(enum purchase_state s)
{
	switch (s) {
	case PURCHASE_ACTIVE:
		return 3;
	case PURCHASE_TRIALING:
		return 2;
	case PURCHASE_GRACE:
		return 1;
	default:
		return 0;
	}
}

/* The surer first, then the older; both in the order of keys. */
static int
ranked(const void *a, const void *b)
{
	const struct purchase	*x = a, *y = b;
	int			 order = sureness(y->state) -
				    sureness(x->state);

	return order != 0 ? order :
	    (x->first_at > y->first_at) - (x->first_at < y->first_at);
}

/* Those that sell anything, in the mode of this life. */
static void
rank(struct deriving *d, const struct purchase *list, size_t count)
{
	d->purchases = arena_many(d->arena, count, const struct purchase *);
	for (size_t i = 0; i < count; i++)
		if (list[i].livemode == d->life->livemode &&
		    (list[i].sold_count > 0 || list[i].unmapped))
			d->purchases[d->purchase_count++] = &list[i];
	sort_pointers((const void **)d->purchases, d->purchase_count, ranked,
	    d->arena);
}

/* Is it one of the live, or else one of the suspended? */
static bool
in_state(const struct purchase *p, bool live)
{
	return live ? purchase_live(p->state) :
	    p->state == PURCHASE_SUSPENDED;
}

/* --- who sets the tier ------------------------------------------------- */

/* Of equals the first that was looked at stays. */
static bool
better(const struct choice *a, const struct choice *b)
{
	int	 x, y;

	if (b->tier == NULL || a->tier->rank != b->tier->rank)
		return b->tier == NULL || a->tier->rank > b->tier->rank;
	x = sureness(a->purchase->state);
	y = sureness(b->purchase->state);
	return x == y && a->quantity > b->quantity;
}

/* The best tier among purchases that are live, or (else) suspended. */
static struct choice
best_sold(const struct deriving *d, bool live)
{
	struct choice	 best = { 0 };

	for (size_t i = 0; i < d->purchase_count; i++) {
		const struct purchase *p = d->purchases[i];

		if (!in_state(p, live))
			continue;
		for (size_t j = 0; j < p->sold_count; j++) {
			const struct choice c = {
				.tier = p->sold[j].tier,
				.matrix = p->sold[j].matrix,
				.quantity = p->sold[j].quantity,
				.purchase = p,
			};

			if (!c.tier->addon && better(&c, &best))
				best = c;
		}
	}
	return best;
}

/* A gift lifts the tier; seats that were bought stay. */
static void
consider_gifts(const struct deriving *d, struct choice *best)
{
	for (size_t i = 0; i < d->life->override_count; i++) {
		const struct override *o = &d->life->overrides[i];
		const struct tier *t = NULL;

		if (o->kind == OVERRIDE_GRANT_TIER &&
		    override_active(o, d->now))
			t = matrix_tier(d->newest, o->name);
		if (t == NULL || (best->tier != NULL &&
		    t->rank <= best->tier->rank))
			continue;
		best->tier = t;
		best->matrix = d->newest;
		best->purchase = NULL;
		best->gift = o;
		if (best->quantity == 0)
			best->quantity = 1;
	}
}

static struct choice
choose(const struct deriving *d)
{
	struct choice	 best = best_sold(d, true);

	consider_gifts(d, &best);
	if (best.tier == NULL)
		best = (struct choice){
			.tier = d->newest->default_tier,
			.matrix = d->newest,
			.quantity = 1,
		};
	return best;
}

/* --- what counts ------------------------------------------------------- */

struct str
purchase_cause(const struct purchase *p, struct arena *a)
{
	const struct str	 kind =
				    str_of(object_kind_names[p->key.kind]);
	const struct str	 words[] = { p->key.provider, p->key.account,
				    kind, p->key.ref };
	size_t			 len = 0;
	char			*text;

	text = arena_take(a, p->key.provider.len + p->key.account.len +
	    kind.len + p->key.ref.len + COUNT(words), 1);
	for (size_t i = 0; i < COUNT(words); i++) {
		if (words[i].len == 0)
			continue;
		if (len > 0)
			text[len++] = '/';
		memcpy(text + len, words[i].at, words[i].len);
		len += words[i].len;
	}
	return (struct str){ text, len };
}

static struct source
source_of(const struct purchase *p, const struct tier *t, struct arena *a)
{
	struct source	 s = { .tier = t->id, .cause = purchase_cause(p, a) };

	if (p->state == PURCHASE_SUSPENDED)
		s.reason = REASON_SUSPENDED;
	else if (p->state == PURCHASE_GRACE)
		s.reason = REASON_GRACE;
	else
		s.reason = t->addon ? REASON_ADDON : REASON_TIER;
	return s;
}

static struct part
part_of(const struct deriving *d, const struct choice *c)
{
	struct part	 part = { .tier = c->tier, .quantity = c->quantity };

	if (c->purchase != NULL)
		part.source = source_of(c->purchase, c->tier, d->arena);
	else if (c->gift != NULL)
		part.source = (struct source){ REASON_OVERRIDE, c->tier->id,
		    c->gift->id };
	else
		part.source = (struct source){ .reason = REASON_DEFAULT_TIER,
		    .tier = c->tier->id };
	return part;
}

/* Put the part behind those of smaller or equal id, the tier (0) aside. */
static void
insert(struct parts *parts, size_t first, struct part part)
{
	size_t	 i = parts->count++;

	for (; i > first && str_cmp(parts->list[i - 1].tier->id,
	    part.tier->id) > 0; i--)
		parts->list[i] = parts->list[i - 1];
	parts->list[i] = part;
}

/* The add-ons of live, or of suspended, purchases. */
static void
add_sold(const struct deriving *d, bool live, struct parts *parts)
{
	size_t	 first = parts->count;

	for (size_t i = 0; i < d->purchase_count; i++) {
		const struct purchase *p = d->purchases[i];

		if (!in_state(p, live))
			continue;
		for (size_t j = 0; j < p->sold_count; j++)
			if (p->sold[j].tier->addon)
				insert(parts, first, (struct part){
				    p->sold[j].tier, p->sold[j].quantity,
				    source_of(p, p->sold[j].tier, d->arena),
				});
	}
}

static void
add_gifts(const struct deriving *d, struct parts *parts)
{
	for (size_t i = 0; i < d->life->override_count; i++) {
		const struct override *o = &d->life->overrides[i];
		const struct tier *t = NULL;

		if (o->kind == OVERRIDE_GRANT_ADDON &&
		    override_active(o, d->now))
			t = matrix_addon(d->newest, o->name);
		if (t != NULL)
			parts->list[parts->count++] = (struct part){
				t, 1, { REASON_OVERRIDE, t->id, o->id },
			};
	}
}

static struct parts
room_for_parts(const struct deriving *d)
{
	struct parts	 parts = { 0 };
	size_t		 room = 1 + d->life->override_count;

	for (size_t i = 0; i < d->purchase_count; i++)
		room += d->purchases[i]->sold_count;
	parts.list = arena_many(d->arena, room, struct part);
	return parts;
}

static struct parts
live_parts(const struct deriving *d, const struct choice *chosen)
{
	struct parts	 parts = room_for_parts(d);

	parts.list[parts.count++] = part_of(d, chosen);
	add_sold(d, true, &parts);
	add_gifts(d, &parts);
	return parts;
}

/*
 * What would count if it were not suspended: the tier only if it would be the
 * one that is set.
 */
static struct parts
suspended_parts(const struct deriving *d, const struct choice *chosen)
{
	struct parts	 parts = room_for_parts(d);
	struct choice	 kept = best_sold(d, false);

	if (kept.tier != NULL && ((chosen->purchase == NULL &&
	    chosen->gift == NULL) || kept.tier->rank > chosen->tier->rank))
		parts.list[parts.count++] = part_of(d, &kept);
	add_sold(d, false, &parts);
	return parts;
}

/* --- state and times --------------------------------------------------- */

static enum holding_state
state_of(const struct choice *chosen, const struct parts *live,
    const struct parts *suspended)
{
	if (chosen->gift != NULL)
		return HOLDING_ACTIVE;
	if (chosen->purchase == NULL)
		return live->count == 1 && suspended->count > 0 ?
		    HOLDING_SUSPENDED : HOLDING_DEFAULT;
	switch (chosen->purchase->state) {
	case PURCHASE_TRIALING:
		return HOLDING_TRIALING;
	case PURCHASE_GRACE:
		return HOLDING_GRACE;
	default:
		return HOLDING_ACTIVE;
	}
}

static void
set_times(const struct choice *chosen, struct holding *h)
{
	const struct purchase	*p = chosen->purchase;
	int64_t			 next;

	if (chosen->gift != NULL)
		h->ends_at = chosen->gift->until;
	if (p == NULL)
		return;
	next = p->state == PURCHASE_TRIALING ? p->trial_end : p->paid_until;
	h->ends_at = p->cancel_at;
	h->trial_ends_at = p->trial_end;
	h->grace_ends_at = p->grace_end;
	if (p->state != PURCHASE_GRACE &&
	    (p->cancel_at == 0 || next < p->cancel_at))
		h->renews_at = next;
}

/*
 * Where the months of limits are counted from: the end of what is paid, so
 * that they turn with the bills, also with yearly ones; or the payment, when
 * it has no end.  That of the tier, else of the first add-on.
 */
static int64_t
month_from(const struct deriving *d, const struct purchase *p)
{
	for (size_t i = 0; p == NULL && i < d->purchase_count; i++)
		if (purchase_live(d->purchases[i]->state))
			p = d->purchases[i];
	if (p == NULL)
		return 0;
	if (p->trial_end != 0)
		return p->trial_end;
	if (p->paid_until != 0)
		return p->paid_until;
	return p->paid_at != 0 ? p->paid_at : p->first_at;
}

static int64_t
due_at(const struct deriving *d)
{
	int64_t	 due = 0;

	for (size_t i = 0; i < d->purchase_count; i++)
		due = sum_earlier(due, d->purchases[i]->due_at);
	for (size_t i = 0; i < d->life->override_count; i++) {
		const struct override *o = &d->life->overrides[i];

		if (o->from > d->now)
			due = sum_earlier(due, o->from);
		if (o->until > d->now)
			due = sum_earlier(due, o->until);
	}
	return due;
}

/* May a newer matrix change the answer by more than what it switches off? */
static bool
follows_newest(const struct deriving *d, const struct choice *chosen)
{
	if (chosen->purchase == NULL)
		return true;
	for (size_t i = 0; i < d->purchase_count; i++) {
		const struct purchase *p = d->purchases[i];

		if (p->unmapped)
			return true;
		for (size_t j = 0; j < p->sold_count; j++)
			if (p->sold[j].matrix != p->matrix)
				return true;
	}
	for (size_t i = 0; i < d->life->override_count; i++)
		if (d->life->overrides[i].kind == OVERRIDE_GRANT_ADDON ||
		    d->life->overrides[i].kind == OVERRIDE_GRANT_TIER)
			return true;
	return false;
}

/* --- the whole --------------------------------------------------------- */

static struct holding
hold(const struct deriving *d)
{
	struct choice	 chosen = choose(d);
	struct parts	 live = live_parts(d, &chosen);
	struct parts	 suspended = suspended_parts(d, &chosen);
	struct holding	 h = {
		.tier = chosen.tier->id,
		.quantity = chosen.quantity,
		.state = state_of(&chosen, &live, &suspended),
		.livemode = d->life->livemode,
		.matrix_version = chosen.matrix->version,
		.follows_newest = follows_newest(d, &chosen),
		.derived_under = d->newest->version,
		.month_from = month_from(d, chosen.purchase),
		.due_at = due_at(d),
	};

	set_times(&chosen, &h);
	gather_capabilities(&live, d->life, d->newest, d->now, d->arena, &h);
	deny_capabilities(d->purchases, d->purchase_count, d->life, d->newest,
	    d->now, d->arena, &h);
	gather_limits(&live, d->life, d->newest, d->now, d->arena, &h);
	gather_assets(&live, &suspended, d->arena, &h);
	return h;
}

enum rc
derive(const struct catalog *c, const struct life *life, int64_t now,
    struct arena *a, struct holding *out, struct purchase **purchases,
    size_t *purchase_count, struct err *e)
{
	struct deriving	 d = {
		.life = life,
		.newest = catalog_newest(c),
		.now = now,
		.arena = a,
	};
	struct purchase	*list;
	size_t		 n;

	TRY(purchases_read(c, life->objects, life->object_count, now, a,
	    &list, &n, e));
	rank(&d, list, n);
	*out = hold(&d);
	if (purchases != NULL) {
		*purchases = list;
		*purchase_count = n;
	}
	return RC_OK;
}
