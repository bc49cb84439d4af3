/*
 * derive: purchases + overrides + matrix + time -> holding.  Pure.
 */
#ifndef RUNG_CORE_DERIVE_H
#define RUNG_CORE_DERIVE_H

#include "core/holding.h"

#define OVERRIDE_KINDS(X)						\
	X(GRANT_CAPABILITY,  "grant_capability")			\
	X(REVOKE_CAPABILITY, "revoke_capability")			\
	X(GRANT_TIER,	     "grant_tier")	/* a gift */		\
	X(GRANT_ADDON,	     "grant_addon")				\
	X(SET_LIMIT,	     "set_limit")

#define X(id, name)	OVERRIDE_##id,
enum override_kind { OVERRIDE_KINDS(X) OVERRIDE__COUNT };
#undef X

extern const char *const override_kind_names[OVERRIDE__COUNT];

/* A manual grant or revocation by an operator. */
struct override {
	struct str		 id;
	enum override_kind	 kind;
	struct str		 name;		/* capability, tier, add-on or limit */
	struct quota		 quota;		/* SET_LIMIT */
	int64_t			 from;		/* microseconds; 0: always */
	int64_t			 until;		/* 0: no end */
};

/* Is the override in force at that moment? */
bool override_active(const struct override *, int64_t now);

/* All that is known of one user. */
struct life {
	const struct object	*objects;
	size_t			 object_count;
	const struct override	*overrides;
	size_t			 override_count;
	bool			 livemode;	/* only purchases of this mode grant */
};

/*
 * What the user holds at `now`.  *purchases (may be NULL) receives the
 * purchases it was read from, for closing sessions and for explaining.
 */
enum rc derive(const struct catalog *, const struct life *, int64_t now,
    struct arena *, struct holding *out, struct purchase **purchases,
    size_t *purchase_count, struct err *);

/* How struct source names a purchase: "stripe/payment/pi_1". */
struct str purchase_cause(const struct purchase *, struct arena *);

/*
 * The same life with one imagined paid purchase of these terms, for previews
 * and the optimistic state.  `replaces` is the subscription that an upgrade
 * changes instead of buying beside it, or NULL; terms.change says how.
 */
void life_imagine(const struct life *, const struct terms *,
    const struct object_key *replaces, int64_t now, struct arena *,
    struct life *out);

#endif
