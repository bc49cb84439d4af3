/*
 * Typed values of our YAML files.  libyaml leaves every scalar a text, so
 * typing is ours: yes, no, true and false are booleans, base-10 integers are
 * numbers, quotes make texts.  Each returns false, and has reported why,
 * when the value is not what is asked for; *out is then as before.
 */
#ifndef RUNG_WIRE_VALUE_H
#define RUNG_WIRE_VALUE_H

#include "core/matrix.h"
#include "wire/tree.h"

/* One line of 1 to max bytes. */
bool	value_text(struct report *, const struct tree *, size_t max,
	    struct str *out);
bool	value_int(struct report *, const struct tree *, int64_t least,
	    int64_t most, int64_t *out);
bool	value_bool(struct report *, const struct tree *, bool *out);

/* A number from 0, or -1 or `unlimited`. */
bool	value_quota(struct report *, const struct tree *, struct quota *out);

/* From 1% to 100%, as that number. */
bool	value_percent(struct report *, const struct tree *, int64_t *out);

/* "7d", in microseconds. */
bool	value_duration(struct report *, const struct tree *, int64_t *out);

/* One of some words: its place among them. */
bool	value_word(struct report *, const struct tree *,
	    const struct str *words, size_t count, size_t *out);

/* Is it of this kind?  A map's names must be known ones (NULL: any). */
bool	value_list(struct report *, const struct tree *);
bool	value_map(struct report *, const struct tree *,
	    const struct str *known, size_t count);

/* The forms of conventions: a capability or limit, a tier or slot. */
bool	name_is_capability(struct str);
bool	name_is_tier(struct str);

#endif
