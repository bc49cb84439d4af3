/*
 * A stand-in for the payment provider and for the seller's back end, for
 * development on one machine: a checkout page whose buttons send real signed
 * events, and client tokens for the demo.
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/guard.h"
#include "base/limits.h"
#include "base/log.h"
#include "flow/credential.h"
#include "flow/pretend.h"
#include "flow/url.h"
#include "store/session_store.h"
#include "web/html.h"
#include "web/web.h"
#include "wire/wish.h"

static web_handler	token, show, act;
static web_ready	only_in_sandbox;

static const struct route routes[] = {
	{ "POST", "/sandbox/token",		 MAY_ANYONE, token,
	    .raw_body = true },
	{ "GET",  "/sandbox/checkout/{session}", MAY_ANYONE, show,
	    .deadline_s = 0 },
	{ "POST", "/sandbox/checkout/{session}", MAY_ANYONE, act,
	    .raw_body = true },
	{ .method = NULL }
};

int
main(void)
{
	return web_serve_if("sandbox", routes, only_in_sandbox);
}

enum { LATE_SECONDS = 5 };

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

/* What the seller's back end does for its page: etc/samples. */
static enum rc
token(struct web *w, struct err *e)
{
	struct token_wish	wish = {
		.user = web_query(w, "user"), .read = true, .upgrade = true,
		.claim = true, .ttl_seconds = TOKEN_SECONDS,
	};
	struct str		secret;
	int64_t			expires_at;

	if (!user_id_valid(wish.user))
		return err_set(e, RC_INVALID_VALUE,
		    "Ask for /sandbox/token?user=ID.",
		    "this cannot be a user id");
	TRY(flow_token_mint(web_flow(w), &wish, &secret, &expires_at, e));
	return web_reply_as(w, 200, "text/plain; charset=utf-8", secret);
}

/* All that the page and the events are made of. */
struct checkout {
	struct session		 session;
	struct pretence		 pretence;
	const struct matrix	*matrix;
	struct str		 title;
	struct str		 interval;
};

/* Add what one tier or add-on costs to the bill. */
static void
add_item(struct checkout *c, const struct tier *t, struct arena *a)
{
	const struct price	*price = NULL;

	for (size_t i = 0; i < t->price_count; i++)
		if (str_eq(t->prices[i].id, c->session.price))
			price = &t->prices[i];
	if (price == NULL)
		price = tier_price(t, STR("stripe"), STR_NONE);
	c->title = c->title.len == 0 ? t->title : arena_text(a,
	    "%.*s, %.*s", STR_FMT(c->title), STR_FMT(t->title));
	if (price == NULL || price->amount < 0)
		return;
	c->pretence.amount += price->amount * c->session.terms.quantity;
	if (price->currency.len > 0)
		c->pretence.currency = price->currency;
	c->interval = price->interval;
}

static enum rc
find(struct web *w, struct checkout *c, struct err *e)
{
	struct flow		*f = web_flow(w);
	const struct terms	*terms = &c->session.terms;
	const struct catalog	*catalog;
	const struct tier	*tier;
	bool			 found = false;

	*c = (struct checkout){ .pretence.currency = STR("eur") };
	TRY(session_read(f->db, f->seller, web_arg(w, "session"), f->arena,
	    &c->session, &found, e));
	if (!found)
		return err_set(e, RC_UNKNOWN_SESSION, NULL,
		    "there is no such session");
	c->pretence.session = &c->session;
	TRY(flow_catalog_with(f, &terms->matrix_version, 1, &catalog, e));
	c->matrix = catalog_version(catalog, terms->matrix_version);
	tier = matrix_tier(c->matrix, terms->tier);
	if (tier != NULL)
		add_item(c, tier, f->arena);
	for (size_t i = 0; i < terms->addon_count; i++) {
		tier = matrix_addon(c->matrix, terms->addons[i]);
		if (tier != NULL)
			add_item(c, tier, f->arena);
	}
	return RC_OK;
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

static void
put_order(struct buf *b, struct arena *a, const struct checkout *c)
{
	const struct terms	*terms = &c->session.terms;
	const struct tier	*tier = matrix_tier(c->matrix, terms->tier);

	buf_add(b, STR("<h1>"));
	html_text(b, c->title);
	if (terms->quantity > 1)
		buf_fmt(b, " &times; %lld", (long long)terms->quantity);
	buf_add(b, STR("</h1>\n<p class=\"price\">"));
	html_text(b, money(a, c->pretence.amount, c->pretence.currency));
	if (c->interval.len > 0) {
		buf_add(b, STR(" <small>per "));
		html_text(b, c->interval);
		buf_add(b, STR("</small>"));
	}
	buf_add(b, STR("</p>\n<p class=\"user\">for user "));
	html_text(b, terms->user);
	buf_add(b, STR("</p>\n"));
	if (tier != NULL && tier->summary.len > 0) {
		buf_add(b, STR("<p>"));
		html_text(b, tier->summary);
		buf_add(b, STR("</p>\n"));
	}
}

static void
put_button(struct buf *b, const char *action, const char *label,
    const char *about)
{
	buf_fmt(b, "<p><button name=\"action\" value=\"%s\">%s</button>"
	    " <span>%s</span></p>\n", action, label, about);
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
put_notices(struct buf *b, struct web *w, const struct checkout *c)
{
	if (web_query(w, "declined").len > 0 &&
	    c->session.state == SESSION_PENDING)
		buf_add(b, STR("<p class=\"notice bad\" role=\"alert\">"
		    "<strong>Your card was declined.</strong> Try again, or"
		    " go back to the shop.</p>\n"));
	if (session_final(c->session.state))
		buf_fmt(b, "<p class=\"notice\" role=\"status\">This upgrade"
		    " is %s.</p>\n", session_state_names[c->session.state]);
}

static struct str
page(struct web *w, const struct checkout *c)
{
	struct arena	*a = web_arena(w);
	struct str	 back = c->session.cancel_url;
	struct buf	 b;

	if (back.len > 0)
		back = url_with(a, back, "rung_session", c->session.id);
	buf_init(&b, a, REPLY_BYTES_MAX);
	buf_add(&b, STR("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
	    "<meta charset=\"utf-8\">\n"
	    "<meta name=\"viewport\" content=\"width=device-width\">\n"
	    "<title>Sandbox checkout</title>\n"
	    "<link rel=\"stylesheet\" href=\""));
	html_text(&b, web_flow(w)->conf->base_path);
	buf_add(&b, STR("/sandbox.css\">\n</head>\n<body>\n<main>\n"
	    "<p class=\"badge\">Sandbox: no money moves</p>\n"));
	put_notices(&b, w, c);
	put_order(&b, a, c);
	buf_add(&b, STR("<form method=\"post\">\n"));
	put_button(&b, "pay", "Pay", "The payment succeeds.");
	put_button(&b, "decline", "Decline", "The card is refused.");
	put_button(&b, "late", "Pay late",
	    "It succeeds, and we hear of it five seconds later.");
	put_button(&b, "twice", "Pay twice",
	    "It succeeds once, and we hear of it twice.");
	buf_add(&b, STR("</form>\n"));
	put_link(&b, back, "Back to the shop");
	buf_add(&b, STR("</main>\n</body>\n</html>\n"));
	return buf_str(&b);
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

/* Browsers hold the redirect after a form to form-action as well. */
static enum rc
show(struct web *w, struct err *e)
{
	struct checkout	c;

	TRY(find(w, &c, e));
	web_set(w, "Content-Security-Policy", arena_text(web_arena(w),
	    "default-src 'none'; style-src 'self'; form-action 'self' %.*s; "
	    "base-uri 'none'; frame-ancestors 'none'",
	    STR_FMT(origin_of(c.session.success_url))));
	return web_reply_as(w, 200, "text/html; charset=utf-8", page(w, &c));
}

/*
 * The rest of a process that will deliver later: nobody waits for it, so it
 * lets go of everything the web server could be waiting for.
 */
static void
deliver_late(struct flow *f, const struct pretence *p)
{
	struct timespec	rest = { .tv_sec = LATE_SECONDS };
	sigset_t	none;
	struct err	e;
	int		nowhere = open("/dev/null", O_RDWR);

	for (int fd = 0; fd < 3; fd++)
		dup2(nowhere, fd);
	for (int fd = 3; fd < 256; fd++)
		close(fd);
	signal(SIGTERM, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	while (nanosleep(&rest, &rest) == -1)
		continue;
	_exit(pretend_paid(f, p, 1, &e) == RC_OK ? 0 : 1);
}

/* Two forks: the one that delivers is no child of ours to wait for. */
static enum rc
pay_late(struct flow *f, const struct pretence *p, struct err *e)
{
	pid_t	child = fork();

	if (child == 0) {
		if (fork() == 0)
			deliver_late(f, p);
		_exit(0);
	}
	if (child == -1 || waitpid(child, NULL, 0) != child)
		return err_set(e, RC_BROKEN, NULL, "cannot start a process");
	return RC_OK;
}

static enum rc
play(struct flow *f, const struct pretence *p, struct str action,
    struct err *e)
{
	if (str_eq(action, STR("pay")))
		return pretend_paid(f, p, 1, e);
	if (str_eq(action, STR("twice")))
		return pretend_paid(f, p, 2, e);
	if (str_eq(action, STR("late")))
		return pay_late(f, p, e);
	if (str_eq(action, STR("decline")))
		return pretend_declined(f, p, e);
	return err_set(e, RC_INVALID_VALUE,
	    "Send action=pay, decline, late or twice.",
	    "there is no such button");
}

static enum rc
act(struct web *w, struct err *e)
{
	struct flow	*f = web_flow(w);
	struct str	 action = web_form(w, "action"), to;
	struct checkout	 c;

	TRY(find(w, &c, e));
	TRY(play(f, &c.pretence, action, e));
	LOG(LOG_INFO_LINE, "sandbox",
	    LOG_S("session", c.session.id),
	    LOG_S("action", action));
	to = url_with(f->arena, c.session.success_url,
	    "rung_session", c.session.id);
	if (str_eq(action, STR("decline")) ||
	    c.session.success_url.len == 0)
		to = arena_text(f->arena, "%.*s/sandbox/checkout/%.*s%s",
		    STR_FMT(f->conf->base_url), STR_FMT(c.session.id),
		    str_eq(action, STR("decline")) ? "?declined=1" : "");
	return web_redirect(w, to);
}
