/* Promises of base/conf.h about settings and their rules. */
#include "base/conf.h"
#include "base/limits.h"
#include "unit/unit.h"

#define KEY	"0123456789abcdef0123456789abcdef"	/* 32 */

static struct conf
fresh(void)
{
	struct conf	c;

	conf_init(&c, unit_arena());
	return c;
}

static enum rc
set(struct conf *c, const char *name, const char *value, struct err *e)
{
	struct str	text = str_of(value);

	return conf_set(c, str_of(name), &text, 1, e);
}

/* A conf with all that must be given. */
static struct conf
given(const char *mode, const char *base_url)
{
	struct conf	c = fresh();
	struct err	e;

	CU_ASSERT_EQUAL(set(&c, "mode", mode, &e), RC_OK);
	CU_ASSERT_EQUAL(set(&c, "base_url", base_url, &e), RC_OK);
	CU_ASSERT_EQUAL(set(&c, "token_key", KEY, &e), RC_OK);
	CU_ASSERT_EQUAL(set(&c, "var", "/var/lib/rung", &e), RC_OK);
	CU_ASSERT_EQUAL(set(&c, "database_name", "rung", &e), RC_OK);
	return c;
}

static void
first_values_are_in_force_until_set(void)
{
	struct conf	c = fresh();

	CU_ASSERT_FALSE(c.sandbox);
	SAME(c.database_host, "localhost");
	SAME(c.database_socket, "");
	CU_ASSERT_EQUAL(c.database_port, 3306);
	CU_ASSERT_EQUAL(c.webhook_tolerance, 300);
	CU_ASSERT_EQUAL(c.session_life, 3600);
	CU_ASSERT_EQUAL(c.wait_max, 25);
	CU_ASSERT_EQUAL(c.wake, WAKE_FILES);
	CU_ASSERT_EQUAL(c.stripe_webhook_secrets.count, 0);
	CU_ASSERT_EQUAL(c.given, 0);
}

static void
every_row_is_complete(void)
{
	size_t	n = 0;

	for (const struct setting *row; (row = conf_row(n)) != NULL; n++) {
		ROW(conf_named(str_of(row->name)) == row, row->name);
		ROW(row->about != NULL && strlen(row->about) > 20, row->name);
		ROW(row->about[strlen(row->about) - 1] == '.', row->name);
		ROW(row->field < offsetof(struct conf, base_path), row->name);
		ROW((row->kind == KIND_CHOICE) == (row->choices != NULL),
		    row->name);
		ROW(conf_kind_name(row->kind) != NULL, row->name);
		ROW(strcmp(row->name, "given") != 0, row->name);
	}
	CU_ASSERT_TRUE(n >= 22);
	CU_ASSERT_PTR_NULL(conf_named(STR("wait")));
	CU_ASSERT_PTR_NULL(conf_named(STR("wait_maxx")));
	CU_ASSERT_PTR_NULL(conf_named(STR_NONE));
}

static void
values_are_taken_by_their_kind(void)
{
	struct conf	c = fresh();
	struct err	e;

	CU_ASSERT_EQUAL(set(&c, "mode", "live", &e), RC_OK);
	CU_ASSERT_EQUAL(c.mode, MODE_LIVE);
	CU_ASSERT_EQUAL(set(&c, "sandbox", "true", &e), RC_OK);
	CU_ASSERT_TRUE(c.sandbox);
	CU_ASSERT_EQUAL(set(&c, "session_life", "2h", &e), RC_OK);
	CU_ASSERT_EQUAL(c.session_life, 7200);
	CU_ASSERT_EQUAL(set(&c, "wait_max", "39", &e), RC_OK);
	CU_ASSERT_EQUAL(c.wait_max, 39);
	CU_ASSERT_EQUAL(set(&c, "wake", "database", &e), RC_OK);
	CU_ASSERT_EQUAL(c.wake, WAKE_DATABASE);
	CU_ASSERT_EQUAL(set(&c, "database_socket", "/run/db.sock", &e), RC_OK);
	SAME(c.database_socket, "/run/db.sock");
	CU_ASSERT_EQUAL(set(&c, "base_url", "https://a.example/api/", &e),
	    RC_OK);
	SAME(c.base_url, "https://a.example/api");
}

static void
wrong_values_are_refused_with_advice(void)
{
	static const char *const rows[][2] = {
		{ "mode",		"production" },
		{ "mode",		"" },
		{ "mode",		"test|live" },
		{ "sandbox",		"on" },
		{ "sandbox",		"Yes" },
		{ "wait_max",		"0" },
		{ "wait_max",		"40" },
		{ "wait_max",		"many" },
		{ "session_life",	"29m" },
		{ "session_life",	"2d" },
		{ "database_port",	"0" },
		{ "database_port",	"65536" },
		{ "database_port",	"1h" },
		{ "database_socket",	"run/db.sock" },
		{ "database_name",	"" },
		{ "database_host",	"a\nb" },
		{ "database_host",	"\xff" },
		{ "var",		"var" },
		{ "var",		"" },
		{ "base_url",		"shop.example" },
		{ "base_url",		"https://shop.example/?a" },
		{ "token_key",		"0123456789abcdef0123456789abcde" },
		{ "token_key",		"" },
		{ "database_password",	"" },
		{ "stripe_webhook_secrets", "" },
		{ "stripe_webhook_secrets", "short" },
		{ "allowed_origins",	"*" },
		{ "allowed_origins",	"null" },
		{ "allowed_origins",	"https://shop.example/" },
		{ "allowed_origins",	"https://Shop.example" },
		{ "allowed_origins",	"https://shop.example:443" },
		{ "metrics_allow",	"localhost" },
		{ "metrics_allow",	"10.0.0.0/8" },
		{ "trusted_proxies",	"1.2.3" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct conf	c = fresh(), before = c;
		struct err	e;

		ROW(set(&c, rows[i][0], rows[i][1], &e) == RC_INVALID_VALUE,
		    rows[i][1]);
		SAME(str_part(str_of(e.pointer), 1, 99), rows[i][0]);
		ROW(str_starts(str_of(e.what), str_of(rows[i][0])), e.what);
		ROW(strlen(e.mend) > 5, rows[i][0]);
		before.given = c.given;
		ROW(memcmp(&c, &before, sizeof(c)) == 0, rows[i][0]);
	}
}

static void
an_unknown_name_gets_a_suggestion(void)
{
	struct conf	c = fresh();
	struct err	e;

	CU_ASSERT_EQUAL(set(&c, "databse_name", "x", &e), RC_INVALID_VALUE);
	SAME(str_of(e.mend), "Did you mean 'database_name'?");
	CU_ASSERT_EQUAL(set(&c, "colour", "x", &e), RC_INVALID_VALUE);
	CU_ASSERT_PTR_NULL(strstr(e.mend, "mean"));
	CU_ASSERT_PTR_NOT_NULL(strstr(e.what, "colour"));
}

static void
a_setting_can_be_given_once(void)
{
	struct conf	c = fresh();
	struct err	e;

	CU_ASSERT_EQUAL(set(&c, "wait_max", "10", &e), RC_OK);
	CU_ASSERT_EQUAL(set(&c, "wait_max", "20", &e), RC_INVALID_VALUE);
	SAME(str_of(e.what), "wait_max is given twice");
	CU_ASSERT_EQUAL(c.wait_max, 10);
}

static void
lists_take_any_number_and_scalars_one(void)
{
	static const struct str	two[] = {
		STR("https://a.example"), STR("http://127.0.0.1:8080"),
	};
	struct conf		c = fresh();
	struct err		e;

	CU_ASSERT_EQUAL(conf_set(&c, STR("allowed_origins"), two, 2, &e),
	    RC_OK);
	CU_ASSERT_EQUAL_FATAL(c.allowed_origins.count, 2);
	SAME(c.allowed_origins.at[1], "http://127.0.0.1:8080");
	CU_ASSERT_EQUAL(conf_set(&c, STR("metrics_allow"), NULL, 0, &e),
	    RC_OK);
	CU_ASSERT_EQUAL(c.metrics_allow.count, 0);
	CU_ASSERT_EQUAL(conf_set(&c, STR("wait_max"), two, 2, &e),
	    RC_INVALID_VALUE);
	CU_ASSERT_EQUAL(conf_set(&c, STR("database_host"), NULL, 0, &e),
	    RC_INVALID_VALUE);
}

static void
a_list_of_secrets_has_a_bound_and_no_empty_entry(void)
{
	struct str	many[SECRETS_MAX + 1];
	struct conf	c = fresh();
	struct err	e;

	for (size_t i = 0; i < COUNT(many); i++)
		many[i] = STR("whsec_0123456789");
	CU_ASSERT_EQUAL(conf_set(&c, STR("stripe_webhook_secrets"), many,
	    SECRETS_MAX, &e), RC_OK);
	CU_ASSERT_EQUAL(c.stripe_webhook_secrets.count, SECRETS_MAX);
	CU_ASSERT_EQUAL(conf_set(&c, STR("paddle_webhook_secrets"), many,
	    SECRETS_MAX + 1, &e), RC_INVALID_VALUE);
	many[1] = STR_NONE;
	CU_ASSERT_EQUAL(conf_set(&c, STR("lemonsqueezy_webhook_secrets"),
	    many, 2, &e), RC_INVALID_VALUE);
	CU_ASSERT_EQUAL(c.lemonsqueezy_webhook_secrets.count, 0);
}

static void
addresses_are_kept_in_one_spelling(void)
{
	static const struct str	same[] = {
		STR("0:0:0:0:0:0:0:1"), STR("2001:DB8::0"), STR("127.0.0.1"),
	};
	struct conf		c = fresh();
	struct err		e;

	CU_ASSERT_EQUAL(conf_set(&c, STR("metrics_allow"), same, 3, &e),
	    RC_OK);
	SAME(c.metrics_allow.at[0], "::1");
	SAME(c.metrics_allow.at[1], "2001:db8::");
	SAME(c.metrics_allow.at[2], "127.0.0.1");
}

static void
a_secret_is_never_quoted(void)
{
	struct conf	c = fresh();
	struct err	e;

	CU_ASSERT_EQUAL(set(&c, "token_key", "hunter2", &e),
	    RC_INVALID_VALUE);
	CU_ASSERT_PTR_NULL(strstr(e.what, "hunter2"));
	CU_ASSERT_PTR_NULL(strstr(e.mend, "hunter2"));
	c = given("test", "http://localhost:8080");
	SAME(conf_show(&c, conf_named(STR("token_key")), unit_arena()),
	    "(secret)");
	SAME(conf_show(&c, conf_named(STR("database_password")),
	    unit_arena()), "");
}

static void
a_value_shows_as_it_would_be_written(void)
{
	static const struct str	two[] = { STR("::1"), STR("10.0.0.1") };
	struct conf		c = given("live", "https://a.example");
	struct err		e;

	CU_ASSERT_EQUAL(conf_set(&c, STR("trusted_proxies"), two, 2, &e),
	    RC_OK);
	SAME(conf_show(&c, conf_named(STR("mode")), unit_arena()), "live");
	SAME(conf_show(&c, conf_named(STR("sandbox")), unit_arena()), "no");
	SAME(conf_show(&c, conf_named(STR("wait_max")), unit_arena()), "25");
	SAME(conf_show(&c, conf_named(STR("base_url")), unit_arena()),
	    "https://a.example");
	SAME(conf_show(&c, conf_named(STR("trusted_proxies")), unit_arena()),
	    "[::1, 10.0.0.1]");
	SAME(conf_show(&c, conf_named(STR("metrics_allow")), unit_arena()),
	    "[]");
}

static void
what_must_be_given_is_missed_all_at_once(void)
{
	struct conf	c = fresh();
	struct err	list[20], e;

	CU_ASSERT_EQUAL(conf_problems(&c, list, 20), 5);
	SAME(str_of(list[0].what), "mode is missing");
	SAME(str_of(list[0].pointer), "/mode");
	CU_ASSERT_EQUAL(conf_problems(&c, list, 2), 2);
	CU_ASSERT_EQUAL(conf_finish(&c, &e), RC_INVALID_VALUE);
	SAME(str_of(e.what), "mode is missing");
	set(&c, "mode", "wrong", &e);
	CU_ASSERT_EQUAL(conf_problems(&c, list, 20), 4);
}

static void
sandbox_with_live_mode_is_refused(void)
{
	struct conf	c = given("live", "https://a.example");
	struct err	e;

	CU_ASSERT_EQUAL(conf_finish(&c, &e), RC_OK);
	CU_ASSERT_EQUAL(set(&c, "sandbox", "yes", &e), RC_OK);
	CU_ASSERT_EQUAL(conf_finish(&c, &e), RC_BROKEN);
	CU_ASSERT_PTR_NOT_NULL(strstr(e.what, "sandbox: yes"));
	c = given("test", "http://localhost:8080");
	CU_ASSERT_EQUAL(set(&c, "sandbox", "yes", &e), RC_OK);
	CU_ASSERT_EQUAL(conf_finish(&c, &e), RC_OK);
}

static void
live_mode_is_encrypted_beyond_this_machine(void)
{
	struct conf	c = given("live", "http://shop.example");
	struct err	e;

	CU_ASSERT_EQUAL(conf_finish(&c, &e), RC_INVALID_VALUE);
	SAME(str_of(e.pointer), "/base_url");
	c = given("live", "http://127.0.0.1:8080");
	CU_ASSERT_EQUAL(conf_finish(&c, &e), RC_OK);
	c = given("test", "http://shop.example");
	CU_ASSERT_EQUAL(conf_finish(&c, &e), RC_OK);
}

static void
the_public_url_is_cut_into_origin_and_path(void)
{
	struct conf	c = given("test", "https://a.example:8443/shop/api/");
	struct err	e;

	CU_ASSERT_EQUAL(conf_finish(&c, &e), RC_OK);
	SAME(c.base_origin, "https://a.example:8443");
	SAME(c.base_path, "/shop/api");
	c = given("test", "https://a.example/");
	CU_ASSERT_EQUAL(conf_finish(&c, &e), RC_OK);
	SAME(c.base_path, "");
}

static void
programs_keep_only_where_all_who_write_are_here(void)
{
	static const struct {
		const char	*row, *cache, *wake, *socket, *host;
		bool		 keeps;
	} rows[] = {
		{ "first values", NULL, NULL, NULL, NULL, true },
		{ "a socket", NULL, NULL, "/run/db.sock", NULL, true },
		{ "a socket, and a host that does not count", NULL, NULL,
		    "/run/db.sock", "db.example", true },
		{ "127.0.0.1", NULL, NULL, NULL, "127.0.0.1", true },
		{ "::1", NULL, NULL, NULL, "::1", true },
		{ "another machine", NULL, NULL, NULL, "db.example", false },
		{ "an address", NULL, NULL, NULL, "10.0.0.1", false },
		{ "only called so", NULL, NULL, NULL, "localhost.example",
		    false },
		{ "several machines", NULL, "database", NULL, NULL, false },
		{ "several, one has a socket", NULL, "database",
		    "/run/db.sock", NULL, false },
		{ "auto", "auto", "files", "/run/db.sock", NULL, true },
		{ "off", "off", NULL, NULL, NULL, false },
		{ "off, and a socket", "off", "files", "/run/db.sock", NULL,
		    false },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const char	*const values[][2] = {
			{ "cache", rows[i].cache }, { "wake", rows[i].wake },
			{ "database_socket", rows[i].socket },
			{ "database_host", rows[i].host },
		};
		struct conf	 c = fresh();
		struct err	 e;

		for (size_t v = 0; v < COUNT(values); v++)
			ROW(values[v][1] == NULL || set(&c, values[v][0],
			    values[v][1], &e) == RC_OK, rows[i].row);
		ROW(conf_keeps(&c) == rows[i].keeps, rows[i].row);
	}
}

CU_TestInfo conf_tests[] = {
	{ "first values are in force until set",
	    first_values_are_in_force_until_set },
	{ "every row is complete", every_row_is_complete },
	{ "values are taken by their kind", values_are_taken_by_their_kind },
	{ "wrong values are refused with advice",
	    wrong_values_are_refused_with_advice },
	{ "an unknown name gets a suggestion",
	    an_unknown_name_gets_a_suggestion },
	{ "a setting can be given once", a_setting_can_be_given_once },
	{ "lists take any number and scalars one",
	    lists_take_any_number_and_scalars_one },
	{ "a list of secrets has a bound and no empty entry",
	    a_list_of_secrets_has_a_bound_and_no_empty_entry },
	{ "addresses are kept in one spelling",
	    addresses_are_kept_in_one_spelling },
	{ "a secret is never quoted", a_secret_is_never_quoted },
	{ "a value shows as it would be written",
	    a_value_shows_as_it_would_be_written },
	{ "what must be given is missed all at once",
	    what_must_be_given_is_missed_all_at_once },
	{ "sandbox with live mode is refused",
	    sandbox_with_live_mode_is_refused },
	{ "live mode is encrypted beyond this machine",
	    live_mode_is_encrypted_beyond_this_machine },
	{ "the public URL is cut into origin and path",
	    the_public_url_is_cut_into_origin_and_path },
	{ "programs keep only where all who write are here",
	    programs_keep_only_where_all_who_write_are_here },
	CU_TEST_INFO_NULL
};
