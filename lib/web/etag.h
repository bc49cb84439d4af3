/*
 * Entity tags: is the version that a client holds still the present one?
 */
#ifndef RUNG_WEB_ETAG_H
#define RUNG_WEB_ETAG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/*
 * Is the tag (without quotes) in the list of an If-None-Match header?  Weak
 * marks are ignored, and so are the suffixes that web servers add when they
 * compress ("u7-gzip").  "*" holds for any.
 */
bool	etag_listed(struct str header, struct str tag);

/*
 * The number behind this letter in the first tag that has it: 3 for 's' and
 * 7 for 'u' in "s3.u7".
 */
bool	etag_version(struct str header, char letter, int64_t *out);

#endif
