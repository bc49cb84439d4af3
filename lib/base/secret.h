/*
 * The only place that knows the crypto library: HMAC, SHA-256, random bytes.
 */
#ifndef RUNG_BASE_SECRET_H
#define RUNG_BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

enum { SHA256_BYTES = 32 };

struct digest {
	uint8_t	 byte[SHA256_BYTES];
};

/* SHA-256 of one text, or of several one after the other. */
struct digest	secret_sha256(struct str);

/*
 * SHA-256 over fields, each preceded by its length as 8 bytes, big endian, so
 * that no two different lists hash alike.
 */
struct digest	secret_sha256_fields(const struct str *fields, size_t count);

/* HMAC-SHA256 (RFC 2104) over the pieces one after the other. */
struct digest	secret_hmac(struct str key, const struct str *pieces,
		    size_t count);

/* Equal, in constant time over the full length. */
bool		secret_same(const struct digest *, const struct digest *);

/* len bytes from getrandom(2); stops the process if the kernel has none. */
void		secret_random(void *bytes, size_t len);

/* prefix and 43 base64url characters of 256 random bits: "rung_sk_...". */
struct str	secret_key_new(struct arena *, struct str prefix);

/*
 * prefix + UUIDv7 (RFC 9562) as 32 lower-case hex: "us_0198...".  now is in
 * microseconds since 1970.
 */
struct str	secret_id_new(struct arena *, struct str prefix, int64_t now);

#endif
