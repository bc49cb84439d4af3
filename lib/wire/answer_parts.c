/*
 * Pieces that several answers share.
 */
#include "wire/answer_parts.h"

void
quota_write(struct out *o, const char *name, const struct quota *quota,
    const char *unlimited)
{
	if (!quota->unlimited)
		out_int(o, name, quota->max);
	else if (unlimited != NULL)
		out_name(o, name, unlimited);
	else
		out_null(o, name);
}

void
asset_amount_write(struct out *o, enum asset_type type,
    const struct quota *quota, int64_t count)
{
	if (type == ASSET_STORAGE_QUOTA)
		quota_write(o, "limit", quota, "unlimited");
	else if (type == ASSET_SEAT)
		out_int(o, "seats", count);
}

void
limit_members(struct out *o, const struct held_limit *l,
    const struct meter *m, int64_t resets_at)
{
	const struct quota left = { l->quota.unlimited, m->remaining };

	quota_write(o, "value", &l->quota, NULL);
	out_bool(o, "unlimited", l->quota.unlimited);
	out_name(o, "per", limit_period_names[l->per]);
	if (l->soft)
		out_bool(o, "soft", true);
	out_int(o, "used", m->used);
	quota_write(o, "remaining", &left, NULL);
	out_time(o, "resets_at", resets_at);
	out_text_or_null(o, "warning",
	    str_of(meter_warning_names[m->warning]));
	if (m->frozen)
		out_bool(o, "frozen", true);
}

void
texts_write(struct out *o, const char *name, const struct str *texts,
    size_t count)
{
	size_t i;

	out_open_as(o, name, '[');
	for (i = 0; i < count; i++)
		out_item(o, texts[i]);
	out_close(o, ']');
}
