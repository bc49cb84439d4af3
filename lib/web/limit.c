/*
 * Rate limits: tokens of browsers, keys if the operator says so, and whoever
 * has no credential by address.  Everything about their headers is in one
 * function, because the draft that names them still moves.
 */
#include "base/clock.h"
#include "base/secret.h"
#include "web/inside.h"

/* What is counted together, as a number that nobody outside can choose. */
static uint64_t
hash_of(const struct web *w, struct str kind, struct str who)
{
	struct str	pieces[] = {
		STR("rate|"), kind,
		arena_text(w->arena, "|%u|", w->flow.seller), who,
	};
	struct digest	d = secret_hmac(w->conf->token_key, pieces,
			    COUNT(pieces));
	uint64_t	hash;

	memcpy(&hash, d.byte, sizeof(hash));
	return hash;
}

static enum rc
count_one(struct web *w, struct str kind, struct str who, int64_t quota,
    struct err *e)
{
	bool	over = false;

	if (quota == 0 || w->counted ||
	    !rate_count(hash_of(w, kind, who), w->flow.now / SECOND, quota,
	    &w->rate, &over))
		return RC_OK;
	w->counted = true;
	limit_headers(w);
	if (!over)
		return RC_OK;
	return err_set(e, RC_RATE_LIMITED,
	    "Wait as long as the Retry-After header says.",
	    "more than %lld requests in a minute", (long long)quota);
}

enum rc
limit_principal(struct web *w, struct err *e)
{
	const struct principal	*p = &w->principal;

	switch (p->kind) {
	case PRINCIPAL_SERVER:
		return count_one(w, STR("key"), p->name,
		    w->conf->rate_limit_server, e);
	case PRINCIPAL_CHECK:
		return count_one(w, STR("key"), p->name,
		    w->conf->rate_limit_check, e);
	case PRINCIPAL_CLIENT:
		return count_one(w, STR("token"), p->name,
		    w->conf->rate_limit_client, e);
	case PRINCIPAL_SESSION:
		return count_one(w, STR("session"), p->session,
		    w->conf->rate_limit_client, e);
	case PRINCIPAL_NOBODY:
		break;
	}
	return RC_OK;
}

enum rc
web_stranger(struct web *w, struct err *e)
{
	char		block[PEER_BLOCK_BYTES];
	struct str	who = web_peer(w);	/* a proxy's word may be none */

	if (peer_block(w, block))
		who = (struct str){ block, sizeof(block) };
	if (who.len == 0)
		return RC_OK;
	return count_one(w, STR("address"), who, w->conf->rate_limit_address,
	    e);
}

enum rc
limit_address(struct web *w, struct err *e)
{
	return w->found.route->unlimited ? RC_OK : web_stranger(w, e);
}

void
limit_headers(struct web *w)
{
	if (!w->counted)
		return;
	web_set(w, "RateLimit-Policy", arena_text(w->arena,
	    "\"default\";q=%lld;w=%d", (long long)w->rate.quota,
	    RATE_WINDOW_S));
	web_set(w, "RateLimit", arena_text(w->arena, "\"default\";r=%lld;t=%lld",
	    (long long)w->rate.left, (long long)w->rate.reset_s));
}
