/*
 * One of a few statements, the smallest that holds the list.  A place that is
 * left over names the first user again, whom the server then finds once.  All
 * are the same lookups by the primary key, two or three microseconds each: a
 * longer list takes no more time than several short ones, and one wait.
 */
#include "base/guard.h"
#include "store/versions.h"

static const struct {
	enum stmt	 stmt;
	size_t		 room;
} sizes[] = {
	{ STMT_VERSIONS_8, 8 }, { STMT_VERSIONS_200, 200 },
	{ STMT_VERSIONS_1000, 1000 }, { STMT_VERSIONS_2000, 2000 },
	{ STMT_VERSIONS_4000, 4000 }, { STMT_VERSIONS_8000, 8000 },
	{ STMT_VERSIONS_16000, VERSIONS_MAX },
};

enum rc
versions_read(struct db *db, uint32_t seller, const struct str *users,
    size_t count, struct arena *a, struct user_version *out, size_t *found,
    struct err *e)
{
	size_t		 size = 0, room;
	struct arg	*args;
	struct rows	 rows;

	must(count > 0 && count <= VERSIONS_MAX);
	while (sizes[size].room < count)
		size++;
	room = sizes[size].room;
	args = arena_many(a, room + 1, struct arg);
	args[0] = arg_int(seller);
	for (size_t i = 0; i < room; i++)
		args[i + 1] = arg_str(users[i < count ? i : 0]);
	TRY(db_rows(db, sizes[size].stmt, args, room + 1, a, &rows, e));
	must(rows.count <= count);
	for (size_t i = 0; i < rows.count; i++) {
		const struct row *row = row_at(&rows, i);

		out[i] = (struct user_version){
			.user = row_str(row, 0),
			.ver = row_int(row, 1), .due_at = row_int(row, 2),
			.follows_newest = row_int(row, 3) != 0,
			.derived_under = row_int(row, 4),
		};
	}
	*found = rows.count;
	return RC_OK;
}
