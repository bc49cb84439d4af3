/*
 * What one user holds: tier, capabilities, limits, assets, and until when
 * this answer stands.  Every part names its reason and the purchase or
 * override behind it.
 */
#ifndef RUNG_CORE_HOLDING_H
#define RUNG_CORE_HOLDING_H

#include "core/purchase.h"

#define HOLDING_STATES(X)			\
	X(DEFAULT,	"default")		\
	X(TRIALING,	"trialing")		\
	X(ACTIVE,	"active")		\
	X(GRACE,	"grace")		\
	X(SUSPENDED,	"suspended")

/* Why a capability, limit or asset is there; the last four: why it is not. */
#define REASONS(X)				\
	X(DEFAULT_TIER,	"default-tier")		\
	X(TIER,		"granted-by-tier")	\
	X(ADDON,	"granted-by-addon")	\
	X(OVERRIDE,	"granted-by-override")	\
	X(GRACE,	"granted-in-grace")	\
	X(SUSPENDED,	"suspended")		\
	X(REVOKED,	"revoked")		\
	X(EXPIRED,	"expired")		\
	X(DISABLED,	"disabled")

#define X(id, name)	HOLDING_##id,
enum holding_state { HOLDING_STATES(X) HOLDING__COUNT };
#undef X
#define X(id, name)	REASON_##id,
enum reason { REASONS(X) REASON__COUNT };
#undef X

extern const char *const holding_state_names[HOLDING__COUNT];
extern const char *const reason_names[REASON__COUNT];

struct source {
	enum reason	 reason;
	struct str	 tier;		/* tier or add-on id */
	struct str	 cause;		/* "stripe/payment/pi_1" (with an account:
					 * "stripe/acct_1/payment/pi_1"), override
					 * id, or "" */
};

struct held_capability {
	struct str	 name;
	struct source	 source;
};

struct held_limit {
	struct str		 name;
	struct quota		 quota;
	enum limit_period	 per;
	struct source		 source;
	bool			 soft;		/* both as in the matrix */
	int64_t			 warn;
};

struct held_asset {
	struct str	 slot;
	enum asset_type	 type;
	bool		 suspended;	/* kept, but no good for now */
	struct str	 prefix;
	int64_t		 overlap;
	struct quota	 quota;		/* STORAGE_QUOTA */
	int64_t		 count;		/* SEAT, quantity multiplied in */
	struct source	 source;
};

struct holding {
	struct str		 tier;
	int64_t			 quantity;
	enum holding_state	 state;
	bool			 livemode;
	int64_t			 matrix_version;
	bool			 follows_newest;/* a newer matrix may change it: the
						 * tier, an add-on or a price is not
						 * pinned by a purchase */
	int64_t			 derived_under;	/* the newest matrix then */
	int64_t			 renews_at;	/* each 0 when there is none */
	int64_t			 ends_at;
	int64_t			 trial_ends_at;
	int64_t			 grace_ends_at;
	int64_t			 month_from;	/* months of limits are counted from
						 * here; 0: the calendar's */
	int64_t			 due_at;	/* next moment the answer changes */
	const struct held_capability *capabilities;	/* sorted by name */
	size_t			 capability_count;
	const struct held_capability *denied;	/* not held: once carried, or
						 * switched off; sorted by
						 * name */
	size_t			 denied_count;
	const struct held_limit	*limits;	/* sorted by name */
	size_t			 limit_count;
	const struct held_asset	*assets;	/* sorted by slot */
	size_t			 asset_count;
};

/* The capability where it is held, or denied; NULL where it is not. */
const struct held_capability *holding_held(const struct holding *,
    struct str capability);
const struct held_capability *holding_denied(const struct holding *,
    struct str capability);

bool holding_can(const struct holding *, struct str capability);

/* Is it switched off for everybody? */
bool holding_disables(const struct holding *, struct str capability);

/* Equal in every member? */
bool quota_same(struct quota, struct quota);
bool held_asset_same(const struct held_asset *, const struct held_asset *);

/* The same, with every text and list in the arena. */
struct holding holding_copy(const struct holding *, struct arena *);

#endif
