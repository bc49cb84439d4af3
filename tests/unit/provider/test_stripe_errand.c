/*
 * What Stripe is asked, and what is made of its answers.  The requests are
 * those of Stripe's API reference, field by field.
 */
#include "base/clock.h"
#include "base/guard.h"
#include "provider/stripe.h"
#include "unit/unit.h"

#define NOW	(INT64_C(1788256800) * SECOND)
#define SESSION	"us_0198c1e2a0007000800000000000000a"

static const struct api_rules	rules = { .key = STR("sk_test_1") };

static const struct errand	checkout = {
	.kind = ERRAND_CHECKOUT, .rules = &rules, .now = NOW,
	.session = STR(SESSION), .user = STR("u 1"), .price = STR("price_1"),
	.quantity = 5, .interval = STR("month"),
	.success_url = STR("https://a/b?x=1"), .cancel_url = STR("https://a/c"),
	.expires_at = NOW + HOUR,
};

static const struct errand	change = {
	.kind = ERRAND_CHANGE, .rules = &rules, .now = NOW,
	.session = STR(SESSION), .user = STR("u1"), .price = STR("price_2"),
	.quantity = 5, .quoted_at = INT64_C(1700000000) * SECOND,
	.object = { STR("stripe"), STR(""), OBJECT_SUBSCRIPTION,
	    STR("sub_1") },
};

#define SUBSCRIPTION	"{\"id\":\"sub_1\",\"customer\":\"cus_1\"," \
			"\"items\":{\"data\":[{\"id\":\"si_1\"," \
			"\"price\":{\"id\":\"price_1\"},\"quantity\":2}]}}"

/* Up to four answers, all of them 200 unless said otherwise. */
struct talk {
	struct call_answer	 answers[4];
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
	t->rc = provider_stripe.errand(x, t->answers, t->count, unit_arena(),
	    &t->turn, &t->call, &t->result, &t->e);
}

static void
answer(struct talk *t, const struct errand *x, int status, const char *body)
{
	t->answers[t->count++] = (struct call_answer){
		.status = status, .body = str_of(body),
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
} while (0)

#define ENDS(t, how) do {						\
	CU_ASSERT_EQUAL((t).rc, RC_OK);					\
	CU_ASSERT_EQUAL((t).turn, TURN_OVER);				\
	CU_ASSERT_EQUAL((t).result.end, (how));				\
} while (0)

static void
a_checkout_names_its_session_wherever_stripe_copies_from(void)
{
	struct talk	t = { .count = 0 };

	turn(&t, &checkout);
	ASKS(t, "POST", "/v1/checkout/sessions");
	SAME(t.call.body, "mode=subscription&line_items[0][price]=price_1"
	    "&line_items[0][quantity]=5&success_url=https%3A%2F%2Fa%2Fb%3Fx%3D1"
	    "&cancel_url=https%3A%2F%2Fa%2Fc&client_reference_id=" SESSION
	    "&metadata[rung_session]=" SESSION "&metadata[rung_user]=u%201"
	    "&subscription_data[metadata][rung_session]=" SESSION
	    "&subscription_data[metadata][rung_user]=u%201"
	    "&expires_at=1788260400");
	SAME(header(&t, "Authorization"), "Bearer sk_test_1");
	SAME(header(&t, "Idempotency-Key"), SESSION);
	SAME(header(&t, "Content-Type"), "application/x-www-form-urlencoded");
	answer(&t, &checkout, 200, "{\"id\":\"cs_1\",\"url\":"
	    "\"https://checkout.stripe.com/c/1\",\"expires_at\":1788260400,"
	    "\"payment_intent\":null}");
	ENDS(t, ERRAND_DONE);
	SAME(t.result.url, "https://checkout.stripe.com/c/1");
	CU_ASSERT_EQUAL(t.result.made_count, 1);
	CU_ASSERT_EQUAL(t.result.made[0].kind, OBJECT_CHECKOUT);
	SAME(t.result.made[0].ref, "cs_1");
	CU_ASSERT_EQUAL(t.result.expires_at, NOW + HOUR);
}

static void
a_price_of_unknown_interval_is_asked_about_first(void)
{
	struct errand	x = checkout;
	struct talk	once = { .count = 0 }, monthly = { .count = 0 };

	x.interval = STR_NONE;
	turn(&once, &x);
	ASKS(once, "GET", "/v1/prices/price_1");
	answer(&once, &x, 200, "{\"id\":\"price_1\",\"recurring\":null}");
	ASKS(once, "POST", "/v1/checkout/sessions");
	CU_ASSERT_TRUE(str_starts(once.call.body, STR("mode=payment&")));
	CU_ASSERT_PTR_NOT_NULL(memmem(once.call.body.at, once.call.body.len,
	    "payment_intent_data[metadata]", 29));
	answer(&monthly, &x, 200, "{\"recurring\":{\"interval\":\"month\"}}");
	CU_ASSERT_TRUE(str_starts(monthly.call.body,
	    STR("mode=subscription&")));
}

/* Stripe takes no end within 30 minutes; another request is another key. */
static void
a_session_about_to_end_leaves_the_end_to_stripe(void)
{
	struct errand	x = checkout;
	struct talk	t = { .count = 0 };

	x.expires_at = NOW + 30 * MINUTE;
	turn(&t, &x);
	CU_ASSERT_PTR_NULL(memmem(t.call.body.at, t.call.body.len,
	    "expires_at", 10));
	SAME(header(&t, "Idempotency-Key"), SESSION "-long");
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

	x.email = STR("u1+x@shop.example");
	turn(&t, &x);
	ASKS(t, "POST", "/v1/checkout/sessions");
	CU_ASSERT_TRUE(says(&t,
	    "&customer_email=u1%2Bx%40shop.example&client_reference_id="));
	SAME(header(&t, "Idempotency-Key"), SESSION);
}

/* Another request is another key, also for a price that was asked about. */
static void
a_checkout_refused_with_an_address_is_asked_for_without(void)
{
	static const char	refused[] =
	    "{\"error\":{\"message\":\"Invalid email address\"}}";
	struct errand	x = checkout;
	struct talk	t = { .count = 0 }, slow = { .count = 0 };

	x.email = STR("u1@shop");
	answer(&t, &x, 400, refused);
	ASKS(t, "POST", "/v1/checkout/sessions");
	CU_ASSERT_FALSE(says(&t, "customer_email"));
	SAME(header(&t, "Idempotency-Key"), SESSION "-bare");
	answer(&t, &x, 400, refused);
	ENDS(t, ERRAND_REFUSED);
	SAME(t.result.why, "Invalid email address");

	x.interval = STR_NONE;
	answer(&slow, &x, 200, "{\"recurring\":null}");
	CU_ASSERT_TRUE(says(&slow, "customer_email"));
	answer(&slow, &x, 400, refused);
	CU_ASSERT_TRUE(says(&slow, "mode=payment"));
	CU_ASSERT_FALSE(says(&slow, "customer_email"));
	answer(&slow, &x, 200, "{\"id\":\"cs_1\",\"url\":\"https://c\"}");
	ENDS(slow, ERRAND_DONE);
}

static void
failures_are_told_apart(void)
{
	static const struct {
		int		 status;
		const char	*body;
		enum rc		 rc;
		enum errand_end	 end;
	} rows[] = {
		{ 401, "{}", RC_PROVIDER_DENIED, 0 },
		{ 403, "{}", RC_PROVIDER_DENIED, 0 },
		{ 429, "{}", RC_PROVIDER_DOWN, 0 },
		{ 500, "oops", RC_PROVIDER_DOWN, 0 },
		{ 503, "", RC_PROVIDER_DOWN, 0 },
		{ 200, "<html>", RC_PROVIDER_DOWN, 0 },
		{ 200, "{\"id\":\"cs_1\"}", RC_PROVIDER_DOWN, 0 },
		{ 400, "{\"error\":{\"message\":\"No such price\"}}", RC_OK,
		    ERRAND_REFUSED },
		{ 402, "{\"error\":{\"message\":\"No such price\"}}", RC_OK,
		    ERRAND_DECLINED },
		{ 404, "{\"error\":{\"message\":\"No such price\"}}", RC_OK,
		    ERRAND_GONE },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct talk	t = { .count = 0 };

		answer(&t, &checkout, rows[i].status, rows[i].body);
		CU_ASSERT_EQUAL(t.rc, rows[i].rc);
		if (rows[i].rc != RC_OK)
			continue;
		ENDS(t, rows[i].end);
		SAME(t.result.why, "No such price");
	}
}

static void
a_change_names_the_item_that_goes(void)
{
	struct talk	t = { .count = 0 };

	turn(&t, &change);
	ASKS(t, "GET", "/v1/subscriptions/sub_1");
	answer(&t, &change, 200, SUBSCRIPTION);
	ASKS(t, "POST", "/v1/subscriptions/sub_1");
	SAME(t.call.body, "items[0][id]=si_1&items[0][price]=price_2"
	    "&items[0][quantity]=5&proration_behavior=always_invoice"
	    "&payment_behavior=pending_if_incomplete"
	    "&proration_date=1700000000&expand[0]=latest_invoice");
	SAME(header(&t, "Idempotency-Key"), SESSION "-change");
	answer(&t, &change, 200, SUBSCRIPTION);
	ENDS(t, ERRAND_DONE);
	CU_ASSERT_EQUAL(t.result.body_count, 1);
}

static void
a_change_that_waits_for_money_sends_the_buyer_to_pay(void)
{
	struct talk	t = { .count = 0 };

	answer(&t, &change, 200, SUBSCRIPTION);
	answer(&t, &change, 200, "{\"id\":\"sub_1\",\"pending_update\":{},"
	    "\"latest_invoice\":{\"hosted_invoice_url\":\"https://pay\"}}");
	ENDS(t, ERRAND_ACTION);
	SAME(t.result.url, "https://pay");
}

static void
a_change_among_several_items_must_say_which(void)
{
	static const char	several[] = "{\"id\":\"sub_1\",\"items\":"
	    "{\"data\":[{\"id\":\"si_1\",\"price\":\"price_pack\"},"
	    "{\"id\":\"si_2\",\"price\":\"price_1\"}]}}";
	struct errand	x = change;
	struct talk	unsaid = { .count = 0 }, said = { .count = 0 };

	answer(&unsaid, &x, 200, several);
	ENDS(unsaid, ERRAND_REFUSED);
	x.replaces = STR("price_1");
	answer(&said, &x, 200, several);
	ASKS(said, "POST", "/v1/subscriptions/sub_1");
	CU_ASSERT_TRUE(str_starts(said.call.body, STR("items[0][id]=si_2&")));
}

static void
a_quote_is_what_would_be_due(void)
{
	struct errand	x = change;
	struct talk	t = { .count = 0 };

	x.kind = ERRAND_QUOTE;
	answer(&t, &x, 200, SUBSCRIPTION);
	ASKS(t, "POST", "/v1/invoices/create_preview");
	SAME(t.call.body, "subscription=sub_1"
	    "&subscription_details[items][0][id]=si_1"
	    "&subscription_details[items][0][price]=price_2"
	    "&subscription_details[items][0][quantity]=5"
	    "&subscription_details[proration_behavior]=always_invoice"
	    "&subscription_details[proration_date]=1700000000");
	answer(&t, &x, 200, "{\"amount_due\":1240,\"currency\":\"eur\"}");
	ENDS(t, ERRAND_DONE);
	CU_ASSERT_TRUE(t.result.due_now.known);
	CU_ASSERT_EQUAL(t.result.due_now.amount, 1240);
	SAME(t.result.due_now.currency, "eur");
}

static void
a_plan_keeps_what_runs_and_says_what_follows(void)
{
	struct errand	x = change;
	struct talk	t = { .count = 0 };

	x.kind = ERRAND_PLAN;
	answer(&t, &x, 200, SUBSCRIPTION);
	ASKS(t, "POST", "/v1/subscription_schedules");
	SAME(t.call.body, "from_subscription=sub_1");
	answer(&t, &x, 200, "{\"id\":\"sub_sched_1\",\"phases\":"
	    "[{\"start_date\":100,\"end_date\":200}]}");
	ASKS(t, "POST", "/v1/subscription_schedules/sub_sched_1");
	SAME(t.call.body, "end_behavior=release&phases[0][start_date]=100"
	    "&phases[0][end_date]=200&phases[0][items][0][price]=price_1"
	    "&phases[0][items][0][quantity]=2"
	    "&phases[1][items][0][price]=price_2"
	    "&phases[1][items][0][quantity]=5"
	    "&phases[1][proration_behavior]=none");
	answer(&t, &x, 200, "{\"id\":\"sub_sched_1\"}");
	ENDS(t, ERRAND_DONE);
}

static void
a_cancel_lets_go_of_a_schedule_first(void)
{
	struct errand	x = change;
	struct talk	plain = { .count = 0 }, planned = { .count = 0 };

	x.kind = ERRAND_CANCEL;
	answer(&plain, &x, 200, SUBSCRIPTION);
	ASKS(plain, "POST", "/v1/subscriptions/sub_1");
	SAME(plain.call.body, "cancel_at_period_end=true");
	answer(&plain, &x, 200, SUBSCRIPTION);
	ENDS(plain, ERRAND_DONE);
	CU_ASSERT_EQUAL(plain.result.body_count, 1);

	answer(&planned, &x, 200, "{\"id\":\"sub_1\",\"schedule\":\"ss_1\"}");
	ASKS(planned, "POST", "/v1/subscription_schedules/ss_1/release");
	answer(&planned, &x, 200, "{\"id\":\"ss_1\"}");
	ASKS(planned, "POST", "/v1/subscriptions/sub_1");
	answer(&planned, &x, 200, SUBSCRIPTION);
	ENDS(planned, ERRAND_DONE);
}

static void
an_end_at_once_deletes_and_a_change_of_mind_takes_the_end_back(void)
{
	struct errand	now = change, back = change;
	struct talk	ends = { .count = 0 }, stays = { .count = 0 };

	now.kind = ERRAND_CANCEL;
	now.immediately = true;
	answer(&ends, &now, 200, SUBSCRIPTION);
	ASKS(ends, "DELETE", "/v1/subscriptions/sub_1");
	back.kind = ERRAND_RESUME;
	answer(&stays, &back, 200, SUBSCRIPTION);
	ASKS(stays, "POST", "/v1/subscriptions/sub_1");
	SAME(stays.call.body, "cancel_at_period_end=false");
}

static void
a_checkout_that_is_over_cannot_be_closed_and_need_not_be(void)
{
	struct errand	x = checkout;
	struct talk	open = { .count = 0 }, over = { .count = 0 };

	x.kind = ERRAND_CLOSE;
	x.object = (struct object_key){ .kind = OBJECT_CHECKOUT,
	    .ref = STR("cs_1") };
	turn(&open, &x);
	ASKS(open, "POST", "/v1/checkout/sessions/cs_1/expire");
	answer(&open, &x, 200, "{\"status\":\"expired\"}");
	ENDS(open, ERRAND_DONE);
	answer(&over, &x, 400, "{\"error\":{\"message\":\"complete\"}}");
	ENDS(over, ERRAND_GONE);
}

static void
the_portal_is_the_customers(void)
{
	struct errand	x = change;
	struct talk	t = { .count = 0 };

	x.kind = ERRAND_PORTAL;
	x.success_url = STR("https://shop/back");
	answer(&t, &x, 200, SUBSCRIPTION);
	ASKS(t, "POST", "/v1/billing_portal/sessions");
	SAME(t.call.body, "customer=cus_1&return_url=https%3A%2F%2Fshop%2Fback");
	answer(&t, &x, 200, "{\"url\":\"https://billing\"}");
	ENDS(t, ERRAND_DONE);
	SAME(t.result.url, "https://billing");
}

static void
events_come_page_by_page_and_type_set_by_type_set(void)
{
	struct errand	x = { .kind = ERRAND_LIST, .rules = &rules, .now = NOW,
			    .since = NOW - HOUR };
	struct talk	first = { .count = 0 }, second = { .count = 0 },
			last = { .count = 0 };

	turn(&first, &x);
	CU_ASSERT_TRUE(str_starts(first.call.path, STR("/v1/events?"
	    "created[gte]=1788253200&limit=50"
	    "&types[0]=checkout.session.completed&types[1]=")));
	CU_ASSERT_PTR_NOT_NULL(memmem(first.call.path.at,
	    first.call.path.len, "&types[19]=", 11));
	CU_ASSERT_PTR_NULL(memmem(first.call.path.at,
	    first.call.path.len, "&types[20]=", 11));
	answer(&first, &x, 200, "{\"has_more\":true,\"data\":"
	    "[{\"id\":\"evt_2\"},{\"id\":\"evt_1\"}]}");
	ENDS(first, ERRAND_DONE);
	CU_ASSERT_EQUAL(first.result.body_count, 2);
	SAME(first.result.bodies[0], "{\"id\":\"evt_1\"}");
	SAME(first.result.cursor, "0:evt_1");

	x.cursor = first.result.cursor;
	turn(&second, &x);
	CU_ASSERT_PTR_NOT_NULL(memmem(second.call.path.at,
	    second.call.path.len, "&starting_after=evt_1", 21));
	answer(&second, &x, 200, "{\"has_more\":false,\"data\":[]}");
	SAME(second.result.cursor, "1:");

	x.cursor = second.result.cursor;
	answer(&last, &x, 200, "{\"has_more\":false,\"data\":[]}");
	SAME(last.result.cursor, "");
}

static void
a_payment_is_looked_at_with_its_refunds_and_disputes(void)
{
	struct errand	x = { .kind = ERRAND_LOOK, .rules = &rules, .now = NOW,
			    .object = { .kind = OBJECT_PAYMENT,
			    .ref = STR("pi_1") } };
	struct talk	t = { .count = 0 };
	const struct hook_rules	hooks = { .livemode = false };
	struct event	ev;

	turn(&t, &x);
	ASKS(t, "GET", "/v1/payment_intents/pi_1");
	answer(&t, &x, 200, "{\"id\":\"pi_1\",\"object\":\"payment_intent\","
	    "\"status\":\"succeeded\",\"amount_received\":2900,"
	    "\"currency\":\"eur\",\"metadata\":{\"rung_user\":\"u1\"}}");
	ASKS(t, "GET", "/v1/refunds?payment_intent=pi_1&limit=100");
	answer(&t, &x, 200, "{\"data\":[{\"id\":\"re_1\",\"object\":\"refund\","
	    "\"amount\":2900,\"status\":\"succeeded\","
	    "\"payment_intent\":\"pi_1\"}]}");
	ASKS(t, "GET", "/v1/disputes?payment_intent=pi_1&limit=100");
	answer(&t, &x, 200, "{\"data\":[]}");
	ENDS(t, ERRAND_DONE);
	CU_ASSERT_EQUAL_FATAL(t.result.body_count, 2);

	provider_stripe.normalise(&(struct hook){ .body = t.result.bodies[0] },
	    &hooks, unit_arena(), &ev);
	CU_ASSERT_EQUAL(ev.class, EVENT_FACTS);
	SAME(ev.type, "payment_intent.succeeded");
	CU_ASSERT_EQUAL(ev.at, NOW);
	CU_ASSERT_EQUAL(ev.facts[0].kind, FACT_PAID);
	SAME(ev.facts[0].user, "u1");
	provider_stripe.normalise(&(struct hook){ .body = t.result.bodies[1] },
	    &hooks, unit_arena(), &ev);
	CU_ASSERT_EQUAL(ev.facts[0].kind, FACT_REFUND);
}

CU_TestInfo stripe_errand_tests[] = {
	{ "a checkout names its session wherever Stripe copies from",
	    a_checkout_names_its_session_wherever_stripe_copies_from },
	{ "a price of unknown interval is asked about first",
	    a_price_of_unknown_interval_is_asked_about_first },
	{ "a session about to end leaves the end to Stripe",
	    a_session_about_to_end_leaves_the_end_to_stripe },
	{ "a checkout has the buyer's address filled in",
	    a_checkout_has_the_buyers_address_filled_in },
	{ "a checkout refused with an address is asked for without",
	    a_checkout_refused_with_an_address_is_asked_for_without },
	{ "failures are told apart", failures_are_told_apart },
	{ "a change names the item that goes",
	    a_change_names_the_item_that_goes },
	{ "a change that waits for money sends the buyer to pay",
	    a_change_that_waits_for_money_sends_the_buyer_to_pay },
	{ "a change among several items must say which",
	    a_change_among_several_items_must_say_which },
	{ "a quote is what would be due", a_quote_is_what_would_be_due },
	{ "a plan keeps what runs and says what follows",
	    a_plan_keeps_what_runs_and_says_what_follows },
	{ "a cancel lets go of a schedule first",
	    a_cancel_lets_go_of_a_schedule_first },
	{ "an end at once deletes, and a change of mind takes the end back",
	    an_end_at_once_deletes_and_a_change_of_mind_takes_the_end_back },
	{ "a checkout that is over cannot be closed and need not be",
	    a_checkout_that_is_over_cannot_be_closed_and_need_not_be },
	{ "the portal is the customer's", the_portal_is_the_customers },
	{ "events come page by page and type set by type set",
	    events_come_page_by_page_and_type_set_by_type_set },
	{ "a payment is looked at with its refunds and disputes",
	    a_payment_is_looked_at_with_its_refunds_and_disputes },
	CU_TEST_INFO_NULL,
};
