/*
 * Requests made from a template, each new: a file with an HTTP request and
 * blanks between at signs, which are filled in at each use.
 *
 *	@run@		different for each start of the generator
 *	@n@		1, 2, 3, ...
 *	@now@		seconds since 1970
 *	@signature@	Stripe's v1 over @now@ and the body, in hex
 *	@length@	bytes of the body
 *	@1@ to @4@	words of the next line of the file of lines
 */
#ifndef RUNG_BENCH_REQUEST_H
#define RUNG_BENCH_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum { WORDS_MAX = 4 };

/* What the blanks mean for one request. */
struct blanks {
	int64_t		n;
	struct str	word[WORDS_MAX];
};

/* Words to fill in, a line for each request. */
struct lines {
	struct str	text;		/* what is left of the file */
};

struct request;

/* Reads a template; key signs.  Stops the program when it cannot. */
struct request	*request_read(const char *path, const char *key);

/* The request, good until the next of this template. */
struct str	 request_fill(struct request *, const struct blanks *);

/* Reads a file of lines; stops the program when it cannot. */
struct lines	 lines_read(const char *path);

/* The words of the next line; false when there is none. */
bool		 lines_next(struct lines *, struct blanks *);

#endif
