/*
 * Paddle's bodies that no fixture shows: other origins and statuses, words we
 * do not know, odd names and numbers, and what is missing.
 */
#include <string.h>

#include "provider/paddle.h"
#include "unit/provider/told.h"
#include "unit/unit.h"

#define ITEM		"{'price':{'id':'pri_1','billing_cycle':null}," \
			"'quantity':2}"
#define MONTHLY		"{'price':{'id':'pri_2','billing_cycle':{'interval':" \
			"'month','frequency':1}},'quantity':3}"
#define TOTALS		"'currency_code':'EUR','details':{'totals':" \
			"{'grand_total':'4900'}}"
#define PERIOD		"'billing_period':{'starts_at':'1970-01-01T00:00:01Z'," \
			"'ends_at':'1970-01-02T00:00:01Z'}"
#define PAID_1		"paid payment txn_1 4900 eur"

/* An event of this type about this entity, at second 1000. */
static struct str
envelope(struct arena *a, const char *type, const char *entity)
{
	return arena_text(a, "{'data':%s,'event_id':'evt_1','event_type':'%s'"
	    ",'occurred_at':'1970-01-01T00:16:40Z','notification_id':"
	    "'ntf_1'}", entity, type);
}

struct shape {
	const char	*type;
	const char	*entity;
	const char	*told;
};

static void
check_shapes(const struct shape *shapes, size_t count)
{
	struct arena	*a = unit_arena();

	for (size_t i = 0; i < count; i++) {
		struct event ev;

		told_read_by(&provider_paddle, a, envelope(a, shapes[i].type,
		    shapes[i].entity), &ev);
		told_same(shapes[i].entity, told_event(a, &ev),
		    str_of(shapes[i].told));
		arena_reset(a);
	}
}

#define COMPLETED	"transaction.completed"

static void
a_paid_transaction_is_read_for_what_it_is(void)
{
	static const struct shape	shapes[] = {
	    { COMPLETED, "{'id':'txn_1','origin':'web','items':[" ITEM "],"
		TOTALS "}",
		"facts: " PAID_1 "; items payment txn_1 2xpri_1" },
	    { COMPLETED, "{'id':'txn_1','origin':'api','items':[" ITEM ","
		MONTHLY "]," TOTALS "}",
		"facts: " PAID_1 "; items payment txn_1 2xpri_1 3xpri_2"
		" recurring" },
	    { "transaction.paid", "{'id':'txn_1','origin':'web','items':["
		MONTHLY "]," TOTALS "," PERIOD ",'subscription_id':null}",
		"facts: " PAID_1 "; items payment txn_1 3xpri_2 recurring" },
	    { COMPLETED, "{'id':'txn_1','origin':'web','items':[" MONTHLY "],"
		TOTALS "," PERIOD ",'subscription_id':'sub_1'}",
		"facts: " PAID_1 " -> subscription sub_1"
		"; items payment txn_1 3xpri_2 recurring"
		"; period payment txn_1 until 86401"
		"; period subscription sub_1 until 86401" },
	    { COMPLETED, "{'id':'txn_1','origin':'subscription_charge',"
		"'items':[" ITEM "]," TOTALS "," PERIOD
		",'subscription_id':'sub_1'}",
		"facts: " PAID_1 " -> subscription sub_1"
		"; period payment txn_1 until 86401" },
	    { COMPLETED, "{'id':'txn_1','origin':'of_next_year','items':["
		MONTHLY "]," TOTALS "," PERIOD ",'subscription_id':'sub_1'}",
		"facts: " PAID_1 " -> subscription sub_1"
		"; items payment txn_1 3xpri_2 recurring"
		"; period payment txn_1 until 86401" },

	    /* A trial begins with a bill of nothing. */
	    { COMPLETED, "{'id':'txn_1','origin':'web','items':[" MONTHLY "],"
		"'currency_code':'EUR','details':{'totals':{'grand_total':"
		"'0'}}," PERIOD ",'subscription_id':'sub_1'}",
		"facts: paid payment txn_1 0 eur -> subscription sub_1"
		"; items payment txn_1 3xpri_2 recurring"
		"; period payment txn_1 until 86401" },

	    /* Another card, and nothing sold. */
	    { COMPLETED, "{'id':'txn_1','origin':"
		"'subscription_payment_method_change','items':[" MONTHLY "],"
		"'currency_code':'EUR','details':{'totals':{'grand_total':"
		"'0'}},'subscription_id':'sub_1'}", "ignored" },

	    /* Beyond 32 bits, up to the end of 64, and more than we sell. */
	    { COMPLETED, "{'id':'txn_1','origin':'web','items':[{'price':"
		"{'id':'pri_1'},'quantity':4294967296}],'currency_code':"
		"'JPY','details':{'totals':{'grand_total':"
		"'9223372036854775807'}}}",
		"facts: paid payment txn_1 9223372036854775807 jpy"
		"; items payment txn_1 1000000xpri_1" },
	    { COMPLETED, "{'id':'txn_1','origin':'web','items':[{'price':"
		"{'id':'pri_1'},'quantity':0}]," TOTALS "}",
		"facts: " PAID_1 "; items payment txn_1" },
	};

	check_shapes(shapes, COUNT(shapes));
}

static void
other_words_about_a_transaction_tell_of_attempts_and_links(void)
{
	static const struct shape	shapes[] = {
	    { "transaction.updated", "{'id':'txn_1','status':'ready',"
		"'payments':[{'status':'action_required'},{'status':'error'}]"
		"}", "facts: step payment txn_1 requires_action" },
	    { "transaction.updated", "{'id':'txn_1','status':'ready',"
		"'payments':[{'status':'pending_no_action_required'}]}",
		"facts: step payment txn_1 processing" },
	    { "transaction.updated", "{'id':'txn_1','status':'past_due',"
		"'subscription_id':'sub_1','payments':[{'status':"
		"'authorized'}]}", "facts: step payment txn_1 processing"
		" -> subscription sub_1" },
	    { "transaction.updated", "{'id':'txn_1','status':'paid',"
		"'payments':[{'status':'authorized'}]}", "ignored" },
	    { "transaction.updated", "{'id':'txn_1','status':'paid',"
		"'subscription_id':'sub_1','custom_data':{'rung_user':'u1'}}",
		"facts: seen payment txn_1 for u1 -> subscription sub_1" },
	    { "transaction.created", "{'id':'txn_1','status':'draft',"
		"'custom_data':{'rung_user':'u1'},'payments':[]}",
		"ignored" },
	    { "transaction.ready", "{'id':'txn_1','status':'ready',"
		"'payments':[{'status':'a_word_of_next_year'}]}", "ignored" },
	    { "transaction.of_next_year", "{'id':'txn_1'}", "ignored" },
	    { "customer.created", "{'id':'ctm_1'}", "ignored" },
	    { "customer.created", "null", "ignored" },
	};

	check_shapes(shapes, COUNT(shapes));
}

#define OF(action, status)	"{'id':'adj_1','action':'" action \
	"','status':'" status "','transaction_id':'txn_1'," \
	"'subscription_id':'sub_1','totals':{'total':'100'}," \
	"'updated_at':'0001-01-01T00:00:00Z'}"
#define LINK	" -> subscription sub_1"
#define REFUND(s)	"facts: refund payment txn_1 adj_1 " s " 100" LINK
#define DISPUTE(s)	"facts: dispute payment txn_1 adj_1 " s LINK

static void
an_adjustment_is_read_by_action_and_status(void)
{
	static const struct shape	shapes[] = {
	    { "adjustment.created", OF("refund", "pending_approval"),
		REFUND("pending") },
	    { "adjustment.created", OF("refund", "approved"),
		REFUND("succeeded") },
	    { "adjustment.updated", OF("refund", "rejected"),
		REFUND("failed") },
	    { "adjustment.updated", OF("refund", "reversed"),
		REFUND("failed") },
	    { "adjustment.updated", OF("refund", "of_next_year"),
		REFUND("pending") },
	    { "adjustment.created", OF("chargeback", "approved"),
		DISPUTE("open") },
	    { "adjustment.created", OF("chargeback", "of_next_year"),
		DISPUTE("open") },
	    { "adjustment.created", OF("chargeback", "pending_approval"),
		DISPUTE("warning") },
	    { "adjustment.updated", OF("chargeback", "reversed"),
		DISPUTE("won") },
	    { "adjustment.updated", OF("chargeback", "rejected"),
		DISPUTE("won") },
	    { "adjustment.created", OF("chargeback_reverse", "approved"),
		DISPUTE("reversal") },
	    { "adjustment.created", OF("chargeback_reverse",
		"pending_approval"), DISPUTE("warning") },
	    { "adjustment.created", OF("chargeback_warning", "approved"),
		DISPUTE("warning") },
	    { "adjustment.created", OF("chargeback_warning", "of_next_year"),
		DISPUTE("warning") },
	    { "adjustment.updated", OF("chargeback_warning", "reversed"),
		DISPUTE("won") },
	    { "adjustment.created", OF("chargeback_warning_reverse",
		"approved"), "ignored" },
	    { "adjustment.created", OF("credit", "approved"), "ignored" },
	    { "adjustment.created", OF("credit_reverse", "approved"),
		"ignored" },
	    { "adjustment.created", OF("of_next_year", "approved"),
		"ignored" },
	};

	check_shapes(shapes, COUNT(shapes));
}

#define CYCLE	"'current_billing_period':{'starts_at':" \
		"'1970-01-01T00:00:01Z','ends_at':'1970-01-02T00:00:01Z'}"
#define SUB_1	"state subscription sub_1 "

static void
a_subscription_is_read_for_what_it_is(void)
{
	static const struct shape	shapes[] = {
	    { "subscription.updated", "{'id':'sub_1','status':'trialing',"
		"'items':[" MONTHLY "]," CYCLE "}",
		"facts: " SUB_1 "trialing 3xpri_2 trial_end 86401 until"
		" 86401" },
	    { "subscription.updated", "{'id':'sub_1','status':'active',"
		"'items':[{'price':{'id':'pri_2','billing_cycle':{}},"
		"'quantity':3,'trial_dates':{'ends_at':"
		"'1970-01-01T00:00:01Z'}}]," CYCLE "}",
		"facts: " SUB_1 "active 3xpri_2 trial_end 1 until 86401" },
	    { "subscription.updated", "{'id':'sub_1','status':'active',"
		"'items':[" MONTHLY "]," CYCLE ",'scheduled_change':"
		"{'action':'pause','effective_at':'1970-01-02T00:00:01Z',"
		"'resume_at':null}}",
		"facts: " SUB_1 "active 3xpri_2 until 86401" },
	    { "subscription.imported", "{'id':'sub_1','status':'active',"
		"'items':[" MONTHLY "," ITEM "],'current_billing_period':null"
		",'custom_data':null}",
		"facts: " SUB_1 "active 3xpri_2 2xpri_1" },
	    { "subscription.updated", "{'id':'sub_1','status':'of_next_year',"
		"'items':7,'custom_data':{'rung_user':'u1'}}",
		"facts: seen subscription sub_1 for u1" },
	    { "subscription.canceled", "{'id':'sub_1','status':'canceled',"
		"'items':[],'canceled_at':null}",
		"facts: " SUB_1 "canceled; ended subscription sub_1 at"
		" 1000" },
	    { "subscription.canceled", "{'id':'sub_1','status':'of_next_year'"
		",'canceled_at':'1970-01-01T00:00:07Z'}",
		"facts: seen subscription sub_1; ended subscription sub_1 at"
		" 7" },
	};

	check_shapes(shapes, COUNT(shapes));
}

#define NAMED(data)	"{'id':'txn_1','status':'ready','custom_data':" data "}"
#define FAILED		"facts: step payment txn_1 failed"

/* custom_data may be anything: what cannot be a name names nobody. */
static void
names_are_taken_only_where_they_are_names(void)
{
	static const struct shape	shapes[] = {
	    { "transaction.payment_failed",
		NAMED("{'rung_user':'u 1','rung_session':'us_1'}"),
		FAILED " for u 1/us_1 (buyer)" },
	    { "transaction.payment_failed", NAMED("{'rung_session':'us_1'}"),
		FAILED " for /us_1 (buyer)" },
	    { "transaction.payment_failed",
		NAMED("{'rung_user':'u\\u00001','rung_session':'us\\u00001'}"),
		FAILED },
	    { "transaction.payment_failed",
		NAMED("{'rung_user':7,'rung_session':{'id':'us_1'}}"),
		FAILED },
	    { "transaction.payment_failed",
		NAMED("{'rung_user':'../u1','rung_session':''}"), FAILED },
	    { "transaction.payment_failed", NAMED("null"), FAILED },
	    { "transaction.payment_failed", NAMED("['rung_user','u1']"),
		FAILED },
	    { "transaction.payment_failed", NAMED("'rung_user'"), FAILED },
	};

	check_shapes(shapes, COUNT(shapes));
}

/* A hundred kilobytes of the buyer's own beside our names. */
static void
huge_custom_data_hides_nothing(void)
{
	enum { EACH = 60000 };
	struct arena	*a = unit_arena();
	char		*pad = arena_take(a, EACH + 1, 1);
	struct event	 ev;

	memset(pad, 'x', EACH);
	told_read_by(&provider_paddle, a, envelope(a,
	    "transaction.payment_failed", arena_text(a, NAMED("{'a':'%s',"
	    "'b':{'c':['%s']},'rung_user':'u1'}"), pad, pad).at), &ev);
	told_same("huge", told_event(a, &ev), STR(FAILED " for u1"));
}

#define ODD(why)	"unreadable: " why

static void
what_is_missing_is_kept_for_an_operator(void)
{
	static const char	no_amount[] = ODD("details.totals.grand_total"
				    " is missing or no amount");
	static const char	no_currency[] = ODD("its currency_code is"
				    " missing or none");
	static const char	no_item[] = ODD("an item has no price or"
				    " quantity that we can read");
	static const struct shape	shapes[] = {
	    { COMPLETED, "{'id':'txn_1','items':[]}", no_amount },
	    { COMPLETED, "{'id':'txn_1','currency_code':'EUR','details':"
		"{'totals':{'grand_total':'-1'}}}", no_amount },
	    { COMPLETED, "{'id':'txn_1','currency_code':'EUR','details':"
		"{'totals':{'grand_total':'1.5'}}}", no_amount },
	    { COMPLETED, "{'id':'txn_1','currency_code':'EUR','details':"
		"{'totals':{'grand_total':'9223372036854775808'}}}",
		no_amount },
	    { COMPLETED, "{'id':'txn_1','currency_code':'eur','details':"
		"{'totals':{'grand_total':'1'}}}", no_currency },
	    { COMPLETED, "{'id':'txn_1','details':{'totals':{'grand_total':"
		"'1'}}}", no_currency },
	    { COMPLETED, "{'id':'txn_1','items':[{'quantity':1}]," TOTALS "}",
		no_item },
	    { COMPLETED, "{'id':'txn_1','items':[{'price':{'id':'pri_1'}}],"
		TOTALS "}", no_item },
	    { COMPLETED, "{'id':'txn_1','items':[{'price':{'id':'pri_1'},"
		"'quantity':-1}]," TOTALS "}", no_item },
	    { COMPLETED, "{'id':'txn_1','items':[{'price':{'id':'pri_1'},"
		"'quantity':'1'}]," TOTALS "}", no_item },
	    { COMPLETED, "{'id':'txn_1'," TOTALS "}",
		ODD("its items are missing or more than 20") },
	    { "subscription.updated", "{'id':'sub_1','status':'active'}",
		ODD("its items are missing or more than 20") },
	    { COMPLETED, "{'id':'sub_1'}",
		ODD(COMPLETED " carries no txn_... of Paddle's") },
	    { COMPLETED, "[]",
		ODD(COMPLETED " carries no txn_... of Paddle's") },
	    { "subscription.updated", "{'id':7}",
		ODD("subscription.* carries no sub_... of Paddle's") },
	    { "adjustment.created", "{'id':'adj_1','action':'refund'}",
		ODD("the id of its payment is missing or no id") },
	    { "adjustment.created", "{'id':'adj_1','action':'refund',"
		"'transaction_id':'txn_1'}",
		ODD("totals.total is missing or no amount") },
	    { "adjustment.created", "{'id':'adj_\\u0000','action':"
		"'chargeback','transaction_id':'txn_1'}",
		ODD("the id of the adjustment is no id") },
	};

	check_shapes(shapes, COUNT(shapes));
}

static void
an_envelope_decides_what_is_read_at_all(void)
{
	static const struct {
		const char	*body;
		const char	*told;
	} rows[] = {
	    { "{'event_id':'evt_1','event_type':'customer.created'}",
		"ignored" },
	    { "{'event_id':'evt_1','event_type':'" COMPLETED "','data':"
		"{'id':'txn_1'}}",
		ODD(COMPLETED " does not say when it occurred") },
	    { "{'event_id':'evt_1','event_type':'" COMPLETED "','data':"
		"{'id':'txn_1'},'occurred_at':'0001-01-01T00:00:00Z'}",
		ODD(COMPLETED " does not say when it occurred") },
	    { "{'event_id':'evt_1','event_type':'" COMPLETED "','data':"
		"{'id':'txn_1'},'occurred_at':'1969-12-31T00:00:00Z'}",
		ODD(COMPLETED " does not say when it occurred") },
	    { "{'event_type':'" COMPLETED "'}",
		ODD("its event_id is missing or no id") },
	    { "{'event_id':'evt 1','event_type':'" COMPLETED "'}",
		ODD("its event_id is missing or no id") },
	    { "{'event_id':'evt_1'}",
		ODD("its event_type is missing or no type") },
	    { "{'event_id':'evt_1','event_type':'a b'}",
		ODD("its event_type is missing or no type") },
	    { "{'alert_name':'payment_succeeded','alert_id':'1'}",
		ODD("its event_id is missing or no id") },
	    { "[]", ODD("its event_id is missing or no id") },
	    { "null", ODD("its event_id is missing or no id") },
	};
	struct arena	*a = unit_arena();

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct event ev;

		told_read_by(&provider_paddle, a, str_of(rows[i].body), &ev);
		told_same(rows[i].body, told_event(a, &ev),
		    str_of(rows[i].told));
		CU_ASSERT_TRUE(ev.livemode);	/* as its secrets */
		arena_reset(a);
	}
}

/* Trailing zeros are dropped, so any number of digits may be there. */
static void
a_time_has_up_to_nine_digits_behind_the_point(void)
{
	static const struct {
		const char	*text;
		int64_t		 at;
	} rows[] = {
		{ "1970-01-01T00:00:02Z", 2000000 },
		{ "1970-01-01T00:00:02.1Z", 2100000 },
		{ "1970-01-01T00:00:02.12Z", 2120000 },
		{ "1970-01-01T00:00:02.123Z", 2123000 },
		{ "1970-01-01T00:00:02.1234Z", 2123400 },
		{ "1970-01-01T00:00:02.12345Z", 2123450 },
		{ "1970-01-01T00:00:02.123456Z", 2123456 },
		{ "1970-01-01T00:00:02.1234567Z", 2123456 },
		{ "1970-01-01T00:00:02.12345678Z", 2123456 },
		{ "1970-01-01T00:00:02.123456789Z", 2123456 },
	};
	struct arena	*a = unit_arena();

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct event ev;

		told_read_by(&provider_paddle, a, arena_text(a, "{'event_id':"
		    "'evt_1','event_type':'customer.created','occurred_at':"
		    "'%s'}", rows[i].text), &ev);
		ROW(ev.at == rows[i].at, rows[i].text);
	}
}

static void
twenty_one_items_are_not_guessed_at(void)
{
	struct arena	*a = unit_arena();
	struct str	 items = STR(ITEM);
	struct event	 ev;

	for (int i = 1; i < ITEMS_MAX; i++)
		items = arena_text(a, "%.*s," ITEM, STR_FMT(items));
	told_read_by(&provider_paddle, a, envelope(a, COMPLETED, arena_text(a,
	    "{'id':'txn_1','origin':'web','items':[%.*s]," TOTALS "}",
	    STR_FMT(items)).at), &ev);
	CU_ASSERT_EQUAL(ev.class, EVENT_FACTS);
	CU_ASSERT_EQUAL(ev.facts[1].item_count, ITEMS_MAX);
	told_read_by(&provider_paddle, a, envelope(a, COMPLETED, arena_text(a,
	    "{'id':'txn_1','origin':'web','items':[%.*s," ITEM "]," TOTALS
	    "}", STR_FMT(items)).at), &ev);
	CU_ASSERT_EQUAL(ev.class, EVENT_UNREADABLE);
}

CU_TestInfo paddle_shapes_tests[] = {
	{ "a paid transaction is read for what it is",
	    a_paid_transaction_is_read_for_what_it_is },
	{ "other words about a transaction tell of attempts and links",
	    other_words_about_a_transaction_tell_of_attempts_and_links },
	{ "an adjustment is read by action and status",
	    an_adjustment_is_read_by_action_and_status },
	{ "a subscription is read for what it is",
	    a_subscription_is_read_for_what_it_is },
	{ "names are taken only where they are names",
	    names_are_taken_only_where_they_are_names },
	{ "huge custom_data hides nothing", huge_custom_data_hides_nothing },
	{ "what is missing is kept for an operator",
	    what_is_missing_is_kept_for_an_operator },
	{ "an envelope decides what is read at all",
	    an_envelope_decides_what_is_read_at_all },
	{ "a time has up to nine digits behind the point",
	    a_time_has_up_to_nine_digits_behind_the_point },
	{ "twenty-one items are not guessed at",
	    twenty_one_items_are_not_guessed_at },
	CU_TEST_INFO_NULL
};
