/*
 * The stories of the provider's fixtures, as they come over the wire: read by
 * the provider's own code, shuffled ten thousand times, some deliveries
 * twice, and once in a while stored and loaded on the way.
 */
#include "base/guard.h"
#include "unit/core/tale.h"
#include "unit/provider/told.h"
#include "unit/unit.h"

enum { ARENA_BYTES = 4 * 1024 * 1024 };

/* --- what the seller of the fixtures sells ----------------------------- */

#define SELLS(price) { .provider = STR("stripe"), .id = STR(price),	\
	.amount = -1 }

static const struct price pro_prices[] = {
	SELLS("price_1lSybORuNg7Kq2TzJ8TcMz2P"),
};
static const struct price team_prices[] = {
	SELLS("price_1TTPCWRuNg7Kq2Tz13sPTzTO"),
};
static const struct price pack_prices[] = {
	SELLS("price_1DGPTVRuNg7Kq2TzlTiimt17"),
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

	if (str_eq(session, STR("ups_01K4RUNGC0000000000000003"))) {
		t.tier = STR("pro");
		t.quantity = 5;
	} else {
		t.addons = packs;
		t.addon_count = COUNT(packs);
	}
	return t;
}

/* --- the stories ------------------------------------------------------- */

struct story {
	const char	*name;
	const char	*events[TALE_EVENTS];
	int64_t		 now;		/* seconds */
	const char	*tier;
	enum holding_state state;
	int64_t		 quantity;
	bool		 exports;	/* export:csv is held */
};

static const struct story stories[] = {
	{ "one-time, refunded, the refund failed",
	    { "checkout.session.completed.payment-paid",
	    "payment_intent.succeeded", "charge.refunded.partial",
	    "refund.created.partial", "charge.refunded.full",
	    "refund.failed" }, 1789000000, "free", HOLDING_DEFAULT, 1,
	    true },
	{ "one-time, refunded",
	    { "checkout.session.completed.payment-paid",
	    "payment_intent.succeeded", "charge.refunded.partial",
	    "refund.created.partial", "charge.refunded.full" }, 1789000000,
	    "free", HOLDING_DEFAULT, 1, false },
	{ "one-time, disputed",
	    { "checkout.session.completed.payment-paid",
	    "payment_intent.succeeded", "charge.dispute.created" },
	    1790000000, "free", HOLDING_SUSPENDED, 1, false },
	{ "one-time, disputed and won",
	    { "checkout.session.completed.payment-paid",
	    "payment_intent.succeeded", "charge.dispute.created",
	    "charge.dispute.closed.won" }, 1793000000, "free",
	    HOLDING_DEFAULT, 1, true },
	{ "one-time, disputed and lost",
	    { "checkout.session.completed.payment-paid",
	    "payment_intent.succeeded", "charge.dispute.created",
	    "charge.dispute.closed.lost" }, 1793000000, "free",
	    HOLDING_DEFAULT, 1, false },
	{ "delayed and paid",
	    { "checkout.session.completed.payment-unpaid-sepa",
	    "payment_intent.processing",
	    "checkout.session.async_payment_succeeded" }, 1789000000, "free",
	    HOLDING_DEFAULT, 1, true },
	{ "delayed and bounced",
	    { "checkout.session.completed.payment-unpaid-sepa",
	    "payment_intent.processing",
	    "checkout.session.async_payment_failed" }, 1789000000, "free",
	    HOLDING_DEFAULT, 1, false },
	{ "a subscription's first month",
	    { "customer.subscription.created.incomplete",
	    "customer.subscription.updated.activated",
	    "invoice.paid.subscription_create",
	    "checkout.session.completed.subscription",
	    "customer.subscription.updated.upgrade",
	    "invoice.paid.subscription_update-proration",
	    "customer.subscription.updated.seats" }, 1789600000, "team",
	    HOLDING_ACTIVE, 8, false },
	{ "a subscription renewed and planned to end",
	    { "customer.subscription.created.incomplete",
	    "customer.subscription.updated.activated",
	    "invoice.paid.subscription_create",
	    "checkout.session.completed.subscription",
	    "customer.subscription.updated.upgrade",
	    "invoice.paid.subscription_update-proration",
	    "customer.subscription.updated.seats",
	    "customer.subscription.updated.downgrade",
	    "invoice.paid.subscription_cycle", "invoice_payment.paid",
	    "customer.subscription.updated.cancel_at_period_end" },
	    1791300000, "pro", HOLDING_ACTIVE, 8, false },
	{ "a subscription to its end",
	    { "customer.subscription.created.incomplete",
	    "customer.subscription.updated.activated",
	    "invoice.paid.subscription_create",
	    "customer.subscription.updated.upgrade",
	    "customer.subscription.updated.seats",
	    "customer.subscription.updated.downgrade",
	    "invoice.paid.subscription_cycle", "invoice_payment.paid",
	    "customer.subscription.updated.cancel_at_period_end",
	    "customer.subscription.deleted" }, 1793600000, "free",
	    HOLDING_DEFAULT, 1, false },
	{ "a renewal refunded",
	    { "customer.subscription.updated.activated",
	    "invoice.paid.subscription_create",
	    "customer.subscription.updated.downgrade",
	    "invoice.paid.subscription_cycle", "invoice_payment.paid",
	    "charge.refunded.subscription-payment" }, 1791500000, "free",
	    HOLDING_DEFAULT, 1, false },
	{ "a renewal failed",
	    { "customer.subscription.updated.activated",
	    "invoice.paid.subscription_create",
	    "customer.subscription.updated.downgrade",
	    "invoice.payment_failed",
	    "customer.subscription.updated.past_due" }, 1790900000, "pro",
	    HOLDING_GRACE, 8, false },
	{ "paused", { "customer.subscription.updated.activated",
	    "invoice.paid.subscription_create",
	    "invoice.paid.subscription_cycle",
	    "customer.subscription.paused" }, 1791700000, "free",
	    HOLDING_SUSPENDED, 1, false },
	{ "paused and resumed",
	    { "customer.subscription.updated.activated",
	    "invoice.paid.subscription_create",
	    "invoice.paid.subscription_cycle",
	    "customer.subscription.paused",
	    "customer.subscription.resumed" }, 1791800000, "pro",
	    HOLDING_ACTIVE, 8, false },
	{ "an upgrade that waits for its money",
	    { "customer.subscription.updated.activated",
	    "invoice.paid.subscription_create",
	    "customer.subscription.updated.pending_update" }, 1789556500,
	    "pro", HOLDING_ACTIVE, 5, false },
	{ "an upgrade that got its money",
	    { "customer.subscription.updated.activated",
	    "invoice.paid.subscription_create",
	    "customer.subscription.updated.pending_update",
	    "customer.subscription.pending_update_applied" }, 1789556800,
	    "team", HOLDING_ACTIVE, 5, false },
};

/* --- telling them ------------------------------------------------------ */

static void
prepare(struct tale *t, const struct story *s)
{
	tale_begin(t, tiers, COUNT(tiers), &pack);
	while (t->count < TALE_EVENTS && s->events[t->count] != NULL) {
		struct event *e = &t->events[t->count++];
		const struct str path = arena_text(unit_arena(),
		    "stripe/%s.json", s->events[t->count - 1]);
		const struct hook hook = { told_fixture(unit_arena(),
		    path.at), STR_NONE };
		const struct hook_rules rules = { .livemode = false };

		provider_stripe.normalise(&hook, &rules, unit_arena(), e);
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
}

static void
shuffle(const struct story *s, struct arena *a)
{
	static struct tale	 t;
	const int64_t		 now = s->now * INT64_C(1000000);
	struct holding		 h;

	prepare(&t, s);
	h = tale_in_order(&t, now, a);
	as_told(s, &h);
	ROW(tale_shuffled(&t, now, a) == 0, s->name);
}

static void
every_story_ends_the_same_however_it_is_shuffled(void)
{
	struct arena	*a = arena_new("stories", ARENA_BYTES);

	for (size_t i = 0; i < COUNT(stories); i++)
		shuffle(&stories[i], a);
	arena_free(&a);
}

CU_TestInfo stories_tests[] = {
	{ "every story of the fixtures ends the same, however shuffled",
	    every_story_ends_the_same_however_it_is_shuffled },
	CU_TEST_INFO_NULL
};
