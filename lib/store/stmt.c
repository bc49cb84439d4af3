/*
 * One statement: prepared at first use, bound, sent, answered.
 */
#include <stdlib.h>

#include "base/clock.h"
#include "base/guard.h"
#include "store/classify.h"
#include "store/db_inside.h"

#define READS	false
#define WRITES	true
#define X(name, may, text)						\
	[STMT_##name] = { #name, (text), sizeof(text) - 1, (may) },
const struct stmt_text	stmt_texts[STMT__COUNT] = { STATEMENTS(X) };
#undef X

enum rc
db_failed(struct db *db, MYSQL_STMT *st, const char *name, bool at_commit,
    struct err *e)
{
	unsigned	 number = st == NULL ? 0 : db->driver->stmt_number(st);
	const char	*words = number == 0 ? "" : db->driver->stmt_words(st);
	enum rc		 rc;

	if (number == 0 && db->my != NULL) {
		number = db->driver->number(db->my);
		words = db->driver->words(db->my);
	}
	rc = db_classify(number, at_commit);
	if (rc == RC_DUPLICATE) {
		struct str key = db_key_of(words);

		err_set(e, rc, NULL, "%s: this row is there already", name);
		memcpy(e->key, key.at, key.len < sizeof(e->key) ? key.len :
		    sizeof(e->key) - 1);
	} else
		err_set(e, rc, db_number_mend(number), "%s: %s (%u)", name,
		    words[0] == '\0' ? "the answer was lost" : words, number);
	e->number = number;
	if (rc == RC_UNSURE || db_number_drops(number))
		db_drop(db);
	return rc;
}

enum rc
db_bound(struct db *db, struct err *e)
{
	enum { FLOOR_MS = 20, CEILING_MS = 30 * 1000 };
	int64_t	left = CEILING_MS;

	if (db->deadline != 0)
		left = (db->deadline - clock_steady()) / 1000;
	if (left <= 0)
		return err_set(e, RC_DOWN, NULL,
		    "the time for this request is over");
	if (left < FLOOR_MS)
		left = FLOOR_MS;
	sql_bound(db->my, left > CEILING_MS ? CEILING_MS : (int)left);
	return RC_OK;
}

/* Which columns of an answer are numbers. */
static uint32_t
number_columns(MYSQL_STMT *st)
{
	MYSQL_RES	*meta = mysql_stmt_result_metadata(st);
	uint32_t	 bits = 0;

	if (meta == NULL)
		return 0;
	must(mysql_num_fields(meta) <= COLUMNS_MAX);
	for (unsigned i = 0; i < mysql_num_fields(meta); i++)
		switch (mysql_fetch_field_direct(meta, i)->type) {
		case MYSQL_TYPE_TINY:
		case MYSQL_TYPE_SHORT:
		case MYSQL_TYPE_INT24:
		case MYSQL_TYPE_LONG:
		case MYSQL_TYPE_LONGLONG:
			bits |= UINT32_C(1) << i;
			break;
		default:
			break;
		}
	mysql_free_result(meta);
	return bits;
}

static enum rc
prepare(struct db *db, enum stmt stmt, struct err *e)
{
	const struct stmt_text *t = &stmt_texts[stmt];
	MYSQL_STMT	*st;

	if (db->stmt[stmt] != NULL)
		return RC_OK;
	TRY(db_settle(db, 0, NULL, e));	/* its answer comes at once */
	st = mysql_stmt_init(db->my);
	must(st != NULL);
	db->waits++;
	if (db->driver->prepare(st, t->text, t->len) != 0) {
		enum rc rc = db_failed(db, st, t->name, false, e);

		mysql_stmt_close(st);
		return rc;
	}
	db->numbers[stmt] = number_columns(st);
	db->stmt[stmt] = st;
	return RC_OK;
}

/* Bytes go as they are: no character set may touch an id or a digest. */
static MYSQL_BIND *
bind_args(const struct arg *args, size_t count)
{
	static char	 nothing[1];
	MYSQL_BIND	*bind = calloc(count + 1, sizeof(*bind));

	must(bind != NULL);
	for (size_t i = 0; i < count; i++)
		switch (args[i].kind) {
		case ARG_INT:
			bind[i].buffer_type = MYSQL_TYPE_LONGLONG;
			bind[i].buffer = (void *)(uintptr_t)&args[i].number;
			break;
		case ARG_TEXT:
			bind[i].buffer_type = MYSQL_TYPE_BLOB;
			bind[i].buffer = args[i].text.len == 0 ? nothing :
			    (void *)(uintptr_t)args[i].text.at;
			bind[i].buffer_length = args[i].text.len;
			break;
		case ARG_NULL:
			bind[i].buffer_type = MYSQL_TYPE_NULL;
			break;
		}
	return bind;
}

static void
bind_free(MYSQL_BIND **bind)
{
	free(*bind);
}

static void
underway_add(struct db *db, enum stmt stmt, int64_t want)
{
	must(db->underway_count < UNDERWAY_MAX);
	db->underway[db->underway_count++] = (struct underway){
		.stmt = stmt, .want = want,
	};
	db->statements++;
}

/* Room for one more statement under way. */
static enum rc
make_room(struct db *db, struct err *e)
{
	if (db->underway_count == UNDERWAY_MAX ||
	    (db->underway_count > 0 && !db->pipelines)) {
		db->waits++;
		TRY(db_settle(db, 0, NULL, e));
	}
	return db_bound(db, e);
}

enum rc
stmt_send(struct db *db, enum stmt stmt, const struct arg *args, size_t count,
    int64_t want, struct err *e)
{
	GUARD(bind_free) MYSQL_BIND	*bind = NULL;
	MYSQL_STMT			*st;

	must(db->my != NULL && count <= ARGS_MAX);
	TRY(make_room(db, e));
	TRY(prepare(db, stmt, e));
	st = db->stmt[stmt];
	must(mysql_stmt_param_count(st) == count);
	bind = bind_args(args, count);
	if ((count > 0 && mysql_stmt_bind_param(st, bind) != 0) ||
	    db->driver->send(st) != 0)
		return db_failed(db, st, stmt_texts[stmt].name, false, e);
	underway_add(db, stmt, want);
	return RC_OK;
}

enum rc
text_send(struct db *db, const char *text, struct err *e)
{
	must(db->my != NULL);
	if (db->underway_count == UNDERWAY_MAX)
		TRY(db_settle(db, 0, NULL, e));
	TRY(db_bound(db, e));
	if (db->driver->send_text(db->my, text, strlen(text)) != 0)
		return db_failed(db, NULL, text, false, e);
	underway_add(db, STMT__COUNT, WANT_ANY);
	return RC_OK;
}

/* A text sets how the connection works: after a failure it is of no use. */
static enum rc
read_text(struct db *db, struct err *e)
{
	enum rc rc;

	if (db->driver->reply_text(db->my) == 0)
		return RC_OK;
	rc = db_failed(db, NULL, "session", false, e);
	db_drop(db);
	return rc;
}

enum rc
late_failure(struct err *e)
{
	if (e->rc != RC_DUPLICATE)
		return e->rc;
	return err_set(e, RC_BROKEN, NULL,
	    "a row that must be new is there already");
}

static enum rc
read_one(struct db *db, const struct underway *u, int64_t *affected,
    struct err *e)
{
	const char	*name;
	MYSQL_STMT	*st;

	TRY(db_bound(db, e));
	if (u->stmt == STMT__COUNT)
		return read_text(db, e);
	st = db->stmt[u->stmt];
	name = stmt_texts[u->stmt].name;
	if (db->driver->reply(st) != 0) {
		enum rc rc = db_failed(db, st, name, false, e);

		return u->want == WAITED_FOR ? rc : late_failure(e);
	}
	*affected = (int64_t)mysql_stmt_affected_rows(st);
	if (u->want >= 0 && *affected != u->want)
		return err_set(e, RC_BROKEN, NULL,
		    "%s matched %lld rows in place of %lld", name,
		    (long long)*affected, (long long)u->want);
	return RC_OK;
}

enum rc
db_settle(struct db *db, size_t keep, int64_t *affected, struct err *e)
{
	size_t		 read = 0;
	enum rc		 first = RC_OK;
	int64_t		 rows = 0;

	while (db->my != NULL && read + keep < db->underway_count) {
		struct err	 why;
		enum rc		 rc;

		rc = read_one(db, &db->underway[read++], &rows, &why);
		if (rc != RC_OK && first == RC_OK) {
			first = rc;
			*e = why;
		}
		if (rc == RC_DOWN && why.number == 0)
			db_drop(db);	/* no time left to read the rest */
	}
	if (db->my != NULL) {
		db->underway_count -= read;
		memmove(db->underway, db->underway + read,
		    db->underway_count * sizeof(db->underway[0]));
	}
	if (affected != NULL)
		*affected = rows;
	return first;
}
