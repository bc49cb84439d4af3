/*
 * For who waits for many at once: one look at where they all stand, and what
 * a stream tells of a user's upgrades.
 */
#ifndef RUNG_FLOW_LOOK_H
#define RUNG_FLOW_LOOK_H

#include "flow/app.h"

enum { LOOK_MAX = 16000 };		/* users of one look */

struct glance {
	struct str	 user;
	int64_t		 version;	/* 0: nobody has heard of the user */
	bool		 due;		/* its time came: reading settles it */
	int64_t		 matrix;	/* its document was derived under */
	bool		 behind;	/* one applied since may change it */
};

/*
 * Fill in the rest of each glance, whose user the caller has set: one query
 * for all of them.  They come back in the order of their users' bytes.
 */
enum rc		flow_look(struct flow *, struct glance *, size_t count,
		    struct err *);

struct newest {
	struct str	 id;		/* "": the user never started one */
	int64_t		 version;
	const char	*status;
};

/* The upgrade that a user started last. */
enum rc		flow_newest(struct flow *, struct str user, struct newest *,
		    struct err *);

#endif
