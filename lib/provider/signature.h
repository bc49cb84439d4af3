/*
 * What the providers' signatures have in common: HMAC-SHA256 in lower-case
 * hex, several candidates in a header, several secrets in force.
 */
#ifndef RUNG_PROVIDER_SIGNATURE_H
#define RUNG_PROVIDER_SIGNATURE_H

#include "base/limits.h"
#include "base/secret.h"

struct signatures {
	struct digest	 given[SIGNATURES_MAX];
	size_t		 count;		/* of given: those that are hex */
	size_t		 named;		/* in the header, hex or not */
};

/*
 * Note one candidate of the header.  What is not 64 characters of lower-case
 * hex can match nothing and is only counted.  False when there are more than
 * SIGNATURES_MAX.
 */
bool	signature_add(struct signatures *, struct str hex);

/*
 * Does any candidate sign the pieces with any of the secrets?  Every pair is
 * compared, in constant time, so that the time tells nothing.  An empty
 * secret signs nothing.
 */
bool	signature_match(const struct signatures *, const struct str *secrets,
	    size_t secret_count, const struct str *pieces, size_t piece_count);

#endif
