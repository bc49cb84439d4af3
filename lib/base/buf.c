/*
 * A growing text.  Each growth takes twice the room from the arena; the old
 * piece is forgotten with the rest when the request ends.
 */
#include <stdarg.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/guard.h"

enum { ROOM_FIRST = 1024 };	/* most answers fit */

void
buf_init(struct buf *b, struct arena *arena, size_t ceiling)
{
	must(ceiling < SIZE_MAX / 4);
	*b = (struct buf){ .arena = arena, .ceiling = ceiling };
}

/* Make room for len more bytes and a NUL; false, for good, if it is full. */
static bool
reserve(struct buf *b, size_t len)
{
	size_t	 room = b->room == 0 ? ROOM_FIRST : b->room;
	char	*at;

	if (b->full || len > b->ceiling - b->len) {
		b->full = true;
		return false;
	}
	if (b->room > b->len + len)
		return true;
	while (room <= b->len + len)
		room *= 2;
	if (room > b->ceiling + 1)
		room = b->ceiling + 1;
	at = arena_take(b->arena, room, 1);
	if (b->len > 0)
		memcpy(at, b->at, b->len);
	b->at = at;
	b->room = room;
	return true;
}

void
buf_add(struct buf *b, struct str s)
{
	if (s.len == 0 || !reserve(b, s.len))
		return;
	memcpy(b->at + b->len, s.at, s.len);
	b->len += s.len;
}

void
buf_char(struct buf *b, char c)
{
	buf_add(b, (struct str){ &c, 1 });
}

void
buf_int(struct buf *b, int64_t n)
{
	char		digits[24];
	size_t		at = sizeof(digits);
	uint64_t	left = n < 0 ? -(uint64_t)n : (uint64_t)n;

	do {
		digits[--at] = (char)('0' + left % 10);
		left /= 10;
	} while (left > 0);
	if (n < 0)
		digits[--at] = '-';
	buf_add(b, (struct str){ digits + at, sizeof(digits) - at });
}

void
buf_fmt(struct buf *b, const char *fmt, ...)
{
	va_list	ap, again;
	size_t	left = b->full ? 0 : b->room - b->len;
	int	len;

	va_start(ap, fmt);
	va_copy(again, ap);
	/* Mostly there is room for it already. */
	len = vsnprintf(left == 0 ? NULL : b->at + b->len, left, fmt, again);
	va_end(again);
	must(len >= 0);
	if (reserve(b, (size_t)len)) {
		if ((size_t)len >= left)
			vsnprintf(b->at + b->len, (size_t)len + 1, fmt, ap);
		b->len += (size_t)len;
	}
	va_end(ap);
}

struct str
buf_str(struct buf *b)
{
	if (b->at == NULL)
		return STR("");
	b->at[b->len] = '\0';
	return (struct str){ b->at, b->len };
}
