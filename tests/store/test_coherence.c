/*
 * What programs keep in memory never shows a state that is over: readers as
 * fast as they can, writers that grant and take back and are killed at any
 * moment.  RUNG_COHERENCE_READS sets how many reads there are in all.
 */
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/generations.h"
#include "base/limits.h"
#include "flow/entitle.h"
#include "flow/gift.h"
#include "store/matrix_store.h"
#include "store/override_store.h"
#include "store/store.h"
#include "store/things.h"
#include "store/tx.h"

enum {
	USERS		= 16,
	READERS		= 8,
	WRITERS		= 2,
	READS_USUAL	= 200000,
	WRITES_LEAST	= 300,
	BETWEEN_KILLS_MS = 100,
};

/* What writers have been told is done: version * 2, and 1 if it is granted. */
static struct shared {
	_Atomic int64_t	acked[USERS];
	_Atomic int64_t	reads, wrong, writes, kills;
	_Atomic bool	stop;
} *shared;

static char	conf_path[400];

#define TIERS	"matrix: 1\n"						\
    "default_tier: free\n"						\
    "tiers:\n"								\
    "  free:\n"								\
    "    rank: 0\n"							\
    "    capabilities: [read:public]\n"					\
    "  pro:\n"								\
    "    rank: 10\n"							\
    "    capabilities: [read:public, export:csv]\n"

static const char	enabled[] = TIERS;
static const char	disabled[] = TIERS
    "capabilities: {\"export:csv\": {disabled: yes}}\n";

static struct str
user_of(struct arena *a, int n)
{
	return arena_text(a, "u%d", n);
}

static enum rc
apply(struct db *db, void *arg, struct err *e)
{
	const char	*yaml = arg;
	int64_t		 version;

	return matrix_store(db, SELLER, str_of(yaml), yaml == disabled ?
	    STR("export:csv\n") : STR_NONE, STR("test"), T0, store_arena(),
	    &version, e);
}

/* A configuration for the flow, beside the database. */
static void
write_conf(void)
{
	const struct conf	*c = store_conf();
	FILE			*f;

	snprintf(conf_path, sizeof(conf_path), "%s/rung.yaml", c->var.at);
	f = fopen(conf_path, "w");
	must(f != NULL);
	fchmod(fileno(f), 0600);
	fprintf(f, "mode: test\nbase_url: http://127.0.0.1\n"
	    "token_key: 0123456789abcdef0123456789abcdef\nvar: %s\n"
	    "database_socket: %s\ndatabase_name: %s\ndatabase_user: root\n",
	    c->var.at, c->database_socket.at, c->database_name.at);
	fclose(f);
}

static struct app *
open_app(void)
{
	struct app	*app = NULL;
	struct err	 e = { .what = "" };

	if (app_open(&app, str_of(conf_path), &e) != RC_OK) {
		fprintf(stderr, "coherence: %s\n", e.what);
		_exit(2);
	}
	return app;
}

static bool
is_granted(const struct held *h)
{
	for (size_t i = 0; i < h->holding.capability_count; i++)
		if (str_eq(h->holding.capabilities[i].name,
		    STR("export:csv")))
			return true;
	return false;
}

/* One look at one user, held against what was done before it began. */
static void
read_once(struct app *app, struct arena *a, int n, int64_t *last)
{
	int64_t		 before = atomic_load(&shared->acked[n]);
	struct flow	 f;
	struct held	 h;
	struct err	 e;

	arena_reset(a);
	flow_begin(&f, app, a, READ_DEADLINE_S);
	if (flow_held(&f, user_of(a, n), &h, &e) != RC_OK)
		return;
	if (h.version < before / 2 || h.version < *last ||
	    (h.version == before / 2 && is_granted(&h) != (before & 1)))
		atomic_fetch_add(&shared->wrong, 1);
	*last = h.version;
	atomic_fetch_add(&shared->reads, 1);
}

static void
reader(unsigned seed, int64_t ignored)
{
	struct app	*app = open_app();
	struct arena	*a = arena_new("reader", ARENA_BYTES_MAX);
	int64_t		 last[USERS] = { 0 };

	(void)ignored;
	while (!atomic_load(&shared->stop)) {
		seed = seed * 1103515245 + 12345;
		read_once(app, a, (int)(seed >> 16) % USERS,
		    &last[(seed >> 16) % USERS]);
	}
	_exit(0);
}

static enum rc
give(struct flow *f, struct str user, struct err *e)
{
	struct override_row	 row;

	TRY(flow_gift_read(f, STR("{\"kind\":\"grant_capability\","
	    "\"name\":\"export:csv\",\"reason\":\"test\","
	    "\"operator\":\"test\"}"), &row, e));
	return flow_gift_add(f, user, &row, e);
}

/* Take back what is granted; grant when nothing is. */
static enum rc
write_once(struct flow *f, int n, struct err *e)
{
	struct str		 user = user_of(f->arena, n);
	struct override_row	*rows;
	size_t			 count;
	int64_t			 version = 0;
	bool			 granted = true;

	TRY(overrides_of(f->db, f->seller, user, f->arena, &rows, &count, e));
	for (size_t i = 0; i < count; i++)
		if (rows[i].ended_at == 0) {
			granted = false;
			TRY(flow_gift_end(f, user, rows[i].override.id, e));
		}
	if (granted)
		TRY(give(f, user, e));
	TRY(flow_user_version(f, user, &version, e));
	atomic_store(&shared->acked[n], version * 2 + granted);
	atomic_fetch_add(&shared->writes, 1);
	return RC_OK;
}

/* Each user has one writer. */
static void
writer(unsigned seed, int which)
{
	struct app	*app = open_app();
	struct arena	*a = arena_new("writer", ARENA_BYTES_MAX);
	struct flow	 f;
	struct err	 e;

	while (!atomic_load(&shared->stop)) {
		seed = seed * 1103515245 + 12345;
		arena_reset(a);
		flow_begin(&f, app, a, WRITE_DEADLINE_S);
		write_once(&f, (int)(seed >> 16) % (USERS / WRITERS) *
		    WRITERS + which, &e);
	}
	_exit(0);
}

static pid_t
start(void (*act)(unsigned, int64_t), unsigned seed, int64_t arg)
{
	pid_t	child;

	fflush(stdout);
	child = fork();
	must(child != -1);
	if (child == 0) {
		/* Whatever ends the test ends these. */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		act(seed, arg);
	}
	return child;
}

static void
writer_act(unsigned seed, int64_t which)
{
	writer(seed, (int)which);
}

/*
 * Transactions that the server knows of; tests before us may have left some.
 * It shows the same list to whoever asks again within a tenth of a second.
 */
static int64_t
transactions(void)
{
	return ask("SELECT COUNT(*) FROM information_schema.innodb_trx");
}

/*
 * Kill the writers wherever they are, wait until the server has forgotten
 * them, and take their marks away as time would.
 */
static void
kill_writers(pid_t *writers, int64_t others, unsigned seed)
{
	const struct timespec	refreshed = { .tv_nsec = 110 * 1000000L };
	int64_t	until = clock_steady() + 5 * SECOND;

	for (int i = 0; i < WRITERS; i++) {
		kill(writers[i], SIGKILL);
		waitpid(writers[i], NULL, 0);
	}
	while (transactions() > others && clock_steady() < until)
		nanosleep(&refreshed, NULL);
	/* A place that is not mended is not kept: slower, and as right. */
	if (clock_steady() < until) {
		generations_mend(0);
		generations_mend(GENERATION_DEAD_S);
	}
	for (int i = 0; i < WRITERS; i++)
		writers[i] = start(writer_act, seed + (unsigned)i, i);
	atomic_fetch_add(&shared->kills, 1);
}

static int64_t
reads_wanted(void)
{
	const char	*text = getenv("RUNG_COHERENCE_READS");
	int64_t		 n = READS_USUAL;

	if (text != NULL)
		must(str_int64(str_of(text), &n));
	return n;
}

static void
run(int64_t most)
{
	const struct timespec	rest = {
		.tv_nsec = BETWEEN_KILLS_MS * 1000000L
	};
	pid_t	readers[READERS], writers[WRITERS];
	int64_t	others = transactions();

	for (int i = 0; i < WRITERS; i++)
		writers[i] = start(writer_act, 77U + (unsigned)i, i);
	for (int i = 0; i < READERS; i++)
		readers[i] = start(reader, 1000U + (unsigned)i, 0);
	while (atomic_load(&shared->reads) < most ||
	    atomic_load(&shared->writes) < WRITES_LEAST) {
		nanosleep(&rest, NULL);
		kill_writers(writers, others,
		    (unsigned)atomic_load(&shared->kills));
	}
	atomic_store(&shared->stop, true);
	for (int i = 0; i < READERS; i++)
		waitpid(readers[i], NULL, 0);
	for (int i = 0; i < WRITERS; i++)
		waitpid(writers[i], NULL, 0);
}

static void
no_reader_sees_what_is_over(void)
{
	struct err	e = { .what = "" };

	OK(tx_run(store_db(), apply, (void *)(uintptr_t)enabled, &e));
	write_conf();
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	must(shared != MAP_FAILED);
	run(reads_wanted());
	printf("\n    %lld reads, %lld writes, writers killed %lld times\n    ",
	    (long long)shared->reads, (long long)shared->writes,
	    (long long)shared->kills);
	CU_ASSERT_EQUAL(shared->wrong, 0);
	munmap(shared, sizeof(*shared));
}

/* Read one user until it is so; whether that was within a second. */
static bool
soon(struct app *app, struct arena *a, bool granted)
{
	int64_t		 began = clock_steady();
	struct flow	 f;
	struct held	 h;
	struct err	 e;

	do {
		arena_reset(a);
		flow_begin(&f, app, a, READ_DEADLINE_S);
		if (flow_held(&f, user_of(a, 1), &h, &e) != RC_OK)
			return false;
	} while (is_granted(&h) != granted &&
	    clock_steady() - began < SECOND);
	return is_granted(&h) == granted;
}

/* A program: its memory must not be that of the tests.  0 when all is well. */
static int
switches(int ignored)
{
	static const char *const	turns[] = { enabled, disabled, enabled };
	struct arena	*a = arena_new("reader", ARENA_BYTES_MAX);
	struct db	*db = store_db_new();
	struct app	*app;
	struct flow	 f;
	struct err	 e;

	(void)ignored;
	if (tx_run(db, apply, (void *)(uintptr_t)turns[0], &e) != RC_OK)
		return 1;
	app = open_app();
	flow_begin(&f, app, a, WRITE_DEADLINE_S);
	if (give(&f, user_of(a, 1), &e) != RC_OK || !soon(app, a, true))
		return 2;
	for (size_t i = 1; i < COUNT(turns); i++)
		if (tx_run(db, apply, (void *)(uintptr_t)turns[i], &e) !=
		    RC_OK || !soon(app, a, turns[i] == enabled))
			return 3;
	return 0;
}

/* Nobody tells a memory of it: no user is written when it is applied. */
static void
a_switch_is_seen_within_a_second_from_memory_too(void)
{
	write_conf();
	CU_ASSERT_EQUAL(in_processes(1, switches, 0), 1);
}

CU_TestInfo coherence_tests[] = {
	{ "a switch is seen within a second, from memory too",
	    a_switch_is_seen_within_a_second_from_memory_too },
	{ "no reader sees what is over", no_reader_sees_what_is_over },
	CU_TEST_INFO_NULL,
};
