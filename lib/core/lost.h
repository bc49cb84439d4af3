/*
 * Whose is a purchase that nobody is named for?  A provider may list one whose
 * deliveries were all lost without a word of the session that it was for.
 * Then the checkouts that we opened for a buyer of its e-mail address say
 * whose it is, where they leave no doubt.
 */
#ifndef RUNG_CORE_LOST_H
#define RUNG_CORE_LOST_H

#include "base/clock.h"
#include "core/session.h"

/* The purchase, as the provider lists it. */
struct lost {
	struct str	 provider;
	struct str	 price;
	int64_t		 quantity;
	bool		 livemode;
	int64_t		 made_at;	/* by the provider's clock, in whole seconds */
};

/* A checkout of ours, opened for a buyer of the purchase's address. */
struct opened {
	struct session	 session;
	int64_t		 opened_at;	/* by the provider's clock */
	bool		 spent;		/* the session has its purchase */
};

/* Who pays in the last minute may take his time at the provider's page. */
#define LOST_LATE	DAY

/* What is found; the words say why it is nobody's. */
#define FINDINGS(X)							\
	X(OWNER,	"")						\
	X(NO_ADDRESS,	"no session has this e-mail address")		\
	X(NO_FIT,	"no session with this e-mail address is of this " \
			"price, quantity and time")			\
	X(SPENT,	"the session with this e-mail address has its "	\
			"purchase")					\
	X(EARLIER,	"the session with this e-mail address is older "	\
			"than what was asked about")			\
	X(TWO_USERS,	"sessions of two users have this e-mail address") \
	X(TOO_MANY,	"too many sessions have this e-mail address")	\
	X(TWO_PURCHASES, "two purchases fit the session with this e-mail " \
			"address")

#define X(id, words)	FINDING_##id,
enum finding { FINDINGS(X) FINDING__COUNT };
#undef X

extern const char *const finding_words[FINDING__COUNT];

/*
 * Could the purchase be this session's, which has none yet?  The same price,
 * quantity and mode; made after its checkout was opened, and LOST_LATE after
 * its session's time at the latest.
 */
bool		lost_fits(const struct lost *, const struct opened *);

/*
 * Of the checkouts opened for this address (the newest session first) the one
 * whose purchase it is: FINDING_OWNER and its place in *which.  Of several
 * sessions of one user that fit it is the last.  What was opened before
 * `since` leaves it open: other purchases of its buyer may not be listed.
 * Neither FINDING_TOO_MANY nor FINDING_TWO_PURCHASES is this function's.
 */
enum finding	lost_find(const struct lost *, const struct opened *,
		    size_t count, int64_t since, size_t *which);

#endif
