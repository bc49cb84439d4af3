/*
 * Stripe's API as far as we call it: keys, parameters, idempotency and errors
 * as Stripe has them.
 */
#include "base/limits.h"
#include "base/secret.h"
#include "base/text.h"
#include "sandbox.h"

enum { PAGE_USUAL = 10, PAGE_MOST = 100 };

static enum rc
reply_error(struct web *w, int status, const char *type, const char *code,
    const struct err *why)
{
	struct out	o;
	struct str	json = STR_NONE;
	struct err	e;

	out_init(&o, web_arena(w), BODY_BYTES_MAX);
	out_open(&o, '{');
	out_open_as(&o, "error", '{');
	if (code != NULL)
		out_name(&o, "code", code);
	out_name(&o, "message", why->what);
	if (why->pointer[0] != '\0')
		out_name(&o, "param", why->pointer);
	out_name(&o, "type", type);
	out_close(&o, '}');
	out_close(&o, '}');
	TRY(out_take(&o, "an error", &json, &e));
	return web_reply(w, status, json);
}

static bool
key_fits(struct web *w)
{
	struct str	sent = web_header(w, "HTTP_AUTHORIZATION"),
			ours = web_flow(w)->conf->stripe_api_key;

	if (!str_starts(sent, STR("Bearer ")))
		return false;
	sent = str_part(sent, 7, sent.len);
	return sent.len > 0 && (ours.len == 0 || str_eq_secret(sent, ours));
}

/* Our failures in Stripe's words; what is our own fault stays ours. */
static enum rc
told(struct web *w, struct err *e)
{
	switch (e->rc) {
	case RC_MISSING:
		return reply_error(w, 404, "invalid_request_error",
		    "resource_missing", e);
	case RC_UNKNOWN_PATH:
		return reply_error(w, 404, "invalid_request_error", NULL, e);
	case RC_METHOD_NOT_ALLOWED:
		return reply_error(w, 405, "invalid_request_error", NULL, e);
	case RC_INVALID_VALUE:
	case RC_INVALID_TRANSITION:
		return reply_error(w, 400, "invalid_request_error", NULL, e);
	case RC_IDEMPOTENCY_MISMATCH:
		return reply_error(w, 400, "idempotency_error", NULL, e);
	case RC_CHECKOUT_UNAVAILABLE:
		return reply_error(w, 402, "card_error", "card_declined", e);
	case RC_BUSY:
		return reply_error(w, 409, "invalid_request_error",
		    "lock_timeout", e);
	default:
		return e->rc;
	}
}

enum rc
sandbox_stripe(struct web *w, struct err *e)
{
	static const struct route *const	tables[] = {
		stripe_pay_routes, stripe_sub_routes, stripe_list_routes,
		stripe_money_routes,
	};
	enum rc	rc = RC_UNKNOWN_PATH;

	if (!key_fits(w)) {
		err_set(e, RC_BAD_CREDENTIAL, NULL, "Invalid API Key provided");
		return reply_error(w, 401, "invalid_request_error", NULL, e);
	}
	for (size_t i = 0; i < COUNT(tables) && rc == RC_UNKNOWN_PATH; i++)
		rc = web_dispatch(w, tables[i], e);
	return rc == RC_OK ? RC_OK : told(w, e);
}

enum rc
as_stripe_missing(struct err *e, const char *what, struct str id)
{
	return err_member(e, RC_MISSING, "id", NULL, "No such %s: '%.*s'",
	    what, STR_FMT(id));
}

enum rc
as_stripe_refuse(struct err *e, const char *parameter, const char *words)
{
	return err_member(e, RC_INVALID_VALUE, parameter, NULL, "%s", words);
}

static struct str
digest_of(struct web *w)
{
	const struct str	fields[] = {
		web_header(w, "REQUEST_URI"), web_body(w),
	};
	struct digest		d = secret_sha256_fields(fields,
				    COUNT(fields));

	return text_hex(web_arena(w), d.byte, sizeof(d.byte));
}

/* What was answered under this key before is answered again. */
static enum rc
again(struct stripe_call *c, struct err *e)
{
	struct thing	answer;

	c->key = web_header(c->w, "HTTP_IDEMPOTENCY_KEY");
	if (c->key.len == 0 || c->key.len > OUTSIDE_ID_MAX)
		return RC_OK;
	TRY(thing_get(&c->play, THING_ANSWER, c->key, &answer, &c->answered,
	    e));
	if (!c->answered)
		return RC_OK;
	if (!str_eq(answer.reference, digest_of(c->w)))
		return err_set(e, RC_IDEMPOTENCY_MISMATCH, NULL,
		    "Keys for idempotent requests can only be used with the"
		    " same parameters they were first used with.");
	web_set(c->w, "Idempotent-Replayed", STR("true"));
	return web_reply(c->w, (int)answer.number, answer.text);
}

enum rc
as_stripe_begin(struct stripe_call *c, struct web *w,
    const char *const *parameters, struct err *e)
{
	bool		posts = str_eq(web_header(w, "REQUEST_METHOD"),
			    STR("POST"));
	struct str	odd;

	*c = (struct stripe_call){ .w = w };
	TRY(play_begin(&c->play, web_flow(w), STR("stripe"), e));
	TRY(form_read(&c->form, posts ? web_body(w) : web_pairs(w),
	    web_arena(w), e));
	odd = form_unknown(&c->form, parameters);
	if (odd.len > 0)
		return as_stripe_refuse(e, odd.at, arena_text(web_arena(w),
		    "Received unknown parameter: %.*s", STR_FMT(odd)).at);
	return posts ? again(c, e) : RC_OK;
}

enum rc
as_stripe_reply(struct stripe_call *c, int status, struct str json,
    struct err *e)
{
	struct thing	answer;

	if (c->key.len > 0 && c->key.len <= OUTSIDE_ID_MAX) {
		thing_begin(&c->play, THING_ANSWER, c->key, &answer);
		answer.reference = digest_of(c->w);
		answer.number = status;
		answer.text = json;
		TRY(thing_put(&c->play, &answer, e));
	}
	TRY(play_end(&c->play, PLAY_SOON, 1, e));
	return web_reply(c->w, status, json);
}

struct str
as_stripe_data(struct stripe_call *c, const char *prefix)
{
	struct str	pattern = arena_text(web_arena(c->w), "%s[*]", prefix);
	size_t		head = pattern.len - 2;
	struct out	o;
	struct str	json = STR_NONE;
	bool		any = false;

	out_init(&o, web_arena(c->w), BODY_BYTES_MAX);
	out_open(&o, '{');
	for (size_t i = 0; i < c->form.count; i++) {
		struct form_pair *pair = &c->form.pair[i];

		if (!form_like(pair->name, pattern.at) ||
		    pair->value.len == 0)
			continue;
		any = true;
		out_text(&o, arena_keep(web_arena(c->w), str_part(pair->name,
		    head, pair->name.len - head - 1)).at, pair->value);
	}
	out_close(&o, '}');
	return any && out_done(&o, &json) ? json : STR_NONE;
}

enum rc
as_stripe_page(struct stripe_call *c, enum thing_kind kind, struct str parent,
    struct stripe_page *page, struct err *e)
{
	struct str	after = form_text(&c->form, "starting_after");
	int64_t		limit = PAGE_USUAL, below = INT64_MAX;
	struct thing	t;
	bool		found = true;

	if (form_has(&c->form, "limit") && (!form_int(&c->form, "limit",
	    &limit) || limit < 1 || limit > PAGE_MOST))
		return as_stripe_refuse(e, "limit", "Invalid limit: 1 to 100");
	if (after.len > 0) {
		TRY(thing_get(&c->play, kind, after, &t, &found, e));
		if (!found)
			return as_stripe_missing(e, "object", after);
		below = t.n;
	}
	TRY(thing_list(&c->play, kind, parent, below, (size_t)limit + 1,
	    &page->things, &page->count, e));
	page->more = page->count > (size_t)limit;
	if (page->more)
		page->count = (size_t)limit;
	return RC_OK;
}

bool
as_stripe_expands(const struct form *f, const char *what)
{
	for (size_t i = 0; i < f->count; i++)
		if (form_like(f->pair[i].name, "expand[#]") &&
		    str_eq(f->pair[i].value, str_of(what)))
			return true;
	return false;
}

enum rc
as_stripe_show(struct stripe_call *c, stripe_writer *write,
    const struct thing *t, struct err *e)
{
	struct str	json = STR_NONE;

	TRY(stripe_text(&c->play, write, t, &json, e));
	return as_stripe_reply(c, 200, json, e);
}
