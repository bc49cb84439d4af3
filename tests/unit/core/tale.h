/*
 * A story told in any order: deliveries that are shuffled, some of them heard
 * twice, and once in a while what is known of them stored and loaded.
 */
#ifndef RUNG_TESTS_TALE_H
#define RUNG_TESTS_TALE_H

#include "core/derive.h"
#include "provider/provider.h"

enum { TALE_EVENTS = 16, TALE_OBJECTS = 12, TALE_SHUFFLES = 10000 };

struct tale {
	struct event	 events[TALE_EVENTS];
	size_t		 count;
	struct matrix	 matrix;
	struct edition	 edition;
	struct catalog	 catalog;
	struct object	 objects[TALE_OBJECTS];
	size_t		 object_count;
	uint64_t	 seed;
};

/* What the seller of the fixtures sells; the tale stays where it is. */
void	tale_begin(struct tale *, const struct tier *tiers, size_t count,
	    const struct tier *addon);

/* What is held at that time when all came in order, once. */
struct holding	tale_in_order(struct tale *, int64_t now, struct arena *);

/* How many of TALE_SHUFFLES end in other bytes than the order itself. */
int	tale_shuffled(struct tale *, int64_t now, struct arena *);

#endif
