/*
 * The sweep: what dead writers left behind, users with something due, in
 * bounded batches, then answers, tokens, counters and addresses that are past
 * their keeping.  Two at once do no harm.
 */
#include "base/clock.h"
#include "base/generations.h"
#include "base/guard.h"
#include "base/limits.h"
#include "flow/closing.h"
#include "flow/settle_due.h"
#include "flow/sweep.h"
#include "store/credential_store.h"
#include "store/idempotency.h"
#include "store/intent_store.h"
#include "store/matrix_store.h"
#include "store/session_store.h"
#include "store/usage_store.h"
#include "store/world.h"

enum { BATCH = 100, CLOSE_BATCH = 20 };

struct sweep {
	struct flow	*flow;
	struct flow	 step;		/* one batch, with an arena of its own */
	int64_t		 until;		/* clock_steady */
	struct swept	*swept;
};

/* Settle each of them; the others do not suffer from one that fails. */
static int64_t
settle_all(struct sweep *w, const struct str *users, size_t count)
{
	int64_t done = 0;
	struct err e;

	for (size_t i = 0; i < count && clock_steady() < w->until; i++) {
		/* A record never says a time long past: see checkpoint.h. */
		w->step.now = flow_clock(w->step.app);
		db_deadline(w->step.db,
		    clock_steady() + WRITE_DEADLINE_S * SECOND);
		if (flow_settle_due(&w->step, users[i], &e) == RC_OK)
			done++;
	}
	return done;
}

static enum rc
sweep_sessions(struct sweep *w, bool *more, struct err *e)
{
	struct flow *f = &w->step;
	struct str *users = NULL;
	size_t count = 0;

	TRY(sessions_stale(f->db, f->seller, f->now, BATCH, f->arena, &users,
	    &count, e));
	w->swept->sessions += settle_all(w, users, count);
	*more = count == BATCH;
	return RC_OK;
}

static enum rc
sweep_users(struct sweep *w, bool *more, struct err *e)
{
	struct flow *f = &w->step;
	const struct catalog *catalog = NULL;
	struct str *users = NULL;
	size_t count = 0;

	TRY(flow_catalog(f, &catalog, e));
	TRY(users_due(f->db, f->seller, f->now, catalog, BATCH, f->arena,
	    &users, &count, e));
	w->swept->users += settle_all(w, users, count);
	*more = count == BATCH;
	return RC_OK;
}

static enum rc
sweep_answers(struct sweep *w, bool *more, struct err *e)
{
	struct flow *f = &w->step;
	int64_t done = 0;

	TRY(idem_prune(f->db, f->seller, f->now - IDEMPOTENCY_KEEP_DAYS * DAY,
	    BATCH, &done, e));
	w->swept->answers += done;
	*more = done == BATCH;
	return RC_OK;
}

static enum rc
sweep_tokens(struct sweep *w, bool *more, struct err *e)
{
	struct flow *f = &w->step;
	int64_t done = 0;

	TRY(credential_prune(f->db, f->seller, f->now - DAY, BATCH, &done, e));
	w->swept->tokens += done;
	*more = done == BATCH;
	return RC_OK;
}

static enum rc
sweep_counters(struct sweep *w, bool *more, struct err *e)
{
	struct flow *f = &w->step;
	int64_t done = 0;

	TRY(usage_prune(f->db, f->seller, f->now - COUNTERS_KEEP_DAYS * DAY,
	    BATCH, &done, e));
	w->swept->counters += done;
	*more = done == BATCH;
	return RC_OK;
}

static enum rc
sweep_emails(struct sweep *w, bool *more, struct err *e)
{
	struct flow *f = &w->step;
	int64_t done = 0;

	TRY(intents_forget(f->db, f->seller, f->now, BATCH, &done, e));
	w->swept->emails += done;
	*more = done == BATCH;
	return RC_OK;
}

/*
 * Checkouts of sessions that are over.  What fails is due again later; when
 * all of a batch fail, the rest would too.
 */
static enum rc
sweep_checkouts(struct sweep *w, bool *more, struct err *e)
{
	struct flow *f = &w->step;
	struct str *sessions = NULL;
	struct err ignored;
	int64_t before = w->swept->checkouts;
	size_t count = 0;
	bool closed;

	TRY(intents_to_close(f->db, f->seller, f->now, CLOSE_BATCH, f->arena,
	    &sessions, &count, e));
	for (size_t i = 0; i < count && clock_steady() < w->until; i++) {
		f->now = flow_clock(f->app);
		db_deadline(f->db, clock_steady() + WRITE_DEADLINE_S * SECOND);
		closed = false;
		(void)flow_close(f, sessions[i], 0, &closed, &ignored);
		w->swept->checkouts += closed;
	}
	*more = count == CLOSE_BATCH && w->swept->checkouts > before;
	return RC_OK;
}

/*
 * Places that a killed writer left under way, or one that never heard of its
 * COMMIT: who is there was read from the database each time since.
 */
static enum rc
sweep_marks(struct sweep *w, bool *more, struct err *e)
{
	(void)e;
	w->swept->marks += generations_mend(w->step.now);
	*more = false;
	return RC_OK;
}

typedef enum rc sweep_part(struct sweep *, bool *more, struct err *);

/* Batch after batch of one part, each in fresh memory. */
static enum rc
sweep_all(struct sweep *w, sweep_part *part, struct err *e)
{
	bool more = true;

	while (more && clock_steady() < w->until) {
		arena_reset(w->step.arena);
		flow_begin(&w->step, w->flow->app, w->step.arena,
		    WRITE_DEADLINE_S);
		w->step.seller = w->flow->seller;
		TRY(part(w, &more, e));
	}
	return RC_OK;
}

enum rc
flow_sweep(struct flow *f, int seconds, struct swept *out, struct err *e)
{
	static sweep_part *const parts[] = {
		sweep_marks, sweep_sessions, sweep_users, sweep_answers,
		sweep_tokens, sweep_counters, sweep_emails, sweep_checkouts,
	};
	GUARD(arena_free) struct arena *arena =
	    arena_new("sweep", ARENA_BYTES_MAX);
	struct sweep w = { .flow = f, .swept = out };

	must(arena != NULL);
	*out = (struct swept){ 0 };
	w.until = clock_steady() + seconds * SECOND;
	w.step.arena = arena;
	for (size_t i = 0; i < COUNT(parts); i++)
		TRY(sweep_all(&w, parts[i], e));
	return job_done(f->db, f->seller, STR("sweep"), f->now, e);
}

bool
swept_nothing(const struct swept *s)
{
	return s->sessions + s->users + s->answers + s->tokens + s->counters +
	    s->emails + s->checkouts + s->marks == 0;
}
