/*
 * Memory in a few large blocks, handed out from the front and forgotten as a
 * whole.  The first block stays, so that a small request asks malloc nothing.
 */
#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/guard.h"

enum {
	FIRST_BYTES	= 64 * 1024,	/* an ordinary request fits */
	BLOCK_BYTES	= 256 * 1024,	/* each further block, at least */
};

struct block {
	struct block	*older;
	size_t		 used, room;
	alignas(max_align_t) unsigned char at[];
};

struct arena {
	const char	*name;
	size_t		 ceiling, used;
	struct block	*newest;	/* never NULL; the oldest is the first */
};

static struct block *
block_new(struct block *older, size_t room)
{
	struct block	*b = malloc(sizeof(*b) + room);

	if (b == NULL)
		return NULL;
	b->older = older;
	b->used = 0;
	b->room = room;
	return b;
}

struct arena *
arena_new(const char *name, size_t ceiling)
{
	struct arena	*a = malloc(sizeof(*a));

	if (a == NULL)
		return NULL;
	*a = (struct arena){ .name = name, .ceiling = ceiling };
	a->newest = block_new(NULL,
	    ceiling < FIRST_BYTES ? ceiling : FIRST_BYTES);
	if (a->newest == NULL) {
		free(a);
		return NULL;
	}
	return a;
}

void
arena_reset(struct arena *a)
{
	while (a->newest->older != NULL) {
		struct block *b = a->newest;

		a->newest = b->older;
		free(b);
	}
	a->newest->used = 0;
	a->used = 0;
}

void
arena_free(struct arena **a)
{
	if (*a == NULL)
		return;
	arena_reset(*a);
	free((*a)->newest);
	free(*a);
	*a = NULL;
}

/* The name tells the log whose ceiling was too low. */
static void
check_ceiling(const struct arena *a, size_t need)
{
	char	claim[120];

	if (need <= a->ceiling - a->used)
		return;
	snprintf(claim, sizeof(claim), "arena '%s' stays below %zu bytes",
	    a->name, a->ceiling);
	must_stop(claim, __FILE__, __LINE__);
}

void *
arena_take(struct arena *a, size_t count, size_t size)
{
	const size_t	 step = alignof(max_align_t);
	struct block	*b = a->newest;
	size_t		 need, padded;
	void		*at;

	must(!__builtin_mul_overflow(count, size, &need));
	padded = (need + step - 1) / step * step;
	must(padded >= need);
	check_ceiling(a, padded);
	if (b->used > b->room || b->room - b->used < need) {
		b = block_new(b, padded < BLOCK_BYTES ? BLOCK_BYTES : padded);
		must(b != NULL);
		a->newest = b;
	}
	at = b->at + b->used;
	b->used += padded;
	a->used += padded;
	return memset(at, 0, need);
}

struct str
arena_keep(struct arena *a, struct str s)
{
	char	*copy = arena_take(a, s.len + 1, 1);

	if (s.len > 0)
		memcpy(copy, s.at, s.len);
	return (struct str){ copy, s.len };
}

struct str
arena_text(struct arena *a, const char *fmt, ...)
{
	va_list	 ap, again;
	char	*text, first[200];	/* most texts are shorter */
	int	 len;

	va_start(ap, fmt);
	va_copy(again, ap);
	len = vsnprintf(first, sizeof(first), fmt, again);
	va_end(again);
	must(len >= 0);
	text = arena_take(a, (size_t)len + 1, 1);
	if ((size_t)len < sizeof(first))
		memcpy(text, first, (size_t)len + 1);
	else
		vsnprintf(text, (size_t)len + 1, fmt, ap);
	va_end(ap);
	return (struct str){ text, (size_t)len };
}

size_t
arena_used(const struct arena *a)
{
	return a->used;
}
