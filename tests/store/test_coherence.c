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
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/generations.h"
#include "base/limits.h"
#include "store/kept.h"
#include "store/store.h"

enum {
	USERS		= 16,
	READERS		= 8,
	WRITERS		= 2,
	READS_USUAL	= 200000,
	READS_FEW	= 10000,	/* where each asks the database */
	WRITES_LEAST	= 300,
	BETWEEN_KILLS_MS = 100,
};

/* What writers have been told is done: version * 2, and 1 if it is granted. */
static struct shared {
	_Atomic int64_t	acked[USERS];
	_Atomic int64_t	reads, remembered, wrong, writes, kills;
	_Atomic bool	stop;
} *shared;

static const char	*conf;

static struct str
user_of(struct arena *a, int n)
{
	return arena_text(a, "u%d", n);
}

/* One look at one user, held against what was done before it began. */
static void
read_once(struct app *app, struct arena *a, int n, int64_t *last)
{
	int64_t		 before = atomic_load(&shared->acked[n]), asked;
	struct flow	 f;
	struct held	 h;
	struct err	 e;

	arena_reset(a);
	flow_begin(&f, app, a, READ_DEADLINE_S);
	asked = db_statements(f.db);
	if (flow_held(&f, user_of(a, n), &h, &e) != RC_OK)
		return;
	if (h.version < before / 2 || h.version < *last ||
	    (h.version == before / 2 && kept_granted(&h) != (before & 1)))
		atomic_fetch_add(&shared->wrong, 1);
	*last = h.version;
	atomic_fetch_add(&shared->reads, 1);
	if (db_statements(f.db) == asked)
		atomic_fetch_add(&shared->remembered, 1);
}

static void
reader(unsigned seed, int64_t ignored)
{
	struct app	*app = kept_app(conf);
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

/* Take back what is granted; grant when nothing is. */
static enum rc
write_once(struct flow *f, int n, struct err *e)
{
	struct str	user = user_of(f->arena, n);
	int64_t		version = 0;
	bool		took = false;

	TRY(kept_take(f, user, &took, e));
	if (!took)
		TRY(kept_give(f, user, e));
	TRY(flow_user_version(f, user, &version, e));
	atomic_store(&shared->acked[n], version * 2 + !took);
	atomic_fetch_add(&shared->writes, 1);
	return RC_OK;
}

/* Each user has one writer. */
static void
writer(unsigned seed, int which)
{
	struct app	*app = kept_app(conf);
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
	if (clock_steady() < until)
		generations_mend(clock_wall() + GENERATION_DEAD_S * SECOND);
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

/* Before each kill, while all are at work, disturb is called. */
static void
run(int64_t most, void (*disturb)(void))
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
		disturb();
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
nothing(void)
{
}

/* All of it, with these lines more in rung.yaml; how many were remembered. */
static int64_t
try(const char *lines, int64_t reads, void (*disturb)(void))
{
	int64_t	remembered;

	kept_matrix();
	kept_file(HOUR);
	conf = kept_conf(lines);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	must(shared != MAP_FAILED);
	run(reads, disturb);
	remembered = shared->remembered;
	printf("\n    %lld reads, %lld of them remembered, %lld writes, "
	    "writers killed %lld times\n    ", (long long)shared->reads,
	    (long long)remembered, (long long)shared->writes,
	    (long long)shared->kills);
	CU_ASSERT_EQUAL(shared->wrong, 0);
	munmap(shared, sizeof(*shared));
	return remembered;
}

static void
no_reader_sees_what_is_over(void)
{
	int64_t	reads = reads_wanted();

	CU_ASSERT_TRUE(try("", reads, nothing) > reads / 2);
}

static void
nor_does_one_that_keeps_nothing(void)
{
	CU_ASSERT_EQUAL(try("cache: off\n", READS_FEW, nothing), 0);
}

static void
nor_while_the_file_is_deleted(void)
{
	(void)try("", READS_FEW, kept_lose_file);
}

/* Read one user until it is so; whether that was within a second. */
static bool
soon(struct app *app, bool granted)
{
	int64_t		 began = clock_steady();
	struct flow	 f;
	struct held	 h;
	struct err	 e;

	do {
		kept_turn(&f, app, READ_DEADLINE_S);
		if (flow_held(&f, STR("u1"), &h, &e) != RC_OK)
			return false;
	} while (kept_granted(&h) != granted &&
	    clock_steady() - began < SECOND);
	return kept_granted(&h) == granted;
}

/* A program: its memory must not be that of the tests.  0 when all is well. */
static int
switches(int ignored)
{
	struct db	*db = store_db_new();
	struct app	*app;
	struct flow	 f;
	struct err	 e;

	(void)ignored;
	if (kept_apply(db, false, &e) != RC_OK)
		return 1;
	app = kept_app(conf);
	kept_turn(&f, app, WRITE_DEADLINE_S);
	if (kept_give(&f, STR("u1"), &e) != RC_OK || !soon(app, true))
		return 2;
	for (int turn = 1; turn <= 2; turn++)
		if (kept_apply(db, turn == 1, &e) != RC_OK ||
		    !soon(app, turn == 2))
			return 3;
	return 0;
}

/* Nobody tells a memory of it: no user is written when it is applied. */
static void
a_switch_is_seen_within_a_second_from_memory_too(void)
{
	kept_file(HOUR);
	conf = kept_conf("");
	CU_ASSERT_EQUAL(in_processes(1, switches, 0), 1);
}

CU_TestInfo coherence_tests[] = {
	{ "a switch is seen within a second, from memory too",
	    a_switch_is_seen_within_a_second_from_memory_too },
	{ "no reader sees what is over", no_reader_sees_what_is_over },
	{ "nor does one that keeps nothing",
	    nor_does_one_that_keeps_nothing },
	{ "nor while the file is deleted", nor_while_the_file_is_deleted },
	CU_TEST_INFO_NULL,
};
