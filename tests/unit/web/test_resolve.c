/* Promises of web/resolve.h, and of gate_path_ok. */
#include "flow/gate.h"
#include "unit/unit.h"
#include "web/resolve.h"

/* The resolved path, "-" when it is refused. */
static struct str
resolve(const char *uri, const char *file, const char *tidy,
    const char *by_nginx)
{
	struct head	h = { 0 };
	struct str	path;
	struct err	e;

	h.at[VAR_URI] = str_of(uri);
	h.at[VAR_FILE] = str_of(file);
	h.at[VAR_DOCUMENT_ROOT] = STR("/srv/www");
	h.at[VAR_CONTEXT_PREFIX] = STR("/sold");
	h.at[VAR_CONTEXT_ROOT] = STR("/srv/sold");
	h.at[VAR_TIDY_URI] = str_of(tidy);
	h.at[VAR_RESOLVED] = str_of(by_nginx);
	if (resolve_path(&h, unit_arena(), &path, &e) != RC_OK)
		return e.rc == RC_NOT_ALLOWED ? STR("-") : STR("?");
	return path;
}

static void
a_path_is_taken_in_its_only_spelling(void)
{
	static const struct {
		const char	*uri, *file, *tidy, *by_nginx, *want;
	} rows[] = {
		{ "/f/a.csv", "/srv/www/f/a.csv", "", "", "/f/a.csv" },
		{ "/f/a.csv?u=1", "/srv/www/f/a.csv", "", "", "/f/a.csv" },
		{ "/f/a%20b", "/srv/www/f/a b", "", "", "/f/a b" },
		{ "/f/a%21", "/srv/www/f/a!", "/f/a!", "", "/f/a!" },
		{ "/f/", "/srv/www/f/", "", "", "/f/" },
		{ "/f/", "/srv/www/f/index.html", "", "", "/f/" },
		{ "/sold/x", "/srv/sold/x", "", "", "/sold/x" },
		{ "/alias/x", "/elsewhere/x", "", "", "/alias/x" },
		{ "/f/a.csv", "", "", "/f/a.csv", "/f/a.csv" },
		{ "/f/", "", "", "/f/index.html", "/f/" },
		/* Spelled another way. */
		{ "/f/%61.csv", "/srv/www/f/a.csv", "", "", "-" },
		{ "/f/%2e%2E/a", "/srv/www/a", "", "", "-" },
		{ "/f%2fa", "/srv/www/f/a", "", "", "-" },
		{ "/f/%zz", "/srv/www/f/%zz", "", "", "-" },
		{ "/f//a", "/srv/www/f/a", "", "", "-" },
		{ "/f/../a", "/srv/www/a", "", "", "-" },
		/* Not what is handed out. */
		{ "/pretty/a", "/srv/www/f/a", "", "", "-" },
		{ "/pretty/a", "/srv/www/pretty/a", "/f/a", "", "-" },
		{ "/pretty/a", "", "", "/f/a", "-" },
		{ "/f/", "/srv/www/f/deep/index.html", "", "", "-" },
		{ "/f", "/srv/www/f/index.html", "", "", "-" },
		{ "/sold/x", "/srv/www/x", "", "", "-" },
		{ "/alias/x", "/elsewhere/y", "", "", "-" },
		{ "/alias/x", "/elsewhere/yx", "", "", "-" },
		{ "/F/a", "/srv/www/f/a", "", "", "-" },
		/* The server does not say. */
		{ "/f/a", "", "", "", "-" },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		ROW(str_eq(resolve(rows[i].uri, rows[i].file, rows[i].tidy,
		    rows[i].by_nginx), str_of(rows[i].want)), rows[i].uri);
}

static void
a_path_through_a_file_is_refused(void)
{
	SAME(resolve("/null/more", "/dev/null/more", "", ""), "-");
}

static void
only_plain_paths_can_be_of_files(void)
{
	static const char *const good[] = {
		"/", "/a", "/a/", "/a/b.csv", "/a/50%", "/a/...", "/\xc3\xa9",
	}, *const bad[] = {
		"", "a", "//", "/a//b", "/a/./b", "/a/..", "/../a", "/a\\b",
		"/a\n", "/a\x7f", "/a%20b", "/a%2fb", "/\xff",
	};

	for (size_t i = 0; i < COUNT(good); i++)
		ROW(gate_path_ok(str_of(good[i])), good[i]);
	for (size_t i = 0; i < COUNT(bad); i++)
		ROW(!gate_path_ok(str_of(bad[i])), bad[i]);
}

static void
a_cookie_counts_if_it_is_the_only_one(void)
{
	static const struct {
		const char	*header, *want;
	} rows[] = {
		{ "rung=1", "1" }, { "a=2; rung=1; b=3", "1" },
		{ "a=2;rung=1", "1" }, { "rung=a=b", "a=b" },
		{ "", "" }, { "rung", "" }, { "xrung=1", "" },
		{ "Rung=1", "" }, { "rung=1; rung=1", "" },
		{ "rung=1; rung=2", "" },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		ROW(str_eq(resolve_cookie(str_of(rows[i].header), "rung"),
		    str_of(rows[i].want)), rows[i].header);
}

/* The cookie for a site of this address. */
static struct str
cookie_for(const char *base_url, bool sandbox)
{
	struct conf	conf = {
		.base_url = str_of(base_url), .sandbox = sandbox,
		.token_key = STR("0123456789abcdef0123456789abcdef"),
	};
	struct flow	f = {
		.conf = &conf, .arena = unit_arena(), .seller = 1,
	};
	int64_t		expires_at;

	return flow_gate_cookie(&f, STR("u1"), &expires_at);
}

static void
only_the_sandbox_does_without_https(void)
{
	static const struct {
		const char	*base_url;
		bool		 sandbox, secure;
	} rows[] = {
		{ "https://shop.example", false, true },
		{ "https://shop.example", true, true },
		{ "http://shop.example", false, true },
		{ "http://127.0.0.1:8080", true, false },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct str cookie = cookie_for(rows[i].base_url,
		    rows[i].sandbox);

		ROW(str_ends(cookie, STR("; Secure")) == rows[i].secure,
		    rows[i].base_url);
		ROW(str_starts(cookie, STR("__Host-rung-gate=rung_gp_1_")) ==
		    rows[i].secure, rows[i].base_url);
	}
}

CU_TestInfo resolve_tests[] = {
	{ "a path is taken in its only spelling",
	    a_path_is_taken_in_its_only_spelling },
	{ "a path through a file is refused",
	    a_path_through_a_file_is_refused },
	{ "only plain paths can be of files",
	    only_plain_paths_can_be_of_files },
	{ "a cookie counts if it is the only one",
	    a_cookie_counts_if_it_is_the_only_one },
	{ "only the sandbox does without https",
	    only_the_sandbox_does_without_https },
	CU_TEST_INFO_NULL
};
