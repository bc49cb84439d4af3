/*
 * What an upgrade costs, reckoned from the prices of the matrix: an estimate,
 * for taxes, coupons and the provider's own rounding are not in it.  Pure.
 */
#ifndef RUNG_CORE_ESTIMATE_H
#define RUNG_CORE_ESTIMATE_H

#include "core/fact.h"
#include "core/matrix.h"

struct estimate_ask {
	enum change		 change;
	const struct price	*from;		/* NULL: nothing, or not known */
	int64_t			 from_quantity;
	const struct price	*to;		/* NULL: as above */
	int64_t			 to_quantity;
	int64_t			 paid_until;	/* of what runs; 0 not known */
	bool			 trialing;	/* what runs costs nothing yet */
	int64_t			 now;
};

struct estimate {
	int64_t		 now;		/* minor units; below 0 a credit */
	bool		 renews;
	int64_t		 next;		/* with the next period, if it renews */
	struct str	 currency;
	struct str	 interval;	/* of next */
};

/*
 * False when the matrix does not say enough.  A change at once costs the
 * difference for the rest of the period; to another interval, the whole new
 * period less what is left of the old one.
 */
bool estimate(const struct estimate_ask *, struct estimate *);

#endif
