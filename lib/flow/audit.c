/*
 * One walk over all chains, in pieces that fit in memory; verify and export
 * are what it does with each record.
 */
#include "base/clock.h"
#include "base/guard.h"
#include "base/limits.h"
#include "base/text.h"
#include "flow/audit.h"
#include "store/audit_store.h"
#include "wire/out.h"

enum { USERS_AT_ONCE = 100, RECORDS_AT_ONCE = 200, WALK_SECONDS = 30 };

/* One user's chain as far as it was walked. */
struct chain {
	const struct chain_end	*end;
	struct digest		 hash;		/* of the last record */
	int64_t			 n;
	const char		*fault;		/* NULL while all is well */
	int64_t			 fault_at;
};

struct walk {
	struct flow		*flow;
	struct arena		*records;	/* of one piece */
	void			(*record)(struct walk *, struct chain *,
				    const struct audit_row *);
	void			(*finish)(struct walk *, struct chain *);
	audit_line		*line;
	void			*arg;
	struct audit_sum	*sum;
};

static enum rc
walk_chain(struct walk *w, const struct chain_end *end, struct err *e)
{
	struct flow *f = w->flow;
	struct chain chain = { .end = end };
	size_t count = RECORDS_AT_ONCE;

	w->sum->users++;
	while (count == RECORDS_AT_ONCE) {
		struct audit_row *rows = NULL;

		arena_reset(w->records);
		db_deadline(f->db, clock_steady() + WALK_SECONDS * SECOND);
		TRY(audit_of(f->db, f->seller, end->user, chain.n,
		    RECORDS_AT_ONCE, w->records, &rows, &count, e));
		for (size_t i = 0; i < count; i++) {
			w->sum->records++;
			w->record(w, &chain, &rows[i]);
			chain.n = rows[i].record.n;
			chain.hash = rows[i].hash;
		}
	}
	w->finish(w, &chain);
	return RC_OK;
}

static enum rc
walk_one(struct walk *w, struct str user, struct err *e)
{
	struct flow *f = w->flow;
	struct user_row row;
	struct chain_end end;

	TRY(user_read(f->db, f->seller, user, f->arena, &row, e));
	end = (struct chain_end){
		.user = user, .chain_id = row.chain_id, .ver = row.ver,
		.hash = row.audit_hash,
	};
	return row.exists ? walk_chain(w, &end, e) : RC_OK;
}

static enum rc
walk_all(struct walk *w, struct err *e)
{
	struct flow *f = w->flow;
	GUARD(arena_free) struct arena *page =
	    arena_new("audit users", ARENA_BYTES_MAX);
	char last[USER_ID_MAX + 1];
	struct str after = STR_NONE;
	size_t count = USERS_AT_ONCE;

	must(page != NULL);
	while (count == USERS_AT_ONCE) {
		struct chain_end *list = NULL;

		arena_reset(page);
		TRY(chains_after(f->db, f->seller, after, USERS_AT_ONCE, page,
		    &list, &count, e));
		for (size_t i = 0; i < count; i++)
			TRY(walk_chain(w, &list[i], e));
		if (count == 0)
			break;
		after = str_part(list[count - 1].user, 0, sizeof(last));
		memcpy(last, after.at, after.len);
		after.at = last;
	}
	return RC_OK;
}

static enum rc
walk(struct walk *w, struct str user, struct err *e)
{
	GUARD(arena_free) struct arena *records =
	    arena_new("audit records", ARENA_BYTES_MAX);

	must(records != NULL);
	*w->sum = (struct audit_sum){ 0 };
	w->records = records;
	return user.len > 0 ? walk_one(w, user, e) : walk_all(w, e);
}

/* --- verify ------------------------------------------------------------ */

static void
fault(struct chain *c, int64_t n, const char *what)
{
	if (c->fault != NULL)
		return;			/* the first one names the place */
	c->fault = what;
	c->fault_at = n;
}

static void
verify_record(struct walk *w, struct chain *c, const struct audit_row *row)
{
	const struct record *r = &row->record;
	struct digest hash = audit_hash(&c->hash, w->flow->seller,
	    c->end->chain_id, r);

	if (r->n != c->n + 1)
		fault(c, c->n + 1, "is missing");
	else if (!secret_same(&row->prev, &c->hash))
		fault(c, r->n, "does not hold the hash of the one before");
	else if (!secret_same(&row->hash, &hash))
		fault(c, r->n, "was changed: its hash does not fit");
}

static void
verify_finish(struct walk *w, struct chain *c)
{
	if (c->n < c->end->ver)
		fault(c, c->n + 1, "is missing");
	else if (c->n > c->end->ver)
		fault(c, c->end->ver + 1, "is one too many");
	else if (!secret_same(&c->hash, &c->end->hash))
		fault(c, c->n, "is not the one the user's row names");
	if (c->fault == NULL)
		return;
	w->sum->bad++;
	w->line(w->arg, arena_text(w->records, "%.*s: record %lld %s",
	    STR_FMT(c->end->user), (long long)c->fault_at, c->fault));
}

enum rc
flow_audit_verify(struct flow *f, struct str user, audit_line *line,
    void *arg, struct audit_sum *sum, struct err *e)
{
	struct walk w = {
		.flow = f, .record = verify_record, .finish = verify_finish,
		.line = line, .arg = arg, .sum = sum,
	};
	struct str *orphans = NULL;
	size_t count = 0;

	TRY(walk(&w, user, e));
	TRY(audit_orphans(f->db, f->seller, USERS_AT_ONCE, f->arena, &orphans,
	    &count, e));
	for (size_t i = 0; i < count; i++) {
		if (user.len > 0 && !str_eq(user, orphans[i]))
			continue;
		sum->bad++;
		line(arg, arena_text(f->arena,
		    "%.*s: has records and no row of its own",
		    STR_FMT(orphans[i])));
	}
	return RC_OK;
}

/* --- export ------------------------------------------------------------ */

static void
export_record(struct walk *w, struct chain *c, const struct audit_row *row)
{
	const struct record *r = &row->record;
	struct arena *a = w->records;
	struct str json = STR_NONE;
	struct out o;

	out_init(&o, a, DOCUMENT_BYTES_MAX);
	out_open(&o, '{');
	out_text(&o, "user", c->end->user);
	out_int(&o, "n", r->n);
	out_time(&o, "at", r->at);
	out_text(&o, "actor", r->actor);
	out_text(&o, "action", r->action);
	out_text(&o, "cause", r->cause);
	out_text(&o, "request", r->request);
	out_raw(&o, "detail", r->detail);
	out_text(&o, "prev_hash", text_hex(a, row->prev.byte, SHA256_BYTES));
	out_text(&o, "hash", text_hex(a, row->hash.byte, SHA256_BYTES));
	out_close(&o, '}');
	if (out_done(&o, &json))
		w->line(w->arg, json);
}

static void
export_finish(struct walk *w, struct chain *c)
{
	(void)w;
	(void)c;
}

enum rc
flow_audit_export(struct flow *f, struct str user, audit_line *line,
    void *arg, struct audit_sum *sum, struct err *e)
{
	struct walk w = {
		.flow = f, .record = export_record, .finish = export_finish,
		.line = line, .arg = arg, .sum = sum,
	};

	return walk(&w, user, e);
}
