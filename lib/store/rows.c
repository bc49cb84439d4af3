/*
 * The rows of an answer, copied into the arena: numbers as they are, of each
 * text first the length and then that many bytes, so that nothing is cut.
 */
#include "base/guard.h"
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
