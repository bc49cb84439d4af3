/*
 * Stripe's objects that no fixture shows: old and new shapes, words we do not
 * know, and what is missing.
 */
#include "provider/stripe.h"
#include "unit/provider/told.h"
#include "unit/unit.h"

/* An event of this type about this object, at second 1000. */
static struct str
envelope(struct arena *a, const char *type, const char *object)
{
	return arena_text(a, "{'id':'evt_1','object':'event','created':1000,"
	    "'livemode':true,'type':'%s','data':{'object':%s}}", type, object);
}

struct shape {
	const char	*type;
	const char	*object;
	const char	*told;
};

static void
check_shapes(const struct shape *shapes, size_t count)
{
	struct arena	*a = unit_arena();

	for (size_t i = 0; i < count; i++) {
		struct event ev;

		told_read(a, envelope(a, shapes[i].type, shapes[i].object),
		    STR_NONE, &ev);
		told_same(shapes[i].object, told_event(a, &ev),
		    str_of(shapes[i].told));
		CU_ASSERT_EQUAL(ev.class == EVENT_FACTS, ev.fact_count > 0);
		arena_reset(a);
	}
}

#define CHECKOUT(rest)	"{'id':'cs_1','object':'checkout.session'" rest "}"
#define PAID		",'payment_status':'paid','amount_total':5," \
			"'currency':'usd'"

static void
a_checkout_is_read_for_what_it_is(void)
{
	static const char done[] = "checkout.session.completed";
	static const struct shape shapes[] = {
	    /* Who names the session decides how much the name is worth. */
	    { done, CHECKOUT(",'mode':'payment'" PAID
		",'client_reference_id':'us_1','metadata':{}"),
		"facts: paid checkout cs_1 5 usd for /us_1 (buyer)" },
	    { done, CHECKOUT(",'mode':'payment'" PAID
		",'client_reference_id':'us_1','metadata':null"),
		"facts: paid checkout cs_1 5 usd for /us_1 (buyer)" },
	    { done, CHECKOUT(",'mode':'payment'" PAID
		",'client_reference_id':'us_1'"
		",'metadata':{'rung_session':'us_2'}"),
		"facts: paid checkout cs_1 5 usd for /us_2 (metadata)" },
	    { done, CHECKOUT(",'mode':'payment'" PAID
		",'client_reference_id':'us_1','metadata':{'rung_user':'u'}"),
		"facts: paid checkout cs_1 5 usd for u/us_1 (buyer)" },
	    { done, CHECKOUT(",'mode':'payment'" PAID
		",'client_reference_id':'order no. 7'"
		",'metadata':{'rung_user':'a/b'}"),
		"facts: paid checkout cs_1 5 usd" },
	    { done, CHECKOUT(",'mode':'payment'" PAID
		",'client_reference_id':null,'metadata':{'rung_user':"
		"'J\\u00f6rg W\\u00e4lder'}"),
		"facts: paid checkout cs_1 5 usd for J\u00f6rg W\u00e4lder" },

	    /* Money, no money needed, money to come, a word we do not know. */
	    { done, CHECKOUT(",'mode':'payment','payment_status':"
		"'no_payment_required','amount_total':0,'currency':'eur'"),
		"facts: paid checkout cs_1 0 eur" },
	    { done, CHECKOUT(",'mode':'payment','payment_status':'unpaid'"),
		"facts: step checkout cs_1 processing" },
	    { done, CHECKOUT(",'mode':'payment','payment_status':'promised'"
		",'payment_intent':'pi_1'"),
		"facts: seen checkout cs_1 -> payment pi_1" },
	    { done, CHECKOUT(",'mode':'payment'"),
		"facts: seen checkout cs_1" },
	    { done, CHECKOUT(",'mode':'barter'" PAID),
		"facts: seen checkout cs_1" },

	    /* Setup saves a card; it needs no payment and buys nothing. */
	    { done, CHECKOUT(",'mode':'setup','payment_status':"
		"'no_payment_required','amount_total':null"), "ignored" },
	    { "checkout.session.expired", CHECKOUT(",'mode':'setup'"),
		"ignored" },

	    /* A trial by subscription is no money. */
	    { done, CHECKOUT(",'mode':'subscription','subscription':'sub_1'"
		",'payment_status':'no_payment_required','amount_total':0"
		",'metadata':{'rung_user':'u'}"),
		"facts: seen checkout cs_1 for u -> subscription sub_1"
		"; seen subscription sub_1 for u" },
	    { done, CHECKOUT(",'mode':'subscription','subscription':'sub_1'"
		",'payment_status':'paid','client_reference_id':'us_1'"),
		"facts: seen checkout cs_1 for /us_1 (buyer)"
		" -> subscription sub_1" },
	    { done, CHECKOUT(",'mode':'subscription','payment_status':"
		"'unpaid','subscription':{'id':'sub_1','object':"
		"'subscription'},'metadata':{'rung_session':'us_1'}"),
		"facts: step checkout cs_1 processing for /us_1 (metadata)"
		" -> subscription sub_1"
		"; seen subscription sub_1 for /us_1 (metadata)" },

	    /* References may be expanded, and are then read all the same. */
	    { done, CHECKOUT(",'mode':'payment'" PAID
		",'payment_intent':{'id':'pi_1','object':'payment_intent'}"
		",'invoice':{'id':'in_1'},'subscription':null"),
		"facts: paid checkout cs_1 5 usd -> payment pi_1"
		" -> invoice in_1" },
	};

	check_shapes(shapes, COUNT(shapes));
}

#define INTENT(rest)	"{'id':'pi_1','object':'payment_intent'" rest "}"
#define CHARGE(rest)	"{'id':'ch_1','object':'charge'" rest "}"
#define REFUND(rest)	"{'id':'re_1','object':'refund','amount':7" rest "}"
#define DISPUTE(rest)	"{'id':'du_1','object':'dispute'" rest "}"

static void
a_payment_is_read_for_what_it_is(void)
{
	static const struct shape shapes[] = {
	    { "payment_intent.canceled", INTENT(""),
		"facts: closed payment pi_1 abandoned" },
	    { "payment_intent.succeeded", INTENT(",'amount':9"
		",'amount_received':8,'currency':'jpy','invoice':'in_1'"),
		"facts: paid payment pi_1 8 jpy -> invoice in_1" },
	    { "payment_intent.created", INTENT(""), "ignored" },
	    { "payment_intent.amount_capturable_updated", INTENT(""),
		"ignored" },
	    { "charge.succeeded", CHARGE(",'amount':9,'currency':'jpy'"),
		"ignored" },

	    /* A charge of old, without an intent, is its own payment. */
	    { "charge.refunded", CHARGE(",'amount_refunded':9"
		",'payment_intent':null,'invoice':'in_1'"),
		"facts: refunded payment ch_1 9 -> invoice in_1" },
	    { "refund.created", REFUND(",'charge':'ch_1','status':'pending'"),
		"facts: refund payment ch_1 re_1 pending 7" },
	    { "refund.created", REFUND(",'status':'succeeded'"), "ignored" },
	    { "refund.updated", REFUND(",'charge':{'id':'ch_1'}"
		",'payment_intent':{'id':'pi_1'},'status':'canceled'"),
		"facts: refund payment pi_1 re_1 canceled 7" },
	    { "charge.refund.updated", REFUND(",'payment_intent':'pi_1'"
		",'status':'failed'"),
		"facts: refund payment pi_1 re_1 failed 7" },
	    { "refund.updated", REFUND(",'payment_intent':'pi_1'"
		",'status':'requires_action'"),
		"facts: refund payment pi_1 re_1 pending 7" },
	    { "refund.updated", REFUND(",'payment_intent':'pi_1'"
		",'status':null"),
		"facts: refund payment pi_1 re_1 pending 7" },

	    { "invoice_payment.paid", "{'id':'inpay_1','object':"
		"'invoice_payment','invoice':'in_1','payment':{'type':"
		"'charge','charge':'ch_1'}}",
		"facts: seen payment ch_1 -> invoice in_1" },
	    { "invoice_payment.paid", "{'id':'inpay_1','object':"
		"'invoice_payment','invoice':'in_1','payment':{'type':"
		"'payment_record'}}", "ignored" },
	};

	check_shapes(shapes, COUNT(shapes));
}

static void
every_word_for_a_dispute_is_understood(void)
{
	struct arena	*a = unit_arena();
	static const struct {
		const char		*status;
		enum dispute_state	 state;
	} rows[] = {
		{ "warning_needs_response",	DISPUTE_WARNING },
		{ "warning_under_review",	DISPUTE_WARNING },
		{ "warning_closed",		DISPUTE_WON },
		{ "needs_response",		DISPUTE_OPEN },
		{ "under_review",		DISPUTE_OPEN },
		{ "appeal_needs_response",	DISPUTE_OPEN },
		{ "appeal_under_review",	DISPUTE_OPEN },
		{ "a_word_of_next_year",	DISPUTE_OPEN },
		{ "prevented",			DISPUTE_WON },
		{ "won",			DISPUTE_WON },
		{ "lost",			DISPUTE_LOST },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct event ev;

		told_read(a, envelope(a, "charge.dispute.funds_withdrawn",
		    arena_text(a, DISPUTE(",'charge':'ch_1','status':'%s'"),
		    rows[i].status).at), STR_NONE, &ev);
		CU_ASSERT_EQUAL_FATAL(ev.fact_count, 1);
		CU_ASSERT_EQUAL(ev.facts[0].kind, FACT_DISPUTE);
		CU_ASSERT_EQUAL(ev.facts[0].dispute_state, rows[i].state);
	}
}

#define SUB(rest)	"{'id':'sub_1','object':'subscription'," \
			"'items':{'data':[]}" rest "}"
#define SUB_OF(items, rest) "{'id':'sub_1','object':'subscription'," \
			"'status':'active','items':{'data':[" items "]}" \
			rest "}"

static void
a_subscription_is_read_for_what_it_is(void)
{
	static const char news[] = "customer.subscription.updated";
	static const struct shape shapes[] = {
	    /* Each status, with a period of seconds 10 to 20. */
	    { news, SUB(",'status':'trialing','trial_end':20"
		",'current_period_start':10,'current_period_end':20"),
		"facts: state subscription sub_1 trialing trial_end 20"
		" until 20" },
	    { news, SUB(",'status':'active'"
		",'current_period_start':10,'current_period_end':20"),
		"facts: state subscription sub_1 active until 20" },
	    { news, SUB(",'status':'past_due'"
		",'current_period_start':10,'current_period_end':20"),
		"facts: state subscription sub_1 past_due until 10" },
	    { news, SUB(",'status':'unpaid'"
		",'current_period_start':10,'current_period_end':20"),
		"facts: state subscription sub_1 unpaid" },
	    { news, SUB(",'status':'paused'"),
		"facts: state subscription sub_1 paused" },
	    { news, SUB(",'status':'incomplete'"
		",'current_period_start':10,'current_period_end':20"),
		"facts: state subscription sub_1 incomplete" },

	    /* The ends: when it ended, else was cancelled, else was told. */
	    { news, SUB(",'status':'canceled','ended_at':30"
		",'canceled_at':25"),
		"facts: state subscription sub_1 canceled"
		"; ended subscription sub_1 at 30" },
	    { news, SUB(",'status':'incomplete_expired','ended_at':null"
		",'canceled_at':25"),
		"facts: state subscription sub_1 canceled"
		"; closed subscription sub_1 abandoned"
		"; ended subscription sub_1 at 25" },
	    { "customer.subscription.deleted", SUB(",'status':'active'"),
		"facts: state subscription sub_1 active"
		"; ended subscription sub_1 at 1000" },

	    /* A status of next year is noted, and grants and takes nothing. */
	    { news, SUB(",'status':'hibernating','current_period_end':20"
		",'metadata':{'rung_user':'u'}"),
		"facts: seen subscription sub_1 for u" },
	    { news, SUB(""), "facts: seen subscription sub_1" },
	    { "customer.subscription.invented", SUB(",'status':'active'"),
		"facts: state subscription sub_1 active" },

	    /* Planned ends. */
	    { news, SUB(",'status':'active','cancel_at':15"
		",'cancel_at_period_end':true,'current_period_end':20"),
		"facts: state subscription sub_1 active cancel_at 15"
		" until 20" },
	    { news, SUB(",'status':'active','cancel_at':null"
		",'cancel_at_period_end':true,'current_period_end':20"),
		"facts: state subscription sub_1 active cancel_at 20"
		" until 20" },

	    /* Items: both ways to name a price, none counted, none bought. */
	    { news, SUB_OF("{'price':'price_1','quantity':3}"
		",{'plan':{'id':'plan_2'},'quantity':null}"
		",{'price':{'id':'price_3'},'quantity':0}"
		",{'price':{'id':'price_4'},'quantity':5000000}", ""),
		"facts: state subscription sub_1 active 3xprice_1 1xplan_2"
		" 1000000xprice_4" },
	    { news, SUB_OF("{'price':'price_1','quantity':1"
		",'current_period_start':10,'current_period_end':100}"
		",{'price':'price_2','quantity':1"
		",'current_period_start':40,'current_period_end':50}", ""),
		"facts: state subscription sub_1 active 1xprice_1 1xprice_2"
		" until 50" },
	    { news, "{'id':'sub_1','object':'subscription','status':"
		"'past_due','items':{'data':[{'price':'price_1'"
		",'current_period_start':10,'current_period_end':100}"
		",{'price':'price_2'"
		",'current_period_start':40,'current_period_end':50}]}}",
		"facts: state subscription sub_1 past_due 1xprice_1"
		" 1xprice_2 until 40" },
	};

	check_shapes(shapes, COUNT(shapes));
}

#define INVOICE(rest)	"{'id':'in_1','object':'invoice'" rest "}"
#define PAID_5		",'amount_paid':5,'currency':'usd'"
#define OF_SUB		",'parent':{'subscription_details':" \
			"{'subscription':{'id':'sub_1'}}}"

static void
an_invoice_is_read_for_what_it_is(void)
{
	static const struct shape shapes[] = {
	    /*
	     * Neither prorations nor single items move the subscription's
	     * paid-until.  The bill's own period is what it charges for: a
	     * proration counts, credit and single items do not.
	     */
	    { "invoice.paid", INVOICE(PAID_5 OF_SUB ",'lines':{'data':["
		"{'period':{'end':20},'parent':{'subscription_item_details':"
		"{'proration':false}}},"
		"{'period':{'end':10},'parent':{'subscription_item_details':"
		"{'proration':false}}},"
		"{'period':{'end':70},'parent':{'subscription_item_details':"
		"{'proration':true}},'amount':0},"
		"{'period':{'end':75},'parent':{'invoice_item_details':"
		"{'proration':true}},'amount':-1},"
		"{'period':{'end':80},'parent':{'invoice_item_details':{},"
		"'subscription_item_details':null},'amount':1}]}"),
		"facts: paid invoice in_1 5 usd -> subscription sub_1"
		"; period invoice in_1 until 70"
		"; period subscription sub_1 until 20" },
	    { "invoice.paid", INVOICE(PAID_5 OF_SUB ",'lines':{'data':["
		"{'period':{'end':75},'parent':{'invoice_item_details':"
		"{'proration':true}},'amount':1}]}"),
		"facts: paid invoice in_1 5 usd -> subscription sub_1"
		"; period invoice in_1 until 75" },
	    { "invoice.paid", INVOICE(PAID_5 ",'subscription':'sub_1'"
		",'lines':{'data':["
		"{'type':'subscription','period':{'end':20}},"
		"{'type':'subscription','proration':true,'period':{'end':70}}"
		",{'type':'invoiceitem','period':{'end':80}}]}"),
		"facts: paid invoice in_1 5 usd -> subscription sub_1"
		"; period invoice in_1 until 70"
		"; period subscription sub_1 until 20" },
	    { "invoice.paid", INVOICE(PAID_5 OF_SUB),
		"facts: paid invoice in_1 5 usd -> subscription sub_1" },

	    /* One without a subscription has only its own metadata. */
	    { "invoice.paid", INVOICE(PAID_5
		",'metadata':{'rung_user':'u'},'lines':{'data':["
		"{'type':'subscription','period':{'end':20}}]}"),
		"facts: paid invoice in_1 5 usd for u" },
	    { "invoice.payment_succeeded", INVOICE(PAID_5 OF_SUB),
		"ignored" },
	    { "invoice.created", INVOICE(""), "ignored" },
	};

	check_shapes(shapes, COUNT(shapes));
}

static void
what_is_missing_is_kept_for_an_operator(void)
{
	static const struct shape shapes[] = {
	    { "payment_intent.succeeded", INTENT(",'currency':'usd'"),
		"unreadable: amount_received of the payment_intent is"
		" missing or no amount" },
	    { "payment_intent.succeeded",
		INTENT(",'amount_received':-1,'currency':'usd'"),
		"unreadable: amount_received of the payment_intent is"
		" missing or no amount" },
	    { "payment_intent.succeeded",
		INTENT(",'amount_received':'5','currency':'usd'"),
		"unreadable: amount_received of the payment_intent is"
		" missing or no amount" },
	    { "payment_intent.succeeded", INTENT(",'amount_received':5"),
		"unreadable: the currency of the payment_intent is missing"
		" or none" },
	    { "payment_intent.succeeded",
		INTENT(",'amount_received':5,'currency':'US$'"),
		"unreadable: the currency of the payment_intent is missing"
		" or none" },
	    { "payment_intent.processing", "{'object':'payment_intent'}",
		"unreadable: the id of its payment is missing or no id" },
	    { "payment_intent.processing",
		"{'id':'pi 1','object':'payment_intent'}",
		"unreadable: the id of its payment is missing or no id" },
	    { "payment_intent.processing", CHARGE(""),
		"unreadable: payment_intent.processing carries no"
		" payment_intent" },
	    { "payment_intent.processing", "null",
		"unreadable: payment_intent.processing carries no"
		" payment_intent" },
	    { "customer.subscription.updated",
		"{'id':'sub_1','object':'subscription','status':'active'}",
		"unreadable: the subscription does not list all of its"
		" items" },
	    { "customer.subscription.updated", "{'id':'sub_1','object':"
		"'subscription','status':'active','items':{'data':[]"
		",'has_more':true}}",
		"unreadable: the subscription does not list all of its"
		" items" },
	    { "customer.subscription.updated", SUB_OF("{'quantity':3}", ""),
		"unreadable: an item of the subscription has no price we can"
		" read" },
	    { "charge.dispute.created", DISPUTE(",'status':'lost'"),
		"unreadable: the id of its payment is missing or no id" },
	    { "charge.dispute.created",
		"{'object':'dispute','charge':'ch_1','status':'lost'}",
		"unreadable: the id of the dispute is missing or no id" },
	};

	check_shapes(shapes, COUNT(shapes));
}

static void
a_subscription_of_twenty_one_items_is_not_guessed_at(void)
{
	struct arena	*a = unit_arena();

	for (int count = ITEMS_MAX; count <= ITEMS_MAX + 1; count++) {
		struct str	items = STR("{'price':'price_1'}");
		struct event	ev;

		for (int i = 1; i < count; i++)
			items = arena_text(a, "%.*s,{'price':'price_1'}",
			    STR_FMT(items));
		told_read(a, envelope(a, "customer.subscription.updated",
		    arena_text(a, SUB_OF("%.*s", ""), STR_FMT(items)).at),
		    STR_NONE, &ev);
		CU_ASSERT_EQUAL(ev.class, count <= ITEMS_MAX ?
		    EVENT_FACTS : EVENT_UNREADABLE);
	}
}

CU_TestInfo stripe_shapes_tests[] = {
	{ "a checkout is read for what it is",
	    a_checkout_is_read_for_what_it_is },
	{ "a payment is read for what it is",
	    a_payment_is_read_for_what_it_is },
	{ "every word for a dispute is understood",
	    every_word_for_a_dispute_is_understood },
	{ "a subscription is read for what it is",
	    a_subscription_is_read_for_what_it_is },
	{ "an invoice is read for what it is",
	    an_invoice_is_read_for_what_it_is },
	{ "what is missing is kept for an operator",
	    what_is_missing_is_kept_for_an_operator },
	{ "a subscription of twenty-one items is not guessed at",
	    a_subscription_of_twenty_one_items_is_not_guessed_at },
	CU_TEST_INFO_NULL
};
