/*
 * How a limit stands against what is counted of it.  Pure.
 */
#ifndef RUNG_CORE_METER_H
#define RUNG_CORE_METER_H

#include "core/holding.h"

/* Nothing counts further: what JSON can carry in every language. */
#define COUNT_MOST	INT64_C(9007199254740991)

#define METER_WARNINGS(X)						\
	X(NONE,	NULL)							\
	X(NEAR,	"near")		/* the limit's warn is reached */	\
	X(OVER,	"over")		/* more than the limit is in use */

#define X(id, name)	WARNING_##id,
enum meter_warning { METER_WARNINGS(X) WARNING__COUNT };
#undef X

extern const char *const meter_warning_names[WARNING__COUNT];

struct meter {
	int64_t			 used;		/* what is held counts */
	int64_t			 remaining;	/* 0 when unlimited */
	enum meter_warning	 warning;
	bool			 frozen;	/* over, policy freeze */
};

void	meter_read(const struct held_limit *, enum policy_action over_limit,
	    int64_t used, struct meter *out);

/*
 * Up to where may be counted?  The limit, or COUNT_MOST where nothing is
 * refused: unlimited and soft ones.
 */
int64_t	meter_most(const struct held_limit *);

#endif
