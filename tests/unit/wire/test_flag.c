/* Promises of wire/flag.h. */
#include "unit/unit.h"
#include "wire/flag.h"

static const struct str	pro_can[] = { STR("api:unlimited"), STR("export:csv") };
static const struct limit_rule	pro_limits[] = {
	{ .name = STR("calls"), .quota = { .max = 50000 } },
	{ .name = STR("projects"), .quota = { .unlimited = true } },
};
static const struct asset_rule	pro_assets[] = {
	{ .slot = STR("key"), .type = ASSET_API_KEY },
	{ .slot = STR("space"), .type = ASSET_STORAGE_QUOTA },
};
static const struct tier	tiers[] = {
	{ .id = STR("free") },
	{ .id = STR("pro"), .rank = 10, .capabilities = pro_can,
	    .capability_count = 2, .limits = pro_limits, .limit_count = 2,
	    .assets = pro_assets, .asset_count = 2 },
};
static const struct capability	names[] = {
	{ .name = STR("api:unlimited") }, { .name = STR("export:csv") },
};
static const struct matrix	matrix = {
	.version = 3, .default_tier = &tiers[0], .capabilities = names,
	.capability_count = 2, .tiers = tiers, .tier_count = 2,
};

static const struct held_capability	held[] = {
	{ STR("export:csv"), { .reason = REASON_TIER } },
	{ STR("of:yore"), { .reason = REASON_OVERRIDE } },
};
static const struct held_limit	limits[] = {
	{ .name = STR("calls"), .quota = { .max = 7 },
	    .source = { .reason = REASON_ADDON } },
	{ .name = STR("projects"), .quota = { .unlimited = true },
	    .source = { .reason = REASON_TIER } },
};
static const struct held_asset	assets[] = {
	{ .slot = STR("key"), .type = ASSET_API_KEY,
	    .source = { .reason = REASON_TIER } },
};
static const struct holding	holding = {
	.tier = STR("pro"), .state = HOLDING_ACTIVE, .capabilities = held,
	.capability_count = 2, .limits = limits, .limit_count = 2,
	.assets = assets, .asset_count = 1,
};

#define DOCUMENT(assets)	STR("{\"assets\":[" assets "]}")

static const struct flag_view	view = {
	.matrix = &matrix, .holding = &holding,
	.document = DOCUMENT("{\"type\":\"API_KEY\",\"status\":\"PENDING\","
	    "\"metadata\":{}}"),
	.version = 7, .known = true,
};

static struct str
one(const struct flag_view *v, const char *key)
{
	struct str	json = STR_NONE;
	struct out	o;
	struct err	e;

	out_init(&o, unit_arena(), 65536);
	CU_ASSERT_TRUE(flag_there(v, str_of(key)));
	CU_ASSERT_EQUAL(flag_write(&o, v, str_of(key), &e), RC_OK);
	CU_ASSERT_TRUE(out_done(&o, &json));
	return json;
}

#define REST(value, reason, variant, metadata)			\
	"\"value\":" value ",\"reason\":\"" reason "\",\"variant\":\""	\
	variant "\",\"metadata\":{\"tier\":\"pro\",\"version\":7," metadata "}}"

static void
each_kind_of_flag_has_its_own_value(void)
{
	SAME(one(&view, "export:csv"), "{\"key\":\"export:csv\","
	    REST("true", "TARGETING_MATCH", "granted",
	    "\"code\":\"granted-by-tier\""));
	SAME(one(&view, "api:unlimited"), "{\"key\":\"api:unlimited\","
	    REST("false", "TARGETING_MATCH", "denied",
	    "\"code\":\"not-in-tier\""));
	SAME(one(&view, "of:yore"), "{\"key\":\"of:yore\","
	    REST("true", "TARGETING_MATCH", "granted",
	    "\"code\":\"granted-by-override\""));
	SAME(one(&view, "calls"), "{\"key\":\"calls\","
	    REST("7", "TARGETING_MATCH", "granted",
	    "\"code\":\"granted-by-tier\""));
	SAME(one(&view, "projects"), "{\"key\":\"projects\","
	    REST("9007199254740991", "TARGETING_MATCH", "granted",
	    "\"code\":\"granted-by-tier\",\"unlimited\":true"));
	SAME(one(&view, "asset:api_key"), "{\"key\":\"asset:api_key\","
	    REST("{\"type\":\"API_KEY\",\"status\":\"PENDING\"}",
	    "TARGETING_MATCH", "granted", "\"code\":\"granted-by-tier\""));
	SAME(one(&view, "asset:storage_quota"),
	    "{\"key\":\"asset:storage_quota\","
	    REST("{\"type\":\"STORAGE_QUOTA\",\"status\":null}",
	    "TARGETING_MATCH", "denied", "\"code\":\"not-in-tier\""));
}

static void
what_the_matrix_has_not_is_no_flag(void)
{
	static const char *const	keys[] = {
		"", "export", "export:csv:", "Export:csv", "asset:", "asset:seat",
		"asset:API_KEY", "asset:api_keys", "key", "free",
	};

	for (size_t i = 0; i < COUNT(keys); i++)
		ROW(!flag_there(&view, str_of(keys[i])), keys[i]);
}

static void
of_several_assets_the_best_counts(void)
{
	static const struct {
		struct str	 document;
		const char	*status;
	} rows[] = {
		{ DOCUMENT("{\"type\":\"API_KEY\",\"status\":\"SUSPENDED\"},"
		    "{\"type\":\"API_KEY\",\"status\":\"PROVISIONED\"},"
		    "{\"type\":\"API_KEY\",\"status\":\"PENDING\"}"),
		    "\"status\":\"PROVISIONED\"" },
		{ DOCUMENT("{\"type\":\"API_KEY\",\"status\":\"SUSPENDED\"},"
		    "{\"type\":\"API_KEY\",\"status\":\"PENDING\"}"),
		    "\"status\":\"PENDING\"" },
		{ DOCUMENT("{\"type\":\"LICENSE\",\"status\":\"PENDING\"},"
		    "{\"type\":\"API_KEY\",\"status\":\"SUSPENDED\"}"),
		    "\"status\":\"SUSPENDED\"},\"reason\":\"TARGETING_MATCH\","
		    "\"variant\":\"denied\"" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct flag_view	v = view;
		struct str		json;

		v.document = rows[i].document;
		json = one(&v, "asset:api_key");
		ROW(strstr(json.at, rows[i].status) != NULL, rows[i].status);
	}
}

static void
amounts_of_assets_are_numbers(void)
{
	struct flag_view	v = view;

	v.document = DOCUMENT("{\"type\":\"STORAGE_QUOTA\",\"status\":"
	    "\"PROVISIONED\",\"metadata\":{\"limit\":\"unlimited\"}}");
	CU_ASSERT_PTR_NOT_NULL(strstr(one(&v, "asset:storage_quota").at,
	    "\"limit\":9007199254740991}"));
	v.document = DOCUMENT("{\"type\":\"STORAGE_QUOTA\",\"status\":"
	    "\"PROVISIONED\",\"metadata\":{\"limit\":100}}");
	CU_ASSERT_PTR_NOT_NULL(strstr(one(&v, "asset:storage_quota").at,
	    "\"limit\":100}"));
}

static void
who_is_unknown_is_on_the_default_tier(void)
{
	struct flag_view	v = view;

	v.known = false;
	v.version = 0;
	SAME(one(&v, "api:unlimited"), "{\"key\":\"api:unlimited\","
	    "\"value\":false,\"reason\":\"STATIC\",\"variant\":\"denied\","
	    "\"metadata\":{\"tier\":\"pro\",\"version\":0,"
	    "\"code\":\"default-tier\"}}");
}

static const struct held_capability	off[] = {
	{ STR("api:unlimited"), { .reason = REASON_DISABLED } },
	{ STR("new:word"), { .reason = REASON_DISABLED } },
	{ STR("old:word"), { .reason = REASON_REVOKED } },
};

static struct holding
switched_off(void)
{
	struct holding	h = holding;

	h.denied = off;
	h.denied_count = COUNT(off);
	return h;
}

static void
what_is_switched_off_is_disabled_to_whomever(void)
{
	const struct holding	h = switched_off();
	struct flag_view	v = view;

	v.holding = &h;
	SAME(one(&v, "api:unlimited"), "{\"key\":\"api:unlimited\","
	    REST("false", "DISABLED", "denied", "\"code\":\"disabled\""));
	v.known = false;
	SAME(one(&v, "api:unlimited"), "{\"key\":\"api:unlimited\","
	    REST("false", "DISABLED", "denied", "\"code\":\"disabled\""));
}

/* The state may be of a version that does not have the name yet. */
static void
what_is_switched_off_is_a_flag_in_each_version(void)
{
	const struct holding	h = switched_off();
	struct flag_view	v = view;
	struct str		json = STR_NONE;
	struct out		o;
	struct err		e;

	v.holding = &h;
	SAME(one(&v, "new:word"), "{\"key\":\"new:word\","
	    REST("false", "DISABLED", "denied", "\"code\":\"disabled\""));
	CU_ASSERT_FALSE(flag_there(&v, STR("old:word")));
	out_init(&o, unit_arena(), 65536);
	out_open(&o, '{');
	CU_ASSERT_EQUAL(flags_write(&o, &v, unit_arena(), &e), RC_OK);
	out_close(&o, '}');
	CU_ASSERT_TRUE(out_done(&o, &json));
	CU_ASSERT_PTR_NOT_NULL(strstr(json.at, "\"key\":\"new:word\","
	    "\"value\":false,\"reason\":\"DISABLED\""));
	CU_ASSERT_PTR_NULL(strstr(json.at, "old:word"));
}

static void
all_flags_are_each_there_once(void)
{
	struct str	json = STR_NONE;
	struct out	o;
	struct err	e;
	size_t		count = 0;

	out_init(&o, unit_arena(), 65536);
	out_open(&o, '{');
	CU_ASSERT_EQUAL(flags_write(&o, &view, unit_arena(), &e), RC_OK);
	out_close(&o, '}');
	CU_ASSERT_TRUE(out_done(&o, &json));
	for (const char *at = json.at; (at = strstr(at, "\"key\":")) != NULL;
	    at++)
		count++;
	CU_ASSERT_EQUAL(count, 7);
	CU_ASSERT_PTR_NOT_NULL(strstr(json.at, "\"key\":\"of:yore\""));
	CU_ASSERT_PTR_NULL(strstr(json.at, "\"tier\""));
}

static void
a_context_says_whose_flags(void)
{
	static const struct {
		const char	*body;
		enum rc		 rc;
		const char	*key;
	} rows[] = {
		{ "{\"context\":{\"targetingKey\":\"u1\"}}", RC_OK, "u1" },
		{ "{\"context\":{\"targetingKey\":\"\"}}", RC_OK, "" },
		{ "{\"context\":{\"a\":[1.5,{}]}}", RC_OK, "" },
		{ "{}", RC_OK, "" },
		{ "{\"context\":[]}", RC_INVALID_VALUE, "" },
		{ "{\"context\":\"u1\"}", RC_INVALID_VALUE, "" },
		{ "{\"context\":{\"targetingKey\":1}}", RC_INVALID_VALUE, "" },
		{ "[]", RC_INVALID_VALUE, "" },
		{ "7", RC_INVALID_VALUE, "" },
		{ "", RC_INVALID_JSON, "" },
		{ "{\"context\":{}", RC_INVALID_JSON, "" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct str	key = STR("");
		struct err	e;

		ROW(flag_context_read(str_of(rows[i].body), unit_arena(),
		    &key, &e) == rows[i].rc, rows[i].body);
		SAME(key, rows[i].key);
	}
}

CU_TestInfo flag_tests[] = {
	{ "each kind of flag has its own value",
	    each_kind_of_flag_has_its_own_value },
	{ "what the matrix has not is no flag",
	    what_the_matrix_has_not_is_no_flag },
	{ "of several assets the best counts",
	    of_several_assets_the_best_counts },
	{ "amounts of assets are numbers", amounts_of_assets_are_numbers },
	{ "who is unknown is on the default tier",
	    who_is_unknown_is_on_the_default_tier },
	{ "what is switched off is disabled, to whomever",
	    what_is_switched_off_is_disabled_to_whomever },
	{ "what is switched off is a flag in each version",
	    what_is_switched_off_is_a_flag_in_each_version },
	{ "all flags are each there once", all_flags_are_each_there_once },
	{ "a context says whose flags", a_context_says_whose_flags },
	CU_TEST_INFO_NULL
};
