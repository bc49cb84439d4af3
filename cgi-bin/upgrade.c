/*
 * Upgrades: start, preview, show, cancel, send to the checkout or the buyer's
 * own page; what is sold; and client tokens for pages.
 */
#include "upgrade.h"

#include "base/clock.h"
#include "base/guard.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/tally.h"
#include "flow/entitle.h"
#include "flow/portal.h"
#include "flow/upgrade.h"
#include "web/web.h"
#include "wire/out.h"

static web_handler	start, preview, show, cancel, tiers, token, portal;

enum {
	MAY_START	= MAY_SERVER | MAY_UPGRADE,
	MAY_FOLLOW	= MAY_SERVER | MAY_READ | MAY_SESSION,
	MAY_ALL		= MAY_SERVER | MAY_CHECK | MAY_READ | MAY_UPGRADE |
			  MAY_CLAIM | MAY_SESSION,
};

static const struct route routes[] = {
	{ "GET",  "/v1/tiers",			MAY_ALL,    tiers,
	    .deadline_s = 0 },
	{ "POST", "/v1/upgrades",		MAY_START,  start,
	    .deadline_s = WRITE_DEADLINE_S },
	{ "POST", "/v1/upgrades/preview",	MAY_START,  preview,
	    .deadline_s = 0 },
	{ "GET",  "/v1/upgrades/{id}",		MAY_FOLLOW, show,
	    .deadline_s = WRITE_DEADLINE_S },
	{ "POST", "/v1/upgrades/{id}/cancel",	MAY_START,  cancel,
	    .deadline_s = WRITE_DEADLINE_S },
	/* A buyer's browser follows this link: its key is in the query. */
	{ "GET",  "/v1/upgrades/{id}/checkout",	MAY_ANYONE, checkout_visit,
	    .deadline_s = WRITE_DEADLINE_S },
	{ "POST", "/v1/upgrades/{id}/checkout",	MAY_ANYONE, checkout_press,
	    .deadline_s = WRITE_DEADLINE_S, .raw_body = true },
	{ "POST", "/v1/users/{id}/portal",	MAY_START,  portal,
	    .deadline_s = 0 },
	{ "POST", "/v1/tokens",			MAY_SERVER, token,
	    .deadline_s = 0 },
	{ .method = NULL }
};

int
main(void)
{
	return web_serve("upgrade", routes);
}

static void
note_start(const struct start_answer *a)
{
	LOG(LOG_INFO_LINE, "start",
	    LOG_S("session", a->session),
	    LOG_S("user", a->user),
	    LOG_S("tier", a->tier),
	    LOG_S("replayed", a->replayed ? STR("yes") : STR("no")));
	if (!a->replayed)
		tally_add(TALLY_UPGRADES_STARTED, a->tier.len > 0 ? a->tier :
		    STR("addons"), STR_NONE);
	if (!a->granted)
		return;
	LOG(LOG_INFO_LINE, "grant",
	    LOG_S("session", a->session),
	    LOG_S("user", a->user),
	    LOG_S("cause", STR("start")),
	    LOG_N("time_to_grant_ms", a->time_to_grant / 1000));
	tally_add(TALLY_GRANTED, STR("start"), STR_NONE);
	tally_observe(TALLY_TIME_TO_GRANT, STR_NONE, a->time_to_grant);
}

/* 201 and the session; 409 with the open one when there is one already. */
static enum rc
start(struct web *w, struct err *e)
{
	struct start_answer	answer;
	struct str		open = STR_NONE;
	enum rc			rc;

	rc = flow_upgrade_start(web_flow(w), web_principal(w), web_body(w),
	    web_header(w, "HTTP_IDEMPOTENCY_KEY"), &answer, &open, e);
	if (rc == RC_UPGRADE_IN_PROGRESS)
		return web_problem(w, e, "session", open);
	TRY(rc);
	note_start(&answer);
	if (answer.replayed)
		web_set(w, "Idempotent-Replayed", STR("true"));
	web_set(w, "Location", arena_text(web_arena(w),
	    "%.*s/v1/upgrades/%.*s", STR_FMT(web_flow(w)->conf->base_url),
	    STR_FMT(answer.session)));
	return web_reply(w, 201, answer.json);
}

static enum rc
preview(struct web *w, struct err *e)
{
	struct str	json;

	TRY(flow_upgrade_preview(web_flow(w), web_principal(w), web_body(w),
	    &json, e));
	return web_reply(w, 200, json);
}

static enum rc
show(struct web *w, struct err *e)
{
	struct shown	shown;

	TRY(flow_upgrade_show(web_flow(w), web_principal(w),
	    web_arg(w, "id"), &shown, e));
	if (web_etag(w, arena_text(web_arena(w), "s%lld.u%lld",
	    (long long)shown.session_ver, (long long)shown.user_ver)))
		return RC_OK;
	return web_reply(w, 200, shown.json);
}

static enum rc
cancel(struct web *w, struct err *e)
{
	struct shown	shown;

	TRY(flow_upgrade_cancel(web_flow(w), web_principal(w),
	    web_arg(w, "id"), &shown, e));
	return web_reply(w, 200, shown.json);
}

static enum rc
portal(struct web *w, struct err *e)
{
	struct str	user, json;

	TRY(web_user(w, "id", &user, e));
	TRY(flow_portal(web_flow(w), user, web_body(w), &json, e));
	return web_reply(w, 200, json);
}

static enum rc
tiers(struct web *w, struct err *e)
{
	struct str	json;
	int64_t		version;

	TRY(flow_tiers(web_flow(w), &json, &version, e));
	if (web_etag(w, arena_text(web_arena(w), "m%lld",
	    (long long)version)))
		return RC_OK;
	return web_reply(w, 200, json);
}

static void
write_token(struct out *o, const struct token_wish *wish, struct str secret,
    int64_t expires_at)
{
	out_open(o, '{');
	out_text(o, "token", secret);
	out_text(o, "user", wish->user);
	out_open_as(o, "scopes", '[');
	if (wish->read)
		out_item(o, STR("read"));
	if (wish->upgrade)
		out_item(o, STR("upgrade"));
	if (wish->claim)
		out_item(o, STR("claim"));
	out_close(o, ']');
	out_time(o, "expires_at", expires_at);
	out_int(o, "ttl_seconds", wish->ttl_seconds);
	out_close(o, '}');
}

static enum rc
token(struct web *w, struct err *e)
{
	struct token_wish	wish;
	struct str		secret, json;
	struct out		o;
	int64_t			expires_at;

	TRY(flow_token_wish(web_flow(w), web_body(w), &wish, e));
	TRY(flow_token_mint(web_flow(w), &wish, &secret, &expires_at, e));
	out_init(&o, web_arena(w), REPLY_BYTES_MAX);
	write_token(&o, &wish, secret, expires_at);
	if (!out_done(&o, &json))
		return err_set(e, RC_BROKEN, NULL, "cannot write a token");
	return web_reply(w, 201, json);
}
