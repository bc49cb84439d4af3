/*
 * Rows of counters.
 */
#include "store/usage_store.h"

enum rc
usage_of(struct db *db, uint32_t seller, struct str user, int64_t now,
    struct arena *a, struct usage **out, size_t *count, struct err *e)
{
	const struct arg args[] = {
		arg_int(seller), arg_str(user), arg_int(now),
	};
	struct usage *list;
	struct rows rows;
	size_t n = 0;

	TRY(db_rows(db, STMT_USAGE_OF, args, COUNT(args), a, &rows, e));
	list = arena_many(a, rows.count + 1, struct usage);
	for (size_t i = 0; i < rows.count; i++) {
		struct str limit = row_str(row_at(&rows, i), 0);

		if (n == 0 || !str_eq(list[n - 1].limit, limit))
			n++;
		list[n - 1] = (struct usage){
			limit, row_int(row_at(&rows, i), 1),
		};
	}
	*out = list;
	*count = n;
	return RC_OK;
}
