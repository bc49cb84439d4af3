/*
 * The stories of the fixtures of Lemon Squeezy, shuffled as those of Stripe
 * are.  The facts below are written by hand.  So that they say what the
 * fixtures say, every id, time, price and amount of a fact must stand in the
 * body it is said to come from.
 *
 * Lemon Squeezy tells no time of its events, so these are of the later
 * updated_at, the subscription's or its item's: a change of seats moves only
 * the second.
 */
#include "base/guard.h"
#include "base/text.h"
#include "unit/core/tale.h"
#include "unit/provider/told.h"
#include "unit/unit.h"

enum { ARENA_BYTES = 4 * 1024 * 1024 };

/* --- what the seller of the fixtures sells ----------------------------- */

#define LEMON_PRO	"450102"
#define LEMON_TEAM	"450103"
#define LEMON_PACK	"450101"

#define SELLS(variant) {						\
	{ .provider = STR("lemonsqueezy"), .id = STR(variant), .amount = -1 } }

static const struct price pro_prices[] = SELLS(LEMON_PRO);
static const struct price team_prices[] = SELLS(LEMON_TEAM);
static const struct price pack_prices[] = SELLS(LEMON_PACK);
static const struct str caps[] = { STR("export:csv") };
static const struct asset_rule seats[] = {
	{ .slot = STR("seats"), .type = ASSET_SEAT, .count = 1,
	    .per_seat = true },
};
static const struct tier tiers[] = {
	{ .id = STR("free"), .rank = 0 },
	{ .id = STR("pro"), .rank = 10, .prices = pro_prices,
	    .price_count = COUNT(pro_prices), .assets = seats,
	    .asset_count = 1 },
	{ .id = STR("team"), .rank = 20, .prices = team_prices,
	    .price_count = COUNT(team_prices), .assets = seats,
	    .asset_count = 1 },
};
static const struct tier pack = {
	.id = STR("export-pack"), .addon = true, .capabilities = caps,
	.capability_count = 1, .prices = pack_prices,
	.price_count = COUNT(pack_prices),
};

/* --- what each delivery says ------------------------------------------- */

/* One fact of a body.  Members that it does not use are zero. */
struct said {
	const char		*body, *at;
	enum fact_kind		 kind;
	enum object_kind	 of;
	const char		*ref;
	const char		*session;
	enum object_kind	 link_kind;
	const char		*link;
	const char		*price;
	int			 quantity;
	bool			 recurring;
	int			 amount;
	enum pay_step		 step;
	enum sub_state		 state;
	const char		*until, *cancel_at, *ended_at;
	const char		*part;
	enum refund_state	 refund;
	enum dispute_state	 dispute;
};

/* Who asked for what; the buyer can write both names. */
#define L_ONE	"ups_01K4RUNGL0000000000000001"
#define L_SUB	"ups_01K4RUNGL0000000000000002"

#define PACK_1(p)	.price = (p), .quantity = 1
#define BUYS(p, n)	.price = (p), .quantity = (n), .recurring = true

#define L_ORDER	OBJECT_ORDER, "5400101", L_ONE
#define L_S	"1300102"
#define L_OCT	.until = "2026-10-01T11:00:02.000000Z"
#define L_NOV	.until = "2026-11-01T11:00:02.000000Z"
#define L_STATE	FACT_STATE, OBJECT_SUBSCRIPTION, L_S, L_SUB,		\
	OBJECT_ORDER, "5400102"
#define L_OF	L_SUB, OBJECT_SUBSCRIPTION, L_S

/*
 * A cancelled subscription runs on until ends_at; renews_at of one that is
 * past due is the next attempt, and the end of nothing that was paid.
 */
static const struct said lemon[] = {
	{ "order_created.one-time", "2026-09-01T10:00:44.000000Z", FACT_PAID,
	    L_ORDER, .amount = 4900 },
	{ "order_created.one-time", "2026-09-01T10:00:44.000000Z",
	    FACT_ITEMS, L_ORDER, PACK_1(LEMON_PACK) },
	{ "order_refunded.partial", "2026-09-05T12:00:01.000000Z",
	    FACT_REFUNDED, L_ORDER, .amount = 1500 },
	{ "order_refunded.full", "2026-09-06T12:00:01.000000Z",
	    FACT_REFUNDED, L_ORDER, .amount = 4900 },

	{ "order_created.subscription", "2026-09-01T11:00:05.000000Z",
	    FACT_PAID, OBJECT_ORDER, "5400102", L_SUB, .amount = 14500 },
	{ "order_created.subscription", "2026-09-01T11:00:05.000000Z",
	    FACT_ITEMS, OBJECT_ORDER, "5400102", L_SUB, BUYS(LEMON_PRO, 5) },
	{ "subscription_created", "2026-09-01T11:00:08.000000Z", L_STATE,
	    BUYS(LEMON_PRO, 5), .state = SUB_ACTIVE, L_OCT },
	{ "subscription_payment_success.initial",
	    "2026-09-01T11:00:08.000000Z", FACT_PAID, OBJECT_INVOICE,
	    "3700102", L_OF, .amount = 14500 },
	{ "subscription_updated.after-create", "2026-09-01T11:00:08.000000Z",
	    L_STATE, BUYS(LEMON_PRO, 5), .state = SUB_ACTIVE, L_OCT },
	{ "subscription_updated.upgrade", "2026-09-16T11:00:05.000000Z",
	    L_STATE, BUYS(LEMON_TEAM, 5), .state = SUB_ACTIVE, L_OCT },
	{ "subscription_plan_changed", "2026-09-16T11:00:05.000000Z",
	    L_STATE, BUYS(LEMON_TEAM, 5), .state = SUB_ACTIVE, L_OCT },
	{ "subscription_payment_success.updated",
	    "2026-09-16T11:00:07.000000Z", FACT_PAID, OBJECT_INVOICE,
	    "3700103", L_OF, .amount = 12500 },
	{ "subscription_updated.seats", "2026-09-18T08:15:00.000000Z",
	    L_STATE, BUYS(LEMON_TEAM, 8), .state = SUB_ACTIVE, L_OCT },
	{ "subscription_updated.downgrade", "2026-09-20T08:15:00.000000Z",
	    L_STATE, BUYS(LEMON_PRO, 8), .state = SUB_ACTIVE, L_OCT },
	{ "subscription_updated.renewed", "2026-10-01T11:00:06.000000Z",
	    L_STATE, BUYS(LEMON_PRO, 8), .state = SUB_ACTIVE, L_NOV },
	{ "subscription_payment_success.renewal",
	    "2026-10-01T11:00:09.000000Z", FACT_PAID, OBJECT_INVOICE,
	    "3700104", L_OF, .amount = 23200 },
	{ "subscription_cancelled", "2026-10-05T17:20:00.000000Z", L_STATE,
	    BUYS(LEMON_PRO, 8), .state = SUB_ACTIVE, L_NOV,
	    .cancel_at = "2026-11-01T11:00:02.000000Z" },
	{ "subscription_resumed", "2026-10-06T09:00:00.000000Z", L_STATE,
	    BUYS(LEMON_PRO, 8), .state = SUB_ACTIVE, L_NOV },
	{ "subscription_expired", "2026-11-01T11:00:08.000000Z", L_STATE,
	    BUYS(LEMON_PRO, 8), .state = SUB_CANCELED,
	    .ended_at = "2026-11-01T11:00:02.000000Z" },

	{ "subscription_payment_failed", "2026-10-01T11:00:09.000000Z",
	    FACT_STEP, OBJECT_INVOICE, "3700104", L_OF, .step = PAY_FAILED },
	{ "subscription_updated.past_due", "2026-10-01T11:00:09.000000Z",
	    L_STATE, BUYS(LEMON_PRO, 8), .state = SUB_PAST_DUE },
	{ "subscription_payment_recovered", "2026-10-04T09:00:12.000000Z",
	    FACT_PAID, OBJECT_INVOICE, "3700104", L_OF, .amount = 23200 },
	{ "subscription_updated.unpaid", "2026-10-15T11:00:09.000000Z",
	    L_STATE, BUYS(LEMON_PRO, 8), .state = SUB_UNPAID },
	{ "subscription_paused.void", "2026-10-10T09:00:00.000000Z", L_STATE,
	    BUYS(LEMON_PRO, 8), .state = SUB_PAUSED },
	{ "subscription_paused.free", "2026-10-10T09:00:00.000000Z", L_STATE,
	    BUYS(LEMON_PRO, 8), .state = SUB_ACTIVE, L_NOV },
	{ "subscription_unpaused", "2026-10-12T09:00:00.000000Z", L_STATE,
	    BUYS(LEMON_PRO, 8), .state = SUB_ACTIVE, L_NOV },
};

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

static const struct story lemon_stories[] = {
	{ "one-time, part of it refunded", { "order_created.one-time",
	    "order_refunded.partial" }, "2026-09-06T00:00:00Z", "free",
	    HOLDING_DEFAULT, 1, true, NULL },
	{ "one-time, refunded", { "order_created.one-time",
	    "order_refunded.partial", "order_refunded.full" },
	    "2026-09-07T00:00:00Z", "free", HOLDING_DEFAULT, 1, false, NULL },
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
	{ "paused and unpaused", { L_RENEWED, "subscription_paused.void",
	    "subscription_unpaused" }, "2026-10-13T00:00:00Z", "pro",
	    HOLDING_ACTIVE, 8, false, NULL },
};

/* --- from rows to facts ------------------------------------------------ */

struct teller {
	const char		*provider;
	const struct said	*said;
	size_t			 said_count;
	const struct story	*stories;
	size_t			 story_count;
};

static const struct str packs[] = { STR("export-pack") };

static struct terms
terms_of(struct str session)
{
	struct terms	 t = {
		.session = session, .user = STR("u"), .quantity = 1,
		.matrix_version = 1, .amount = -1,
	};

	if (str_eq(session, STR(L_SUB))) {
		t.tier = STR("pro");
		t.quantity = 5;
	} else {
		t.addons = packs;
		t.addon_count = COUNT(packs);
	}
	return t;
}

static int64_t
moment(const char *text)
{
	int64_t	 us = 0;

	must(text == NULL || text_untime(str_of(text), &us));
	return us;
}

static struct object_key
key_of(const struct teller *who, enum object_kind kind, const char *ref)
{
	return (struct object_key){ .provider = str_of(who->provider),
	    .kind = kind, .ref = str_of(ref) };
}

static void
say_whose(const struct teller *who, const struct said *s, struct fact *f)
{
	if (s->session != NULL) {
		f->session = str_of(s->session);
		f->named_by = NAMED_BY_BUYER;
		f->terms = terms_of(f->session);
	}
	if (s->link != NULL)
		f->links[f->link_count++] = key_of(who, s->link_kind,
		    s->link);
}

static struct fact
fact_of(const struct teller *who, const struct said *s)
{
	struct fact	 f = {
		.kind = s->kind, .object = key_of(who, s->of, s->ref),
		.at = moment(s->at), .amount = s->amount, .step = s->step,
		.currency = s->amount != 0 ? STR("usd") : STR_NONE,
		.recurring = s->recurring, .state = s->state,
		.paid_until = moment(s->until),
		.cancel_at = moment(s->cancel_at),
		.ended_at = moment(s->ended_at),
		.refund_state = s->refund, .dispute_state = s->dispute,
	};

	if (s->part != NULL)
		f.part_id = str_of(s->part);
	if (s->price != NULL)
		f.items[f.item_count++] = (struct item){ str_of(s->price),
		    s->quantity };
	say_whose(who, s, &f);
	return f;
}

static void
event_of(const struct teller *who, const char *body, struct event *e)
{
	*e = (struct event){ .class = EVENT_FACTS, .facts = arena_many(
	    unit_arena(), EVENT_FACTS_MAX, struct fact) };
	for (size_t i = 0; i < who->said_count; i++)
		if (strcmp(who->said[i].body, body) == 0) {
			must(e->fact_count < EVENT_FACTS_MAX);
			e->facts[e->fact_count++] = fact_of(who,
			    &who->said[i]);
		}
	must(e->fact_count > 0);
}

/* --- telling them ------------------------------------------------------ */

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
shuffle(const struct teller *who, const struct story *s, struct arena *a)
{
	static struct tale	 t;
	struct holding		 h;

	tale_begin(&t, tiers, COUNT(tiers), &pack);
	while (t.count < TALE_EVENTS && s->events[t.count] != NULL) {
		event_of(who, s->events[t.count], &t.events[t.count]);
		t.count++;
	}
	h = tale_in_order(&t, moment(s->now), a);
	as_told(s, &h);
	ROW(tale_shuffled(&t, moment(s->now), a) == 0, s->name);
}

static void
shuffle_all(const struct teller *who)
{
	struct arena	*a = arena_new("other stories", ARENA_BYTES);

	for (size_t i = 0; i < who->story_count; i++)
		shuffle(who, &who->stories[i], a);
	arena_free(&a);
}

/* --- the rows against the fixtures ------------------------------------- */

static void
stands_in(struct str body, const char *text, const char *row)
{
	if (text != NULL)
		ROW(memmem(body.at, body.len, text, strlen(text)) != NULL,
		    row);
}

static void
number_stands_in(struct str body, const char *form, int n, const char *row)
{
	if (n != 0)
		stands_in(body, arena_text(unit_arena(), form, n).at, row);
}

static void
says(const struct teller *who, const struct said *s)
{
	const struct str	 path = arena_text(unit_arena(), "%s/%s.json",
				    who->provider, s->body);
	const struct str	 body = told_fixture(unit_arena(), path.at);
	const char *const	 texts[] = { s->at, s->ref, s->session,
				    s->link, s->price, s->until,
				    s->cancel_at, s->ended_at, s->part };

	for (size_t i = 0; i < COUNT(texts); i++)
		stands_in(body, texts[i], s->body);
	number_stands_in(body, "%d", s->amount, s->body);
	number_stands_in(body, "\"quantity\":%d", s->quantity, s->body);
}

static void
all_say(const struct teller *who)
{
	for (size_t i = 0; i < who->said_count; i++)
		says(who, &who->said[i]);
}

/* --- the tests --------------------------------------------------------- */

static const struct teller teller = {
	"lemonsqueezy", lemon, COUNT(lemon), lemon_stories,
	COUNT(lemon_stories)
};

static void
every_fact_stands_in_its_fixture(void)
{
	all_say(&teller);
}

static void
lemon_squeezy_ends_the_same(void)
{
	shuffle_all(&teller);
}

CU_TestInfo other_stories_tests[] = {
	{ "every fact written by hand stands in its fixture",
	    every_fact_stands_in_its_fixture },
	{ "every story of Lemon Squeezy ends the same, however shuffled",
	    lemon_squeezy_ends_the_same },
	CU_TEST_INFO_NULL
};
