/*
 * What the transaction around the core does, and facts in few words.
 */
#include "base/guard.h"
#include "unit/core/world.h"
#include "unit/unit.h"

/* --- the world --------------------------------------------------------- */

struct world
world_of(const struct catalog *catalog, int day)
{
	struct world	 w = {
		.arena = unit_arena(),
		.catalog = catalog,
		.now = ON_DAY(day),
	};

	world_settle(&w);
	w.version = 0;
	return w;
}

struct world
world_new(int day)
{
	return world_of(shop(), day);
}

struct life
world_life(const struct world *w)
{
	return (struct life){
		.objects = w->objects, .object_count = w->object_count,
		.overrides = w->overrides,
		.override_count = w->override_count,
		.livemode = w->livemode,
	};
}

/* Carry the plan out on the stored assets. */
static void
carry_out(struct world *w)
{
	for (size_t i = 0; i < w->plan.asset_count; i++) {
		const struct asset_step *s = &w->plan.assets[i];
		size_t	 at = 0;

		while (at < w->asset_count && !str_eq(
		    w->assets[at].held.slot, s->after.held.slot))
			at++;
		must((at == w->asset_count) == (s->action == DO_PROVISION));
		must(at < WORLD_ASSETS);
		if (at == w->asset_count)
			w->asset_count++;
		w->assets[at] = s->after;
	}
}

void
world_settle(struct world *w)
{
	struct holding	 want;
	struct session	 after;
	struct life	 life = world_life(w);
	struct err	 e;
	bool		 moved = false;

	must(derive(w->catalog, &life, w->now, w->arena, &want, &w->purchases,
	    &w->purchase_count, &e) == RC_OK);
	diff(&w->holding, w->assets, w->asset_count, &want, w->arena,
	    &w->plan);
	carry_out(w);
	if (w->session.id.len > 0 && session_step(&w->session, w->purchases,
	    w->purchase_count, w->now, &after)) {
		w->session = after;
		moved = true;
	}
	w->holding = want;
	w->version += w->plan.changes || moved;
}

void
world_time(struct world *w, int64_t now)
{
	w->now = now;
	world_settle(w);
}

void
world_day(struct world *w, int day)
{
	world_time(w, ON_DAY(day));
}

void
world_hears(struct world *w, struct fact f)
{
	size_t		 i = 0;
	struct err	 e;
	bool		 changed;

	while (i < w->object_count &&
	    object_key_cmp(&w->objects[i].key, &f.object) != 0)
		i++;
	must(i < WORLD_OBJECTS);
	if (i == w->object_count)
		object_init(&w->objects[w->object_count++], &f.object);
	must(object_merge(&w->objects[i], &f, w->arena, &changed, &e) ==
	    RC_OK);
	world_settle(w);
}

struct terms
world_starts(struct world *w, const char *tier, int quantity)
{
	w->session = (struct session){
		.id = arena_text(w->arena, "us_%lld", (long long)w->now),
		.from_tier = w->holding.tier,
		.livemode = w->livemode,
		.version = 1,
		.created_at = w->now,
		.expires_at = w->now + HOUR,
		.terms = {
			.user = STR("u1"),
			.tier = str_of(tier),
			.quantity = quantity,
			.matrix_version = catalog_at(w->catalog, w->now),
			.amount = -1,
		},
	};
	w->session.terms.session = w->session.id;
	return w->session.terms;
}

void
world_override(struct world *w, enum override_kind kind, const char *name,
    struct quota quota, int until_day)
{
	size_t	 n = w->override_count++;

	must(n < WORLD_OVERRIDES);
	w->overrides[n] = (struct override){
		.id = arena_text(w->arena, "ov_%zu", n),
		.kind = kind,
		.name = str_of(name),
		.quota = quota,
		.from = w->now,
		.until = until_day == 0 ? 0 : ON_DAY(until_day),
	};
	world_settle(w);
}

void
world_claims(struct world *w, const char *slot)
{
	for (size_t i = 0; i < w->asset_count; i++)
		if (str_eq(w->assets[i].held.slot, str_of(slot))) {
			must(w->assets[i].state == ASSET_IS_PENDING);
			w->assets[i].claimed = true;
			w->assets[i].state = ASSET_IS_PROVISIONED;
			w->assets[i].hint = STR("pk_...1234");
			w->assets[i].id = STR("as_1");
			return;
		}
	must_stop("a slot to claim", __FILE__, __LINE__);
}

/* --- questions --------------------------------------------------------- */

bool
world_can(const struct world *w, const char *capability)
{
	return holding_can(&w->holding, str_of(capability));
}

bool
world_is(const struct world *w, const char *tier, enum holding_state state)
{
	return str_eq(w->holding.tier, str_of(tier)) &&
	    w->holding.state == state;
}

const struct asset *
world_asset(const struct world *w, const char *slot)
{
	for (size_t i = 0; i < w->asset_count; i++)
		if (str_eq(w->assets[i].held.slot, str_of(slot)))
			return &w->assets[i];
	return NULL;
}

bool
world_has(const struct world *w, const char *slot, enum asset_state state)
{
	const struct asset	*a = world_asset(w, slot);

	return a != NULL && a->state == state;
}

static int64_t
amount(const struct quota *q)
{
	return q->unlimited ? -1 : q->max;
}

int64_t
world_limit(const struct world *w, const char *name)
{
	for (size_t i = 0; i < w->holding.limit_count; i++)
		if (str_eq(w->holding.limits[i].name, str_of(name)))
			return amount(&w->holding.limits[i].quota);
	return -2;
}

int64_t
world_quota(const struct world *w, const char *slot)
{
	for (size_t i = 0; i < w->holding.asset_count; i++)
		if (str_eq(w->holding.assets[i].slot, str_of(slot)))
			return amount(&w->holding.assets[i].quota);
	return -2;
}

int64_t
world_seats(const struct world *w)
{
	for (size_t i = 0; i < w->holding.asset_count; i++)
		if (str_eq(w->holding.assets[i].slot, STR("seats")))
			return w->holding.assets[i].count;
	return -2;
}

const struct purchase *
world_purchase(const struct world *w)
{
	must(w->purchase_count == 1);
	return &w->purchases[0];
}

/* --- facts ------------------------------------------------------------- */

struct object_key
key(enum object_kind kind, const char *ref)
{
	return (struct object_key){
		.provider = STR("stripe"), .account = STR(""),
		.kind = kind, .ref = str_of(ref),
	};
}

struct fact
fact(enum fact_kind kind, enum object_kind object, const char *ref, int day)
{
	return (struct fact){
		.kind = kind, .object = key(object, ref), .at = ON_DAY(day),
	};
}

struct fact
paid(enum object_kind kind, const char *ref, int day, int64_t money,
    const char *currency)
{
	struct fact	 f = fact(FACT_PAID, kind, ref, day);

	f.amount = money;
	f.currency = str_of(currency);
	return f;
}

struct fact
seen(enum object_kind kind, const char *ref, int day)
{
	return fact(FACT_SEEN, kind, ref, day);
}

struct fact
step(enum object_kind kind, const char *ref, int day, enum pay_step s)
{
	struct fact	 f = fact(FACT_STEP, kind, ref, day);

	f.step = s;
	return f;
}

struct fact
closed(enum object_kind kind, const char *ref, int day, enum closing c)
{
	struct fact	 f = fact(FACT_CLOSED, kind, ref, day);

	f.closing = c;
	return f;
}

struct fact
refund(const char *payment, const char *id, int day, int64_t money,
    enum refund_state state)
{
	struct fact	 f = fact(FACT_REFUND, OBJECT_PAYMENT, payment, day);

	f.part_id = str_of(id);
	f.amount = money;
	f.refund_state = state;
	return f;
}

struct fact
refunded(enum object_kind kind, const char *ref, int day, int64_t money)
{
	struct fact	 f = fact(FACT_REFUNDED, kind, ref, day);

	f.amount = money;
	return f;
}

struct fact
dispute(const char *payment, const char *id, int day, enum dispute_state state)
{
	struct fact	 f = fact(FACT_DISPUTE, OBJECT_PAYMENT, payment, day);

	f.part_id = str_of(id);
	f.dispute_state = state;
	return f;
}

struct fact
sub(const char *ref, int day, enum sub_state state, const char *price,
    int quantity, int paid_until)
{
	struct fact	 f = fact(FACT_STATE, OBJECT_SUBSCRIPTION, ref, day);

	f.state = state;
	f.paid_until = paid_until == 0 ? 0 : ON_DAY(paid_until);
	f.recurring = true;
	return with_item(f, price, quantity);
}

struct fact
period(enum object_kind kind, const char *ref, int day, int paid_until)
{
	struct fact	 f = fact(FACT_PERIOD, kind, ref, day);

	f.paid_until = ON_DAY(paid_until);
	return f;
}

struct fact
ended(const char *ref, int day)
{
	return fact(FACT_ENDED, OBJECT_SUBSCRIPTION, ref, day);
}

struct fact
with_link(struct fact f, enum object_kind kind, const char *ref)
{
	must(f.link_count < LINKS_MAX);
	f.links[f.link_count++] = key(kind, ref);
	return f;
}

struct fact
with_item(struct fact f, const char *price, int quantity)
{
	must(f.item_count < ITEMS_MAX);
	f.items[f.item_count++] = (struct item){ str_of(price), quantity };
	return f;
}

struct fact
with_name(struct fact f, const struct terms *t, enum naming naming)
{
	f.session = t->session;
	f.named_by = naming;
	f.terms = *t;
	return f;
}

struct fact
with_user(struct fact f, const char *user)
{
	f.user = str_of(user);
	return f;
}

struct fact
recurring(struct fact f)
{
	f.recurring = true;
	return f;
}

struct fact
cancelling(struct fact f, int day)
{
	f.cancel_at = ON_DAY(day);
	return f;
}

struct fact
trial_until(struct fact f, int day)
{
	f.trial_end = ON_DAY(day);
	return f;
}
