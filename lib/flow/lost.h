/*
 * Purchases in a provider's list that nobody is named for: held back until the
 * whole list is seen, for only then is it known that no other purchase fits
 * the same session.  What follows of such a purchase (the subscription of an
 * order, its bills) waits with it.
 */
#ifndef RUNG_FLOW_LOST_H
#define RUNG_FLOW_LOST_H

#include "core/lost.h"
#include "flow/reconcile.h"

struct held {
	struct difference	 d;
	struct str		 body;
	bool			 here;		/* the inbox has it, or nobody asked:
						 * it only speaks against others */
	bool			 news;		/* it says something by itself */

	/* By lost_decide, with the user and note of d. */
	struct str		 session;	/* that it was found to be of, or "" */
	bool			 wait;		/* not yet: a delivery may still come */

	/* Inside. */
	struct object_key	*keys;		/* all that it speaks of */
	size_t			 key_count;
	const struct held	*head;		/* the purchase it is a part of, if
						 * not one by itself */
	struct str		*fits;		/* sessions that it could be of */
	size_t			 fit_count;
	enum finding		 finding;
	bool			 early;		/* it may still be delivered */
};

struct lost_list {
	struct arena		*arena;		/* of all that is held */
	const struct provider	*provider;
	int64_t			 since;		/* the list is of then on */
	struct held		**held;		/* as they were listed */
	size_t			 count, room;
};

/*
 * Is this listed body, which has no owner and no name, one to hold?  Then it is
 * *held, whose `here` and `news` are the caller's to fill in; else that is
 * NULL, and the note of the difference says of a purchase why it is nobody's.
 * RC_BROKEN when there are too many.
 */
enum rc	lost_hold(struct lost_list *, struct flow *, const struct event *,
	    struct str body, struct difference *, struct held **,
	    struct err *);

/* The list is whole: whose is each? */
void	lost_decide(struct lost_list *);

#endif
