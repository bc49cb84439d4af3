/*
 * Text inside HTML.
 */
#ifndef RUNG_WEB_HTML_H
#define RUNG_WEB_HTML_H

#include "base/buf.h"

/* As content, and as the value of an attribute in double quotes. */
void html_text(struct buf *, struct str);

/* "EUR 29.00"; some currencies have no smaller unit. */
void html_money(struct buf *, int64_t amount, struct str currency);

#endif
