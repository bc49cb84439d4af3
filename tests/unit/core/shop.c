/*
 * What the shop sells.  Plain tables; see shop.h for the picture.
 */
#include "unit/core/shop.h"
#include "unit/unit.h"

static const struct str free_caps[] = {
	STR("read:public"), STR("write:limited"),
};
static const struct str pro_caps[] = {
	STR("export:csv"), STR("read:public"), STR("write:unlimited"),
};
static const struct str pro_caps_2[] = {
	STR("export:csv"), STR("read:public"), STR("reports:new"),
	STR("write:unlimited"),
};
static const struct str enterprise_caps[] = {
	STR("export:all"), STR("read:public"), STR("sso:saml"),
	STR("write:unlimited"),
};
static const struct str pack_caps[] = { STR("export:csv") };

#define API(n)	{ .name = STR("api"), .quota = { .max = (n) }, .per = PER_DAY }

static const struct limit_rule free_limits[] = { API(100) };
static const struct limit_rule pro_limits[] = {
	API(50000),
	{ .name = STR("projects"), .quota = { .max = 10 }, .warn = 80 },
};
static const struct limit_rule enterprise_limits[] = {
	{ .name = STR("api"), .quota = { .unlimited = true },
	    .per = PER_DAY },
};
static const struct limit_rule storage_limits[] = {
	API(1000),
	{ .name = STR("exports"), .quota = { .max = 5 }, .per = PER_MONTH,
	    .soft = true, .warn = 60 },
	{ .name = STR("projects"), .quota = { .max = 3 }, .per = PER_MONTH,
	    .soft = true },
};

#define STORAGE(n)	{ .slot = STR("storage"), .type = ASSET_STORAGE_QUOTA, \
	.quota = { .max = (n) } }

static const struct asset_rule free_assets[] = { STORAGE(100) };
static const struct asset_rule pro_assets[] = {
	{ .slot = STR("api_key"), .type = ASSET_API_KEY,
	    .prefix = STR("pk_pro_"), .overlap = 7 * DAY },
	STORAGE(10000),
};
static const struct asset_rule team_assets[] = {
	{ .slot = STR("api_key"), .type = ASSET_API_KEY,
	    .prefix = STR("pk_pro_"), .overlap = 7 * DAY },
	{ .slot = STR("seats"), .type = ASSET_SEAT, .count = 1,
	    .per_seat = true },
	STORAGE(10000),
};
static const struct asset_rule enterprise_assets[] = {
	{ .slot = STR("api_key"), .type = ASSET_API_KEY,
	    .prefix = STR("pk_ent_") },
	{ .slot = STR("seats"), .type = ASSET_SEAT, .count = 50 },
	{ .slot = STR("storage"), .type = ASSET_STORAGE_QUOTA,
	    .quota = { .unlimited = true } },
};
static const struct asset_rule storage_assets[] = {
	{ .slot = STR("api_key"), .type = ASSET_STORAGE_QUOTA,
	    .quota = { .max = 1 } },
	STORAGE(500),
};
static const struct asset_rule licence_assets[] = {
	{ .slot = STR("licence"), .type = ASSET_LICENSE,
	    .prefix = STR("lic_") },
};

#define SELLS(price)	{ .provider = STR("stripe"), .id = STR(price),	\
	.amount = -1 }

static const struct price pro_prices[] = {
	SELLS("price_pro"),
	{ .provider = STR("stripe"), .id = STR("price_pro_yearly"),
	    .name = STR("yearly"), .amount = 29000, .currency = STR("eur"),
	    .interval = STR("year") },
	SELLS("price_moved"),
	{ .provider = STR("paddle"), .id = STR("price_team"), .amount = -1 },
};
static const struct price pro_prices_2[] = {
	SELLS("price_pro"), SELLS("price_pro_yearly"), SELLS("price_pro_new"),
};
static const struct price team_prices[] = { SELLS("price_team") };
static const struct price team_prices_2[] = {
	SELLS("price_team"), SELLS("price_moved"),
};
static const struct price enterprise_prices[] = { SELLS("price_ent") };
static const struct price pack_prices[] = { SELLS("price_pack") };
static const struct price storage_prices[] = { SELLS("price_storage") };
static const struct price licence_prices[] = { SELLS("price_licence") };
static const struct price fresh_prices[] = { SELLS("price_fresh") };

#define CARRIES(c, l, a, p)						\
	.capabilities = (c), .capability_count = COUNT(c),		\
	.limits = (l), .limit_count = COUNT(l),				\
	.assets = (a), .asset_count = COUNT(a),				\
	.prices = (p), .price_count = COUNT(p)

#define FREE {								\
	.id = STR("free"), .title = STR("Free"), .rank = 0,		\
	.capabilities = free_caps, .capability_count = COUNT(free_caps), \
	.limits = free_limits, .limit_count = COUNT(free_limits),	\
	.assets = free_assets, .asset_count = COUNT(free_assets) }
#define PRO(caps, sold) {						\
	.id = STR("pro"), .title = STR("Pro"), .rank = 10,		\
	.grace = 7 * DAY, CARRIES(caps, pro_limits, pro_assets, sold) }
#define TEAM(sold) {							\
	.id = STR("team"), .title = STR("Team"), .rank = 15,		\
	CARRIES(pro_caps, pro_limits, team_assets, sold) }
#define ENTERPRISE {							\
	.id = STR("enterprise"), .title = STR("Enterprise"), .rank = 20, \
	.grace = 1 * DAY, CARRIES(enterprise_caps, enterprise_limits,	\
	enterprise_assets, enterprise_prices) }

static const struct tier tiers_1[] = {
	FREE, PRO(pro_caps, pro_prices), TEAM(team_prices), ENTERPRISE,
};
static const struct tier tiers_2[] = {
	FREE, PRO(pro_caps_2, pro_prices_2), TEAM(team_prices_2), ENTERPRISE,
};

#define EXPORT_PACK {							\
	.id = STR("export-pack"), .title = STR("Export pack"),		\
	.addon = true,							\
	.capabilities = pack_caps, .capability_count = COUNT(pack_caps), \
	.prices = pack_prices, .price_count = COUNT(pack_prices) }
#define LICENCE {							\
	.id = STR("licence"), .title = STR("Licence"), .addon = true,	\
	.assets = licence_assets, .asset_count = COUNT(licence_assets),	\
	.prices = licence_prices, .price_count = COUNT(licence_prices) }
#define STORAGE_PACK {							\
	.id = STR("storage-pack"), .title = STR("Storage pack"),	\
	.addon = true,							\
	.limits = storage_limits, .limit_count = COUNT(storage_limits),	\
	.assets = storage_assets, .asset_count = COUNT(storage_assets),	\
	.prices = storage_prices, .price_count = COUNT(storage_prices) }

static const struct tier addons_1[] = { EXPORT_PACK, LICENCE, STORAGE_PACK };
static const struct tier addons_2[] = {
	EXPORT_PACK,
	{ .id = STR("fresh"), .title = STR("Fresh"), .addon = true,
	    .capabilities = pack_caps, .capability_count = COUNT(pack_caps),
	    .limits = free_limits, .limit_count = COUNT(free_limits),
	    .prices = fresh_prices, .price_count = COUNT(fresh_prices) },
	LICENCE, STORAGE_PACK,
};

static const struct capability known[] = {
	{ .name = STR("export:all"), .about = STR("Export everything") },
	{ .name = STR("export:csv"), .about = STR("Export reports as CSV") },
	{ .name = STR("read:public") }, { .name = STR("reports:new") },
	{ .name = STR("sso:saml") }, { .name = STR("write:limited") },
	{ .name = STR("write:unlimited") },
};

static const struct matrix versions[] = {
	{
		.version = 1, .applied_at = ON_DAY(0),
		.default_tier = &tiers_1[0],
		.capabilities = known, .capability_count = COUNT(known),
		.tiers = tiers_1, .tier_count = COUNT(tiers_1),
		.addons = addons_1, .addon_count = COUNT(addons_1),
	}, {
		.version = 2, .applied_at = ON_DAY(100),
		.default_tier = &tiers_2[0],
		.capabilities = known, .capability_count = COUNT(known),
		.tiers = tiers_2, .tier_count = COUNT(tiers_2),
		.addons = addons_2, .addon_count = COUNT(addons_2),
	},
};

const struct catalog *
shop_with(const struct policy *policy)
{
	struct arena	*a = unit_arena();
	struct matrix	*m = arena_many(a, COUNT(versions), struct matrix);
	struct edition	*e = arena_many(a, COUNT(versions), struct edition);
	struct catalog	*c = arena_one(a, struct catalog);

	for (size_t i = 0; i < COUNT(versions); i++) {
		m[i] = versions[i];
		m[i].policy = *policy;
		e[i] = (struct edition){
			.version = m[i].version,
			.applied_at = m[i].applied_at, .matrix = &m[i],
		};
	}
	*c = (struct catalog){ e, COUNT(versions), m[0].version };
	return c;
}

const struct catalog *
shop(void)
{
	return shop_with(&policy_usual);
}

static const struct matrix *
matrix_without(const char *capability)
{
	struct arena		*a = unit_arena();
	struct matrix		*m = arena_one(a, struct matrix);
	struct capability	*list = arena_many(a, COUNT(known),
				    struct capability);

	for (size_t i = 0; i < COUNT(known); i++) {
		list[i] = known[i];
		list[i].disabled = str_eq(known[i].name, str_of(capability));
	}
	*m = versions[COUNT(versions) - 1];
	m->policy = policy_usual;
	m->version++;
	m->applied_at = ON_DAY(200);
	m->capabilities = list;
	return m;
}

const struct catalog *
shop_without(const char *capability)
{
	enum { N = COUNT(versions) };
	const struct catalog	*both = shop();
	const struct matrix	*m = matrix_without(capability);
	struct arena		*a = unit_arena();
	struct edition		*e = arena_many(a, N + 1, struct edition);
	struct catalog		*c = arena_one(a, struct catalog);

	memcpy(e, both->editions, N * sizeof(*e));
	e[N] = (struct edition){
		m->version, m->applied_at, m, matrix_disabled(m, a),
	};
	*c = (struct catalog){ e, N + 1, catalog_switched(e, N + 1) };
	return c;
}
