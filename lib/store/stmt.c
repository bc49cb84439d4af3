/*
 * One statement: prepared at first use, bound, sent, answered, its rows
 * copied into the arena.
 */
#include "base/clock.h"
#include "base/guard.h"
#include "store/classify.h"
#include "store/db_inside.h"

struct cell {
	enum arg_kind	 kind;
	int64_t		 number;
	struct str	 text;
};

struct row {
	const struct cell *cell;
	size_t		 columns;
};

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
static void
bind_args(MYSQL_BIND *bind, unsigned long *len, const struct arg *args,
    size_t count)
{
	static char	nothing[1];

	memset(bind, 0, count * sizeof(*bind));
	for (size_t i = 0; i < count; i++)
		switch (args[i].kind) {
		case ARG_INT:
			bind[i].buffer_type = MYSQL_TYPE_LONGLONG;
			bind[i].buffer = (void *)(uintptr_t)&args[i].number;
			break;
		case ARG_TEXT:
			len[i] = args[i].text.len;
			bind[i].buffer_type = MYSQL_TYPE_BLOB;
			bind[i].buffer = len[i] == 0 ? nothing :
			    (void *)(uintptr_t)args[i].text.at;
			bind[i].buffer_length = len[i];
			bind[i].length = &len[i];
			break;
		case ARG_NULL:
			bind[i].buffer_type = MYSQL_TYPE_NULL;
			break;
		}
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
	MYSQL_BIND	 bind[ARGS_MAX];
	unsigned long	 len[ARGS_MAX];
	MYSQL_STMT	*st;

	must(db->my != NULL && count <= ARGS_MAX);
	TRY(make_room(db, e));
	TRY(prepare(db, stmt, e));
	st = db->stmt[stmt];
	must(mysql_stmt_param_count(st) == count);
	bind_args(bind, len, args, count);
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

/* What one row is fetched into: numbers whole, of texts only the length. */
struct landing {
	MYSQL_BIND	 bind[COLUMNS_MAX];
	unsigned long	 len[COLUMNS_MAX];
	long long	 number[COLUMNS_MAX];
	my_bool		 null[COLUMNS_MAX], cut[COLUMNS_MAX];
	char		 nothing;
};

static void
landing_init(struct landing *l, uint32_t numbers, size_t columns)
{
	memset(l, 0, sizeof(*l));
	for (size_t i = 0; i < columns; i++) {
		MYSQL_BIND *b = &l->bind[i];

		b->length = &l->len[i];
		b->is_null = &l->null[i];
		b->error = &l->cut[i];
		b->buffer = &l->nothing;
		b->buffer_type = MYSQL_TYPE_BLOB;
		if ((numbers >> i & 1) != 0) {
			b->buffer = &l->number[i];
			b->buffer_type = MYSQL_TYPE_LONGLONG;
			b->buffer_length = sizeof(l->number[i]);
		}
	}
}

/* The bytes of one text, all of them: now we know how many. */
static bool
fetch_text(MYSQL_STMT *st, unsigned column, size_t len, struct arena *a,
    struct str *out)
{
	char		*at = arena_take(a, len + 1, 1);
	unsigned long	 got = 0;
	my_bool		 cut = 0, null = 0;
	MYSQL_BIND	 b = {
		.buffer_type = MYSQL_TYPE_BLOB, .buffer = at,
		.buffer_length = len, .length = &got, .error = &cut,
		.is_null = &null,
	};

	*out = (struct str){ at, len };
	return len == 0 ||
	    (mysql_stmt_fetch_column(st, &b, column, 0) == 0 && !cut &&
	    got == len);
}

static bool
fetch_row(MYSQL_STMT *st, const struct landing *l, uint32_t numbers,
    size_t columns, struct arena *a, struct cell *cell)
{
	for (size_t i = 0; i < columns; i++) {
		if (l->null[i])
			cell[i].kind = ARG_NULL;
		else if ((numbers >> i & 1) != 0) {
			if (l->cut[i])
				return false;
			cell[i].kind = ARG_INT;
			cell[i].number = l->number[i];
		} else {
			cell[i].kind = ARG_TEXT;
			if (!fetch_text(st, (unsigned)i, l->len[i], a,
			    &cell[i].text))
				return false;
		}
	}
	return true;
}

static enum rc
fetch_all(MYSQL_STMT *st, uint32_t numbers, struct arena *a, struct rows *out)
{
	struct landing	 l;
	size_t		 columns = mysql_stmt_field_count(st), n = 0;
	size_t		 count = (size_t)mysql_stmt_num_rows(st);
	struct row	*row = arena_many(a, count + 1, struct row);
	struct cell	*cell = arena_many(a, count * columns + 1, struct cell);
	int		 rc;

	landing_init(&l, numbers, columns);
	if (mysql_stmt_bind_result(st, l.bind) != 0)
		return RC_BROKEN;
	while ((rc = mysql_stmt_fetch(st)) == 0 ||
	    rc == MYSQL_DATA_TRUNCATED) {
		must(n < count);
		row[n] = (struct row){ cell, columns };
		if (!fetch_row(st, &l, numbers, columns, a, cell))
			return RC_BROKEN;
		cell += columns;
		n++;
	}
	if (rc != MYSQL_NO_DATA || n != count)
		return RC_BROKEN;
	*out = (struct rows){ .count = n, .row = row, .columns = columns };
	return RC_OK;
}

enum rc
stmt_rows(struct db *db, struct arena *a, struct rows *out, struct err *e)
{
	enum stmt	 stmt = db->underway[0].stmt;
	const char	*name = stmt_texts[stmt].name;
	MYSQL_STMT	*st = db->stmt[stmt];
	enum rc		 rc;

	must(db->underway_count == 1);
	db->underway_count = 0;
	if ((rc = db_bound(db, e)) != RC_OK) {
		db_drop(db);	/* its answer would be taken for another's */
		return rc;
	}
	/* No columns where there should be some is a failure too. */
	if (db->driver->reply(st) != 0 || mysql_stmt_field_count(st) == 0 ||
	    db->driver->rows(st) != 0)
		return db_failed(db, st, name, false, e);
	rc = fetch_all(st, db->numbers[stmt], a, out);
	mysql_stmt_free_result(st);
	if (rc != RC_OK)
		return err_set(e, rc, NULL, "%s: a value did not fit", name);
	return RC_OK;
}

const struct row *
row_at(const struct rows *rows, size_t index)
{
	must(index < rows->count);
	return &rows->row[index];
}

static const struct cell *
cell_of(const struct row *row, size_t column)
{
	must(column < row->columns);
	return &row->cell[column];
}

struct str
row_str(const struct row *row, size_t column)
{
	const struct cell *c = cell_of(row, column);

	must(c->kind != ARG_INT);
	return c->kind == ARG_NULL ? STR_NONE : c->text;
}

int64_t
row_int(const struct row *row, size_t column)
{
	const struct cell *c = cell_of(row, column);

	must(c->kind != ARG_TEXT);
	return c->kind == ARG_NULL ? 0 : c->number;
}

bool
row_null(const struct row *row, size_t column)
{
	return cell_of(row, column)->kind == ARG_NULL;
}
