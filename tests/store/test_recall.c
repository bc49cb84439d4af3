/*
 * When a program may answer from memory, and when it must not.
 */
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/generations.h"
#include "base/limits.h"
#include "flow/credential.h"
#include "flow/sweep.h"
#include "store/credential_store.h"
#include "store/fault.h"
#include "store/kept.h"
#include "store/store.h"
#include "store/things.h"
#include "store/tx.h"

#define USER	STR("u1")

/* A program, where nothing is under way. */
static struct app *
start(void)
{
	kept_matrix();
	kept_file(HOUR);
	return kept_app(kept_conf(""));
}

static void
give(struct app *app)
{
	struct err	e = { .what = "" };
	struct flow	f;

	kept_turn(&f, app, WRITE_DEADLINE_S);
	OK(kept_give(&f, USER, &e));
}

static void
take(struct app *app)
{
	struct err	e = { .what = "" };
	struct flow	f;
	bool		took = false;

	kept_turn(&f, app, WRITE_DEADLINE_S);
	OK(kept_take(&f, USER, &took, &e));
	CU_ASSERT_TRUE(took);
}

/* A new check key: its secret, and what names it. */
static struct str
make_key(struct app *app, struct str *id)
{
	struct err	e = { .what = "" };
	struct str	secret = STR("");
	struct flow	f;

	kept_turn(&f, app, WRITE_DEADLINE_S);
	OK(flow_key_create(&f, CREDENTIAL_CHECK, STR(""), &secret, id, &e));
	*id = arena_keep(store_arena(), *id);
	return arena_keep(store_arena(), secret);
}

/* The clock of all programs, so far ahead of the machine's. */
static void
set_clock(int64_t seconds)
{
	struct str	 path = arena_text(store_arena(), "%.*s/clock",
			    STR_FMT(store_conf()->var));
	FILE		*file = fopen(path.at, "w");

	must(file != NULL);
	fprintf(file, "%lld\n", (long long)seconds);
	fclose(file);
}

/* As rung sweep does it; how many places it cleared. */
static int64_t
sweep(struct app *app)
{
	struct err	e = { .what = "" };
	struct swept	swept = { 0 };
	struct flow	f;

	kept_turn(&f, app, WRITE_DEADLINE_S);
	OK(flow_sweep(&f, 10, &swept, &e));
	CU_ASSERT_EQUAL(swept_nothing(&swept), swept.marks == 0);
	return swept.marks;
}

/*
 * Ways to leave a change under way for ever: killed between mark and end, a
 * COMMIT or a revocation whose answer is lost.
 */

static enum rc
lock_user(struct db *db, void *arg, struct err *e)
{
	bool	*dies = arg;

	TRY(user_lock(db, SELLER, USER, CHAIN, T0, e));
	if (*dies)
		raise(SIGKILL);
	return RC_OK;
}

static int
die_in_it(int ignored)
{
	struct err	 e;
	struct db	*db = store_db_new();
	bool		 dies = true;

	(void)ignored;
	(void)tx_run(db, lock_user, &dies, &e);
	return 0;
}

static void
be_killed(void)
{
	CU_ASSERT_EQUAL(in_processes(1, die_in_it, 0), 0);
}

/* It is done again on another connection, and its end is known. */
static void
doubt_a_commit(void)
{
	struct err	 e = { .what = "" };
	struct db	*db = store_db_new();
	bool		 dies = false;

	db_use_driver(db, &fault_driver);
	fault_text("COMMIT", WAY_UNHEARD);
	OK(tx_run(db, lock_user, &dies, &e));
	CU_ASSERT_TRUE(fault_fired());
	db_free(&db);
}

static void
doubt_a_revocation(struct str key_id)
{
	enum { PREPARED_AND_SENT = 2 };
	struct err	 e = { .what = "" };
	struct db	*db = store_db_new();
	int64_t		 ignored;
	bool		 found;

	db_use_driver(db, &fault_driver);
	OK(db_offset(db, &ignored, &e));
	fault_set(PREPARED_AND_SENT, WAY_UNHEARD);
	CU_ASSERT_EQUAL(credential_revoke(db, SELLER, key_id, T0, &found, &e),
	    RC_LOST);
	db_free(&db);
}

/* Nobody is kept where one is under way; ten minutes later a sweep clears. */
static void
a_user_whose_writer_died_is_kept_again_after_a_sweep(void)
{
	static void (*const	ways[])(void) = { be_killed, doubt_a_commit };
	struct app		*app = start();

	give(app);
	for (size_t i = 0; i < COUNT(ways); i++) {
		CU_ASSERT_TRUE(kept_user(app, USER));
		ways[i]();
		CU_ASSERT_FALSE(kept_user(app, USER));
		set_clock(GENERATION_DEAD_S - 60);
		CU_ASSERT_EQUAL(sweep(app), 0);
		CU_ASSERT_FALSE(kept_user(app, USER));
		set_clock(GENERATION_DEAD_S + 60);
		CU_ASSERT_EQUAL(sweep(app), 1);
		CU_ASSERT_TRUE(kept_user(app, USER));
		set_clock(0);
	}
	app_close(&app);
}

/* Others of the same place change meanwhile, and say nothing of the dead. */
static void
a_busy_place_is_cleared_too(void)
{
	struct app	*app = start();

	be_killed();
	give(app);
	set_clock(GENERATION_DEAD_S - 60);
	CU_ASSERT_EQUAL(sweep(app), 0);
	give(app);
	CU_ASSERT_FALSE(kept_user(app, USER));
	set_clock(GENERATION_DEAD_S + 60);
	CU_ASSERT_EQUAL(sweep(app), 1);
	CU_ASSERT_TRUE(kept_user(app, USER));
	set_clock(0);
	app_close(&app);
}

static void
keys_are_kept_again_after_a_revocation_in_doubt(void)
{
	struct app	*app = start();
	struct str	 doubtful, id, other = make_key(app, &id);

	(void)make_key(app, &doubtful);
	CU_ASSERT_TRUE(kept_key(app, other));
	doubt_a_revocation(doubtful);
	CU_ASSERT_FALSE(kept_key(app, other));
	set_clock(GENERATION_DEAD_S + 60);
	CU_ASSERT_EQUAL(sweep(app), 1);
	CU_ASSERT_TRUE(kept_key(app, other));
	set_clock(0);
	app_close(&app);
}

/* Another process that looks at the user whenever it is told to. */
static struct other {
	pid_t	pid;
	int	tell, hear;
} other;

static void
look_when_told(int told, int say)
{
	struct app	*app = kept_app(kept_conf(""));
	struct flow	 f;
	struct held	 h;
	struct err	 e;
	char		 byte;

	while (read(told, &byte, 1) == 1) {
		kept_turn(&f, app, READ_DEADLINE_S);
		byte = flow_held(&f, USER, &h, &e) != RC_OK ? '?' :
		    kept_granted(&h) ? 'y' : 'n';
		must(write(say, &byte, 1) == 1);
	}
	_exit(0);
}

static void
other_start(void)
{
	int	there[2], back[2];

	must(pipe(there) == 0 && pipe(back) == 0);
	fflush(stdout);
	other = (struct other){ .tell = there[1], .hear = back[0] };
	other.pid = fork();
	must(other.pid != -1);
	if (other.pid == 0) {
		close(there[1]);
		look_when_told(there[0], back[1]);
	}
	close(there[0]);
	close(back[1]);
}

/* Does it see the user with what was given? */
static bool
other_sees(void)
{
	char	byte = '?';

	must(write(other.tell, "?", 1) == 1);
	must(read(other.hear, &byte, 1) == 1);
	CU_ASSERT_NOT_EQUAL(byte, '?');
	return byte == 'y';
}

static void
other_stop(void)
{
	close(other.tell);
	waitpid(other.pid, NULL, 0);
	close(other.hear);
}

/* All is sent and nothing is in force yet. */
static int
lose_file_at_commit(MYSQL *my, const char *text, size_t len)
{
	if (strncmp(text, "COMMIT", len) == 0) {
		kept_lose_file();
		for (int i = 0; i < 3; i++)
			CU_ASSERT_FALSE(other_sees());
	}
	return sql_driver_real.send_text(my, text, len);
}

/* Its mark is in the old file, and the others look at a new one. */
static void
a_file_that_is_lost_in_the_middle_of_a_change_hides_nothing(void)
{
	struct sql_driver	 driver = sql_driver_real;
	struct app		*app = start();
	struct flow		 f;

	give(app);
	take(app);
	app_close(&app);
	other_start();
	app = kept_app(kept_conf(""));
	driver.send_text = lose_file_at_commit;
	kept_turn(&f, app, 0);
	db_use_driver(f.db, &driver);
	give(app);
	CU_ASSERT_TRUE(other_sees());
	other_stop();
	app_close(&app);
}

static enum rc
use_key(struct app *app, struct str secret)
{
	struct err		 e;
	struct flow		 f;
	struct principal	 p;

	kept_turn(&f, app, READ_DEADLINE_S);
	return flow_principal(&f, secret, &p, &e);
}

static void
revoke_key(struct str key_id)
{
	struct err	e = { .what = "" };
	bool		found = false;

	OK(credential_revoke(store_db(), SELLER, key_id, T0, &found, &e));
	CU_ASSERT_TRUE(found);
}

static void
a_revoked_key_is_refused_at_once(void)
{
	struct app	*app = start();
	struct str	 id, secret = make_key(app, &id);

	CU_ASSERT_TRUE(kept_key(app, secret));
	revoke_key(id);
	CU_ASSERT_EQUAL(use_key(app, secret), RC_BAD_CREDENTIAL);
	app_close(&app);
}

/* Where nobody tells that it was revoked. */
static void
with_cache_off_a_revoked_key_is_refused_after_a_second_at_most(void)
{
	struct app	*app = start();
	struct str	 id, secret = make_key(app, &id);
	int64_t		 revoked;

	app_close(&app);
	app = kept_app(kept_conf("cache: off\n"));
	CU_ASSERT_TRUE(kept_key(app, secret));
	revoke_key(id);
	revoked = clock_steady();
	/* However often it is used meanwhile. */
	while (clock_steady() - revoked < SECOND)
		(void)use_key(app, secret);
	CU_ASSERT_EQUAL(use_key(app, secret), RC_BAD_CREDENTIAL);
	app_close(&app);
}

/* Sees the user as he is, and asks the database for him each time. */
static void
sees(struct app *app, bool granted)
{
	struct err	e = { .what = "" };
	struct flow	f;
	struct held	h;

	CU_ASSERT_FALSE(kept_user(app, USER));
	kept_turn(&f, app, READ_DEADLINE_S);
	OK(flow_held(&f, USER, &h, &e));
	CU_ASSERT_EQUAL(kept_granted(&h), granted);
}

static void
refuses_to_change(struct app *app, struct str key_id)
{
	struct err	e;
	struct flow	f;
	bool		ignored;

	kept_turn(&f, app, WRITE_DEADLINE_S);
	CU_ASSERT_EQUAL(kept_take(&f, USER, &ignored, &e), RC_BROKEN);
	CU_ASSERT_TRUE(strstr(e.mend, "cache: off") != NULL);
	kept_turn(&f, app, WRITE_DEADLINE_S);
	CU_ASSERT_EQUAL(credential_revoke(f.db, SELLER, key_id, T0, &ignored,
	    &e), RC_BROKEN);
}

/* What a change could not be told to others is not made. */
static void
without_a_file_nothing_is_kept_or_changed_until_cache_is_off(void)
{
	const char	*path = arena_text(store_arena(), "%.*s/generations",
			    STR_FMT(store_conf()->var)).at;
	struct app	*app = start();
	struct str	 id, secret = make_key(app, &id);

	give(app);
	kept_lose_file();
	must(mkdir(path, 0700) == 0);
	sees(app, true);
	refuses_to_change(app, id);
	sees(app, true);
	CU_ASSERT_EQUAL(use_key(app, secret), RC_OK);
	app_close(&app);
	app = kept_app(kept_conf("cache: off\n"));
	take(app);
	sees(app, false);
	app_close(&app);
	app = kept_app(kept_conf(""));
	sees(app, false);
	must(rmdir(path) == 0);
	give(app);		/* it found the new file by itself */
	sees(app, true);
	revoke_key(id);
	app_close(&app);
}

/* What the server is told in place of the question about a cluster. */
static const char	*in_place;
static int		 placed;

static int
send_in_place(MYSQL *my, const char *text, size_t len)
{
	if (strstr(text, "@@wsrep_on") != NULL) {
		text = in_place;
		len = strlen(text);
		placed++;
	}
	return sql_driver_real.send_text(my, text, len);
}

static struct app *
app_where(const char *instead)
{
	static struct sql_driver	 driver;
	struct app			*app = start();
	struct flow			 f;

	driver = sql_driver_real;
	driver.send_text = send_in_place;
	in_place = instead;
	placed = 0;
	kept_turn(&f, app, 0);
	db_use_driver(f.db, &driver);
	return app;
}

/* Of another machine: it writes, and tells nobody here. */
static void
write_elsewhere(int64_t version)
{
	tell("UPDATE users SET ver = %lld WHERE user_id = 'u1'",
	    (long long)version);
}

static int64_t
version_seen(struct app *app)
{
	struct err	e = { .what = "" };
	struct flow	f;
	struct held	h = { .version = -1 };

	kept_turn(&f, app, READ_DEADLINE_S);
	OK(flow_held(&f, USER, &h, &e));
	return h.version;
}

static void
in_a_cluster_nothing_is_kept(void)
{
	struct app	*app = app_where("SELECT 1");
	struct str	 id, secret = make_key(app, &id);

	give(app);
	CU_ASSERT_EQUAL(placed, 1);
	for (int64_t version = 7; version < 10; version++) {
		write_elsewhere(version);
		CU_ASSERT_EQUAL(version_seen(app), version);
	}
	CU_ASSERT_FALSE(kept_user(app, USER));
	CU_ASSERT_EQUAL(use_key(app, secret), RC_OK);
	app_close(&app);
}

/* MySQL, and MariaDB built without it: the server knows no such variable. */
static void
a_server_without_galera_is_kept_by(void)
{
	struct app	*app = app_where("SELECT @@no_such_variable");

	give(app);
	CU_ASSERT_EQUAL(placed, 1);
	CU_ASSERT_TRUE(kept_user(app, USER));
	CU_ASSERT_EQUAL(version_seen(app), 1);
	write_elsewhere(7);
	CU_ASSERT_EQUAL(version_seen(app), 1);	/* which is why */
	app_close(&app);
}

/* More than a program keeps: each has export:N in place of export:csv. */
enum { CROWD = 700, PATIENCE_S = 30 };

static void
make_crowd(struct app *app)
{
	give(app);
	tell("INSERT INTO users (seller_id, user_id, touched, ver, due_at,"
	    " matrix_version, follows_newest, derived_under, updated_at,"
	    " holding, document, chain_id, audit_hash, outbox_pruned_to)"
	    " SELECT seller_id, CONCAT('crowd-', seq), touched, ver, due_at,"
	    " matrix_version, follows_newest, derived_under, updated_at,"
	    " REPLACE(holding, 'export:csv', CONCAT('export:', seq)),"
	    " REPLACE(document, 'export:csv', CONCAT('export:', seq)),"
	    " chain_id, audit_hash, outbox_pruned_to"
	    " FROM users, seq_1_to_%d", CROWD);
}

static bool
is_nth(const struct held *h, int n)
{
	struct str	want = arena_text(store_arena(), "export:%d", n);
	bool		found = false;

	for (size_t i = 0; i < h->holding.capability_count; i++)
		found |= str_eq(h->holding.capabilities[i].name, want);
	return found && memmem(h->document.at, h->document.len, want.at,
	    want.len) != NULL;
}

/* All of them in one request, whose places are taken over meanwhile. */
static void
look_at_crowd(struct app *app)
{
	static struct held	held[CROWD + 1];
	struct err		e = { .what = "" };
	struct flow		f;
	int			wrong = 0;

	kept_turn(&f, app, PATIENCE_S);
	for (int n = 1; n <= CROWD; n++)
		OK(flow_held(&f, arena_text(f.arena, "crowd-%d", n), &held[n],
		    &e));
	for (int n = 1; n <= CROWD; n++)
		wrong += !is_nth(&held[n], n);
	CU_ASSERT_EQUAL(wrong, 0);
}

static void
what_a_request_read_stays_until_it_is_over(void)
{
	static const char *const	lines[] = { "", "cache: off\n" };

	for (size_t i = 0; i < COUNT(lines); i++) {
		struct app	*app = start();

		app_close(&app);
		app = kept_app(kept_conf(lines[i]));
		make_crowd(app);
		for (int turn = 0; turn < 3; turn++)
			look_at_crowd(app);
		app_close(&app);
		store_empty();
	}
}

CU_TestInfo recall_tests[] = {
	{ "a user whose writer died is kept again after a sweep",
	    a_user_whose_writer_died_is_kept_again_after_a_sweep },
	{ "a busy place is cleared too", a_busy_place_is_cleared_too },
	{ "keys are kept again after a revocation in doubt",
	    keys_are_kept_again_after_a_revocation_in_doubt },
	{ "a file that is lost in the middle of a change hides nothing",
	    a_file_that_is_lost_in_the_middle_of_a_change_hides_nothing },
	{ "a revoked key is refused at once",
	    a_revoked_key_is_refused_at_once },
	{ "with cache: off a revoked key is refused after a second at most",
	    with_cache_off_a_revoked_key_is_refused_after_a_second_at_most },
	{ "without a file nothing is kept or changed until cache is off",
	    without_a_file_nothing_is_kept_or_changed_until_cache_is_off },
	{ "in a cluster nothing is kept", in_a_cluster_nothing_is_kept },
	{ "a server without Galera is kept by",
	    a_server_without_galera_is_kept_by },
	{ "what a request read stays until it is over",
	    what_a_request_read_stays_until_it_is_over },
	CU_TEST_INFO_NULL
};
