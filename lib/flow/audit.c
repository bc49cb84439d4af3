/*
 * One walk over all chains, in pieces that fit in memory; verify, root and
 * export are what it does with each record.
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
	struct chain_end	 end;
	struct digest		 hash;		/* of the last record */
	int64_t			 n, records;
	int64_t			 rooted;	/* records that are in the root */
	const char		*fault;		/* NULL while all is well */
	int64_t			 fault_at;
};

struct walk {
	struct flow		*flow;
	struct arena		*records;	/* of one piece */
	void			(*record)(struct walk *, struct chain *,
				    const struct audit_row *);
	void			(*finish)(struct walk *, struct chain *);
	bool			 gone;		/* look for users without a row */
	audit_line		*line;
	void			*arg;
	struct audit_sum	*sum;
	struct audit_root	*root;		/* of root alone */
};

static enum rc
walk_records(struct walk *w, struct chain *chain, struct err *e)
{
	struct flow *f = w->flow;
	size_t count = RECORDS_AT_ONCE;

	while (count == RECORDS_AT_ONCE) {
		struct audit_row *rows = NULL;

		arena_reset(w->records);
		db_deadline(f->db, clock_steady() + WALK_SECONDS * SECOND);
		TRY(audit_of(f->db, f->seller, chain->end.user, chain->n,
		    RECORDS_AT_ONCE, w->records, &rows, &count, e));
		for (size_t i = 0; i < count; i++) {
			chain->records++;
			w->record(w, chain, &rows[i]);
			chain->n = rows[i].record.n;
			chain->hash = rows[i].hash;
		}
	}
	w->finish(w, chain);
	return RC_OK;
}

/* Read the end of the user's chain; *there tells whether there is a user. */
static enum rc
end_read(struct walk *w, struct str user, struct chain_end *end, bool *there,
    struct err *e)
{
	struct user_row row;

	TRY(user_read(w->flow->db, w->flow->seller, user, w->records, &row,
	    e));
	*there = row.exists;
	*end = (struct chain_end){
		.user = user, .chain_id = row.chain_id, .ver = row.ver,
		.hash = row.audit_hash,
	};
	return RC_OK;
}

/*
 * A fault may be a change that was committed between reading the end and the
 * records: then the end has moved, and the chain is walked again.
 */
static enum rc
walk_chain(struct walk *w, const struct chain_end *first, struct err *e)
{
	struct chain_end end = *first, now;
	struct chain chain;
	bool there, moved = true;

	while (moved) {
		chain = (struct chain){ .end = end };
		TRY(walk_records(w, &chain, e));
		if (chain.fault == NULL)
			break;
		TRY(end_read(w, end.user, &now, &there, e));
		moved = there && now.ver != end.ver;
		end.ver = now.ver;
		end.hash = now.hash;
	}
	w->sum->users++;
	w->sum->records += chain.records;
	if (chain.fault == NULL)
		return RC_OK;
	w->sum->bad++;
	w->line(w->arg, arena_text(w->records, "%.*s: record %lld %s",
	    STR_FMT(end.user), (long long)chain.fault_at, chain.fault));
	return RC_OK;
}

/* Who has no row any more, but left something behind. */
static enum rc
walk_gone(struct walk *w, struct str from, struct str to, struct err *e)
{
	struct flow *f = w->flow;
	struct str *gone = NULL;
	size_t count = 0;

	arena_reset(w->records);
	TRY(users_gone(f->db, f->seller, from, to, USERS_AT_ONCE, w->records,
	    &gone, &count, e));
	for (size_t i = 0; i < count; i++) {
		w->sum->bad++;
		w->line(w->arg, arena_text(w->records,
		    "%.*s: has no row of its own any more",
		    STR_FMT(gone[i])));
	}
	return RC_OK;
}

static enum rc
walk_one(struct walk *w, struct str user, struct err *e)
{
	struct chain_end end;
	bool there;

	TRY(end_read(w, user, &end, &there, e));
	end.chain_id = arena_keep(w->flow->arena, end.chain_id);
	if (there)
		return walk_chain(w, &end, e);
	return w->gone ? walk_gone(w, user, user, e) : RC_OK;
}

static enum rc
walk_all(struct walk *w, struct err *e)
{
	struct flow *f = w->flow;
	GUARD(arena_free) struct arena *page =
	    arena_new("audit users", ARENA_BYTES_MAX);
	char last[USER_ID_MAX + 1];
	struct str after = STR_NONE, upto = STR_NONE;
	size_t count = USERS_AT_ONCE;

	must(page != NULL);
	while (count == USERS_AT_ONCE) {
		struct chain_end *list = NULL;

		arena_reset(page);
		TRY(chains_after(f->db, f->seller, after, USERS_AT_ONCE, page,
		    &list, &count, e));
		for (size_t i = 0; i < count; i++)
			TRY(walk_chain(w, &list[i], e));
		/* No id has the byte 255: it stands behind them all. */
		upto = count < USERS_AT_ONCE ? STR("\377") :
		    list[count - 1].user;
		if (w->gone)
			TRY(walk_gone(w, after, upto, e));
		after = str_part(upto, 0, sizeof(last));
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
	    c->end.chain_id, r);

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
	(void)w;
	if (c->n < c->end.ver)
		fault(c, c->n + 1, "is missing");
	else if (c->n > c->end.ver)
		fault(c, c->end.ver + 1, "is one too many");
	else if (!secret_same(&c->hash, &c->end.hash))
		fault(c, c->n, "is not the one the user's row names");
}

enum rc
flow_audit_verify(struct flow *f, struct str user, audit_line *line,
    void *arg, struct audit_sum *sum, struct err *e)
{
	struct walk w = {
		.flow = f, .record = verify_record, .finish = verify_finish,
		.gone = true, .line = line, .arg = arg, .sum = sum,
	};

	return walk(&w, user, e);
}

/* --- root -------------------------------------------------------------- */

static void
root_record(struct walk *w, struct chain *c, const struct audit_row *row)
{
	struct audit_root *r = w->root;
	const struct str fields[] = {
		{ (const char *)r->root.byte, SHA256_BYTES },
		c->end.user,
		arena_text(w->records, "%lld", (long long)row->record.n),
		{ (const char *)row->hash.byte, SHA256_BYTES },
	};

	if (row->record.at > r->upto)
		return;
	r->root = secret_sha256_fields(fields, COUNT(fields));
	r->records++;
	c->rooted++;
}

static void
root_finish(struct walk *w, struct chain *c)
{
	if (c->rooted > 0)
		w->root->users++;
}

enum rc
flow_audit_root(struct flow *f, int64_t upto, struct audit_root *out,
    struct err *e)
{
	struct audit_sum sum;
	struct audit_root root = { .upto = upto };
	struct walk w = {
		.flow = f, .record = root_record, .finish = root_finish,
		.sum = &sum, .root = &root,
	};

	TRY(walk(&w, STR_NONE, e));
	*out = root;
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
	out_text(&o, "user", c->end.user);
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
