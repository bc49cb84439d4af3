/*
 * Where many users stand, by one statement.
 */
#include "store/store.h"
#include "store/versions.h"

static void
add_user(struct str user, int64_t ver)
{
	tell("INSERT INTO users (seller_id, user_id, touched, ver, due_at,"
	    " matrix_version, follows_newest, derived_under, updated_at,"
	    " holding, document, chain_id, audit_hash, outbox_pruned_to)"
	    " VALUES (%d, '%.*s', 0,"
	    " %lld, 77, 3, 1, 4, 0, '', '', '0123456789abcdef',"
	    " REPEAT('x', 32), 0)", SELLER, STR_FMT(user), (long long)ver);
}

/* u00000, u00002 and so on below VERSIONS_MAX, with versions 1, 3, ... */
static void
add_every_second_user(void)
{
	tell("INSERT INTO users (seller_id, user_id, touched, ver, due_at,"
	    " matrix_version, follows_newest, updated_at, holding, document,"
	    " chain_id, audit_hash, outbox_pruned_to) SELECT %d,"
	    " CONCAT('u', LPAD(seq, 5, '0')), 0, seq + 1, 77, 3, 1, 0, '', '',"
	    " '0123456789abcdef', REPEAT('x', 32), 0"
	    " FROM seq_0_to_%d_step_2", SELLER, VERSIONS_MAX - 1);
}

/* Whatever the number, all that are there are found, and each once. */
static void
as_many_as_asked_for_are_found_in_one_statement(void)
{
	static const size_t	 counts[] = {
		1, 7, 8, 9, 200, 201, 1000, 1001, 2001, 4001, 8001,
		VERSIONS_MAX,
	};
	struct arena		*a = store_arena();
	struct str		*users = arena_many(a, VERSIONS_MAX,
				    struct str);
	struct user_version	*rows = arena_many(a, VERSIONS_MAX,
				    struct user_version);
	struct err		 e = { .what = "" };
	int64_t			 offset;
	size_t			 found = 0;

	CU_ASSERT_EQUAL(db_offset(store_db(), &offset, &e), RC_OK);
	for (size_t i = 0; i < VERSIONS_MAX; i++)
		users[i] = arena_text(a, "u%05zu", i);
	add_every_second_user();
	for (size_t i = 0; i < COUNT(counts); i++) {
		int64_t	sum = 0, before = db_statements(store_db());
		size_t	there = (counts[i] + 1) / 2;

		CU_ASSERT_EQUAL(versions_read(store_db(), SELLER, users,
		    counts[i], a, rows, &found, &e), RC_OK);
		CU_ASSERT_TRUE(db_statements(store_db()) - before == 1);
		CU_ASSERT_EQUAL(found, there);
		for (size_t n = 0; n < found; n++)
			sum += rows[n].ver;
		CU_ASSERT_EQUAL(sum, (int64_t)(there * there));
	}
}

static void
a_row_has_what_tells_whether_it_is_due(void)
{
	struct str	 user = STR("u1");
	struct err	 e = { .what = "" };
	struct user_version row;
	size_t		 found = 0;

	CU_ASSERT_EQUAL(versions_read(store_db(), SELLER, &user, 1,
	    store_arena(), &row, &found, &e), RC_OK);
	CU_ASSERT_EQUAL(found, 0);
	add_user(user, 5);
	CU_ASSERT_EQUAL(versions_read(store_db(), SELLER, &user, 1,
	    store_arena(), &row, &found, &e), RC_OK);
	CU_ASSERT_EQUAL(found, 1);
	CU_ASSERT_TRUE(str_eq(row.user, user));
	CU_ASSERT_EQUAL(row.ver, 5);
	CU_ASSERT_EQUAL(row.due_at, 77);
	CU_ASSERT_TRUE(row.follows_newest);
	CU_ASSERT_EQUAL(row.derived_under, 4);
	CU_ASSERT_EQUAL(versions_read(store_db(), SELLER + 1, &user, 1,
	    store_arena(), &row, &found, &e), RC_OK);
	CU_ASSERT_EQUAL(found, 0);
}

CU_TestInfo versions_tests[] = {
	{ "as many as asked for are found in one statement",
	    as_many_as_asked_for_are_found_in_one_statement },
	{ "a row has what tells whether it is due",
	    a_row_has_what_tells_whether_it_is_due },
	CU_TEST_INFO_NULL
};
