/*
 * Lemon Squeezy's bodies that no fixture shows: other statuses, words we do
 * not know, odd names and numbers, what is missing; and what names an event
 * that came without an id.
 */
#include "base/buf.h"
#include "provider/lemon.h"
#include "unit/provider/told.h"
#include "unit/unit.h"

#define WHEN	"'updated_at':'1970-01-01T00:16:40.000000Z'"
#define MONEY	"'total':4900,'currency':'EUR'"
#define LINE	"'first_order_item':{'variant_id':7,'quantity':2}"
#define ITEM	"'first_subscription_item':{'id':3,'quantity':5}"
#define PAID_9	"facts: paid order 9 4900 eur"
#define PACK_9	"; items order 9 2x7"
#define SUB_8	"state subscription 8 "
#define OF_9	" -> order 9"
#define SUB(attributes)	"subscriptions", "'order_id':9,'variant_id':7," \
	ITEM "," WHEN "," attributes

struct shape {
	const char	*name;		/* of the event */
	const char	*type;
	const char	*attributes;
	const char	*told;
};

static struct str
body_of(struct arena *a, const struct shape *s, const char *meta)
{
	return arena_text(a, "{'data':{'id':'%s','type':'%s','attributes':"
	    "{%s}},'meta':{'event_name':'%s'%s}}",
	    strcmp(s->type, "orders") == 0 ? "9" : "8", s->type,
	    s->attributes, s->name, meta);
}

static void
check(const struct shape *shapes, size_t count, const char *meta)
{
	struct arena	*a = unit_arena();

	for (size_t i = 0; i < count; i++) {
		struct event ev;

		told_read_by(&provider_lemonsqueezy, a,
		    body_of(a, &shapes[i], meta), &ev);
		told_same(shapes[i].attributes, told_event(a, &ev),
		    str_of(shapes[i].told));
		arena_reset(a);
	}
}

static void
an_order_is_read_by_its_status(void)
{
	static const struct shape shapes[] = {
		{ "order_created", "orders",
		    "'status':'paid'," WHEN "," MONEY "," LINE,
		    PAID_9 PACK_9 },
		{ "order_created", "orders",
		    "'status':'paid'," WHEN "," MONEY
		    ",'first_order_item':null", PAID_9 },
		{ "order_created", "orders", "'status':'failed'," WHEN,
		    "facts: step order 9 failed" },
		{ "order_created", "orders", "'status':'pending'," WHEN,
		    "facts: step order 9 processing" },
		{ "order_created", "orders", "'status':'sparkling'," WHEN,
		    "facts: seen order 9" },
		{ "order_created", "orders", "'status':null," WHEN,
		    "facts: seen order 9" },
		{ "order_refunded", "orders",
		    "'status':'refunded'," WHEN "," MONEY "," LINE,
		    PAID_9 "; refunded order 9 4900" PACK_9 },
		{ "order_refunded", "orders",
		    "'status':'partial_refund','refunded_amount':'10',"
		    WHEN "," MONEY "," LINE,
		    PAID_9 "; refunded order 9 10" PACK_9 },
		{ "order_refunded", "orders",
		    "'status':'paid','refunded':true,'refunded_amount':null,"
		    WHEN "," MONEY, PAID_9 "; refunded order 9 4900" },
		{ "order_refunded", "orders", "'status':'fraudulent',"
		    "'refunded_amount':0," WHEN "," MONEY "," LINE,
		    PAID_9 PACK_9 "; dispute order 9 fraudulent lost" },
		{ "order_will_be_new", "orders",
		    "'status':'paid'," WHEN "," MONEY "," LINE,
		    PAID_9 PACK_9 },
	};

	check(shapes, COUNT(shapes), "");
}

static void
a_subscription_is_read_by_its_status(void)
{
	static const struct shape shapes[] = {
		{ "subscription_updated", SUB("'status':'active',"
		    "'renews_at':'1970-01-02T00:00:00Z'"),
		    "facts: " SUB_8 "active 5x7 until 86400" OF_9 },
		{ "subscription_updated", SUB("'status':'on_trial',"
		    "'renews_at':'1970-01-02T00:00:05Z',"
		    "'trial_ends_at':'1970-01-02T00:00:00Z'"),
		    "facts: " SUB_8 "trialing 5x7 trial_end 86400 until 86400"
		    OF_9 },
		{ "subscription_updated", SUB("'status':'on_trial',"
		    "'renews_at':'1970-01-02T00:00:00Z'"),
		    "facts: " SUB_8 "trialing 5x7 until 86400" OF_9 },
		{ "subscription_updated", SUB("'status':'past_due',"
		    "'renews_at':'1970-01-02T00:00:00Z'"),
		    "facts: " SUB_8 "past_due 5x7" OF_9 },
		{ "subscription_updated", SUB("'status':'unpaid'"),
		    "facts: " SUB_8 "unpaid 5x7" OF_9 },
		{ "subscription_paused", SUB("'status':'paused',"
		    "'pause':null"), "facts: " SUB_8 "paused 5x7" OF_9 },
		{ "subscription_paused", SUB("'status':'paused',"
		    "'pause':{'mode':'sparkling'}"),
		    "facts: " SUB_8 "paused 5x7" OF_9 },
		{ "subscription_paused", SUB("'status':'paused','pause':{"
		    "'mode':'free','resumes_at':'1970-01-02T00:00:00Z'}"),
		    "facts: " SUB_8 "active 5x7 until 86400" OF_9 },
		{ "subscription_cancelled", SUB("'status':'cancelled',"
		    "'ends_at':'1970-01-02T00:00:00Z',"
		    "'renews_at':'1970-01-03T00:00:00Z'"),
		    "facts: " SUB_8 "active 5x7 cancel_at 86400 until 86400"
		    OF_9 },
		{ "subscription_cancelled", SUB("'status':'cancelled',"
		    "'ends_at':'1970-01-02T00:00:00Z',"
		    "'trial_ends_at':'1970-01-02T00:00:00Z'"),
		    "facts: " SUB_8 "trialing 5x7 trial_end 86400 "
		    "cancel_at 86400 until 86400" OF_9 },
		{ "subscription_cancelled", SUB("'status':'cancelled'"),
		    "facts: " SUB_8 "active 5x7 cancel_at 1000 until 1000"
		    OF_9 },
		{ "subscription_expired", SUB("'status':'expired',"
		    "'ends_at':'1970-01-02T00:00:00Z'"),
		    "facts: " SUB_8 "canceled 5x7 at 1000" OF_9 },
		{ "subscription_expired", SUB("'status':'expired'"),
		    "facts: " SUB_8 "canceled 5x7 at 1000" OF_9 },
		{ "subscription_updated", SUB("'status':'sparkling'"),
		    "facts: seen subscription 8" OF_9 },
		{ "subscription_will_be_new", SUB("'status':'unpaid'"),
		    "facts: " SUB_8 "unpaid 5x7" OF_9 },
	};

	check(shapes, COUNT(shapes), "");
}

static void
a_bill_is_read_by_its_status_and_its_event(void)
{
	static const char	bills[] = "subscription-invoices";
	const struct shape	shapes[] = {
		{ "subscription_payment_success", bills, "'status':'paid',"
		    "'subscription_id':5," WHEN "," MONEY,
		    "facts: paid invoice 8 4900 eur -> subscription 5" },
		{ "subscription_payment_refunded", bills,
		    "'status':'partial_refunded','refunded_amount':7,"
		    "'subscription_id':'5'," WHEN "," MONEY,
		    "facts: paid invoice 8 4900 eur -> subscription 5"
		    "; refunded invoice 8 7 -> subscription 5" },
		{ "subscription_payment_failed", bills,
		    "'status':'pending'," WHEN,
		    "facts: step invoice 8 failed" },
		{ "subscription_payment_failed", bills,
		    "'status':'void'," WHEN, "facts: step invoice 8 failed" },
		{ "subscription_payment_success", bills,
		    "'status':'pending','subscription_id':5," WHEN,
		    "facts: seen invoice 8 -> subscription 5" },
		{ "subscription_payment_failed", bills,
		    "'status':'paid'," WHEN "," MONEY,
		    "facts: paid invoice 8 4900 eur" },
	};

	check(shapes, COUNT(shapes), "");
}

static void
numbers_may_be_texts_and_quantities_odd(void)
{
	static const struct shape shapes[] = {
		{ "order_created", "orders", "'status':'paid','total':'4900',"
		    "'currency':'eur','first_order_item':{'variant_id':'7',"
		    "'quantity':'2'}," WHEN, PAID_9 PACK_9 },
		{ "order_created", "orders", "'status':'paid'," MONEY ","
		    WHEN ",'first_order_item':{'variant_id':7}",
		    PAID_9 "; items order 9 1x7" },
		{ "order_created", "orders", "'status':'paid'," MONEY ","
		    WHEN ",'first_order_item':{'variant_id':7,'quantity':0}",
		    PAID_9 "; items order 9" },
		{ "order_created", "orders", "'status':'paid'," MONEY ","
		    WHEN ",'first_order_item':{'variant_id':7,"
		    "'quantity':9000000000}",
		    PAID_9 "; items order 9 1000000x7" },
		{ "subscription_updated", "subscriptions",
		    "'status':'unpaid','variant_id':7," WHEN
		    ",'first_subscription_item':{'quantity':0,"
		    "'is_usage_based':true}",
		    "facts: " SUB_8 "unpaid 1x7" },
		{ "subscription_updated", "subscriptions",
		    "'status':'unpaid','variant_id':7," WHEN
		    ",'first_subscription_item':null",
		    "facts: " SUB_8 "unpaid 1x7" },
		{ "subscription_updated", "subscriptions",
		    "'status':'unpaid','variant_id':7,'order_id':'9; drop',"
		    "'pause':[]," WHEN, "facts: " SUB_8 "unpaid 1x7" },
	};

	check(shapes, COUNT(shapes), "");
}

static void
what_cannot_be_read_is_kept(void)
{
	static const struct shape shapes[] = {
		{ "order_created", "orders", "'status':'paid'," WHEN,
		    "unreadable: its total is missing or no amount" },
		{ "order_created", "orders", "'status':'paid','total':-1,"
		    "'currency':'EUR'," WHEN,
		    "unreadable: its total is missing or no amount" },
		{ "order_created", "orders", "'status':'paid','total':49.0,"
		    "'currency':'EUR'," WHEN,
		    "unreadable: its total is missing or no amount" },
		{ "order_created", "orders", "'status':'paid','total':1,"
		    "'currency':'E1R'," WHEN,
		    "unreadable: its currency is missing or none" },
		{ "order_created", "orders", "'status':'paid'," MONEY ","
		    WHEN ",'first_order_item':{'quantity':2}",
		    "unreadable: what it sells has no variant or quantity we "
		    "can read" },
		{ "order_created", "orders", "'status':'paid'," MONEY ","
		    WHEN ",'first_order_item':{'variant_id':7,"
		    "'quantity':-2}",
		    "unreadable: what it sells has no variant or quantity we "
		    "can read" },
		{ "subscription_updated", "subscriptions",
		    "'status':'active'," WHEN,
		    "unreadable: what it sells has no variant or quantity we "
		    "can read" },
		{ "order_created", "orders", "'status':'paid'," MONEY,
		    "unreadable: one of its orders does not say when it was "
		    "updated" },
		{ "order_created", "subscriptions", "'status':'active'," WHEN,
		    "unreadable: order_created carries none of the orders" },
		{ "subscription_payment_success", "orders", WHEN,
		    "unreadable: subscription_payment_success carries none "
		    "of the subscription-invoices" },
		{ "order created", "orders", WHEN,
		    "unreadable: its event_name is missing or no name" },
		{ "", "orders", WHEN,
		    "unreadable: its event_name is missing or no name" },
		{ "order_created", "orders", "'status':'paid',"
		    "'test_mode':true," MONEY "," WHEN,
		    "facts: paid order 9 4900 eur" },
		{ "license_key_created", "license-keys", WHEN, "ignored" },
		{ "affiliate_activated", "affiliates", "", "ignored" },
	};

	check(shapes, COUNT(shapes), "");
}

static void
an_id_is_a_number(void)
{
	static const char *const	good[] = { "9", "'9'" };
	static const char *const	bad[] = {
		"0", "-9", "'x9'", "'9 '", "9.0", "null", "''", "{'id':9}",
		"99999999999999999999",
	};
	static const char	form[] = "{'data':{'id':%s,'type':'orders',"
	    "'attributes':{'status':'failed'," WHEN "}},"
	    "'meta':{'event_name':'order_created'}}";
	struct arena	*a = unit_arena();
	struct event	 ev;

	for (size_t i = 0; i < COUNT(good); i++) {
		told_read_by(&provider_lemonsqueezy, a,
		    arena_text(a, form, good[i]), &ev);
		SAME_STR(told_event(a, &ev),
		    STR("facts: step order 9 failed"));
	}
	for (size_t i = 0; i < COUNT(bad); i++) {
		told_read_by(&provider_lemonsqueezy, a,
		    arena_text(a, form, bad[i]), &ev);
		told_same(bad[i], told_event(a, &ev), STR("unreadable: "
		    "the id of its order is missing or no id"));
	}
}

static void
check_names(const char *custom, const char *names)
{
	struct arena		*a = unit_arena();
	struct str		 told = arena_text(a,
				    "facts: step order 9 failed%s", names);
	const struct shape	 shape = { "order_created", "orders",
				    "'status':'failed'," WHEN, told.at };

	check(&shape, 1, arena_text(a, ",'custom_data':%s", custom).at);
}

static void
the_buyers_words_say_whose_and_no_more(void)
{
	check_names("{'rung_user':'u','rung_session':'us_1'}",
	    " for u/us_1 (buyer)");
	check_names("{'rung_user':'u'}", " for u");
	check_names("{'rung_user':42,'rung_session':7}", " for 42/7 (buyer)");
	check_names("{'rung_session':'us_1','tier':'enterprise'}",
	    " for /us_1 (buyer)");
	check_names("[]", "");
	check_names("null", "");
	check_names("'rung_user'", "");
	check_names("{'rung_user':'a\\u0000b','rung_session':'a\\u0000b'}",
	    "");
	check_names("{'rung_user':['u'],'rung_session':{'id':'us_1'}}", "");
	check_names("{'rung_user':'','rung_session':' '}", "");
}

static void
as_much_custom_data_as_fits_is_passed_over(void)
{
	struct arena	*a = unit_arena();
	struct buf	 b;

	buf_init(&b, a, WEBHOOK_BYTES_MAX);
	buf_fmt(&b, "{'rung_user':'u'");
	for (int i = 0; i < 4000; i++)
		buf_fmt(&b, ",'k%d':'%030d'", i, i);
	buf_char(&b, '}');
	CU_ASSERT_FALSE(b.full);
	check_names(buf_str(&b).at, " for u");
}

struct moded {
	const char	*meta, *attributes;
	bool		 livemode;
};

static void
check_mode(const struct moded *m, bool secret_live)
{
	struct arena		*a = unit_arena();
	const struct shape	 shape = { "order_created", "orders",
				    arena_text(a, "'status':'failed',%s"
				    WHEN, m->attributes).at, NULL };
	struct str		 body = body_of(a, &shape, m->meta);
	char			*quoted = arena_take(a, body.len + 1, 1);
	const struct hook_rules	 rules = { .livemode = secret_live };
	struct event		 ev;

	for (size_t i = 0; i < body.len; i++)
		quoted[i] = body.at[i] == '\'' ? '"' : body.at[i];
	provider_lemonsqueezy.normalise(&(struct hook){
	    .body = { quoted, body.len } }, &rules, a, &ev);
	ROW(ev.class == EVENT_FACTS, m->meta);
	ROW(ev.livemode == m->livemode, m->meta);
}

static void
the_mode_is_what_the_body_says_else_the_secrets(void)
{
	static const struct moded said[] = {
		{ ",'test_mode':true", "", false },
		{ ",'test_mode':false", "", true },
		{ "", "'test_mode':true,", false },
		{ "", "'test_mode':false,", true },
		{ ",'test_mode':true", "'test_mode':true,", false },
		{ ",'test_mode':false", "'test_mode':null,", true },
	};

	for (size_t i = 0; i < COUNT(said); i++) {
		check_mode(&said[i], true);
		check_mode(&said[i], false);
	}
	check_mode(&(struct moded){ "", "", true }, true);
	check_mode(&(struct moded){ "", "", false }, false);
}

static void
a_body_of_both_modes_is_kept(void)
{
	static const struct shape shape = { "order_created", "orders",
	    "'status':'paid','test_mode':false," WHEN "," MONEY,
	    "unreadable: it says both test and live" };

	check(&shape, 1, ",'test_mode':true");
}

static void
another_store_is_not_ours(void)
{
	static const char	body[] = "{\"data\":{\"id\":\"9\",\"type\":"
	    "\"orders\",\"attributes\":{\"store_id\":2,\"status\":\"failed\","
	    "\"updated_at\":\"1970-01-01T00:16:40Z\"}},"
	    "\"meta\":{\"event_name\":\"order_created\"}}";
	static const struct {
		struct str		ours;
		enum event_class	class;
	} rows[] = {
		{ STR(""), EVENT_FACTS },
		{ STR("2"), EVENT_FACTS },
		{ STR("1"), EVENT_FOREIGN },
	};
	struct event	ev;

	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct hook_rules rules = { .account = rows[i].ours };

		provider_lemonsqueezy.normalise(&(struct hook){
		    .body = STR(body) }, &rules, unit_arena(), &ev);
		CU_ASSERT_EQUAL(ev.class, rows[i].class);
		CU_ASSERT_EQUAL(ev.fact_count, ev.class == EVENT_FACTS);
	}
	SAME(ev.account, "2");
	SAME(ev.why, "it belongs to store 2, not to ours");
}

/* --- an event without an id -------------------------------------------- */

static struct str
print_of(const char *body)
{
	struct event	ev;

	told_read_by(&provider_lemonsqueezy, unit_arena(), str_of(body), &ev);
	CU_ASSERT_EQUAL(ev.class, EVENT_FACTS);
	return ev.id;
}

#define META	"'meta':{'event_name':'order_created'}"

static void
what_is_told_again_has_the_same_name(void)
{
	struct str	first = print_of("{'data':{'id':'9','type':'orders',"
			    "'attributes':{'status':'failed','a':[1,{'x':1,"
			    "'y':2}],'urls':{'u':'sig=1'}," WHEN "}}," META
			    "}");
	static const char *const same[] = {
		"{" META ",'data':{'attributes':{" WHEN ",'urls':{'u':"
		    "'sig=2','v':0},'a':[1,{'y':2,'x':1}],'status':'failed'},"
		    "'type':'orders','id':'9'}}",
		"{'data':{'id':9,'type':'orders','links':{'self':'z'},"
		    "'attributes':{'status':'failed','a':[1,{'x':1,"
		    "'y':2}]," WHEN "}},'meta':{'event_name':'order_created',"
		    "'webhook_id':null,'custom_data':{'rung_user':'u'}}}",
		"{'data':{'id':'9','type':'orders','attributes':{'status':"
		    "'\\u0066ailed','a':[1,{'x':1,'y':2}]," WHEN "}},"
		    "'meta':{'event_name':'order_created',"
		    "'webhook_id':'no id'}}",
	};
	static const char *const other[] = {
		"{'data':{'id':'8','type':'orders','attributes':{'status':"
		    "'failed','a':[1,{'x':1,'y':2}]," WHEN "}}," META "}",
		"{'data':{'id':'9','type':'orders','attributes':{'status':"
		    "'pending','a':[1,{'x':1,'y':2}]," WHEN "}}," META "}",
		"{'data':{'id':'9','type':'orders','attributes':{'status':"
		    "'failed','a':[1,{'x':2,'y':1}]," WHEN "}}," META "}",
		"{'data':{'id':'9','type':'orders','attributes':{'status':"
		    "'failed','a':[1,{'x':1,'y':2},null]," WHEN "}}," META
		    "}",
		"{'data':{'id':'9','type':'orders','attributes':{'status':"
		    "'failed','a':[1,{'x':'1','y':2}]," WHEN "}}," META "}",
		"{'data':{'id':'9','type':'orders','attributes':{'status':"
		    "'failed','a':[1,{'x':1,'y':2}]," WHEN "}},"
		    "'meta':{'event_name':'order_refunded'}}",
	};

	CU_ASSERT_EQUAL(first.len, 2 + 64);
	CU_ASSERT_TRUE(str_starts(first, STR("f:")));
	for (size_t i = 0; i < COUNT(same); i++)
		told_same(same[i], print_of(same[i]), first);
	for (size_t i = 0; i < COUNT(other); i++)
		ROW(!str_eq(print_of(other[i]), first), other[i]);
}

CU_TestInfo lemon_shapes_tests[] = {
	{ "an order is read by its status", an_order_is_read_by_its_status },
	{ "a subscription is read by its status",
	    a_subscription_is_read_by_its_status },
	{ "a bill is read by its status and its event",
	    a_bill_is_read_by_its_status_and_its_event },
	{ "numbers may be texts, and quantities odd",
	    numbers_may_be_texts_and_quantities_odd },
	{ "what cannot be read is kept", what_cannot_be_read_is_kept },
	{ "an id is a number", an_id_is_a_number },
	{ "the buyer's words say whose, and no more",
	    the_buyers_words_say_whose_and_no_more },
	{ "as much custom_data as fits is passed over",
	    as_much_custom_data_as_fits_is_passed_over },
	{ "the mode is what the body says, else the secret's",
	    the_mode_is_what_the_body_says_else_the_secrets },
	{ "a body of both modes is kept", a_body_of_both_modes_is_kept },
	{ "another store is not ours", another_store_is_not_ours },
	{ "what is told again has the same name",
	    what_is_told_again_has_the_same_name },
	CU_TEST_INFO_NULL
};
