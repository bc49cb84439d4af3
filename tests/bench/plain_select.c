/*
 * Hello as the manual of libfcgi has it, and one prepared SELECT by primary
 * key as the manual of the client library has it: bound, stored and freed for
 * each request.  The user's name stands in the path.
 *
 * RUNG_DB_SOCKET, RUNG_DB_NAME: where the table is.
 */
#include <stdlib.h>
#include <string.h>

#include <fcgiapp.h>
#include <mysql.h>

static const char	text[] =
    "SELECT ver, document FROM users WHERE seller_id = 1 AND user_id = ?";

static MYSQL_STMT *
prepare(void)
{
	MYSQL		*my = mysql_init(NULL);
	MYSQL_STMT	*st;

	if (my == NULL || mysql_real_connect(my, NULL, "root", NULL,
	    getenv("RUNG_DB_NAME"), 0, getenv("RUNG_DB_SOCKET"), 0) == NULL)
		return NULL;
	st = mysql_stmt_init(my);
	return st == NULL || mysql_stmt_prepare(st, text, sizeof(text) - 1) != 0
	    ? NULL : st;
}

/* The segment behind /v1/users/ is the user; 0 when there is a row. */
static int
look(MYSQL_STMT *st, const char *uri)
{
	static char	 document[64 * 1024];
	const char	*user = uri == NULL ? NULL : strstr(uri, "/users/");
	unsigned long	 len, got;
	long long	 version;
	MYSQL_BIND	 in = { .buffer_type = MYSQL_TYPE_STRING }, out[2] = {
		{ .buffer_type = MYSQL_TYPE_LONGLONG, .buffer = &version },
		{ .buffer_type = MYSQL_TYPE_STRING, .buffer = document,
		    .buffer_length = sizeof(document), .length = &got },
	};
	int		 found;

	if (user == NULL)
		return -1;
	user += sizeof("/users/") - 1;
	len = strcspn(user, "/?");
	in.buffer = (void *)user;
	in.buffer_length = len;
	in.length = &len;
	if (mysql_stmt_bind_param(st, &in) != 0 ||
	    mysql_stmt_execute(st) != 0 ||
	    mysql_stmt_bind_result(st, out) != 0 ||
	    mysql_stmt_store_result(st) != 0)
		return -1;
	found = mysql_stmt_fetch(st);
	mysql_stmt_free_result(st);
	return found;
}

int
main(void)
{
	FCGX_Request	 r;
	MYSQL_STMT	*st = prepare();

	if (st == NULL || FCGX_Init() != 0 || FCGX_InitRequest(&r, 0, 0) != 0)
		return 1;
	while (FCGX_Accept_r(&r) == 0) {
		if (look(st, FCGX_GetParam("REQUEST_URI", r.envp)) == 0)
			FCGX_FPrintF(r.out,
			    "Content-Type: text/plain\r\n\r\nhello\n");
		else
			FCGX_FPrintF(r.out, "Status: 500 Oops\r\n\r\n");
		FCGX_Finish_r(&r);
	}
	return 0;
}
