/*
 * API keys are opaque; licence keys are for people.
 */
#include "base/licence.h"
#include "flow/asset_secret.h"

enum { HINT_END = 4 };		/* so much of a secret may be seen */

void
asset_secret_make(struct arena *a, const struct held_asset *held,
    struct secret *out)
{
	struct digest hashes[2];

	if (held->type == ASSET_LICENSE)
		out->text = licence_new(a, held->prefix);
	else
		out->text = secret_key_new(a, held->prefix.len > 0 ?
		    held->prefix : STR("key_"));
	asset_secret_hashes(a, out->text, hashes);
	out->hash = hashes[held->type == ASSET_LICENSE];
	out->hint = arena_text(a, "%.*s...%.*s", STR_FMT(held->prefix),
	    STR_FMT(str_part(out->text, out->text.len - HINT_END,
	    HINT_END)));
}

void
asset_secret_hashes(struct arena *a, struct str text, struct digest out[2])
{
	struct str plain = STR_NONE;

	out[0] = out[1] = secret_sha256(text);
	if (licence_plain(a, text, &plain))
		out[1] = secret_sha256(plain);
}
