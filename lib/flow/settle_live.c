/*
 * What a user is shown of a holding: its document with the counters of now.
 * The stored document has none, for they are no part of a version.
 */
#include "flow/settle.h"
#include "store/usage_store.h"
#include "wire/usage_write.h"

enum rc
settle_live(struct settle *s, const struct holding *h, struct str document,
    struct str *live, struct err *e)
{
	struct flow *f = s->flow;
	const struct matrix *m = catalog_version(s->catalog,
	    h->matrix_version);

	if (h->limit_count == 0) {
		*live = document;
		return RC_OK;
	}
	if (s->usage == NULL)
		TRY(usage_rows(f->db, f->seller, s->world.user.user, f->now,
		    f->arena, &s->usage, &s->usage_count, e));
	return usage_put(document, h, s->usage, s->usage_count,
	    m->policy.over_limit, f->now, f->arena, live, e);
}
