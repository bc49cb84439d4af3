/*
 * A second opinion on what a history comes to.  It looks at the facts as they
 * were heard, not at objects or purchases, and knows the shop by heart: none
 * of lib/core's own reasoning is used.
 */
#ifndef RUNG_TESTS_CHECKER_H
#define RUNG_TESTS_CHECKER_H

#include "core/derive.h"
#include "core/session.h"

struct heard {
	const struct fact	*const *facts;	/* in the order they came */
	size_t			 count;
	int64_t			 now;
};

/*
 * NULL when all is well, else the invariant that is broken: PAY-1, PAY-2,
 * PAY-3, PAY-5, PAY-6, PAY-7 of a holding and its purchases.
 */
const char *checker_holding(const struct heard *, const struct holding *,
    const struct purchase *, size_t purchase_count);

/* The same for one step of a session: SES-3, PAY-6 and its counter. */
const char *checker_session(const struct heard *,
    const struct session *before, const struct session *after, bool moved);

/*
 * The tier that this history pays for, by rules written down a second time.
 * Only for histories in which sub_1 and the payment pi_1 (with checkout cs_1)
 * are all that is bought, without ties in time.
 */
const char *checker_tier(const struct heard *);

#endif
