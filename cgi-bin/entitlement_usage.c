/*
 * Taking from limits: at once, or as a hold that is confirmed or released.
 */
#include "base/guard.h"
#include "entitlement.h"
#include "flow/usage.h"

static enum rc
reply(struct web *w, const struct usage_reply *r)
{
	if (r->replayed)
		web_set(w, "Idempotent-Replayed", STR("true"));
	return web_reply(w, 200, r->json);
}

/* What is refused is an answer too: allowed is false, and nothing is taken. */
enum rc
usage_take_some(struct web *w, struct err *e)
{
	struct usage_reply	r;
	struct str		user;

	TRY(web_user(w, "id", &user, e));
	TRY(flow_usage(web_flow(w), web_principal(w), user, web_body(w),
	    web_header(w, "HTTP_IDEMPOTENCY_KEY"), &r, e));
	return reply(w, &r);
}

static enum rc
hold_end(struct web *w, enum hold_end how, struct err *e)
{
	struct usage_reply	r;
	struct str		user;

	TRY(web_user(w, "id", &user, e));
	TRY(flow_hold_end(web_flow(w), web_principal(w), user,
	    web_arg(w, "hold"), how, web_body(w),
	    web_header(w, "HTTP_IDEMPOTENCY_KEY"), &r, e));
	return reply(w, &r);
}

enum rc
usage_confirm(struct web *w, struct err *e)
{
	return hold_end(w, HOLD_CONFIRM, e);
}

enum rc
usage_release(struct web *w, struct err *e)
{
	return hold_end(w, HOLD_RELEASE, e);
}
