/*
 * Stripe's envelope: whose event it is, whether it can be read, and what
 * becomes of one that cannot.
 */
#include "provider/stripe.h"
#include "unit/provider/told.h"
#include "unit/unit.h"

static void
an_envelope_decides_what_is_read_at_all(void)
{
	static const struct {
		const char	*body;
		const char	*told;
	} rows[] = {
	    { "{'id':'evt_1','type':'invoice.paid','object':'v2.core.event'"
		",'created':'2026-09-01T10:00:00.000Z','related_object':{}}",
		"ignored" },
	    { "{'id':'evt_1','type':'v2.core.account[requirements].updated'"
		",'object':'v2.core.event'}", "ignored" },
	    { "{'id':'evt_1','type':'customer.created'}", "ignored" },
	    { "{'id':'evt_1','type':'payment_intent.processing','data':"
		"{'object':{'id':'pi_1','object':'payment_intent'}}}",
		"unreadable: payment_intent.processing does not say when it"
		" was created" },
	    { "{'type':'customer.created'}",
		"unreadable: its id is missing or no id" },
	    { "{'id':'evt 1','type':'customer.created'}",
		"unreadable: its id is missing or no id" },
	    { "{'id':1,'type':'customer.created'}",
		"unreadable: its id is missing or no id" },
	    { "{'id':'evt_1\\u0000','type':'customer.created'}",
		"unreadable: its id is missing or no id" },
	    { "{'id':'evt_1'}",
		"unreadable: its type is missing or no type" },
	    { "{'id':'evt_1','type':'a b'}",
		"unreadable: its type is missing or no type" },
	    { "[]", "unreadable: its id is missing or no id" },
	    { "null", "unreadable: its id is missing or no id" },
	};
	struct arena	*a = unit_arena();

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct event ev;

		told_read(a, str_of(rows[i].body), STR_NONE, &ev);
		told_same(rows[i].body, told_event(a, &ev),
		    str_of(rows[i].told));
		arena_reset(a);
	}
}

static void
an_unreadable_body_is_known_by_its_digest(void)
{
	static const char *const bodies[] = {
		"", "{", "not json", "{}", "\xff",
	};
	struct arena	*a = unit_arena();

	for (size_t i = 0; i < COUNT(bodies); i++) {
		struct event ev;

		told_read(a, str_of(bodies[i]), STR_NONE, &ev);
		CU_ASSERT_EQUAL(ev.class, EVENT_UNREADABLE);
		CU_ASSERT_EQUAL(ev.id.len, 66);
		CU_ASSERT_TRUE(str_starts(ev.id, STR("x:")));
		CU_ASSERT_TRUE(ev.why.len > 0);
		CU_ASSERT_EQUAL(ev.type.len, 0);
		CU_ASSERT_TRUE(ev.livemode);	/* as its secrets */
	}
	CU_ASSERT_TRUE(event_id_valid(STR("x:e3b0c442")));
}

static void
another_accounts_event_is_never_ours(void)
{
	static const struct {
		const char	*member;
		const char	*ours;
		const char	*told;
	} rows[] = {
	    { "", "", "facts: step payment pi_1 processing" },
	    { "'account':null,", "", "facts: step payment pi_1 processing" },
	    { "'account':'acct_1',", "acct_1",
		"facts: step payment pi_1 processing" },
	    { "", "acct_1", "facts: step payment pi_1 processing" },
	    { "'account':'acct_1',", "",
		"foreign: it belongs to account acct_1, not to ours" },
	    { "'account':'acct_2',", "acct_1",
		"foreign: it belongs to account acct_2, not to ours" },
	    { "'account':{'id':'acct_2'},", "acct_1",
		"foreign: it belongs to account acct_2, not to ours" },
	    { "'account':'',", "", "unreadable: its account is no id" },
	    { "'account':7,", "", "unreadable: its account is no id" },
	};
	struct arena	*a = unit_arena();

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct event ev;

		told_read(a, arena_text(a, "{'id':'evt_1','object':'event',%s"
		    "'type':'payment_intent.processing','created':1,'data':"
		    "{'object':{'id':'pi_1','object':'payment_intent'}}}",
		    rows[i].member), str_of(rows[i].ours), &ev);
		told_same(rows[i].member, told_event(a, &ev),
		    str_of(rows[i].told));
		CU_ASSERT_EQUAL(ev.account.len > 0,
		    ev.class == EVENT_FOREIGN);
	}
}

static void
an_id_has_an_alphabet_and_a_length(void)
{
	char	longest[OUTSIDE_ID_MAX + 1];

	memset(longest, 'a', sizeof(longest));
	CU_ASSERT_TRUE(event_id_valid((struct str){ longest,
	    OUTSIDE_ID_MAX }));
	CU_ASSERT_FALSE(event_id_valid((struct str){ longest,
	    OUTSIDE_ID_MAX + 1 }));
	CU_ASSERT_TRUE(event_id_valid(STR("azAZ09._:@-")));
	CU_ASSERT_FALSE(event_id_valid(STR("")));
	for (int c = 0; c < 256; c++) {
		char	at = (char)c;
		bool	good = c != 0 && strchr("abcdefghijklmnopqrstuvwxyz"
			    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._:@-", c);

		CU_ASSERT_EQUAL(event_id_valid((struct str){ &at, 1 }), good);
	}
}

CU_TestInfo stripe_envelope_tests[] = {
	{ "an envelope decides what is read at all",
	    an_envelope_decides_what_is_read_at_all },
	{ "an unreadable body is known by its digest",
	    an_unreadable_body_is_known_by_its_digest },
	{ "another account's event is never ours",
	    another_accounts_event_is_never_ours },
	{ "an id has an alphabet and a length",
	    an_id_has_an_alphabet_and_a_length },
	CU_TEST_INFO_NULL
};
