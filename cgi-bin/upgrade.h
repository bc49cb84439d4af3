/*
 * The handlers of this program, by the file that has them; the table of
 * routes is in upgrade.c.
 */
#ifndef RUNG_UPGRADE_H
#define RUNG_UPGRADE_H

#include "web/web.h"

/* upgrade_checkout.c: what a buyer's browser meets at checkout.url. */
web_handler	checkout_visit, checkout_press;

#endif
