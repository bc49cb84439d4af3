/*
 * Looking things up in an entitlement matrix and in the catalog of all its
 * applied versions.  Lists of what is sold are short, so they are walked from
 * the start.
 */
#include <stdlib.h>

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

static int
by_name(const void *name, const void *capability)
{
	return str_cmp(*(const struct str *)name,
	    ((const struct capability *)capability)->name);
}

const struct capability *
matrix_capability(const struct matrix *m, struct str name)
{
	return m->capability_count == 0 ? NULL : bsearch(&name,
	    m->capabilities, m->capability_count, sizeof(m->capabilities[0]),
	    by_name);
}

bool
matrix_knows(const struct matrix *m, struct str capability)
{
	return matrix_capability(m, capability) != NULL;
}

bool
matrix_disables(const struct matrix *m, struct str capability)
{
	const struct capability	*c = matrix_capability(m, capability);

	return c != NULL && c->disabled;
}

bool
matrix_gives(const struct matrix *m, const struct tier *t,
    struct str capability)
{
	return tier_can(t, capability) && !matrix_disables(m, capability);
}

struct str
matrix_disabled(const struct matrix *m, struct arena *a)
{
	size_t	 room = 0, len = 0;
	char	*text;

	for (size_t i = 0; i < m->capability_count; i++)
		if (m->capabilities[i].disabled)
			room += m->capabilities[i].name.len + 1;
	text = arena_take(a, room + 1, 1);
	for (size_t i = 0; i < m->capability_count; i++) {
		const struct capability *c = &m->capabilities[i];

		if (!c->disabled)
			continue;
		memcpy(text + len, c->name.at, c->name.len);
		len += c->name.len;
		text[len++] = '\n';
	}
	return (struct str){ text, len };
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

int64_t
catalog_switched(const struct edition *editions, size_t count)
{
	size_t	 i = count;

	must(count > 0);
	while (i > 1 && str_eq(editions[i - 2].disabled,
	    editions[count - 1].disabled))
		i--;
	return editions[i - 1].version;
}

bool
catalog_outdates(const struct catalog *c, int64_t derived_under,
    bool follows_newest)
{
	return derived_under < (follows_newest ? catalog_newest(c)->version :
	    c->switched);
}
