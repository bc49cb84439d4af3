/*
 * The stories of the fixtures of Paddle and Lemon Squeezy, shuffled as those
 * of Stripe are.  Nothing reads their deliveries in this version: the facts
 * below are written by hand until the normalisers exist.  So that they say
 * what the fixtures say, every id, time, price and amount of a fact must
 * stand in the body it is said to come from.
 *
 * Paddle's facts are of occurred_at.  Lemon Squeezy tells no time of its
 * events, so theirs are of the later updated_at, the subscription's or its
 * item's: a change of seats moves only the second.
 */
#include "base/guard.h"
#include "base/text.h"
#include "unit/core/tale.h"
#include "unit/provider/told.h"
#include "unit/unit.h"

enum { ARENA_BYTES = 4 * 1024 * 1024 };

/* --- what the seller of the fixtures sells ----------------------------- */

#define PADDLE_PRO	"pri_01kf0e44m0pf4g882kz93m8f61"
#define PADDLE_TEAM	"pri_01kf0e44m0pg2g97t1cgyzgjk1"
#define PADDLE_PACK	"pri_01kf0e44m0t3nbb58wq0g2s3vx"
#define LEMON_PRO	"450102"
#define LEMON_TEAM	"450103"
#define LEMON_PACK	"450101"

#define SELLS(paddle, lemon) {						\
	{ .provider = STR("paddle"), .id = STR(paddle), .amount = -1 },	\
	{ .provider = STR("lemonsqueezy"), .id = STR(lemon), .amount = -1 } }

static const struct price pro_prices[] = SELLS(PADDLE_PRO, LEMON_PRO);
static const struct price team_prices[] = SELLS(PADDLE_TEAM, LEMON_TEAM);
static const struct price pack_prices[] = SELLS(PADDLE_PACK, LEMON_PACK);
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
#define P_ONE	"ups_01K4RUNGP0000000000000001"
#define P_SUB	"ups_01K4RUNGP0000000000000002"
#define L_ONE	"ups_01K4RUNGL0000000000000001"
#define L_SUB	"ups_01K4RUNGL0000000000000002"

#define P_TXN	OBJECT_PAYMENT, "txn_01m1e6e0rgbmnjcj5mtw4a8tfc"
#define P_FIRST	"txn_01m1e9xpzg9tfdjv4pk0qqkmnm"
#define P_EXTRA	"txn_01m2mxzcr89nhbd8d8cxknjnby"
#define P_CYCLE	"txn_01m3vhyy5g21vrq2gsdqq1bkak"
#define P_S	"sub_01m1ea0mqgvnv6ffr1hh1wxgbq"
#define P_OCT	.until = "2026-10-01T11:00:05.449123Z"
#define P_NOV	.until = "2026-11-01T11:00:05.449123Z"
#define P_STATE	FACT_STATE, OBJECT_SUBSCRIPTION, P_S, P_SUB
#define P_OF	P_SUB, OBJECT_SUBSCRIPTION, P_S
#define PACK_1(p)	.price = (p), .quantity = 1
#define BUYS(p, n)	.price = (p), .quantity = (n), .recurring = true

#define P_ASKED	"adj_01m1rq16g0dq15q5ds32p6amm3"
#define P_WARN	"adj_01m1rq16g0dad0pp4zjnjavxxy"
#define P_BACK	"adj_01m1rq16g0r15s1vge7ds6zdn0"
#define P_UNDO	"adj_01m1rq16g0qt7qr9pve7y22khe"

/* A transaction of the subscription: its money, its period, its items. */
#define P_PAID(body, at, txn, sum, until, items)			\
	{ body, at, FACT_PAID, OBJECT_PAYMENT, txn, P_OF, .amount = sum }, \
	{ body, at, FACT_PERIOD, OBJECT_PAYMENT, txn, P_OF, until },	\
	{ body, at, FACT_ITEMS, OBJECT_PAYMENT, txn, P_OF, items }

#define L_ORDER	OBJECT_ORDER, "5400101", L_ONE
#define L_S	"1300102"
#define L_OCT	.until = "2026-10-01T11:00:02.000000Z"
#define L_NOV	.until = "2026-11-01T11:00:02.000000Z"
#define L_STATE	FACT_STATE, OBJECT_SUBSCRIPTION, L_S, L_SUB,		\
	OBJECT_ORDER, "5400102"
#define L_OF	L_SUB, OBJECT_SUBSCRIPTION, L_S

static const struct said paddle[] = {
	{ "transaction.payment_failed.checkout", "2026-09-01T09:59:34.59909Z",
	    FACT_STEP, P_TXN, P_ONE, .step = PAY_FAILED },
	{ "transaction.paid.one-time", "2026-09-01T10:00:37.401607Z",
	    FACT_PAID, P_TXN, P_ONE, .amount = 5335 },
	{ "transaction.paid.one-time", "2026-09-01T10:00:37.401607Z",
	    FACT_ITEMS, P_TXN, P_ONE, PACK_1(PADDLE_PACK) },
	{ "transaction.completed.one-time", "2026-09-01T10:00:39.366122Z",
	    FACT_PAID, P_TXN, P_ONE, .amount = 5335 },
	{ "transaction.completed.one-time", "2026-09-01T10:00:39.366122Z",
	    FACT_ITEMS, P_TXN, P_ONE, PACK_1(PADDLE_PACK) },

	{ "adjustment.created.refund-full-pending",
	    "2026-09-06T12:00:00.786457Z", FACT_REFUND, P_TXN,
	    .part = P_ASKED, .amount = 5335, .refund = REFUND_PENDING },
	{ "adjustment.updated.refund-full-approved",
	    "2026-09-06T12:10:10.650443Z", FACT_REFUND, P_TXN,
	    .part = P_ASKED, .amount = 5335, .refund = REFUND_SUCCEEDED },
	{ "adjustment.updated.refund-full-rejected",
	    "2026-09-06T12:10:10.650443Z", FACT_REFUND, P_TXN,
	    .part = P_ASKED, .amount = 5335, .refund = REFUND_FAILED },
	{ "adjustment.created.chargeback-warning", "2026-09-19T08:00:00.1Z",
	    FACT_DISPUTE, P_TXN, .part = P_WARN, .dispute = DISPUTE_WARNING },
	{ "adjustment.created.chargeback", "2026-09-20T08:00:00.4Z",
	    FACT_DISPUTE, P_TXN, .part = P_BACK, .dispute = DISPUTE_OPEN },
	{ "adjustment.created.chargeback-reverse", "2026-10-18T16:00:00.4Z",
	    FACT_DISPUTE, P_TXN, .part = P_UNDO, .dispute = DISPUTE_WON },
	{ "adjustment.updated.chargeback-reversed", "2026-10-18T16:00:00.41Z",
	    FACT_DISPUTE, P_TXN, .part = P_BACK, .dispute = DISPUTE_WON },

	{ "subscription.created", "2026-09-01T11:00:07.382761Z", P_STATE,
	    OBJECT_PAYMENT, P_FIRST, BUYS(PADDLE_PRO, 5),
	    .state = SUB_ACTIVE, P_OCT },
	{ "subscription.activated", "2026-09-01T11:00:07.388239Z", P_STATE,
	    BUYS(PADDLE_PRO, 5), .state = SUB_ACTIVE, P_OCT },
	P_PAID("transaction.completed.subscription-first",
	    "2026-09-01T11:00:09.1234567Z", P_FIRST, 15787, P_OCT,
	    BUYS(PADDLE_PRO, 5)),
	{ "subscription.updated.upgrade", "2026-09-16T11:00:11.268117Z",
	    P_STATE, BUYS(PADDLE_TEAM, 5), .state = SUB_ACTIVE, P_OCT },
	P_PAID("transaction.completed.subscription-update",
	    "2026-09-16T11:00:13.9Z", P_EXTRA, 21503, P_OCT,
	    BUYS(PADDLE_TEAM, 5)),
	{ "subscription.updated.seats", "2026-09-18T08:15:01.000001Z",
	    P_STATE, BUYS(PADDLE_TEAM, 8), .state = SUB_ACTIVE, P_OCT },
	{ "subscription.updated.downgrade", "2026-09-20T08:15:01.25Z",
	    P_STATE, BUYS(PADDLE_PRO, 8), .state = SUB_ACTIVE, P_OCT },
	{ "subscription.updated.renewed", "2026-10-01T11:00:35.5Z", P_STATE,
	    BUYS(PADDLE_PRO, 8), .state = SUB_ACTIVE, P_NOV },
	P_PAID("transaction.completed.renewal",
	    "2026-10-01T11:00:36.000812345Z", P_CYCLE, 25259, P_NOV,
	    BUYS(PADDLE_PRO, 8)),
	{ "subscription.updated.scheduled-cancel", "2026-10-05T17:20:00.9Z",
	    P_STATE, BUYS(PADDLE_PRO, 8), .state = SUB_ACTIVE, P_NOV,
	    .cancel_at = "2026-11-01T11:00:05.449123Z" },
	{ "subscription.canceled", "2026-11-01T11:00:40.873Z", P_STATE,
	    BUYS(PADDLE_PRO, 8), .state = SUB_CANCELED,
	    .ended_at = "2026-11-01T11:00:40.868Z" },

	{ "transaction.past_due", "2026-10-01T11:00:33.7Z", FACT_STEP,
	    OBJECT_PAYMENT, P_CYCLE, P_OF, .step = PAY_FAILED },
	{ "transaction.payment_failed.renewal", "2026-10-01T11:00:33.64Z",
	    FACT_STEP, OBJECT_PAYMENT, P_CYCLE, P_OF, .step = PAY_FAILED },
	{ "subscription.past_due", "2026-10-01T11:00:34.697239Z", P_STATE,
	    BUYS(PADDLE_PRO, 8), .state = SUB_PAST_DUE, P_NOV },
	{ "subscription.paused", "2026-10-10T09:00:00.219Z", P_STATE,
	    BUYS(PADDLE_PRO, 8), .state = SUB_PAUSED },
	{ "subscription.resumed", "2026-10-12T09:00:01Z", P_STATE,
	    BUYS(PADDLE_PRO, 8), .state = SUB_ACTIVE,
	    .until = "2026-11-12T09:00:00.214Z" },
};

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

#define P_BOUGHT	"transaction.payment_failed.checkout",		\
	"transaction.paid.one-time", "transaction.completed.one-time"
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

static const struct story paddle_stories[] = {
	{ "one-time", { P_BOUGHT }, "2026-09-05T00:00:00Z", "free",
	    HOLDING_DEFAULT, 1, true, NULL },
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
	{ "a first month begun", { P_BEGUN }, "2026-09-02T00:00:00Z", "pro",
	    HOLDING_ACTIVE, 5, false, NULL },
	{ "raised, more seats", { P_CHANGED }, "2026-09-19T00:00:00Z",
	    "team", HOLDING_ACTIVE, 8, false, NULL },
	{ "renewed", { P_RENEWED }, "2026-10-03T00:00:00Z", "pro",
	    HOLDING_ACTIVE, 8, false, NULL },
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
	{ "paused", { P_RENEWED, "subscription.paused" },
	    "2026-10-11T00:00:00Z", "free", HOLDING_SUSPENDED, 1, false,
	    NULL },
	{ "paused and resumed", { P_RENEWED, "subscription.paused",
	    "subscription.resumed" }, "2026-11-05T00:00:00Z", "pro",
	    HOLDING_ACTIVE, 8, false, NULL },
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

	if (str_eq(session, STR(P_SUB)) || str_eq(session, STR(L_SUB))) {
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

static const struct teller tellers[] = {
	{ "paddle", paddle, COUNT(paddle), paddle_stories,
	    COUNT(paddle_stories) },
	{ "lemonsqueezy", lemon, COUNT(lemon), lemon_stories,
	    COUNT(lemon_stories) },
};

static void
every_fact_stands_in_its_fixture(void)
{
	for (size_t i = 0; i < COUNT(tellers); i++)
		all_say(&tellers[i]);
}

static void
paddle_ends_the_same(void)
{
	shuffle_all(&tellers[0]);
}

static void
lemon_squeezy_ends_the_same(void)
{
	shuffle_all(&tellers[1]);
}

CU_TestInfo other_stories_tests[] = {
	{ "every fact written by hand stands in its fixture",
	    every_fact_stands_in_its_fixture },
	{ "every story of Paddle ends the same, however shuffled",
	    paddle_ends_the_same },
	{ "every story of Lemon Squeezy ends the same, however shuffled",
	    lemon_squeezy_ends_the_same },
	CU_TEST_INFO_NULL
};
