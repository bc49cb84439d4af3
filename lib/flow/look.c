/*
 * Looking without settling: who is found to have fallen due is read, and so
 * settled, by the caller, one at a time.
 */
#include <stdlib.h>

#include "flow/look.h"
#include "flow/settle.h"
#include "store/session_store.h"
#include "store/versions.h"

_Static_assert((int)LOOK_MAX == (int)VERSIONS_MAX,
    "a look is one statement");

static int
by_user(const void *a, const void *b)
{
	const struct glance *x = a, *y = b;

	return str_cmp(x->user, y->user);
}

static void
take(const struct flow *f, const struct catalog *catalog,
    const struct user_version *v, struct glance *g)
{
	const struct user_row row = {
		.ver = v->ver, .due_at = v->due_at,
		.follows_newest = v->follows_newest,
		.derived_under = v->derived_under,
	};

	g->version = row.ver;
	g->matrix = row.derived_under;
	g->behind = settle_behind(&row, catalog);
	g->due = settle_late(f, &row);
}

enum rc
flow_look(struct flow *f, struct glance *glances, size_t count,
    struct err *e)
{
	const struct catalog *catalog = NULL;
	struct user_version *rows = arena_many(f->arena, count,
	    struct user_version);
	struct str *users = arena_many(f->arena, count, struct str);
	size_t found = 0;

	TRY(flow_catalog(f, &catalog, e));
	qsort(glances, count, sizeof(*glances), by_user);
	for (size_t i = 0; i < count; i++) {
		users[i] = glances[i].user;
		glances[i] = (struct glance){
			.user = users[i],
			.matrix = catalog_newest(catalog)->version,
		};
	}
	TRY(versions_read(f->db, f->seller, users, count, f->arena, rows,
	    &found, e));
	for (size_t i = 0; i < found; i++) {
		struct glance key = { .user = rows[i].user }, *at;

		at = bsearch(&key, glances, count, sizeof(key), by_user);
		if (at != NULL)
			take(f, catalog, &rows[i], at);
	}
	return RC_OK;
}

enum rc
flow_newest(struct flow *f, struct str user, struct newest *out,
    struct err *e)
{
	struct session *sessions = NULL;
	size_t count = 0;

	TRY(session_list(f->db, f->seller, user, SESSION__COUNT, 1, f->arena,
	    &sessions, &count, e));
	*out = (struct newest){ .id = STR("") };
	if (count > 0)
		*out = (struct newest){
			.id = sessions[0].id, .version = sessions[0].version,
			.status = session_state_names[sessions[0].state],
		};
	return RC_OK;
}
