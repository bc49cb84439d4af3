/*
 * rung config, clock and version: how it is set up.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/guard.h"
#include "base/limits.h"
#include "ctl/ctl.h"
#include "wire/conf_read.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION	"unknown"
#endif

#define CLOCK_SECONDS_MAX	(INT64_C(36525) * 86400)	/* a century */

/* Find and read the file; everything that is wrong in it is told. */
static enum rc
load(struct ctl *c, struct conf *conf, struct str *path,
    struct findings *findings, struct err *e)
{
	struct conf_places	places = conf_places_here(c->arena, c->config);
	struct str		text;

	conf_init(conf, c->arena);
	TRY(conf_find(c->arena, &places, path, e));
	TRY(conf_file_read(c->arena, path->at, MATRIX_BYTES_MAX, &text, e));
	return conf_read(text, c->arena, conf, findings, e);
}

enum finish
config_check(struct ctl *c)
{
	struct findings	findings = { NULL, 0 };
	struct str	path = STR_NONE;
	struct conf	conf;
	struct err	e;
	enum rc		rc = load(c, &conf, &path, &findings, &e);

	if (findings.count > 0 || (rc == RC_OK && c->json))
		ctl_findings(c, path, &findings);
	if (findings.count > 0)
		return FAILED;
	return rc == RC_OK ? DONE : ctl_failed(&e);
}

/* A value as JSON; secrets and lists as texts for people. */
static void
show_json(struct out *o, const struct conf *conf, const struct setting *row,
    struct arena *a)
{
	const char	*field = (const char *)conf + row->field;

	if (conf_is_list(row) && !conf_is_secret(row)) {
		const struct str_list *list = (const void *)field;

		out_open_as(o, row->name, '[');
		for (size_t i = 0; i < list->count; i++)
			out_item(o, list->at[i]);
		out_close(o, ']');
	} else if (row->kind == KIND_BOOLEAN) {
		out_bool(o, row->name, *(const bool *)field);
	} else if (row->kind == KIND_INTEGER || row->kind == KIND_SECONDS) {
		out_int(o, row->name, *(const int64_t *)(const void *)field);
	} else {
		out_text(o, row->name, conf_show(conf, row, a));
	}
}

enum finish
config_show(struct ctl *c)
{
	const struct setting	*row;
	const struct conf	*conf;
	struct out		 o;

	if (!ctl_open(c, 0))
		return FAILED;
	conf = app_conf(c->app);
	out_init(&o, c->arena, REPLY_BYTES_MAX);
	out_open(&o, '{');
	for (size_t i = 0; (row = conf_row(i)) != NULL; i++) {
		if (c->json)
			show_json(&o, conf, row, c->arena);
		else
			CTL_ROW({ str_of(row->name), 28 },
			    { conf_show(conf, row, c->arena), 0 });
	}
	out_close(&o, '}');
	return c->json ? ctl_json(&o) : DONE;
}

/* Replaced as a whole: who reads it sees the old line or the new one. */
static enum rc
write_clock(struct arena *a, struct str path, int64_t seconds, struct err *e)
{
	struct str	fresh = arena_text(a, "%.*s.%ld", STR_FMT(path),
			    (long)getpid());
	struct str	line = arena_text(a, "%lld\n", (long long)seconds);
	int		fd = open(fresh.at,
			    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	bool		done;

	done = fd != -1 && write(fd, line.at, line.len) == (ssize_t)line.len;
	if (fd != -1 && close(fd) == -1)
		done = false;
	done = done && rename(fresh.at, path.at) == 0;
	if (done)
		return RC_OK;
	return err_set(e, RC_BROKEN, "Run as the owner of var.",
	    "cannot write %.*s: %s", STR_FMT(path), strerror(errno));
}

static enum finish
tell_clock(struct ctl *c, struct str path)
{
	int64_t		seconds = clock_shift(path.at) / SECOND;
	struct out	o;

	if (!c->json) {
		printf("%lld\n", (long long)seconds);
		return DONE;
	}
	out_init(&o, c->arena, 1024);
	out_open(&o, '{');
	out_int(&o, "seconds", seconds);
	out_time(&o, "now", flow_clock(c->app));
	out_close(&o, '}');
	return ctl_json(&o);
}

enum finish
clock_run(struct ctl *c)
{
	const struct conf	*conf;
	struct str		 path;
	struct err		 e;
	int64_t			 seconds;

	if (!ctl_open(c, 0))
		return FAILED;
	conf = app_conf(c->app);
	if (!conf->sandbox) {
		err_set(&e, RC_NOT_ALLOWED, "It is for tests: sandbox: yes.",
		    "the clock of a real shop is not moved");
		return ctl_failed(&e);
	}
	path = arena_text(c->arena, "%.*s/clock", STR_FMT(conf->var));
	if (c->operand_count == 0)
		return tell_clock(c, path);
	if (!str_int64(c->operand[0], &seconds) ||
	    seconds < -CLOCK_SECONDS_MAX || seconds > CLOCK_SECONDS_MAX) {
		fprintf(stderr, "rung: SECONDS is a whole number, a century"
		    " at most\n");
		return USAGE;
	}
	if (write_clock(c->arena, path, seconds, &e) != RC_OK)
		return ctl_failed(&e);
	return DONE;
}

enum finish
version_run(struct ctl *c)
{
	struct out	o;

	if (!c->json) {
		printf("rung %s\n", PACKAGE_VERSION);
		return DONE;
	}
	out_init(&o, c->arena, 1024);
	out_open(&o, '{');
	out_name(&o, "version", PACKAGE_VERSION);
	out_close(&o, '}');
	return ctl_json(&o);
}
