/*
 * What the provider tests share: fixtures as bytes, and an event told in one
 * line, so that a whole delivery is one row of a table.
 */
#ifndef RUNG_TESTS_UNIT_PROVIDER_TOLD_H
#define RUNG_TESTS_UNIT_PROVIDER_TOLD_H

#include "provider/provider.h"

/* The file below tests/fixtures, e.g. "stripe/invoice.paid.json". */
struct str	told_fixture(struct arena *, const char *path);

/* The text with a " for each '. */
struct str	told_json(struct arena *, struct str text);

/*
 * What Stripe's normalise makes of a body, written with ' for " (which no
 * body needs), when our own account is this one.
 */
void		told_read(struct arena *, struct str text, struct str account,
		    struct event *out);

/* The same by any provider's normalise. */
void		told_read_by(const struct provider *, struct arena *,
		    struct str text, struct event *out);

/* "facts: paid checkout cs_1 4900 usd for user_1 us_1 (metadata) -> ..." */
struct str	told_event(struct arena *, const struct event *);

/* An assertion that prints both texts when they differ. */
void		told_same(const char *what, struct str got, struct str want);

#endif
