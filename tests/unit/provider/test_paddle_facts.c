/*
 * What each of Paddle's fixtures means in our words: one row to a file.
 */
#include <dirent.h>

#include "base/guard.h"
#include "base/secret.h"
#include "base/text.h"
#include "provider/paddle.h"
#include "unit/provider/told.h"
#include "unit/unit.h"

#define PACK	"pri_01kf0e44m0t3nbb58wq0g2s3vx"
#define PRO	"pri_01kf0e44m0pf4g882kz93m8f61"
#define TEAM	"pri_01kf0e44m0pg2g97t1cgyzgjk1"

#define TXN_A	"payment txn_01m1e6e0rgbmnjcj5mtw4a8tfc"
#define FOR_A	" for user_2001/ups_01K4RUNGP0000000000000001 (buyer)"

#define SUB	"subscription sub_01m1ea0mqgvnv6ffr1hh1wxgbq"
#define FOR_C	" for user_2002/ups_01K4RUNGP0000000000000002 (buyer)"
#define TXN_1	"payment txn_01m1e9xpzg9tfdjv4pk0qqkmnm"
#define TXN_2	"payment txn_01m2mxzcr89nhbd8d8cxknjnby"
#define TXN_3	"payment txn_01m3vhyy5g21vrq2gsdqq1bkak"
#define MONTH_1	" until 1790852405"		/* the first month's end */
#define MONTH_2	" until 1793530805"

static const struct {
	const char	*file;
	const char	*told;
} rows[] = {
	/* A buys once, at the second try, after a word with the bank. */
	{ "transaction.payment_failed.checkout",
	    "facts: step " TXN_A " failed" FOR_A },
	{ "transaction.updated.action-required",
	    "facts: step " TXN_A " requires_action" FOR_A },
	{ "transaction.updated.payment-pending",
	    "facts: step " TXN_A " processing" FOR_A },
	{ "transaction.paid.one-time",
	    "facts: paid " TXN_A " 5335 usd" FOR_A
	    "; items " TXN_A " 1x" PACK },
	{ "transaction.completed.one-time",
	    "facts: paid " TXN_A " 5335 usd" FOR_A
	    "; items " TXN_A " 1x" PACK },
	{ "transaction.canceled",
	    "facts: closed payment txn_01m1xmtargf11c903jdsa92b85 abandoned"
	    FOR_A },

	/* A wants money back, and gets it or not. */
	{ "adjustment.created.refund-partial-pending",
	    "facts: refund " TXN_A " adj_01m1rq16g0n81yqqa2hwdbakqe pending"
	    " 2668" },
	{ "adjustment.updated.refund-partial-approved",
	    "facts: refund " TXN_A " adj_01m1rq16g0n81yqqa2hwdbakqe succeeded"
	    " 2668" },
	{ "adjustment.created.refund-full-pending",
	    "facts: refund " TXN_A " adj_01m1rq16g0dq15q5ds32p6amm3 pending"
	    " 5335" },
	{ "adjustment.updated.refund-full-approved",
	    "facts: refund " TXN_A " adj_01m1rq16g0dq15q5ds32p6amm3 succeeded"
	    " 5335" },
	{ "adjustment.updated.refund-full-rejected",
	    "facts: refund " TXN_A " adj_01m1rq16g0dq15q5ds32p6amm3 failed"
	    " 5335" },

	/* A's bank takes it back, and loses. */
	{ "adjustment.created.chargeback-warning",
	    "facts: dispute " TXN_A " adj_01m1rq16g0dad0pp4zjnjavxxy"
	    " warning" },
	{ "adjustment.created.chargeback",
	    "facts: dispute " TXN_A " adj_01m1rq16g0r15s1vge7ds6zdn0 open" },
	{ "adjustment.created.chargeback-reverse",
	    "facts: dispute " TXN_A " adj_01m1rq16g0qt7qr9pve7y22khe"
	    " reversal" },
	{ "adjustment.updated.chargeback-reversed",
	    "facts: dispute " TXN_A " adj_01m1rq16g0r15s1vge7ds6zdn0 won" },

	/* C subscribes. */
	{ "subscription.created",
	    "facts: state " SUB " active 5x" PRO MONTH_1 FOR_C " -> " TXN_1 },
	{ "subscription.activated",
	    "facts: state " SUB " active 5x" PRO MONTH_1 FOR_C },
	{ "transaction.completed.subscription-first",
	    "facts: paid " TXN_1 " 15787 usd" FOR_C " -> " SUB
	    "; items " TXN_1 " 5x" PRO " recurring"
	    "; period " TXN_1 MONTH_1
	    "; period " SUB MONTH_1 FOR_C },
	{ "subscription.trialing",
	    "facts: state subscription sub_01m1ebr908mg7b4g8tm60gp7bn"
	    " trialing 5x" PRO " trial_end 1789471829 until 1789471829"
	    " for user_2003/ups_01K4RUNGP0000000000000003 (buyer)" },

	/* C changes tier and seats. */
	{ "subscription.updated.upgrade",
	    "facts: state " SUB " active 5x" TEAM MONTH_1 FOR_C },
	{ "transaction.completed.subscription-update",
	    "facts: paid " TXN_2 " 21503 usd" FOR_C " -> " SUB
	    "; period " TXN_2 MONTH_1 },
	{ "subscription.updated.seats",
	    "facts: state " SUB " active 8x" TEAM MONTH_1 FOR_C },
	{ "subscription.updated.downgrade",
	    "facts: state " SUB " active 8x" PRO MONTH_1 FOR_C },

	/* C renews, or fails to: then paid until where the period began. */
	{ "subscription.updated.renewed",
	    "facts: state " SUB " active 8x" PRO MONTH_2 FOR_C },
	{ "transaction.completed.renewal",
	    "facts: paid " TXN_3 " 25259 usd" FOR_C " -> " SUB
	    "; items " TXN_3 " 8x" PRO " recurring"
	    "; period " TXN_3 MONTH_2
	    "; period " SUB MONTH_2 FOR_C },
	{ "transaction.past_due",
	    "facts: step " TXN_3 " failed" FOR_C " -> " SUB },
	{ "transaction.payment_failed.renewal",
	    "facts: step " TXN_3 " failed" FOR_C " -> " SUB },
	{ "subscription.past_due",
	    "facts: state " SUB " past_due 8x" PRO MONTH_1 FOR_C },

	/* C wants the month's money back. */
	{ "adjustment.updated.refund-renewal-approved",
	    "facts: refund " TXN_3 " adj_01m40fvr40t8tq6p0pgcvkct7v succeeded"
	    " 25259 -> " SUB },

	/* C pauses, plans the end, and ends. */
	{ "subscription.paused",
	    "facts: state " SUB " paused 8x" PRO FOR_C },
	{ "subscription.resumed",
	    "facts: state " SUB " active 8x" PRO " until 1794474000" FOR_C },
	{ "subscription.updated.scheduled-cancel",
	    "facts: state " SUB " active 8x" PRO " cancel_at 1793530805"
	    MONTH_2 FOR_C },
	{ "subscription.canceled",
	    "facts: state " SUB " canceled 8x" PRO FOR_C
	    "; ended " SUB " at 1793530840" FOR_C },
};

static struct str
body_of(struct arena *a, const char *file)
{
	return told_fixture(a, arena_text(a, "paddle/%s.json", file).at);
}

static void
read_body(struct arena *a, struct str body, bool livemode, struct event *out)
{
	const struct hook	hook = { body, STR_NONE };
	const struct hook_rules	rules = { .livemode = livemode };

	provider_paddle.normalise(&hook, &rules, a, out);
}

static void
each_fixture_means_what_its_row_says(void)
{
	struct arena	*a = unit_arena();

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct event ev;

		read_body(a, body_of(a, rows[i].file), true, &ev);
		told_same(rows[i].file, told_event(a, &ev),
		    str_of(rows[i].told));
		arena_reset(a);
	}
}

static void
every_fixture_has_a_row(void)
{
	DIR	*dir = opendir(TESTS_DIR "/fixtures/paddle");
	size_t	 files = 0;

	CU_ASSERT_PTR_NOT_NULL_FATAL(dir);
	for (struct dirent *d; (d = readdir(dir)) != NULL;)
		files += str_ends(str_of(d->d_name), STR(".json"));
	closedir(dir);
	CU_ASSERT_EQUAL(files, COUNT(rows));
}

static void
check_envelope(struct arena *a, struct str body, bool livemode)
{
	GUARD(doc_free) struct doc *doc = NULL;
	struct event	ev;
	struct err	e;
	int64_t		at;

	CU_ASSERT_EQUAL_FATAL(doc_read(&doc, body, DOC_LENIENT, &e), RC_OK);
	read_body(a, body, livemode, &ev);
	told_same("id", ev.id, node_text(doc_root(doc), "event_id"));
	told_same("type", ev.type, node_text(doc_root(doc), "event_type"));
	CU_ASSERT_TRUE(text_untime(node_text(doc_root(doc), "occurred_at"),
	    &at));
	CU_ASSERT_EQUAL(ev.at, at);
	CU_ASSERT_EQUAL(ev.livemode, livemode);
	CU_ASSERT_EQUAL(ev.account.len, 0);
	for (size_t i = 0; i < ev.fact_count; i++) {
		CU_ASSERT_EQUAL(ev.facts[i].at, at);
		CU_ASSERT_EQUAL(ev.facts[i].livemode, livemode);
		told_same("provider", ev.facts[i].object.provider,
		    STR("paddle"));
		CU_ASSERT_EQUAL(ev.facts[i].object.account.len, 0);
	}
}

static void
facts_carry_the_time_of_their_event_and_the_mode_of_the_secret(void)
{
	struct arena	*a = unit_arena();

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct str	body = body_of(a, rows[i].file);

		check_envelope(a, body, true);
		check_envelope(a, body, false);
		arena_reset(a);
	}
}

static void
check_cut(struct arena *a, const char *file, struct str body)
{
	struct event	ev;

	read_body(a, body, true, &ev);
	ROW(ev.class == EVENT_UNREADABLE && ev.fact_count == 0 &&
	    ev.id.len == 2 + 2 * SHA256_BYTES &&
	    str_starts(ev.id, STR("x:")), file);
}

static void
a_body_cut_anywhere_is_kept_and_grants_nothing(void)
{
	GUARD(arena_free) struct arena *a =
	    arena_new("one body", ARENA_BYTES_MAX);

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct str body = body_of(unit_arena(), rows[i].file);

		for (size_t len = 0; len < body.len; len++) {
			check_cut(a, rows[i].file, str_part(body, 0, len));
			arena_reset(a);
		}
		arena_reset(unit_arena());
	}
}

CU_TestInfo paddle_facts_tests[] = {
	{ "each fixture means what its row says",
	    each_fixture_means_what_its_row_says },
	{ "every fixture has a row", every_fixture_has_a_row },
	{ "facts carry the time of their event and the mode of the secret",
	    facts_carry_the_time_of_their_event_and_the_mode_of_the_secret },
	{ "a body cut anywhere is kept and grants nothing",
	    a_body_cut_anywhere_is_kept_and_grants_nothing },
	CU_TEST_INFO_NULL
};
