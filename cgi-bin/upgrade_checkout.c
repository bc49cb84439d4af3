/*
 * What a buyer's browser meets at checkout.url: the way to the provider, our
 * own page when a running subscription is changed, and in words what went
 * wrong.
 */
#include "upgrade.h"

#include "base/text.h"
#include "flow/change.h"
#include "flow/url.h"
#include "web/html.h"
#include "web/page.h"
#include "web/problem.h"

/* --- in words ---------------------------------------------------------- */

/* The shop's page for who changed his mind, told which session it was. */
static struct str
way_back(struct web *w, const struct visit *v)
{
	const struct session	*s = &v->session;

	if (!v->known)
		return STR_NONE;
	return url_with(web_arena(w), s->cancel_url.len > 0 ? s->cancel_url :
	    s->success_url, "rung_session", s->id);
}

static void
put_failure(struct buf *b, struct web *w, const struct err *e)
{
	int	status = problem_of(e->rc)->status;

	if (status == 503) {
		buf_add(b, STR("<p>The payment provider does not answer just"
		    " now. Try again in a moment: nobody is charged twice."
		    "</p>\n"));
		page_link(b, arena_text(web_arena(w), "?k=%.*s",
		    STR_FMT(text_percent(web_arena(w), web_query(w, "k")))),
		    "Try again");
		return;
	}
	if (status == 410)
		buf_add(b, STR("<p>This upgrade is over. Go back and start"
		    " again.</p>\n"));
	else if (status == 404)
		buf_add(b, STR("<p>This link is not good, or not any more."
		    "</p>\n"));
	else {
		buf_add(b, STR("<p>Nothing was changed: "));
		html_text(b, str_of(e->what));
		buf_add(b, STR(".</p>\n"));
	}
}

/* A failure: as a page for people, as a problem for programs. */
static enum rc
tell(struct web *w, const struct visit *v, struct err *e)
{
	struct buf	b;

	if (!page_wanted(w))
		return e->rc;
	page_open(&b, w, "That did not work");
	put_failure(&b, w, e);
	page_link(&b, way_back(w, v), "Back to the shop");
	page_close(&b);
	return page_problem(w, e, &b);
}

/* --- the page of a change ---------------------------------------------- */

static void
put_tier(struct buf *b, struct str title, int64_t quantity)
{
	buf_add(b, STR("<strong>"));
	html_text(b, title);
	if (quantity > 1)
		buf_fmt(b, " &times; %lld", (long long)quantity);
	buf_add(b, STR("</strong>"));
}

/* "2026-12-24" */
static void
put_day(struct buf *b, struct web *w, int64_t at)
{
	buf_add(b, str_part(text_time(web_arena(w), at), 0, 10));
}

static void
put_what(struct buf *b, struct web *w, const struct session *s,
    const struct change_view *c)
{
	buf_add(b, STR("<p>"));
	put_tier(b, c->from, c->from_quantity);
	switch (s->terms.change) {
	case CHANGE_CANCEL:
	case CHANGE_END:
		buf_add(b, STR(" ends"));
		break;
	case CHANGE_RESUME:
		buf_add(b, STR(" goes on and does not end"));
		break;
	default:
		buf_add(b, STR(" becomes "));
		put_tier(b, c->to, s->terms.quantity);
	}
	if (c->at != 0) {
		buf_add(b, STR(" on "));
		put_day(b, w, c->at);
	} else if (s->terms.change != CHANGE_RESUME)
		buf_add(b, STR(" at once"));
	buf_add(b, STR(".</p>\n"));
}

/* A credit is not paid out: it counts towards what comes. */
static void
put_now(struct buf *b, const struct money_due *now)
{
	buf_add(b, STR("<p class=\"price\">"));
	html_money(b, now->amount < 0 ? -now->amount : now->amount,
	    now->currency);
	buf_add(b, now->amount < 0 ? STR(" <small>credit</small></p>\n") :
	    STR(" <small>now</small></p>\n"));
}

/* What is not charged at once has nothing to say but what comes after. */
static void
put_price(struct buf *b, const struct session *s,
    const struct change_view *c)
{
	const struct charge	*charge = &c->charge;
	bool			 charges = s->terms.change == CHANGE_NOW;

	if (charges && charge->now.known)
		put_now(b, &charge->now);
	if (charge->next.known) {
		buf_add(b, STR("<p class=\"user\">then "));
		html_money(b, charge->next.amount, charge->next.currency);
		if (charge->next.interval.len > 0) {
			buf_add(b, STR(" per "));
			html_text(b, charge->next.interval);
		}
		buf_add(b, STR("</p>\n"));
	}
	if (!charges)
		return;
	if (charge->source == CHARGE_BY_ESTIMATE)
		buf_add(b, STR("<p>An estimate: taxes, coupons and what was"
		    " used already may change it.</p>\n"));
	else if (charge->source == CHARGE_BY_NONE)
		buf_add(b, STR("<p>The payment provider works out what is"
		    " charged, and for how much of the period.</p>\n"));
}

static const char *
button_of(enum change change)
{
	switch (change) {
	case CHANGE_PLANNED:
		return "Change it then";
	case CHANGE_CANCEL:
		return "End it then";
	case CHANGE_END:
		return "End it now";
	case CHANGE_RESUME:
		return "Keep it";
	default:
		return "Change it now";
	}
}

static void
put_form(struct buf *b, const struct session *s, const struct change_view *c)
{
	if (c->action.len > 0) {
		buf_add(b, STR("<p class=\"notice\" role=\"status\">Your bank"
		    " wants you to confirm the payment.</p>\n"));
		page_link(b, c->action, "Confirm the payment");
		return;
	}
	buf_fmt(b, "<form method=\"post\">\n<p><button name=\"action\""
	    " value=\"pay\">%s</button></p>\n</form>\n",
	    button_of(s->terms.change));
}

static enum rc
show_change(struct web *w, const struct visit *v, struct err *e)
{
	struct change_view	c;
	struct buf		b;

	TRY(flow_change_view(web_flow(w), v, !web_head(w), &c, e));
	page_open(&b, w, "Your subscription");
	if (c.declined)
		buf_add(&b, STR("<p class=\"notice bad\" role=\"alert\">"
		    "<strong>The payment was declined.</strong> Nothing was"
		    " changed. Try again, or see to your card first.</p>\n"));
	put_what(&b, w, &v->session, &c);
	put_price(&b, &v->session, &c);
	put_form(&b, &v->session, &c);
	page_link(&b, way_back(w, v), "Back to the shop");
	page_close(&b);
	return page_reply(w, 200, &b);
}

/* --- the handlers ------------------------------------------------------ */

enum rc
checkout_visit(struct web *w, struct err *e)
{
	struct visit	v = { .known = false };
	enum rc		rc;

	rc = flow_checkout_visit(web_flow(w), web_arg(w, "id"),
	    web_query(w, "k"), !web_head(w), &v, e);
	if (rc == RC_OK && v.location.len > 0)
		return web_redirect(w, v.location);
	if (rc == RC_OK && v.session.terms.change != CHANGE_NONE)
		rc = show_change(w, &v, e);
	else if (rc == RC_OK)
		return web_reply_empty(w, 204);	/* HEAD, before any visit */
	return rc == RC_OK ? RC_OK : tell(w, &v, e);
}

enum rc
checkout_press(struct web *w, struct err *e)
{
	struct str	key = web_query(w, "k");
	struct visit	v = { .known = false };

	if (key.len == 0)
		key = web_form(w, "k");
	if (flow_change_commit(web_flow(w), web_arg(w, "id"), key, &v, e) !=
	    RC_OK)
		return tell(w, &v, e);
	return web_redirect(w, v.location);
}
