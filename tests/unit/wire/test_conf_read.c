/*
 * rung.yaml: settings from the file, and complaints with their places.
 */
#include "unit/unit.h"
#include "wire/conf_read.h"

#define BASE								\
	"mode: test\n"							\
	"base_url: http://127.0.0.1:8080\n"				\
	"token_key: abcdefghijklmnopqrstuvwxyz012345\n"			\
	"database_name: rung\n"						\
	"database_user: rung\n"						\
	"var: /var/lib/rung\n"

static enum rc
read_it(const char *yaml, struct conf *conf, struct findings *found)
{
	struct err e;

	conf_init(conf, unit_arena());
	return conf_read(str_of(yaml), unit_arena(), conf, found, &e);
}

static void
settings_come_from_the_file(void)
{
	struct findings found;
	struct conf conf;

	CU_ASSERT_EQUAL_FATAL(read_it("# yaml-language-server: x\n" BASE
	    "sandbox: yes\nwait_max: 20\nallowed_origins:\n"
	    "  - https://shop.example\n  - https://www.shop.example\n"
	    "stripe_webhook_secrets: [whsec_abcdefghijklmnop]\n", &conf,
	    &found), RC_OK);
	CU_ASSERT_EQUAL(found.count, 0);
	CU_ASSERT_EQUAL(conf.mode, MODE_TEST);
	CU_ASSERT_TRUE(conf.sandbox);
	CU_ASSERT_EQUAL(conf.wait_max, 20);
	CU_ASSERT_EQUAL_FATAL(conf.allowed_origins.count, 2);
	SAME(conf.allowed_origins.at[1], "https://www.shop.example");
	CU_ASSERT_EQUAL_FATAL(conf.stripe_webhook_secrets.count, 1);
	SAME(conf.stripe_webhook_secrets.at[0], "whsec_abcdefghijklmnop");
	SAME(conf.base_origin, "http://127.0.0.1:8080");
}

struct place_row {
	const char	*yaml;
	unsigned	 line, column;
	const char	*path;
	const char	*says;		/* somewhere in the message */
};

static const struct place_row place_rows[] = {
	{ "", 1, 1, "", "the file is empty" },
	{ "- a\n", 1, 1, "", "map of settings" },
	{ BASE "sandbx: yes\n", 7, 1, "sandbx", "'sandbox'" },
	{ BASE "wait_max: 50\n", 7, 11, "wait_max", "39" },
	{ BASE "sandbox: maybe\n", 7, 10, "sandbox", "maybe" },
	{ BASE "mode: live\n", 7, 1, "mode", "twice, first on line 1" },
	{ BASE "sandbox: {a: b}\n", 7, 10, "sandbox", "a text belongs" },
	{ BASE "trusted_proxies: [[a]]\n", 7, 19, "trusted_proxies[0]",
	    "a text belongs" },
	{ BASE "wait_max: [1, 2]\n", 7, 11, "wait_max", "exactly one" },
	{ BASE "wait_max: &a 20\n", 7, 11, "wait_max", "anchors" },
	{ BASE "wait_max: [\n", 8, 1, "", "not YAML" },
};

static void
complaints_have_their_places(void)
{
	size_t i;

	for (i = 0; i < COUNT(place_rows); i++) {
		const struct place_row *row = &place_rows[i];
		struct findings found = { 0 };
		const struct finding *f;
		struct conf conf;

		ROW(read_it(row->yaml, &conf, &found) == RC_INVALID_VALUE,
		    row->yaml);
		ROW(found.count == 1, row->yaml);
		if (found.count == 0)
			continue;
		f = &found.list[0];
		ROW(f->line == row->line && f->column == row->column,
		    row->yaml);
		SAME(f->path, row->path);
		ROW(memmem(f->message.at, f->message.len, row->says,
		    strlen(row->says)) != NULL, row->yaml);
	}
}

static void
all_that_is_missing_is_told_at_once(void)
{
	struct findings found;
	struct conf conf;

	CU_ASSERT_EQUAL(read_it("sandbox: yes\n", &conf, &found),
	    RC_INVALID_VALUE);
	CU_ASSERT_TRUE(found.count >= 4);
}

static void
sandbox_never_runs_live(void)
{
	struct findings found;
	struct conf conf;

	CU_ASSERT_EQUAL(read_it("sandbox: yes\nmode: live\n"
	    "base_url: https://shop.example\n"
	    "token_key: abcdefghijklmnopqrstuvwxyz012345\n"
	    "database_name: rung\nvar: /var/lib/rung\n", &conf, &found),
	    RC_INVALID_VALUE);
	CU_ASSERT_TRUE(found.count >= 1);
}

CU_TestInfo conf_read_tests[] = {
	{ "settings come from the file", settings_come_from_the_file },
	{ "complaints have their places", complaints_have_their_places },
	{ "all that is missing is told at once",
	    all_that_is_missing_is_told_at_once },
	{ "sandbox never runs live", sandbox_never_runs_live },
	CU_TEST_INFO_NULL
};
