/* Promises of base/conf.h about files: where they are and who may touch. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/conf.h"
#include "unit/unit.h"

/* A directory of our own for one test, and a few files in it. */
struct room {
	char	at[64];
};

static struct room
room_new(void)
{
	struct room	r = { "/tmp/rung-unit-XXXXXX" };

	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(r.at));
	return r;
}

static const char *
path_in(const struct room *r, const char *name)
{
	return arena_text(unit_arena(), "%s/%s", r->at, name).at;
}

static const char *
file_in(const struct room *r, const char *name, const char *text, mode_t mode)
{
	const char	*path = path_in(r, name);
	int		 fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);

	CU_ASSERT_NOT_EQUAL_FATAL(fd, -1);
	CU_ASSERT_EQUAL(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	CU_ASSERT_EQUAL(fchmod(fd, mode), 0);
	close(fd);
	return path;
}

static void
room_leave(const struct room *r)
{
	static const char *const names[] = { "a", "link", "pipe", "root/x",
	    "root", "rootx", "bin/rung", "bin", "etc/rung.yaml", "etc",
	    "home/.config/rung/rung.yaml", "home/.config/rung",
	    "home/.config", "home" };

	for (size_t i = 0; i < COUNT(names); i++)
		remove(path_in(r, names[i]));
	CU_ASSERT_EQUAL(rmdir(r->at), 0);
}

static void
only_modes_that_keep_others_out_are_taken(void)
{
	static const struct {
		mode_t	mode;
		bool	good;
	} rows[] = {
		{ 0600, true }, { 0640, true }, { 0400, true },
		{ 0440, true }, { 0644, false }, { 0660, false },
		{ 0604, false }, { 0602, false }, { 0700, false },
		{ 0666, false }, { 04600, false },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct room	 r = room_new();
		const char	*path = file_in(&r, "a", "x", rows[i].mode);
		struct err	 e = { .rc = RC_OK };

		CU_ASSERT_EQUAL(conf_file_check(path, &e),
		    rows[i].good ? RC_OK : RC_NOT_ALLOWED);
		CU_ASSERT_EQUAL(rows[i].good, strstr(e.what, "mode") == NULL);
		room_leave(&r);
	}
}

static void
only_a_regular_file_is_taken(void)
{
	struct room	r = room_new();
	struct err	e;

	CU_ASSERT_EQUAL(conf_file_check(path_in(&r, "a"), &e), RC_MISSING);
	file_in(&r, "a", "x", 0600);
	CU_ASSERT_EQUAL(symlink("a", path_in(&r, "link")), 0);
	CU_ASSERT_EQUAL(conf_file_check(path_in(&r, "link"), &e),
	    RC_NOT_ALLOWED);
	CU_ASSERT_PTR_NOT_NULL(strstr(e.what, "symbolic link"));
	CU_ASSERT_EQUAL(mkfifo(path_in(&r, "pipe"), 0600), 0);
	CU_ASSERT_EQUAL(conf_file_check(path_in(&r, "pipe"), &e),
	    RC_NOT_ALLOWED);
	CU_ASSERT_EQUAL(conf_file_check(r.at, &e), RC_NOT_ALLOWED);
	CU_ASSERT_EQUAL(conf_file_check(path_in(&r, "a/b"), &e), RC_MISSING);
	room_leave(&r);
}

static void
a_directory_open_to_the_world_is_refused(void)
{
	struct room	 r = room_new();
	const char	*path = file_in(&r, "a", "x", 0600);
	struct err	 e;

	CU_ASSERT_EQUAL(chmod(r.at, 0777), 0);
	CU_ASSERT_EQUAL(conf_file_check(path, &e), RC_NOT_ALLOWED);
	CU_ASSERT_EQUAL(chmod(r.at, 01777), 0);
	CU_ASSERT_EQUAL(conf_file_check(path, &e), RC_NOT_ALLOWED);
	CU_ASSERT_EQUAL(chmod(r.at, 0755), 0);
	CU_ASSERT_EQUAL(conf_file_check(path, &e), RC_OK);
	room_leave(&r);
}

/* Only root can give a file away, so only root can try this. */
static void
another_users_file_is_refused(void)
{
	struct room	 r = room_new();
	const char	*path = file_in(&r, "a", "x", 0600);
	struct err	 e;

	if (geteuid() == 0) {
		CU_ASSERT_EQUAL(chown(path, 65534, 65534), 0);
		CU_ASSERT_EQUAL(conf_file_check(path, &e), RC_NOT_ALLOWED);
		CU_ASSERT_PTR_NOT_NULL(strstr(e.what, "another user"));
	}
	room_leave(&r);
}

static void
a_file_is_read_whole_or_not_at_all(void)
{
	struct room	 r = room_new();
	const char	*path = file_in(&r, "a", "mode: test\n", 0640);
	struct str	 text = STR("as it was");
	struct err	 e;

	CU_ASSERT_EQUAL(conf_file_read(unit_arena(), path, 10, &text, &e),
	    RC_NOT_ALLOWED);
	SAME(text, "as it was");
	CU_ASSERT_EQUAL(conf_file_read(unit_arena(), path, 11, &text, &e),
	    RC_OK);
	SAME(text, "mode: test\n");
	room_leave(&r);
}

static void
a_secret_may_stand_in_a_file_of_its_own(void)
{
	struct room	 r = room_new();
	const char	*path = file_in(&r, "a", "whsec_0123456789\n", 0600);
	struct str	 value = arena_text(unit_arena(), "file:%s", path);
	struct conf	 c;
	struct err	 e;

	conf_init(&c, unit_arena());
	CU_ASSERT_EQUAL(conf_set(&c, STR("stripe_webhook_secrets"), &value, 1,
	    &e), RC_OK);
	CU_ASSERT_EQUAL_FATAL(c.stripe_webhook_secrets.count, 1);
	SAME(c.stripe_webhook_secrets.at[0], "whsec_0123456789");
	CU_ASSERT_EQUAL(chmod(path, 0644), 0);
	CU_ASSERT_EQUAL(conf_set(&c, STR("database_password"), &value, 1,
	    &e), RC_INVALID_VALUE);
	SAME(str_of(e.pointer), "/database_password");
	room_leave(&r);
}

static void
an_empty_or_relative_secret_file_is_refused(void)
{
	struct room	 r = room_new();
	struct str	 path = str_of(file_in(&r, "a", "\n", 0600));
	struct str	 out;
	struct err	 e;

	CU_ASSERT_EQUAL(conf_secret_from_file(unit_arena(), path, &out, &e),
	    RC_INVALID_VALUE);
	CU_ASSERT_EQUAL(conf_secret_from_file(unit_arena(), STR("secret"),
	    &out, &e), RC_INVALID_VALUE);
	CU_ASSERT_EQUAL(conf_secret_from_file(unit_arena(), STR("/a\0b"),
	    &out, &e), RC_INVALID_VALUE);
	CU_ASSERT_EQUAL(conf_secret_from_file(unit_arena(),
	    str_of(path_in(&r, "link")), &out, &e), RC_MISSING);
	room_leave(&r);
}

static void
a_file_below_the_document_root_is_refused(void)
{
	struct room	 r = room_new();
	struct err	 e;
	const char	*root = path_in(&r, "root");

	CU_ASSERT_EQUAL(mkdir(root, 0700), 0);
	file_in(&r, "root/x", "x", 0600);
	file_in(&r, "rootx", "x", 0600);
	CU_ASSERT_EQUAL(conf_outside_check(path_in(&r, "root/x"), root, &e),
	    RC_NOT_ALLOWED);
	CU_ASSERT_EQUAL(conf_outside_check(path_in(&r, "root/../root/x"),
	    root, &e), RC_NOT_ALLOWED);
	CU_ASSERT_EQUAL(conf_outside_check(path_in(&r, "root/x"), "/", &e),
	    RC_NOT_ALLOWED);
	CU_ASSERT_EQUAL(conf_outside_check(path_in(&r, "rootx"), root, &e),
	    RC_OK);
	CU_ASSERT_EQUAL(conf_outside_check(path_in(&r, "rootx"), NULL, &e),
	    RC_OK);
	room_leave(&r);
}

/* What conf_find answers: the path below the room, or "" for none. */
static struct str
found(const struct room *r, struct conf_places p)
{
	struct str	path;
	struct err	e;

	if (conf_find(unit_arena(), &p, &path, &e) != RC_OK)
		return STR("");
	CU_ASSERT_TRUE(str_starts(path, str_of(r->at)));
	return str_part(path, strlen(r->at), path.len);
}

static void
the_file_is_searched_in_order(void)
{
	struct room		r = room_new();
	struct conf_places	p = {
		.program = path_in(&r, "bin/rung"),
		.home = path_in(&r, "home"),
	};

	mkdir(path_in(&r, "etc"), 0700);
	mkdir(path_in(&r, "home"), 0700);
	mkdir(path_in(&r, "home/.config"), 0700);
	mkdir(path_in(&r, "home/.config/rung"), 0700);
	file_in(&r, "home/.config/rung/rung.yaml", "", 0600);
	SAME(found(&r, p), "/home/.config/rung/rung.yaml");
	file_in(&r, "etc/rung.yaml", "", 0600);
	SAME(found(&r, p), "/etc/rung.yaml");
	file_in(&r, "a", "", 0600);
	p.variable = path_in(&r, "a");
	SAME(found(&r, p), "/a");
	p.option = path_in(&r, "etc/rung.yaml");
	SAME(found(&r, p), "/etc/rung.yaml");
	room_leave(&r);
}

static void
a_path_that_was_asked_for_is_never_replaced(void)
{
	struct room		r = room_new();
	struct conf_places	p = { .program = path_in(&r, "bin/rung") };
	struct str		path;
	struct err		e;

	mkdir(path_in(&r, "etc"), 0700);
	file_in(&r, "etc/rung.yaml", "", 0600);
	p.variable = path_in(&r, "link");
	CU_ASSERT_EQUAL(conf_find(unit_arena(), &p, &path, &e), RC_MISSING);
	CU_ASSERT_PTR_NOT_NULL(strstr(e.what, "RUNG_CONFIG"));
	p.variable = "";
	p.option = path_in(&r, "link");
	CU_ASSERT_EQUAL(conf_find(unit_arena(), &p, &path, &e), RC_MISSING);
	CU_ASSERT_PTR_NOT_NULL(strstr(e.what, "--config"));
	p.option = "";
	SAME(found(&r, p), "/etc/rung.yaml");
	room_leave(&r);
}

static void
this_process_knows_where_it_is(void)
{
	struct conf_places	p = conf_places_here(unit_arena(), "/x");

	CU_ASSERT_PTR_NOT_NULL_FATAL(p.program);
	CU_ASSERT_EQUAL(p.program[0], '/');
	CU_ASSERT_STRING_EQUAL(p.option, "/x");
}

CU_TestInfo conf_file_tests[] = {
	{ "only modes that keep others out are taken",
	    only_modes_that_keep_others_out_are_taken },
	{ "only a regular file is taken", only_a_regular_file_is_taken },
	{ "a directory open to the world is refused",
	    a_directory_open_to_the_world_is_refused },
	{ "another user's file is refused", another_users_file_is_refused },
	{ "a file is read whole or not at all",
	    a_file_is_read_whole_or_not_at_all },
	{ "a secret may stand in a file of its own",
	    a_secret_may_stand_in_a_file_of_its_own },
	{ "an empty or relative secret file is refused",
	    an_empty_or_relative_secret_file_is_refused },
	{ "a file below the document root is refused",
	    a_file_below_the_document_root_is_refused },
	{ "the file is searched in order", the_file_is_searched_in_order },
	{ "a path that was asked for is never replaced",
	    a_path_that_was_asked_for_is_never_replaced },
	{ "this process knows where it is", this_process_knows_where_it_is },
	CU_TEST_INFO_NULL
};
