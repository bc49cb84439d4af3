/*
 * Where rung.yaml is.  A path that was asked for is taken or missed, never
 * replaced by another: a typing slip must not run the wrong shop.
 */
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/conf.h"

struct conf_places
conf_places_here(struct arena *a, const char *option)
{
	char	program[PATH_MAX];
	ssize_t	len = readlink("/proc/self/exe", program, sizeof(program));

	return (struct conf_places){
		.option = option,
		.variable = getenv("RUNG_CONFIG"),
		.program = len <= 0 ? NULL : arena_keep(a,
		    (struct str){ program, (size_t)len }).at,
		.home = getenv("HOME"),
	};
}

static bool
is_there(struct str path)
{
	return path.len > 0 && access(path.at, F_OK) == 0;
}

/* The path without its last part: "/a/b" for "/a/b/c", "" for "/a". */
static struct str
up(struct str path)
{
	while (path.len > 0 && path.at[path.len - 1] != '/')
		path.len--;
	return str_part(path, 0, path.len > 0 ? path.len - 1 : 0);
}

/* An asked-for path, checked; *path stays empty if none was asked for. */
static enum rc
asked_for(struct arena *a, const char *text, const char *by,
    struct str *path, struct err *e)
{
	struct str	asked = str_of(text);

	if (path->len > 0 || asked.len == 0)
		return RC_OK;
	if (!is_there(asked))
		return err_set(e, RC_MISSING, "Mend the path, or leave it out"
		    " to have the usual places searched.",
		    "there is no file %s, which %s names", text, by);
	*path = arena_keep(a, asked);
	return RC_OK;
}

enum rc
conf_find(struct arena *a, const struct conf_places *p, struct str *path,
    struct err *e)
{
	struct str	found = STR_NONE, beside, home;

	TRY(asked_for(a, p->option, "--config", &found, e));
	TRY(asked_for(a, p->variable, "RUNG_CONFIG", &found, e));
	if (found.len > 0) {
		*path = found;
		return RC_OK;
	}
	beside = up(up(str_of(p->program)));
	home = str_of(p->home);

	const struct str usual[] = {
		p->program == NULL ? STR_NONE : arena_text(a,
		    "%.*s/etc/rung.yaml", STR_FMT(beside)),
		home.len == 0 ? STR_NONE : arena_text(a,
		    "%.*s/.config/rung/rung.yaml", STR_FMT(home)),
		STR("/etc/rung/rung.yaml"),
	};

	for (size_t i = 0; i < COUNT(usual); i++) {
		if (is_there(usual[i])) {
			*path = usual[i];
			return RC_OK;
		}
	}
	return err_set(e, RC_MISSING,
	    "Write one, or name it with --config or RUNG_CONFIG.",
	    "there is no rung.yaml; looked for%s%s%s%s and %s",
	    usual[0].len > 0 ? " " : "", usual[0].len > 0 ? usual[0].at : "",
	    usual[1].len > 0 ? " " : "", usual[1].len > 0 ? usual[1].at : "",
	    usual[2].at);
}
