/*
 * Findings, and how they look to people.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "wire/report.h"

enum {
	FINDINGS_MAX	= 200,	/* nobody reads more at once */
	SHOWN_BYTES_MAX	= 60,
};

void
report_init(struct report *r, struct arena *arena)
{
	*r = (struct report){ .arena = arena };
}

static struct finding *
next_finding(struct report *r)
{
	struct finding *list;

	if (r->count == FINDINGS_MAX)
		return NULL;
	if (r->count == r->room) {
		r->room = r->room == 0 ? 8 : 2 * r->room;
		list = arena_many(r->arena, r->room, struct finding);
		if (r->count > 0)
			memcpy(list, r->list, r->count * sizeof(*list));
		r->list = list;
	}
	return &r->list[r->count++];
}

void
report_add(struct report *r, unsigned line, unsigned column, struct str path,
    const char *fmt, ...)
{
	struct finding *f = next_finding(r);
	char message[300];
	va_list args;

	if (f == NULL)
		return;
	va_start(args, fmt);
	vsnprintf(message, sizeof(message), fmt, args);
	va_end(args);
	*f = (struct finding){ .line = line, .column = column, .path = path,
	    .message = arena_keep(r->arena, str_of(message)) };
}

static int
by_place(const void *a, const void *b)
{
	const struct finding *x = a, *y = b;

	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	if (x->column != y->column)
		return x->column < y->column ? -1 : 1;
	return str_cmp(x->message, y->message);
}

void
report_list(struct report *r, struct findings *out)
{
	if (r->count > 1)
		qsort(r->list, r->count, sizeof(r->list[0]), by_place);
	*out = (struct findings){ r->list, r->count };
}

struct str
report_show(struct arena *arena, struct str text)
{
	size_t len = text.len, i;
	char *copy;

	if (len > SHOWN_BYTES_MAX) {
		len = SHOWN_BYTES_MAX;
		/* Not in the middle of a character. */
		while (len > 0 && ((unsigned char)text.at[len] & 0xc0) == 0x80)
			len--;
	}
	copy = arena_take(arena, len + 4, 1);
	for (i = 0; i < len; i++)
		copy[i] = (unsigned char)text.at[i] < 0x20 ||
		    text.at[i] == 0x7f ? '?' : text.at[i];
	if (len < text.len) {
		memcpy(copy + len, "...", 3);
		len += 3;
	}
	return (struct str){ copy, len };
}

struct str
finding_line(struct arena *arena, const char *file, const struct finding *f)
{
	if (f->path.len == 0)
		return arena_text(arena, "%s:%u:%u: %.*s", file, f->line,
		    f->column, STR_FMT(f->message));
	return arena_text(arena, "%s:%u:%u: %.*s: %.*s", file, f->line,
	    f->column, STR_FMT(f->path), STR_FMT(f->message));
}
