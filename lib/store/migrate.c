/*
 * Applies the steps of schema/ that are missing.  DDL commits by itself, so
 * each step counts its finished statements in its own row: a migration that
 * was killed goes on where it stopped, and nobody has to mend anything.
 */
#include "base/clock.h"
#include "base/guard.h"
#include "store/db_inside.h"
#include "store/digest.h"
#include "store/migrate.h"
#include "store/split.h"

static const char ledger[] =
    "CREATE TABLE IF NOT EXISTS schema_migrations ("
    " name VARBINARY(80) NOT NULL,"
    " digest BINARY(32) NOT NULL COMMENT 'SHA-256 of the step',"
    " applied_at BIGINT NULL COMMENT 'NULL: under way, or it was killed',"
    " done INT NOT NULL COMMENT 'statements that were carried out',"
    " PRIMARY KEY (name)"
    ") ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4"
    " COLLATE=utf8mb4_bin";

/* Saves work only: two migrations at once.  Given back at the end. */
static const char lock[] =
    "DO GET_LOCK(CONCAT('rung-', LEFT(MD5(DATABASE()), 20)), 30)";
static const char unlock[] =
    "DO RELEASE_LOCK(CONCAT('rung-', LEFT(MD5(DATABASE()), 20)))";

/* Building an index takes its time. */
static const char patient_mariadb[] =
    "SET max_statement_time = 0, lock_wait_timeout = 60";
static const char hasty_mariadb[] =
    "SET max_statement_time = 2, lock_wait_timeout = 2";
static const char patient_mysql[] = "SET lock_wait_timeout = 60";
static const char hasty_mysql[] = "SET lock_wait_timeout = 2";

/* What schema_migrations says of one step. */
struct progress {
	bool		 begun, applied;
	int64_t		 done;
	struct digest	 digest;
};

static bool
is_mariadb(struct db *db)
{
	const char *server = db->my == NULL ? NULL :
	    mysql_get_server_info(db->my);

	return server != NULL && strstr(server, "MariaDB") != NULL;
}

static enum rc
script(struct db *db, const char *text, struct err *e)
{
	return db_script(db, str_of(text), e);
}

/* The rows so far; none where the table is not there yet. */
static enum rc
rows_read(struct db *db, struct arena *a, struct rows *rows, struct err *e)
{
	enum { NO_SUCH_TABLE = 1146 };
	enum rc rc = db_rows(db, STMT_MIGRATION_LIST, NULL, 0, a, rows, e);

	if (rc != RC_OK && e->number == NO_SUCH_TABLE) {
		*rows = (struct rows){ 0 };
		return RC_OK;
	}
	return rc;
}

static enum rc
progress_of(const struct rows *rows, const struct schema_step *step,
    struct progress *out, struct err *e)
{
	*out = (struct progress){ 0 };
	for (size_t i = 0; i < rows->count; i++) {
		const struct row *row = row_at(rows, i);

		if (!str_eq(row_str(row, 0), str_of(step->name)))
			continue;
		out->begun = true;
		TRY(digest_take(row_str(row, 1), &out->digest, e));
		out->applied = !row_null(row, 2);
		out->done = row_int(row, 3);
	}
	return RC_OK;
}

/* An edited step is a fault, unless it never got anywhere. */
static enum rc
digest_check(const struct schema_step *step, const struct progress *p,
    const struct digest *now, struct err *e)
{
	if (!p->begun || secret_same(&p->digest, now) ||
	    (!p->applied && p->done == 0))
		return RC_OK;
	return err_set(e, RC_BROKEN,
	    "add a new step to schema/ in place of editing an old one",
	    "%s was changed after it was applied", step->name);
}

static enum rc
step_move(struct db *db, const struct schema_step *step,
    const struct digest *digest, int64_t done, bool applied, struct err *e)
{
	const struct arg args[] = {
		arg_digest(digest), arg_int(done),
		applied ? arg_int(clock_wall()) : arg_null(),
		arg_str(str_of(step->name)),
	};

	return db_do(db, STMT_MIGRATION_MOVE, args, COUNT(args), NULL, e);
}

/*
 * A killed run may have carried out one statement more than it counted; that
 * one then says that it is there already.
 */
static bool
there_already(unsigned number)
{
	return number == 1050 || number == 1060 || number == 1061 ||
	    number == 1062;
}

static enum rc
step_run(struct db *db, const struct schema_step *step,
    const struct progress *p, const struct digest *digest, struct err *e)
{
	struct str	 rest = str_of(step->sql), statement;

	for (int64_t n = 0; sql_split(&rest, &statement); n++) {
		enum rc rc;

		if (n < p->done)
			continue;
		rc = db_script(db, statement, e);
		if (rc != RC_OK &&
		    !(p->begun && n == p->done && there_already(e->number)))
			return rc;
		TRY(step_move(db, step, digest, n + 1, false, e));
	}
	return RC_OK;
}

static enum rc
step_apply(struct db *db, const struct schema_step *step,
    const struct progress *p, const struct digest *digest, struct err *e)
{
	int64_t		 count = 0;
	struct str	 rest = str_of(step->sql), statement;

	while (sql_split(&rest, &statement))
		count++;
	if (!p->begun) {
		const struct arg args[] = {
			arg_str(str_of(step->name)), arg_digest(digest),
		};

		TRY(db_do(db, STMT_MIGRATION_ADD, args, COUNT(args), NULL,
		    e));
	}
	TRY(step_run(db, step, p, digest, e));
	return step_move(db, step, digest, count, true, e);
}

static enum rc
steps_apply(struct db *db, bool dry_run, migrate_report *report, void *arg,
    struct arena *a, struct err *e)
{
	struct rows rows;

	TRY(rows_read(db, a, &rows, e));
	for (size_t i = 0; i < schema_step_count; i++) {
		const struct schema_step *step = &schema_steps[i];
		struct digest	 digest = secret_sha256(str_of(step->sql));
		struct progress	 p;

		TRY(progress_of(&rows, step, &p, e));
		TRY(digest_check(step, &p, &digest, e));
		if (p.applied)
			continue;
		if (!dry_run)
			TRY(step_apply(db, step, &p, &digest, e));
		if (report != NULL)
			report(arg, step->name);
	}
	return RC_OK;
}

enum rc
migrate(struct db *db, bool dry_run, migrate_report *report, void *arg,
    struct arena *a, struct err *e)
{
	struct err	 ignored;
	bool		 mariadb;
	enum rc		 rc;

	if (dry_run)
		return steps_apply(db, true, report, arg, a, e);
	TRY(db_connect(db, e));
	mariadb = is_mariadb(db);
	TRY(script(db, mariadb ? patient_mariadb : patient_mysql, e));
	TRY(script(db, lock, e));
	TRY(script(db, ledger, e));
	rc = steps_apply(db, false, report, arg, a, e);
	(void)script(db, unlock, &ignored);
	(void)script(db, mariadb ? hasty_mariadb : hasty_mysql, &ignored);
	return rc;
}

enum rc
migrate_current(struct db *db, struct arena *a, bool *current, struct err *e)
{
	struct rows rows;
	bool	 all = true;

	TRY(rows_read(db, a, &rows, e));
	for (size_t i = 0; i < schema_step_count; i++) {
		struct progress p;

		TRY(progress_of(&rows, &schema_steps[i], &p, e));
		all = all && p.applied;
	}
	*current = all;
	return RC_OK;
}
