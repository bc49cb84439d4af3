/*
 * Telling the other programs of this machine that something of somebody is
 * about to change: see base/generations.h.  tx_run takes a transaction's marks
 * away again.
 */
#ifndef RUNG_STORE_MARKS_H
#define RUNG_STORE_MARKS_H

#include "base/conf.h"
#include "base/err.h"

enum { MARKS_MAX = 128 };		/* users of one transaction */

struct marks {
	uint64_t	 who[MARKS_MAX];
	size_t		 count;
};

/* What answers about a user, and about any credential, are kept under. */
uint64_t mark_of_user(uint32_t seller, struct str user);
uint64_t mark_of_credentials(void);

/*
 * Mark one more; again is fine.  Nothing to do where conf_keeps is false.
 * RC_BROKEN when there is no file to mark in: what others keep would be wrong.
 */
enum rc	marks_begin(struct marks *, const struct conf *, uint64_t who,
	    struct err *);

/*
 * Over, as rc says: all are taken away, but not if nobody knows.  Those that
 * stay, and those of writers that were killed, are taken by rung sweep.
 */
void	marks_end(struct marks *, enum rc);

#endif
