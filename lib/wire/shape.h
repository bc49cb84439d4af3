/*
 * A struct as JSON and back, from one table: what is written and what is read
 * cannot drift apart.  For our own rows only.
 */
#ifndef RUNG_WIRE_SHAPE_H
#define RUNG_WIRE_SHAPE_H

#include "base/arena.h"
#include "base/err.h"
#include "wire/doc.h"
#include "wire/out.h"

enum shape_kind {
	SHAPE_TEXT,		/* struct str */
	SHAPE_INT,		/* int64_t */
	SHAPE_BOOL,		/* bool */
	SHAPE_WORD,		/* an enum with its names */
	SHAPE_PART,		/* a struct inside */
	SHAPE_TEXTS,		/* struct str * and size_t */
	SHAPE_LIST,		/* a pointer to structs and size_t */
};

struct shape;

struct member {
	const char		*name;
	enum shape_kind		 kind;
	size_t			 at;		/* offset in the struct */
	size_t			 count_at;	/* TEXTS, LIST: of the size_t */
	const char *const	*words;		/* WORD */
	size_t			 word_count;
	const struct shape	*part;		/* PART, LIST */
	bool			 as_before;	/* in a list: left out where it
						 * is as in the entry before */
};

/* Members that are zero or empty are not written. */
struct shape {
	size_t			 size;
	const struct member	*members;
	size_t			 count;
};

#define SHAPE(type, list) { sizeof(type), (list), COUNT(list) }
#define AS_TEXT(type, f)  { .name = #f, .kind = SHAPE_TEXT,		\
	.at = offsetof(type, f) }
#define AS_INT(type, f)	  { .name = #f, .kind = SHAPE_INT,		\
	.at = offsetof(type, f) }
#define AS_BOOL(type, f)  { .name = #f, .kind = SHAPE_BOOL,		\
	.at = offsetof(type, f) }
#define AS_WORD(type, f, list) { .name = #f, .kind = SHAPE_WORD,	\
	.at = offsetof(type, f), .words = (list), .word_count = COUNT(list) }
#define AS_PART(type, f, shape) { .name = #f, .kind = SHAPE_PART,	\
	.at = offsetof(type, f), .part = (shape) }
#define AS_TEXTS(type, f, n) { .name = #f, .kind = SHAPE_TEXTS,		\
	.at = offsetof(type, f), .count_at = offsetof(type, n) }
#define AS_LIST(type, f, n, shape) { .name = #f, .kind = SHAPE_LIST,	\
	.at = offsetof(type, f), .count_at = offsetof(type, n),		\
	.part = (shape) }

/* One object under name (NULL: a bare value). */
void	shape_write(struct out *, const char *name, const struct shape *,
	    const void *from);

/*
 * Into a struct; members that are absent become zero, what the table does not
 * name stays.  Texts are kept in the arena.  RC_BROKEN for anything that
 * shape_write would not have written.
 */
enum rc	shape_read(const struct node *, const struct shape *, struct arena *,
	    void *to, struct err *);

#endif
