/*
 * What each of Lemon Squeezy's fixtures means in our words: one row to a file.
 */
#include <dirent.h>

#include "base/guard.h"
#include "base/secret.h"
#include "base/text.h"
#include "provider/lemon.h"
#include "unit/provider/told.h"
#include "unit/unit.h"

#define PACK	"450101"
#define PRO	"450102"
#define TEAM	"450103"

#define ORDER_A	"order 5400101"
#define FOR_A	" for user_3001/ups_01K4RUNGL0000000000000001 (buyer)"
#define PAID_A	"facts: paid " ORDER_A " 4900 usd" FOR_A
#define PACK_A	"; items " ORDER_A " 1x" PACK FOR_A

#define ORDER_C	"order 5400102"
#define FOR_C	" for user_3002/ups_01K4RUNGL0000000000000002 (buyer)"
#define SUB	"subscription 1300102"
#define OF_SUB	" -> " SUB
#define IS	"facts: state " SUB " "
#define TRIAL	"1789470002"
#define MONTH_1	" until 1790852402"		/* the first month's end */
#define MONTH_2	" until 1793530802"
#define WHOSE	FOR_C " -> " ORDER_C
#define BILL_1	"invoice 3700102"
#define BILL_2	"invoice 3700103"
#define BILL_3	"invoice 3700104"
#define PAID_3	"facts: paid " BILL_3 " 23200 usd"

static const struct {
	const char	*file;
	const char	*at;
	const char	*told;
} rows[] = {
	/* A buys once and is refunded, or was a fraud. */
	{ "order_created.one-time", "2026-09-01T10:00:44Z", PAID_A PACK_A },
	{ "order_created.pending", "2026-09-01T10:00:44Z",
	    "facts: step " ORDER_A " processing" FOR_A },
	{ "order_refunded.partial", "2026-09-05T12:00:01Z",
	    PAID_A "; refunded " ORDER_A " 1500" FOR_A PACK_A },
	{ "order_refunded.full", "2026-09-06T12:00:01Z",
	    PAID_A "; refunded " ORDER_A " 4900" FOR_A PACK_A },
	{ "order_refunded.fraudulent", "2026-09-07T12:00:01Z",
	    PAID_A "; refunded " ORDER_A " 4900" FOR_A PACK_A
	    "; dispute " ORDER_A " fraudulent lost" FOR_A },
	{ "license_key_created", "2026-09-01T10:00:46Z", "ignored" },

	/* C subscribes; its item is a second younger than the rest. */
	{ "order_created.subscription", "2026-09-01T11:00:05Z",
	    "facts: paid " ORDER_C " 14500 usd" FOR_C
	    "; items " ORDER_C " 5x" PRO FOR_C },
	{ "subscription_created", "2026-09-01T11:00:08Z",
	    IS "active 5x" PRO MONTH_1 WHOSE },
	{ "subscription_created.trial", "2026-09-01T11:00:07Z",
	    IS "trialing 1x" PRO " trial_end " TRIAL " until " TRIAL WHOSE },
	{ "subscription_updated.after-create", "2026-09-01T11:00:08Z",
	    IS "active 5x" PRO MONTH_1 WHOSE },
	{ "subscription_payment_success.initial", "2026-09-01T11:00:08Z",
	    "facts: paid " BILL_1 " 14500 usd" FOR_C OF_SUB },

	/* C changes tier and seats. */
	{ "subscription_updated.upgrade", "2026-09-16T11:00:05Z",
	    IS "active 5x" TEAM MONTH_1 WHOSE },
	{ "subscription_plan_changed", "2026-09-16T11:00:05Z",
	    IS "active 5x" TEAM MONTH_1 WHOSE },
	{ "subscription_payment_success.updated", "2026-09-16T11:00:07Z",
	    "facts: paid " BILL_2 " 12500 usd" FOR_C OF_SUB },
	{ "subscription_updated.seats", "2026-09-18T08:15:00Z",
	    IS "active 8x" TEAM MONTH_1 WHOSE },
	{ "subscription_updated.downgrade", "2026-09-20T08:15:00Z",
	    IS "active 8x" PRO MONTH_1 WHOSE },

	/* C renews, or fails to; a bill tells no period. */
	{ "subscription_updated.renewed", "2026-10-01T11:00:06Z",
	    IS "active 8x" PRO MONTH_2 WHOSE },
	{ "subscription_payment_success.renewal", "2026-10-01T11:00:09Z",
	    PAID_3 FOR_C OF_SUB },
	{ "subscription_payment_failed", "2026-10-01T11:00:09Z",
	    "facts: step " BILL_3 " failed" FOR_C OF_SUB },
	{ "subscription_updated.past_due", "2026-10-01T11:00:09Z",
	    IS "past_due 8x" PRO WHOSE },
	{ "subscription_updated.unpaid", "2026-10-15T11:00:09Z",
	    IS "unpaid 8x" PRO WHOSE },
	{ "subscription_payment_recovered", "2026-10-04T09:00:12Z",
	    PAID_3 FOR_C OF_SUB },
	{ "subscription_payment_refunded.partial", "2026-10-07T10:00:00Z",
	    PAID_3 FOR_C OF_SUB
	    "; refunded " BILL_3 " 5000" FOR_C OF_SUB },
	{ "subscription_payment_refunded.full", "2026-10-08T10:00:00Z",
	    PAID_3 OF_SUB "; refunded " BILL_3 " 23200" OF_SUB },

	/* C pauses, leaves, thinks again; and is gone. */
	{ "subscription_paused.void", "2026-10-10T09:00:00Z",
	    IS "paused 8x" PRO WHOSE },
	{ "subscription_paused.free", "2026-10-10T09:00:00Z",
	    IS "active 8x" PRO " until 9223372036854" WHOSE },
	{ "subscription_unpaused", "2026-10-12T09:00:00Z",
	    IS "active 8x" PRO MONTH_2 WHOSE },
	{ "subscription_cancelled", "2026-10-05T17:20:00Z",
	    IS "active 8x" PRO " cancel_at 1793530802" MONTH_2 WHOSE },
	{ "subscription_resumed", "2026-10-06T09:00:00Z",
	    IS "active 8x" PRO MONTH_2 WHOSE },
	{ "subscription_expired", "2026-11-01T11:00:08Z",
	    IS "canceled 8x" PRO " at 1793530802" WHOSE },
};

static struct str
body_of(struct arena *a, const char *file)
{
	return told_fixture(a, arena_text(a, "lemonsqueezy/%s.json",
	    file).at);
}

/* All fixtures are of test mode, so the secret's mode must not matter. */
static void
read_body(struct arena *a, struct str body, struct event *out)
{
	const struct hook	hook = { body, STR_NONE };
	const struct hook_rules	rules = {
		.livemode = true, .account = STR("64021"),
	};

	provider_lemonsqueezy.normalise(&hook, &rules, a, out);
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
	DIR	*dir = opendir(TESTS_DIR "/fixtures/lemonsqueezy");
	size_t	 files = 0;

	CU_ASSERT_PTR_NOT_NULL_FATAL(dir);
	for (struct dirent *d; (d = readdir(dir)) != NULL;)
		files += str_ends(str_of(d->d_name), STR(".json"));
	closedir(dir);
	CU_ASSERT_EQUAL(files, COUNT(rows));
}

static void
check_envelope(struct arena *a, struct str body, const char *when)
{
	GUARD(doc_free) struct doc *doc = NULL;
	struct event	ev;
	struct err	e;
	int64_t		at;

	CU_ASSERT_EQUAL_FATAL(doc_read(&doc, body, DOC_LENIENT, &e), RC_OK);
	read_body(a, body, &ev);
	told_same("id", ev.id, node_text(doc_root(doc), "meta.webhook_id"));
	told_same("type", ev.type,
	    node_text(doc_root(doc), "meta.event_name"));
	CU_ASSERT_TRUE_FATAL(text_untime(str_of(when), &at));
	ROW(ev.at == at, when);
	CU_ASSERT_FALSE(ev.livemode);
	CU_ASSERT_EQUAL(ev.account.len, 0);
	for (size_t i = 0; i < ev.fact_count; i++) {
		CU_ASSERT_EQUAL(ev.facts[i].at, at);
		CU_ASSERT_FALSE(ev.facts[i].livemode);
		told_same("provider", ev.facts[i].object.provider,
		    STR("lemonsqueezy"));
		CU_ASSERT_EQUAL(ev.facts[i].object.account.len, 0);
	}
}

static void
facts_carry_the_later_time_and_the_mode_of_their_object(void)
{
	struct arena	*a = unit_arena();

	for (size_t i = 0; i < COUNT(rows); i++) {
		check_envelope(a, body_of(a, rows[i].file), rows[i].at);
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

CU_TestInfo lemon_facts_tests[] = {
	{ "each fixture means what its row says",
	    each_fixture_means_what_its_row_says },
	{ "every fixture has a row", every_fixture_has_a_row },
	{ "facts carry the later time and the mode of their object",
	    facts_carry_the_later_time_and_the_mode_of_their_object },
	{ "a body cut anywhere is kept and grants nothing",
	    a_body_cut_anywhere_is_kept_and_grants_nothing },
	CU_TEST_INFO_NULL
};
