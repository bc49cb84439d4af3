/*
 * Plain HTML pages for people, without a script: one look for all.
 */
#ifndef RUNG_WEB_PAGE_H
#define RUNG_WEB_PAGE_H

#include "base/buf.h"
#include "web/web.h"

/* Does the caller prefer a page to JSON?  Browsers say so. */
bool	page_wanted(struct web *);

/* From the doctype to the beginning of the one card, and its end. */
void	page_open(struct buf *, struct web *, const char *title);
void	page_close(struct buf *);

/* A paragraph with a link; nothing without a url. */
void	page_link(struct buf *, struct str url, const char *label);

/*
 * Answer with the page.  Its forms may lead to our own host and on to any
 * https address.
 */
enum rc	page_reply(struct web *, int status, struct buf *);

/* The same for a failure: status, headers and log line are the problem's. */
enum rc	page_problem(struct web *, const struct err *, struct buf *);

#endif
