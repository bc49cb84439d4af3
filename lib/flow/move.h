/*
 * Moving running purchases on to the newest matrix version, with a preview
 * and an undo.  Applying a matrix changes nobody who has bought; this does.
 */
#ifndef RUNG_FLOW_MOVE_H
#define RUNG_FLOW_MOVE_H

#include "flow/app.h"

enum move_kind { MOVE_ON, MOVE_BACK };

/* What it means for one user: capabilities gained and lost. */
struct moved {
	struct str		 user;
	const struct str	*gain, *lose;
	size_t			 gain_count, lose_count;
};

typedef void move_line(void *arg, const struct moved *);

/*
 * MOVE_ON: every user on a purchase of an older version goes to the newest.
 * MOVE_BACK: those that were moved to the newest go back to where they were.
 * One transaction per user; a user whose state does not change is counted all
 * the same.  dry_run tells and writes nothing.  *users is how many.
 */
enum rc	flow_move(struct flow *, enum move_kind, bool dry_run,
	    struct str operator, move_line *, void *arg, int64_t *users,
	    struct err *);

#endif
