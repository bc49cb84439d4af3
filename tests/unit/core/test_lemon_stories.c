/*
 * The stories of Lemon Squeezy's fixtures, as they come over the wire: read by
 * its own code, shuffled ten thousand times, some deliveries twice, and once
 * in a while stored and loaded on the way.
 */
#include "base/guard.h"
#include "base/text.h"
#include "unit/core/tale.h"
#include "unit/provider/told.h"
#include "unit/unit.h"

enum { ARENA_BYTES = 4 * 1024 * 1024 };

/* --- what the seller of the fixtures sells ----------------------------- */

#define SELLS(price, often) { .provider = STR("lemonsqueezy"),		\
	.id = STR(price), .amount = -1, .interval = STR(often) }

static const struct price pro_prices[] = { SELLS("450102", "month") };
static const struct price team_prices[] = { SELLS("450103", "month") };
static const struct price pack_prices[] = { SELLS("450101", "") };
static const struct price vague_prices[] = {
	SELLS("450102", ""), SELLS("450103", ""),
};
static const struct str caps[] = { STR("export:csv") };
static const struct asset_rule seats[] = {
	{ .slot = STR("seats"), .type = ASSET_SEAT, .count = 1,
	    .per_seat = true },
};
static const struct tier tiers[] = {
	{ .id = STR("free"), .rank = 0 },
	{ .id = STR("pro"), .rank = 10, .prices = pro_prices,
	    .price_count = 1, .assets = seats, .asset_count = 1 },
	{ .id = STR("team"), .rank = 20, .prices = team_prices,
	    .price_count = 1, .assets = seats, .asset_count = 1 },
};
static const struct tier vague_tiers[] = {
	{ .id = STR("free"), .rank = 0 },
	{ .id = STR("pro"), .rank = 10, .prices = vague_prices,
	    .price_count = 2, .assets = seats, .asset_count = 1 },
};
static const struct tier pack = {
	.id = STR("export-pack"), .addon = true, .capabilities = caps,
	.capability_count = 1, .prices = pack_prices, .price_count = 1,
};

/* What each session of the fixtures asked for. */
static const struct str packs[] = { STR("export-pack") };

static struct terms
terms_of(struct str session)
{
	struct terms	 t = {
		.session = session, .user = STR("u"), .quantity = 1,
		.matrix_version = 1, .amount = -1,
	};

	if (str_eq(session, STR("ups_01K4RUNGL0000000000000001"))) {
		t.addons = packs;
		t.addon_count = COUNT(packs);
	} else {
		t.tier = STR("pro");
		t.quantity = 5;
	}
	return t;
}

/* --- the stories ------------------------------------------------------- */

struct story {
	const char	*name;
	const char	*events[TALE_EVENTS];
	const char	*now;
	const char	*tier;
	enum holding_state state;
	int64_t		 quantity;
	bool		 exports;	/* export:csv is held */
	const char	*ends;		/* the planned end */
};

#define L_BEGUN		"order_created.subscription",			\
	"subscription_created", "subscription_payment_success.initial",	\
	"subscription_updated.after-create"
#define L_CHANGED	L_BEGUN, "subscription_updated.upgrade",	\
	"subscription_plan_changed",					\
	"subscription_payment_success.updated",				\
	"subscription_updated.seats"
#define L_LOWERED	L_CHANGED, "subscription_updated.downgrade"
#define L_RENEWED	L_LOWERED, "subscription_updated.renewed",	\
	"subscription_payment_success.renewal"
#define L_FAILED	L_LOWERED, "subscription_payment_failed",	\
	"subscription_updated.past_due"

static const struct story stories[] = {
	{ "one-time, part of it refunded", { "order_created.one-time",
	    "order_refunded.partial" }, "2026-09-06T00:00:00Z", "free",
	    HOLDING_DEFAULT, 1, true, NULL },
	{ "one-time, refunded", { "order_created.one-time",
	    "order_refunded.partial", "order_refunded.full" },
	    "2026-09-07T00:00:00Z", "free", HOLDING_DEFAULT, 1, false, NULL },
	{ "one-time, pending and then paid", { "order_created.pending",
	    "order_created.one-time" }, "2026-09-06T00:00:00Z", "free",
	    HOLDING_DEFAULT, 1, true, NULL },
	{ "one-time, only pending", { "order_created.pending" },
	    "2026-09-06T00:00:00Z", "free", HOLDING_DEFAULT, 1, false, NULL },
	{ "one-time, only its refund of a part was heard of",
	    { "order_refunded.partial" }, "2026-09-06T00:00:00Z", "free",
	    HOLDING_DEFAULT, 1, true, NULL },
	{ "one-time, a fraud", { "order_created.one-time",
	    "order_refunded.fraudulent", "license_key_created" },
	    "2026-09-08T00:00:00Z", "free", HOLDING_DEFAULT, 1, false, NULL },
	{ "on trial", { "order_created.subscription",
	    "subscription_created.trial" }, "2026-09-10T00:00:00Z", "pro",
	    HOLDING_TRIALING, 1, false, NULL },
	{ "only the order of a subscription",
	    { "order_created.subscription" }, "2026-09-02T00:00:00Z",
	    "free", HOLDING_DEFAULT, 1, false, NULL },
	{ "a first month begun", { L_BEGUN }, "2026-09-02T00:00:00Z", "pro",
	    HOLDING_ACTIVE, 5, false, NULL },
	{ "raised, more seats", { L_CHANGED }, "2026-09-19T00:00:00Z",
	    "team", HOLDING_ACTIVE, 8, false, NULL },
	{ "renewed", { L_RENEWED }, "2026-10-03T00:00:00Z", "pro",
	    HOLDING_ACTIVE, 8, false, NULL },
	{ "cancelled", { L_RENEWED, "subscription_cancelled" },
	    "2026-10-06T00:00:00Z", "pro", HOLDING_ACTIVE, 8, false,
	    "2026-11-01T11:00:02.000000Z" },
	{ "cancelled and resumed", { L_RENEWED, "subscription_cancelled",
	    "subscription_resumed" }, "2026-10-07T00:00:00Z", "pro",
	    HOLDING_ACTIVE, 8, false, NULL },
	{ "to its end", { L_RENEWED, "subscription_cancelled",
	    "subscription_expired" }, "2026-11-02T00:00:00Z", "free",
	    HOLDING_DEFAULT, 1, false, NULL },
	{ "a renewal failed", { L_FAILED }, "2026-10-02T00:00:00Z", "pro",
	    HOLDING_GRACE, 8, false, NULL },
	{ "a renewal recovered, its new period not yet told", { L_FAILED,
	    "subscription_payment_recovered" }, "2026-10-04T10:00:00Z",
	    "pro", HOLDING_GRACE, 8, false, NULL },
	{ "a renewal recovered, its new period told", { L_FAILED,
	    "subscription_payment_recovered", "subscription_unpaused" },
	    "2026-10-14T00:00:00Z", "pro", HOLDING_ACTIVE, 8, false, NULL },
	{ "unpaid after all", { L_FAILED, "subscription_payment_recovered",
	    "subscription_updated.unpaid" }, "2026-10-16T00:00:00Z", "free",
	    HOLDING_SUSPENDED, 1, false, NULL },
	{ "paused, no service", { L_RENEWED, "subscription_paused.void" },
	    "2026-10-11T00:00:00Z", "free", HOLDING_SUSPENDED, 1, false,
	    NULL },
	{ "paused, free of charge", { L_RENEWED, "subscription_paused.free" },
	    "2026-10-11T00:00:00Z", "pro", HOLDING_ACTIVE, 8, false, NULL },
	{ "paused, free of charge, long after its bill would have come",
	    { L_RENEWED, "subscription_paused.free" },
	    "2027-10-11T00:00:00Z", "pro", HOLDING_ACTIVE, 8, false, NULL },
	{ "paused and unpaused", { L_RENEWED, "subscription_paused.void",
	    "subscription_unpaused" }, "2026-10-13T00:00:00Z", "pro",
	    HOLDING_ACTIVE, 8, false, NULL },
	{ "part of a month given back", { L_RENEWED,
	    "subscription_payment_refunded.partial" },
	    "2026-10-09T00:00:00Z", "pro", HOLDING_ACTIVE, 8, false, NULL },
	{ "a month given back", { L_RENEWED,
	    "subscription_payment_refunded.partial",
	    "subscription_payment_refunded.full" }, "2026-10-09T00:00:00Z",
	    "free", HOLDING_DEFAULT, 1, false, NULL },
};

/* Of a matrix that does not say which prices renew. */
static const struct story vague_stories[] = {
	{ "an order, and no word of its subscription",
	    { "order_created.subscription" }, "2027-09-02T00:00:00Z", "pro",
	    HOLDING_ACTIVE, 5, false, NULL },
	{ "an order and its subscription", { L_BEGUN },
	    "2026-09-02T00:00:00Z", "pro", HOLDING_ACTIVE, 5, false, NULL },
	{ "an order and its trial", { "order_created.subscription",
	    "subscription_created.trial" }, "2026-09-10T00:00:00Z", "pro",
	    HOLDING_TRIALING, 1, false, NULL },
	{ "an order and its subscription to the end", { L_BEGUN,
	    "subscription_cancelled", "subscription_expired" },
	    "2026-11-02T00:00:00Z", "free", HOLDING_DEFAULT, 1, false, NULL },
};

/* --- telling them ------------------------------------------------------ */

static int64_t
moment(const char *text)
{
	int64_t	 us = 0;

	must(text == NULL || text_untime(str_of(text), &us));
	return us;
}

static void
prepare(struct tale *t, const struct story *s)
{
	while (t->count < TALE_EVENTS && s->events[t->count] != NULL) {
		struct event *e = &t->events[t->count++];
		const struct str path = arena_text(unit_arena(),
		    "lemonsqueezy/%s.json", s->events[t->count - 1]);
		const struct hook hook = { told_fixture(unit_arena(),
		    path.at), STR_NONE };
		const struct hook_rules rules = { .livemode = false };

		provider_lemonsqueezy.normalise(&hook, &rules, unit_arena(),
		    e);
		for (size_t i = 0; i < e->fact_count; i++)
			if (e->facts[i].session.len > 0)
				e->facts[i].terms = terms_of(
				    e->facts[i].session);
	}
}

static void
as_told(const struct story *s, const struct holding *h)
{
	ROW(str_eq(h->tier, str_of(s->tier)), s->name);
	ROW(h->state == s->state, s->name);
	ROW(h->quantity == s->quantity, s->name);
	ROW(holding_can(h, STR("export:csv")) == s->exports, s->name);
	ROW(h->ends_at == moment(s->ends), s->name);
}

static void
shuffle(struct tale *t, const struct story *s, struct arena *a)
{
	struct holding	h;

	prepare(t, s);
	h = tale_in_order(t, moment(s->now), a);
	as_told(s, &h);
	ROW(tale_shuffled(t, moment(s->now), a) == 0, s->name);
}

static void
every_story_ends_the_same_however_it_is_shuffled(void)
{
	static struct tale	 t;
	struct arena		*a = arena_new("lemon stories", ARENA_BYTES);

	for (size_t i = 0; i < COUNT(stories); i++) {
		tale_begin(&t, tiers, COUNT(tiers), &pack);
		shuffle(&t, &stories[i], a);
	}
	arena_free(&a);
}

static void
a_subscription_takes_over_the_order_it_began_with(void)
{
	static struct tale	 t;
	struct arena		*a = arena_new("vague stories", ARENA_BYTES);

	for (size_t i = 0; i < COUNT(vague_stories); i++) {
		tale_begin(&t, vague_tiers, COUNT(vague_tiers), &pack);
		shuffle(&t, &vague_stories[i], a);
	}
	arena_free(&a);
}

CU_TestInfo lemon_stories_tests[] = {
	{ "every story of Lemon Squeezy ends the same, however shuffled",
	    every_story_ends_the_same_however_it_is_shuffled },
	{ "a subscription takes over the order it began with",
	    a_subscription_takes_over_the_order_it_began_with },
	CU_TEST_INFO_NULL
};
