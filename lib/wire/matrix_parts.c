/*
 * What a tier or add-on carries: capabilities, limits, assets, prices.
 */
#include <stdlib.h>

#include "base/limits.h"
#include "wire/matrix_parts.h"

enum {
	PREFIX_BYTES_MAX = 32,
	SEATS_MAX	 = 1000000,
};

#define AMOUNT_MAX	INT64_C(9007199254740991)

bool
read_fits(struct reading *rd, const struct tree *t, size_t most)
{
	if (t->count <= most)
		return true;
	tree_report_name(rd->report, t, "these are %zu: at most %zu are taken",
	    t->count, most);
	return false;
}

/* One that is not quoted falls apart at its colon and a blank. */
static void
report_capability(struct reading *rd, const struct tree *t)
{
	if (t->kind == TREE_MAP && t->count == 1 && t->first->text.len > 0)
		tree_report(rd->report, t, "a capability has no blank behind "
		    "its colon: did you mean \"%.*s:%.*s\"?",
		    STR_FMT(report_show(rd->arena, t->first->name)),
		    STR_FMT(report_show(rd->arena, t->first->text)));
	else
		tree_report(rd->report, t, "a capability is written like "
		    "export:csv: small letters, digits, _ . - and one colon, "
		    "at most %d bytes", CAPABILITY_NAME_MAX);
}

static int
by_text(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

void
read_capabilities(struct reading *rd, const struct tree *t, struct tier *tier)
{
	struct claims own = { .arena = rd->arena };
	const struct tree *child;
	struct str *list;
	size_t i;

	if (!value_list(rd->report, t) || !read_fits(rd, t, CAPABILITIES_MAX))
		return;
	list = arena_many(rd->arena, t->count + 1, struct str);
	tier->capabilities = list;
	for (child = t->first; child != NULL; child = child->next) {
		if (child->kind == TREE_NOTHING)
			continue;
		if (!name_is_capability(child->text)) {
			report_capability(rd, child);
			continue;
		}
		claims_add(&own, child->text, 0, child);
		claims_add(&rd->names, child->text, 0, child);
		list[tier->capability_count++] = child->text;
	}
	claims_sort(&own);
	for (i = 0; i < own.count; i++)
		if (own.list[i].first != &own.list[i])
			tree_report(rd->report, own.list[i].node,
			    "\"%.*s\" stands in this list twice",
			    STR_FMT(own.list[i].what));
	if (tier->capability_count > 1)
		qsort(list, tier->capability_count, sizeof(list[0]), by_text);
}

/* What has no bound is never passed, nor near. */
static void
check_bounded(struct reading *rd, const struct tree *t,
    const struct limit_rule *limit)
{
	if (t != NULL && limit->quota.unlimited)
		tree_report_name(rd->report, t, "this says nothing of a limit "
		    "that is unlimited");
}

static void
read_warnings(struct reading *rd, const struct tree *t,
    struct limit_rule *limit)
{
	const struct tree *soft = tree_member(t, "soft");
	const struct tree *warn = tree_member(t, "warn");

	if (soft != NULL)
		value_bool(rd->report, soft, &limit->soft);
	if (warn != NULL)
		value_percent(rd->report, warn, &limit->warn);
	check_bounded(rd, soft, limit);
	check_bounded(rd, warn, limit);
}

static void
read_limit(struct reading *rd, const struct tree *t, struct limit_rule *limit)
{
	static const struct str known[] = { STR("max"), STR("per"),
	    STR("soft"), STR("warn") };
	struct str words[PER__COUNT];
	const struct tree *max, *per;
	size_t i;

	if (t->kind != TREE_MAP) {
		value_quota(rd->report, t, &limit->quota);
		return;
	}
	value_map(rd->report, t, known, COUNT(known));
	for (i = 0; i < PER__COUNT; i++)
		words[i] = str_of(limit_period_names[i]);
	max = tree_member(t, "max");
	if (max != NULL)
		value_quota(rd->report, max, &limit->quota);
	else
		tree_report_name(rd->report, t, "max is missing");
	per = tree_member(t, "per");
	if (per != NULL &&
	    value_word(rd->report, per, words, PER__COUNT, &i))
		limit->per = (enum limit_period)i;
	read_warnings(rd, t, limit);
}

static int
by_limit(const void *a, const void *b)
{
	return str_cmp(((const struct limit_rule *)a)->name,
	    ((const struct limit_rule *)b)->name);
}

void
read_limits(struct reading *rd, const struct tree *t, struct tier *tier)
{
	const struct tree *child;
	struct limit_rule *list;
	size_t n = 0;

	if (!value_map(rd->report, t, NULL, 0) ||
	    !read_fits(rd, t, LIMITS_MAX))
		return;
	list = arena_many(rd->arena, t->count + 1, struct limit_rule);
	for (child = t->first; child != NULL; child = child->next) {
		if (!name_is_capability(child->name))
			tree_report_name(rd->report, child, "a limit is named "
			    "like a capability: api:requests_per_day");
		list[n].name = child->name;
		read_limit(rd, child, &list[n++]);
	}
	if (n > 1)
		qsort(list, n, sizeof(list[0]), by_limit);
	tier->limits = list;
	tier->limit_count = n;
}

/* Which members an asset of each type may have, besides its type. */
#define FOR(type)	(1u << ASSET_##type)
static const struct asset_member {
	struct str	 name;
	unsigned	 types;		/* FOR() bits */
	const char	*whose;
} asset_members[] = {
	{ STR("prefix"), FOR(API_KEY) | FOR(LICENSE), "API_KEY and LICENSE" },
	{ STR("overlap"), FOR(API_KEY) | FOR(LICENSE), "API_KEY and LICENSE" },
	{ STR("limit"), FOR(STORAGE_QUOTA), "STORAGE_QUOTA" },
	{ STR("count"), FOR(SEAT), "SEAT" },
	{ STR("per_seat"), FOR(SEAT), "SEAT" },
};

static void
check_asset_members(struct reading *rd, const struct tree *t,
    enum asset_type type)
{
	size_t i;

	for (i = 0; i < COUNT(asset_members); i++) {
		const struct asset_member *m = &asset_members[i];
		const struct tree *child = tree_member(t, m->name.at);

		if (child != NULL && (m->types & 1u << type) == 0)
			tree_report_name(rd->report, child,
			    "this is for %s, not for %s", m->whose,
			    asset_type_names[type]);
	}
}

static bool
prefix_ok(struct str s)
{
	size_t i;

	for (i = 0; i < s.len; i++) {
		char c = s.at[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9') || c == '_' || c == '-'))
			return false;
	}
	return true;
}

static void
read_prefix(struct reading *rd, const struct tree *t, struct asset_rule *asset)
{
	if (!value_text(rd->report, t, PREFIX_BYTES_MAX, &asset->prefix))
		return;
	if (!prefix_ok(asset->prefix))
		tree_report(rd->report, t,
		    "a prefix has letters, digits, _ and - only");
	else if (str_starts(asset->prefix, STR("rung_")))
		tree_report(rd->report, t,
		    "prefixes that begin with rung_ are Rung's own");
}

static void
read_amounts(struct reading *rd, const struct tree *t,
    struct asset_rule *asset)
{
	const struct tree *limit = tree_member(t, "limit");
	const struct tree *count = tree_member(t, "count");
	const struct tree *per_seat = tree_member(t, "per_seat");

	if (limit != NULL)
		value_quota(rd->report, limit, &asset->quota);
	else if (asset->type == ASSET_STORAGE_QUOTA)
		tree_report_name(rd->report, t, "limit is missing");
	if (count != NULL)
		value_int(rd->report, count, 1, SEATS_MAX, &asset->count);
	else if (asset->type == ASSET_SEAT)
		tree_report_name(rd->report, t, "count is missing");
	if (per_seat != NULL)
		value_bool(rd->report, per_seat, &asset->per_seat);
}

static bool
read_type(struct reading *rd, const struct tree *t, struct asset_rule *asset)
{
	const struct tree *type = tree_member(t, "type");
	struct str words[ASSET__COUNT];
	size_t i;

	for (i = 0; i < ASSET__COUNT; i++)
		words[i] = str_of(asset_type_names[i]);
	if (type == NULL) {
		tree_report_name(rd->report, t, "type is missing");
		return false;
	}
	if (!value_word(rd->report, type, words, ASSET__COUNT, &i))
		return false;
	asset->type = (enum asset_type)i;
	claims_add(&rd->slots, t->name, i, type);
	return true;
}

static void
read_asset(struct reading *rd, const struct tree *t, struct asset_rule *asset)
{
	static const struct str known[] = { STR("type"), STR("prefix"),
	    STR("overlap"), STR("limit"), STR("count"), STR("per_seat") };
	const struct tree *prefix, *overlap;

	asset->slot = t->name;
	if (!name_is_tier(t->name))
		tree_report_name(rd->report, t, "a slot is named with small "
		    "letters, digits, _ and -, at most %d", TIER_NAME_MAX);
	if (!value_map(rd->report, t, known, COUNT(known)) ||
	    !read_type(rd, t, asset))
		return;
	check_asset_members(rd, t, asset->type);
	prefix = tree_member(t, "prefix");
	if (prefix != NULL)
		read_prefix(rd, prefix, asset);
	overlap = tree_member(t, "overlap");
	if (overlap != NULL)
		value_duration(rd->report, overlap, &asset->overlap);
	read_amounts(rd, t, asset);
}

static int
by_slot(const void *a, const void *b)
{
	return str_cmp(((const struct asset_rule *)a)->slot,
	    ((const struct asset_rule *)b)->slot);
}

void
read_assets(struct reading *rd, const struct tree *t, struct tier *tier)
{
	const struct tree *child;
	struct asset_rule *list;
	size_t n = 0;

	if (!value_map(rd->report, t, NULL, 0) ||
	    !read_fits(rd, t, ASSETS_MAX))
		return;
	list = arena_many(rd->arena, t->count + 1, struct asset_rule);
	for (child = t->first; child != NULL; child = child->next)
		read_asset(rd, child, &list[n++]);
	if (n > 1)
		qsort(list, n, sizeof(list[0]), by_slot);
	tier->assets = list;
	tier->asset_count = n;
}

static void
read_currency(struct reading *rd, const struct tree *t, struct price *price)
{
	size_t i;

	if (!value_text(rd->report, t, OUTSIDE_ID_MAX, &price->currency))
		return;
	for (i = 0; i < 3; i++)
		if (price->currency.len != 3 || price->currency.at[i] < 'a' ||
		    price->currency.at[i] > 'z') {
			tree_report(rd->report, t, "a currency is three small "
			    "letters, like eur");
			return;
		}
}

/* {id: price_x, name: yearly, amount: 29000, currency: eur, interval: year} */
static void
read_price_map(struct reading *rd, const struct tree *t, struct price *price)
{
	static const struct str known[] = { STR("id"), STR("name"),
	    STR("amount"), STR("currency"), STR("interval") };
	static const struct str intervals[] = { STR("month"), STR("year"),
	    STR("week"), STR("day") };
	const struct tree *id = tree_member(t, "id");
	const struct tree *name = tree_member(t, "name");
	const struct tree *amount = tree_member(t, "amount");
	const struct tree *currency = tree_member(t, "currency");
	const struct tree *interval = tree_member(t, "interval");
	size_t i;

	value_map(rd->report, t, known, COUNT(known));
	if (id == NULL)
		tree_report(rd->report, t, "id is missing");
	else
		value_text(rd->report, id, OUTSIDE_ID_MAX, &price->id);
	if (name != NULL)
		value_text(rd->report, name, CAPABILITY_NAME_MAX,
		    &price->name);
	if (amount != NULL)
		value_int(rd->report, amount, 0, AMOUNT_MAX, &price->amount);
	if (currency != NULL)
		read_currency(rd, currency, price);
	else if (amount != NULL)
		tree_report(rd->report, amount,
		    "an amount says nothing without a currency");
	if (interval != NULL && value_word(rd->report, interval, intervals,
	    COUNT(intervals), &i))
		price->interval = intervals[i];
}

static void
read_price(struct reading *rd, const struct tree *t, struct price *price)
{
	size_t i;

	price->amount = -1;
	if (t->kind == TREE_MAP)
		read_price_map(rd, t, price);
	else
		value_text(rd->report, t, OUTSIDE_ID_MAX, &price->id);
	if (price->id.len == 0)
		return;
	for (i = 0; i < price->id.len; i++)
		if (price->id.at[i] <= ' ' || price->id.at[i] > '~') {
			tree_report(rd->report, t,
			    "a price id is plain ASCII without blanks");
			return;
		}
	claims_add(&rd->prices, arena_text(rd->arena, "%.*s %.*s",
	    STR_FMT(price->provider), STR_FMT(price->id)), 0, t);
}

/* A named price must be one: names are what a buyer's page asks for. */
static void
check_price_names(struct reading *rd, const struct tree *list,
    const struct price *prices)
{
	struct claims own = { .arena = rd->arena };
	const struct tree *child;
	size_t i = 0;

	for (child = list->first; child != NULL; child = child->next, i++)
		if (prices[i].name.len > 0)
			claims_add(&own, prices[i].name, 0, child);
	claims_sort(&own);
	for (i = 0; i < own.count; i++)
		if (own.list[i].first != &own.list[i])
			tree_report(rd->report, own.list[i].node,
			    "another price is named \"%.*s\" on line %u",
			    STR_FMT(report_show(rd->arena, own.list[i].what)),
			    own.list[i].first->node->line);
}

void
read_prices(struct reading *rd, const struct tree *t, struct tier *tier)
{
	static const struct str known[] = { STR("stripe"), STR("paddle"),
	    STR("lemonsqueezy") };
	const struct tree *provider, *child;
	struct price *list;
	size_t n = 0, first;

	if (!value_map(rd->report, t, known, COUNT(known)))
		return;
	list = arena_many(rd->arena, PRICES_MAX, struct price);
	for (provider = t->first; provider != NULL;
	    provider = provider->next) {
		if (!value_list(rd->report, provider) ||
		    !read_fits(rd, provider, PRICES_MAX - n))
			continue;
		first = n;
		for (child = provider->first; child != NULL;
		    child = child->next) {
			list[n].provider = provider->name;
			read_price(rd, child, &list[n++]);
		}
		check_price_names(rd, provider, &list[first]);
	}
	tier->prices = list;
	tier->price_count = n;
}
