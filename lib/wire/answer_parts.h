/*
 * Pieces that several answers share.
 */
#ifndef RUNG_WIRE_ANSWER_PARTS_H
#define RUNG_WIRE_ANSWER_PARTS_H

#include "core/meter.h"
#include "wire/out.h"

/* A number, or the given word (NULL: null) when there is no bound. */
void quota_write(struct out *, const char *name, const struct quota *,
    const char *unlimited);

/* "limit" of a STORAGE_QUOTA, "seats" of a SEAT, nothing of the others. */
void asset_amount_write(struct out *, enum asset_type, const struct quota *,
    int64_t count);

/*
 * The members of a limit: what it allows, and how it stands.  resets_at 0:
 * never, or nothing was counted.
 */
void limit_members(struct out *, const struct held_limit *,
    const struct meter *, int64_t resets_at);

/* A list of texts under a name. */
void texts_write(struct out *, const char *name, const struct str *,
    size_t count);

#endif
