/*
 * The provider's own page for its buyer: what he subscribes to, and buttons
 * to cancel it at the end of its period and to take that back.
 */
#include "base/limits.h"
#include "sandbox.h"
#include "web/html.h"

enum { SHOWN_MAX = 50 };

static void
put_button(struct buf *b, const struct thing *sub)
{
	bool	ends = sub->cancel_planned != 0;

	buf_add(b, STR("<form method=\"post\"><p>"
	    "<input type=\"hidden\" name=\"subscription\" value=\""));
	html_text(b, sub->ref);
	buf_fmt(b, "\"><button name=\"action\" value=\"%s\">%s</button>"
	    "</p></form>\n", ends ? "uncancel" : "cancel",
	    ends ? "Keep it after all" : "Cancel at the end of the period");
}

static enum rc
put_sub(struct buf *b, struct play *p, const struct thing *sub,
    struct err *e)
{
	struct play_price	price;
	bool			found;

	for (size_t i = 0; i < sub->lines.count; i++) {
		TRY(play_price(p, sub->lines.at[i].price, &price, &found,
		    e));
		buf_add(b, STR("<p><strong>"));
		html_text(b, found ? price.title : sub->lines.at[i].price);
		buf_fmt(b, "</strong> &times; %lld: ",
		    (long long)sub->lines.at[i].quantity);
		html_text(b, sub->status);
		buf_add(b, STR("</p>\n"));
	}
	if (sub->ended_at == 0)
		put_button(b, sub);
	return RC_OK;
}

enum rc
sandbox_portal(struct web *w, struct err *e)
{
	struct play	 p;
	struct thing	*subs;
	size_t		 count;
	struct buf	 b;

	TRY(play_begin(&p, web_flow(w), web_arg(w, "provider"), e));
	TRY(thing_list(&p, THING_SUBSCRIPTION, web_arg(w, "customer"),
	    INT64_MAX, SHOWN_MAX, &subs, &count, e));
	buf_init(&b, web_arena(w), REPLY_BYTES_MAX);
	buf_add(&b, STR("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
	    "<meta charset=\"utf-8\">\n"
	    "<meta name=\"viewport\" content=\"width=device-width\">\n"
	    "<title>Sandbox portal</title>\n"
	    "<link rel=\"stylesheet\" href=\""));
	html_text(&b, web_flow(w)->conf->base_path);
	buf_add(&b, STR("/sandbox.css\">\n</head>\n<body>\n<main>\n"
	    "<p class=\"badge\">Sandbox: no money moves</p>\n"
	    "<h1>Your subscriptions</h1>\n"));
	for (size_t i = 0; i < count; i++)
		TRY(put_sub(&b, &p, &subs[i], e));
	if (count == 0)
		buf_add(&b, STR("<p>There are none.</p>\n"));
	buf_add(&b, STR("</main>\n</body>\n</html>\n"));
	web_set(w, "Content-Security-Policy", STR("default-src 'none'; "
	    "style-src 'self'; form-action 'self'; base-uri 'none'; "
	    "frame-ancestors 'none'"));
	return web_reply_as(w, 200, "text/html; charset=utf-8", buf_str(&b));
}

enum rc
sandbox_portal_press(struct web *w, struct err *e)
{
	struct str	action = web_form(w, "action");
	struct flow	*f = web_flow(w);
	struct thing	sub;
	struct play	p;
	bool		found, ends = str_eq(action, STR("cancel"));

	TRY(play_begin(&p, f, web_arg(w, "provider"), e));
	TRY(thing_get(&p, THING_SUBSCRIPTION, web_form(w, "subscription"),
	    &sub, &found, e));
	if (!found || !str_eq(sub.customer, web_arg(w, "customer")) ||
	    (!ends && !str_eq(action, STR("uncancel"))))
		return err_set(e, RC_INVALID_VALUE,
		    "Send action=cancel or uncancel, and a subscription of"
		    " this customer.", "there is no such button");
	if (ends)
		TRY(life_cancel(&p, &sub, false, e));
	else
		TRY(life_uncancel(&p, &sub, e));
	TRY(play_end(&p, PLAY_NOW, 1, e));
	return web_redirect(w, arena_text(f->arena,
	    "%.*s/sandbox/portal/%.*s/%.*s", STR_FMT(f->conf->base_url),
	    STR_FMT(web_arg(w, "provider")), STR_FMT(sub.customer)));
}
