/*
 * The frame of a page, and what browsers may do with it.
 */
#include "base/limits.h"
#include "web/html.h"
#include "web/inside.h"
#include "web/page.h"

static const char	html[] = "text/html; charset=utf-8";

bool
page_wanted(struct web *w)
{
	struct str	accept = w->head.at[VAR_ACCEPT];

	return accept.len > 0 &&
	    memmem(accept.at, accept.len, "text/html", 9) != NULL;
}

void
page_open(struct buf *b, struct web *w, const char *title)
{
	buf_init(b, w->arena, REPLY_BYTES_MAX);
	buf_fmt(b, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
	    "<meta charset=\"utf-8\">\n"
	    "<meta name=\"viewport\" content=\"width=device-width\">\n"
	    "<title>%s</title>\n<link rel=\"stylesheet\" href=\"", title);
	html_text(b, w->conf->base_path);
	buf_fmt(b, "/rung-page.css\">\n</head>\n<body>\n<main>\n"
	    "<h1>%s</h1>\n", title);
}

void
page_close(struct buf *b)
{
	buf_add(b, STR("</main>\n</body>\n</html>\n"));
}

void
page_link(struct buf *b, struct str url, const char *label)
{
	if (url.len == 0)
		return;
	buf_add(b, STR("<p class=\"back\"><a href=\""));
	html_text(b, url);
	buf_fmt(b, "\">%s</a></p>\n", label);
}

/* Browsers hold the redirect after a form to form-action as well. */
static void
set_policy(struct web *w)
{
	web_set(w, "Content-Security-Policy", arena_text(w->arena,
	    "default-src 'none'; style-src 'self'; "
	    "form-action 'self' https:%s; base-uri 'none'; "
	    "frame-ancestors 'none'", w->conf->sandbox ? " http:" : ""));
}

enum rc
page_reply(struct web *w, int status, struct buf *b)
{
	set_policy(w);
	return web_reply_as(w, status, html, buf_str(b));
}

enum rc
page_problem(struct web *w, const struct err *e, struct buf *b)
{
	problem_answer(w, e, NULL, STR_NONE);
	set_policy(w);
	w->type = html;
	w->content = buf_str(b);
	return RC_OK;
}
