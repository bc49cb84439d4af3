/*
 * What each of Stripe's fixtures means in our words: one row to a file.
 */
#include <dirent.h>

#include "base/clock.h"
#include "base/guard.h"
#include "base/secret.h"
#include "provider/stripe.h"
#include "unit/provider/told.h"
#include "unit/unit.h"

#define CS_A	"cs_test_a1T3Sh2VyOX5Oh4xCsYgOt55eCwB1Whz" \
		"p3CRueRUvQqtJwEhMfPaN1ojl8"
#define PI_A	"payment pi_3xMG2gRuNg7Kq2Tz2RMgLbRg"
#define FOR_A	" for user_1001/ups_01K4RUNGA0000000000000001 (metadata)"
#define DU_A	"du_139IrkRuNg7Kq2TzxmJES2Vq"

#define CS_B	"cs_test_a1YPgrpskWVBCa3wndSuvo9Z42dr9lXT" \
		"3il0bVe5QM9LZH1Naby14s1NKf"
#define PI_B	"payment pi_3Kk6dORuNg7Kq2TztWkfVuEG"
#define FOR_B	" for user_1003/ups_01K4RUNGB0000000000000002 (metadata)"

#define CS_C	"cs_test_b13A4TUX8BkhnlIqT7Uop3p4NEBRytk4" \
		"JrdLGnVFncZ7z8k45AkTfjdKwL"
#define SUB	"subscription sub_1XxRgpRuNg7Kq2Tzhf1a3dog"
#define FOR_C	" for user_1002/ups_01K4RUNGC0000000000000003 (metadata)"
#define IN_1	"invoice in_1jL2RBRuNg7Kq2TzR2N8XG4w"
#define IN_2	"invoice in_1HT8YwRuNg7Kq2Tzzp5m0pxz"
#define IN_3	"invoice in_1cGxVyRuNg7Kq2Tzln5h0ZZJ"
#define PI_3	"payment pi_3ZezAPRuNg7Kq2TzVXRvp9Jj"
#define PRO	"price_1lSybORuNg7Kq2TzJ8TcMz2P"
#define TEAM	"price_1TTPCWRuNg7Kq2Tz13sPTzTO"
#define MONTH_1	" until 1790852405"		/* the first month's end */
#define MONTH_2	" until 1793530805"

#define CS_D	"cs_test_a1qgz2a6GZoXG5UV8ZVkF8yRDBqk7jm9" \
		"oAZnYPFDR41SP45e3OaymYFHL4"
#define PI_D	"payment pi_3rdrXERuNg7Kq2TzWxZ7oSE3"
#define FOR_D	" for user_1004/ups_01K4RUNGD0000000000000004 (metadata)"

static const struct {
	const char	*file;
	const char	*told;
} rows[] = {
	/* A buys once, is refunded, the refund bounces, there is a dispute. */
	{ "checkout.session.completed.payment-paid",
	    "facts: paid checkout " CS_A " 4900 usd" FOR_A " -> " PI_A },
	{ "payment_intent.succeeded",
	    "facts: paid " PI_A " 4900 usd" FOR_A },
	{ "charge.refunded.partial",
	    "facts: refunded " PI_A " 1500" FOR_A },
	{ "refund.created.partial",
	    "facts: refund " PI_A " re_3eJ2snRuNg7Kq2TzM5Pb9NuX succeeded"
	    " 1500" },
	{ "charge.refunded.full",
	    "facts: refunded " PI_A " 4900" FOR_A },
	{ "refund.failed",
	    "facts: refund " PI_A " re_3ZfhplRuNg7Kq2TzJWTSwHJq failed 3400" },
	{ "charge.dispute.created",
	    "facts: dispute " PI_A " " DU_A " open" },
	{ "charge.dispute.closed.won",
	    "facts: dispute " PI_A " " DU_A " won" },
	{ "charge.dispute.closed.lost",
	    "facts: dispute " PI_A " " DU_A " lost" },

	/* B pays by a method that takes days. */
	{ "payment_intent.processing",
	    "facts: step " PI_B " processing" FOR_B },
	{ "checkout.session.completed.payment-unpaid-sepa",
	    "facts: step checkout " CS_B " processing" FOR_B " -> " PI_B },
	{ "checkout.session.async_payment_succeeded",
	    "facts: paid checkout " CS_B " 4900 eur" FOR_B " -> " PI_B },
	{ "checkout.session.async_payment_failed",
	    "facts: closed checkout " CS_B " declined" FOR_B " -> " PI_B },

	/* C subscribes. */
	{ "customer.subscription.created.incomplete",
	    "facts: state " SUB " incomplete 5x" PRO FOR_C },
	{ "customer.subscription.updated.activated",
	    "facts: state " SUB " active 5x" PRO MONTH_1 FOR_C },
	{ "invoice.paid.subscription_create",
	    "facts: paid " IN_1 " 14500 usd" FOR_C " -> " SUB
	    "; period " IN_1 MONTH_1
	    "; period " SUB MONTH_1 FOR_C },
	{ "checkout.session.completed.subscription",
	    "facts: seen checkout " CS_C FOR_C " -> " SUB " -> " IN_1
	    "; seen " SUB FOR_C },

	/* C changes tier and seats. */
	{ "customer.subscription.updated.upgrade",
	    "facts: state " SUB " active 5x" TEAM MONTH_1 FOR_C },
	{ "customer.subscription.updated.upgrade.api-2024-06-20",
	    "facts: state " SUB " active 5x" TEAM MONTH_1 FOR_C },
	{ "invoice.paid.subscription_update-proration",
	    "facts: paid " IN_2 " 12500 usd" FOR_C " -> " SUB
	    "; period " IN_2 MONTH_1 },
	{ "customer.subscription.updated.pending_update",
	    "facts: state " SUB " active 5x" PRO MONTH_1 FOR_C },
	{ "customer.subscription.pending_update_applied",
	    "facts: state " SUB " active 5x" TEAM MONTH_1 FOR_C },
	{ "customer.subscription.updated.seats",
	    "facts: state " SUB " active 8x" TEAM MONTH_1 FOR_C },
	{ "customer.subscription.updated.downgrade",
	    "facts: state " SUB " active 8x" PRO MONTH_1 FOR_C },

	/* C renews, or fails to: then paid until where the period began. */
	{ "invoice.paid.subscription_cycle",
	    "facts: paid " IN_3 " 23200 usd" FOR_C " -> " SUB
	    "; period " IN_3 MONTH_2
	    "; period " SUB MONTH_2 FOR_C },
	{ "invoice.paid.subscription_cycle.api-2024-06-20",
	    "facts: paid " IN_3 " 23200 usd" FOR_C " -> " SUB " -> " PI_3
	    "; period " IN_3 MONTH_2
	    "; period " SUB MONTH_2 FOR_C },
	{ "invoice_payment.paid",
	    "facts: seen " PI_3 " -> " IN_3 },
	{ "charge.refunded.subscription-payment",
	    "facts: refunded " PI_3 " 23200" },
	{ "invoice.payment_failed",
	    "facts: step " IN_3 " failed" FOR_C " -> " SUB },
	{ "invoice.payment_action_required",
	    "facts: step " IN_3 " requires_action" FOR_C " -> " SUB },
	{ "customer.subscription.updated.past_due",
	    "facts: state " SUB " past_due 8x" PRO MONTH_1 FOR_C },

	/* C pauses, cancels and ends. */
	{ "customer.subscription.paused",
	    "facts: state " SUB " paused 8x" PRO FOR_C },
	{ "customer.subscription.resumed",
	    "facts: state " SUB " active 8x" PRO MONTH_2 FOR_C },
	{ "customer.subscription.updated.pause_collection",
	    "facts: state " SUB " active 8x" PRO MONTH_2 FOR_C },
	{ "customer.subscription.updated.cancel_at_period_end",
	    "facts: state " SUB " active 8x" PRO " cancel_at 1793530805"
	    MONTH_2 FOR_C },
	{ "customer.subscription.deleted",
	    "facts: state " SUB " canceled 8x" PRO " cancel_at 1793530805"
	    FOR_C "; ended " SUB " at 1793530805" FOR_C },

	/* D must authenticate, fails, and leaves. */
	{ "payment_intent.requires_action.3ds",
	    "facts: step " PI_D " requires_action" FOR_D },
	{ "payment_intent.payment_failed",
	    "facts: step " PI_D " failed" FOR_D },
	{ "checkout.session.expired",
	    "facts: closed checkout " CS_D " expired" FOR_D },
};

static const struct hook_rules rules = { .livemode = true };

static struct str
body_of(struct arena *a, const char *file)
{
	return told_fixture(a, arena_text(a, "stripe/%s.json", file).at);
}

static void
read_body(struct arena *a, struct str body, struct event *out)
{
	const struct hook	hook = { body, STR_NONE };

	provider_stripe.normalise(&hook, &rules, a, out);
}

static void
each_fixture_means_what_its_row_says(void)
{
	struct arena	*a = unit_arena();

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct event ev;

		read_body(a, body_of(a, rows[i].file), &ev);
		told_same(rows[i].file, told_event(a, &ev),
		    str_of(rows[i].told));
		arena_reset(a);
	}
}

static void
every_fixture_has_a_row(void)
{
	DIR	*dir = opendir(TESTS_DIR "/fixtures/stripe");
	size_t	 files = 0;

	CU_ASSERT_PTR_NOT_NULL_FATAL(dir);
	for (struct dirent *d; (d = readdir(dir)) != NULL;)
		files += str_ends(str_of(d->d_name), STR(".json"));
	closedir(dir);
	CU_ASSERT_EQUAL(files, COUNT(rows));
}

/* What every fact of a file has in common with its envelope. */
static void
facts_carry_the_time_and_the_mode_of_their_event(void)
{
	struct arena	*a = unit_arena();

	for (size_t i = 0; i < COUNT(rows); i++) {
		GUARD(doc_free) struct doc *doc = NULL;
		struct str	body = body_of(a, rows[i].file);
		struct event	ev;
		struct err	e;
		int64_t		created;

		CU_ASSERT_EQUAL_FATAL(doc_read(&doc, body, DOC_LENIENT, &e),
		    RC_OK);
		read_body(a, body, &ev);
		told_same("id", ev.id, node_text(doc_root(doc), "id"));
		told_same("type", ev.type, node_text(doc_root(doc), "type"));
		CU_ASSERT_TRUE(node_int(doc_root(doc), "created", &created));
		CU_ASSERT_EQUAL(ev.at, created * SECOND);
		CU_ASSERT_FALSE(ev.livemode);
		CU_ASSERT_EQUAL(ev.account.len, 0);
		for (size_t j = 0; j < ev.fact_count; j++) {
			const struct fact *f = &ev.facts[j];

			CU_ASSERT_EQUAL(f->at, ev.at);
			CU_ASSERT_FALSE(f->livemode);
			told_same("provider", f->object.provider,
			    STR("stripe"));
			CU_ASSERT_EQUAL(f->object.account.len, 0);
		}
		arena_reset(a);
	}
}

static void
check_cut(struct arena *a, const char *file, struct str body)
{
	struct event	ev;

	read_body(a, body, &ev);
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

CU_TestInfo stripe_facts_tests[] = {
	{ "each fixture means what its row says",
	    each_fixture_means_what_its_row_says },
	{ "every fixture has a row", every_fixture_has_a_row },
	{ "facts carry the time and the mode of their event",
	    facts_carry_the_time_and_the_mode_of_their_event },
	{ "a body cut anywhere is kept and grants nothing",
	    a_body_cut_anywhere_is_kept_and_grants_nothing },
	CU_TEST_INFO_NULL
};
