/*
 * One user after another: lock its objects as a delivery would, mark them,
 * settle.
 */
#include "base/clock.h"
#include "base/guard.h"
#include "base/limits.h"
#include "base/secret.h"
#include "flow/move.h"
#include "flow/settle.h"
#include "flow/wake.h"
#include "store/move_store.h"
#include "store/object_store.h"
#include "store/tx.h"

enum { MOVE_BATCH = 100 };

struct mover {
	struct flow	*flow;		/* of one user, memory of its own */
	enum move_kind	 kind;
	bool		 dry_run;
	int64_t		 version;	/* the newest */
	struct str	 user;
	struct seeds	 seeds;
	struct settle	 settle;
	bool		 marked;	/* the user has a purchase to move */
};

/* Mark one object; whether it had to be marked. */
static bool
mark(const struct mover *m, struct object *o)
{
	if (m->kind == MOVE_BACK) {
		if (o->moved_to != m->version)
			return false;
		o->moved_to = o->moved_from;
		o->moved_from = 0;
		return true;
	}
	if (o->moved_to == m->version)
		return false;
	o->moved_from = o->moved_to;
	o->moved_to = m->version;
	return true;
}

/* Is this object part of a purchase that is to be moved? */
static bool
concerns(const struct mover *m, const struct object_key *key)
{
	const struct settle *s = &m->settle;

	for (size_t i = 0; i < s->purchase_count; i++) {
		const struct purchase *p = &s->purchases[i];

		if (m->kind == MOVE_ON && (p->sold_count == 0 ||
		    p->pin >= m->version || p->state == PURCHASE_ENDED))
			continue;
		for (size_t n = 0; n < p->object_count; n++)
			if (object_key_cmp(&p->objects[n]->key, key) == 0)
				return true;
	}
	return false;
}

static void
mark_all(struct mover *m)
{
	struct world *w = &m->settle.world;

	m->marked = false;
	for (size_t i = 0; i < w->object_count; i++) {
		struct object_row *row = &w->objects[i];

		if (!concerns(m, &row->object.key) ||
		    !mark(m, &row->object))
			continue;
		row->dirty = true;
		m->marked = true;
	}
}

static enum rc
objects_lock(struct mover *m, struct err *e)
{
	struct flow *f = m->flow;
	struct settle seen;

	TRY(settle_read(&seen, f, m->user, e));
	for (size_t i = 0; i < seen.world.object_count; i++)
		TRY(object_lock(f->db, f->seller,
		    &seen.world.objects[i].object.key, STR_NONE, f->now, e));
	return RC_OK;
}

static enum rc
objects_save(struct mover *m, struct err *e)
{
	struct flow *f = m->flow;
	const struct world *w = &m->settle.world;

	for (size_t i = 0; i < w->object_count; i++)
		if (w->objects[i].dirty)
			TRY(object_save(f->db, f->seller, &w->objects[i], e));
	return RC_OK;
}

static enum rc
move_body(struct db *db, void *arg, struct err *e)
{
	struct mover *m = arg;
	struct cause cause = {
		.actor = m->flow->actor,
		.id = arena_text(m->flow->arena, "matrix %lld",
		    (long long)m->version),
	};

	(void)db;
	TRY(objects_lock(m, e));
	TRY(settle_lock(&m->settle, m->flow, &m->seeds, m->user, e));
	TRY(settle_work(&m->settle, e));
	mark_all(m);
	if (!m->marked)
		return RC_OK;
	TRY(settle_work(&m->settle, e));
	TRY(settle_write(&m->settle, &cause, e));
	return objects_save(m, e);
}

static enum rc
move_imagine(struct mover *m, struct err *e)
{
	TRY(settle_read(&m->settle, m->flow, m->user, e));
	TRY(settle_work(&m->settle, e));
	mark_all(m);
	return m->marked ? settle_work(&m->settle, e) : RC_OK;
}

static enum rc
move_one(struct mover *m, move_line *line, void *arg, int64_t *users,
    struct err *e)
{
	const struct plan *plan = &m->settle.plan;
	struct moved moved;

	seeds_make(m->flow, &m->seeds);
	TRY(move_imagine(m, e));
	if (m->marked && !m->dry_run)
		TRY(tx_run(m->flow->db, move_body, m, e));
	if (!m->marked)
		return RC_OK;
	++*users;
	if (!m->dry_run && m->settle.changed)
		wake_user(m->flow, m->user);
	moved = (struct moved){
		.user = m->user, .gain = plan->gain, .lose = plan->lose,
		.gain_count = plan->gain_count,
		.lose_count = plan->lose_count,
	};
	line(arg, &moved);
	return RC_OK;
}

/* Each user with a memory, a clock and a deadline of its own. */
static enum rc
move_user(struct mover *m, const struct flow *base, struct str user,
    move_line *line, void *arg, int64_t *users, struct err *e)
{
	GUARD(arena_free) struct arena *arena =
	    arena_new("move", ARENA_BYTES_MAX);
	struct flow f;

	must(arena != NULL);
	flow_begin(&f, base->app, arena, WRITE_DEADLINE_S);
	f.seller = base->seller;
	f.actor = base->actor;
	f.request = base->request;
	m->flow = &f;
	m->user = user;
	return move_one(m, line, arg, users, e);
}

static enum rc
move_log(struct flow *f, const struct mover *m, struct str operator,
    int64_t users, struct err *e)
{
	struct move move = {
		.id = secret_id_new(f->arena, STR("mv_"), f->now),
		.at = f->now, .version = m->version, .users = users,
		.undo = m->kind == MOVE_BACK, .operator = operator,
	};

	if (m->dry_run || users == 0)
		return RC_OK;
	db_deadline(f->db, clock_steady() + WRITE_DEADLINE_S * SECOND);
	return move_add(f->db, f->seller, &move, e);
}

/* All buyers, in pieces that fit in memory. */
static enum rc
move_all(struct mover *m, struct flow *f, move_line *line, void *arg,
    int64_t *users, struct err *e)
{
	GUARD(arena_free) struct arena *page =
	    arena_new("buyers", ARENA_BYTES_MAX);
	char last[USER_ID_MAX + 1];
	struct str after = STR_NONE;
	size_t count = MOVE_BATCH;

	must(page != NULL);
	while (count == MOVE_BATCH) {
		struct str *list = NULL;

		arena_reset(page);
		db_deadline(f->db, clock_steady() + WRITE_DEADLINE_S * SECOND);
		TRY(buyers_after(f->db, f->seller, after, MOVE_BATCH, page,
		    &list, &count, e));
		for (size_t i = 0; i < count; i++)
			TRY(move_user(m, f, list[i], line, arg, users, e));
		if (count == 0)
			break;
		after = str_part(list[count - 1], 0, sizeof(last));
		memcpy(last, after.at, after.len);
		after.at = last;
	}
	return RC_OK;
}

enum rc
flow_move(struct flow *f, enum move_kind kind, bool dry_run,
    struct str operator, move_line *line, void *arg, int64_t *users,
    struct err *e)
{
	struct mover m = { .kind = kind, .dry_run = dry_run };
	const struct catalog *catalog = NULL;

	*users = 0;
	TRY(flow_catalog(f, &catalog, e));
	m.version = catalog_newest(catalog)->version;
	TRY(move_all(&m, f, line, arg, users, e));
	return move_log(f, &m, operator, *users, e);
}
