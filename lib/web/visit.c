/*
 * What a program sees of a request for a file that it only opens or shuts,
 * and how it says which.
 */
#include "base/guard.h"
#include "web/inside.h"
#include "web/resolve.h"

enum rc
web_place(struct web *w, struct str *path, struct err *e)
{
	return resolve_path(&w->head, w->arena, path, e);
}

struct str
web_cookie(struct web *w, const char *name)
{
	return resolve_cookie(w->head.at[VAR_COOKIE], name);
}

bool
web_reads(struct web *w)
{
	return str_eq(w->head.at[VAR_METHOD], STR("GET")) || web_head(w);
}

bool
web_query_has(struct web *w, const char *name)
{
	return path_count(w->path.query, str_of(name)) > 0;
}

struct str
web_query_only(struct web *w, const char *name)
{
	if (path_count(w->path.query, str_of(name)) != 1)
		return STR_NONE;
	return web_query(w, name);
}

/*
 * Apache puts our headers on the file, so there are no others; and none of
 * them may speak of a length.
 */
enum rc
web_pass(struct web *w, struct str user)
{
	w->header_count = 0;
	web_set(w, "Variable-RUNG_USER", user);
	web_set(w, "Cache-Control", STR("private, no-cache"));
	w->passes = true;
	return web_reply_empty(w, 200);
}
