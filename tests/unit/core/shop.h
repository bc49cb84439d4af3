/*
 * The shop of the core tests: two applied versions of one matrix.
 *
 *	free		rank 0	the default
 *	pro		rank 10	grace 7 days, an API key
 *	team		rank 15	a seat for each one bought, no grace stated
 *	enterprise	rank 20	everything without bounds, 50 seats
 *	export-pack, storage-pack, licence	add-ons
 *
 * Version 2 is applied on day 100: pro gains reports:new, price_pro_new sells
 * pro, price_fresh sells the new add-on fresh, and price_moved sells team
 * instead of pro.
 */
#ifndef RUNG_TESTS_SHOP_H
#define RUNG_TESTS_SHOP_H

#include "base/clock.h"
#include "core/matrix.h"

/* Midnight of day n of the tests; day 0 is when version 1 was applied. */
#define ON_DAY(n)	(INT64_C(1700000000) * SECOND + (n) * DAY)

/* Both versions, with the usual policy or (in version 1 and 2) another. */
const struct catalog	*shop(void);
const struct catalog	*shop_with(const struct policy *);

/* And a version 3 of day 200: version 2 with this capability switched off. */
const struct catalog	*shop_without(const char *capability);

#endif
