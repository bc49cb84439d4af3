/*
 * Counting rows for the operator.
 */
#include "store/gauges.h"
#include "store/inbox.h"
#include "store/matrix_store.h"

static enum rc
count_sessions(struct db *db, uint32_t seller, struct arena *a,
    struct gauges *g, struct err *e)
{
	const struct arg	args[] = { arg_int(seller) };
	struct rows		rows;

	TRY(db_rows(db, STMT_SESSIONS_COUNT, args, COUNT(args), a, &rows, e));
	for (size_t i = 0; i < rows.count; i++)
		for (size_t s = 0; s < SESSION__COUNT; s++)
			if (str_eq(row_str(row_at(&rows, i), 0),
			    str_of(session_state_names[s])))
				g->sessions[s] = row_int(row_at(&rows, i), 1);
	return RC_OK;
}

static enum rc
count_inbox(struct db *db, uint32_t seller, struct arena *a,
    struct gauges *g, struct err *e)
{
	const struct arg	args[] = { arg_int(seller) };
	struct rows		rows;

	TRY(db_rows(db, STMT_INBOX_COUNT, args, COUNT(args), a, &rows, e));
	for (size_t i = 0; i < rows.count; i++) {
		const struct row *row = row_at(&rows, i);

		if (str_eq(row_str(row, 0),
		    str_of(inbox_state_names[INBOX_DEFERRED]))) {
			g->deferred = row_int(row, 1);
			g->oldest_deferred = row_int(row, 2);
		} else {
			g->quarantined = row_int(row, 1);
		}
	}
	return RC_OK;
}

enum rc
gauges_read(struct db *db, uint32_t seller, struct arena *a,
    struct gauges *out, struct err *e)
{
	struct gauges	g = { .deferred = 0 };

	TRY(count_sessions(db, seller, a, &g, e));
	TRY(count_inbox(db, seller, a, &g, e));
	TRY(job_last(db, seller, STR("sweep"), a, &g.last_sweep, e));
	*out = g;
	return RC_OK;
}
