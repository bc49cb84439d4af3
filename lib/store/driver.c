/*
 * The real driver, and the two places where we reach below the documented
 * functions of Connector/C: both are in its installed headers.
 */
#include "store/driver.h"

#include <ma_pvio.h>

#if MARIADB_PACKAGE_VERSION_ID >= 30310
const bool	sql_driver_pipelines = true;
#else
const bool	sql_driver_pipelines = false;
#endif

static int
real_connect(MYSQL *my, const struct sql_place *at)
{
	/* FOUND_ROWS: an UPDATE counts the rows it matched, so that a guard
	 * in its WHERE can be told from a value that was there already. */
	return mysql_real_connect(my, at->host, at->user, at->password,
	    at->name, at->port, at->socket, CLIENT_FOUND_ROWS) == NULL;
}

static int
real_prepare(MYSQL_STMT *st, const char *text, size_t len)
{
	return mysql_stmt_prepare(st, text, len);
}

#if MARIADB_PACKAGE_VERSION_ID >= 30310

static int
real_send(MYSQL_STMT *st)
{
	const my_bool	on = 1, off = 0;
	MYSQL		*my = st->mysql;
	int		 rc;

	if (my == NULL)		/* the connection is gone */
		return 1;
	if (mysql_optionsv(my, MARIADB_OPT_SKIP_READ_RESPONSE, &on) != 0)
		return 1;
	rc = mysql_stmt_execute(st);
	mysql_optionsv(my, MARIADB_OPT_SKIP_READ_RESPONSE, &off);
	return rc;
}

static int
real_reply(MYSQL_STMT *st)
{
	if (st->mysql == NULL)
		return 1;
	return st->mysql->methods->db_read_execute_response(st);
}

#else

static int
real_send(MYSQL_STMT *st)
{
	return st->mysql == NULL;
}

static int
real_reply(MYSQL_STMT *st)
{
	return mysql_stmt_execute(st);
}

#endif

static int
real_send_text(MYSQL *my, const char *text, size_t len)
{
	return mysql_send_query(my, text, len);
}

static int
real_reply_text(MYSQL *my)
{
	return mysql_read_query_result(my);
}

const struct sql_driver	sql_driver_real = {
	.connect = real_connect,
	.prepare = real_prepare,
	.send = real_send,
	.reply = real_reply,
	.rows = mysql_stmt_store_result,
	.send_text = real_send_text,
	.reply_text = real_reply_text,
	.number = mysql_errno,
	.words = mysql_error,
	.stmt_number = mysql_stmt_errno,
	.stmt_words = mysql_stmt_error,
};

/*
 * The documented options take whole seconds and only at connect; a request's
 * deadline moves with every call.
 */
void
sql_bound(MYSQL *my, int milliseconds)
{
	MARIADB_PVIO	*io = my->net.pvio;

	if (io == NULL)
		return;
	io->timeout[PVIO_READ_TIMEOUT] = milliseconds;
	io->timeout[PVIO_WRITE_TIMEOUT] = milliseconds;
}
