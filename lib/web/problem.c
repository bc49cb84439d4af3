/*
 * Failures as RFC 9457 problems.  The words of an error go to the caller
 * where they help to mend the request, and only to the log where they would
 * tell of our inside or of which check a sender failed.
 */
#include <stdio.h>

#include "base/limits.h"
#include "base/log.h"
#include "wire/out.h"
#include "web/inside.h"
#include "web/problem.h"

#define LATER	"Try again; the Retry-After header says when."

static const struct problem table[RC__COUNT] = {
	[RC_BAD_REQUEST] = { 400, "bad-request",
	    "The request cannot be understood", 0, NULL },
	[RC_INVALID_JSON] = { 400, "invalid-json",
	    "The body is not acceptable JSON", 0, NULL },
	[RC_NO_TARGETING_KEY] = { 400, "no-targeting-key",
	    "It is not said whose flags are asked for", 0, NULL },
	[RC_IDEMPOTENCY_KEY_MISSING] = { 400, "idempotency-key-missing",
	    "An Idempotency-Key header is needed", 0, NULL },
	[RC_BAD_SIGNATURE] = { 400, "bad-signature",
	    "The delivery is not signed as it must be", 0,
	    "Check the endpoint's signing secret and the sender's clock." },
	[RC_NO_CREDENTIAL] = { 401, "no-credential",
	    "A credential is needed", 0, NULL },
	[RC_BAD_CREDENTIAL] = { 401, "bad-credential",
	    "The credential is not valid", 0,
	    "It is unknown, revoked or expired. Use another, or have your "
	    "back end make a new token." },
	[RC_NOT_ALLOWED] = { 403, "not-allowed",
	    "This credential may not do that", 0, NULL },
	[RC_WRONG_USER] = { 403, "wrong-user",
	    "The credential belongs to another user", 0, NULL },
	[RC_SERVER_KEY_IN_BROWSER] = { 403, "server-key-in-browser",
	    "A server key has no place in a browser", 0,
	    "Take it out of the page and revoke it; pages use client "
	    "tokens from your back end." },
	[RC_UNKNOWN_PATH] = { 404, "unknown-path",
	    "There is nothing at this path", 0,
	    "Check the path, and that what it names is configured." },
	[RC_UNKNOWN_FLAG] = { 404, "unknown-flag",
	    "There is no such flag", 0, NULL },
	[RC_UNKNOWN_SESSION] = { 404, "unknown-session",
	    "There is no such upgrade session", 0, NULL },
	[RC_UNKNOWN_HOLD] = { 404, "unknown-hold",
	    "The user has no such hold", 0, NULL },
	[RC_UNKNOWN_ASSET] = { 404, "unknown-asset",
	    "The user has no such asset", 0, NULL },
	[RC_METHOD_NOT_ALLOWED] = { 405, "method-not-allowed",
	    "The path is there, the method is not", 0, NULL },
	[RC_UPGRADE_IN_PROGRESS] = { 409, "upgrade-in-progress",
	    "Another upgrade of this user is in progress", 0, NULL },
	[RC_IDEMPOTENCY_IN_PROGRESS] = { 409, "idempotency-in-progress",
	    "A request with this key is being worked on", 1, NULL },
	[RC_PAYMENT_ALREADY_USED] = { 409, "payment-already-used",
	    "The payment belongs to another purchase", 0, NULL },
	[RC_SUBSCRIBED_ELSEWHERE] = { 409, "subscribed-elsewhere",
	    "The user is subscribed at another provider", 0, NULL },
	[RC_ALREADY_SHOWN] = { 409, "already-shown",
	    "The secret was shown already", 0, NULL },
	[RC_SESSION_EXPIRED] = { 410, "session-expired",
	    "The upgrade session is over", 0, NULL },
	[RC_LENGTH_REQUIRED] = { 411, "length-required",
	    "The body needs a length", 0, NULL },
	[RC_BODY_TOO_LARGE] = { 413, "body-too-large",
	    "The body is too large", 0, NULL },
	[RC_MEDIA_TYPE] = { 415, "media-type",
	    "The body is of a type we do not take", 0, NULL },
	[RC_INVALID_VALUE] = { 422, "invalid-value",
	    "A value cannot be taken", 0, NULL },
	[RC_IDEMPOTENCY_MISMATCH] = { 422, "idempotency-mismatch",
	    "The key was used for another request", 0, NULL },
	[RC_UNKNOWN_TIER] = { 422, "unknown-tier",
	    "There is no such tier or price", 0, NULL },
	[RC_ALREADY_ON_TIER] = { 422, "already-on-tier",
	    "The user has this already", 0, NULL },
	[RC_URL_NOT_ALLOWED] = { 422, "url-not-allowed",
	    "The URL is not one we may send a buyer to", 0, NULL },
	[RC_INVALID_TRANSITION] = { 422, "invalid-transition",
	    "That cannot be done in this state", 0, NULL },
	[RC_RATE_LIMITED] = { 429, "rate-limited",
	    "Too many requests", 1, NULL },
	[RC_BROKEN] = { 500, "internal",
	    "Something is wrong on our side", 0,
	    "The log has a line with this request's id." },
	[RC_CHECKOUT_UNAVAILABLE] = { 503, "checkout-unavailable",
	    "The payment page cannot be reached just now", 5, LATER },
	[RC_STORE_UNAVAILABLE] = { 503, "store-unavailable",
	    "The database cannot be reached just now", 2, LATER },
};

const struct problem *
problem_of(enum rc rc)
{
	if (rc == RC_BUSY || rc == RC_LOST || rc == RC_UNSURE || rc == RC_DOWN)
		rc = RC_STORE_UNAVAILABLE;
	if (rc == RC_PROVIDER_DOWN || rc == RC_PROVIDER_DENIED)
		rc = RC_CHECKOUT_UNAVAILABLE;
	if (rc >= RC__COUNT || table[rc].status == 0)
		rc = RC_BROKEN;
	return &table[rc];
}

static char
upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

/* What happened and what to do now, as sentences. */
static struct str
words(struct web *w, const struct problem *p, const struct err *e)
{
	if (p->detail != NULL)
		return str_of(p->detail);
	if (e->what[0] == '\0')
		return str_of(e->mend);
	/* A member's name stays as it is written in JSON. */
	return arena_text(w->arena, "%c%s.%s%s",
	    e->pointer[0] == '\0' ? upper(e->what[0]) : e->what[0],
	    e->what + 1, e->mend[0] == '\0' ? "" : " ", e->mend);
}

/* Another protocol's way of telling it, if the route speaks one. */
static const struct dialect *
dialect_of(const struct web *w)
{
	static const struct dialect	ours;

	if (w->found.route == NULL || w->found.route->dialect == NULL)
		return &ours;
	return w->found.route->dialect;
}

static int
status_of(const struct web *w, const struct problem *p, enum rc rc)
{
	const struct dialect	*d = dialect_of(w);

	return d->status == NULL ? p->status : d->status(rc, p->status);
}

static void
write_problem(struct web *w, const struct problem *p, const struct err *e,
    const char *member, struct str json, struct out *o)
{
	out_open(o, '{');
	out_text(o, "type", arena_text(w->arena, "urn:rung:problem:%s",
	    p->slug));
	out_name(o, "title", p->title);
	out_int(o, "status", status_of(w, p, e->rc));
	out_text(o, "detail", words(w, p, e));
	out_text(o, "instance", arena_text(w->arena, "urn:rung:request:%.*s",
	    STR_FMT(w->id)));
	out_name(o, "code", p->slug);
	if (e->pointer[0] != '\0' && p->detail == NULL) {
		out_open_as(o, "errors", '[');
		out_open(o, '{');
		out_name(o, "pointer", e->pointer);
		out_name(o, "detail", e->what);
		out_close(o, '}');
		out_close(o, ']');
	}
	if (member != NULL && json.len > 0)
		out_raw(o, member, json);
	if (dialect_of(w)->members != NULL)
		dialect_of(w)->members(w, e, o);
	out_close(o, '}');
}

/* What an operator wants to see of failures; the rest is daily bread. */
static void
log_failure(struct web *w, const struct problem *p, const struct err *e)
{
	enum log_level	level = p->status >= 500 ? LOG_ERROR_LINE :
			    LOG_WARN_LINE;
	const char	*route = w->found.route == NULL ? "none" :
			    w->found.route->path;

	if (p->status != 400 && p->status != 401 && p->status != 403 &&
	    p->status < 500)
		return;
	const struct log_pair	pairs[] = {
		LOG_S("route", str_of(route)),
		LOG_N("status", p->status),
		LOG_S("code", str_of(p->slug)),
		LOG_S("msg", str_of(e->what)),
		LOG_N("db_error", e->number),
	};

	log_line(level, "failed", pairs,
	    e->number == 0 ? COUNT(pairs) - 1 : COUNT(pairs));
}

static void
set_headers(struct web *w, const struct problem *p)
{
	int64_t	later = p->retry_after;

	if (p == &table[RC_RATE_LIMITED] && w->counted)
		later = w->rate.reset_s;
	if (later > 0)
		web_set(w, "Retry-After", arena_text(w->arena, "%lld",
		    (long long)later));
	if (p->status == 401)
		web_set(w, "WWW-Authenticate",
		    p == &table[RC_NO_CREDENTIAL] ?
		    STR("Bearer realm=\"rung\"") :
		    STR("Bearer realm=\"rung\", error=\"invalid_token\""));
	if (p->status == 405)
		web_set(w, "Allow", str_of(w->found.allow));
}

void
problem_answer(struct web *w, const struct err *e, const char *member,
    struct str json)
{
	const struct problem	*p = problem_of(e->rc);
	struct out		 o;
	struct str		 body;

	log_failure(w, p, e);
	out_init(&o, w->arena, REPLY_BYTES_MAX);
	write_problem(w, p, e, member, json, &o);
	if (!out_done(&o, &body))
		body = STR("{\"type\":\"about:blank\"}");
	reply_defaults(w);
	set_headers(w, p);
	if (e->retry_after > 0)
		web_set(w, "Retry-After", arena_text(w->arena, "%d",
		    e->retry_after));
	w->answered = true;
	w->status = status_of(w, p, e->rc);
	w->type = dialect_of(w)->plain ? "application/json" :
	    "application/problem+json";
	w->content = body;
}

enum rc
web_problem(struct web *w, const struct err *e, const char *member,
    struct str json)
{
	problem_answer(w, e, member, json);
	return RC_OK;
}
