/*
 * Opens the one connection of a process, sets what our rules on concurrency
 * need, and reads it back: without READ COMMITTED nothing is served.
 */
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/guard.h"
#include "base/limits.h"
#include "store/classify.h"
#include "store/db_inside.h"

/* Where servers put their socket when nobody said (Debian's comes second). */
static const char *const usual_sockets[] = {
	"/var/lib/mysql/mysql.sock",
	"/run/mysqld/mysqld.sock",
	"/tmp/mysql.sock",
};

/* A lock wait ends before the statement does, and that before the caller. */
#define SETTINGS							\
	"SET NAMES utf8mb4, autocommit = 1, time_zone = '+00:00',"	\
	" sql_mode = 'STRICT_TRANS_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,"  \
	"ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION',"		\
	" innodb_lock_wait_timeout = 1, lock_wait_timeout = 2,"

static const char isolation[] =
    "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED";
static const char settings_mariadb[] = SETTINGS " max_statement_time = 2";
static const char settings_mysql[] = SETTINGS " max_execution_time = 2000";

/* The clock in a form that does not end in 2038. */
#define READ_BACK(variable)						\
	"SELECT " variable ", FIND_IN_SET('STRICT_TRANS_TABLES',"	\
	" @@session.sql_mode) > 0, TIMESTAMPDIFF(MICROSECOND,"		\
	" '1970-01-01', UTC_TIMESTAMP(6))"

static const char read_back_mariadb[] = READ_BACK("@@session.tx_isolation");
static const char read_back_mysql[] =
    READ_BACK("@@session.transaction_isolation");

/* Of Galera: does this server write together with others? */
static const char cluster[] = "SELECT @@wsrep_on";

static bool
is_local(const struct sql_place *at)
{
	struct str host = str_of(at->host);

	return at->host == NULL || str_eq(host, STR("localhost")) ||
	    str_eq(host, STR("::1")) || str_starts(host, STR("127."));
}

/* Seconds for the library's own timeouts, at least one. */
static unsigned
seconds_left(const struct db *db)
{
	int64_t left = db->deadline == 0 ? 30 * SECOND :
	    db->deadline - clock_steady();

	return left <= SECOND ? 1 : (unsigned)((left + SECOND - 1) / SECOND);
}

static void
options_set(const struct db *db, MYSQL *my, const struct sql_place *at)
{
	const my_bool	on = 1, off = 0;
	const unsigned	connecting = CONNECT_SECONDS, zero = 0;
	const unsigned	io = seconds_left(db);
	const unsigned	protocol = at->host == NULL ? MYSQL_PROTOCOL_SOCKET :
			    MYSQL_PROTOCOL_TCP;

	mysql_options(my, MYSQL_OPT_LOCAL_INFILE, &zero);
	mysql_options(my, MYSQL_OPT_RECONNECT, &off);
	mysql_options(my, MYSQL_OPT_CONNECT_TIMEOUT, &connecting);
	mysql_options(my, MYSQL_OPT_READ_TIMEOUT, &io);
	mysql_options(my, MYSQL_OPT_WRITE_TIMEOUT, &io);
	mysql_options(my, MYSQL_OPT_PROTOCOL, &protocol);
	mysql_options(my, MYSQL_SET_CHARSET_NAME, "utf8mb4");
	mysql_options(my, MYSQL_REPORT_DATA_TRUNCATION, &on);
	mysql_options(my, MYSQL_OPT_SSL_VERIFY_SERVER_CERT,
	    is_local(at) ? &off : &on);
	if (!is_local(at))
		mysql_options(my, MYSQL_OPT_SSL_ENFORCE, &on);
}

static enum rc
not_ready(struct db *db, struct err *e, const char *what)
{
	db_drop(db);
	return err_set(e, RC_DOWN, "ask the database's administrator",
	    "the database %s", what);
}

/* Isolation, mode and clock; `before` is when they were asked for. */
static enum rc
read_settings(struct db *db, int64_t before, struct err *e)
{
	int64_t		 after;
	MYSQL_RES	*res;
	MYSQL_ROW	 row;

	if (db->driver->reply_text(db->my) != 0)
		return db_failed(db, NULL, "read back", false, e);
	after = clock_wall();
	res = mysql_store_result(db->my);
	row = res == NULL ? NULL : mysql_fetch_row(res);
	if (row == NULL || row[0] == NULL || row[1] == NULL || row[2] == NULL) {
		mysql_free_result(res);
		return not_ready(db, e, "does not tell its settings");
	}
	bool good = str_eq(str_of(row[0]), STR("READ-COMMITTED")) &&
	    str_eq(str_of(row[1]), STR("1"));
	db->offset = strtoll(row[2], NULL, 10) -
	    (before + (after - before) / 2);
	mysql_free_result(res);
	return good ? RC_OK : not_ready(db, e,
	    "does not take READ COMMITTED and strict mode");
}

/* A server that was built without Galera does not know the variable. */
static enum rc
read_cluster(struct db *db, struct err *e)
{
	enum { UNKNOWN_VARIABLE = 1193 };
	MYSQL_RES	*res;
	MYSQL_ROW	 row;

	db->clustered = false;
	if (db->driver->reply_text(db->my) != 0)
		return db->driver->number(db->my) == UNKNOWN_VARIABLE ? RC_OK :
		    db_failed(db, NULL, cluster, false, e);
	res = mysql_store_result(db->my);
	row = res == NULL ? NULL : mysql_fetch_row(res);
	db->clustered = row == NULL || row[0] == NULL ||
	    !str_eq(str_of(row[0]), STR("0"));
	mysql_free_result(res);
	return RC_OK;
}

/* The four texts travel together. */
static enum rc
session_set(struct db *db, struct err *e)
{
	const char	*server = mysql_get_server_info(db->my);
	bool		 mariadb = server != NULL &&
			    strstr(server, "MariaDB") != NULL;
	int64_t		 before = clock_wall();

	TRY(text_send(db, isolation, e));
	TRY(text_send(db, mariadb ? settings_mariadb : settings_mysql, e));
	TRY(text_send(db, mariadb ? read_back_mariadb : read_back_mysql, e));
	TRY(text_send(db, cluster, e));
	db->waits++;
	TRY(db_settle(db, 2, NULL, e));
	db->underway_count = 0;
	TRY(read_settings(db, before, e));
	return read_cluster(db, e);
}

/* All that goes wrong here means: there is no database for us now. */
static enum rc
down(struct err *e)
{
	e->rc = RC_DOWN;
	return RC_DOWN;
}

static enum rc
open_one(struct db *db, const struct sql_place *at, struct err *e)
{
	db->my = mysql_init(NULL);
	must(db->my != NULL);
	options_set(db, db->my, at);
	db->waits++;
	if (db->driver->connect(db->my, at) != 0) {
		(void)db_failed(db, NULL, "connect", false, e);
		db_drop(db);
		return down(e);
	}
	db->owner = getpid();
	db->autocommit = true;
	db->lone_reads = 0;
	if (!is_local(at) && mysql_get_ssl_cipher(db->my) == NULL)
		return not_ready(db, e, "is remote and speaks without TLS");
	if (session_set(db, e) != RC_OK) {
		db_drop(db);
		return down(e);
	}
	return RC_OK;
}

/* The texts of a conf end in a NUL; an empty one is none. */
static const char *
text_or_null(struct str s)
{
	return s.len == 0 ? NULL : s.at;
}

enum rc
db_connect(struct db *db, struct err *e)
{
	/* Its own limits are whole seconds, so it is not begun in the last
	 * moment. */
	enum { CONNECT_LEAST_US = 50 * 1000 };
	const struct conf *conf = db->conf;
	struct sql_place at = {
		.host = text_or_null(conf->database_host),
		.socket = text_or_null(conf->database_socket),
		.port = (unsigned)conf->database_port,
		.user = text_or_null(conf->database_user),
		.password = text_or_null(conf->database_password),
		.name = text_or_null(conf->database_name),
	};

	if (db->my != NULL) {
		must(db->owner == getpid());	/* never across a fork */
		return RC_OK;
	}
	if (db->deadline != 0 &&
	    db->deadline - clock_steady() < CONNECT_LEAST_US)
		return err_set(e, RC_DOWN, NULL,
		    "the time for this request is over");
	if (at.socket != NULL || at.host == NULL ||
	    str_eq(conf->database_host, STR("localhost")))
		at.host = NULL;
	if (at.host != NULL || at.socket != NULL)
		return open_one(db, &at, e);
	for (size_t i = 0; i < COUNT(usual_sockets); i++) {
		enum rc rc;

		at.socket = usual_sockets[i];
		rc = open_one(db, &at, e);
		if (rc == RC_OK || e->number != 2002)
			return rc;	/* somebody answered */
	}
	return RC_DOWN;
}

void
db_drop(struct db *db)
{
	/* Closing the connection first leaves the statements nothing to tell
	 * the server; closing them then only frees memory. */
	if (db->my != NULL)
		mysql_close(db->my);
	db->my = NULL;
	for (size_t i = 0; i < STMT__COUNT; i++) {
		if (db->stmt[i] != NULL)
			mysql_stmt_close(db->stmt[i]);
		db->stmt[i] = NULL;
	}
	db->underway_count = 0;
}
