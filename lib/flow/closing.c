/*
 * One checkout closed, and when to try again.
 */
#include "base/clock.h"
#include "base/guard.h"
#include "base/limits.h"
#include "flow/ask.h"
#include "flow/closing.h"
#include "flow/lease.h"
#include "store/session_store.h"
#include "store/tx.h"

enum { TRIES_MAX = 12, PAUSE_DOUBLINGS = 6 };

struct closer {
	struct flow	*flow;
	struct intent	 intent;
	struct str	 owner;
	enum lease_end	 end;
	bool		 closed;
};

/* Only one closes at a time; what is not due is left alone. */
static enum rc
begin_body(struct db *db, void *arg, struct err *e)
{
	struct closer *c = arg;
	struct intent first = c->intent;

	(void)db;
	TRY(lease_take(c->flow, &first, c->owner, true, &c->intent, &c->end,
	    e));
	if (c->intent.close_at == 0)
		c->end = LEASE_ANSWERED;
	return RC_OK;
}

/* One minute, then twice as long each time, up to about an hour. */
static int64_t
pause_after(int64_t tries)
{
	return MINUTE << (tries < PAUSE_DOUBLINGS ? tries : PAUSE_DOUBLINGS);
}

static enum rc
end_body(struct db *db, void *arg, struct err *e)
{
	struct closer *c = arg;
	struct flow *f = c->flow;
	struct intent first = c->intent;
	bool found = false;

	TRY(intent_lock(db, f->seller, &first, f->now, e));
	TRY(intent_read(db, f->seller, first.session, first.subject.provider,
	    f->arena, &c->intent, &found, e));
	must(found);
	c->intent.lease_until = 0;
	c->intent.close_tries++;
	if (c->closed || c->intent.close_tries >= TRIES_MAX)
		c->intent.close_at = 0;
	else
		c->intent.close_at = f->now +
		    pause_after(c->intent.close_tries - 1);
	return intent_save(db, f->seller, &c->intent, e);
}

/*
 * Paid or gone already is as good as closed.  Without a key it is a try like
 * any other that failed, so that it does not stand before the rest.
 */
static bool
close_there(struct closer *c, int64_t within)
{
	struct errand errand = {
		.kind = ERRAND_CLOSE, .session = c->intent.session,
		.object = c->intent.made,
	};
	struct errand_result result;
	struct err ignored;	/* logged by ask */

	return ask_possible(c->flow->conf, c->intent.made.provider) &&
	    flow_ask(c->flow, c->intent.made.provider, &errand, within, &result,
	    &ignored) == RC_OK;
}

enum rc
flow_close(struct flow *f, struct str id, int64_t within, bool *closed,
    struct err *e)
{
	struct closer *c = arena_one(f->arena, struct closer);
	struct session session;
	bool found = false;

	*closed = false;
	TRY(session_read(f->db, f->seller, id, f->arena, &session, &found, e));
	if (!found)
		return RC_OK;
	c->flow = f;
	TRY(intent_read(f->db, f->seller, id, session.provider, f->arena,
	    &c->intent, &found, e));
	if (!found || c->intent.close_at == 0 ||
	    c->intent.close_at > f->now)
		return RC_OK;
	c->owner = lease_name(f);
	TRY(tx_run(f->db, begin_body, c, e));
	if (c->end != LEASE_MINE)
		return RC_OK;
	c->closed = close_there(c, within);
	*closed = c->closed;
	return tx_run(f->db, end_body, c, e);
}
