/*
 * Deliveries made from recorded ones: the same story told of another user,
 * with ids of its own, now.  For rung trigger and rung scenario.  Pure.
 */
#ifndef RUNG_PROVIDER_EXAMPLE_H
#define RUNG_PROVIDER_EXAMPLE_H

#include "base/arena.h"
#include "base/err.h"

/* A recorded body; made from tests/fixtures at build time. */
struct example {
	const char	*provider;
	const char	*name;		/* "charge.refunded.full" */
	const char	*text;
};

extern const struct example	examples[];
extern const size_t		example_count;

/* The one of that name, or the first whose name goes on after it; or NULL. */
const struct example *example_find(struct str provider, struct str name);

struct example_set {
	struct str	 path;		/* "data.object.status" */
	struct str	 value;		/* JSON, or a text that is none */
	bool		 used;		/* set by example_make */
};

struct example_wish {
	const struct example	*example;
	struct str		 user, session;	/* ours; session may be "" */
	struct str		 price;		/* "" : as recorded */
	struct str		 store;		/* Lemon Squeezy's; "" : as recorded */
	int64_t			 quantity;	/* 0: as recorded */
	struct str		 story;	/* equal stories speak of equal objects */
	struct str		 salt;	/* makes the event's own id */
	int64_t			 now;	/* when it happens, microseconds */
	struct example_set	*sets;
	size_t			 set_count;
};

/*
 * The body.  Ids are others but of the same form, times are moved so that the
 * event happens now, names and prices are those wished for.  RC_INVALID_VALUE
 * when a path of `sets` is not in the body.
 */
enum rc	example_make(const struct example_wish *, struct arena *,
	    struct str *body, struct err *);

#endif
