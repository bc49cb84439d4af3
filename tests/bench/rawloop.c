/*
 * The same work as plain SQL: one transaction after the other, one statement
 * a round trip, prepared, from N threads with a connection each.  What a
 * delivery and a start cost the database when nobody tries to be clever.
 * Prints the line of load.c.
 */
#include <err.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <mysql.h>

#include "base/clock.h"
#include "base/guard.h"
#include "base/str.h"
#include "figures.h"

enum { THREADS_MAX = 64, STEPS_MAX = 7, ARGS_MAX = 4 };

/* One statement; its arguments by letter: u(ser), s(ession), k(ey), j(son). */
struct step {
	const char	*text, *args;
};

static const struct step grant[] = {
	{ "SELECT user_id, status FROM sessions WHERE session_id = ?"
	    " FOR UPDATE", "s" },
	{ "INSERT INTO events (event_id, session_id) VALUES (?, ?)", "ks" },
	{ "UPDATE entitlements SET tier = 'pro', ver = ver + 1"
	    " WHERE user_id = ?", "u" },
	{ "INSERT INTO assets (user_id, idem_key) VALUES (?, ?)", "uk" },
	{ "UPDATE sessions SET status = 'completed' WHERE session_id = ?",
	    "s" },
	{ "INSERT INTO audit (user_id, detail) VALUES (?, ?)", "uj" },
	{ "INSERT INTO outbox (user_id, data) VALUES (?, ?)", "uj" },
	{ NULL, NULL }
};

/* Each start is of a new user, as in the generator. */
static const struct step start[] = {
	{ "INSERT INTO entitlements (user_id, tier, ver) VALUES (?, 'free', 0)"
	    " ON DUPLICATE KEY UPDATE ver = ver + 1", "k" },
	{ "INSERT INTO started (user_id, open_slot, status, created_at, delta)"
	    " VALUES (?, ?, 'pending', ?, ?)", "kksj" },
	{ "INSERT INTO idempotency (idem_key, answer, created_at)"
	    " VALUES (?, ?, ?)", "kjs" },
	{ NULL, NULL }
};

struct loop {
	pthread_t	 thread;
	MYSQL		*my;
	MYSQL_STMT	*stmt[STEPS_MAX];
	MYSQL_BIND	 bind[STEPS_MAX][ARGS_MAX];
	char		 user[40], key[40];
	unsigned long	 user_len, key_len, json_len;
	int64_t		 session;
	struct figures	 took;
};

static const struct step	*steps;
static const char		*socket_path, *database;
static atomic_llong		 next_session;
static int64_t			 until;		/* clock_steady */

static char json[] = "{\"from_tier\":\"free\",\"to_tier\":\"pro\",\"delta\":"
    "{\"capabilities\":{\"gain\":[\"export:csv\"],\"lose\":[]}},"
    "\"assets\":[{\"slot\":\"api_key\",\"action\":\"provision\"}]}";

static void
bind_one(struct loop *l, MYSQL_BIND *b, char letter)
{
	switch (letter) {
	case 's':
		b->buffer_type = MYSQL_TYPE_LONGLONG;
		b->buffer = &l->session;
		return;
	case 'u': b->buffer = l->user; b->length = &l->user_len; break;
	case 'k': b->buffer = l->key; b->length = &l->key_len; break;
	case 'j': b->buffer = json; b->length = &l->json_len; break;
	}
	b->buffer_type = MYSQL_TYPE_BLOB;
}

static void
prepare(struct loop *l)
{
	l->my = mysql_init(NULL);
	must(l->my != NULL);
	if (mysql_real_connect(l->my, NULL, "root", NULL, database, 0,
	    socket_path, 0) == NULL)
		errx(1, "%s", mysql_error(l->my));
	if (mysql_query(l->my,
	    "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED") != 0)
		errx(1, "%s", mysql_error(l->my));
	l->json_len = sizeof(json) - 1;
	for (size_t i = 0; steps[i].text != NULL; i++) {
		l->stmt[i] = mysql_stmt_init(l->my);
		if (mysql_stmt_prepare(l->stmt[i], steps[i].text,
		    strlen(steps[i].text)) != 0)
			errx(1, "%s", mysql_stmt_error(l->stmt[i]));
		for (size_t n = 0; steps[i].args[n] != '\0'; n++)
			bind_one(l, &l->bind[i][n], steps[i].args[n]);
		mysql_stmt_bind_param(l->stmt[i], l->bind[i]);
	}
}

static void
step(struct loop *l, size_t i)
{
	if (mysql_stmt_execute(l->stmt[i]) != 0 ||
	    mysql_stmt_store_result(l->stmt[i]) != 0)
		errx(1, "%s: %s", steps[i].text, mysql_stmt_error(l->stmt[i]));
	mysql_stmt_free_result(l->stmt[i]);
}

static void
transaction(struct loop *l)
{
	int64_t	began = clock_steady();

	if (mysql_query(l->my, "START TRANSACTION") != 0)
		errx(1, "%s", mysql_error(l->my));
	for (size_t i = 0; steps[i].text != NULL; i++)
		step(l, i);
	if (mysql_query(l->my, "COMMIT") != 0)
		errx(1, "%s", mysql_error(l->my));
	figures_add(&l->took, clock_steady() - began);
}

static void *
run(void *arg)
{
	struct loop	*l = arg;

	while (clock_steady() < until) {
		l->session = atomic_fetch_add(&next_session, 1);
		l->user_len = (unsigned long)snprintf(l->user,
		    sizeof(l->user), "user-%" PRId64,
		    l->session % 100000 + 1);
		l->key_len = (unsigned long)snprintf(l->key, sizeof(l->key),
		    "key_%d_%" PRId64, getpid(), l->session);
		transaction(l);
	}
	return NULL;
}

/* Sessions are granted in order, from the first that is still pending. */
static int64_t
first_pending(MYSQL *my)
{
	MYSQL_RES	*res;
	MYSQL_ROW	 row;
	int64_t		 first = 1;

	if (mysql_query(my, "SELECT MAX(session_id) + 1 FROM events") != 0 ||
	    (res = mysql_store_result(my)) == NULL)
		errx(1, "%s", mysql_error(my));
	row = mysql_fetch_row(res);
	if (row != NULL && row[0] != NULL)
		first = strtoll(row[0], NULL, 10);
	mysql_free_result(res);
	return first;
}

static void
tell(struct loop *loops, size_t count, int64_t spent)
{
	struct figures	all = { 0 };

	for (size_t i = 0; i < count; i++)
		for (size_t n = 0; n < loops[i].took.count; n++)
			figures_add(&all, loops[i].took.us[n]);
	printf("%.1f %.3f %.3f %.3f %.3f %zu 0\n",
	    (double)all.count * SECOND / (double)spent,
	    figures_ms(&all, 0.50), figures_ms(&all, 0.95),
	    figures_ms(&all, 0.99), figures_ms(&all, 1.00), all.count);
}

int
main(int argc, char **argv)
{
	static struct loop	loops[THREADS_MAX];
	size_t			count;
	int64_t			began;

	if (argc != 6 || (count = strtoul(argv[4], NULL, 10)) == 0 ||
	    count > THREADS_MAX)
		errx(2, "usage: rawloop socket database grant|start"
		    " connections seconds");
	socket_path = argv[1];
	database = argv[2];
	steps = str_eq(str_of(argv[3]), STR("grant")) ? grant : start;
	for (size_t i = 0; i < count; i++)
		prepare(&loops[i]);
	next_session = first_pending(loops[0].my);
	began = clock_steady();
	until = began + (int64_t)(strtod(argv[5], NULL) * SECOND);
	for (size_t i = 0; i < count; i++)
		if (pthread_create(&loops[i].thread, NULL, run, &loops[i]))
			errx(1, "no thread");
	for (size_t i = 0; i < count; i++)
		pthread_join(loops[i].thread, NULL);
	tell(loops, count, clock_steady() - began);
	return 0;
}
