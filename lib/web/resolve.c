/*
 * A path has many spellings and a server makes one of them.  Only a request
 * that uses that very one is taken, so that what was signed, what was asked
 * for and what is handed out are the same file.
 */
#include <errno.h>
#include <sys/stat.h>

#include "base/text.h"
#include "web/resolve.h"

static enum rc
ambiguous(struct err *e)
{
	return err_set(e, RC_NOT_ALLOWED,
	    "Ask for the file by its own address, written plainly.",
	    "the server hands out another path than was asked for");
}

static bool
is_unreserved(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || memchr("-._~", c, 4) != NULL;
}

/*
 * Decoded once.  An escape of a character that needs none, and of a slash, is
 * a second spelling of something.
 */
static bool
decode(struct arena *a, struct str raw, struct str *out)
{
	for (size_t i = 0; i + 2 < raw.len; i++) {
		struct str c;

		if (raw.at[i] != '%')
			continue;
		if (!text_unpercent(a, str_part(raw, i, i + 3), &c) ||
		    is_unreserved(c.at[0]) || c.at[0] == '/')
			return false;
	}
	return text_unpercent(a, raw, out);
}

/* One root gives way to a prefix; false when the file is not below it. */
static bool
below(struct str file, struct str root, struct str prefix, struct arena *a,
    struct str *path)
{
	if (root.len > 1 && root.at[root.len - 1] == '/')
		root.len--;
	if (root.len == 0 || !str_starts(file, root) ||
	    file.len == root.len || file.at[root.len] != '/')
		return false;
	*path = arena_text(a, "%.*s%.*s", STR_FMT(prefix),
	    STR_FMT(str_part(file, root.len, file.len)));
	return true;
}

/* The same path, or the index of the folder that was asked for. */
static bool
is_same(struct str asked, struct str resolved)
{
	if (str_eq(asked, resolved))
		return true;
	if (!str_ends(asked, STR("/")) || !str_starts(resolved, asked))
		return false;
	resolved = str_part(resolved, asked.len, resolved.len);
	return resolved.len > 0 &&
	    memchr(resolved.at, '/', resolved.len) == NULL;
}

/* As in /report.csv/more, which lighttpd answers with the file. */
static bool
leads_through_file(struct str file, struct arena *a)
{
	struct stat	st;

	return stat(arena_keep(a, file).at, &st) == -1 && errno == ENOTDIR;
}

/* A file outside of all roots is an alias's; its name at least is known. */
static bool
file_agrees(const struct head *h, struct arena *a, struct str asked)
{
	struct str	file = h->at[VAR_FILE], path;
	size_t		slash = asked.len;

	if (leads_through_file(file, a))
		return false;
	if (below(file, h->at[VAR_CONTEXT_ROOT], h->at[VAR_CONTEXT_PREFIX], a,
	    &path) || below(file, h->at[VAR_DOCUMENT_ROOT], STR(""), a, &path))
		return is_same(asked, path);
	while (slash > 0 && asked.at[slash - 1] != '/')
		slash--;
	return slash > 0 && str_ends(file, str_part(asked, slash - 1,
	    asked.len));
}

/* lighttpd's own spelling, when it is not the visitor's. */
static bool
tidy_agrees(const struct head *h, struct arena *a, struct str asked)
{
	struct str	uri = h->at[VAR_TIDY_URI], path;

	if (uri.len == 0)
		return true;
	return text_unpercent(a, str_cut(&uri, '?'), &path) &&
	    str_eq(asked, path);
}

enum rc
resolve_path(const struct head *h, struct arena *a, struct str *path,
    struct err *e)
{
	struct str	uri = h->at[VAR_URI];
	struct str	asked;

	if (!decode(a, str_cut(&uri, '?'), &asked) ||
	    !tidy_agrees(h, a, asked))
		return ambiguous(e);
	if (h->at[VAR_RESOLVED].len > 0) {
		if (!is_same(asked, h->at[VAR_RESOLVED]))
			return ambiguous(e);
	} else if (h->at[VAR_FILE].len == 0 || !file_agrees(h, a, asked))
		return ambiguous(e);
	*path = asked;
	return RC_OK;
}

struct str
resolve_cookie(struct str header, const char *name)
{
	struct str	found = STR_NONE;
	size_t		count = 0;

	while (header.at != NULL) {
		struct str value = str_trim(str_cut(&header, ';'));

		if (str_eq(str_cut(&value, '='), str_of(name))) {
			found = value;
			count++;
		}
	}
	return count == 1 ? found : STR_NONE;
}
