/*
 * The answers of the API as JSON, shaped as the design's part 3.  Each writes
 * one value (an object) into the writer; where a name is needed the caller
 * gives it with out_open_as-like helpers here: name NULL writes a bare value.
 */
#ifndef RUNG_WIRE_ANSWERS_H
#define RUNG_WIRE_ANSWERS_H

#include "core/diff.h"
#include "core/session.h"
#include "wire/out.h"

/* What an entitlement document is made of. */
struct entitlements {
	struct str		 user;
	const struct holding	*holding;
	const struct asset	*assets;	/* held ones only are written */
	size_t			 asset_count;
	int64_t			 version;
	int64_t			 updated_at;	/* 0: null */
	const struct session	*session;	/* the open one, or NULL */
	bool			 optimistic;	/* adds "optimistic":true */
};

/*
 * GET /v1/users/{id}/entitlements.  The session member, when not null, is the
 * session as session_write writes it.  used is 0, remaining the whole value
 * and resets_at null: see usage_put of wire/usage_write.h.
 */
void entitlements_write(struct out *, const char *name,
    const struct entitlements *);

/* One asset, never with a secret; overlap_until while an old one is good. */
void user_asset_write(struct out *, const char *name, const struct asset *);

/* The "session" object of a start, with its delta. */
void session_write(struct out *, const char *name, const struct session *);

/* The "delta" of a plan: capabilities, limits, assets, over_limit. */
void delta_write(struct out *, const char *name, const struct plan *);

/*
 * GET /v1/users/{id}/can/{capability}; code from the closed list.
 * upgrade_to lists the tiers above that carry the capability, unless it is
 * switched off for everybody.
 */
struct verdict {
	struct str		 user, capability;
	bool			 allowed, disabled;
	const char		*code;
	struct str		 tier;
	int64_t			 version;
	const struct matrix	*matrix;	/* for upgrade_to */
};
void verdict_write(struct out *, const struct verdict *);

/*
 * POST /v1/check: the same for each of these, decided from the holding.
 * `about` has user, tier, version and matrix.
 */
void verdicts_write(struct out *, const struct verdict *about,
    const struct holding *, const struct str *capabilities, size_t count);

/* Decide a verdict's allowed, disabled and code from a holding. */
void verdict_decide(struct verdict *, const struct holding *);

/*
 * GET /v1/tiers: {"matrix_version":3,"default_tier":"free","livemode":false,
 * "tiers":[{"id","rank","title","summary","capabilities":[{"id",
 * "description","disabled"}],"limits":{name:{"value","unlimited","per"}},
 * "assets":[{"slot","type","metadata"}],"offers":[{"provider","name",
 * "amount","currency","interval"}]}],"addons":[...]}.
 */
void tiers_write(struct out *, const struct matrix *, bool livemode);

#endif
