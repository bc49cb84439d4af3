/*
 * Pieces that several answers share.
 */
#ifndef RUNG_WIRE_ANSWER_PARTS_H
#define RUNG_WIRE_ANSWER_PARTS_H

#include "core/matrix.h"
#include "wire/out.h"

/* A number, or the given word (NULL: null) when there is no bound. */
void quota_write(struct out *, const char *name, const struct quota *,
    const char *unlimited);

/* "limit" of a STORAGE_QUOTA, "seats" of a SEAT, nothing of the others. */
void asset_amount_write(struct out *, enum asset_type, const struct quota *,
    int64_t count);

/* A list of texts under a name. */
void texts_write(struct out *, const char *name, const struct str *,
    size_t count);

#endif
