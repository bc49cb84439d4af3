/*
 * Runs the store tests: all suites, or those named as arguments.  The list of
 * suites is in store.h.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CUnit/Basic.h>

#include "base/generations.h"
#include "store/migrate.h"
#include "store/store.h"

static struct conf	 conf;
static struct arena	*forever, *arena;
static struct db	*db;
static MYSQL		*other;

struct arena *
store_arena(void)
{
	return arena;
}

const struct conf *
store_conf(void)
{
	return &conf;
}

struct db *
store_db(void)
{
	return db;
}

struct db *
store_db_new(void)
{
	struct db *new = db_new(&conf);

	db_deadline(new, clock_steady() + 4 * SECOND);
	return new;
}

MYSQL *
side(void)
{
	if (other != NULL)
		return other;
	other = mysql_init(NULL);
	must(mysql_real_connect(other, NULL, "root", NULL, NULL, 0,
	    conf.database_socket.at, 0) != NULL);
	return other;
}

void
side_close(void)
{
	if (other != NULL)
		mysql_close(other);
	other = NULL;
}

static void
say(const char *sql)
{
	if (mysql_query(side(), sql) == 0)
		return;
	fprintf(stderr, "%s: %s\n", sql, mysql_error(other));
	abort();
}

void
tell(const char *fmt, ...)
{
	char	sql[2000];
	va_list	ap;

	va_start(ap, fmt);
	vsnprintf(sql, sizeof(sql), fmt, ap);
	va_end(ap);
	say(sql);
}

int64_t
ask(const char *fmt, ...)
{
	char		 sql[2000];
	va_list		 ap;
	MYSQL_RES	*res;
	MYSQL_ROW	 row;
	int64_t		 n;

	va_start(ap, fmt);
	vsnprintf(sql, sizeof(sql), fmt, ap);
	va_end(ap);
	say(sql);
	res = mysql_store_result(side());
	must(res != NULL);
	row = mysql_fetch_row(res);
	n = row == NULL || row[0] == NULL ? -1 : strtoll(row[0], NULL, 10);
	mysql_free_result(res);
	return n;
}

void
store_ok(enum rc rc, const struct err *e, const char *call, const char *file,
    int line)
{
	char	text[800];

	snprintf(text, sizeof(text), "%s: %s", call,
	    rc == RC_OK ? "" : e->what);
	CU_assertImplementation(rc == RC_OK, (unsigned)line, text, file, "",
	    CU_FALSE);
}

void
store_same(struct str got, struct str want, const char *file, int line)
{
	char	text[1024];

	snprintf(text, sizeof(text), "got '%.*s', want '%.*s'", STR_FMT(got),
	    STR_FMT(want));
	CU_assertImplementation(str_eq(got, want), (unsigned)line, text, file,
	    "", CU_FALSE);
}

void
store_row(bool holds, const char *claim, const char *row, const char *file,
    int line)
{
	char	text[1024];

	snprintf(text, sizeof(text), "%s, for '%s'", claim, row);
	CU_assertImplementation(holds, (unsigned)line, text, file, "",
	    CU_FALSE);
}

int
in_processes(int count, int (*act)(int), int status)
{
	pid_t	child[64];
	int	n = 0, how;

	must(count <= (int)COUNT(child));
	fflush(stdout);
	for (int i = 0; i < count; i++) {
		child[i] = fork();
		must(child[i] != -1);
		if (child[i] == 0)
			_exit(act(i));
	}
	for (int i = 0; i < count; i++)
		if (waitpid(child[i], &how, 0) == child[i] &&
		    WIFEXITED(how) && WEXITSTATUS(how) == status)
			n++;
	return n;
}

void
schema_drop(void)
{
	tell("DROP DATABASE IF EXISTS %s", conf.database_name.at);
	tell("CREATE DATABASE %s", conf.database_name.at);
	tell("USE %s", conf.database_name.at);
}

void
schema_make(void)
{
	struct err	 e = { .what = "" };
	struct db	*fresh = db_new(&conf);

	if (migrate(fresh, false, NULL, NULL, arena, &e) != RC_OK) {
		fprintf(stderr, "migrate: %s\n", e.what);
		abort();
	}
	db_free(&fresh);
}

void
server(const char *verb)
{
	const char	*socket = conf.database_socket.at;
	char		 command[500];

	/* Frozen is when each of its threads stands. */
	if (verb[0] == 'f' || verb[0] == 't')
		snprintf(command, sizeof(command),
		    "pid=$(cat \"$(dirname '%s')/mysqld.pid\"); "
		    "kill -%s \"$pid\"; %s", socket,
		    verb[0] == 'f' ? "STOP" : "CONT", verb[0] == 'f' ?
		    "until [ -z \"$(grep -L '^State:.T' "
		    "/proc/\"$pid\"/task/*/status)\" ]; do :; done" : "");
	else
		snprintf(command, sizeof(command), TESTS_DIR
		    "/mariadb %s \"$(dirname '%s')\"", verb, socket);
	must(system(command) == 0);
}

/* Every table but those that the schema itself fills. */
void
store_empty(void)
{
	MYSQL_RES	*res;
	MYSQL_ROW	 row;

	tell("USE %s", conf.database_name.at);
	say("SELECT table_name FROM information_schema.tables"
	    " WHERE table_schema = DATABASE()"
	    " AND table_name NOT IN ('sellers', 'schema_migrations')");
	res = mysql_store_result(side());
	must(res != NULL);
	while ((row = mysql_fetch_row(res)) != NULL)
		tell("DELETE FROM %s", row[0]);
	mysql_free_result(res);
	arena_reset(arena);
}

static void
before_each(void)
{
	store_empty();
	db = store_db_new();
}

static void
after_each(void)
{
	db_free(&db);
	side_close();
}

static CU_SuiteInfo suites[] = {
#define X(name)	{ #name, NULL, NULL, before_each, after_each, name##_tests },
	STORE_SUITES(X)
#undef X
	CU_SUITE_INFO_NULL
};

/* Its failures: CUnit counts anew for each run. */
static unsigned
run_one(const char *name)
{
	CU_pSuite	suite = CU_get_suite(name);

	if (suite == NULL) {
		fprintf(stderr, "store_tests: there is no suite %s\n", name);
		exit(2);
	}
	CU_basic_run_suite(suite);
	return CU_get_number_of_failures();
}

/* Where programs tell each other of changes: beside the server's socket. */
static void
marks_make(struct str socket)
{
	struct str	folder = arena_text(forever, "%.*s.var",
			    STR_FMT(socket));

	mkdir(folder.at, 0700);
	/* As if it had been there before us: nothing waits till it is old. */
	must(generations_open(folder, clock_wall() - HOUR));
	conf.var = folder;
}

static void
conf_make(void)
{
	const char *socket = getenv("RUNG_TEST_SOCKET");
	const char *name = getenv("RUNG_TEST_DATABASE");

	if (socket == NULL || name == NULL) {
		fprintf(stderr, "store_tests: start it by tests/store/run\n");
		exit(2);
	}
	forever = arena_new("conf", 1 << 20);
	arena = arena_new("tests", 256 << 20);
	must(forever != NULL && arena != NULL);
	conf_init(&conf, forever);
	conf.database_socket = str_of(socket);
	conf.database_name = str_of(name);
	conf.database_user = STR("root");
	marks_make(str_of(socket));
}

int
main(int argc, char **argv)
{
	unsigned	failures = 0;

	conf_make();
	schema_drop();
	schema_make();
	must(CU_initialize_registry() == CUE_SUCCESS);
	must(CU_register_suites(suites) == CUE_SUCCESS);
	CU_basic_set_mode(CU_BRM_VERBOSE);
	if (argc == 1) {
		CU_basic_run_tests();
		failures = CU_get_number_of_failures();
	}
	for (int i = 1; i < argc; i++)
		failures += run_one(argv[i]);
	CU_cleanup_registry();
	arena_free(&arena);
	arena_free(&forever);
	mysql_library_end();
	return failures == 0 ? 0 : 1;
}
