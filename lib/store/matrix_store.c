/*
 * Rows of matrices, and when each job last ended well.
 */
#include "base/guard.h"
#include "store/db_inside.h"
#include "store/digest.h"
#include "store/matrix_store.h"

static enum rc
newest(struct db *db, uint32_t seller, struct arena *a, int64_t *version,
    struct digest *digest, struct err *e)
{
	const struct arg args[] = { arg_int(seller) };
	const struct row *row;
	bool		 found;

	TRY(db_row(db, STMT_MATRIX_NEWEST, args, COUNT(args), a, &row,
	    &found, e));
	*version = found ? row_int(row, 0) : 0;
	return found ? digest_take(row_str(row, 1), digest, e) : RC_OK;
}

enum rc
matrix_newest(struct db *db, uint32_t seller, struct arena *a,
    int64_t *version, struct err *e)
{
	struct digest ignored;

	return newest(db, seller, a, version, &ignored, e);
}

enum rc
matrix_editions(struct db *db, uint32_t seller, struct arena *a,
    struct edition **out, size_t *count, struct err *e)
{
	const struct arg args[] = { arg_int(seller) };
	struct rows	 rows;

	TRY(db_rows(db, STMT_MATRIX_EDITIONS, args, COUNT(args), a, &rows,
	    e));
	*out = arena_many(a, rows.count + 1, struct edition);
	for (size_t i = 0; i < rows.count; i++)
		(*out)[i] = (struct edition){
			.version = row_int(row_at(&rows, i), 0),
			.applied_at = row_int(row_at(&rows, i), 1),
			.disabled = row_str(row_at(&rows, i), 2),
		};
	*count = rows.count;
	return RC_OK;
}

enum rc
matrix_source(struct db *db, uint32_t seller, int64_t version,
    struct arena *a, struct str *yaml, struct err *e)
{
	const struct arg args[] = { arg_int(seller), arg_int(version) };
	const struct row *row;
	bool		 found;

	TRY(db_row(db, STMT_MATRIX_SOURCE, args, COUNT(args), a, &row,
	    &found, e));
	if (!found)
		return err_set(e, RC_MISSING, NULL,
		    "there is no matrix version %lld", (long long)version);
	*yaml = row_str(row, 0);
	return RC_OK;
}

static enum rc
insert(struct db *db, uint32_t seller, int64_t version, struct str yaml,
    struct str disabled, const struct digest *digest, struct str operator,
    int64_t now, struct err *e)
{
	const struct arg args[] = {
		arg_int(seller), arg_int(version), arg_int(now),
		arg_str(operator), arg_digest(digest), arg_str(disabled),
		arg_str(yaml),
	};
	enum rc		 rc;

	rc = db_do(db, STMT_MATRIX_STORE, args, COUNT(args), NULL, e);
	if (rc == RC_DUPLICATE)		/* another one took the number */
		return err_set(e, RC_BUSY, NULL,
		    "another matrix was applied just now");
	return rc;
}

enum rc
matrix_store(struct db *db, uint32_t seller, struct str yaml,
    struct str disabled, struct str operator, int64_t now, struct arena *a,
    int64_t *version, struct err *e)
{
	struct digest	 digest = secret_sha256(yaml), before;
	int64_t		 last = 0;

	TRY(newest(db, seller, a, &last, &before, e));
	if (last > 0 && secret_same(&digest, &before)) {
		*version = last;
		return err_set(e, RC_DUPLICATE, NULL,
		    "this is version %lld already", (long long)last);
	}
	TRY(insert(db, seller, last + 1, yaml, disabled, &digest, operator,
	    now, e));
	*version = last + 1;
	return RC_OK;
}

enum rc
job_done(struct db *db, uint32_t seller, struct str job, int64_t now,
    struct err *e)
{
	const struct arg args[] = {
		arg_int(seller), arg_str(job), arg_int(now), arg_int(now),
	};

	return db_do(db, STMT_JOB_DONE, args, COUNT(args), NULL, e);
}

enum rc
job_last(struct db *db, uint32_t seller, struct str job, struct arena *a,
    int64_t *at, struct err *e)
{
	const struct arg args[] = { arg_int(seller), arg_str(job) };
	const struct row *row;
	bool		 found;

	TRY(db_row(db, STMT_JOB_LAST, args, COUNT(args), a, &row, &found,
	    e));
	*at = found ? row_int(row, 0) : 0;
	return RC_OK;
}
