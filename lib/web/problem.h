/*
 * What each kind of failure is to a caller: the one table.
 */
#ifndef RUNG_WEB_PROBLEM_H
#define RUNG_WEB_PROBLEM_H

#include "base/err.h"

struct problem {
	int		 status;
	const char	*slug;		/* stable, documented */
	const char	*title;		/* never varies for a slug */
	int		 retry_after;	/* seconds; 0: no header */
	/* Instead of the error's words, which may tell too much; or NULL. */
	const char	*detail;
};

/* The row of a failure; what should never get here is our own fault. */
const struct problem *problem_of(enum rc);

#endif
