/*
 * What a user holds, and whether it includes one capability: asked far more
 * often than anything else.  The table of routes is here, and our own way of
 * asking; other files of this program have the rest.
 */
#include "base/guard.h"
#include "base/limits.h"
#include "entitlement.h"
#include "flow/entitle.h"

static web_handler	entitlements, can;

static const struct route routes[] = {
	{ "GET", "/v1/users/{id}/entitlements",
	    MAY_SERVER | MAY_CHECK | MAY_READ | MAY_SESSION, entitlements,
	    .deadline_s = READ_DEADLINE_S },
	{ "GET", "/v1/users/{id}/can/{capability}",
	    MAY_SERVER | MAY_CHECK | MAY_READ, can,
	    .deadline_s = READ_DEADLINE_S },
	{ "GET", "/v1/users/{id}/overrides", MAY_SERVER, gifts_list,
	    .deadline_s = READ_DEADLINE_S },
	{ "POST", "/v1/users/{id}/overrides", MAY_SERVER, gifts_add,
	    .deadline_s = WRITE_DEADLINE_S },
	{ "POST", "/v1/users/{id}/overrides/{override}/revoke", MAY_SERVER,
	    gifts_end, .deadline_s = WRITE_DEADLINE_S },
	{ .method = NULL }
};

int
main(void)
{
	return web_serve("entitlement", routes);
}

/*
 * Users nobody has heard of share version 0; what they hold changes with the
 * matrix alone.
 */
static struct str
etag_of(struct arena *a, const struct entitled *held)
{
	if (held->version == 0)
		return arena_text(a, "u0.%lld",
		    (long long)held->matrix_version);
	return arena_text(a, "u%lld", (long long)held->version);
}

static enum rc
entitlements(struct web *w, struct err *e)
{
	struct str	user;
	struct entitled	held;

	TRY(web_user(w, "id", &user, e));
	TRY(flow_entitlements(web_flow(w), user, &held, e));
	if (!held.unsettled && web_etag(w, etag_of(web_arena(w), &held)))
		return RC_OK;
	return web_reply(w, 200, held.json);
}

/* An unknown capability is an answer, not an error: allowed is false. */
static enum rc
can(struct web *w, struct err *e)
{
	struct str	user;
	struct entitled	verdict;

	TRY(web_user(w, "id", &user, e));
	TRY(flow_can(web_flow(w), user, web_arg(w, "capability"), &verdict,
	    e));
	return web_reply(w, 200, verdict.json);
}
