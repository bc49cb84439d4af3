/*
 * Compares the signatures of a header with our own, all of them, without a
 * tell.  How a header is cut into candidates is each provider's matter.
 */
#include "base/text.h"
#include "provider/signature.h"

bool
signature_add(struct signatures *s, struct str hex)
{
	if (s->named == SIGNATURES_MAX)
		return false;
	s->named++;
	if (text_unhex(hex, s->given[s->count].byte, SHA256_BYTES))
		s->count++;
	return true;
}

bool
signature_match(const struct signatures *s, const struct str *secrets,
    size_t secret_count, const struct str *pieces, size_t piece_count)
{
	bool	found = false;

	for (size_t i = 0; i < secret_count; i++) {
		struct digest	ours;

		if (secrets[i].len == 0)
			continue;
		ours = secret_hmac(secrets[i], pieces, piece_count);
		for (size_t j = 0; j < s->count; j++)
			found |= secret_same(&ours, &s->given[j]);
	}
	return found;
}
