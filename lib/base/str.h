/*
 * Borrowed text: bytes that somebody else owns, and how many there are.
 * Nothing here allocates and nothing relies on a NUL.
 */
#ifndef RUNG_BASE_STR_H
#define RUNG_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct str {
	const char	*at;
	size_t		 len;
};

#define STR(literal)	((struct str){ (literal), sizeof(literal) - 1 })
#define STR_NONE	((struct str){ NULL, 0 })
#define STR_FMT(s)	(int)(s).len, (s).at		/* for "%.*s" */

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

/* The whole of a C string; NULL gives the empty text. */
static inline struct str
str_of(const char *text)
{
	return (struct str){ text, text == NULL ? 0 : strlen(text) };
}

static inline bool
str_eq(struct str a, struct str b)
{
	return a.len == b.len &&
	    (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

/* Order by bytes, a shorter beginning first: below, equal to or above 0. */
int str_cmp(struct str a, struct str b);

/* Spreads the bytes over a table (FNV-1a); whoever tries finds two alike. */
uint64_t str_hash(struct str s);

bool str_starts(struct str s, struct str head);
bool str_ends(struct str s, struct str tail);

/*
 * The part of *s before the first sep; *s keeps the part after it.  Without a
 * sep the whole comes back and *s becomes STR_NONE, so a loop over all parts
 * runs while (s.at != NULL).
 */
struct str str_cut(struct str *s, char sep);

/* Without blanks (space and tab) at both ends. */
struct str str_trim(struct str s);

/* The bytes of s from start on, len at most. */
struct str str_part(struct str s, size_t start, size_t len);

/* Like str_eq, in a time that tells nothing but the length. */
bool str_eq_secret(struct str a, struct str b);

/*
 * A base-10 integer and nothing else: digits with an optional leading '-',
 * within int64_t.  False, and *out untouched, for anything more or less.
 */
bool str_int64(struct str s, int64_t *out);

/* Valid UTF-8 (RFC 3629: no overlong form, no surrogate)? */
bool str_utf8(struct str s);

/* UTF-8 without control characters: those of ASCII, DEL, U+0080 to U+009F? */
bool str_plain(struct str s);

/* Bytes of the one character s begins with, 0 if that is not UTF-8. */
size_t str_utf8_char(struct str s);

/*
 * Edits (insert, delete, replace, swap neighbours) from a to b, at most cap.
 * Texts that differ over more than 128 bytes are cap apart.
 */
unsigned str_distance(struct str a, struct str b, unsigned cap);

#endif
