/*
 * Programs that keep what they read.
 */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/generations.h"
#include "base/limits.h"
#include "flow/credential.h"
#include "flow/gift.h"
#include "store/kept.h"
#include "store/matrix_store.h"
#include "store/store.h"
#include "store/things.h"
#include "store/tx.h"

static const char matrix[] =
    "matrix: 1\n"
    "default_tier: free\n"
    "tiers:\n"
    "  free:\n"
    "    rank: 0\n"
    "    capabilities: [read:public]\n"
    "  pro:\n"
    "    rank: 10\n"
    "    capabilities: [read:public, export:csv]\n";

static enum rc
apply(struct db *db, void *arg, struct err *e)
{
	const bool	*off = arg;
	int64_t		 version;
	struct str	 text = arena_text(store_arena(), "%s%s", matrix, *off ?
			    "capabilities: {\"export:csv\": {disabled: yes}}\n" :
			    "");

	return matrix_store(db, SELLER, text, *off ? STR("export:csv\n") :
	    STR_NONE, STR("test"), T0, store_arena(), &version, e);
}

enum rc
kept_apply(struct db *db, bool off, struct err *e)
{
	return tx_run(db, apply, &off, e);
}

void
kept_matrix(void)
{
	struct err	e = { .what = "" };

	OK(kept_apply(store_db(), false, &e));
}

void
kept_lose_file(void)
{
	unlink(arena_text(store_arena(), "%.*s/generations",
	    STR_FMT(store_conf()->var)).at);
}

void
kept_file(int64_t age)
{
	kept_lose_file();
	must(generations_open(store_conf()->var, clock_wall() - age));
}

/* Whole at every moment: a child may write or read the same. */
const char *
kept_conf(const char *lines)
{
	static char		 path[400], draft[420];
	const struct conf	*c = store_conf();
	FILE			*f;

	snprintf(path, sizeof(path), "%s/rung.yaml", c->var.at);
	snprintf(draft, sizeof(draft), "%s.%d", path, (int)getpid());
	f = fopen(draft, "w");
	must(f != NULL);
	fchmod(fileno(f), 0600);
	fprintf(f, "mode: test\nsandbox: yes\nbase_url: http://127.0.0.1\n"
	    "token_key: 0123456789abcdef0123456789abcdef\nvar: %s\n"
	    "database_socket: %s\ndatabase_name: %s\ndatabase_user: root\n%s",
	    c->var.at, c->database_socket.at, c->database_name.at, lines);
	must(fclose(f) == 0 && rename(draft, path) == 0);
	return path;
}

struct app *
kept_app(const char *conf)
{
	struct app	*app = NULL;
	struct err	 e = { .what = "" };

	if (app_open(&app, str_of(conf), &e) != RC_OK) {
		fprintf(stderr, "kept: %s\n", e.what);
		_exit(2);
	}
	return app;
}

void
kept_turn(struct flow *f, struct app *app, int seconds)
{
	static struct arena	*a;

	if (a == NULL)
		a = arena_new("kept", ARENA_BYTES_MAX);
	must(a != NULL);
	arena_reset(a);
	flow_begin(f, app, a, seconds);
}

bool
kept_granted(const struct held *h)
{
	for (size_t i = 0; i < h->holding.capability_count; i++)
		if (str_eq(h->holding.capabilities[i].name,
		    STR("export:csv")))
			return true;
	return false;
}

enum rc
kept_give(struct flow *f, struct str user, struct err *e)
{
	struct override_row	row;

	TRY(flow_gift_read(f, STR("{\"kind\":\"grant_capability\","
	    "\"name\":\"export:csv\",\"reason\":\"test\","
	    "\"operator\":\"test\"}"), &row, e));
	return flow_gift_add(f, user, &row, e);
}

enum rc
kept_take(struct flow *f, struct str user, bool *took, struct err *e)
{
	struct override_row	*rows;
	size_t			 count;

	*took = false;
	TRY(overrides_of(f->db, f->seller, user, f->arena, &rows, &count, e));
	for (size_t i = 0; i < count; i++)
		if (rows[i].ended_at == 0) {
			TRY(flow_gift_end(f, user, rows[i].override.id, e));
			*took = true;
		}
	return RC_OK;
}

enum { TRIES = 5 };

bool
kept_user(struct app *app, struct str user)
{
	bool		nothing = false;
	struct err	e = { .what = "" };

	for (int i = 0; i < TRIES; i++) {
		struct flow	f;
		struct held	h;
		int64_t		before;

		kept_turn(&f, app, READ_DEADLINE_S);
		before = db_statements(f.db);
		OK(flow_held(&f, user, &h, &e));
		nothing |= db_statements(f.db) == before;
	}
	return nothing;
}

bool
kept_key(struct app *app, struct str secret)
{
	bool		nothing = false;
	struct err	e = { .what = "" };

	for (int i = 0; i < TRIES; i++) {
		struct flow		f;
		struct principal	p;
		int64_t			before;

		kept_turn(&f, app, READ_DEADLINE_S);
		before = db_statements(f.db);
		OK(flow_principal(&f, secret, &p, &e));
		nothing |= db_statements(f.db) == before;
	}
	return nothing;
}
