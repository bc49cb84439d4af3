/*
 * Runs a transaction, and again from the top when it was undone or when
 * nobody knows.  Doubt is never decided by looking: the same body with the
 * same ids on a new connection finds its own rows, or makes them.
 */
#include <errno.h>
#include <time.h>

#include "base/clock.h"
#include "base/guard.h"
#include "base/limits.h"
#include "base/secret.h"
#include "store/db_inside.h"
#include "store/tx.h"

enum {
	PAUSE_FIRST_US	= 5 * 1000,
	PAUSE_MOST_US	= 160 * 1000,
};

static enum rc
attempt(struct db *db, tx_body *body, void *arg, struct err *e)
{
	enum rc rc;

	TRY(db_begin(db, e));
	rc = body(db, arg, e);
	/* What broke first decides, whatever the body made of it. */
	if (db->poisoned) {
		*e = db->first;
		rc = e->rc;
	}
	if (rc == RC_OK)
		rc = db_commit(db, e);
	else
		db_rollback(db);
	marks_end(&db->marks, rc);
	return rc;
}

/* Can the same thing end better in a moment? */
static bool
worth_another(enum rc rc, const struct err *e)
{
	switch (rc) {
	case RC_BUSY:
	case RC_LOST:
	case RC_UNSURE:
		return true;
	case RC_DOWN:		/* not for wrong passwords or missing tables */
		return e->number != 0 &&
		    db_classify(e->number, false) != RC_BROKEN;
	default:
		return false;
	}
}

/*
 * Wait between nothing and a limit that doubles (full jitter, so that those
 * who collided do not meet again).  False when the deadline comes first.
 */
static bool
pause_before(const struct db *db, int try, int64_t deadline)
{
	int64_t		 most = (int64_t)PAUSE_FIRST_US << try, us;
	uint32_t	 dice;
	struct timespec	 ts;

	if (most > PAUSE_MOST_US)
		most = PAUSE_MOST_US;
	secret_random(&dice, sizeof(dice));
	us = dice % (most + 1);
	/* A connection that had died while idle needs no patience. */
	if (try == 0 && db->my == NULL)
		us = 0;
	if (clock_steady() + us >= deadline)
		return false;
	ts = (struct timespec){ .tv_nsec = us * 1000 };
	while (nanosleep(&ts, &ts) == -1 && errno == EINTR)
		continue;
	return true;
}

static enum rc
give_up(struct err *e)
{
	struct err	 was = *e;
	bool		 doubt = was.rc == RC_UNSURE;

	err_set(e, RC_STORE_UNAVAILABLE, doubt ?
	    "send the same request again; it is done once and only once" :
	    "try again in a moment", "%s", was.what);
	e->number = was.number;
	return RC_STORE_UNAVAILABLE;
}

enum rc
tx_run(struct db *db, tx_body *body, void *arg, struct err *e)
{
	int64_t	deadline = db->deadline != 0 ? db->deadline :
		    clock_steady() + WRITE_DEADLINE_S * SECOND;

	for (int try = 0; ; try++) {
		enum rc rc = attempt(db, body, arg, e);

		if (rc == RC_OK || rc > RC__ANSWERS || rc == RC_DUPLICATE ||
		    rc == RC_MISSING)
			return rc;
		if (!worth_another(rc, e) || try + 1 >= TX_TRIES_MAX ||
		    !pause_before(db, try, deadline))
			return give_up(e);
	}
}
