/* Promises of base/conf_value.h about URLs. */
#include "base/conf_value.h"
#include "unit/unit.h"

static void
a_url_is_cut_into_its_parts(void)
{
	struct url	u;

	CU_ASSERT_TRUE(conf_url(STR("https://a-b.example:8443/x/Y_1"), &u));
	SAME(u.scheme, "https");
	SAME(u.host, "a-b.example");
	SAME(u.path, "/x/Y_1");
	SAME(u.origin, "https://a-b.example:8443");
	CU_ASSERT_EQUAL(u.port, 8443);
	CU_ASSERT_TRUE(conf_url(STR("http://[::1]:8080"), &u));
	SAME(u.host, "[::1]");
	CU_ASSERT_EQUAL(u.port, 8080);
	CU_ASSERT_TRUE(conf_url(STR("http://[::1]"), &u));
	SAME(u.host, "[::1]");
	SAME(u.path, "");
	CU_ASSERT_EQUAL(u.port, 0);
	CU_ASSERT_TRUE(conf_url(STR("http://localhost:443"), &u));
}

static void
what_a_browser_would_rewrite_is_refused(void)
{
	static const char *const rows[] = {
		"", "https", "https:", "https://", "https:/a", "//a.example",
		"ftp://a.example", "HTTPS://a.example", "https://A.example",
		"https://a.example/", "https://a.example/x/",
		"https://a.example//x", "https://a.example/../x",
		"https://a.example/.x", "https://a.example/x?y",
		"https://a.example/x#y", "https://a.example/x y",
		"https://a.example/%41", "https://a.example?x",
		"https://me@a.example", "https://me:pw@a.example",
		"https://a.example:", "https://a.example:0",
		"https://a.example:080", "https://a.example:65536",
		"https://a.example:443", "http://a.example:80",
		"https://a.example:x", "https://a.example:8080x",
		"https://.example", "https://a..example", "https://a.example.",
		"https://-a.example", "https://a-.example", "https://a_b",
		"https://::1", "https://[::1", "https://[::g]", "https://[]",
		"https://[::1]x", "https://[1.2.3.4]", "https://[::1]:",
		"https://:8080", "https://caf\xc3\xa9.example",
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct url u = { .host = STR("as it was") };

		ROW(!conf_url(str_of(rows[i]), &u), rows[i]);
		SAME(u.host, "as it was");
	}
}

static void
loopback_is_this_machine_only(void)
{
	static const char *const ours[] = { "localhost", "127.0.0.1",
	    "127.255.0.1", "[::1]" };
	static const char *const theirs[] = { "127.0.0.1.example", "128.0.0.1",
	    "localhost.example", "[::2]", "127", "0.0.0.0", "" };

	for (size_t i = 0; i < COUNT(ours); i++)
		ROW(conf_is_loopback(str_of(ours[i])), ours[i]);
	for (size_t i = 0; i < COUNT(theirs); i++)
		ROW(!conf_is_loopback(str_of(theirs[i])), theirs[i]);
}

CU_TestInfo conf_url_tests[] = {
	{ "a URL is cut into its parts", a_url_is_cut_into_its_parts },
	{ "what a browser would rewrite is refused",
	    what_a_browser_would_rewrite_is_refused },
	{ "loopback is this machine only", loopback_is_this_machine_only },
	CU_TEST_INFO_NULL
};
