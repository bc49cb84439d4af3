/*
 * What usage_store.c and hold_store.c share: the row of one counter.
 */
#ifndef RUNG_STORE_USAGE_INSIDE_H
#define RUNG_STORE_USAGE_INSIDE_H

#include "store/usage_store.h"

struct counter {
	int64_t	 used;
	bool	 has_holds;	/* when it was last written */
	int64_t	 held;		/* of them, what counts now */
	bool	 fits;		/* what was last to be taken */
};

enum rc	counter_read(struct db *, const struct counter_key *, int64_t now,
	    struct arena *, struct counter *out, struct err *);

/* Inside a transaction: nobody else changes the counter until its end. */
enum rc	counter_lock(struct db *, const struct counter_key *, struct err *);
enum rc	counter_set(struct db *, const struct counter_key *, int64_t used,
	    int64_t held, struct err *);

/* A sum of counts, which stops at COUNT_MOST. */
int64_t	counter_sum(int64_t used, int64_t more);

#endif
