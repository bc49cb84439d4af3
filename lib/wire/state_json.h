/*
 * Core structs to the JSON that the database keeps, and back.  Reading takes
 * only what we wrote ourselves: anything else is RC_BROKEN.  Members that are
 * zero or empty are not written, and are zero or empty again when read.
 */
#ifndef RUNG_WIRE_STATE_JSON_H
#define RUNG_WIRE_STATE_JSON_H

#include "base/err.h"
#include "core/derive.h"
#include "core/diff.h"
#include "core/session.h"

/* objects.facts: all of struct object but its key, which reading leaves. */
enum rc object_write(const struct object *, struct arena *, struct str *out,
    struct err *);
enum rc object_read(struct str json, struct arena *, struct object *,
    struct err *);

/* users.holding: all of struct holding. */
enum rc holding_write(const struct holding *, struct arena *, struct str *out,
    struct err *);
enum rc holding_read(struct str json, struct arena *, struct holding *out,
    struct err *);

/* assets.held: struct held_asset. */
enum rc held_asset_write(const struct held_asset *, struct arena *,
    struct str *out, struct err *);
enum rc held_asset_read(struct str json, struct arena *,
    struct held_asset *out, struct err *);

/* sessions.terms: all but its session and user, which reading leaves. */
enum rc terms_write(const struct terms *, struct arena *, struct str *out,
    struct err *);
enum rc terms_read(struct str json, struct arena *, struct terms *out,
    struct err *);

#endif
