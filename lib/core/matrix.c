/*
 * Looking things up in an entitlement matrix and in the catalog of all its
 * applied versions.  Lists are short, so they are walked from the start.
 */
#include "base/guard.h"
#include "core/matrix.h"

#define X(id, name)	[ASSET_##id] = (name),
const char *const asset_type_names[ASSET__COUNT] = { ASSET_TYPES(X) };
#undef X
#define X(id, name)	[PER_##id] = (name),
const char *const limit_period_names[PER__COUNT] = { LIMIT_PERIODS(X) };
#undef X
#define X(id, name)	[POLICY_##id] = (name),
const char *const policy_action_names[POLICY__COUNT] = { POLICY_ACTIONS(X) };
#undef X

const struct policy policy_usual = {
	.refund_full	= POLICY_REVOKE,
	.refund_partial	= POLICY_KEEP,
	.dispute_open	= POLICY_SUSPEND,
	.dispute_lost	= POLICY_REVOKE,
	.over_limit	= POLICY_KEEP,
	.repeat_trial	= POLICY_REFUSE,
};

static const struct tier *
find(const struct tier *list, size_t count, struct str id)
{
	for (size_t i = 0; i < count; i++)
		if (str_eq(list[i].id, id))
			return &list[i];
	return NULL;
}

const struct tier *
matrix_tier(const struct matrix *m, struct str id)
{
	return find(m->tiers, m->tier_count, id);
}

const struct tier *
matrix_addon(const struct matrix *m, struct str id)
{
	return find(m->addons, m->addon_count, id);
}

static bool
sold_by(const struct tier *t, struct str provider, struct str price_id)
{
	for (size_t i = 0; i < t->price_count; i++)
		if (str_eq(t->prices[i].id, price_id) &&
		    str_eq(t->prices[i].provider, provider))
			return true;
	return false;
}

const struct tier *
matrix_sold_by(const struct matrix *m, struct str provider,
    struct str price_id)
{
	for (size_t i = 0; i < m->tier_count; i++)
		if (sold_by(&m->tiers[i], provider, price_id))
			return &m->tiers[i];
	for (size_t i = 0; i < m->addon_count; i++)
		if (sold_by(&m->addons[i], provider, price_id))
			return &m->addons[i];
	return NULL;
}

const struct price *
tier_price(const struct tier *t, struct str provider, struct str name)
{
	for (size_t i = 0; i < t->price_count; i++)
		if (str_eq(t->prices[i].provider, provider) &&
		    (name.len == 0 || str_eq(t->prices[i].name, name)))
			return &t->prices[i];
	return NULL;
}

bool
tier_can(const struct tier *t, struct str capability)
{
	for (size_t i = 0; i < t->capability_count; i++)
		if (str_eq(t->capabilities[i], capability))
			return true;
	return false;
}

bool
matrix_knows(const struct matrix *m, struct str capability)
{
	for (size_t i = 0; i < m->capability_count; i++)
		if (str_eq(m->capabilities[i].name, capability))
			return true;
	return false;
}

const struct limit_rule *
tier_limit(const struct tier *t, struct str name)
{
	for (size_t i = 0; i < t->limit_count; i++)
		if (str_eq(t->limits[i].name, name))
			return &t->limits[i];
	return NULL;
}

const struct limit_rule *
matrix_limit(const struct matrix *m, struct str name)
{
	const struct limit_rule	*rule = NULL;

	for (size_t i = 0; i < m->tier_count && rule == NULL; i++)
		rule = tier_limit(&m->tiers[i], name);
	for (size_t i = 0; i < m->addon_count && rule == NULL; i++)
		rule = tier_limit(&m->addons[i], name);
	return rule;
}

const struct asset_rule *
tier_asset(const struct tier *t, struct str slot)
{
	for (size_t i = 0; i < t->asset_count; i++)
		if (str_eq(t->assets[i].slot, slot))
			return &t->assets[i];
	return NULL;
}

bool
asset_has_secret(enum asset_type type)
{
	return type == ASSET_API_KEY || type == ASSET_LICENSE;
}

const struct matrix *
catalog_newest(const struct catalog *c)
{
	must(c->count > 0 && c->editions[c->count - 1].matrix != NULL);
	return c->editions[c->count - 1].matrix;
}

const struct matrix *
catalog_version(const struct catalog *c, int64_t version)
{
	for (size_t i = 0; i < c->count; i++)
		if (c->editions[i].version == version &&
		    c->editions[i].matrix != NULL)
			return c->editions[i].matrix;
	return catalog_newest(c);
}

int64_t
catalog_at(const struct catalog *c, int64_t at)
{
	size_t	 i = c->count;

	must(c->count > 0);
	while (i > 1 && c->editions[i - 1].applied_at > at)
		i--;
	return c->editions[i - 1].version;
}
