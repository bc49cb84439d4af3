/*
 * Rows of grants: what each purchase or override gave, once for ever.
 */
#include "base/guard.h"
#include "store/db_inside.h"
#include "store/world.h"

enum { GRANT_ARGS = 10 };	/* of one row of GRANTS_ADD */

/* An override has no object: it stands under its own id. */
static struct str
kind_of(const struct grant_row *g)
{
	return g->key.provider.len == 0 ? STR_NONE :
	    str_of(object_kind_names[g->key.kind]);
}

static struct str
ref_of(const struct grant_row *g)
{
	return g->key.provider.len == 0 ? g->cause_override : g->key.ref;
}

static bool
same_grant(const struct grant_row *a, const struct grant_row *b)
{
	return str_eq(a->slot, b->slot) &&
	    str_eq(a->key.provider, b->key.provider) &&
	    str_eq(a->key.account, b->key.account) &&
	    str_eq(kind_of(a), kind_of(b)) && str_eq(ref_of(a), ref_of(b));
}

static const struct grant_row *
grant_in(const struct grant_row *list, size_t count,
    const struct grant_row *wanted)
{
	for (size_t i = 0; i < count; i++)
		if (same_grant(&list[i], wanted))
			return &list[i];
	return NULL;
}

static enum rc
grant_set(struct db *db, uint32_t seller, struct str user,
    const struct grant_row *g, bool live, int64_t now, struct err *e)
{
	const struct arg args[] = {
		arg_int(live), live ? arg_null() : arg_int(now),
		arg_opt(g->cause_event), arg_opt(g->cause_override),
		arg_int(seller), arg_str(user), arg_str(g->key.provider),
		arg_str(g->key.account), arg_str(kind_of(g)),
		arg_str(ref_of(g)), arg_str(g->slot),
	};

	return db_later(db, STMT_GRANT_SET, args, COUNT(args), 1, e);
}

static void
grant_args(struct arg *out, uint32_t seller, struct str user,
    const struct grant_row *g, int64_t now)
{
	const struct arg args[GRANT_ARGS] = {
		arg_int(seller), arg_str(user), arg_str(g->key.provider),
		arg_str(g->key.account), arg_str(kind_of(g)),
		arg_str(ref_of(g)), arg_str(g->slot),
		arg_opt(g->cause_event), arg_opt(g->cause_override),
		arg_int(now),
	};

	memcpy(out, args, sizeof(args));
}

static enum rc
grants_flush(struct db *db, const struct arg *args, size_t *rows,
    struct err *e)
{
	size_t n = *rows;

	*rows = 0;
	if (n == 0)
		return RC_OK;
	return db_later(db, (enum stmt)(STMT_GRANTS_ADD_1 + n - 1), args,
	    n * GRANT_ARGS, (int64_t)n, e);
}

enum rc
grants_save(struct db *db, uint32_t seller, struct str user,
    const struct grant_row *have, size_t have_count,
    const struct grant_row *want, size_t want_count, int64_t now,
    struct err *e)
{
	struct arg	 args[STMT_ROWS_MAX * GRANT_ARGS];
	size_t		 rows = 0;

	for (size_t i = 0; i < have_count; i++) {
		const struct grant_row *w = grant_in(want, want_count,
		    &have[i]);

		if (have[i].live && (w == NULL || !w->live))
			TRY(grant_set(db, seller, user, &have[i], false, now,
			    e));
	}
	for (size_t i = 0; i < want_count; i++) {
		const struct grant_row *h = grant_in(have, have_count,
		    &want[i]);

		if (!want[i].live)
			continue;
		if (h != NULL) {
			if (!h->live)
				TRY(grant_set(db, seller, user, &want[i],
				    true, now, e));
			continue;
		}
		grant_args(args + rows * GRANT_ARGS, seller, user, &want[i],
		    now);
		if (++rows == STMT_ROWS_MAX)
			TRY(grants_flush(db, args, &rows, e));
	}
	return grants_flush(db, args, &rows, e);
}
