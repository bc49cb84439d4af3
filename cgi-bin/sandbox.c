/*
 * A stand-in for the payment providers and for the seller's back end, for
 * development on one machine: their APIs as far as we call them, a checkout
 * page whose buttons send real signed events, and client tokens for the demo.
 */
#include "base/limits.h"
#include "base/text.h"
#include "sandbox.h"
#include "wire/wish.h"

/* Deliveries are answered before we are. */
enum { ACT_DEADLINE_S = 20 };

static web_handler	token;
static web_ready	only_in_sandbox;

static const struct route routes[] = {
	{ "POST", "/sandbox/token",		 MAY_ANYONE, token,
	    .raw_body = true },
	{ "GET",  "/sandbox",			 MAY_ANYONE, sandbox_list,
	    .deadline_s = 0, .unlimited = true },
	{ "POST", "/sandbox/faults",		 MAY_ANYONE, sandbox_faults,
	    .deadline_s = WRITE_DEADLINE_S, .unlimited = true },
	{ "POST", "/sandbox/act",		 MAY_ANYONE, sandbox_act,
	    .deadline_s = ACT_DEADLINE_S, .unlimited = true },
	{ "GET",  "/sandbox/checkout/{session}", MAY_ANYONE, sandbox_show,
	    .deadline_s = 0, .unlimited = true },
	{ "POST", "/sandbox/checkout/{session}", MAY_ANYONE, sandbox_press,
	    .deadline_s = ACT_DEADLINE_S, .raw_body = true,
	    .unlimited = true },
	{ "GET",  "/sandbox/portal/{provider}/{customer}", MAY_ANYONE,
	    sandbox_portal, .deadline_s = 0, .unlimited = true },
	{ "POST", "/sandbox/portal/{provider}/{customer}", MAY_ANYONE,
	    sandbox_portal_press, .deadline_s = ACT_DEADLINE_S,
	    .raw_body = true, .unlimited = true },
	/* Our own programs ask these, with keys that the API looks at. */
	{ "GET",  "/sandbox/stripe/{rest}",	 MAY_ANYONE, sandbox_stripe,
	    .deadline_s = 0, .unlimited = true },
	{ "POST", "/sandbox/stripe/{rest}",	 MAY_ANYONE, sandbox_stripe,
	    .deadline_s = WRITE_DEADLINE_S, .raw_body = true,
	    .unlimited = true },
	{ "DELETE", "/sandbox/stripe/{rest}",	 MAY_ANYONE, sandbox_stripe,
	    .deadline_s = WRITE_DEADLINE_S, .unlimited = true },
	{ "GET",  "/sandbox/paddle/{rest}",	 MAY_ANYONE, sandbox_paddle,
	    .deadline_s = 0, .unlimited = true },
	{ "POST", "/sandbox/paddle/{rest}",	 MAY_ANYONE, sandbox_paddle,
	    .deadline_s = WRITE_DEADLINE_S, .raw_body = true,
	    .unlimited = true },
	{ "PATCH", "/sandbox/paddle/{rest}",	 MAY_ANYONE, sandbox_paddle,
	    .deadline_s = WRITE_DEADLINE_S, .raw_body = true,
	    .unlimited = true },
	{ "GET",  "/sandbox/lemonsqueezy/{rest}", MAY_ANYONE, sandbox_lemon,
	    .deadline_s = 0, .unlimited = true },
	{ "POST", "/sandbox/lemonsqueezy/{rest}", MAY_ANYONE, sandbox_lemon,
	    .deadline_s = WRITE_DEADLINE_S, .raw_body = true,
	    .unlimited = true },
	{ "PATCH", "/sandbox/lemonsqueezy/{rest}", MAY_ANYONE, sandbox_lemon,
	    .deadline_s = WRITE_DEADLINE_S, .raw_body = true,
	    .unlimited = true },
	{ "DELETE", "/sandbox/lemonsqueezy/{rest}", MAY_ANYONE, sandbox_lemon,
	    .deadline_s = WRITE_DEADLINE_S, .unlimited = true },
	{ .method = NULL }
};

int
main(void)
{
	return web_serve_if("sandbox", routes, only_in_sandbox);
}

static enum rc
only_in_sandbox(struct app *app, struct err *e)
{
	const struct conf	*c = app_conf(app);

	if (c->sandbox && c->mode == MODE_TEST)
		return RC_OK;
	return err_set(e, RC_BROKEN,
	    "Set sandbox: yes and mode: test, or leave this program out.",
	    "the sandbox would give paid goods to anybody");
}

/* They are more particular than we are: a domain has a dot. */
bool
sandbox_email(struct arena *a, struct str email)
{
	struct str	domain;

	if (!text_email(a, email, &domain))
		return false;
	str_cut(&domain, '@');
	return memchr(domain.at, '.', domain.len) != NULL;
}

/* What the seller's back end does for its page: etc/samples. */
static enum rc
token(struct web *w, struct err *e)
{
	struct token_wish	wish = {
		.user = web_query(w, "user"), .read = true, .upgrade = true,
		.claim = true, .ttl_seconds = TOKEN_SECONDS,
	};
	struct str		secret, email = web_query(w, "email");
	int64_t			expires_at;

	if (!user_id_valid(wish.user))
		return err_set(e, RC_INVALID_VALUE,
		    "Ask for /sandbox/token?user=ID.",
		    "this cannot be a user id");
	if (email.len > 0 && !text_email(web_arena(w), email, &wish.email))
		return err_set(e, RC_INVALID_VALUE,
		    "Ask for /sandbox/token?user=ID&email=ADDRESS.",
		    "this cannot be an e-mail address");
	TRY(flow_token_mint(web_flow(w), &wish, &secret, &expires_at, e));
	return web_reply_as(w, 200, "text/plain; charset=utf-8", secret);
}
