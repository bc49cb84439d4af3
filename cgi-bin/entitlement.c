/*
 * What a user holds, and whether it includes one capability: asked far more
 * often than anything else.  The table of routes is here, and our own way of
 * asking; other files of this program have the rest.
 */
#include "base/guard.h"
#include "base/limits.h"
#include "entitlement.h"
#include "flow/check.h"
#include "flow/usage.h"

static web_handler	entitlements, can, check;

static const struct route routes[] = {
	{ "GET", "/v1/users/{id}/entitlements",
	    MAY_SERVER | MAY_CHECK | MAY_READ | MAY_SESSION, entitlements,
	    .deadline_s = READ_DEADLINE_S },
	{ "GET", "/v1/users/{id}/can/{capability}",
	    MAY_SERVER | MAY_CHECK | MAY_READ, can,
	    .deadline_s = READ_DEADLINE_S },
	{ "POST", "/v1/check", MAY_SERVER | MAY_CHECK | MAY_READ, check,
	    .deadline_s = READ_DEADLINE_S },
	{ "POST", "/v1/gate", MAY_READ, gate_enter,
	    .deadline_s = READ_DEADLINE_S },
	{ "POST", "/v1/users/{id}/usage", MAY_SERVER | MAY_CHECK,
	    usage_take_some, .deadline_s = WRITE_DEADLINE_S },
	{ "POST", "/v1/users/{id}/usage/{hold}/confirm",
	    MAY_SERVER | MAY_CHECK, usage_confirm,
	    .deadline_s = WRITE_DEADLINE_S },
	{ "POST", "/v1/users/{id}/usage/{hold}/release",
	    MAY_SERVER | MAY_CHECK, usage_release,
	    .deadline_s = WRITE_DEADLINE_S },
	{ "GET", "/v1/users/{id}/assets", MAY_SERVER | MAY_READ,
	    assets_list, .deadline_s = READ_DEADLINE_S },
	{ "POST", "/v1/users/{id}/assets/{asset}/claim",
	    MAY_SERVER | MAY_CLAIM, assets_claim,
	    .deadline_s = WRITE_DEADLINE_S },
	{ "POST", "/v1/users/{id}/assets/{asset}/rotate",
	    MAY_SERVER | MAY_CLAIM, assets_rotate,
	    .deadline_s = WRITE_DEADLINE_S },
	{ "POST", "/v1/users/{id}/assets/{asset}/revoke", MAY_SERVER,
	    assets_revoke, .deadline_s = WRITE_DEADLINE_S },
	{ "POST", "/v1/assets/verify", MAY_SERVER | MAY_CHECK, assets_verify,
	    .deadline_s = READ_DEADLINE_S },
	{ "GET", "/v1/users/{id}/overrides", MAY_SERVER, gifts_list,
	    .deadline_s = READ_DEADLINE_S },
	{ "POST", "/v1/users/{id}/overrides", MAY_SERVER, gifts_add,
	    .deadline_s = WRITE_DEADLINE_S },
	{ "POST", "/v1/users/{id}/overrides/{override}/revoke", MAY_SERVER,
	    gifts_end, .deadline_s = WRITE_DEADLINE_S },
	{ "POST", "/ofrep/v1/evaluate/flags", MAY_SERVER | MAY_CHECK | MAY_READ,
	    ofrep_bulk, .deadline_s = READ_DEADLINE_S,
	    .dialect = &ofrep_dialect },
	{ "POST", "/ofrep/v1/evaluate/flags/{key}",
	    MAY_SERVER | MAY_CHECK | MAY_READ, ofrep_flag,
	    .deadline_s = READ_DEADLINE_S, .dialect = &ofrep_dialect },
	{ "POST", "/access/v1/evaluation", MAY_SERVER | MAY_CHECK,
	    authzen_evaluation, .deadline_s = READ_DEADLINE_S,
	    .dialect = &authzen_dialect },
	{ "POST", "/access/v1/evaluations", MAY_SERVER | MAY_CHECK,
	    authzen_evaluations, .deadline_s = READ_DEADLINE_S,
	    .dialect = &authzen_dialect },
	{ "GET", "/.well-known/authzen-configuration", MAY_ANYONE,
	    authzen_configuration, .deadline_s = -1 },
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
etag_of(struct arena *a, const struct held *held)
{
	if (held->version == 0)
		return arena_text(a, "u0.%lld",
		    (long long)held->matrix_version);
	return arena_text(a, "u%lld", (long long)held->version);
}

/* Counters are read live; the tag speaks of the rest. */
static enum rc
entitlements(struct web *w, struct err *e)
{
	struct str	user, json;
	struct held	held;

	TRY(web_user(w, "id", &user, e));
	TRY(flow_held(web_flow(w), user, &held, e));
	if (!held.unsettled && web_etag(w, etag_of(web_arena(w), &held)))
		return RC_OK;
	TRY(flow_usage_live(web_flow(w), &held, &json, e));
	return web_reply(w, 200, json);
}

/* Which tiers would allow it is the newest matrix's word, so that counts. */
static enum rc
can(struct web *w, struct err *e)
{
	struct str	user, json;
	struct held	held;

	TRY(web_user(w, "id", &user, e));
	TRY(flow_held(web_flow(w), user, &held, e));
	if (!held.unsettled && web_etag(w, arena_text(web_arena(w),
	    "u%lld.%lld", (long long)held.version,
	    (long long)held.matrix->version)))
		return RC_OK;
	TRY(flow_can(web_flow(w), &held, web_arg(w, "capability"), &json, e));
	return web_reply(w, 200, json);
}

static enum rc
check(struct web *w, struct err *e)
{
	struct check_wish	wish;
	struct held		held;
	struct str		user, json;

	TRY(flow_check_read(web_flow(w), web_body(w), &wish, e));
	TRY(web_user_named(w, wish.user, "/user", &user, e));
	TRY(flow_held(web_flow(w), user, &held, e));
	TRY(flow_check(web_flow(w), &held, &wish, &json, e));
	return web_reply(w, 200, json);
}
