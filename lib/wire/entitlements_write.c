/*
 * What a user has, as GET /v1/users/{id}/entitlements answers it.
 */
#include "wire/answers.h"
#include "wire/answer_parts.h"

static void
capabilities_write(struct out *o, const struct holding *h)
{
	size_t i;

	out_open_as(o, "capabilities", '[');
	for (i = 0; i < h->capability_count; i++)
		out_item(o, h->capabilities[i].name);
	out_close(o, ']');
}

/* Of these everybody is told, so that nobody is offered an upgrade. */
static void
disabled_write(struct out *o, const struct holding *h)
{
	bool any = false;
	size_t i;

	for (i = 0; i < h->denied_count; i++) {
		if (h->denied[i].source.reason != REASON_DISABLED)
			continue;
		if (!any)
			out_open_as(o, "disabled", '[');
		out_item(o, h->denied[i].name);
		any = true;
	}
	if (any)
		out_close(o, ']');
}

/* Counters are no part of the version: who needs them reads them live. */
static void
limits_write(struct out *o, const struct holding *h)
{
	struct meter m;
	size_t i;

	out_open_as(o, "limits", '{');
	for (i = 0; i < h->limit_count; i++) {
		meter_read(&h->limits[i], POLICY_KEEP, 0, &m);
		out_key(o, h->limits[i].name);
		out_open(o, '{');
		limit_members(o, &h->limits[i], &m, 0);
		out_close(o, '}');
	}
	out_close(o, '}');
}

void
user_asset_write(struct out *o, const char *name, const struct asset *a)
{
	out_open_as(o, name, '{');
	out_text_or_null(o, "id", a->id);
	out_text(o, "slot", a->held.slot);
	out_name(o, "type", asset_type_names[a->held.type]);
	out_name(o, "status", asset_state_names[a->state]);
	if (asset_has_secret(a->held.type))
		out_text_or_null(o, "hint", a->hint);
	if (a->overlap_until != 0)
		out_time(o, "overlap_until", a->overlap_until);
	out_open_as(o, "metadata", '{');
	asset_amount_write(o, a->held.type, &a->held.quota, a->held.count);
	out_close(o, '}');
	out_close(o, '}');
}

static void
assets_write(struct out *o, const struct entitlements *en)
{
	size_t i;

	out_open_as(o, "assets", '[');
	for (i = 0; i < en->asset_count; i++)
		if (en->assets[i].state != ASSET_IS_REVOKED)
			user_asset_write(o, NULL, &en->assets[i]);
	out_close(o, ']');
}

/* valid_until: the next moment at which this answer can change by itself. */
static void
times_write(struct out *o, const struct entitlements *en)
{
	const struct holding *h = en->holding;

	out_time(o, "updated_at", en->updated_at);
	out_time(o, "valid_until", h->due_at);
	out_time(o, "renews_at", h->renews_at);
	out_time(o, "ends_at", h->ends_at);
	out_time(o, "trial_ends_at", h->trial_ends_at);
	out_time(o, "grace_ends_at", h->grace_ends_at);
}

void
entitlements_write(struct out *o, const char *name,
    const struct entitlements *en)
{
	const struct holding *h = en->holding;

	out_open_as(o, name, '{');
	out_text(o, "user", en->user);
	out_text(o, "tier", h->tier);
	out_int(o, "quantity", h->quantity);
	out_int(o, "version", en->version);
	out_name(o, "status", holding_state_names[h->state]);
	out_bool(o, "livemode", h->livemode);
	times_write(o, en);
	capabilities_write(o, h);
	disabled_write(o, h);
	limits_write(o, h);
	assets_write(o, en);
	if (en->session == NULL)
		out_null(o, "session");
	else
		session_write(o, "session", en->session);
	out_int(o, "matrix_version", h->matrix_version);
	if (en->optimistic)
		out_bool(o, "optimistic", true);
	out_close(o, '}');
}
