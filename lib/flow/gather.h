/*
 * The objects that a delivery or a start speaks of, with those they are
 * linked to: locked, read, merged, and given their owner.
 */
#ifndef RUNG_FLOW_GATHER_H
#define RUNG_FLOW_GATHER_H

#include "flow/app.h"
#include "store/object_store.h"

enum { GATHER_MAX = 64 };		/* objects of one purchase at once */

struct gather {
	struct flow		*flow;
	struct object_row	 rows[GATHER_MAX];
	size_t			 count;
	struct str		 first_event;	/* of objects that are new */
};

/*
 * Lock and load the objects of these facts, and what those are linked to as
 * far as it has no owner.  In the order of keys.
 */
enum rc	gather_facts(struct gather *, struct flow *, const struct fact *,
	    size_t count, struct str event, struct err *);

/* Merge the facts, and for each link the way back. */
enum rc	gather_merge(struct gather *, const struct fact *, size_t count,
	    struct err *);

/* The row of that key, or NULL. */
struct object_row *gather_row(struct gather *, const struct object_key *);

/*
 * Whose are they?  *owner is "" when nobody's yet; *why says why not, when
 * an operator should know.  Rules: an owner is for ever; what a provider
 * signed beats what the seller claimed; two claims and nothing signed leave
 * it open.
 */
enum rc	gather_owner(struct gather *, struct str *owner, struct str *why,
	    struct err *);

/* Give the objects without an owner to that user. */
void	gather_give(struct gather *, struct str owner);

/* Is money in that nobody owns? */
bool	gather_paid(const struct gather *);

/* Write what moved. */
enum rc	gather_save(struct gather *, struct err *);

#endif
