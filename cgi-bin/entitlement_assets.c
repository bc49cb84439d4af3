/*
 * Assets: listed, claimed, rotated, revoked, and their secrets verified.
 */
#include "base/guard.h"
#include "entitlement.h"
#include "flow/asset.h"

enum rc
assets_list(struct web *w, struct err *e)
{
	struct str	user, json;

	TRY(web_user(w, "id", &user, e));
	TRY(flow_assets(web_flow(w), user, &json, e));
	return web_reply(w, 200, json);
}

static enum rc
deed(struct web *w, enum deed what, struct err *e)
{
	struct deed_reply	r;
	struct str		user;

	TRY(web_user(w, "id", &user, e));
	TRY(flow_asset_deed(web_flow(w), web_principal(w), user,
	    web_arg(w, "asset"), what, web_header(w, "HTTP_IDEMPOTENCY_KEY"),
	    &r, e));
	if (r.replayed)
		web_set(w, "Idempotent-Replayed", STR("true"));
	return web_reply(w, what == DEED_REVOKE ? 200 : 201, r.json);
}

/* The secret is in the answer to these two, and never again anywhere. */
enum rc
assets_claim(struct web *w, struct err *e)
{
	return deed(w, DEED_CLAIM, e);
}

enum rc
assets_rotate(struct web *w, struct err *e)
{
	return deed(w, DEED_ROTATE, e);
}

enum rc
assets_revoke(struct web *w, struct err *e)
{
	return deed(w, DEED_REVOKE, e);
}

enum rc
assets_verify(struct web *w, struct err *e)
{
	struct str	json;

	TRY(flow_asset_verify(web_flow(w), web_body(w), &json, e));
	return web_reply(w, 200, json);
}
