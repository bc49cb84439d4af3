/*
 * Settling a user: read all that is stored, derive what should be, write the
 * difference.  Every change of a user, whatever its cause, goes through here.
 */
#ifndef RUNG_FLOW_SETTLE_H
#define RUNG_FLOW_SETTLE_H

#include "core/deed.h"
#include "flow/app.h"
#include "store/ledger.h"
#include "store/world.h"

enum { NOTICES_MAX = 3 };

/* Random values of one transaction, made before it so that a rerun has them. */
struct seeds {
	struct str	 chain_id;		/* of a user that is new */
	struct str	 notice[NOTICES_MAX];
};

struct settle {
	struct flow		*flow;
	const struct seeds	*seeds;
	struct world		 world;
	const struct catalog	*catalog;
	struct holding		 have;		/* as stored, or the default */
	struct holding		 want;		/* as derived now */
	struct purchase		*purchases;
	size_t			 purchase_count;
	struct asset		*assets;	/* stored ones, and the implied ones
						 * of a tier nobody bought */
	size_t			 asset_count;
	struct plan		 plan;		/* have -> want */
	bool			 session_new;	/* world.session has no row yet */
	bool			 session_moved;
	struct usage		*usage;		/* settle_live's; NULL: not read */
	size_t			 usage_count;
	enum deed		 deed;		/* done to one asset by hand */
	struct str		 deed_asset;	/* its id */

	/* What settle_write did. */
	bool			 changed;	/* the version rose */
	bool			 granted;	/* a purchase gives access now */
	bool			 revoked;	/* a purchase gives none any more */
	struct str		 document;	/* as it now is */
};

/* Why a transaction happens, for grants, audit and outbox. */
struct cause {
	struct str	 actor;		/* "stripe", "sk-...", "user", "time" */
	struct str	 id;		/* provider event or session, or "" */
	struct str	 event;		/* provider event that a grant names, or "" */
};

void	seeds_make(struct flow *, struct seeds *);

/* Lock the user and read everything.  Inside tx_run only. */
enum rc	settle_lock(struct settle *, struct flow *, const struct seeds *,
	    struct str user, struct err *);

/* Read everything without a lock, for answers that write nothing. */
enum rc	settle_read(struct settle *, struct flow *, struct str user,
	    struct err *);

/*
 * Must the row be settled before it is shown?  Its time has come, or a matrix
 * was applied that may change it.  A row of version 0 shows nothing yet.
 */
bool	settle_late(const struct flow *, const struct user_row *);
bool	settle_behind(const struct user_row *, const struct catalog *);
bool	settle_overdue(const struct flow *, const struct user_row *,
	    const struct catalog *);

/*
 * Put an object that this transaction has merged in place of the stored one,
 * or beside the stored ones.
 */
void	settle_object(struct settle *, const struct object_row *);

/* End the open session by hand.  Before settle_work, which then leaves it. */
void	settle_end_session(struct settle *, enum session_state,
	    enum session_reason);

/* The same for how far its payment has come.  It stays open. */
void	settle_pay_session(struct settle *, enum payment_state);

/*
 * Do this to an asset, whose step is one of the plan's or is added to it.
 * After settle_work.  The secret itself is written by who made it.
 */
void	settle_deed(struct settle *, const struct asset *, enum deed,
	    struct str hint);

/* Derive, diff, and step the open session.  Writes nothing; may run again. */
enum rc	settle_work(struct settle *, struct err *);

/* Write the difference, if a reader could see one. */
enum rc	settle_write(struct settle *, const struct cause *, struct err *);

/*
 * The entitlements JSON of a holding.  `optimistic` marks an imagined one;
 * `session` may be NULL.
 */
enum rc	settle_render(struct settle *, const struct holding *,
	    const struct asset *, size_t asset_count, int64_t version,
	    int64_t updated_at, const struct session *, bool optimistic,
	    struct str *json, struct err *);

/*
 * A document of this holding as it is shown: with the counters of now, which
 * are read once.  After settle_work.
 */
enum rc	settle_live(struct settle *, const struct holding *,
	    struct str document, struct str *live, struct err *);

/* The assets of a plan as they are afterwards. */
struct asset *plan_assets(const struct plan *, struct arena *, size_t *count);

/*
 * The imagined holding, and the plan to it, once these terms are paid.
 * `replaces` is the running subscription that would be changed, or NULL.
 */
enum rc	settle_imagine(struct settle *, const struct terms *,
	    const struct object_key *replaces, struct holding *, struct plan *,
	    struct err *);

#endif
