/*
 * Who is to be told next: waiters by their time, the earliest on top.
 */
#ifndef RUNG_WEB_HEAP_H
#define RUNG_WEB_HEAP_H

#include <stddef.h>
#include <stdint.h>

struct timed {
	int64_t	 until;		/* clock_steady */
	size_t	 place;		/* the heap's own */
};

struct heap {
	struct timed	**at;
	size_t		  count, room;
};

void		 heap_add(struct heap *, struct timed *);
void		 heap_remove(struct heap *, struct timed *);

/* Its time was changed. */
void		 heap_moved(struct heap *, struct timed *);

/* NULL when there is none. */
struct timed	*heap_first(const struct heap *);

#endif
