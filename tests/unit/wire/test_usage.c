/* Promises of wire/usage_write.h. */
#include "base/clock.h"
#include "base/text.h"
#include "unit/unit.h"
#include "wire/answers.h"
#include "wire/usage_write.h"

#define NOON	INT64_C(1788264000000000)	/* 2026-09-01T12:00:00Z */
#define MIDNIGHT (NOON + DAY / 2)

static const struct held_limit limits[] = {
	{ .name = STR("api"), .quota = { .max = 100 }, .per = PER_DAY,
	    .warn = 80 },
	{ .name = STR("rows"), .quota = { .unlimited = true } },
	{ .name = STR("seats"), .quota = { .max = 3 } },
	{ .name = STR("soft"), .quota = { .max = 2 }, .per = PER_MONTH,
	    .soft = true },
};
static const struct holding held = {
	.tier = STR("pro"), .quantity = 1, .limits = limits,
	.limit_count = COUNT(limits),
};

static struct str
document(struct str user)
{
	const struct entitlements en = { .user = user, .holding = &held };
	struct str json = STR_NONE;
	struct out o;

	out_init(&o, unit_arena(), 8192);
	entitlements_write(&o, NULL, &en);
	CU_ASSERT_TRUE(out_done(&o, &json));
	return json;
}

static struct str
put(struct str doc, const struct usage *usage, size_t count)
{
	struct err e = { .what = "" };
	struct str out = STR_NONE;

	CU_ASSERT_EQUAL(usage_put(doc, &held, usage, count, POLICY_FREEZE,
	    NOON, unit_arena(), &out, &e), RC_OK);
	return out;
}

/* The part of a document from one text up to another. */
static struct str
between(struct str doc, const char *from, const char *to)
{
	const char *a = strstr(arena_keep(unit_arena(), doc).at, from);
	const char *b = a == NULL ? NULL : strstr(a, to);

	return b == NULL ? STR("nothing") :
	    (struct str){ a, (size_t)(b - a) };
}

static void
counters_of_periods_that_run_stand_in_the_limits(void)
{
	const struct usage usage[] = {
		{ STR("api"), 85, MIDNIGHT }, { STR("api"), 7, NOON + 1 },
		{ STR("rows"), 12, 0 }, { STR("seats"), 4, 0 },
		{ STR("soft"), 5, MIDNIGHT + 29 * DAY },
	};
	struct str doc = put(document(STR("u1")), usage, COUNT(usage));

	SAME(between(doc, "\"limits\"", ",\"assets\""),
	    "\"limits\":{\"api\":{\"value\":100,\"unlimited\":false,"
	    "\"per\":\"day\",\"used\":85,\"remaining\":15,"
	    "\"resets_at\":\"2026-09-02T00:00:00.000Z\","
	    "\"warning\":\"near\"},"
	    "\"rows\":{\"value\":null,\"unlimited\":true,"
	    "\"per\":\"total\",\"used\":12,\"remaining\":null,"
	    "\"resets_at\":null,\"warning\":null},"
	    "\"seats\":{\"value\":3,\"unlimited\":false,"
	    "\"per\":\"total\",\"used\":4,\"remaining\":0,"
	    "\"resets_at\":null,\"warning\":\"over\",\"frozen\":true},"
	    "\"soft\":{\"value\":2,\"unlimited\":false,"
	    "\"per\":\"month\",\"soft\":true,\"used\":5,\"remaining\":0,"
	    "\"resets_at\":\"2026-10-01T00:00:00.000Z\","
	    "\"warning\":\"over\"}}");
}

static void
the_rest_of_the_document_stays(void)
{
	struct str doc = document(STR("u1")), live = put(doc, NULL, 0);

	SAME_STR(between(live, "{", "\"limits\""),
	    between(doc, "{", "\"limits\""));
	SAME_STR(between(live, "\"assets\"", "\"matrix_version\""),
	    between(doc, "\"assets\"", "\"matrix_version\""));
	CU_ASSERT_TRUE(str_ends(live, STR("}")));
}

static void
a_user_whose_id_looks_like_limits_is_no_trouble(void)
{
	const struct usage usage[] = { { STR("rows"), 12, 0 } };
	struct str doc = put(document(STR("x,\"limits\":{\"y\":{}}")), usage,
	    COUNT(usage));

	CU_ASSERT_TRUE(str_starts(doc, STR("{\"user\":"
	    "\"x,\\\"limits\\\":{\\\"y\\\":{}}\",\"tier\":\"pro\"")));
	CU_ASSERT_PTR_NOT_NULL(strstr(doc.at, "\"used\":12,"));
}

static void
a_document_without_limits_is_no_document(void)
{
	struct err e = { .what = "" };
	struct str out = STR_NONE;

	CU_ASSERT_EQUAL(usage_put(STR("{\"user\":\"u1\"}"), &held, NULL, 0,
	    POLICY_KEEP, NOON, unit_arena(), &out, &e), RC_BROKEN);
}

static void
an_answer_tells_the_limit_and_its_hold(void)
{
	struct usage_answer a = {
		.user = STR("u1"), .limit = &limits[0], .allowed = true,
		.meter = { .used = 30, .remaining = 70 },
		.resets_at = MIDNIGHT, .hold = STR("hd_1"),
		.hold_status = "open", .hold_amount = 10,
		.hold_expires_at = NOON,
	};
	struct str json = STR_NONE;
	struct out o;

	out_init(&o, unit_arena(), 4096);
	usage_write(&o, &a);
	CU_ASSERT_TRUE(out_done(&o, &json));
	SAME(json, "{\"user\":\"u1\",\"limit\":\"api\",\"allowed\":true,"
	    "\"value\":100,\"unlimited\":false,\"per\":\"day\",\"used\":30,"
	    "\"remaining\":70,\"resets_at\":\"2026-09-02T00:00:00.000Z\","
	    "\"warning\":null,\"hold\":{\"id\":\"hd_1\","
	    "\"status\":\"open\",\"amount\":10,"
	    "\"expires_at\":\"2026-09-01T12:00:00.000Z\"}}");
}

CU_TestInfo usage_tests[] = {
	{ "counters of periods that run stand in the limits",
	    counters_of_periods_that_run_stand_in_the_limits },
	{ "the rest of the document stays", the_rest_of_the_document_stays },
	{ "a user whose id looks like limits is no trouble",
	    a_user_whose_id_looks_like_limits_is_no_trouble },
	{ "a document without limits is no document",
	    a_document_without_limits_is_no_document },
	{ "an answer tells the limit and its hold",
	    an_answer_tells_the_limit_and_its_hold },
	CU_TEST_INFO_NULL
};
