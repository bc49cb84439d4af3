/*
 * What is known of one provider object: the join of all facts about it.
 * Merging is commutative, associative and idempotent, so late, repeated and
 * reordered deliveries end in the same object.
 *
 * How each part joins:
 *   first_at, priced_at   the earliest
 *   livemode              true while all say so; two words: `torn`
 *   paid_at               the earliest; amount and currency: the greatest pair
 *   step                  the latest by (at, step)
 *   closing               the greatest by (closing, earliest at)
 *   items                 of those that name any: the latest by (at, content)
 *   state                 the latest by (at, state, cancel_at, trial_end)
 *   paid_until            the latest by (at, paid_until), of PERIOD and of a
 *                         STATE that is trialing or active; the period of any
 *                         other state began without money
 *   ended_at              the earliest that is not 0: ended stays ended.  A
 *                         STATE of canceled is an end
 *   refunds, disputes     by id, each the latest by (state rank, at)
 *   refunded              the latest by (at, amount)
 *   links                 the union, without the object itself
 *   user                  the signed one (the smallest); two: `torn`
 *   session               the strongest naming; of equals the newest (greatest) id
 *   terms                 those of session; known beats unknown
 */
#ifndef RUNG_CORE_OBJECT_H
#define RUNG_CORE_OBJECT_H

#include "base/arena.h"
#include "base/err.h"
#include "core/fact.h"

struct refund {
	struct str		 id;
	enum refund_state	 state;
	int64_t			 at;
	int64_t			 amount;
};

struct dispute {
	struct str		 id;
	enum dispute_state	 state;
	int64_t			 at;
};

struct object {
	struct object_key	 key;
	bool			 livemode;
	int64_t			 first_at;
	int64_t			 priced_at;	/* earliest word of its price; 0 none */
	int64_t			 moved_to;	/* matrix version that an operator moved
						 * it to, 0 none; no fact says this */
	int64_t			 moved_from;	/* the same before that, for undo */

	struct object_key	*links;		/* sorted, no copies */
	size_t			 link_count;
	struct str		 user;
	bool			 torn;		/* two users or two modes: grants nothing */
	struct str		 session;
	enum naming		 named_by;
	struct terms		 terms;		/* of session; terms.session "" if unknown */

	int64_t			 paid_at;	/* 0: not paid */
	int64_t			 amount;
	struct str		 currency;
	enum pay_step		 step;
	int64_t			 step_at;
	enum closing		 closing;
	int64_t			 closed_at;

	struct item		*items;		/* sorted by price */
	size_t			 item_count;
	int64_t			 items_at;
	bool			 recurring;
	enum sub_state		 state;
	int64_t			 state_at;
	int64_t			 trial_end;
	int64_t			 cancel_at;
	int64_t			 paid_until;
	int64_t			 paid_until_at;
	int64_t			 ended_at;

	struct refund		*refunds;	/* sorted by id */
	size_t			 refund_count;
	int64_t			 refunded;
	int64_t			 refunded_at;
	struct dispute		*disputes;	/* sorted by id */
	size_t			 dispute_count;
};

/* An object of which nothing is known but its key. */
void object_init(struct object *, const struct object_key *);

/*
 * Merge one fact about this very object (the keys are equal: must()).  Texts
 * and arrays are kept in the arena; arrays of the object are never written
 * to, so a plain copy of it stays as it was.  *changed tells whether anything
 * moved.  A time before 1970 counts as its first microsecond.
 * RC_INVALID_VALUE when an object would have more than OBJECTS_MAX links,
 * refunds or disputes; the object is then as before.
 */
enum rc object_merge(struct object *, const struct fact *, struct arena *,
    bool *changed, struct err *);

/*
 * Do two states of one object (must()) say the same, whenever each of it was
 * heard?
 */
bool object_same(const struct object *, const struct object *);

/*
 * Money given back, in minor units, from single refunds and sums alike: never
 * counted twice, and a refund that failed afterwards gives nothing back.
 */
int64_t object_refunded(const struct object *);

/*
 * The worst dispute that is neither won nor followed by a reversal;
 * DISPUTE__COUNT when there is none.
 */
enum dispute_state object_dispute(const struct object *);

#endif
