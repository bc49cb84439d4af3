/*
 * What the commands have in common: opening, printing, failing.
 */
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/guard.h"
#include "base/limits.h"
#include "ctl/ctl.h"

const char *
ctl_option(const struct ctl *c, const char *name)
{
	for (size_t i = 0; i < OPTIONS_MAX; i++)
		if (c->command->options[i].name != NULL &&
		    strcmp(c->command->options[i].name, name) == 0)
			return c->given[i];
	must(!"the command has an option of that name");
	return NULL;
}

enum finish
ctl_failed(const struct err *e)
{
	fprintf(stderr, "rung: %s%s%s\n", e->what,
	    e->mend[0] == '\0' ? "" : "\n      ", e->mend);
	return FAILED;
}

bool
ctl_open(struct ctl *c, int deadline_s)
{
	struct err	e;

	if (app_open(&c->app, str_of(c->config), &e) != RC_OK) {
		ctl_failed(&e);
		return false;
	}
	flow_begin(&c->flow, c->app, c->arena, deadline_s);
	c->flow.actor = STR("operator");
	return true;
}

struct str
ctl_operator(struct arena *a)
{
	const struct passwd	*user = getpwuid(getuid());

	if (user == NULL)
		return arena_text(a, "uid %u", (unsigned)getuid());
	return str_part(arena_keep(a, str_of(user->pw_name)), 0, 100);
}

void
ctl_line(struct str s)
{
	printf("%.*s\n", STR_FMT(s));
}

/* Columns of a terminal that a text takes, near enough: its characters. */
static int
width_of(struct str s)
{
	int	width = 0;

	for (size_t i = 0; i < s.len; i++)
		width += ((unsigned char)s.at[i] & 0xc0) != 0x80;
	return width;
}

void
ctl_row(const struct column *columns, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct column	*c = &columns[i];
		int			 pad = c->width - width_of(c->text);

		printf("%.*s", STR_FMT(c->text));
		if (i + 1 < count)
			printf("%*s  ", pad > 0 ? pad : 0, "");
	}
	printf("\n");
}

enum finish
ctl_json(struct out *o)
{
	struct str	json;

	if (!out_done(o, &json)) {
		fprintf(stderr, "rung: the answer cannot be written as"
		    " JSON\n");
		return FAILED;
	}
	ctl_line(json);
	return DONE;
}

static void
close_fd(int *fd)
{
	if (*fd > STDIN_FILENO)
		close(*fd);
}

enum rc
ctl_read(struct arena *a, struct str path, size_t bytes_max, struct str *out,
    struct err *e)
{
	bool	 input = str_eq(path, STR("-"));
	GUARD(close_fd) int fd = input ? STDIN_FILENO :
	    open(arena_keep(a, path).at, O_RDONLY | O_CLOEXEC);
	char	*text = arena_take(a, bytes_max + 1, 1);
	size_t	 len = 0;
	ssize_t	 n = 0;

	while (fd != -1 &&
	    (n = read(fd, text + len, bytes_max + 1 - len)) != 0) {
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			break;
		len += (size_t)n;
		if (len > bytes_max)
			return err_set(e, RC_INVALID_VALUE, NULL,
			    "%.*s has more than %zu bytes", STR_FMT(path),
			    bytes_max);
	}
	if (fd == -1 || n == -1)
		return err_set(e, RC_MISSING, NULL, "cannot read %.*s: %s",
		    STR_FMT(path), strerror(errno));
	*out = (struct str){ text, len };
	return RC_OK;
}

static void
findings_json(const struct ctl *c, struct str path, const struct findings *f)
{
	struct out	o;

	out_init(&o, c->arena, REPLY_BYTES_MAX);
	out_open(&o, '{');
	out_open_as(&o, "findings", '[');
	for (size_t i = 0; i < f->count; i++) {
		const struct finding *one = &f->list[i];

		out_open(&o, '{');
		out_text(&o, "file", path);
		out_int(&o, "line", one->line);
		out_int(&o, "column", one->column);
		out_text(&o, "path", one->path);
		out_text(&o, "message", one->message);
		out_close(&o, '}');
	}
	out_close(&o, ']');
	out_close(&o, '}');
	ctl_json(&o);
}

void
ctl_findings(const struct ctl *c, struct str path, const struct findings *f)
{
	if (c->json) {
		findings_json(c, path, f);
		return;
	}
	for (size_t i = 0; i < f->count; i++)
		ctl_line(finding_line(c->arena, path.at, &f->list[i]));
}
