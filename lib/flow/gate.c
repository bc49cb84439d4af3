/*
 * A signed URL says who may come and until when, a cookie who came; neither
 * says what they hold.  That is read for each file, so a refund shuts the gate
 * at once.
 */
#include "base/clock.h"
#include "base/limits.h"
#include "base/secret.h"
#include "base/text.h"
#include "flow/entitle.h"
#include "flow/gate.h"
#include "flow/ticket.h"
#include "wire/answers.h"
#include "wire/wish.h"

enum { EXPIRES_DIGITS_MAX = 12 };

static struct str
base64url_of(struct arena *a, struct digest d)
{
	return text_base64url(a, d.byte, sizeof(d.byte));
}

struct str
flow_url_key(struct flow *f)
{
	struct str pieces[] = {
		arena_text(f->arena, "signed-url|%u", f->seller),
	};
	struct str text = base64url_of(f->arena, secret_hmac(
	    f->conf->token_key, pieces, COUNT(pieces)));

	return arena_text(f->arena, "rung_uk_%.*s", STR_FMT(text));
}

/* No line break is in a path or a user id, so no two lists are alike. */
static struct str
signature_of(struct flow *f, struct str path, struct str user,
    struct str expires)
{
	struct str pieces[] = { path, STR("\n"), user, STR("\n"), expires };

	return base64url_of(f->arena, secret_hmac(flow_url_key(f), pieces,
	    COUNT(pieces)));
}

static bool
is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
	    (c >= 'A' && c <= 'F');
}

bool
gate_path_ok(struct str path)
{
	struct str rest = path;

	if (path.len == 0 || path.at[0] != '/' || !str_utf8(path))
		return false;
	for (size_t i = 0; i < path.len; i++) {
		unsigned char c = (unsigned char)path.at[i];

		if (c < ' ' || c == 0x7f || c == '\\' || (c == '%' &&
		    i + 2 < path.len && is_hex(path.at[i + 1]) &&
		    is_hex(path.at[i + 2])))
			return false;
	}
	for (str_cut(&rest, '/'); rest.len > 0;) {
		struct str segment = str_cut(&rest, '/');

		if (segment.len == 0 || str_eq(segment, STR(".")) ||
		    str_eq(segment, STR("..")))
			return false;
	}
	return true;
}

/* The slashes stay. */
static struct str
encode(struct arena *a, struct str path)
{
	struct str out = STR("");

	for (str_cut(&path, '/'); path.at != NULL;) {
		struct str segment = text_percent(a, str_cut(&path, '/'));

		out = arena_text(a, "%.*s/%.*s", STR_FMT(out),
		    STR_FMT(segment));
	}
	return out;
}

enum rc
flow_url_sign(struct flow *f, struct str path, struct str user,
    int64_t expires_at, struct str *url, struct err *e)
{
	struct str expires = arena_text(f->arena, "%lld",
	    (long long)(expires_at / SECOND));
	struct str signature;

	if (!gate_path_ok(path) || !user_id_valid(user))
		return err_set(e, RC_INVALID_VALUE, "Give the path as the"
		    " browser asks for it, not encoded, without // and ..,"
		    " and the id of a user.",
		    "nobody could ever have this file");
	signature = signature_of(f, path, user, expires);
	path = encode(f->arena, path);
	user = text_percent(f->arena, user);
	*url = arena_text(f->arena, "%.*s?u=%.*s&exp=%.*s&sig=%.*s",
	    STR_FMT(path), STR_FMT(user), STR_FMT(expires),
	    STR_FMT(signature));
	return RC_OK;
}

static bool
is_expired(const struct flow *f, struct str expires)
{
	int64_t seconds;

	return expires.len > EXPIRES_DIGITS_MAX ||
	    !str_int64(expires, &seconds) || f->now >= seconds * SECOND;
}

static enum rc
visitor(struct flow *f, const struct gate_visit *v, struct str *user,
    struct err *e)
{
	struct ticket pass;

	if (v->by_url) {
		*user = v->user;
		if (user_id_valid(v->user) && !is_expired(f, v->expires) &&
		    str_eq_secret(v->signature, signature_of(f, v->path,
		    v->user, v->expires)))
			return RC_OK;
		return err_set(e, RC_NOT_ALLOWED, "Ask for a new link where"
		    " this one came from.",
		    "the link is not signed for this file, or has run out");
	}
	if (v->cookie.len > 0 && flow_gate_pass_ok(f, v->cookie, &pass, e) ==
	    RC_OK && pass.seller == f->seller) {
		*user = pass.user;
		return RC_OK;
	}
	return err_set(e, RC_NOT_ALLOWED, "Sign in where the file is offered.",
	    "who wants this file has not shown who they are");
}

enum rc
flow_gate_open(struct flow *f, const struct gate_visit *v, struct str *user,
    struct err *e)
{
	struct verdict verdict = { .capability = v->capability };
	struct held held;

	if (v->capability.len == 0 || v->capability.len > CAPABILITY_NAME_MAX)
		return err_set(e, RC_BROKEN, "Set RUNG_CAPABILITY for this"
		    " place, as rung-gate(8) shows.",
		    "the web server does not say which capability opens it");
	TRY(visitor(f, v, user, e));
	f->reads_only = true;
	TRY(flow_held(f, *user, &held, e));
	verdict.user = *user;
	verdict.tier = held.holding.tier;
	verdict.matrix = held.matrix;
	verdict_decide(&verdict, &held.holding);
	if (!verdict.allowed)
		return err_set(e, RC_NOT_ALLOWED, "An upgrade may include it.",
		    "this file is for those who have %.*s (%s)",
		    STR_FMT(v->capability), verdict.code);
	return RC_OK;
}

/* Only the sandbox may do without https. */
static bool
is_secure(const struct conf *conf)
{
	return !conf->sandbox || str_starts(conf->base_url, STR("https://"));
}

const char *
gate_cookie_name(const struct conf *conf)
{
	return is_secure(conf) ? "__Host-rung-gate" : "rung-gate";
}

struct str
flow_gate_cookie(struct flow *f, struct str user, int64_t *expires_at)
{
	struct str pass = flow_gate_pass_make(f, user, expires_at);

	return arena_text(f->arena, "%s=%.*s; Path=/; Max-Age=%d; HttpOnly;"
	    " SameSite=Strict%s", gate_cookie_name(f->conf), STR_FMT(pass),
	    (int)TICKET_SECONDS, is_secure(f->conf) ? "; Secure" : "");
}
