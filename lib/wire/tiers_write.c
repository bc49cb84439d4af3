/*
 * What is sold, as an upgrade page prints it: GET /v1/tiers.
 */
#include "wire/answers.h"
#include "wire/answer_parts.h"

static void
capabilities_write(struct out *o, const struct matrix *m,
    const struct tier *tier)
{
	size_t i;

	out_open_as(o, "capabilities", '[');
	for (i = 0; i < tier->capability_count; i++) {
		struct str id = tier->capabilities[i];
		const struct capability *c = matrix_capability(m, id);

		out_open(o, '{');
		out_text(o, "id", id);
		out_text_or_null(o, "description",
		    c == NULL ? STR_NONE : c->about);
		if (matrix_disables(m, id))
			out_bool(o, "disabled", true);
		out_close(o, '}');
	}
	out_close(o, ']');
}

static void
limits_write(struct out *o, const struct tier *tier)
{
	size_t i;

	out_open_as(o, "limits", '{');
	for (i = 0; i < tier->limit_count; i++) {
		const struct limit_rule *l = &tier->limits[i];

		out_key(o, l->name);
		out_open(o, '{');
		quota_write(o, "value", &l->quota, NULL);
		out_bool(o, "unlimited", l->quota.unlimited);
		out_name(o, "per", limit_period_names[l->per]);
		if (l->soft)
			out_bool(o, "soft", true);
		out_close(o, '}');
	}
	out_close(o, '}');
}

static void
assets_write(struct out *o, const struct tier *tier)
{
	size_t i;

	out_open_as(o, "assets", '[');
	for (i = 0; i < tier->asset_count; i++) {
		const struct asset_rule *a = &tier->assets[i];

		out_open(o, '{');
		out_text(o, "slot", a->slot);
		out_name(o, "type", asset_type_names[a->type]);
		out_open_as(o, "metadata", '{');
		asset_amount_write(o, a->type, &a->quota, a->count);
		if (a->per_seat)
			out_bool(o, "per_seat", true);
		out_close(o, '}');
		out_close(o, '}');
	}
	out_close(o, ']');
}

/* The provider's id of a price is no business of a page. */
static void
offers_write(struct out *o, const struct tier *tier)
{
	size_t i;

	out_open_as(o, "offers", '[');
	for (i = 0; i < tier->price_count; i++) {
		const struct price *p = &tier->prices[i];

		out_open(o, '{');
		out_text(o, "provider", p->provider);
		out_text_or_null(o, "name", p->name);
		if (p->amount < 0)
			out_null(o, "amount");
		else
			out_int(o, "amount", p->amount);
		out_text_or_null(o, "currency", p->currency);
		out_text_or_null(o, "interval", p->interval);
		out_close(o, '}');
	}
	out_close(o, ']');
}

static void
tier_write(struct out *o, const struct matrix *m, const struct tier *tier)
{
	out_open(o, '{');
	out_text(o, "id", tier->id);
	if (!tier->addon)
		out_int(o, "rank", tier->rank);
	out_text(o, "title", tier->title);
	out_text_or_null(o, "summary", tier->summary);
	capabilities_write(o, m, tier);
	limits_write(o, tier);
	assets_write(o, tier);
	offers_write(o, tier);
	out_close(o, '}');
}

void
tiers_write(struct out *o, const struct matrix *m, bool livemode)
{
	size_t i;

	out_open(o, '{');
	out_int(o, "matrix_version", m->version);
	out_text(o, "default_tier", m->default_tier->id);
	out_bool(o, "livemode", livemode);
	out_open_as(o, "tiers", '[');
	for (i = 0; i < m->tier_count; i++)
		tier_write(o, m, &m->tiers[i]);
	out_close(o, ']');
	out_open_as(o, "addons", '[');
	for (i = 0; i < m->addon_count; i++)
		tier_write(o, m, &m->addons[i]);
	out_close(o, ']');
	out_close(o, '}');
}
