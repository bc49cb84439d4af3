/*
 * A small world for the tests of lib/core: one user of the shop, what was
 * heard of their purchases, what they hold, at most one session, and a clock
 * that only tests move.  It does what the transaction around the core does,
 * without a database.
 */
#ifndef RUNG_TESTS_WORLD_H
#define RUNG_TESTS_WORLD_H

#include "core/derive.h"
#include "core/diff.h"
#include "core/session.h"
#include "unit/core/shop.h"

enum { WORLD_OBJECTS = 24, WORLD_OVERRIDES = 8, WORLD_ASSETS = 16 };

struct world {
	struct arena		*arena;
	const struct catalog	*catalog;
	int64_t			 now;
	bool			 livemode;
	struct object		 objects[WORLD_OBJECTS];
	size_t			 object_count;
	struct override		 overrides[WORLD_OVERRIDES];
	size_t			 override_count;
	struct holding		 holding;
	struct purchase		*purchases;
	size_t			 purchase_count;
	struct asset		 assets[WORLD_ASSETS];
	size_t			 asset_count;
	struct plan		 plan;		/* of the last step */
	struct session		 session;	/* id "" for none */
	int64_t			 version;
};

/* A user nobody has heard of, on that day. */
struct world	 world_new(int day);
struct world	 world_of(const struct catalog *, int day);

/* Move the clock; hear a fact; each then settles. */
void		 world_day(struct world *, int day);
void		 world_time(struct world *, int64_t now);
void		 world_hears(struct world *, struct fact);
void		 world_settle(struct world *);

/* Start an upgrade now, of an hour, and answer its terms. */
struct terms	 world_starts(struct world *, const char *tier, int quantity);

/* A gift or withdrawal, in force from now until that day (0: for ever). */
void		 world_override(struct world *, enum override_kind,
		    const char *name, struct quota, int until_day);

/* The secret in this slot is claimed. */
void		 world_claims(struct world *, const char *slot);

/* The life as derive sees it. */
struct life	 world_life(const struct world *);

/* --- questions --------------------------------------------------------- */

bool		 world_can(const struct world *, const char *capability);
bool		 world_is(const struct world *, const char *tier,
		    enum holding_state);
/* The asset in the slot, stored whatever its state; NULL for none. */
const struct asset *world_asset(const struct world *, const char *slot);
bool		 world_has(const struct world *, const char *slot,
		    enum asset_state);
/* The held amount of a limit, -1 when unlimited, -2 when there is none. */
int64_t		 world_limit(const struct world *, const char *name);
/* The same for a storage quota, and the seats of a slot. */
int64_t		 world_quota(const struct world *, const char *slot);
int64_t		 world_seats(const struct world *);
/* The one purchase there is, or must stop. */
const struct purchase *world_purchase(const struct world *);

/* --- facts ------------------------------------------------------------- */

struct object_key key(enum object_kind, const char *ref);

/* A fact about an object, at midnight of a day. */
struct fact	 fact(enum fact_kind, enum object_kind, const char *ref,
		    int day);

struct fact	 paid(enum object_kind, const char *ref, int day,
		    int64_t amount, const char *currency);
struct fact	 seen(enum object_kind, const char *ref, int day);
struct fact	 step(enum object_kind, const char *ref, int day,
		    enum pay_step);
struct fact	 closed(enum object_kind, const char *ref, int day,
		    enum closing);
struct fact	 refund(const char *payment, const char *id, int day,
		    int64_t amount, enum refund_state);
struct fact	 refunded(enum object_kind, const char *ref, int day,
		    int64_t amount);
struct fact	 dispute(const char *payment, const char *id, int day,
		    enum dispute_state);

/* A subscription to one price, paid until a day (0: not said). */
struct fact	 sub(const char *ref, int day, enum sub_state,
		    const char *price, int quantity, int paid_until);
struct fact	 period(enum object_kind, const char *ref, int day,
		    int paid_until);
struct fact	 ended(const char *ref, int day);

/* The same fact, with more in it. */
struct fact	 with_link(struct fact, enum object_kind, const char *ref);
struct fact	 with_item(struct fact, const char *price, int quantity);
struct fact	 with_name(struct fact, const struct terms *, enum naming);
struct fact	 with_user(struct fact, const char *user);
struct fact	 recurring(struct fact);
struct fact	 cancelling(struct fact, int day);
struct fact	 trial_until(struct fact, int day);

#endif
