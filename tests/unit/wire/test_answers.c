/*
 * The answers of the API, compared as whole texts.
 */
#include "base/clock.h"
#include "core/over.h"
#include "unit/unit.h"
#include "wire/answers.h"

#define DAY_ONE	INT64_C(1788256800000000)	/* 2026-09-01T10:00:00Z */

static struct str
done(struct out *o)
{
	struct str json = STR_NONE;

	CU_ASSERT_TRUE(out_done(o, &json));
	return json;
}

static const struct held_capability pro_capabilities[] = {
	{ STR("export:csv"), { REASON_TIER, STR("pro"), STR("c1") } },
	{ STR("read:public"), { REASON_DEFAULT_TIER, STR("free"), STR("") } },
	{ STR("report:pdf"), { REASON_OVERRIDE, STR(""), STR("ov_1") } },
	{ STR("team:chat"), { REASON_GRACE, STR("pro"), STR("c2") } },
};

static const struct held_limit pro_limits[] = {
	{ .name = STR("api:requests_per_day"), .quota = { .max = 50000 },
	    .per = PER_DAY },
	{ .name = STR("projects"), .quota = { .unlimited = true } },
};

static const struct asset pro_assets[] = {
	{ .id = STR("as_1"), .state = ASSET_IS_PROVISIONED,
	    .hint = STR("pk_pro_...4f2a"),
	    .held = { .slot = STR("api_key"), .type = ASSET_API_KEY } },
	{ .id = STR("as_2"), .state = ASSET_IS_PENDING,
	    .held = { .slot = STR("licence"), .type = ASSET_LICENSE } },
	{ .id = STR("as_3"), .state = ASSET_IS_REVOKED,
	    .held = { .slot = STR("old_key"), .type = ASSET_API_KEY } },
	{ .id = STR("as_4"), .state = ASSET_IS_PROVISIONED,
	    .held = { .slot = STR("seats"), .type = ASSET_SEAT,
	    .count = 50 } },
	{ .id = STR("as_5"), .state = ASSET_IS_SUSPENDED,
	    .held = { .slot = STR("storage"), .type = ASSET_STORAGE_QUOTA,
	    .quota = { .max = 10000 } } },
	{ .id = STR(""), .state = ASSET_IS_PROVISIONED,
	    .held = { .slot = STR("vault"), .type = ASSET_STORAGE_QUOTA,
	    .quota = { .unlimited = true } } },
};

static const struct holding pro = {
	.tier = STR("pro"), .quantity = 1, .state = HOLDING_ACTIVE,
	.matrix_version = 3, .renews_at = DAY_ONE + 30 * DAY,
	.due_at = DAY_ONE + 33 * DAY,
	.capabilities = pro_capabilities, .capability_count = 2,
	.limits = pro_limits, .limit_count = COUNT(pro_limits),
};

static const struct session session = {
	.id = STR("us_1"), .from_tier = STR("free"),
	.terms = { .user = STR("u1"), .tier = STR("pro"), .quantity = 1 },
	.version = 1, .created_at = DAY_ONE, .expires_at = DAY_ONE + HOUR,
	.delta = STR("{\"over_limit\":[]}"),
};

#define SESSION_JSON							\
	"{\"id\":\"us_1\",\"user\":\"u1\",\"from_tier\":\"free\","	\
	"\"target_tier\":\"pro\",\"quantity\":1,\"status\":\"pending\"," \
	"\"payment_status\":\"unpaid\",\"livemode\":false,\"version\":1," \
	"\"reason\":null,\"created_at\":\"2026-09-01T10:00:00.000Z\","	\
	"\"expires_at\":\"2026-09-01T11:00:00.000Z\","			\
	"\"delta\":{\"over_limit\":[]}}"

static void
entitlements_say_what_a_user_has(void)
{
	const struct entitlements en = { .user = STR("u1"), .holding = &pro,
	    .assets = pro_assets, .asset_count = COUNT(pro_assets),
	    .version = 7, .updated_at = DAY_ONE, .session = &session,
	    .optimistic = true };
	struct out o;

	out_init(&o, unit_arena(), 4096);
	entitlements_write(&o, NULL, &en);
	SAME(done(&o), "{\"user\":\"u1\",\"tier\":\"pro\",\"quantity\":1,"
	    "\"version\":7,\"status\":\"active\",\"livemode\":false,"
	    "\"updated_at\":\"2026-09-01T10:00:00.000Z\","
	    "\"valid_until\":\"2026-10-04T10:00:00.000Z\","
	    "\"renews_at\":\"2026-10-01T10:00:00.000Z\",\"ends_at\":null,"
	    "\"trial_ends_at\":null,\"grace_ends_at\":null,"
	    "\"capabilities\":[\"export:csv\",\"read:public\"],"
	    "\"limits\":{\"api:requests_per_day\":{\"value\":50000,"
	    "\"unlimited\":false,\"per\":\"day\",\"used\":0,"
	    "\"remaining\":50000,\"resets_at\":null,\"warning\":null},"
	    "\"projects\":{\"value\":null,\"unlimited\":true,"
	    "\"per\":\"total\",\"used\":0,\"remaining\":null,"
	    "\"resets_at\":null,\"warning\":null}},"
	    "\"assets\":[{\"id\":\"as_1\",\"slot\":\"api_key\","
	    "\"type\":\"API_KEY\",\"status\":\"PROVISIONED\","
	    "\"hint\":\"pk_pro_...4f2a\",\"metadata\":{}},"
	    "{\"id\":\"as_2\",\"slot\":\"licence\",\"type\":\"LICENSE\","
	    "\"status\":\"PENDING\",\"hint\":null,\"metadata\":{}},"
	    "{\"id\":\"as_4\",\"slot\":\"seats\",\"type\":\"SEAT\","
	    "\"status\":\"PROVISIONED\",\"metadata\":{\"seats\":50}},"
	    "{\"id\":\"as_5\",\"slot\":\"storage\","
	    "\"type\":\"STORAGE_QUOTA\",\"status\":\"SUSPENDED\","
	    "\"metadata\":{\"limit\":10000}},"
	    "{\"id\":null,\"slot\":\"vault\",\"type\":\"STORAGE_QUOTA\","
	    "\"status\":\"PROVISIONED\","
	    "\"metadata\":{\"limit\":\"unlimited\"}}],"
	    "\"session\":" SESSION_JSON ",\"matrix_version\":3,"
	    "\"optimistic\":true}");
}

static void
a_user_nobody_has_heard_of_has_the_default(void)
{
	const struct holding none = { .tier = STR("free"), .quantity = 1,
	    .matrix_version = 1 };
	const struct entitlements en = { .user = STR("a\"b"),
	    .holding = &none };
	struct out o;

	out_init(&o, unit_arena(), 4096);
	out_open(&o, '{');
	entitlements_write(&o, "entitlements", &en);
	out_close(&o, '}');
	SAME(done(&o), "{\"entitlements\":{\"user\":\"a\\\"b\","
	    "\"tier\":\"free\",\"quantity\":1,\"version\":0,"
	    "\"status\":\"default\",\"livemode\":false,\"updated_at\":null,"
	    "\"valid_until\":null,\"renews_at\":null,\"ends_at\":null,"
	    "\"trial_ends_at\":null,\"grace_ends_at\":null,"
	    "\"capabilities\":[],\"limits\":{},\"assets\":[],"
	    "\"session\":null,\"matrix_version\":1}}");
}

static void
what_is_switched_off_is_named(void)
{
	const struct held_capability denied[] = {
		{ STR("export:csv"), { .reason = REASON_DISABLED } },
		{ STR("report:old"), { .reason = REASON_REVOKED } },
		{ STR("team:chat"), { .reason = REASON_DISABLED } },
	};
	const struct holding h = { .tier = STR("free"), .quantity = 1,
	    .denied = denied, .denied_count = COUNT(denied) };
	const struct entitlements en = { .user = STR("u1"), .holding = &h };
	struct str json;
	struct out o;

	out_init(&o, unit_arena(), 4096);
	entitlements_write(&o, NULL, &en);
	json = done(&o);
	CU_ASSERT_PTR_NOT_NULL(strstr(json.at, "\"capabilities\":[],"
	    "\"disabled\":[\"export:csv\",\"team:chat\"],\"limits\":{}"));
}

static void
a_session_names_its_target(void)
{
	const struct str packs[] = { STR("export-pack"), STR("sms") };
	struct session addons = session;
	struct out o;

	out_init(&o, unit_arena(), 4096);
	session_write(&o, NULL, &session);
	SAME(done(&o), SESSION_JSON);

	addons.terms.tier = STR_NONE;
	addons.terms.addons = packs;
	addons.terms.addon_count = COUNT(packs);
	addons.state = SESSION_FAILED;
	addons.payment = PAYMENT_FAILED;
	addons.reason = BECAUSE_DECLINED;
	addons.livemode = true;
	addons.version = 4;
	addons.delta = STR_NONE;
	out_init(&o, unit_arena(), 4096);
	session_write(&o, NULL, &addons);
	SAME(done(&o), "{\"id\":\"us_1\",\"user\":\"u1\","
	    "\"from_tier\":\"free\",\"target_tier\":null,"
	    "\"addons\":[\"export-pack\",\"sms\"],\"quantity\":1,"
	    "\"status\":\"failed\",\"payment_status\":\"failed\","
	    "\"livemode\":true,\"version\":4,\"reason\":\"declined\","
	    "\"created_at\":\"2026-09-01T10:00:00.000Z\","
	    "\"expires_at\":\"2026-09-01T11:00:00.000Z\",\"delta\":null}");
}

static const struct asset_step steps[] = {
	{ DO_PROVISION, { .held = { .slot = STR("a"),
	    .type = ASSET_API_KEY } } },
	{ DO_CHANGE, { .held = { .slot = STR("b"),
	    .type = ASSET_STORAGE_QUOTA, .quota = { .max = 5 } } } },
	{ DO_KEEP, { .held = { .slot = STR("c"), .type = ASSET_API_KEY } } },
	{ DO_REVOKE, { .held = { .slot = STR("d"),
	    .type = ASSET_LICENSE } } },
	{ DO_RESTORE, { .held = { .slot = STR("e"),
	    .type = ASSET_API_KEY } } },
	{ DO_SUSPEND, { .held = { .slot = STR("f"), .type = ASSET_SEAT,
	    .count = 3 } } },
	{ DO_CHANGE, { .held = { .slot = STR("g"), .type = ASSET_SEAT,
	    .count = 9 } } },
	{ DO_CHANGE, { .held = { .slot = STR("h"),
	    .type = ASSET_STORAGE_QUOTA, .quota = { .unlimited = true } } } },
};

static void
a_delta_tells_what_will_be_done(void)
{
	const struct str gain[] = { STR("x"), STR("y") }, lose[] = {
	    STR("z") };
	const struct limit_move moves[] = {
		{ STR("l1"), true, true, { .max = 100 }, { .max = 50000 } },
		{ STR("l2"), false, true, { 0 }, { .unlimited = true } },
		{ STR("l3"), true, false, { .max = 1 }, { 0 } },
	};
	const struct over over[] = {
		{ STR("l1"), 70000, 50000, POLICY_KEEP },
		{ STR("l3"), 1, 0, POLICY_FREEZE },
	};
	const struct plan plan = { .changes = true, .gain = gain,
	    .gain_count = 2, .lose = lose, .lose_count = 1,
	    .limits = moves, .limit_count = COUNT(moves), .assets = steps,
	    .asset_count = COUNT(steps), .over = over,
	    .over_count = COUNT(over) };
	struct out o;

	out_init(&o, unit_arena(), 4096);
	delta_write(&o, NULL, &plan);
	SAME(done(&o), "{\"capabilities\":{\"gain\":[\"x\",\"y\"],"
	    "\"lose\":[\"z\"]},\"limits\":{\"l1\":{\"from\":100,"
	    "\"to\":50000},\"l2\":{\"from\":null,\"to\":\"unlimited\"},"
	    "\"l3\":{\"from\":1,\"to\":null}},\"assets\":{\"provision\":["
	    "{\"slot\":\"a\",\"type\":\"API_KEY\"},"
	    "{\"slot\":\"e\",\"type\":\"API_KEY\"}],\"revoke\":["
	    "{\"slot\":\"d\",\"type\":\"LICENSE\"},"
	    "{\"slot\":\"f\",\"type\":\"SEAT\"}],\"change\":["
	    "{\"slot\":\"b\",\"type\":\"STORAGE_QUOTA\",\"limit\":5},"
	    "{\"slot\":\"g\",\"type\":\"SEAT\",\"seats\":9},"
	    "{\"slot\":\"h\",\"type\":\"STORAGE_QUOTA\","
	    "\"limit\":\"unlimited\"}]},\"over_limit\":["
	    "{\"limit\":\"l1\",\"used\":70000,\"allowed\":50000,"
	    "\"policy\":\"keep\"},"
	    "{\"limit\":\"l3\",\"used\":1,\"allowed\":0,"
	    "\"policy\":\"freeze\"}]}");
	out_init(&o, unit_arena(), 4096);
	delta_write(&o, NULL, &(struct plan){ .changes = false });
	SAME(done(&o), "{\"capabilities\":{\"gain\":[],\"lose\":[]},"
	    "\"limits\":{},\"assets\":{\"provision\":[],\"revoke\":[],"
	    "\"change\":[]},\"over_limit\":[]}");
}

static const struct str free_can[] = { STR("read:public") };
static const struct str pro_can[] = { STR("export:csv"), STR("read:public"),
    STR("team:chat") };
static const struct str ent_can[] = { STR("export:csv"), STR("read:public"),
    STR("sso:saml") };
static const struct limit_rule pro_rules[] = {
	{ .name = STR("api"), .quota = { .max = 10 },
	    .per = PER_MINUTE },
	{ .name = STR("projects"), .quota = { .unlimited = true },
	    .per = PER_TOTAL },
};
static const struct asset_rule pro_slots[] = {
	{ .slot = STR("api_key"), .type = ASSET_API_KEY,
	    .prefix = STR("pk_") },
	{ .slot = STR("seats"), .type = ASSET_SEAT, .count = 1,
	    .per_seat = true },
};
static const struct price pro_prices[] = {
	{ .provider = STR("stripe"), .id = STR("price_1"), .amount = -1 },
	{ .provider = STR("stripe"), .id = STR("price_2"),
	    .name = STR("yearly"), .currency = STR("eur"),
	    .interval = STR("year"), .amount = 29000 },
};
static const struct tier tiers[] = {
	{ .id = STR("free"), .title = STR("Free"), .capabilities = free_can,
	    .capability_count = 1 },
	{ .id = STR("pro"), .title = STR("Pro"), .rank = 10,
	    .summary = STR("For people who export"),
	    .capabilities = pro_can, .capability_count = COUNT(pro_can),
	    .limits = pro_rules, .limit_count = COUNT(pro_rules),
	    .assets = pro_slots, .asset_count = COUNT(pro_slots),
	    .prices = pro_prices, .price_count = COUNT(pro_prices) },
	{ .id = STR("ent"), .title = STR("Ent"), .rank = 20,
	    .capabilities = ent_can, .capability_count = COUNT(ent_can) },
};
static const struct tier packs[] = {
	{ .id = STR("pack"), .title = STR("Pack"), .addon = true,
	    .capabilities = pro_can, .capability_count = 1 },
};
static const struct capability known[] = {
	{ .name = STR("export:csv"), .about = STR("Export as CSV") },
	{ .name = STR("read:public") }, { .name = STR("sso:saml") },
	{ .name = STR("team:chat"), .disabled = true },
};
static const struct matrix matrix = { .version = 3,
	.default_tier = &tiers[0], .capabilities = known,
	.capability_count = COUNT(known), .tiers = tiers,
	.tier_count = COUNT(tiers), .addons = packs,
	.addon_count = COUNT(packs) };

static void
tiers_say_what_is_sold(void)
{
	struct out o;

	out_init(&o, unit_arena(), 4096);
	tiers_write(&o, &matrix, true);
	SAME(done(&o), "{\"matrix_version\":3,\"default_tier\":\"free\","
	    "\"livemode\":true,\"tiers\":[{\"id\":\"free\",\"rank\":0,"
	    "\"title\":\"Free\",\"summary\":null,\"capabilities\":["
	    "{\"id\":\"read:public\",\"description\":null}],\"limits\":{},"
	    "\"assets\":[],\"offers\":[]},{\"id\":\"pro\",\"rank\":10,"
	    "\"title\":\"Pro\",\"summary\":\"For people who export\","
	    "\"capabilities\":[{\"id\":\"export:csv\","
	    "\"description\":\"Export as CSV\"},{\"id\":\"read:public\","
	    "\"description\":null},{\"id\":\"team:chat\","
	    "\"description\":null,\"disabled\":true}],"
	    "\"limits\":{\"api\":{\"value\":10,"
	    "\"unlimited\":false,\"per\":\"minute\"},\"projects\":{"
	    "\"value\":null,\"unlimited\":true,\"per\":\"total\"}},"
	    "\"assets\":[{\"slot\":\"api_key\",\"type\":\"API_KEY\","
	    "\"metadata\":{}},{\"slot\":\"seats\",\"type\":\"SEAT\","
	    "\"metadata\":{\"seats\":1,\"per_seat\":true}}],"
	    "\"offers\":[{\"provider\":\"stripe\",\"name\":null,"
	    "\"amount\":null,\"currency\":null,\"interval\":null},"
	    "{\"provider\":\"stripe\",\"name\":\"yearly\",\"amount\":29000,"
	    "\"currency\":\"eur\",\"interval\":\"year\"}]},"
	    "{\"id\":\"ent\",\"rank\":20,\"title\":\"Ent\","
	    "\"summary\":null,\"capabilities\":[{\"id\":\"export:csv\","
	    "\"description\":\"Export as CSV\"},{\"id\":\"read:public\","
	    "\"description\":null},{\"id\":\"sso:saml\","
	    "\"description\":null}],\"limits\":{},\"assets\":[],"
	    "\"offers\":[]}],\"addons\":[{\"id\":\"pack\","
	    "\"title\":\"Pack\",\"summary\":null,\"capabilities\":["
	    "{\"id\":\"export:csv\",\"description\":\"Export as CSV\"}],"
	    "\"limits\":{},\"assets\":[],\"offers\":[]}]}");
}

static void
a_verdict_is_written_with_the_way_up(void)
{
	struct verdict v = { .user = STR("u1"),
	    .capability = STR("export:csv"), .code = "not-in-tier",
	    .tier = STR("free"), .version = 7, .matrix = &matrix };
	struct out o;

	out_init(&o, unit_arena(), 4096);
	verdict_write(&o, &v);
	SAME(done(&o), "{\"user\":\"u1\",\"capability\":\"export:csv\","
	    "\"allowed\":false,\"code\":\"not-in-tier\",\"tier\":\"free\","
	    "\"version\":7,\"upgrade_to\":[\"pro\",\"ent\"]}");
	v.tier = STR("pro");
	v.allowed = true;
	v.code = "granted-by-tier";
	out_init(&o, unit_arena(), 4096);
	verdict_write(&o, &v);
	SAME(done(&o), "{\"user\":\"u1\",\"capability\":\"export:csv\","
	    "\"allowed\":true,\"code\":\"granted-by-tier\",\"tier\":\"pro\","
	    "\"version\":7,\"upgrade_to\":[]}");
}

static void
there_is_no_way_up_to_what_is_switched_off(void)
{
	const struct held_capability off = {
		STR("export:csv"), { .reason = REASON_DISABLED },
	};
	const struct holding h = { .tier = STR("free"), .denied = &off,
	    .denied_count = 1 };
	struct verdict v = { .user = STR("u1"), .capability = off.name,
	    .tier = h.tier, .version = 7, .matrix = &matrix };
	struct out o;

	verdict_decide(&v, &h);
	out_init(&o, unit_arena(), 4096);
	verdict_write(&o, &v);
	SAME(done(&o), "{\"user\":\"u1\",\"capability\":\"export:csv\","
	    "\"allowed\":false,\"code\":\"disabled\",\"tier\":\"free\","
	    "\"version\":7,\"upgrade_to\":[]}");
	v.capability = STR("sso:saml");
	verdict_decide(&v, &h);
	out_init(&o, unit_arena(), 4096);
	verdict_write(&o, &v);
	SAME(done(&o), "{\"user\":\"u1\",\"capability\":\"sso:saml\","
	    "\"allowed\":false,\"code\":\"not-in-tier\",\"tier\":\"free\","
	    "\"version\":7,\"upgrade_to\":[\"ent\"]}");
}

static void
many_verdicts_are_of_one_state(void)
{
	static const struct str asked[] = {
		STR("export:csv"), STR("no:such"), STR("export:csv"),
	};
	const struct verdict about = { .user = STR("u1"), .tier = STR("pro"),
	    .version = 7, .matrix = &matrix };
	struct out o;

	out_init(&o, unit_arena(), 4096);
	verdicts_write(&o, &about, &pro, asked, COUNT(asked));
	SAME(done(&o), "{\"user\":\"u1\",\"tier\":\"pro\",\"version\":7,"
	    "\"results\":[{\"capability\":\"export:csv\",\"allowed\":true,"
	    "\"code\":\"granted-by-tier\",\"upgrade_to\":[]},"
	    "{\"capability\":\"no:such\",\"allowed\":false,"
	    "\"code\":\"unknown-capability\",\"upgrade_to\":[]},"
	    "{\"capability\":\"export:csv\",\"allowed\":true,"
	    "\"code\":\"granted-by-tier\",\"upgrade_to\":[]}]}");
}

struct verdict_row {
	const char		*capability;
	enum holding_state	 state;
	bool			 allowed;
	const char		*code;
};

static const struct verdict_row verdict_rows[] = {
	{ "export:csv", HOLDING_ACTIVE, true, "granted-by-tier" },
	{ "read:public", HOLDING_ACTIVE, true, "default-tier" },
	{ "report:pdf", HOLDING_ACTIVE, true, "granted-by-override" },
	{ "team:chat", HOLDING_GRACE, true, "granted-in-grace" },
	{ "sso:saml", HOLDING_ACTIVE, false, "not-in-tier" },
	{ "export", HOLDING_ACTIVE, false, "unknown-capability" },
	{ "export:csv2", HOLDING_ACTIVE, false, "unknown-capability" },
	{ "", HOLDING_ACTIVE, false, "unknown-capability" },
};

static void
a_verdict_follows_from_the_holding(void)
{
	struct holding h = pro;
	size_t i;

	h.capability_count = COUNT(pro_capabilities);
	for (i = 0; i < COUNT(verdict_rows); i++) {
		const struct verdict_row *row = &verdict_rows[i];
		struct verdict v = { .capability = str_of(row->capability),
		    .matrix = &matrix };

		h.state = row->state;
		verdict_decide(&v, &h);
		ROW(v.allowed == row->allowed, row->capability);
		ROW(strcmp(v.code, row->code) == 0, row->capability);
	}
}

static const char *
code_for(const struct holding *h, const char *capability)
{
	struct verdict v = { .capability = str_of(capability),
	    .matrix = &matrix };

	verdict_decide(&v, h);
	CU_ASSERT_FALSE(v.allowed);
	return v.code;
}

static void
what_is_denied_is_told_with_its_reason(void)
{
	const struct held_capability denied[] = {
		{ STR("export:csv"), { .reason = REASON_EXPIRED } },
		{ STR("report:old"), { .reason = REASON_REVOKED } },
		{ STR("team:chat"), { .reason = REASON_SUSPENDED } },
	};
	struct holding h = { .tier = STR("free"), .denied = denied,
	    .denied_count = COUNT(denied) };

	CU_ASSERT_STRING_EQUAL(code_for(&h, "team:chat"), "suspended");
	CU_ASSERT_STRING_EQUAL(code_for(&h, "export:csv"), "expired");
	/* Also of what the matrix in force does not name any more. */
	CU_ASSERT_STRING_EQUAL(code_for(&h, "report:old"), "revoked");
	CU_ASSERT_STRING_EQUAL(code_for(&h, "sso:saml"), "not-in-tier");
}

CU_TestInfo answers_tests[] = {
	{ "entitlements say what a user has",
	    entitlements_say_what_a_user_has },
	{ "a user nobody has heard of has the default",
	    a_user_nobody_has_heard_of_has_the_default },
	{ "what is switched off is named", what_is_switched_off_is_named },
	{ "a session names its target", a_session_names_its_target },
	{ "a delta tells what will be done",
	    a_delta_tells_what_will_be_done },
	{ "tiers say what is sold", tiers_say_what_is_sold },
	{ "a verdict is written with the way up",
	    a_verdict_is_written_with_the_way_up },
	{ "there is no way up to what is switched off",
	    there_is_no_way_up_to_what_is_switched_off },
	{ "many verdicts are of one state", many_verdicts_are_of_one_state },
	{ "a verdict follows from the holding",
	    a_verdict_follows_from_the_holding },
	{ "what is denied is told with its reason",
	    what_is_denied_is_told_with_its_reason },
	CU_TEST_INFO_NULL
};
