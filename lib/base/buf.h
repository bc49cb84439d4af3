/*
 * A text that grows inside an arena, with a ceiling from birth.  It remembers
 * that it overflowed and ignores what follows; ask once, at the end.
 */
#ifndef RUNG_BASE_BUF_H
#define RUNG_BASE_BUF_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

struct buf {
	struct arena	*arena;
	char		*at;
	size_t		 len, room, ceiling;
	bool		 full;
};

/* An empty text of at most ceiling bytes. */
void		buf_init(struct buf *, struct arena *, size_t ceiling);
void		buf_add(struct buf *, struct str);
void		buf_char(struct buf *, char);
void		buf_int(struct buf *, int64_t);
void		buf_fmt(struct buf *, const char *fmt, ...)
		    __attribute__((format(printf, 2, 3)));

/* What was written; a NUL stands behind it.  Good until the next write. */
struct str	buf_str(struct buf *);

#endif
