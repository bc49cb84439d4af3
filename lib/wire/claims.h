/*
 * Who has said what where: a list that is sorted once, to find what is said
 * twice (a price, a rank, a capability) or in two ways (a slot's type).
 */
#ifndef RUNG_WIRE_CLAIMS_H
#define RUNG_WIRE_CLAIMS_H

#include "wire/tree.h"

struct claim {
	struct str		 what;
	size_t			 number;	/* whatever the caller likes */
	const struct tree	*node;		/* where it is said */
	const struct claim	*first;		/* sorted: with the same what */
};

struct claims {
	struct arena	*arena;
	struct claim	*list;
	size_t		 count, room;
};

void	claims_add(struct claims *, struct str what, size_t number,
	    const struct tree *);

/* By what, then by place in the file; fills in first. */
void	claims_sort(struct claims *);

#endif
