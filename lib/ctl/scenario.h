/*
 * Stories of payment, told event by event: each of them has cost somebody
 * money.  One table for all providers.
 */
#ifndef RUNG_CTL_SCENARIO_H
#define RUNG_CTL_SCENARIO_H

#include "ctl/ctl.h"
#include "provider/provider.h"

enum { STEPS_MAX = 8 };

/* What the buyer holds after a step. */
enum then {
	THEN_ANY,		/* not asked */
	THEN_FREE,		/* what everybody has */
	THEN_PAID,		/* the tier that was bought */
	THEN_LOWER,		/* the tier below it */
	THEN_GRACE,		/* still the tier, in grace */
	THEN_SUSPENDED,		/* nothing of it, for now */
};

/* How we hear of a step. */
enum heard {
	HEARD,			/* it is delivered */
	LOST,			/* it only happened, at the provider */
	ASKED,			/* rung reconcile finds what was lost */
};

/* A text for each provider; NULL where there is none. */
struct each {
	const char	*stripe, *paddle, *lemonsqueezy;
};

struct step {
	struct each	 event;		/* recorded names; NULL leaves it out */
	int		 minute;	/* when it happened, from the beginning */
	int		 times;		/* delivered so often; 0: once */
	bool		 lower;		/* it sells the lower tier */
	enum heard	 heard;
	enum then	 then;
	const char	*note;
};

struct scenario {
	const char	*name;
	const char	*about;
	struct each	 untold;	/* why somebody never tells it */
	struct step	 steps[STEPS_MAX];
};

/* A row without name ends it. */
extern const struct scenario	scenarios[];

/*
 * What this body tells has happened, and nobody told us: the sandbox, playing
 * the provider, says so to whoever asks.  RC_MISSING without a sandbox.
 */
enum rc	scenario_lose(struct flow *, const struct provider *, struct str body,
	    struct err *);

#endif
