/*
 * One text for everything that is known and held, so that two states can be
 * compared byte for byte.  Members that are zero are left out.
 */
#ifndef RUNG_TESTS_CANON_H
#define RUNG_TESTS_CANON_H

#include "core/derive.h"

enum { CANON_BYTES = 64 * 1024, CANON_OBJECTS = 32 };

struct canon {
	char	 at[CANON_BYTES];
	size_t	 len;
};

void	canon_begin(struct canon *);

/* All members of all objects, by key: the order they came in is no matter. */
void	canon_objects(struct canon *, const struct object *, size_t count);
void	canon_holding(struct canon *, const struct holding *);

/* Everything but causes, which a preview cannot know. */
void	canon_holding_bare(struct canon *, const struct holding *);

#endif
