/*
 * What a user has in use beyond what a holding allows.  Pure.
 */
#ifndef RUNG_CORE_OVER_H
#define RUNG_CORE_OVER_H

#include "core/diff.h"

/* How much of a limit is in use in a period of it. */
struct usage {
	struct str	 limit;
	int64_t		 used;		/* what is held counts */
	int64_t		 window;	/* the period's end; 0 without one */
};

struct over {
	struct str		 limit;
	int64_t			 used, allowed;
	enum policy_action	 action;	/* KEEP or FREEZE */
};

/*
 * The limits that are used beyond what is wanted, sorted by name, each with
 * what the policy does about it.  A limit that is not there any more allows
 * 0; one without bounds is never passed.  Each limit is in the list once.
 */
void	over_find(const struct holding *want, const struct usage *,
	    size_t count, enum policy_action, struct arena *,
	    const struct over **out, size_t *out_count);

/* Does a limit fall?  If not, nothing can be over by this plan. */
bool	over_possible(const struct plan *);

#endif
