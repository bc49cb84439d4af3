/*
 * The steps in which objects become a user's purchases; used by purchases_read
 * alone.  Each fills its own members of the purchase and may rely on those
 * before it.
 */
#ifndef RUNG_CORE_READING_H
#define RUNG_CORE_READING_H

#include "core/group.h"
#include "core/purchase.h"

struct reading {
	const struct catalog	*catalog;
	int64_t			 now;
	struct arena		*arena;
};

/*
 * frame.c: the purchases of one group (one for each subscription in it, or a
 * single one) appended to out, with key, head, objects, names, pin and what
 * attempts to pay came to.  Returns how many.
 */
size_t	frame_read(const struct reading *, const struct group *,
	    struct purchase *out);

/* sold.c: matrix, sold, by_terms, mismatch, unmapped. */
void	sold_read(const struct reading *, struct purchase *);

/* standing.c: state, due_at and the times that belong to them. */
void	standing_read(const struct reading *, struct purchase *);

/*
 * trial.c: state and times once more, of those whose trial is not the user's
 * first in their mode.  For all purchases of the user together.
 */
void	trials_read(struct purchase *, size_t count);

/* What was given back or is disputed of the money that still counts. */
struct claims_back {
	bool			 full, part;	/* refunds: all of it, some of it */
	enum dispute_state	 dispute;	/* DISPUTE__COUNT: none */
};

/*
 * bill.c: amount and refunded of the purchase, and what is claimed back.  Of
 * a subscription only the latest paid period counts.
 */
struct claims_back bill_read(const struct reading *, struct purchase *);

#endif
