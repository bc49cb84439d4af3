/*
 * One user brought up to the present, because time passed or a matrix was
 * applied.
 */
#include "flow/settle.h"
#include "flow/settle_due.h"
#include "flow/wake.h"
#include "store/tx.h"

struct due {
	struct flow	*flow;
	struct str	 user;
	struct seeds	 seeds;
	struct settle	 settle;
};

static enum rc
due_body(struct db *db, void *arg, struct err *e)
{
	struct due *due = arg;
	const struct cause cause = { .actor = STR("time") };

	(void)db;
	TRY(settle_lock(&due->settle, due->flow, &due->seeds, due->user, e));
	TRY(settle_work(&due->settle, e));
	return settle_write(&due->settle, &cause, e);
}

enum rc
flow_settle_due(struct flow *f, struct str user, struct err *e)
{
	struct due *due = arena_one(f->arena, struct due);

	due->flow = f;
	due->user = user;
	seeds_make(f, &due->seeds);
	TRY(tx_run(f->db, due_body, due, e));
	if (due->settle.changed)
		wake_user(f, user);
	return RC_OK;
}
