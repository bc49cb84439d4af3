/*
 * A purchase: the objects that belong together (a checkout, its payment, its
 * subscription, that one's invoices), read as one thing that was bought.
 */
#ifndef RUNG_CORE_PURCHASE_H
#define RUNG_CORE_PURCHASE_H

#include "core/matrix.h"
#include "core/object.h"

#define PURCHASE_STATES(X)						\
	X(PENDING,	"pending")	/* nothing paid yet */		\
	X(TRIALING,	"trialing")					\
	X(ACTIVE,	"active")					\
	X(GRACE,	"grace")	/* past due, or news is late */	\
	X(SUSPENDED,	"suspended")	/* dunning over, paused, dispute */ \
	X(ENDED,	"ended")	/* cancelled, term over */	\
	X(REVOKED,	"revoked")	/* refunded, dispute lost */

#define X(id, name)	PURCHASE_##id,
enum purchase_state { PURCHASE_STATES(X) PURCHASE__COUNT };
#undef X

extern const char *const purchase_state_names[PURCHASE__COUNT];

/* One tier or add-on that a purchase buys. */
struct sold {
	const struct tier	*tier;
	int64_t			 quantity;
	const struct matrix	*matrix;	/* tier's: the pinned version, or the
						 * newest when only that one sells it */
};

struct purchase {
	struct object_key	 key;		/* its head: the subscription, else the
						 * smallest key */
	enum purchase_state	 state;		/* at the time asked for */
	int64_t			 due_at;	/* when state would change; 0 never */
	bool			 subscription;	/* one that has been heard of */
	const struct object	*head;		/* the subscription, or NULL */
	bool			 livemode;
	bool			 torn;		/* an object of it is: it sells nothing */
	struct str		 session;	/* the session it closes, or "" */
	enum naming		 named_by;	/* how strongly for session */
	struct terms		 terms;		/* terms.session "" if none */
	int64_t			 pin;		/* the matrix version it follows */
	const struct matrix	*matrix;	/* the one of that version */
	const struct sold	*sold;		/* sorted by tier id; may be empty */
	size_t			 sold_count;
	bool			 by_terms;	/* sold by the session, not by a price */
	bool			 mismatch;	/* amount or currency differ from terms */
	bool			 unmapped;	/* a paid price nobody claims */
	struct str		 unmapped_price;

	int64_t			 first_at;	/* first word of it */
	int64_t			 paid_at;	/* first money, 0 none */
	int64_t			 amount;	/* paid for what is current, and of it */
	int64_t			 refunded;	/* given back; 0 when not known */
	enum pay_step		 step;		/* of the latest attempt */
	int64_t			 step_at;
	enum closing		 closing;	/* of its payments, OPEN while one may succeed */
	int64_t			 paid_until;	/* 0: no end */
	int64_t			 trial_end;	/* set while TRIALING */
	int64_t			 cancel_at;	/* its planned, exact end; 0 none */
	int64_t			 grace_end;	/* set in GRACE */
	const struct object	*const *objects;
	size_t			 object_count;
};

/* Is access given for a purchase in this state? */
bool purchase_live(enum purchase_state);

/*
 * Group a user's objects into purchases, as they stand at `now`.  The result
 * is sorted by key and does not depend on the order of objects.  Objects that
 * only say SEEN take part in grouping but buy nothing; a purchase with a torn
 * object sells nothing.  Two subscriptions that are linked through a third
 * object are two purchases.
 *
 * A purchase is pinned to its session's matrix version, unless only a field
 * of the buyer names that session: that may say whose it is, never what.
 * Then it is the version in force when its price was first named.
 *
 * A trial is given once to each user, in each mode: by the purchase that was
 * first heard of (of equals the one with the smaller key).  Any later one is
 * PENDING until money is in, unless the policy of its matrix allows it.
 *
 * Rules: design: What a payment buys; Decisions 1, 4 and 7.
 * RC_INVALID_VALUE for more than OBJECTS_MAX objects.
 */
enum rc purchases_read(const struct catalog *, const struct object *objects,
    size_t count, int64_t now, struct arena *, struct purchase **out,
    size_t *out_count, struct err *);

/*
 * The matrix versions that purchases_read will ask the catalog for, sorted
 * and without copies, so that the caller can load them first.
 */
void purchases_versions(const struct catalog *, const struct object *objects,
    size_t count, struct arena *, int64_t **out, size_t *out_count);

#endif
