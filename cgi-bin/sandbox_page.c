/*
 * The checkout page, the same for all providers: what is bought, and a button
 * for each thing that a buyer or his bank can do.
 */
#include "base/guard.h"
#include "base/limits.h"
#include "base/log.h"
#include "flow/url.h"
#include "provider/provider.h"
#include "sandbox.h"
#include "store/session_store.h"
#include "web/html.h"

static const struct button {
	const char	*action, *label, *about;
	enum play_moment	 moment;
	enum play_when	 when;
	int		 times;
	bool		 waits;		/* shown while slow money is awaited */
} buttons[] = {
	{ "pay", "Pay", "The payment succeeds.",
	    MOMENT_PAID, PLAY_NOW, 1, false },
	{ "decline", "Decline", "The card is refused.",
	    MOMENT_DECLINED, PLAY_NOW, 1, false },
	{ "late", "Pay late",
	    "It succeeds, and we hear of it five seconds later.",
	    MOMENT_PAID, PLAY_LATE, 1, false },
	{ "twice", "Pay twice",
	    "It succeeds once, and we hear of it twice.",
	    MOMENT_PAID, PLAY_NOW, 2, false },
	{ "3ds", "Pay with 3-D Secure",
	    "The bank asks the buyer; then pay, or decline.",
	    MOMENT_ACTION, PLAY_NOW, 1, false },
	{ "slow", "Pay by a slow method",
	    "The money is on its way; it comes by the next button.",
	    MOMENT_PROCESSING, PLAY_NOW, 1, false },
	{ "abandon", "Abandon", "The checkout is closed, unpaid.",
	    MOMENT_ABANDONED, PLAY_NOW, 1, false },
	{ "arrive", "The money comes", "The slow payment succeeds.",
	    MOMENT_SLOW_PAID, PLAY_NOW, 1, true },
	{ "bounce", "The money does not come", "The slow payment fails.",
	    MOMENT_SLOW_FAILED, PLAY_NOW, 1, true },
};

static const char *const	providers[] = {
	"stripe", "paddle", "lemonsqueezy",
};

/* The checkout of a session that we opened without asking any provider. */
static enum rc
of_session(struct play *p, struct flow *f, struct str id, struct thing *co,
    struct err *e)
{
	struct session	 s;
	bool		 found;

	TRY(session_read(f->db, f->seller, id, f->arena, &s, &found, e));
	if (!found)
		return err_set(e, RC_UNKNOWN_SESSION, NULL,
		    "there is no such session");
	TRY(play_begin(p, f, s.provider, e));
	id = arena_text(f->arena, "cs_test_%.*s", STR_FMT(s.id));
	TRY(thing_get(p, THING_CHECKOUT, id, co, &found, e));
	if (found)
		return RC_OK;
	thing_begin(p, THING_CHECKOUT, id, co);
	co->reference = s.id;
	co->data = arena_text(f->arena, "{\"rung_session\":\"%.*s\","
	    "\"rung_user\":\"%.*s\"}", STR_FMT(s.id), STR_FMT(s.terms.user));
	co->pay_data = co->sub_data = co->data;
	co->email = STR("buyer@example.com");
	co->success_url = url_with(f->arena, s.success_url, "rung_session",
	    s.id);
	co->cancel_url = s.cancel_url.len == 0 ? STR_NONE :
	    url_with(f->arena, s.cancel_url, "rung_session", s.id);
	co->lines.count = 1;
	co->lines.at[0] = (struct play_line){
		.price = s.price, .quantity = s.terms.quantity,
	};
	return life_open(p, co, e);
}

/* Our name in what the seller wrote on the checkout, or "". */
static struct str
named(const struct thing *co, const char *member, struct arena *a)
{
	GUARD(doc_free) struct doc	*doc = NULL;
	struct err			 e;

	if (co->data.len == 0 ||
	    doc_read(&doc, co->data, DOC_LENIENT, &e) != RC_OK)
		return STR_NONE;
	return arena_keep(a, node_text(doc_root(doc), member));
}

/*
 * Paddle's page is the seller's own, which knows where to go on; the others
 * are told one way or both.  So the page plays the seller too.
 */
static enum rc
ways_back(struct play *p, struct thing *co, struct err *e)
{
	struct flow	*f = p->f;
	struct session	 s;
	bool		 found;

	if (co->success_url.len > 0 && co->cancel_url.len > 0)
		return RC_OK;
	TRY(session_read(f->db, f->seller, named(co, "rung_session",
	    f->arena), f->arena, &s, &found, e));
	if (!found)
		return RC_OK;
	if (co->success_url.len == 0 && s.success_url.len > 0)
		co->success_url = url_with(f->arena, s.success_url,
		    "rung_session", s.id);
	if (co->cancel_url.len == 0 && s.cancel_url.len > 0)
		co->cancel_url = url_with(f->arena, s.cancel_url,
		    "rung_session", s.id);
	return RC_OK;
}

static enum rc
find(struct web *w, struct play *p, struct thing *co, struct err *e)
{
	struct flow	*f = web_flow(w);
	struct str	 ref = web_arg(w, "session");
	bool		 found = false;

	if (str_starts(ref, STR("us_")))
		return of_session(p, f, ref, co, e);
	for (size_t i = 0; i < COUNT(providers) && !found; i++) {
		if (player_find(str_of(providers[i])) == NULL)
			continue;
		TRY(play_begin(p, f, str_of(providers[i]), e));
		TRY(thing_get(p, THING_CHECKOUT, ref, co, &found, e));
	}
	if (!found)
		return err_set(e, RC_UNKNOWN_SESSION, NULL,
		    "there is no such checkout");
	return ways_back(p, co, e);
}

/* "EUR 29.00"; some currencies have no smaller unit. */
static struct str
money(struct arena *a, int64_t amount, struct str currency)
{
	static const char	whole[] = "jpy krw vnd clp isk ugx xaf xof xpf";
	char			code[4] = "   ";

	for (size_t i = 0; i < 3 && i < currency.len; i++)
		code[i] = (char)(currency.at[i] & ~0x20);
	if (currency.len == 3 &&
	    memmem(whole, sizeof(whole) - 1, currency.at, 3) != NULL)
		return arena_text(a, "%s %lld", code, (long long)amount);
	return arena_text(a, "%s %lld.%02lld", code,
	    (long long)(amount / 100), (long long)(amount % 100));
}

static enum rc
put_order(struct buf *b, struct play *p, const struct thing *co,
    struct err *e)
{
	struct arena		*a = p->f->arena;
	struct str		 user = named(co, "rung_user", a);
	struct play_price	 price;
	bool			 found;

	buf_add(b, STR("<h1>"));
	for (size_t i = 0; i < co->lines.count; i++) {
		const struct play_line *l = &co->lines.at[i];

		TRY(play_price(p, l->price, &price, &found, e));
		html_text(b, found ? price.title : l->price);
		if (l->quantity > 1)
			buf_fmt(b, " &times; %lld", (long long)l->quantity);
		if (i + 1 < co->lines.count)
			buf_add(b, STR(", "));
	}
	buf_add(b, STR("</h1>\n<p class=\"price\">"));
	html_text(b, money(a, co->amount, co->currency));
	if (co->interval.len > 0) {
		buf_add(b, STR(" <small>per "));
		html_text(b, co->interval);
		if (co->trial_days > 0)
			buf_fmt(b, ", %lld days free",
			    (long long)co->trial_days);
		buf_add(b, STR("</small>"));
	}
	buf_add(b, STR("</p>\n"));
	if (user.len > 0) {
		buf_add(b, STR("<p class=\"user\">for user "));
		html_text(b, user);
		buf_add(b, STR("</p>\n"));
	}
	return RC_OK;
}

static bool
is_slow(const struct thing *co)
{
	return str_eq(co->status, STR("complete")) &&
	    str_eq(co->paid, STR("unpaid"));
}

static bool
is_shown(const struct button *b, const struct thing *co)
{
	return b->waits ? is_slow(co) : str_eq(co->status, STR("open"));
}

/* Lemon Squeezy fills the address in, and the buyer may write another. */
static bool
takes_email(const struct play *p, const struct thing *co)
{
	return str_eq(co->status, STR("open")) && p->as == &player_lemon;
}

static void
put_buttons(struct buf *b, const struct play *p, const struct thing *co)
{
	buf_add(b, STR("<form method=\"post\">\n"));
	if (takes_email(p, co)) {
		buf_add(b, STR("<p><label>E-mail <input name=\"email\""
		    " type=\"email\" value=\""));
		html_text(b, co->email);
		buf_add(b, STR("\"></label></p>\n"));
	}
	for (size_t i = 0; i < COUNT(buttons); i++)
		if (is_shown(&buttons[i], co))
			buf_fmt(b, "<p><button name=\"action\" value=\"%s\">"
			    "%s</button> <span>%s</span></p>\n",
			    buttons[i].action, buttons[i].label,
			    buttons[i].about);
	buf_add(b, STR("</form>\n"));
}

static void
put_link(struct buf *b, struct str url, const char *label)
{
	if (url.len == 0)
		return;
	buf_add(b, STR("<p class=\"back\"><a href=\""));
	html_text(b, url);
	buf_fmt(b, "\">%s</a></p>\n", label);
}

static void
put_notices(struct buf *b, struct web *w, const struct thing *co)
{
	struct str	said = web_query(w, "said");

	if (is_slow(co))
		buf_add(b, STR("<p class=\"notice\" role=\"status\">The money"
		    " is on its way.</p>\n"));
	else if (!str_eq(co->status, STR("open")))
		buf_fmt(b, "<p class=\"notice\" role=\"status\">This checkout"
		    " is %.*s.</p>\n", STR_FMT(co->status));
	else if (str_eq(said, STR("decline")))
		buf_add(b, STR("<p class=\"notice bad\" role=\"alert\">"
		    "<strong>Your card was declined.</strong> Try again, or"
		    " go back to the shop.</p>\n"));
	else if (str_eq(said, STR("3ds")))
		buf_add(b, STR("<p class=\"notice\" role=\"status\">"
		    "<strong>Your bank asks whether it is you.</strong> Pay"
		    " to say yes, decline to say no.</p>\n"));
}

static enum rc
page(struct web *w, struct play *p, const struct thing *co, struct str *html,
    struct err *e)
{
	struct buf	 b;

	buf_init(&b, web_arena(w), REPLY_BYTES_MAX);
	buf_add(&b, STR("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
	    "<meta charset=\"utf-8\">\n"
	    "<meta name=\"viewport\" content=\"width=device-width\">\n"
	    "<title>Sandbox checkout</title>\n"
	    "<link rel=\"stylesheet\" href=\""));
	html_text(&b, web_flow(w)->conf->base_path);
	buf_add(&b, STR("/sandbox.css\">\n</head>\n<body>\n<main>\n"
	    "<p class=\"badge\">Sandbox: no money moves</p>\n"));
	put_notices(&b, w, co);
	TRY(put_order(&b, p, co, e));
	buf_fmt(&b, "<p class=\"user\">by %s</p>\n",
	    provider_find(str_of(p->as->name)) == NULL ? p->as->name :
	    provider_find(str_of(p->as->name))->title);
	put_buttons(&b, p, co);
	put_link(&b, co->cancel_url, "Back to the shop");
	buf_add(&b, STR("</main>\n</body>\n</html>\n"));
	*html = buf_str(&b);
	return RC_OK;
}

/* The origin of a URL that was checked when the session began. */
static struct str
origin_of(struct str url)
{
	struct str	host = url, rest;

	str_cut(&host, '/');
	str_cut(&host, '/');
	rest = host;
	host = str_cut(&rest, '/');
	rest = host;
	host = str_cut(&rest, '?');
	if (host.len == 0)
		return STR_NONE;
	for (size_t i = 0; i < host.len; i++)
		if (host.at[i] <= ' ' || host.at[i] > '~' ||
		    memchr(";,'\"#", host.at[i], 5) != NULL)
			return STR_NONE;
	return str_part(url, 0, (size_t)(host.at + host.len - url.at));
}

/* A transaction that somebody looks at is no draft any more. */
static enum rc
seen(struct play *p, struct thing *co, struct err *e)
{
	enum rc	rc;

	if (co->number > 0)
		return RC_OK;
	co->number = 1;
	rc = thing_put(p, co, e);
	return rc == RC_BUSY ? RC_OK : rc;	/* somebody else saw it */
}

/* Browsers hold the redirect after a form to form-action as well. */
enum rc
sandbox_show(struct web *w, struct err *e)
{
	struct play	p;
	struct thing	co;
	struct str	html = STR_NONE;

	TRY(find(w, &p, &co, e));
	TRY(seen(&p, &co, e));
	TRY(page(w, &p, &co, &html, e));
	web_set(w, "Content-Security-Policy", arena_text(web_arena(w),
	    "default-src 'none'; style-src 'self'; form-action 'self' %.*s; "
	    "base-uri 'none'; frame-ancestors 'none'",
	    STR_FMT(origin_of(co.success_url))));
	return web_reply_as(w, 200, "text/html; charset=utf-8", html);
}

/* Where the buyer goes: Stripe puts the id of its checkout in. */
static struct str
success_url(const struct thing *co, struct arena *a)
{
	static const char	place[] = "{CHECKOUT_SESSION_ID}";
	struct str		url = co->success_url;
	const char		*at;

	if (url.len == 0)
		return url;
	at = memmem(url.at, url.len, place, sizeof(place) - 1);
	if (at == NULL)
		return url;
	return arena_text(a, "%.*s%.*s%.*s", (int)(at - url.at), url.at,
	    STR_FMT(co->ref), STR_FMT(str_part(url, (size_t)(at - url.at) +
	    sizeof(place) - 1, url.len)));
}

static const struct button *
button_of(struct str action)
{
	for (size_t i = 0; i < COUNT(buttons); i++)
		if (str_eq(action, str_of(buttons[i].action)))
			return &buttons[i];
	return NULL;
}

/* A fault asked for decides in place of the button. */
static enum rc
push(struct play *p, struct thing *co, const struct button *b,
    struct str *said, struct err *e)
{
	enum play_moment	moment = b->moment;
	bool		decline, action;

	*said = STR_NONE;
	if (moment == MOMENT_PAID) {
		TRY(faults_payment(p, &decline, &action, e));
		if (decline)
			moment = MOMENT_DECLINED;
		else if (action)
			moment = MOMENT_ACTION;
	}
	if (moment == MOMENT_DECLINED)
		*said = STR("decline");
	if (moment == MOMENT_ACTION)
		*said = STR("3ds");
	TRY(life_pay(p, co, moment, e));
	return play_end(p, b->when, b->times, e);
}

static enum rc
take_email(struct web *w, const struct play *p, struct thing *co,
    struct err *e)
{
	struct str	email = web_form(w, "email");

	if (email.len == 0 || !takes_email(p, co))
		return RC_OK;
	if (!sandbox_email(web_arena(w), email))
		return err_set(e, RC_INVALID_VALUE, "Write another.",
		    "this is no e-mail address");
	co->email = email;
	return RC_OK;
}

enum rc
sandbox_press(struct web *w, struct err *e)
{
	struct flow		*f = web_flow(w);
	const struct button	*b = button_of(web_form(w, "action"));
	struct play		 p;
	struct thing		 co;
	struct str		 said, to;

	TRY(find(w, &p, &co, e));
	TRY(take_email(w, &p, &co, e));
	if (b == NULL)
		return err_set(e, RC_INVALID_VALUE,
		    "Send action=pay, decline, late, twice, 3ds, slow,"
		    " abandon, arrive or bounce.",
		    "there is no such button");
	TRY(push(&p, &co, b, &said, e));
	LOG(LOG_INFO_LINE, "sandbox",
	    LOG_S("checkout", co.ref),
	    LOG_S("action", str_of(b->action)));
	to = b->moment == MOMENT_ABANDONED ? co.cancel_url :
	    success_url(&co, f->arena);
	if (said.len > 0 || to.len == 0)
		to = arena_text(f->arena, "%.*s/sandbox/checkout/%.*s%s%.*s",
		    STR_FMT(f->conf->base_url), STR_FMT(co.ref),
		    said.len > 0 ? "?said=" : "", STR_FMT(said));
	return web_redirect(w, to);
}
