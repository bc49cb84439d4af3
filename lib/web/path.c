/*
 * One rule for every web server: the path is taken from REQUEST_URI, because
 * SCRIPT_NAME and PATH_INFO are cut and decoded differently by each.
 */
#include "base/text.h"
#include "web/path.h"

static enum rc
unknown(struct err *e)
{
	return err_set(e, RC_UNKNOWN_PATH, NULL, "there is nothing here");
}

static bool
is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
	    (c >= 'A' && c <= 'F');
}

/* Would decoding it once more give something else? */
static bool
has_escape(struct str s)
{
	for (size_t i = 0; i + 2 < s.len; i++)
		if (s.at[i] == '%' && is_hex(s.at[i + 1]) &&
		    is_hex(s.at[i + 2]))
			return true;
	return false;
}

static bool
is_segment(struct str s)
{
	if (s.len == 0 || str_eq(s, STR(".")) || str_eq(s, STR("..")) ||
	    has_escape(s) || !str_utf8(s))
		return false;
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.at[i];

		if (c < ' ' || c == 0x7f || c == '/' || c == '\\')
			return false;
	}
	return true;
}

/* Cut the base path off; false when the path is not below it. */
static bool
cut_base(struct str *path, struct str base)
{
	if (!str_starts(*path, base))
		return false;
	*path = str_part(*path, base.len, path->len);
	return path->len == 0 || path->at[0] == '/';
}

static struct str
last_segment(struct str path)
{
	size_t	start = path.len;

	while (start > 0 && path.at[start - 1] != '/')
		start--;
	return str_part(path, start, path.len);
}

/* Is it the program itself, as in /rung.fcgi/v1/...? */
static bool
is_program(struct str segment, struct str script)
{
	return (str_ends(segment, STR(".fcgi")) ||
	    str_ends(segment, STR(".cgi"))) &&
	    str_eq(segment, last_segment(script));
}

enum rc
path_read(struct path *p, struct str uri, struct str base_path,
    struct str script, struct arena *a, struct err *e)
{
	struct str	path;

	*p = (struct path){ .query = uri };
	path = str_cut(&p->query, '?');
	if (!cut_base(&path, base_path) || path.len == 0)
		return unknown(e);
	path = str_part(path, 1, path.len);
	for (bool first = true; path.len > 0 || !first; first = false) {
		struct str decoded;

		if (path.at == NULL)
			break;
		if (!text_unpercent(a, str_cut(&path, '/'), &decoded) ||
		    !is_segment(decoded) || p->count == SEGMENTS_MAX)
			return unknown(e);
		if (!first || !is_program(decoded, script))
			p->segment[p->count++] = decoded;
	}
	return RC_OK;
}

static struct str
decode_value(struct str raw, struct arena *a)
{
	char		*blanks = arena_take(a, raw.len + 1, 1);
	struct str	 out;

	for (size_t i = 0; i < raw.len; i++)
		blanks[i] = raw.at[i] == '+' ? ' ' : raw.at[i];
	if (!text_unpercent(a, (struct str){ blanks, raw.len }, &out))
		return STR_NONE;
	return out;
}

struct str
path_value(struct str pairs, struct str name, struct arena *a)
{
	while (pairs.at != NULL) {
		struct str value = str_cut(&pairs, '&');
		struct str key = str_cut(&value, '=');

		if (str_eq(key, name))
			return decode_value(value, a);
	}
	return STR_NONE;
}

size_t
path_count(struct str pairs, struct str name)
{
	size_t	count = 0;

	while (pairs.at != NULL) {
		struct str value = str_cut(&pairs, '&');

		if (str_eq(str_cut(&value, '='), name))
			count++;
	}
	return count;
}
