/*
 * The handlers of this program, by the file that has them; the table of
 * routes is in entitlement.c.
 */
#ifndef RUNG_ENTITLEMENT_H
#define RUNG_ENTITLEMENT_H

#include "web/web.h"

/* entitlement_gifts.c: what an operator gives or withholds. */
web_handler	gifts_list, gifts_add, gifts_end;

#endif
