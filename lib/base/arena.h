/*
 * Memory that lives exactly as long as one request (or one command, or one
 * matrix).  Nobody frees pieces; the owner resets or frees the whole.
 */
#ifndef RUNG_BASE_ARENA_H
#define RUNG_BASE_ARENA_H

#include <stddef.h>

#include "base/str.h"

struct arena;

/*
 * An empty arena that hands out at most ceiling bytes.  The name stands in
 * messages and must be a literal.  NULL when the machine has no memory.
 */
struct arena	*arena_new(const char *name, size_t ceiling);

/* Forget all that was taken; the first block is kept for the next request. */
void		 arena_reset(struct arena *);

/* Release the arena and forget the pointer.  A NULL arena is fine. */
void		 arena_free(struct arena **);

/*
 * Zeroed memory for count things of size bytes, aligned for any type.  Never
 * NULL: beyond the ceiling, or without memory, the process stops (must_stop).
 * Every input has a size limit well below the ceiling, so this is our own
 * slip and never the caller's bad input.
 */
void		*arena_take(struct arena *, size_t count, size_t size);

/* Our own copy, with a NUL behind it that is not counted. */
struct str	 arena_keep(struct arena *, struct str);

/* A formatted text. */
struct str	 arena_text(struct arena *, const char *fmt, ...)
		    __attribute__((format(printf, 2, 3)));

/* Bytes handed out since the last reset, each piece rounded up to its step. */
size_t		 arena_used(const struct arena *);

#define arena_one(a, type)	((type *)arena_take((a), 1, sizeof(type)))
#define arena_many(a, n, type)	((type *)arena_take((a), (n), sizeof(type)))

#endif
