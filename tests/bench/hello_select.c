/*
 * The least a FastCGI program can do with a database: one prepared SELECT of
 * a user's row by its primary key for each request, the user's name in the
 * path.  Started by the web server; no program of Rung.
 *
 * RUNG_DB_SOCKET, RUNG_DB_NAME: where the table is.
 */
#include <stdlib.h>
#include <string.h>

#include <fcgiapp.h>
#include <mysql.h>

enum { COLUMN_BYTES = 64 * 1024 };

static const char	text[] = "SELECT ver, due_at, matrix_version,"
    " follows_newest, derived_under, updated_at, holding, document"
    " FROM users WHERE seller_id = 1 AND user_id = ?";

static MYSQL_STMT	*select_user;
static char		 user[256], column[2][COLUMN_BYTES];
static unsigned long	 user_len, len[2];
static long long	 number[6];
static char		 null[8];

static int
prepare(void)
{
	static MYSQL_BIND	in, out[8];
	MYSQL			*my = mysql_init(NULL);

	if (my == NULL || mysql_real_connect(my, NULL, "root", NULL,
	    getenv("RUNG_DB_NAME"), 0, getenv("RUNG_DB_SOCKET"), 0) == NULL)
		return -1;
	select_user = mysql_stmt_init(my);
	in = (MYSQL_BIND){ .buffer_type = MYSQL_TYPE_STRING, .buffer = user,
	    .length = &user_len };
	for (int i = 0; i < 8; i++)
		out[i] = (MYSQL_BIND){ .is_null = &null[i],
		    .buffer_type = i < 6 ? MYSQL_TYPE_LONGLONG :
		    MYSQL_TYPE_BLOB,
		    .buffer = i < 6 ? (void *)&number[i] : column[i - 6],
		    .buffer_length = i < 6 ? sizeof(number[i]) : COLUMN_BYTES,
		    .length = i < 6 ? NULL : &len[i - 6] };
	return mysql_stmt_prepare(select_user, text, sizeof(text) - 1) != 0 ||
	    mysql_stmt_bind_param(select_user, &in) != 0 ||
	    mysql_stmt_bind_result(select_user, out) != 0 ? -1 : 0;
}

/* The segment behind /v1/users/ is the user; 0 when there is a row. */
static int
look(const char *uri)
{
	const char	*at = uri == NULL ? NULL : strstr(uri, "/users/");
	int		 found;

	if (at == NULL)
		return -1;
	at += sizeof("/users/") - 1;
	user_len = strcspn(at, "/?");
	if (user_len >= sizeof(user))
		return -1;
	memcpy(user, at, user_len);
	if (mysql_stmt_execute(select_user) != 0)
		return -1;
	found = mysql_stmt_fetch(select_user);
	mysql_stmt_free_result(select_user);
	return found;
}

int
main(void)
{
	static const char	yes[] =
	    "Content-Type: text/plain\r\nContent-Length: 6\r\n\r\nhello\n";
	static const char	no[] = "Status: 500 Oops\r\n\r\n";
	char			body[4096];
	FCGX_Request		r;

	if (prepare() != 0 || FCGX_Init() != 0 ||
	    FCGX_InitRequest(&r, 0, 0) != 0)
		return 1;
	while (FCGX_Accept_r(&r) == 0) {
		while (FCGX_GetStr(body, sizeof(body), r.in) ==
		    sizeof(body))
			continue;
		if (look(FCGX_GetParam("REQUEST_URI", r.envp)) == 0)
			FCGX_PutStr(yes, sizeof(yes) - 1, r.out);
		else
			FCGX_PutStr(no, sizeof(no) - 1, r.out);
		FCGX_Detach(&r);
		FCGX_Finish_r(&r);
	}
	return 0;
}
