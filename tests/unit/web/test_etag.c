/* Promises of web/etag.h. */
#include "unit/unit.h"
#include "web/etag.h"

static void
tags_are_compared_whole_and_without_what_servers_add(void)
{
	static const struct {
		const char	*header;
		bool		 listed;
	} rows[] = {
		{ "\"u7\"", true },
		{ "W/\"u7\"", true },
		{ "\"u7-gzip\"", true },
		{ "\"u7;gzip\"", true },
		{ "\"u7-br\"", true },
		{ "W/\"u7-zstd\"", true },
		{ "\"u1\", \"u7\"", true },
		{ "\"u1\",W/\"u7-gzip\" , \"u9\"", true },
		{ "*", true },
		{ " * ", true },
		{ "\"u70\"", false },
		{ "\"u\"", false },
		{ "\"U7\"", false },
		{ "\"u7-deflate\"", false },
		{ "u7", false },
		{ "\"u7", false },
		{ "\"u1\" x \"u7\"", false },
		{ "\"*\"", false },
		{ "", false },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		ROW(etag_listed(str_of(rows[i].header), STR("u7")) ==
		    rows[i].listed, rows[i].header);
}

static void
the_version_behind_a_letter_is_found(void)
{
	static const struct {
		const char	*header;
		char		 letter;
		int64_t		 want;		/* -1: none */
	} rows[] = {
		{ "\"s3.u7\"", 's', 3 },
		{ "\"s3.u7\"", 'u', 7 },
		{ "W/\"s3.u7-gzip\"", 'u', 7 },
		{ "\"u0.4\"", 'u', 0 },
		{ "\"m1\", \"u12\"", 'u', 12 },
		{ "\"u7\"", 's', -1 },
		{ "\"u-7\"", 'u', -1 },
		{ "\"u7x\"", 'u', -1 },
		{ "\"u\"", 'u', -1 },
		{ "\"u99999999999999999999\"", 'u', -1 },
		{ "*", 'u', -1 },
		{ "", 'u', -1 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t	n = -1;
		bool	found;

		found = etag_version(str_of(rows[i].header), rows[i].letter,
		    &n);
		ROW(found == (rows[i].want != -1) && n == rows[i].want,
		    rows[i].header);
	}
}

CU_TestInfo etag_tests[] = {
	{ "tags are compared whole and without what servers add",
	    tags_are_compared_whole_and_without_what_servers_add },
	{ "the version behind a letter is found",
	    the_version_behind_a_letter_is_found },
	CU_TEST_INFO_NULL
};
