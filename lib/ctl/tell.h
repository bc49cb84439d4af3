/*
 * Deliveries to our own webhook route, as trigger and scenario send them.
 */
#ifndef RUNG_CTL_TELL_H
#define RUNG_CTL_TELL_H

#include "ctl/ctl.h"
#include "provider/example.h"
#include "provider/provider.h"
#include "store/inbox.h"

/* What became of one delivery. */
struct told {
	int		 status;	/* of our own answer */
	struct delivery	 row;		/* as it stands in the inbox */
	bool		 found;
};

/*
 * Sign the body with our own secret and send it.  RC_NOT_ALLOWED with mode:
 * live, RC_MISSING without a secret, RC_DOWN when the web server is not there.
 */
enum rc	tell(struct flow *, const struct provider *, struct str body,
	    struct told *, struct err *);

/* One line about it. */
void	tell_print(const struct ctl *, const char *name, const struct told *);

/* The first price of a tier at this provider; RC_UNKNOWN_TIER without one. */
enum rc	tell_price(struct flow *, const struct provider *, struct str tier,
	    struct str *price, struct err *);

#endif
