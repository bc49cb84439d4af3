/*
 * Stories of payment, told event by event: each of them has cost somebody
 * money.  One table for all providers.
 */
#ifndef RUNG_CTL_SCENARIO_H
#define RUNG_CTL_SCENARIO_H

#include "ctl/ctl.h"

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
	LOST,			/* it is only in the provider's list of events */
	ASKED,			/* rung reconcile finds what was lost */
};

struct step {
	const char	*stripe, *paddle, *lemonsqueezy; /* recorded names */
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
	struct step	 steps[STEPS_MAX];
};

/* A row without name ends it. */
extern const struct scenario	scenarios[];

#endif
