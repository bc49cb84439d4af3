/*
 * What the database keeps: every struct comes back as it went, and nothing
 * else is taken.  Random structs come from a seed that a failure names.
 */
#include <stdio.h>

#include "base/guard.h"
#include "base/limits.h"
#include "unit/unit.h"
#include "wire/state_json.h"

enum { ROUNDS = 2000 };

/* xorshift64*: the same numbers on every machine. */
static uint64_t dice;

static uint64_t
roll(uint64_t sides)
{
	dice ^= dice >> 12;
	dice ^= dice << 25;
	dice ^= dice >> 27;
	return dice * UINT64_C(0x2545f4914f6cdd1d) % sides;
}

static int64_t
any_int(void)
{
	static const int64_t some[] = { 0, 0, 0, 1, -1, INT64_MAX, INT64_MIN,
	    INT64_C(1788256800123456) };

	return some[roll(COUNT(some))];
}

static struct str
any_text(void)
{
	static const struct str some[] = { STR(""), STR(""), STR("a"),
	    STR("stripe/payment/pi_1"), STR("\"\\\n\0x"),
	    STR("caf\xc3\xa9"), STR("{}") };

	return some[roll(COUNT(some))];
}

static struct str *
any_texts(size_t *count)
{
	struct str *list;
	size_t i;

	*count = roll(4);
	list = *count == 0 ? NULL : arena_many(unit_arena(), *count,
	    struct str);
	for (i = 0; i < *count; i++)
		list[i] = any_text();
	return list;
}

static struct object_key
any_key(void)
{
	return (struct object_key){ any_text(), any_text(),
	    (enum object_kind)roll(OBJECT__COUNT), any_text() };
}

static struct terms
any_terms(bool named)
{
	struct terms t = { 0 };

	if (named) {
		t.session = any_text();
		t.user = any_text();
	}
	t.tier = any_text();
	t.addons = any_texts(&t.addon_count);
	t.quantity = any_int();
	t.matrix_version = any_int();
	t.amount = any_int();
	t.currency = any_text();
	return t;
}

static void
any_lists(struct object *o)
{
	size_t i;

	o->link_count = roll(4);
	o->links = arena_many(unit_arena(), 4, struct object_key);
	for (i = 0; i < o->link_count; i++)
		o->links[i] = any_key();
	o->item_count = roll(3);
	o->items = arena_many(unit_arena(), 3, struct item);
	for (i = 0; i < o->item_count; i++)
		o->items[i] = (struct item){ any_text(), any_int() };
	o->refund_count = roll(3);
	o->refunds = arena_many(unit_arena(), 3, struct refund);
	for (i = 0; i < o->refund_count; i++)
		o->refunds[i] = (struct refund){ any_text(),
		    (enum refund_state)roll(REFUND__COUNT), any_int(),
		    any_int() };
	o->dispute_count = roll(3);
	o->disputes = arena_many(unit_arena(), 3, struct dispute);
	for (i = 0; i < o->dispute_count; i++)
		o->disputes[i] = (struct dispute){ any_text(),
		    (enum dispute_state)roll(DISPUTE__COUNT), any_int() };
}

static struct object
any_object(void)
{
	struct object o = { .key = any_key(), .livemode = roll(2),
	    .first_at = any_int(), .priced_at = any_int(),
	    .user = any_text(), .torn = roll(2), .session = any_text(),
	    .named_by = (enum naming)roll(NAMED_BY__COUNT),
	    .paid_at = any_int(), .amount = any_int(),
	    .currency = any_text(), .step = (enum pay_step)roll(PAY__COUNT),
	    .step_at = any_int(),
	    .closing = (enum closing)roll(CLOSED__COUNT),
	    .closed_at = any_int(), .items_at = any_int(),
	    .recurring = roll(2), .state = (enum sub_state)roll(SUB__COUNT),
	    .state_at = any_int(), .trial_end = any_int(),
	    .cancel_at = any_int(), .paid_until = any_int(),
	    .paid_until_at = any_int(), .ended_at = any_int(),
	    .refunded = any_int(), .refunded_at = any_int() };

	o.terms = any_terms(true);
	any_lists(&o);
	return o;
}

static struct source
any_source(void)
{
	return (struct source){ (enum reason)roll(REASON__COUNT), any_text(),
	    any_text() };
}

static struct quota
any_quota(void)
{
	return (struct quota){ roll(2), any_int() };
}

static struct held_asset
any_asset(void)
{
	return (struct held_asset){ any_text(),
	    (enum asset_type)roll(ASSET__COUNT), roll(2), any_text(),
	    any_int(), any_quota(), any_int(), any_source() };
}

static struct holding
any_holding(void)
{
	struct held_capability *caps = arena_many(unit_arena(), 5,
	    struct held_capability);
	struct held_limit *limits = arena_many(unit_arena(), 3,
	    struct held_limit);
	struct held_asset *assets = arena_many(unit_arena(), 3,
	    struct held_asset);
	struct source usual = any_source();
	size_t i;

	for (i = 0; i < 5; i++)
		caps[i] = (struct held_capability){ any_text(),
		    roll(2) ? usual : any_source() };
	for (i = 0; i < 3; i++)
		limits[i] = (struct held_limit){ any_text(), any_quota(),
		    (enum limit_period)roll(PER__COUNT), any_source(),
		    roll(2), roll(101) };
	for (i = 0; i < 3; i++)
		assets[i] = any_asset();
	return (struct holding){ any_text(), any_int(),
	    (enum holding_state)roll(HOLDING__COUNT), roll(2), any_int(),
	    roll(2), any_int(), any_int(), any_int(), any_int(), any_int(),
	    any_int(), any_int(), caps, roll(6), caps, roll(6), limits,
	    roll(4), assets, roll(4) };
}

/* Two structs are the same when they are written the same. */
#define ROUND_TRIP(type, any, write, read, begin) do {			\
	struct type was = any, is = begin;				\
	struct str first = STR_NONE, second = STR_NONE;			\
	struct err e;							\
									\
	ROW(write(&was, unit_arena(), &first, &e) == RC_OK, seed);	\
	ROW(read(first, unit_arena(), &is, &e) == RC_OK, seed);		\
	ROW(write(&is, unit_arena(), &second, &e) == RC_OK, seed);	\
	ROW(str_eq(first, second), seed);				\
} while (0)

/* The copy owes nothing to the first, which is gone when it is written. */
static void
copied(const char *seed)
{
	struct arena *own = arena_new("copy", ARENA_BYTES_MAX);
	struct arena *gone = arena_new("gone", ARENA_BYTES_MAX);
	struct str first = STR_NONE, second = STR_NONE;
	struct holding was = any_holding(), is;
	struct err e;

	ROW(holding_write(&was, unit_arena(), &first, &e) == RC_OK, seed);
	was = holding_copy(&was, gone);
	is = holding_copy(&was, own);
	arena_free(&gone);
	ROW(holding_write(&is, unit_arena(), &second, &e) == RC_OK, seed);
	ROW(str_eq(first, second), seed);
	arena_free(&own);
}

static void
one_round(const char *seed)
{
	copied(seed);
	ROUND_TRIP(object, any_object(), object_write, object_read,
	    (struct object){ 0 });
	ROUND_TRIP(holding, any_holding(), holding_write, holding_read,
	    (struct holding){ .quantity = 99 });
	ROUND_TRIP(held_asset, any_asset(), held_asset_write,
	    held_asset_read, (struct held_asset){ .count = 99 });
	ROUND_TRIP(terms, any_terms(false), terms_write, terms_read,
	    (struct terms){ .amount = 99 });
}

static void
everything_comes_back_as_it_went(void)
{
	char seed[32];
	uint64_t i;

	for (i = 1; i <= ROUNDS; i++) {
		snprintf(seed, sizeof(seed), "seed %llu",
		    (unsigned long long)i);
		dice = i * UINT64_C(0x9e3779b97f4a7c15);
		one_round(seed);
		arena_reset(unit_arena());
	}
}

static void
members_come_back_in_their_places(void)
{
	const struct str addons[] = { STR("a"), STR("b") };
	struct object_key links[] = {
		{ STR("stripe"), STR("acct_1"), OBJECT_CHECKOUT, STR("cs_1") },
		{ STR("stripe"), STR(""), OBJECT_PAYMENT, STR("pi_1") },
	};
	struct object was = { .key = { .ref = STR("sub_1") },
	    .links = links, .link_count = 2, .state = SUB_PAST_DUE,
	    .refunded = -5, .terms = { .session = STR("us_1"),
	    .addons = addons, .addon_count = 2, .amount = -1 } };
	struct object is = { .key = { .ref = STR("kept") } };
	struct str json;
	struct err e;

	CU_ASSERT_EQUAL(object_write(&was, unit_arena(), &json, &e), RC_OK);
	SAME(json, "{\"links\":[{\"provider\":\"stripe\",\"account\":"
	    "\"acct_1\",\"kind\":\"checkout\",\"ref\":\"cs_1\"},{\"account\":"
	    "\"\",\"kind\":\"payment\",\"ref\":\"pi_1\"}],\"terms\":{"
	    "\"session\":\"us_1\",\"addons\":[\"a\",\"b\"],\"amount\":-1},"
	    "\"state\":\"past_due\",\"refunded\":-5}");
	CU_ASSERT_EQUAL_FATAL(object_read(json, unit_arena(), &is, &e),
	    RC_OK);
	SAME(is.key.ref, "kept");
	CU_ASSERT_EQUAL_FATAL(is.link_count, 2);
	SAME(is.links[1].provider, "stripe");
	CU_ASSERT_EQUAL(is.links[1].account.len, 0);
	SAME(is.links[1].ref, "pi_1");
	CU_ASSERT_EQUAL(is.state, SUB_PAST_DUE);
	CU_ASSERT_EQUAL(is.refunded, -5);
	SAME(is.terms.addons[1], "b");
	CU_ASSERT_EQUAL(is.terms.amount, -1);
}

static void
a_source_is_written_once_per_list(void)
{
	const struct source pro = { REASON_TIER, STR("pro"), STR("s/p/1") };
	const struct held_capability caps[] = {
		{ STR("a"), pro }, { STR("b"), pro },
		{ STR("c"), { 0 } }, { STR("d"), { 0 } },
	};
	struct holding was = { .tier = STR("pro"), .capabilities = caps,
	    .capability_count = COUNT(caps) }, is;
	struct str json;
	struct err e;

	CU_ASSERT_EQUAL(holding_write(&was, unit_arena(), &json, &e), RC_OK);
	SAME(json, "{\"tier\":\"pro\",\"capabilities\":[{\"name\":\"a\","
	    "\"source\":{\"reason\":\"granted-by-tier\",\"tier\":\"pro\","
	    "\"cause\":\"s/p/1\"}},{\"name\":\"b\"},{\"name\":\"c\","
	    "\"source\":{}},{\"name\":\"d\"}]}");
	memset(&is, 0, sizeof(is));
	CU_ASSERT_EQUAL_FATAL(holding_read(json, unit_arena(), &is, &e),
	    RC_OK);
	SAME(is.capabilities[1].source.cause, "s/p/1");
	CU_ASSERT_EQUAL(is.capabilities[3].source.cause.len, 0);
	CU_ASSERT_EQUAL(is.capabilities[3].source.reason,
	    REASON_DEFAULT_TIER);
}

static const char *const broken_rows[] = {
	"", "{", "[]", "null", "7",
	"{\"tier\":7}", "{\"quantity\":\"1\"}", "{\"quantity\":1.5}",
	"{\"quantity\":99999999999999999999}", "{\"livemode\":1}",
	"{\"state\":\"activ\"}", "{\"state\":0}", "{\"capabilities\":{}}",
	"{\"capabilities\":[7]}", "{\"capabilities\":[{\"nam\":\"a\"}]}",
	"{\"capabilities\":[]}", "{\"assets\":[{\"source\":[]}]}",
	"{\"colour\":1}", "{\"tier\":null}",
};

static void
other_rows_are_broken(void)
{
	size_t i;

	for (i = 0; i < COUNT(broken_rows); i++) {
		struct holding h = { .quantity = 7 };
		struct err e;

		ROW(holding_read(str_of(broken_rows[i]), unit_arena(), &h,
		    &e) == RC_BROKEN, broken_rows[i]);
		ROW(h.quantity == 7 && h.tier.len == 0, broken_rows[i]);
	}
}

CU_TestInfo state_json_tests[] = {
	{ "everything comes back as it went",
	    everything_comes_back_as_it_went },
	{ "members come back in their places",
	    members_come_back_in_their_places },
	{ "a source is written once per list",
	    a_source_is_written_once_per_list },
	{ "other rows are broken", other_rows_are_broken },
	CU_TEST_INFO_NULL
};
