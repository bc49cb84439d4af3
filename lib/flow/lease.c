/*
 * The lease on an intent.
 */
#include <time.h>

#include "base/clock.h"
#include "base/guard.h"
#include "base/limits.h"
#include "base/secret.h"
#include "flow/lease.h"
#include "store/tx.h"

enum {
	LEASE_SECONDS	= ASK_SECONDS + WRITE_DEADLINE_S + 1,
	WAIT_MS		= 1500,
	PAUSE_MS	= 50,
};

struct str
lease_name(struct flow *f)
{
	return secret_id_new(f->arena, STR("ls_"), f->now);
}

enum rc
lease_take(struct flow *f, const struct intent *first, struct str owner,
    bool again, struct intent *intent, enum lease_end *end, struct err *e)
{
	bool found = false;

	TRY(intent_lock(f->db, f->seller, first, f->now, e));
	TRY(intent_read(f->db, f->seller, first->session,
	    first->subject.provider, f->arena, intent, &found, e));
	must(found);
	if (intent->lease_until > f->now &&
	    !str_eq(intent->lease_owner, owner)) {
		*end = LEASE_BUSY;
		return RC_OK;
	}
	if (intent->state != INTENT_NEW && !again) {
		*end = LEASE_ANSWERED;
		return RC_OK;
	}
	*end = LEASE_MINE;
	intent->lease_until = f->now + LEASE_SECONDS * SECOND;
	intent->lease_owner = owner;
	return intent_save(f->db, f->seller, intent, e);
}

struct dropping {
	struct flow		*flow;
	const struct intent	*intent;
	struct str		 owner;
};

static enum rc
drop_body(struct db *db, void *arg, struct err *e)
{
	const struct dropping *d = arg;
	struct flow *f = d->flow;
	struct intent now;
	bool found = false;

	TRY(intent_lock(db, f->seller, d->intent, f->now, e));
	TRY(intent_read(db, f->seller, d->intent->session,
	    d->intent->subject.provider, f->arena, &now, &found, e));
	if (!found || !str_eq(now.lease_owner, d->owner))
		return RC_OK;
	now.lease_until = 0;
	return intent_save(db, f->seller, &now, e);
}

void
lease_drop(struct flow *f, const struct intent *intent, struct str owner)
{
	struct dropping d = { f, intent, owner };
	struct err ignored;	/* then it ends by its time */

	(void)tx_run(f->db, drop_body, &d, &ignored);
}

bool
lease_wait(struct flow *f, struct intent *intent)
{
	const struct timespec pause = { .tv_nsec = PAUSE_MS * 1000000L };
	int64_t until = clock_steady() + WAIT_MS * 1000;
	struct intent now = *intent;
	struct err ignored;
	bool found = false;

	while (clock_steady() < until) {
		nanosleep(&pause, NULL);
		if (intent_read(f->db, f->seller, intent->session,
		    intent->subject.provider, f->arena, &now, &found,
		    &ignored) != RC_OK || !found)
			return false;
		if (now.lease_until == 0 && now.state == INTENT_NEW)
			return false;	/* it failed: let him come again */
		if (now.lease_until == 0) {
			*intent = now;
			return true;
		}
	}
	return false;
}

enum rc
lease_busy(struct err *e)
{
	err_set(e, RC_CHECKOUT_UNAVAILABLE, "Try again in a second.",
	    "another request asks the payment provider at this moment");
	e->retry_after = 1;
	return e->rc;
}
