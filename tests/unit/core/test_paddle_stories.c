/*
 * The stories of Paddle's fixtures, as they come over the wire: read by its
 * own code, shuffled ten thousand times, some deliveries twice, and once in a
 * while stored and loaded on the way.
 */
#include "base/guard.h"
#include "base/text.h"
#include "unit/core/tale.h"
#include "unit/provider/told.h"
#include "unit/unit.h"

enum { ARENA_BYTES = 4 * 1024 * 1024 };

/* --- what the seller of the fixtures sells ----------------------------- */

#define SELLS(price) { .provider = STR("paddle"), .id = STR(price),	\
	.amount = -1 }

static const struct price pro_prices[] = {
	SELLS("pri_01kf0e44m0pf4g882kz93m8f61"),
};
static const struct price team_prices[] = {
	SELLS("pri_01kf0e44m0pg2g97t1cgyzgjk1"),
};
static const struct price pack_prices[] = {
	SELLS("pri_01kf0e44m0t3nbb58wq0g2s3vx"),
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

	if (str_eq(session, STR("ups_01K4RUNGP0000000000000001"))) {
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

#define P_BOUGHT	"transaction.payment_failed.checkout",		\
	"transaction.paid.one-time", "transaction.completed.one-time"
#define P_ASKED		"transaction.payment_failed.checkout",		\
	"transaction.updated.action-required",				\
	"transaction.updated.payment-pending"
#define P_BEGUN		"subscription.created", "subscription.activated", \
	"transaction.completed.subscription-first"
#define P_CHANGED	P_BEGUN, "subscription.updated.upgrade",	\
	"transaction.completed.subscription-update",			\
	"subscription.updated.seats"
#define P_LOWERED	P_CHANGED, "subscription.updated.downgrade"
#define P_RENEWED	P_LOWERED, "subscription.updated.renewed",	\
	"transaction.completed.renewal"
#define P_FAILED	"transaction.past_due",				\
	"transaction.payment_failed.renewal", "subscription.past_due"

static const struct story stories[] = {
	{ "one-time", { P_BOUGHT }, "2026-09-05T00:00:00Z", "free",
	    HOLDING_DEFAULT, 1, true, NULL },
	{ "one-time, and the bank still thinks", { P_ASKED },
	    "2026-09-05T00:00:00Z", "free", HOLDING_DEFAULT, 1, false, NULL },
	{ "one-time, after the bank has thought", { P_ASKED,
	    "transaction.paid.one-time", "transaction.completed.one-time" },
	    "2026-09-05T00:00:00Z", "free", HOLDING_DEFAULT, 1, true, NULL },
	{ "one-time, a refund asked for", { P_BOUGHT,
	    "adjustment.created.refund-full-pending" },
	    "2026-09-07T00:00:00Z", "free", HOLDING_DEFAULT, 1, true, NULL },
	{ "one-time, refunded", { P_BOUGHT,
	    "adjustment.created.refund-full-pending",
	    "adjustment.updated.refund-full-approved" },
	    "2026-09-07T00:00:00Z", "free", HOLDING_DEFAULT, 1, false, NULL },
	{ "one-time, the refund rejected", { P_BOUGHT,
	    "adjustment.created.refund-full-pending",
	    "adjustment.updated.refund-full-rejected" },
	    "2026-09-07T00:00:00Z", "free", HOLDING_DEFAULT, 1, true, NULL },
	{ "warned of a chargeback", { P_BOUGHT,
	    "adjustment.created.chargeback-warning" },
	    "2026-09-21T00:00:00Z", "free", HOLDING_DEFAULT, 1, true, NULL },
	{ "charged back", { P_BOUGHT, "adjustment.created.chargeback-warning",
	    "adjustment.created.chargeback" }, "2026-09-21T00:00:00Z",
	    "free", HOLDING_SUSPENDED, 1, false, NULL },
	{ "charged back and reversed", { P_BOUGHT,
	    "adjustment.created.chargeback-warning",
	    "adjustment.created.chargeback",
	    "adjustment.created.chargeback-reverse",
	    "adjustment.updated.chargeback-reversed" },
	    "2026-10-19T00:00:00Z", "free", HOLDING_DEFAULT, 1, true, NULL },
	{ "charged back, and only the reversal was heard of", { P_BOUGHT,
	    "adjustment.created.chargeback",
	    "adjustment.created.chargeback-reverse" },
	    "2026-10-19T00:00:00Z", "free", HOLDING_DEFAULT, 1, true, NULL },
	{ "charged back, and only its own end was heard of", { P_BOUGHT,
	    "adjustment.created.chargeback",
	    "adjustment.updated.chargeback-reversed" },
	    "2026-10-19T00:00:00Z", "free", HOLDING_DEFAULT, 1, true, NULL },
	{ "money for a month whose subscription is not heard of",
	    { "transaction.completed.subscription-first" },
	    "2026-09-02T00:00:00Z", "pro", HOLDING_ACTIVE, 5, false, NULL },
	{ "on trial", { "subscription.trialing" }, "2026-09-10T00:00:00Z",
	    "pro", HOLDING_TRIALING, 5, false, NULL },
	{ "a first month begun", { P_BEGUN }, "2026-09-02T00:00:00Z", "pro",
	    HOLDING_ACTIVE, 5, false, NULL },
	{ "raised, more seats", { P_CHANGED }, "2026-09-19T00:00:00Z",
	    "team", HOLDING_ACTIVE, 8, false, NULL },
	{ "renewed", { P_RENEWED }, "2026-10-03T00:00:00Z", "pro",
	    HOLDING_ACTIVE, 8, false, NULL },
	{ "renewed, and that money went back", { P_RENEWED,
	    "adjustment.updated.refund-renewal-approved" },
	    "2026-10-04T00:00:00Z", "free", HOLDING_DEFAULT, 1, false, NULL },
	{ "planned to end", { P_RENEWED,
	    "subscription.updated.scheduled-cancel" },
	    "2026-10-06T00:00:00Z", "pro", HOLDING_ACTIVE, 8, false,
	    "2026-11-01T11:00:05.449123Z" },
	{ "to its end", { P_RENEWED, "subscription.updated.scheduled-cancel",
	    "subscription.canceled" }, "2026-11-02T00:00:00Z", "free",
	    HOLDING_DEFAULT, 1, false, NULL },
	{ "a renewal failed", { P_LOWERED, P_FAILED },
	    "2026-10-02T00:00:00Z", "pro", HOLDING_GRACE, 8, false, NULL },
	{ "a renewal failed, then paid", { P_RENEWED, P_FAILED },
	    "2026-10-03T00:00:00Z", "pro", HOLDING_ACTIVE, 8, false, NULL },
	{ "a renewal failed, and its bill was paid", { P_LOWERED, P_FAILED,
	    "transaction.completed.renewal" }, "2026-10-03T00:00:00Z",
	    "pro", HOLDING_ACTIVE, 8, false, NULL },
	{ "paused", { P_RENEWED, "subscription.paused" },
	    "2026-10-11T00:00:00Z", "free", HOLDING_SUSPENDED, 1, false,
	    NULL },
	{ "paused and resumed", { P_RENEWED, "subscription.paused",
	    "subscription.resumed" }, "2026-11-05T00:00:00Z", "pro",
	    HOLDING_ACTIVE, 8, false, NULL },
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
	tale_begin(t, tiers, COUNT(tiers), &pack);
	while (t->count < TALE_EVENTS && s->events[t->count] != NULL) {
		struct event *e = &t->events[t->count++];
		const struct str path = arena_text(unit_arena(),
		    "paddle/%s.json", s->events[t->count - 1]);
		const struct hook hook = { told_fixture(unit_arena(),
		    path.at), STR_NONE };
		const struct hook_rules rules = { .livemode = false };

		provider_paddle.normalise(&hook, &rules, unit_arena(), e);
		must(e->class == EVENT_FACTS);
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
shuffle(const struct story *s, struct arena *a)
{
	static struct tale	 t;
	struct holding		 h;

	prepare(&t, s);
	h = tale_in_order(&t, moment(s->now), a);
	as_told(s, &h);
	ROW(tale_shuffled(&t, moment(s->now), a) == 0, s->name);
}

static void
every_story_ends_the_same_however_it_is_shuffled(void)
{
	struct arena	*a = arena_new("paddle stories", ARENA_BYTES);

	for (size_t i = 0; i < COUNT(stories); i++)
		shuffle(&stories[i], a);
	arena_free(&a);
}

CU_TestInfo paddle_stories_tests[] = {
	{ "every story of Paddle ends the same, however shuffled",
	    every_story_ends_the_same_however_it_is_shuffled },
	CU_TEST_INFO_NULL
};
