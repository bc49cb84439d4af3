/*
 * What users have in use of their limits: counters, and holds on them.  A
 * hold counts like use until it is confirmed, released or past its end.
 */
#ifndef RUNG_STORE_USAGE_STORE_H
#define RUNG_STORE_USAGE_STORE_H

#include "core/over.h"
#include "store/db.h"

/*
 * What is in use in the periods that run at `now`, each limit once: of two
 * periods of one limit the one that ends last.
 */
enum rc usage_of(struct db *, uint32_t seller, struct str user, int64_t now,
    struct arena *, struct usage **out, size_t *count, struct err *);

/* The same with every period that runs, by limit and end. */
enum rc usage_rows(struct db *, uint32_t seller, struct str user,
    int64_t now, struct arena *, struct usage **out, size_t *count,
    struct err *);

/* One counter: a limit of a user in the period that ends then. */
struct counter_key {
	uint32_t	 seller;
	struct str	 user, limit;
	int64_t		 window;	/* 0: it has no period */
};

/* What is in use of it, holds counted; 0 when nothing was ever taken. */
enum rc usage_read(struct db *, const struct counter_key *, int64_t now,
    struct arena *, int64_t *used, struct err *);

/*
 * To take so much, if no more than `most` is in use then; more than COUNT_MOST
 * (core/meter.h) is never counted.  With a hold's id it is held until
 * expires_at.
 */
struct taking {
	struct counter_key	 at;
	int64_t			 amount;	/* from 0: only asks */
	int64_t			 most;		/* COUNT_MOST: no bound */
	int64_t			 now;
	struct str		 hold;		/* "hd_...", or "" */
	int64_t			 expires_at;

	bool			 fits;		/* out */
	int64_t			 used;		/* out: in use now */
};

/*
 * Take inside tx_run.  What does not fit changes nothing.  RC_DUPLICATE: this
 * hold is there already.  Without holds one conditional statement decides.
 */
enum rc usage_take(struct db *, struct taking *, struct arena *,
    struct err *);

enum hold_end { HOLD_CONFIRM, HOLD_RELEASE };

enum hold_outcome {
	HOLD_ENDED,		/* now, or in the same way before */
	HOLD_UNKNOWN,		/* no such hold of this user */
	HOLD_PAST,		/* its time is over: it holds nothing */
	HOLD_OTHERWISE,		/* it ended in another way */
	HOLD_SMALLER,		/* less was held than is to be confirmed */
};

struct ending {
	uint32_t		 seller;
	struct str		 user, hold;
	enum hold_end		 how;
	int64_t			 amount;	/* CONFIRM; -1: all of it */
	int64_t			 now;

	enum hold_outcome	 outcome;	/* out */
	struct counter_key	 at;		/* out, unless UNKNOWN */
	int64_t			 taken;		/* out: of it, as used */
	int64_t			 used;		/* out: in use now */
};

/* End a hold inside tx_run: confirmed is used, the rest is given back. */
enum rc usage_end_hold(struct db *, struct ending *, struct arena *,
    struct err *);

/* Delete counters and holds that ended before; at most max of each. */
enum rc usage_prune(struct db *, uint32_t seller, int64_t older_than,
    size_t max, int64_t *count, struct err *);

#endif
