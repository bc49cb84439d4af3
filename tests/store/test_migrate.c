/*
 * Applying the schema: once, in order, and on after a kill.
 */
#include "store/migrate.h"
#include "store/store.h"

static size_t	reported;

static void
count_step(void *arg, const char *name)
{
	(void)arg;
	(void)name;
	reported++;
}

static enum rc
apply(bool dry_run, struct err *e)
{
	reported = 0;
	return migrate(store_db(), dry_run, count_step, NULL, store_arena(),
	    e);
}

static bool
is_current(void)
{
	struct err	 e = { .what = "" };
	bool		 current = false;

	OK(migrate_current(store_db(), store_arena(), &current, &e));
	return current;
}

static int64_t
tables(void)
{
	return ask("SELECT COUNT(*) FROM information_schema.tables"
	    " WHERE table_schema = DATABASE()");
}

static void
a_dry_run_names_all_steps_and_makes_nothing(void)
{
	struct err	 e = { .what = "" };

	schema_drop();
	OK(apply(true, &e));
	CU_ASSERT_EQUAL(reported, schema_step_count);
	CU_ASSERT_EQUAL(tables(), 0);
	CU_ASSERT_FALSE(is_current());
	schema_make();
	CU_ASSERT_TRUE(is_current());
}

static void
every_step_is_applied_once(void)
{
	struct err	 e = { .what = "" };

	schema_drop();
	OK(apply(false, &e));
	CU_ASSERT_EQUAL(reported, schema_step_count);
	CU_ASSERT_TRUE(is_current());
	CU_ASSERT_EQUAL(ask("SELECT COUNT(*) FROM schema_migrations"),
	    (int64_t)schema_step_count);
	OK(apply(false, &e));
	CU_ASSERT_EQUAL(reported, 0);
	OK(apply(true, &e));
	CU_ASSERT_EQUAL(reported, 0);
	CU_ASSERT_EQUAL(ask("SELECT COUNT(*) FROM sellers"), 1);
}

static void
an_edited_step_is_refused(void)
{
	struct err	 e = { .what = "" };

	tell("UPDATE schema_migrations SET digest = REPEAT('x', 32)"
	    " WHERE name = '%s'", schema_steps[0].name);
	CU_ASSERT_EQUAL(apply(false, &e), RC_BROKEN);
	CU_ASSERT_PTR_NOT_NULL(strstr(e.what, schema_steps[0].name));
	schema_drop();
	schema_make();
}

static void
a_killed_migration_goes_on_where_it_stopped(void)
{
	static const char back[] = "UPDATE schema_migrations"
			    " SET done = done - 1, applied_at = NULL"
			    " WHERE name = '%s'";
	static const char outbox_step[] = "0004-assets-audit-outbox";
	struct err	 e = { .what = "" };
	int64_t		 all = tables();

	/* Killed between the last statement of a step and its count. */
	tell(back, outbox_step);
	CU_ASSERT_FALSE(is_current());
	OK(apply(false, &e));
	CU_ASSERT_EQUAL(reported, 1);
	/* Killed before the last statement. */
	tell(back, outbox_step);
	tell("DROP TABLE outbox");
	OK(apply(false, &e));
	CU_ASSERT_TRUE(is_current());
	CU_ASSERT_EQUAL(tables(), all);
}

/* Who was there before is due again when something is switched off. */
static void
rows_from_before_the_switches_are_of_their_matrix(void)
{
	static const char step[] = "0011-switches";
	struct err	 e = { .what = "" };

	tell("ALTER TABLE users DROP KEY users_behind,"
	    " ADD KEY users_behind (seller_id, follows_newest,"
	    " matrix_version), DROP COLUMN derived_under");
	tell("ALTER TABLE matrices DROP COLUMN disabled");
	tell("DELETE FROM schema_migrations WHERE name = '%s'", step);
	tell("INSERT INTO users VALUES (1, 'u1', 0, 1, NULL, 3, 0, 0, '{}',"
	    " '{}', REPEAT('c', 16), REPEAT('h', 32), 0)");
	tell("INSERT INTO matrices VALUES (1, 3, 0, 'op', REPEAT('d', 32),"
	    " 'matrix: 1')");
	OK(apply(false, &e));
	CU_ASSERT_EQUAL(reported, 1);
	CU_ASSERT_EQUAL(ask("SELECT derived_under FROM users"), 3);
	CU_ASSERT_EQUAL(ask("SELECT LENGTH(disabled) FROM matrices"), 0);
}

static void
every_table_is_innodb_and_compares_bytes(void)
{
	CU_ASSERT_EQUAL(ask("SELECT COUNT(*) FROM information_schema.tables"
	    " WHERE table_schema = DATABASE() AND (engine <> 'InnoDB'"
	    " OR row_format <> 'Dynamic'"
	    " OR table_collation <> 'utf8mb4_bin')"), 0);
	CU_ASSERT_EQUAL(ask("SELECT COUNT(*) FROM information_schema.columns"
	    " WHERE table_schema = DATABASE()"
	    " AND data_type IN ('enum', 'timestamp', 'float', 'double')"), 0);
}

static void
checks_are_in_force(void)
{
	static const char *const wrong[] = {
		"INSERT INTO credentials VALUES (REPEAT('x', 32), 1, 'k',"
		    " 'Server', NULL, '', '', 0, NULL, NULL, '')",
		"INSERT INTO credentials VALUES (REPEAT('x', 32), 1, 'k',"
		    " 'client', NULL, '', '', 0, NULL, NULL, '')",
		"INSERT INTO grants VALUES (1, 'u', 's', '', 'payment', 'p',"
		    " '', 0, 1, NULL, NULL, 1, NULL)",
		"INSERT INTO grants VALUES (1, 'u', 's', '', 'payment', 'p',"
		    " '', 0, 1, 'evt', 'ov', 1, NULL)",
		"INSERT INTO objects VALUES (1, 's', '', 'thing', 'p', 0,"
		    " NULL, 0, '', 0, '')",
		"INSERT INTO assets VALUES (1, 'u', 's', 0, 'as', '', '', '',"
		    " NULL, 0, NULL, NULL)",
	};

	for (size_t i = 0; i < COUNT(wrong); i++) {
		int rc = mysql_query(side(), wrong[i]);

		ROW(rc != 0 && (mysql_errno(side()) == 4025 ||
		    mysql_errno(side()) == 3819), wrong[i]);
	}
}

CU_TestInfo migrate_tests[] = {
	{ "a dry run names all steps and makes nothing",
	    a_dry_run_names_all_steps_and_makes_nothing },
	{ "every step is applied once", every_step_is_applied_once },
	{ "an edited step is refused", an_edited_step_is_refused },
	{ "a killed migration goes on where it stopped",
	    a_killed_migration_goes_on_where_it_stopped },
	{ "rows from before the switches are of their matrix",
	    rows_from_before_the_switches_are_of_their_matrix },
	{ "every table is InnoDB and compares bytes",
	    every_table_is_innodb_and_compares_bytes },
	{ "checks are in force", checks_are_in_force },
	CU_TEST_INFO_NULL
};
