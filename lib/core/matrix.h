/*
 * The entitlement matrix: which tier or add-on carries which capabilities,
 * limits and assets, and which price of which provider sells it.  Plain
 * values; lib/wire fills them from YAML, nothing here parses.
 */
#ifndef RUNG_CORE_MATRIX_H
#define RUNG_CORE_MATRIX_H

#include "base/arena.h"
#include "base/str.h"

#define ASSET_TYPES(X)				\
	X(API_KEY,	 "API_KEY")		\
	X(LICENSE,	 "LICENSE")		\
	X(STORAGE_QUOTA, "STORAGE_QUOTA")	\
	X(SEAT,		 "SEAT")

#define LIMIT_PERIODS(X)			\
	X(TOTAL,	"total")		\
	X(MINUTE,	"minute")		\
	X(HOUR,		"hour")			\
	X(DAY,		"day")			\
	X(MONTH,	"month")

#define POLICY_ACTIONS(X)			\
	X(KEEP,		 "keep")		\
	X(REVOKE,	 "revoke")		\
	X(END_OF_PERIOD, "end_of_period")	\
	X(SUSPEND,	 "suspend")		\
	X(FREEZE,	 "freeze")		\
	X(REFUSE,	 "refuse")		\
	X(ALLOW,	 "allow")

#define X(id, name)	ASSET_##id,
enum asset_type { ASSET_TYPES(X) ASSET__COUNT };
#undef X
#define X(id, name)	PER_##id,
enum limit_period { LIMIT_PERIODS(X) PER__COUNT };
#undef X
#define X(id, name)	POLICY_##id,
enum policy_action { POLICY_ACTIONS(X) POLICY__COUNT };
#undef X

/* The names of the lists above, for JSON, YAML and the database. */
extern const char *const asset_type_names[ASSET__COUNT];
extern const char *const limit_period_names[PER__COUNT];
extern const char *const policy_action_names[POLICY__COUNT];

/* An amount or no bound at all; max counts only while not unlimited. */
struct quota {
	bool	 unlimited;
	int64_t	 max;
};

struct capability {
	struct str	 name;
	struct str	 about;		/* one line for upgrade pages, or "" */
	bool		 disabled;	/* nobody holds it */
};

struct limit_rule {
	struct str		 name;
	struct quota		 quota;
	enum limit_period	 per;
	bool			 soft;		/* told when passed, not refused */
	int64_t			 warn;		/* per cent of it in use; 0 none */
};

struct asset_rule {
	struct str	 slot;
	enum asset_type	 type;
	struct str	 prefix;	/* of a secret: "pk_pro_" */
	int64_t		 overlap;	/* microseconds an old secret stays good */
	struct quota	 quota;		/* STORAGE_QUOTA */
	int64_t		 count;		/* SEAT */
	bool		 per_seat;	/* SEAT: count times the quantity */
};

struct price {
	struct str	 provider;
	struct str	 id;		/* the provider's id */
	struct str	 name;		/* "yearly", or "" */
	struct str	 currency;	/* lower case, or "" */
	struct str	 interval;	/* "month", "year", or "" */
	int64_t		 amount;	/* minor units; -1 when not stated */
};

/*
 * One thing that is sold: a tier, or (addon true) an add-on.  Arrays are in
 * the order of their names, prices in the order of the file.
 */
struct tier {
	struct str		 id;
	struct str		 title;		/* the id when not given */
	struct str		 summary;
	int64_t			 rank;		/* 0 for add-ons */
	bool			 addon;
	int64_t			 grace;		/* microseconds */
	const struct str	*capabilities;
	size_t			 capability_count;
	const struct limit_rule	*limits;
	size_t			 limit_count;
	const struct asset_rule	*assets;
	size_t			 asset_count;
	const struct price	*prices;
	size_t			 price_count;
};

struct policy {
	enum policy_action	 refund_full;	/* revoke end_of_period keep */
	enum policy_action	 refund_partial;/* revoke end_of_period keep */
	enum policy_action	 dispute_open;	/* suspend keep */
	enum policy_action	 dispute_lost;	/* revoke keep */
	enum policy_action	 over_limit;	/* keep freeze */
	enum policy_action	 repeat_trial;	/* refuse allow */
};

struct matrix {
	int64_t			 version;	/* 0 until applied */
	int64_t			 applied_at;	/* microseconds; 0 until applied */
	const struct tier	*default_tier;	/* one of tiers */
	const struct capability	*capabilities;	/* every name used anywhere, in
						 * order */
	size_t			 capability_count;
	const struct tier	*tiers;		/* by rank, then id */
	size_t			 tier_count;
	const struct tier	*addons;	/* by id */
	size_t			 addon_count;
	struct policy		 policy;
};

/* The policy of a matrix that states none. */
extern const struct policy policy_usual;

/*
 * The tier (or add-on) with this id.  It lives as long as the matrix does.
 * NULL when there is none: bad input, never free.
 */
const struct tier *matrix_tier(const struct matrix *, struct str id);
const struct tier *matrix_addon(const struct matrix *, struct str id);

/* What this price of this provider sells; NULL when nothing claims it. */
const struct tier *matrix_sold_by(const struct matrix *, struct str provider,
    struct str price_id);

/*
 * The price to sell: the named one, or the first of that provider when name
 * is empty.  NULL when there is none.
 */
const struct price *tier_price(const struct tier *, struct str provider,
    struct str name);

/* Does the tier carry this capability?  Whole names are compared. */
bool tier_can(const struct tier *, struct str capability);

/* What the matrix says of a capability; NULL when it is named nowhere. */
const struct capability *matrix_capability(const struct matrix *,
    struct str name);
bool matrix_knows(const struct matrix *, struct str capability);

/* Is it switched off? */
bool matrix_disables(const struct matrix *, struct str capability);

/* Is it carried by this tier of the matrix, and not switched off? */
bool matrix_gives(const struct matrix *, const struct tier *,
    struct str capability);

/* The names of all that are switched off, in order, each with a "\n". */
struct str matrix_disabled(const struct matrix *, struct arena *);

/* What the first tier or add-on that has this limit says of it, or NULL. */
const struct limit_rule *matrix_limit(const struct matrix *, struct str name);

const struct limit_rule *tier_limit(const struct tier *, struct str name);
const struct asset_rule *tier_asset(const struct tier *, struct str slot);

/* Does a claim make a secret for assets of this type? */
bool asset_has_secret(enum asset_type);

/*
 * All applied versions, oldest first, each with its time; `matrix` is NULL
 * where the caller has not loaded it.  The newest is always loaded.
 */
struct edition {
	int64_t			 version;
	int64_t			 applied_at;
	const struct matrix	*matrix;
	struct str		 disabled;	/* its matrix_disabled */
};

struct catalog {
	const struct edition	*editions;
	size_t			 count;		/* at least 1 */
	int64_t			 switched;	/* catalog_switched of them */
};

const struct matrix *catalog_newest(const struct catalog *);

/* The loaded matrix of that version; the newest when there is none. */
const struct matrix *catalog_version(const struct catalog *, int64_t version);

/* The version in force at that time; the oldest for a time before it. */
int64_t catalog_at(const struct catalog *, int64_t at);

/* Since which version the same are switched off as in the last of these. */
int64_t catalog_switched(const struct edition *, size_t count);

/*
 * Must what was derived under that version, when it was the newest, be
 * derived again?  Of the newest everybody reads what is switched off, and who
 * follows it reads all.
 */
bool catalog_outdates(const struct catalog *, int64_t derived_under,
    bool follows_newest);

#endif
