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
texts_write(struct out *o, const char *name, const struct str *texts,
    size_t count)
{
	size_t i;

	out_open_as(o, name, '[');
	for (i = 0; i < count; i++)
		out_item(o, texts[i]);
	out_close(o, ']');
}
