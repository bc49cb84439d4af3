/*
 * Where a statement of a schema step ends.
 */
#include "store/split.h"
#include "store/store.h"

static void
scripts_are_cut_where_statements_end(void)
{
	/* A bar stands between the statements that are expected. */
	static const struct {
		const char	*script, *want;
	} rows[] = {
		{ "", "" },
		{ "-- nothing; at all\n", "" },
		{ ";;\n;", "" },
		{ "A;\nB;\n", "A|B" },
		{ "A;B", "A|B" },
		{ "-- head;\n\nA (\n  x -- one; two\n);\n",
		    "A (\n  x -- one; two\n)" },
		{ "A ';' B;\nC;\n", "A ';' B|C" },
		{ "A 'it''s; so' B;\nC;", "A 'it''s; so' B|C" },
		{ "A \";\" `;`;C;", "A \";\" `;`|C" },
		{ "A 1--1;\nB;", "A 1--1|B" },
		{ "  A  ;  ", "A" },
		{ "A 'never closed;", "A 'never closed;" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct str	 rest = str_of(rows[i].script), one;
		struct str	 want = str_of(rows[i].want);

		while (sql_split(&rest, &one))
			SAME_STR(one, str_cut(&want, '|'));
		ROW(want.len == 0, rows[i].script);
	}
}

CU_TestInfo split_tests[] = {
	{ "scripts are cut where statements end",
	    scripts_are_cut_where_statements_end },
	CU_TEST_INFO_NULL
};
