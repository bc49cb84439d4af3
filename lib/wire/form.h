/*
 * Names and values as forms and queries carry them, a=1&b[0][c]=2, in order.
 * Our own API speaks JSON; forms are the language of Stripe's.
 */
#ifndef RUNG_WIRE_FORM_H
#define RUNG_WIRE_FORM_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum { FORM_PAIRS_MAX = 200 };

struct form_pair {
	struct str	 name, value;	/* decoded */
};

struct form {
	struct form_pair	*pair;
	size_t			 count;
};

/*
 * Read pairs.  RC_INVALID_VALUE for a broken escape, text that is not UTF-8,
 * and more pairs than FORM_PAIRS_MAX.
 */
enum rc		 form_read(struct form *, struct str pairs, struct arena *,
		    struct err *);

/* The first value of that name, or "". */
struct str	 form_text(const struct form *, const char *name);
bool		 form_has(const struct form *, const char *name);

/* The value as an integer; false, and *out as it was, when it is none. */
bool		 form_int(const struct form *, const char *name,
		    int64_t *out);

/*
 * Does a name look like the pattern?  '#' stands for digits or nothing, '*'
 * for any name between brackets: "items[#][price]", "metadata[*]".
 */
bool		 form_like(struct str name, const char *pattern);

/* The first name that is like none of these (NULL ends), or "". */
struct str	 form_unknown(const struct form *,
		    const char *const *patterns);

#endif
