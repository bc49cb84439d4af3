/*
 * Signatures with a time in them, as Stripe and Paddle make them: a header of
 * name=value pairs, one the time, others HMACs over time, a mark and body.
 */
#ifndef RUNG_PROVIDER_STAMPED_H
#define RUNG_PROVIDER_STAMPED_H

#include "provider/provider.h"

struct stamped {
	struct str	 stamp;		/* "t": unix seconds, as signed */
	struct str	 scheme;	/* "v1": the only one that counts */
	char		 between;	/* ',' between the pairs */
	struct str	 mark;		/* "." between time and body */
	const char	*setting;	/* "stripe_webhook_secrets" */
};

/*
 * See struct provider.  One time and up to SIGNATURES_MAX signatures; all
 * other names are not ours.  A match with any secret is enough, and the clock
 * is looked at after it, both ways: exactly the tolerance is still good.
 */
enum rc	stamped_verify(const struct stamped *, const struct hook *,
	    const struct hook_rules *, int64_t now, struct err *);

/* The header for a body sent at `now` (microseconds), with one signature. */
struct str stamped_sign(const struct stamped *, struct arena *,
	    struct str secret, struct str body, int64_t now);

#endif
