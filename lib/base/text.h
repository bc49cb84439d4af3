/*
 * Small codecs, each pure and fuzzable: hex, base64url, percent, RFC 3339.
 */
#ifndef RUNG_BASE_TEXT_H
#define RUNG_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

/* Lower-case hex of len bytes. */
struct str text_hex(struct arena *, const void *bytes, size_t len);

/*
 * Strict lower-case hex of exactly len bytes (2*len characters).  False for
 * any other length or character.  Stripe's own SDK takes lower case only.
 */
bool text_unhex(struct str hex, void *bytes, size_t len);

/* RFC 4648 section 5, without padding. */
struct str text_base64url(struct arena *, const void *bytes, size_t len);

/*
 * Decode %XX once.  False for a broken escape.  '+' stays '+'.
 */
bool text_unpercent(struct arena *, struct str in, struct str *out);

/* Encode all but RFC 3986's unreserved characters. */
struct str text_percent(struct arena *, struct str in);

/*
 * Could this be an e-mail address: EMAIL_MAX bytes of UTF-8 at most, one @
 * with something on both sides, no blank and no control character?  *out is
 * it in lower case, as far as it is ASCII: nobody is told apart by that.
 */
bool text_email(struct arena *, struct str in, struct str *out);

/*
 * The two below are in time.c.
 *
 * RFC 3339 in UTC with milliseconds and Z, from microseconds since 1970:
 * "2026-09-01T10:00:00.000Z".
 */
struct str text_time(struct arena *, int64_t us);

/*
 * RFC 3339 with 0 to 9 fractional digits (cut to microseconds) and Z or an
 * offset.  False for anything else, and for the years 0 and 1 ("no date" at
 * Paddle).
 */
bool text_untime(struct str s, int64_t *us);

/*
 * "7d", "12h", "30m", "90s", or seconds as a bare number; 0 to 100 years.
 */
bool text_duration(struct str s, int64_t *seconds);

#endif
