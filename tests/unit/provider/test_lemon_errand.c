/*
 * What Lemon Squeezy is asked, and what is made of its answers.  The requests
 * are those of its API reference, member by member.
 */
#include "base/clock.h"
#include "base/guard.h"
#include "base/text.h"
#include "core/object.h"
#include "provider/lemon.h"
#include "unit/provider/told.h"
#include "unit/unit.h"

#define NOW	(INT64_C(1788256800) * SECOND)	/* 2026-09-01T10:00:00Z */
#define SESSION	"us_0198c1e2a0007000800000000000000a"

static const struct api_rules	rules = {
	.key = STR("eyJ0"), .store = STR("64021"),
};

static const struct errand	checkout = {
	.kind = ERRAND_CHECKOUT, .rules = &rules, .now = NOW,
	.session = STR(SESSION), .user = STR("u \"1\""),
	.price = STR("450102"), .quantity = 5,
	.success_url = STR("https://a/b?x=1"), .expires_at = NOW + HOUR,
};

/* An errand about subscription 130. */
static struct errand
about(enum errand_kind kind)
{
	return (struct errand){
		.kind = kind, .rules = &rules, .now = NOW,
		.price = STR("450103"), .quantity = 8,
		.object = { STR("lemonsqueezy"), STR_NONE,
		    OBJECT_SUBSCRIPTION, STR("130") },
	};
}

struct talk {
	struct call_answer	 answers[ERRAND_CALLS_MAX];
	size_t			 count;
	enum errand_turn	 turn;
	struct call		 call;
	struct errand_result	 result;
	struct err		 e;
	enum rc			 rc;
};

static void
turn(struct talk *t, const struct errand *x)
{
	t->rc = provider_lemonsqueezy.errand(x, t->answers, t->count,
	    unit_arena(), &t->turn, &t->call, &t->result, &t->e);
}

static void
answer(struct talk *t, const struct errand *x, int status, struct str body)
{
	must(t->count < ERRAND_CALLS_MAX);
	t->answers[t->count++] = (struct call_answer){
		.status = status, .body = body,
	};
	turn(t, x);
}

static struct str
header(const struct talk *t, const char *name)
{
	for (size_t i = 0; i < t->call.header_count; i++)
		if (strcmp(t->call.headers[i].name, name) == 0)
			return t->call.headers[i].value;
	return STR_NONE;
}

#define ASKS(t, m, p) do {						\
	CU_ASSERT_EQUAL((t).rc, RC_OK);					\
	CU_ASSERT_EQUAL((t).turn, TURN_CALL);				\
	CU_ASSERT_STRING_EQUAL((t).call.method, (m));			\
	SAME((t).call.path, (p));					\
	SAME(header(&(t), "Authorization"), "Bearer eyJ0");		\
	SAME(header(&(t), "Accept"), "application/vnd.api+json");	\
	SAME(header(&(t), "Content-Type"), "application/vnd.api+json");	\
} while (0)

#define ENDS(t, how) do {						\
	CU_ASSERT_EQUAL((t).rc, RC_OK);					\
	CU_ASSERT_EQUAL((t).turn, TURN_OVER);				\
	CU_ASSERT_EQUAL((t).result.end, (how));				\
} while (0)

/* Subscription 130 as the API shows it. */
static struct str
shown(int variant, int seats, const char *status)
{
	return arena_text(unit_arena(), "{\"data\":{\"type\":"
	    "\"subscriptions\",\"id\":\"130\",\"attributes\":{\"store_id\":"
	    "64021,\"order_id\":540,\"variant_id\":%d,\"status\":\"%s\","
	    "\"renews_at\":\"2026-10-01T11:00:02.000000Z\","
	    "\"ends_at\":\"2026-10-01T11:00:02.000000Z\","
	    "\"updated_at\":\"2026-09-16T11:00:05.000000Z\","
	    "\"test_mode\":true,\"urls\":{\"customer_portal\":"
	    "\"https://s.lemonsqueezy.com/billing?signature=1\"},"
	    "\"first_subscription_item\":{\"id\":129,\"quantity\":%d}}}}",
	    variant, status, seats);
}

/* What the body says, in one line. */
static struct str
told(const struct talk *t, size_t i)
{
	const struct hook_rules	hooks = { .account = STR("64021") };
	struct event		ev;

	CU_ASSERT_FATAL(i < t->result.body_count);
	provider_lemonsqueezy.normalise(&(struct hook){
	    .body = t->result.bodies[i] }, &hooks, unit_arena(), &ev);
	CU_ASSERT_FALSE(ev.livemode);
	CU_ASSERT_TRUE(str_starts(ev.id, STR("f:")));
	return arena_text(unit_arena(), "%.*s %.*s", STR_FMT(ev.type),
	    STR_FMT(told_event(unit_arena(), &ev)));
}

/* --- a checkout -------------------------------------------------------- */

static void
a_checkout_sells_one_variant_and_names_its_session(void)
{
	struct talk	t = { .count = 0 };

	turn(&t, &checkout);
	ASKS(t, "POST", "/v1/checkouts");
	SAME(t.call.body, "{\"data\":{\"type\":\"checkouts\",\"attributes\":"
	    "{\"checkout_data\":{\"custom\":{\"rung_session\":\"" SESSION
	    "\",\"rung_user\":\"u \\\"1\\\"\"},\"variant_quantities\":"
	    "[{\"variant_id\":450102,\"quantity\":5}]},\"product_options\":"
	    "{\"enabled_variants\":[450102],\"redirect_url\":"
	    "\"https://a/b?x=1\"},\"expires_at\":"
	    "\"2026-09-01T11:00:00.000Z\",\"test_mode\":true},"
	    "\"relationships\":{\"store\":{\"data\":{\"type\":\"stores\","
	    "\"id\":\"64021\"}},\"variant\":{\"data\":{\"type\":\"variants\","
	    "\"id\":\"450102\"}}}}}");
	answer(&t, &checkout, 201, STR("{\"data\":{\"type\":\"checkouts\","
	    "\"id\":\"ac470bd4-7c41-474d-b6cd-0f296f5be02a\",\"attributes\":"
	    "{\"expires_at\":\"2026-09-01T11:00:00.000000Z\",\"url\":"
	    "\"https://s.lemonsqueezy.com/checkout/custom/ac47\"}}}"));
	ENDS(t, ERRAND_DONE);
	SAME(t.result.url, "https://s.lemonsqueezy.com/checkout/custom/ac47");
	CU_ASSERT_EQUAL(t.result.expires_at, NOW + HOUR);
	CU_ASSERT_EQUAL(t.result.made_count, 1);
	CU_ASSERT_EQUAL(t.result.made[0].kind, OBJECT_CHECKOUT);
	SAME(t.result.made[0].ref, "ac470bd4-7c41-474d-b6cd-0f296f5be02a");
}

static bool
says(const struct talk *t, const char *what)
{
	return memmem(t->call.body.at, t->call.body.len, what,
	    strlen(what)) != NULL;
}

static void
a_checkout_has_the_buyers_address_filled_in(void)
{
	struct errand	x = checkout;
	struct talk	t = { .count = 0 };

	x.email = STR("u1@shop.example");
	turn(&t, &x);
	ASKS(t, "POST", "/v1/checkouts");
	CU_ASSERT_TRUE(says(&t, "{\"checkout_data\":{\"email\":"
	    "\"u1@shop.example\",\"custom\":{"));
	answer(&t, &x, 201, STR("{\"data\":{\"id\":\"ac47\",\"attributes\":"
	    "{\"created_at\":\"2026-09-01T10:00:07.000000Z\",\"url\":"
	    "\"https://s.lemonsqueezy.com/checkout/custom/ac47\"}}}"));
	ENDS(t, ERRAND_DONE);
	CU_ASSERT_EQUAL(t.result.made_at, NOW + 7 * SECOND);
}

static void
a_checkout_refused_with_an_address_is_asked_for_without(void)
{
	const struct str	refused = STR("{\"errors\":[{\"detail\":"
				    "\"no address\"}]}");
	struct errand		x = checkout;
	struct talk		t = { .count = 0 }, gone = { .count = 0 };

	x.email = STR("u1@shop");
	answer(&t, &x, 422, refused);
	ASKS(t, "POST", "/v1/checkouts");
	CU_ASSERT_FALSE(says(&t, "email"));
	CU_ASSERT_TRUE(says(&t, "\"rung_session\":\"" SESSION "\""));
	answer(&t, &x, 422, refused);
	ENDS(t, ERRAND_REFUSED);
	SAME(t.result.why, "no address");
	answer(&gone, &x, 404, refused);
	ENDS(gone, ERRAND_REFUSED);
}

static void
a_live_checkout_is_no_test(void)
{
	const struct api_rules	live = {
		.key = STR("k"), .store = STR("1"), .livemode = true,
	};
	struct errand	x = checkout;
	struct talk	t = { .count = 0 };
	struct str	body;

	x.rules = &live;
	x.expires_at = 0;
	turn(&t, &x);
	body = t.call.body;
	CU_ASSERT_PTR_NOT_NULL(memmem(body.at, body.len,
	    "\"test_mode\":false", 17));
	CU_ASSERT_PTR_NULL(memmem(body.at, body.len, "expires_at", 10));
}

static void
what_cannot_be_sold_is_refused_without_asking(void)
{
	static const char *const	bad[] = { "", "price_1", "0", "-1" };
	const struct api_rules		storeless = { .key = STR("k") };
	struct errand	x = checkout;
	struct talk	t = { .count = 0 };

	for (size_t i = 0; i < COUNT(bad); i++) {
		x.price = str_of(bad[i]);
		turn(&t, &x);
		ENDS(t, ERRAND_REFUSED);
		SAME(t.result.why, "the price in the matrix is not the "
		    "number of a Lemon Squeezy variant");
	}
	x = checkout;
	x.rules = &storeless;
	turn(&t, &x);
	ENDS(t, ERRAND_REFUSED);
	SAME(t.result.why, "lemonsqueezy_store is not set: a checkout is one "
	    "of a store");
}

static void
what_lemon_squeezy_cannot_do_is_refused_without_asking(void)
{
	static const enum errand_kind	kinds[] = {
		ERRAND_CLOSE, ERRAND_QUOTE, ERRAND_PLAN,
	};
	struct errand	x = about(ERRAND_CANCEL);
	struct talk	t = { .count = 0 };

	for (size_t i = 0; i < COUNT(kinds); i++) {
		const struct errand y = about(kinds[i]);

		turn(&t, &y);
		ENDS(t, ERRAND_REFUSED);
		CU_ASSERT_TRUE(t.result.why.len > 0);
	}
	x.immediately = true;
	turn(&t, &x);
	ENDS(t, ERRAND_REFUSED);
	CU_ASSERT_TRUE(t.result.why.len > 0);
}

/* --- failures ---------------------------------------------------------- */

static void
failures_are_told_apart(void)
{
	static const struct {
		int		 status;
		const char	*body;
		enum rc		 rc;
		enum errand_end	 end;
		const char	*why;
	} rows[] = {
		{ 401, "", RC_PROVIDER_DENIED, 0, NULL },
		{ 403, "{}", RC_PROVIDER_DENIED, 0, NULL },
		{ 429, "{}", RC_PROVIDER_DOWN, 0, NULL },
		{ 500, "", RC_PROVIDER_DOWN, 0, NULL },
		{ 503, "<html>", RC_PROVIDER_DOWN, 0, NULL },
		{ 302, "", RC_PROVIDER_DOWN, 0, NULL },
		{ 0, "", RC_PROVIDER_DOWN, 0, NULL },
		{ 200, "<html>", RC_PROVIDER_DOWN, 0, NULL },
		{ 404, "", RC_OK, ERRAND_GONE, "it answered 404" },
		{ 402, "{}", RC_OK, ERRAND_DECLINED, "it answered 402" },
		{ 422, "{\"errors\":[{\"status\":\"422\",\"detail\":\"The "
		    "variant is not published.\"}]}", RC_OK, ERRAND_REFUSED,
		    "The variant is not published." },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct errand x = about(ERRAND_RESUME);
		struct talk	 t = { .count = 0 };

		answer(&t, &x, rows[i].status, str_of(rows[i].body));
		CU_ASSERT_EQUAL(t.rc, rows[i].rc);
		if (rows[i].rc != RC_OK)
			continue;
		ENDS(t, rows[i].end);
		SAME(t.result.why, rows[i].why);
	}
}

static void
a_checkout_of_an_unknown_variant_is_refused(void)
{
	struct talk	t = { .count = 0 };

	answer(&t, &checkout, 404, STR("{\"errors\":[{\"detail\":"
	    "\"The related resource does not exist.\"}]}"));
	ENDS(t, ERRAND_REFUSED);
	SAME(t.result.why, "The related resource does not exist.");
	t.count = 0;
	answer(&t, &checkout, 201, STR("{\"data\":{\"id\":\"1\"}}"));
	CU_ASSERT_EQUAL(t.rc, RC_PROVIDER_DOWN);
}

/* --- a subscription ---------------------------------------------------- */

static void
a_cancel_and_a_change_of_mind_tell_what_came_of_them(void)
{
	const struct errand	cancel = about(ERRAND_CANCEL);
	const struct errand	resume = about(ERRAND_RESUME);
	struct talk		t = { .count = 0 };

	turn(&t, &cancel);
	ASKS(t, "DELETE", "/v1/subscriptions/130");
	CU_ASSERT_EQUAL(t.call.body.len, 0);
	answer(&t, &cancel, 200, shown(450102, 5, "cancelled"));
	ENDS(t, ERRAND_DONE);
	CU_ASSERT_EQUAL(t.result.body_count, 1);
	SAME_STR(told(&t, 0), STR("subscription_cancelled facts: state "
	    "subscription 130 active cancel_at 1790852402 until "
	    "1790852402 -> order 540; items subscription 130 5x450102"));
	t.count = 0;
	answer(&t, &cancel, 204, STR_NONE);
	ENDS(t, ERRAND_DONE);
	CU_ASSERT_EQUAL(t.result.body_count, 0);

	t.count = 0;
	turn(&t, &resume);
	ASKS(t, "PATCH", "/v1/subscriptions/130");
	SAME(t.call.body, "{\"data\":{\"type\":\"subscriptions\",\"id\":"
	    "\"130\",\"attributes\":{\"cancelled\":false}}}");
	answer(&t, &resume, 200, shown(450102, 5, "active"));
	ENDS(t, ERRAND_DONE);
	SAME_STR(told(&t, 0), STR("subscription_updated facts: state "
	    "subscription 130 active until 1790852402 -> order 540; "
	    "items subscription 130 5x450102"));
}

static void
a_portal_is_the_subscriptions_own_link(void)
{
	struct errand	x = about(ERRAND_PORTAL);
	struct talk	t = { .count = 0 };

	turn(&t, &x);
	ASKS(t, "GET", "/v1/subscriptions/130");
	answer(&t, &x, 200, shown(450102, 5, "active"));
	ENDS(t, ERRAND_DONE);
	SAME(t.result.url, "https://s.lemonsqueezy.com/billing?signature=1");
	t.count = 0;
	answer(&t, &x, 200, STR("{\"data\":{}}"));
	ENDS(t, ERRAND_REFUSED);
	t.count = 0;
	x.object.kind = OBJECT_ORDER;
	turn(&t, &x);
	ENDS(t, ERRAND_REFUSED);
}

#define SWITCHES(t) do {						\
	ASKS((t), "PATCH", "/v1/subscriptions/130");			\
	SAME((t).call.body, "{\"data\":{\"type\":\"subscriptions\","	\
	    "\"id\":\"130\",\"attributes\":{\"variant_id\":450103,"	\
	    "\"invoice_immediately\":true}}}");				\
} while (0)

#define SEATS(t) do {							\
	ASKS((t), "PATCH", "/v1/subscription-items/129");		\
	SAME((t).call.body, "{\"data\":{\"type\":\"subscription-items\"," \
	    "\"id\":\"129\",\"attributes\":{\"quantity\":8,"		\
	    "\"invoice_immediately\":true}}}");				\
} while (0)

#define LOOKS(t)	ASKS((t), "GET", "/v1/subscriptions/130")

static void
seats_wait_until_the_new_variant_can_be_seen(void)
{
	const struct errand	x = about(ERRAND_CHANGE);
	struct talk		t = { .count = 0 };

	turn(&t, &x);
	LOOKS(t);
	answer(&t, &x, 200, shown(450102, 5, "active"));
	SWITCHES(t);
	answer(&t, &x, 200, shown(450103, 5, "active"));
	LOOKS(t);
	answer(&t, &x, 200, shown(450102, 5, "active"));
	LOOKS(t);
	answer(&t, &x, 200, shown(450103, 5, "active"));
	SEATS(t);
	answer(&t, &x, 200, STR("{\"data\":{\"id\":\"129\"}}"));
	LOOKS(t);
	answer(&t, &x, 200, shown(450103, 8, "active"));
	ENDS(t, ERRAND_DONE);
	CU_ASSERT_EQUAL_FATAL(t.result.body_count, 1);
	SAME_STR(told(&t, 0), STR("subscription_updated facts: state "
	    "subscription 130 active until 1790852402 -> order 540; "
	    "items subscription 130 8x450103"));
}

static void
a_change_does_only_what_is_left_to_do(void)
{
	const struct errand	x = about(ERRAND_CHANGE);
	struct talk		t = { .count = 0 };

	answer(&t, &x, 200, shown(450103, 8, "active"));
	ENDS(t, ERRAND_DONE);
	CU_ASSERT_EQUAL(t.result.body_count, 1);
	t.count = 0;
	answer(&t, &x, 200, shown(450103, 5, "active"));
	SEATS(t);
	t.count = 0;
	answer(&t, &x, 200, shown(450102, 8, "active"));
	SWITCHES(t);
	answer(&t, &x, 204, STR_NONE);
	LOOKS(t);
	answer(&t, &x, 200, shown(450103, 8, "active"));
	ENDS(t, ERRAND_DONE);
}

static void
a_change_that_does_not_show_is_not_sent_again(void)
{
	const struct errand	x = about(ERRAND_CHANGE);
	struct talk		t = { .count = 0 };
	size_t			sent = 0;

	turn(&t, &x);
	while (t.rc == RC_OK && t.turn == TURN_CALL) {
		sent += strcmp(t.call.method, "PATCH") == 0;
		answer(&t, &x, 200, shown(450102, 5, "active"));
	}
	CU_ASSERT_EQUAL(t.rc, RC_PROVIDER_DOWN);
	CU_ASSERT_EQUAL(t.count, ERRAND_CALLS_MAX);
	CU_ASSERT_EQUAL(sent, 1);
}

static void
a_change_that_fails_halfway_tells_where_it_stands(void)
{
	const struct errand	x = about(ERRAND_CHANGE);
	struct talk		t = { .count = 0 };

	answer(&t, &x, 200, shown(450102, 5, "active"));
	answer(&t, &x, 402, STR_NONE);
	ENDS(t, ERRAND_DECLINED);
	CU_ASSERT_EQUAL(t.result.body_count, 0);
	t.count = 1;
	answer(&t, &x, 200, shown(450103, 5, "active"));
	answer(&t, &x, 200, shown(450103, 5, "active"));
	SEATS(t);
	answer(&t, &x, 422, STR_NONE);
	ENDS(t, ERRAND_REFUSED);
	CU_ASSERT_EQUAL_FATAL(t.result.body_count, 1);
	SAME_STR(told(&t, 0), STR("subscription_updated facts: state "
	    "subscription 130 active until 1790852402 -> order 540; "
	    "items subscription 130 5x450103"));
}

static void
what_is_over_or_has_no_seats_is_not_changed(void)
{
	struct errand	x = about(ERRAND_CHANGE);
	struct talk	t = { .count = 0 };

	answer(&t, &x, 200, shown(450102, 5, "expired"));
	ENDS(t, ERRAND_GONE);
	t.count = 0;
	answer(&t, &x, 404, STR_NONE);
	ENDS(t, ERRAND_GONE);
	t.count = 0;
	answer(&t, &x, 200, STR("{\"data\":{\"attributes\":{\"variant_id\":"
	    "450103,\"first_subscription_item\":null}}}"));
	ENDS(t, ERRAND_REFUSED);
	t.count = 0;
	answer(&t, &x, 200, STR("{\"data\":{\"type\":\"subscriptions\","
	    "\"attributes\":{\"variant_id\":450103,"
	    "\"first_subscription_item\":{\"id\":129,\"quantity\":0,"
	    "\"is_usage_based\":true}}}}"));
	ENDS(t, ERRAND_DONE);
	t.count = 0;
	x.price = STR("pri_1");
	answer(&t, &x, 200, shown(450103, 8, "active"));
	ENDS(t, ERRAND_REFUSED);
}

/* --- looking things up ------------------------------------------------- */

static void
one_object_is_told_as_its_delivery(void)
{
	static const struct {
		enum object_kind	 kind;
		const char		*path, *shown, *told;
	} rows[] = {
		{ OBJECT_ORDER, "/v1/orders/130",
		    "\"orders\",\"id\":\"130\",\"attributes\":{\"status\":"
		    "\"paid\",\"total\":4900,\"currency\":\"USD\","
		    "\"updated_at\":\"2026-09-01T10:00:44Z\"",
		    "order_created facts: paid order 130 4900 usd" },
		{ OBJECT_ORDER, "/v1/orders/130",
		    "\"orders\",\"id\":\"130\",\"attributes\":{\"status\":"
		    "\"refunded\",\"total\":4900,\"currency\":\"USD\","
		    "\"updated_at\":\"2026-09-01T10:00:44Z\"",
		    "order_refunded facts: paid order 130 4900 usd; refunded "
		    "order 130 4900" },
		{ OBJECT_SUBSCRIPTION, "/v1/subscriptions/130",
		    "\"subscriptions\",\"id\":\"130\",\"attributes\":"
		    "{\"status\":\"expired\",\"variant_id\":7,"
		    "\"updated_at\":\"2026-09-01T10:00:44Z\"",
		    "subscription_expired facts: state subscription 130 "
		    "canceled at 1788256844; items subscription 130 1x7" },
		{ OBJECT_SUBSCRIPTION, "/v1/subscriptions/130",
		    "\"subscriptions\",\"id\":\"130\",\"attributes\":"
		    "{\"status\":\"paused\",\"variant_id\":7,"
		    "\"updated_at\":\"2026-09-01T10:00:44Z\"",
		    "subscription_paused facts: state subscription 130 "
		    "paused; items subscription 130 1x7" },
		{ OBJECT_INVOICE, "/v1/subscription-invoices/130",
		    "\"subscription-invoices\",\"id\":\"130\",\"attributes\":"
		    "{\"status\":\"paid\",\"total\":1,\"currency\":\"USD\","
		    "\"subscription_id\":5,"
		    "\"updated_at\":\"2026-09-01T10:00:44Z\"",
		    "subscription_payment_success facts: paid invoice 130 1 "
		    "usd -> subscription 5" },
		{ OBJECT_INVOICE, "/v1/subscription-invoices/130",
		    "\"subscription-invoices\",\"id\":\"130\",\"attributes\":"
		    "{\"status\":\"pending\","
		    "\"updated_at\":\"2026-09-01T10:00:44Z\"", NULL },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct errand	x = about(ERRAND_LOOK);
		struct talk	t = { .count = 0 };

		x.object.kind = rows[i].kind;
		turn(&t, &x);
		ASKS(t, "GET", rows[i].path);
		answer(&t, &x, 200, arena_text(unit_arena(),
		    "{\"data\":{\"type\":%s}}}", rows[i].shown));
		ENDS(t, ERRAND_DONE);
		CU_ASSERT_EQUAL(t.result.body_count, rows[i].told != NULL);
		if (rows[i].told != NULL)
			SAME_STR(told(&t, 0), str_of(rows[i].told));
	}
}

static void
what_it_does_not_show_is_not_looked_for(void)
{
	struct errand	x = about(ERRAND_LOOK);
	struct talk	t = { .count = 0 };

	x.object.kind = OBJECT_CHECKOUT;
	turn(&t, &x);
	ENDS(t, ERRAND_REFUSED);
}

/* The seats of 130 after two deliveries, whichever is heard first. */
static int64_t
seats_after(struct str first, struct str second)
{
	const struct str	bodies[] = { first, second };
	const struct hook_rules	hooks = { .livemode = false };
	struct object		o = { 0 };
	struct err		e;
	bool			changed;

	for (size_t i = 0; i < COUNT(bodies); i++) {
		struct event	ev;

		provider_lemonsqueezy.normalise(&(struct hook){
		    .body = bodies[i] }, &hooks, unit_arena(), &ev);
		CU_ASSERT_EQUAL_FATAL(ev.class, EVENT_FACTS);
		if (i == 0)
			object_init(&o, &ev.facts[0].object);
		for (size_t j = 0; j < ev.fact_count; j++)
			CU_ASSERT_EQUAL(object_merge(&o, &ev.facts[j],
			    unit_arena(), &changed, &e), RC_OK);
	}
	CU_ASSERT_EQUAL_FATAL(o.item_count, 1);
	return o.items[0].quantity;
}

/* A subscription of so many seats, delivered or looked at. */
static struct str
with_seats(int seats, const char *meta)
{
	struct str	all = shown(450102, seats, "active");

	return arena_text(unit_arena(), "%.*s,\"meta\":{\"event_name\":"
	    "\"subscription_updated\"%s}}", (int)all.len - 1, all.at, meta);
}

static void
of_one_second_the_look_is_the_later_word(void)
{
	static const char *const	seen[] = {
		"2026-09-16T11:00:05.500Z", "2026-09-16T11:00:04Z",
		"2026-09-16T11:00:06Z", "2030-01-01T00:00:00Z",
	};
	struct str	more = with_seats(8, "");

	for (size_t i = 0; i < COUNT(seen); i++) {
		struct str fewer = with_seats(5, arena_text(unit_arena(),
		    ",\"" LEMON_SEEN_AT "\":\"%s\"", seen[i]).at);

		CU_ASSERT_EQUAL(seats_after(more, fewer), 5);
		CU_ASSERT_EQUAL(seats_after(fewer, more), 5);
	}
	CU_ASSERT_EQUAL(seats_after(more, with_seats(5, "")), 8);
}

/* The order of seconds stands: a look at what was tells of that second. */
static void
a_look_is_no_word_on_what_came_after(void)
{
	struct str	 look = with_seats(5, ",\"" LEMON_SEEN_AT "\":"
			    "\"2030-01-01T00:00:00Z\"");
	struct str	 next = with_seats(8, "");
	char		*second = memmem(next.at, next.len, "11:00:05.", 9);

	CU_ASSERT_PTR_NOT_NULL_FATAL(second);
	second[7] = '6';
	CU_ASSERT_EQUAL(seats_after(look, next), 8);
	CU_ASSERT_EQUAL(seats_after(next, look), 8);
}

/* A page of failed orders, newest first: one a day, back from this day. */
static struct str
page(const char *type, int day, int count, const char *more)
{
	struct arena	*a = unit_arena();
	struct str	 list = STR_NONE;

	for (int i = 0; i < count; i++) {
		struct str when = text_time(a,
		    NOW + (int64_t)(day - i) * DAY);

		list = arena_text(a, "%.*s%s{\"type\":\"%s\",\"id\":\"%d\","
		    "\"attributes\":{\"status\":\"unpaid\",\"variant_id\":7,"
		    "\"created_at\":\"%.*s\",\"updated_at\":\"%.*s\"}}",
		    STR_FMT(list), i > 0 ? "," : "", type, 1000 + day - i,
		    STR_FMT(when), STR_FMT(when));
	}
	return arena_text(a, "{\"data\":[%.*s]%s}", STR_FMT(list), more);
}

#define PAGE(n, of)	",\"meta\":{\"page\":{\"currentPage\":" #n	\
	",\"lastPage\":" #of "}}"

static void
a_list_goes_over_orders_then_subscriptions_then_invoices(void)
{
	struct errand	x = about(ERRAND_LIST);
	struct talk	t = { .count = 0 };

	x.since = NOW - DAY;
	turn(&t, &x);
	ASKS(t, "GET", "/v1/orders?filter[store_id]=64021&page[number]=1"
	    "&page[size]=50");
	answer(&t, &x, 200, page("orders", 0, 3, PAGE(1, 2)));
	ENDS(t, ERRAND_DONE);
	CU_ASSERT_EQUAL_FATAL(t.result.body_count, 2);
	SAME_STR(told(&t, 0), STR("order_created facts: seen order 999"));
	SAME_STR(told(&t, 1), STR("order_created facts: seen order 1000"));
	SAME(t.result.cursor, "orders:2");

	x.cursor = t.result.cursor;
	t.count = 0;
	turn(&t, &x);
	ASKS(t, "GET", "/v1/orders?filter[store_id]=64021&page[number]=2"
	    "&page[size]=50");
	answer(&t, &x, 200, page("orders", -3, 1, PAGE(2, 2)));
	SAME(t.result.cursor, "subscriptions:1");
	CU_ASSERT_EQUAL(t.result.body_count, 0);

	x.cursor = t.result.cursor;
	t.count = 0;
	turn(&t, &x);
	ASKS(t, "GET", "/v1/subscriptions?filter[store_id]=64021"
	    "&page[number]=1&page[size]=50");
	answer(&t, &x, 200, page("subscriptions", 0, 1, ""));
	CU_ASSERT_EQUAL(t.result.body_count, 1);
	SAME(t.result.cursor, "subscription-invoices:1");

	x.cursor = t.result.cursor;
	t.count = 0;
	turn(&t, &x);
	ASKS(t, "GET", "/v1/subscription-invoices?filter[store_id]=64021"
	    "&page[number]=1&page[size]=50");
	answer(&t, &x, 200, STR("{\"data\":[]}"));
	ENDS(t, ERRAND_DONE);
	CU_ASSERT_EQUAL(t.result.cursor.len, 0);
}

/* An old order may be refunded of late; an old subscription may do anything. */
static void
old_subscriptions_are_looked_at_and_very_old_money_is_not(void)
{
	struct errand	x = about(ERRAND_LIST);
	struct talk	t = { .count = 0 };

	x.since = NOW;
	answer(&t, &x, 200, page("orders", -119, 2, PAGE(1, 9)));
	SAME(t.result.cursor, "orders:2");
	t.count = 0;
	answer(&t, &x, 200, page("orders", -120, 2, PAGE(1, 9)));
	SAME(t.result.cursor, "subscriptions:1");
	t.count = 0;
	x.cursor = STR("subscriptions:4");
	answer(&t, &x, 200, page("subscriptions", -500, 2, PAGE(4, 9)));
	SAME(t.result.cursor, "subscriptions:5");
	t.count = 0;
	answer(&t, &x, 200, page("subscriptions", -500, 2,
	    ",\"links\":{\"next\":\"https://next\"}"));
	SAME(t.result.cursor, "subscriptions:5");
	t.count = 0;
	answer(&t, &x, 200, page("subscriptions", -500, 2,
	    ",\"links\":{\"next\":null}"));
	SAME(t.result.cursor, "subscription-invoices:1");
}

/* What the list says of the buyer, and the same body as of a session. */
static void
a_listed_order_can_be_told_as_of_a_session(void)
{
	static const struct hook_rules	 hooks = { .livemode = true };
	struct arena	*a = unit_arena();
	struct errand	 x = about(ERRAND_LIST);
	struct talk	 t = { .count = 0 };
	struct str	 body = STR_NONE;
	struct event	 listed, addressed;
	struct err	 e;

	answer(&t, &x, 200, STR("{\"data\":[{\"type\":\"orders\",\"id\":"
	    "\"540\",\"attributes\":{\"status\":\"paid\",\"total\":2900,"
	    "\"currency\":\"EUR\",\"test_mode\":true,\"user_email\":"
	    "\"U1@Shop.example\",\"first_order_item\":{\"variant_id\":7,"
	    "\"quantity\":2},\"created_at\":\"2026-09-01T10:00:01.000000Z\","
	    "\"updated_at\":\"2026-09-01T10:00:02.000000Z\"}}]}"));
	CU_ASSERT_EQUAL_FATAL(t.result.body_count, 1);
	provider_lemonsqueezy.normalise(&(struct hook){
	    .body = t.result.bodies[0] }, &hooks, a, &listed);
	SAME(listed.buyer, "u1@shop.example");
	CU_ASSERT_EQUAL(listed.made_at, NOW + SECOND);
	CU_ASSERT_EQUAL(provider_lemonsqueezy.address(t.result.bodies[0],
	    STR(SESSION), a, &body, &e), RC_OK);
	provider_lemonsqueezy.normalise(&(struct hook){ .body = body },
	    &hooks, a, &addressed);
	SAME_STR(addressed.id, listed.id);
	SAME_STR(addressed.type, listed.type);
	CU_ASSERT_EQUAL(addressed.at, listed.at);
	CU_ASSERT_FALSE(addressed.livemode);
	SAME_STR(told_event(a, &listed), STR("facts: paid order 540 2900 "
	    "eur; items order 540 2x7"));
	SAME_STR(told_event(a, &addressed), STR("facts: paid order 540 2900 "
	    "eur for /" SESSION " (buyer); items order 540 2x7 for /" SESSION
	    " (buyer)"));
	CU_ASSERT_PTR_NOT_NULL(memmem(body.at, body.len,
	    "\"rung_found_by\":\"email\"", 23));
	CU_ASSERT_PTR_NOT_NULL(memmem(body.at, body.len,
	    "\"rung_seen_at\":\"2026-09-01T10:00:00.000Z\"", 41));
}

static void
a_cursor_that_is_not_ours_is_noticed(void)
{
	static const char *const	bad[] = {
		"refunds:1", "orders", "orders:", "orders:0", "orders:x",
	};

	for (size_t i = 0; i < COUNT(bad); i++) {
		struct errand	x = about(ERRAND_LIST);
		struct talk	t = { .count = 0 };

		x.cursor = str_of(bad[i]);
		turn(&t, &x);
		ROW(t.rc == RC_BROKEN, bad[i]);
	}
}

CU_TestInfo lemon_errand_tests[] = {
	{ "a checkout sells one variant and names its session",
	    a_checkout_sells_one_variant_and_names_its_session },
	{ "a checkout has the buyer's address filled in",
	    a_checkout_has_the_buyers_address_filled_in },
	{ "a checkout refused with an address is asked for without",
	    a_checkout_refused_with_an_address_is_asked_for_without },
	{ "a live checkout is no test", a_live_checkout_is_no_test },
	{ "what cannot be sold is refused without asking",
	    what_cannot_be_sold_is_refused_without_asking },
	{ "what Lemon Squeezy cannot do is refused without asking",
	    what_lemon_squeezy_cannot_do_is_refused_without_asking },
	{ "failures are told apart", failures_are_told_apart },
	{ "a checkout of an unknown variant is refused",
	    a_checkout_of_an_unknown_variant_is_refused },
	{ "a cancel and a change of mind tell what came of them",
	    a_cancel_and_a_change_of_mind_tell_what_came_of_them },
	{ "a portal is the subscription's own link",
	    a_portal_is_the_subscriptions_own_link },
	{ "seats wait until the new variant can be seen",
	    seats_wait_until_the_new_variant_can_be_seen },
	{ "a change does only what is left to do",
	    a_change_does_only_what_is_left_to_do },
	{ "a change that does not show is not sent again",
	    a_change_that_does_not_show_is_not_sent_again },
	{ "a change that fails halfway tells where it stands",
	    a_change_that_fails_halfway_tells_where_it_stands },
	{ "what is over or has no seats is not changed",
	    what_is_over_or_has_no_seats_is_not_changed },
	{ "one object is told as its delivery",
	    one_object_is_told_as_its_delivery },
	{ "of one second the look is the later word",
	    of_one_second_the_look_is_the_later_word },
	{ "a look is no word on what came after",
	    a_look_is_no_word_on_what_came_after },
	{ "what it does not show is not looked for",
	    what_it_does_not_show_is_not_looked_for },
	{ "a list goes over orders, then subscriptions, then invoices",
	    a_list_goes_over_orders_then_subscriptions_then_invoices },
	{ "old subscriptions are looked at, and very old money is not",
	    old_subscriptions_are_looked_at_and_very_old_money_is_not },
	{ "a listed order can be told as of a session",
	    a_listed_order_can_be_told_as_of_a_session },
	{ "a cursor that is not ours is noticed",
	    a_cursor_that_is_not_ours_is_noticed },
	CU_TEST_INFO_NULL
};
