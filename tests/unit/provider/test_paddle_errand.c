/*
 * What Paddle is asked, and what is made of its answers.  The requests are
 * those of Paddle's API reference, member by member.
 */
#include "base/clock.h"
#include "base/guard.h"
#include "provider/paddle.h"
#include "unit/provider/told.h"
#include "unit/unit.h"

#define NOW	(INT64_C(1788256800) * SECOND)
#define SESSION	"us_0198c1e2a0007000800000000000000a"
#define NOTHING	{ .kind = OBJECT_PAYMENT }
#define OF_SUB	{ STR("paddle"), STR(""), OBJECT_SUBSCRIPTION, STR("sub_1") }
#define OF_TXN	{ STR("paddle"), STR(""), OBJECT_PAYMENT, STR("txn_1") }

static const struct api_rules	rules = { .key = STR("pdl_sdbx_apikey_1") };

/* An errand of this kind about this object. */
#define ERRAND(k, of)	{ .kind = (k), .rules = &rules, .now = NOW,	\
	.session = STR(SESSION), .user = STR("u 1"),			\
	.price = STR("pri_2"), .quantity = 5, .object = of }

static const struct errand	checkout = ERRAND(ERRAND_CHECKOUT,
				    NOTHING),
				closing = ERRAND(ERRAND_CLOSE, OF_TXN),
				quote = ERRAND(ERRAND_QUOTE, OF_SUB),
				change = ERRAND(ERRAND_CHANGE, OF_SUB),
				plan = ERRAND(ERRAND_PLAN, OF_SUB),
				cancel = ERRAND(ERRAND_CANCEL, OF_SUB),
				resume = ERRAND(ERRAND_RESUME, OF_SUB),
				portal = ERRAND(ERRAND_PORTAL, OF_SUB),
				look_sub = ERRAND(ERRAND_LOOK, OF_SUB),
				look_txn = ERRAND(ERRAND_LOOK, OF_TXN);

#define MONTHLY(price, n)	"{'price':{'id':'" price "','billing_cycle':" \
	"{'interval':'month','frequency':1}},'quantity':" n "}"
#define SUB_OF(items, more)	"{'data':{'id':'sub_1','status':'active'," \
	"'customer_id':'ctm_1','updated_at':'1970-01-01T00:16:40.5Z'," \
	"'items':[" items "]" more "},'meta':{'request_id':'r'}}"
#define SUB	SUB_OF(MONTHLY("pri_1", "2"), "")

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
	t->rc = provider_paddle.errand(x, t->answers, t->count, unit_arena(),
	    &t->turn, &t->call, &t->result, &t->e);
}

static void
answer(struct talk *t, const struct errand *x, int status, const char *body)
{
	t->answers[t->count++] = (struct call_answer){
		.status = status, .body = told_json(unit_arena(),
		    str_of(body)),
	};
	turn(t, x);
}

static struct talk
begin(const struct errand *x)
{
	struct talk	t = { .count = 0 };

	turn(&t, x);
	return t;
}

static struct str
header(const struct talk *t, const char *name)
{
	for (size_t i = 0; i < t->call.header_count; i++)
		if (strcmp(t->call.headers[i].name, name) == 0)
			return t->call.headers[i].value;
	return STR_NONE;
}

#define ASKS(t, m, p, b) do {						\
	CU_ASSERT_EQUAL_FATAL((t).rc, RC_OK);				\
	CU_ASSERT_EQUAL((t).turn, TURN_CALL);				\
	CU_ASSERT_STRING_EQUAL((t).call.method, (m));			\
	SAME((t).call.path, (p));					\
	SAME_STR((t).call.body, told_json(unit_arena(), STR(b)));	\
} while (0)

#define ENDS(t, how) do {						\
	CU_ASSERT_EQUAL_FATAL((t).rc, RC_OK);				\
	CU_ASSERT_EQUAL((t).turn, TURN_OVER);				\
	CU_ASSERT_EQUAL((t).result.end, (how));				\
} while (0)

/* The body of this number, as our own normalise reads it. */
static void
tells(const struct talk *t, size_t i, const char *told)
{
	const struct hook_rules	mode = { .livemode = false };
	struct event		ev;

	CU_ASSERT_TRUE_FATAL(i < t->result.body_count);
	provider_paddle.normalise(&(struct hook){ t->result.bodies[i],
	    STR_NONE }, &mode, unit_arena(), &ev);
	told_same(told, told_event(unit_arena(), &ev), str_of(told));
}

static void
a_checkout_is_a_transaction_that_names_its_session(void)
{
	struct talk	t = begin(&checkout);

	ASKS(t, "POST", "/transactions", "{'items':[{'price_id':'pri_2',"
	    "'quantity':5}],'custom_data':{'rung_session':'" SESSION "',"
	    "'rung_user':'u 1'}}");
	SAME(header(&t, "Authorization"), "Bearer pdl_sdbx_apikey_1");
	SAME(header(&t, "Paddle-Version"), "1");
	SAME(header(&t, "Content-Type"), "application/json");
	answer(&t, &checkout, 201, "{'data':{'id':'txn_1','checkout':{'url':"
	    "'https://a/pay?_ptxn=txn_1'}}}");
	ENDS(t, ERRAND_DONE);
	SAME(t.result.url, "https://a/pay?_ptxn=txn_1");
	CU_ASSERT_EQUAL(t.result.made_count, 1);
	CU_ASSERT_EQUAL(t.result.made[0].kind, OBJECT_PAYMENT);
	SAME(t.result.made[0].provider, "paddle");
	SAME(t.result.made[0].ref, "txn_1");
	CU_ASSERT_EQUAL(t.result.expires_at, 0);
}

static void
a_checkout_takes_no_address(void)
{
	struct errand	x = checkout;
	struct talk	t;

	x.email = STR("u1@shop.example");
	t = begin(&x);
	SAME_STR(t.call.body, begin(&checkout).call.body);
	CU_ASSERT_FALSE(provider_paddle.knows_email);
}

static void
a_checkout_without_a_url_says_which_setting_is_missing(void)
{
	struct talk	t = begin(&checkout), none = begin(&checkout);

	answer(&t, &checkout, 201,
	    "{'data':{'id':'txn_1','checkout':{'url':null}}}");
	ENDS(t, ERRAND_REFUSED);
	CU_ASSERT_PTR_NOT_NULL(memmem(t.result.why.at, t.result.why.len,
	    "default payment link", 20));
	answer(&none, &checkout, 201, "{'data':{}}");
	CU_ASSERT_EQUAL(none.rc, RC_PROVIDER_DOWN);
}

static void
a_checkout_is_closed_unless_it_is_over_already(void)
{
	struct talk	t = begin(&closing), paid = begin(&closing);

	ASKS(t, "PATCH", "/transactions/txn_1", "{'status':'canceled'}");
	answer(&t, &closing, 200, "{'data':{'id':'txn_1'}}");
	ENDS(t, ERRAND_DONE);
	answer(&paid, &closing, 400, "{'error':{'code':"
	    "'transaction_invalid_status_change','detail':'it is paid'}}");
	ENDS(paid, ERRAND_GONE);
	SAME(paid.result.why, "it is paid");
}

#define ITEMS_5	"'items':[{'price_id':'pri_2','quantity':5}]," \
		"'proration_billing_mode':'prorated_immediately'"

static void
a_quote_asks_for_the_whole_list_and_reads_both_bills(void)
{
	struct talk	t = begin(&quote);

	ASKS(t, "GET", "/subscriptions/sub_1", "");
	SAME(header(&t, "Content-Type"), "");
	answer(&t, &quote, 200, SUB);
	ASKS(t, "PATCH", "/subscriptions/sub_1/preview", "{" ITEMS_5 "}");
	answer(&t, &quote, 200, "{'data':{'billing_cycle':{'interval':'month',"
	    "'frequency':1},'update_summary':{'credit':{'amount':'1450',"
	    "'currency_code':'USD'},'charge':{'amount':'19750',"
	    "'currency_code':'USD'},'result':{'action':'charge','amount':"
	    "'18300','currency_code':'USD'}},'immediate_transaction':"
	    "{'details':{'totals':{'grand_total':'18100','currency_code':"
	    "'USD'}}},'next_transaction':{'details':{'totals':{'grand_total':"
	    "'39500','currency_code':'USD'}}}}}");
	ENDS(t, ERRAND_DONE);
	CU_ASSERT_TRUE(t.result.due_now.known);
	CU_ASSERT_EQUAL(t.result.due_now.amount, 18100);
	SAME(t.result.due_now.currency, "usd");
	CU_ASSERT_TRUE(t.result.due_next.known);
	CU_ASSERT_EQUAL(t.result.due_next.amount, 39500);
	SAME(t.result.due_next.currency, "usd");
	SAME(t.result.due_next.interval, "month");
}

static void
a_quote_of_less_is_credit(void)
{
	struct talk	t = begin(&quote);

	answer(&t, &quote, 200, SUB);
	answer(&t, &quote, 200, "{'data':{'billing_cycle':{'interval':'month',"
	    "'frequency':3},'update_summary':{'result':{'action':'credit',"
	    "'amount':'2500','currency_code':'EUR'}},'immediate_transaction':"
	    "null,'next_transaction':null,'recurring_transaction_details':"
	    "{'totals':{'grand_total':'2900','currency_code':'EUR'}}}}");
	ENDS(t, ERRAND_DONE);
	CU_ASSERT_EQUAL(t.result.due_now.amount, -2500);
	CU_ASSERT_EQUAL(t.result.due_next.amount, 2900);
	SAME(t.result.due_next.interval, "");	/* three months have no name */
}

static void
a_quote_that_says_nothing_is_not_guessed(void)
{
	struct talk	t = begin(&quote);

	answer(&t, &quote, 200, SUB);
	answer(&t, &quote, 200, "{'data':{'update_summary':null,"
	    "'immediate_transaction':{'details':{'totals':{'grand_total':"
	    "'1.5','currency_code':'EUR'}}}}}");
	ENDS(t, ERRAND_DONE);
	CU_ASSERT_FALSE(t.result.due_now.known);
	CU_ASSERT_FALSE(t.result.due_next.known);
}

static void
a_change_is_prevented_when_its_payment_fails(void)
{
	struct talk	t = begin(&change), declined;

	ASKS(t, "GET", "/subscriptions/sub_1", "");
	answer(&t, &change, 200, SUB);
	ASKS(t, "PATCH", "/subscriptions/sub_1", "{" ITEMS_5
	    ",'on_payment_failure':'prevent_change'}");
	declined = t;
	answer(&t, &change, 200, SUB_OF(MONTHLY("pri_2", "5"), ""));
	ENDS(t, ERRAND_DONE);
	CU_ASSERT_EQUAL(t.result.body_count, 1);
	tells(&t, 0, "facts: state subscription sub_1 active 5xpri_2");
	answer(&declined, &change, 400, "{'error':{'code':"
	    "'subscription_payment_declined','detail':'payment declined'}}");
	ENDS(declined, ERRAND_DECLINED);
	SAME(declined.result.why, "payment declined");
}

#define ONCE	"{'price':{'id':'pri_3','billing_cycle':null}," \
		"'recurring':false,'quantity':1}"

static void
the_other_items_of_a_subscription_are_kept(void)
{
	struct errand	x = change;
	struct talk	t;

	x.replaces = STR("pri_1");
	t = begin(&x);
	answer(&t, &x, 200, SUB_OF(MONTHLY("pri_8", "7") "," MONTHLY("pri_1",
	    "2") "," ONCE "," MONTHLY("pri_9", "1"), ""));
	ASKS(t, "PATCH", "/subscriptions/sub_1", "{'items':[{'price_id':"
	    "'pri_8','quantity':7},{'price_id':'pri_2','quantity':5},"
	    "{'price_id':'pri_9','quantity':1}],'proration_billing_mode':"
	    "'prorated_immediately','on_payment_failure':'prevent_change'}");
}

static void
an_item_that_cannot_be_told_is_not_guessed_at(void)
{
	static const char	two[] = SUB_OF(MONTHLY("pri_8", "7") ","
				    MONTHLY("pri_9", "1"), "");
	struct errand	x = change;
	struct talk	t = begin(&change), other, one = begin(&change);

	answer(&t, &change, 200, two);
	ENDS(t, ERRAND_REFUSED);
	CU_ASSERT_TRUE(t.result.why.len > 0);
	x.replaces = STR("pri_1");
	other = begin(&x);
	answer(&other, &x, 200, two);
	ENDS(other, ERRAND_REFUSED);
	answer(&one, &change, 200, SUB_OF(ONCE "," MONTHLY("pri_1", "2"),
	    ""));
	ASKS(one, "PATCH", "/subscriptions/sub_1", "{" ITEMS_5
	    ",'on_payment_failure':'prevent_change'}");
}

static void
a_change_at_the_periods_end_is_refused_without_asking(void)
{
	struct talk	t = begin(&plan);

	ENDS(t, ERRAND_REFUSED);
	CU_ASSERT_PTR_NOT_NULL(memmem(t.result.why.at, t.result.why.len,
	    "cannot plan", 11));
}

static void
an_end_is_planned_or_at_once(void)
{
	struct errand	now = cancel;
	struct talk	t = begin(&cancel), at_once;

	ASKS(t, "POST", "/subscriptions/sub_1/cancel",
	    "{'effective_from':'next_billing_period'}");
	answer(&t, &cancel, 200, SUB_OF(MONTHLY("pri_1", "2"),
	    ",'scheduled_change':{'action':'cancel','effective_at':"
	    "'1970-01-02T00:00:00Z'}"));
	ENDS(t, ERRAND_DONE);
	tells(&t, 0, "facts: state subscription sub_1 active 2xpri_1"
	    " cancel_at 86400");
	now.immediately = true;
	at_once = begin(&now);
	ASKS(at_once, "POST", "/subscriptions/sub_1/cancel",
	    "{'effective_from':'immediately'}");
	answer(&at_once, &now, 200, "{'data':{'id':'sub_1','status':"
	    "'canceled','items':[],'canceled_at':'1970-01-01T00:00:09Z',"
	    "'updated_at':'1970-01-01T00:00:09Z'}}");
	tells(&at_once, 0, "facts: state subscription sub_1 canceled; ended"
	    " subscription sub_1 at 9");
}

static void
what_is_planned_is_taken_back(void)
{
	struct talk	planned = begin(&resume), paused = planned,
			nothing = planned, over = planned;

	ASKS(planned, "GET", "/subscriptions/sub_1", "");
	answer(&planned, &resume, 200, SUB_OF("",
	    ",'scheduled_change':{'action':'cancel'}"));
	ASKS(planned, "PATCH", "/subscriptions/sub_1",
	    "{'scheduled_change':null}");
	answer(&planned, &resume, 200, SUB);
	ENDS(planned, ERRAND_DONE);
	tells(&planned, 0, "facts: state subscription sub_1 active 2xpri_1");

	answer(&paused, &resume, 200,
	    "{'data':{'id':'sub_1','status':'paused'}}");
	ASKS(paused, "POST", "/subscriptions/sub_1/resume",
	    "{'effective_from':'immediately'}");
	answer(&nothing, &resume, 200, SUB);
	ENDS(nothing, ERRAND_DONE);
	CU_ASSERT_EQUAL(nothing.result.body_count, 1);
	answer(&over, &resume, 200,
	    "{'data':{'id':'sub_1','status':'canceled'}}");
	ENDS(over, ERRAND_GONE);
}

static void
the_portal_is_the_customers_own(void)
{
	struct errand	x = portal;
	struct talk	t = begin(&portal), nobody = t, once;

	ASKS(t, "GET", "/subscriptions/sub_1", "");
	answer(&t, &portal, 200, SUB);
	ASKS(t, "POST", "/customers/ctm_1/portal-sessions",
	    "{'subscription_ids':['sub_1']}");
	answer(&t, &portal, 201, "{'data':{'id':'cpls_1','urls':{'general':"
	    "{'overview':'https://customer-portal.paddle.com/cpl_1'},"
	    "'subscriptions':[]}}}");
	ENDS(t, ERRAND_DONE);
	SAME(t.result.url, "https://customer-portal.paddle.com/cpl_1");
	answer(&nobody, &portal, 200, "{'data':{'id':'sub_1'}}");
	ENDS(nobody, ERRAND_REFUSED);

	x.object = (struct object_key)OF_TXN;
	once = begin(&x);
	ASKS(once, "GET", "/transactions/txn_1", "");
	answer(&once, &x, 200, "{'data':{'id':'txn_1','customer_id':"
	    "'ctm_2'}}");
	ASKS(once, "POST", "/customers/ctm_2/portal-sessions", "{}");
}

/*
 * The times of Paddle's own ids: those of the fixtures begin with the
 * milliseconds of their events.
 */
static void
a_list_begins_at_a_time_and_follows_its_pages(void)
{
	struct errand	x = ERRAND(ERRAND_LIST, NOTHING);
	struct talk	t, last, bare;

	x.since = INT64_C(1788256839366) * 1000;	/* 10:00:39.366 */
	t = begin(&x);
	ASKS(t, "GET", "/events?after=evt_01m1e6ksp60000000000000000"
	    "&order_by=id[ASC]&per_page=200", "");
	answer(&t, &x, 200, "{'data':[{'event_id':'evt_a','event_type':"
	    "'customer.created','occurred_at':'1970-01-01T00:16:40Z','data':"
	    "{}},{'event_id':'evt_b','event_type':'subscription.updated',"
	    "'occurred_at':'1970-01-01T00:16:41Z','data':{'id':'sub_1',"
	    "'status':'active','items':[]}}],'meta':{'pagination':{'per_page':"
	    "200,'next':'https://api.paddle.com/events?after=evt_c&order_by="
	    "id[ASC]','has_more':true}}}");
	ENDS(t, ERRAND_DONE);
	CU_ASSERT_EQUAL(t.result.body_count, 2);
	tells(&t, 0, "ignored");
	tells(&t, 1, "facts: state subscription sub_1 active");
	SAME(t.result.cursor, "evt_c");

	x.cursor = t.result.cursor;
	last = bare = begin(&x);
	ASKS(last, "GET", "/events?after=evt_c&order_by=id[ASC]&per_page=200",
	    "");
	answer(&last, &x, 200, "{'data':[{'event_id':'evt_d'}],'meta':"
	    "{'pagination':{'next':'https://a/?after=evt_d',"
	    "'has_more':false}}}");
	SAME(last.result.cursor, "");
	answer(&bare, &x, 200, "{'data':[{'event_id':'evt_d'}],'meta':"
	    "{'pagination':{'next':'nowhere','has_more':true}}}");
	SAME(bare.result.cursor, "evt_d");
}

#define TXN(id, status)	"{'id':'" id "','status':'" status "'," \
	"'origin':'subscription_recurring','currency_code':'EUR'," \
	"'details':{'totals':{'grand_total':'100'}},'items':[" \
	MONTHLY("pri_1", "2") "],'subscription_id':'sub_1'," \
	"'updated_at':'1970-01-01T00:16:40Z'}"
#define ADJ	"{'id':'adj_1','action':'refund','status':'approved'," \
	"'transaction_id':'txn_1','totals':{'total':'100'},'created_at':" \
	"'1970-01-01T00:16:41Z','updated_at':'0001-01-01T00:00:00Z'}"

static void
a_look_at_a_subscription_tells_its_bills_too(void)
{
	struct talk	t = begin(&look_sub);

	ASKS(t, "GET", "/subscriptions/sub_1", "");
	answer(&t, &look_sub, 200, SUB);
	ASKS(t, "GET", "/adjustments?subscription_id=sub_1"
	    "&order_by=id[DESC]&per_page=50", "");
	answer(&t, &look_sub, 200, "{'data':[" ADJ "]}");
	ASKS(t, "GET", "/transactions?subscription_id=sub_1"
	    "&order_by=id[DESC]&per_page=50", "");
	answer(&t, &look_sub, 200, "{'data':[" TXN("txn_2", "past_due") ","
	    TXN("txn_1", "completed") "]}");
	ENDS(t, ERRAND_DONE);
	CU_ASSERT_EQUAL(t.result.body_count, 4);
	tells(&t, 0, "facts: state subscription sub_1 active 2xpri_1");
	tells(&t, 1, "facts: refund payment txn_1 adj_1 succeeded 100");
	tells(&t, 2, "facts: paid payment txn_1 100 eur -> subscription"
	    " sub_1; items payment txn_1 2xpri_1 recurring");
	tells(&t, 3, "facts: step payment txn_2 failed -> subscription"
	    " sub_1");
}

static void
a_look_at_a_payment_tells_what_was_given_back(void)
{
	static const struct {
		const char	*status, *told;
	} rows[] = {
		{ "paid", "facts: paid payment txn_1 100 eur -> subscription"
		    " sub_1; items payment txn_1 2xpri_1 recurring" },
		{ "canceled", "facts: closed payment txn_1 abandoned"
		    " -> subscription sub_1" },
		{ "ready", "facts: seen payment txn_1 -> subscription"
		    " sub_1" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct talk	t = begin(&look_txn);

		ASKS(t, "GET", "/transactions/txn_1", "");
		answer(&t, &look_txn, 200, arena_text(unit_arena(),
		    "{'data':{'id':'txn_1','status':'%s','origin':'web',"
		    "'currency_code':'EUR','details':{'totals':"
		    "{'grand_total':'100'}},'items':[" MONTHLY("pri_1", "2")
		    "],'subscription_id':'sub_1','updated_at':"
		    "'1970-01-01T00:16:40Z'}}", rows[i].status).at);
		ASKS(t, "GET", "/adjustments?transaction_id=txn_1"
		    "&order_by=id[DESC]&per_page=50", "");
		answer(&t, &look_txn, 200, "{'data':[" ADJ "]}");
		ENDS(t, ERRAND_DONE);
		tells(&t, 0, rows[i].told);
		tells(&t, 1, "facts: refund payment txn_1 adj_1 succeeded"
		    " 100");
	}
}

/* The same state is the same event, and another state another. */
static void
what_is_looked_at_twice_is_one_event(void)
{
	static const char *const	subs[] = {
		SUB, SUB_OF(MONTHLY("pri_1", "2"),
		    ",'management_urls':{'cancel':'https://a?token=1'}"),
		SUB_OF(MONTHLY("pri_1", "3"), ""),
	};
	const struct hook_rules	mode = { .livemode = false };
	struct event		ev[COUNT(subs)];

	for (size_t i = 0; i < COUNT(subs); i++) {
		struct talk	t = begin(&resume);

		answer(&t, &resume, 200, subs[i]);
		CU_ASSERT_PTR_NULL(memmem(t.result.bodies[0].at,
		    t.result.bodies[0].len, "token", 5));
		provider_paddle.normalise(&(struct hook){
		    t.result.bodies[0], STR_NONE }, &mode, unit_arena(),
		    &ev[i]);
		CU_ASSERT_EQUAL(ev[i].at, 1000500000);
	}
	told_same("again", ev[1].id, ev[0].id);
	CU_ASSERT_FALSE(str_eq(ev[2].id, ev[0].id));
	CU_ASSERT_TRUE(event_id_valid(ev[0].id));
}

static void
an_answer_that_is_none_is_told_from_a_refusal(void)
{
	static const struct {
		int		 status;
		const char	*body;
		enum rc		 rc;
		enum errand_end	 end;
	} rows[] = {
		{ 500, "", RC_PROVIDER_DOWN, 0 },
		{ 503, "{}", RC_PROVIDER_DOWN, 0 },
		{ 429, "{'error':{'code':'too_many_requests'}}",
		    RC_PROVIDER_DOWN, 0 },
		{ 200, "<html>", RC_PROVIDER_DOWN, 0 },
		{ 200, "", RC_PROVIDER_DOWN, 0 },
		{ 401, "{}", RC_PROVIDER_DENIED, 0 },
		{ 403, "{'error':{'code':'forbidden'}}", RC_PROVIDER_DENIED,
		    0 },
		{ 404, "{'error':{'detail':'no such thing'}}", RC_OK,
		    ERRAND_GONE },
		{ 400, "{'error':{'detail':'no'}}", RC_OK, ERRAND_REFUSED },
		{ 400, "{'error':{'code':'subscription_update_when_canceled'"
		    "}}", RC_OK, ERRAND_GONE },
		{ 400, "{'error':{'code':"
		    "'subscription_is_canceled_action_invalid'}}", RC_OK,
		    ERRAND_GONE },
		{ 409, "<html>", RC_OK, ERRAND_REFUSED },
	};
	static const struct errand *const	all[] = {
		&checkout, &quote, &change, &cancel, &resume, &portal,
		&look_sub, &look_txn,
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		for (size_t n = 0; n < COUNT(all); n++) {
			struct talk	t = begin(all[n]);

			answer(&t, all[n], rows[i].status, rows[i].body);
			ROW(t.rc == rows[i].rc, rows[i].body);
			ROW(t.rc != RC_OK || (t.turn == TURN_OVER &&
			    t.result.end == rows[i].end), rows[i].body);
			ROW(t.rc != RC_PROVIDER_DENIED || strstr(t.e.what,
			    "paddle_api_key") != NULL, rows[i].body);
		}
}

CU_TestInfo paddle_errand_tests[] = {
	{ "a checkout is a transaction that names its session",
	    a_checkout_is_a_transaction_that_names_its_session },
	{ "a checkout takes no address", a_checkout_takes_no_address },
	{ "a checkout without a url says which setting is missing",
	    a_checkout_without_a_url_says_which_setting_is_missing },
	{ "a checkout is closed unless it is over already",
	    a_checkout_is_closed_unless_it_is_over_already },
	{ "a quote asks for the whole list and reads both bills",
	    a_quote_asks_for_the_whole_list_and_reads_both_bills },
	{ "a quote of less is credit", a_quote_of_less_is_credit },
	{ "a quote that says nothing is not guessed",
	    a_quote_that_says_nothing_is_not_guessed },
	{ "a change is prevented when its payment fails",
	    a_change_is_prevented_when_its_payment_fails },
	{ "the other items of a subscription are kept",
	    the_other_items_of_a_subscription_are_kept },
	{ "an item that cannot be told is not guessed at",
	    an_item_that_cannot_be_told_is_not_guessed_at },
	{ "a change at the period's end is refused without asking",
	    a_change_at_the_periods_end_is_refused_without_asking },
	{ "an end is planned or at once", an_end_is_planned_or_at_once },
	{ "what is planned is taken back", what_is_planned_is_taken_back },
	{ "the portal is the customer's own",
	    the_portal_is_the_customers_own },
	{ "a list begins at a time and follows its pages",
	    a_list_begins_at_a_time_and_follows_its_pages },
	{ "a look at a subscription tells its bills too",
	    a_look_at_a_subscription_tells_its_bills_too },
	{ "a look at a payment tells what was given back",
	    a_look_at_a_payment_tells_what_was_given_back },
	{ "what is looked at twice is one event",
	    what_is_looked_at_twice_is_one_event },
	{ "an answer that is none is told from a refusal",
	    an_answer_that_is_none_is_told_from_a_refusal },
	CU_TEST_INFO_NULL
};
