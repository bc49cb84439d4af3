/*
 * The register: each statement is good SQL on a fresh schema, and the
 * connection is as our rules ask.
 */
#include "store/db_inside.h"
#include "store/store.h"

static void
every_statement_prepares(void)
{
	for (size_t i = 0; i < STMT__COUNT; i++) {
		const struct stmt_text *t = &stmt_texts[i];
		MYSQL_STMT	*st = mysql_stmt_init(side());
		int		 rc = mysql_stmt_prepare(st, t->text, t->len);
		bool		 rows = mysql_stmt_field_count(st) > 0;

		if (rc != 0)
			printf("\n%s: %s", t->name, mysql_stmt_error(st));
		ROW(rc == 0, t->name);
		ROW(rows != t->writes, t->name);
		ROW(mysql_stmt_param_count(st) <= ARGS_MAX, t->name);
		mysql_stmt_close(st);
	}
}

static void
each_connection_is_set_as_the_rules_ask(void)
{
	struct err	 e = { .what = "" };
	int64_t		 offset = INT64_MAX;
	MYSQL		*my;

	OK(db_offset(store_db(), &offset, &e));
	CU_ASSERT_TRUE(offset > -SECOND && offset < SECOND);
	my = store_db()->my;
	must(mysql_query(my, "SELECT CONCAT_WS(',', @@tx_isolation,"
	    " @@time_zone, @@innodb_lock_wait_timeout, @@autocommit + 0,"
	    " FLOOR(@@max_statement_time), @@character_set_client,"
	    " @@sql_mode LIKE '%STRICT_TRANS_TABLES%NO_ZERO_DATE%')") == 0);
	MYSQL_RES *res = mysql_store_result(my);
	must(res != NULL);
	SAME(str_of(mysql_fetch_row(res)[0]),
	    "READ-COMMITTED,+00:00,1,1,2,utf8mb4,1");
	mysql_free_result(res);
	CU_ASSERT_NOT_EQUAL(mysql_query(my, "LOAD DATA LOCAL INFILE"
	    " '/etc/passwd' INTO TABLE jobs"), 0);
}

static void
a_server_without_tls_elsewhere_is_refused(void)
{
	struct err	 e = { .what = "" };
	struct conf	 far = *store_conf();
	struct db	*db;
	int64_t		 offset;

	far.database_socket = STR_NONE;
	far.database_host = STR("db.invalid");
	db = db_new(&far);
	db_deadline(db, clock_steady() + 2 * SECOND);
	CU_ASSERT_EQUAL(db_offset(db, &offset, &e), RC_DOWN);
	db_free(&db);
}

static void
a_wrong_name_or_password_is_down_and_says_what_to_check(void)
{
	struct err	 e = { .what = "" };
	struct conf	 wrong = *store_conf();
	struct db	*db;
	int64_t		 offset;

	wrong.database_name = STR("no_such_database");
	db = db_new(&wrong);
	CU_ASSERT_EQUAL(db_offset(db, &offset, &e), RC_DOWN);
	CU_ASSERT_EQUAL(e.number, 1049);
	CU_ASSERT_PTR_NOT_NULL(strstr(e.mend, "database_name"));
	db_free(&db);
}

CU_TestInfo statements_tests[] = {
	{ "every statement prepares", every_statement_prepares },
	{ "each connection is set as the rules ask",
	    each_connection_is_set_as_the_rules_ask },
	{ "a server elsewhere that cannot be had is down",
	    a_server_without_tls_elsewhere_is_refused },
	{ "a wrong name is down and says what to check",
	    a_wrong_name_or_password_is_down_and_says_what_to_check },
	CU_TEST_INFO_NULL
};
