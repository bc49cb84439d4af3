/*
 * Members of our own API's bodies: the right kind, within bounds, or an error
 * that names the member.
 */
#include <stdio.h>

#include "wire/doc.h"

static const char *const kind_words[] = {
	[NODE_NONE] = "missing", [NODE_NULL] = "null",
	[NODE_BOOL] = "a boolean",
	[NODE_INT] = "an integer", [NODE_REAL] = "not an integer",
	[NODE_TEXT] = "a text", [NODE_LIST] = "a list",
	[NODE_OBJECT] = "an object",
};

/* The member as a JSON pointer (RFC 6901), in room for any of our names. */
static const char *
pointer_to(const char *name, char *out, size_t size)
{
	snprintf(out, size, "/%s", name);
	return out;
}

static bool
absent(const struct node *value)
{
	return node_kind(value) == NODE_NONE || node_kind(value) == NODE_NULL;
}

static enum rc
missing(const char *name, const char *what, struct err *e)
{
	char pointer[64];

	return err_member(e, RC_INVALID_VALUE,
	    pointer_to(name, pointer, sizeof(pointer)), NULL,
	    "%s is missing: it must be %s", name, what);
}

static enum rc
other_kind(const char *name, const struct node *value, const char *what,
    struct err *e)
{
	char pointer[64];

	return err_member(e, RC_INVALID_VALUE,
	    pointer_to(name, pointer, sizeof(pointer)), NULL,
	    "%s is %s: it must be %s", name, kind_words[node_kind(value)],
	    what);
}

enum rc
want_text(const struct node *object, const char *name, bool need, size_t max,
    struct str *out, struct err *e)
{
	const struct node *value = node_at(object, name);
	char pointer[64];
	struct str text;

	if (absent(value)) {
		if (need)
			return missing(name, "a text", e);
		*out = STR_NONE;
		return RC_OK;
	}
	if (node_kind(value) != NODE_TEXT)
		return other_kind(name, value, "a text", e);
	text = node_text(value, "");
	pointer_to(name, pointer, sizeof(pointer));
	if (need && text.len == 0)
		return err_member(e, RC_INVALID_VALUE, pointer, NULL,
		    "%s is empty", name);
	if (text.len > max)
		return err_member(e, RC_INVALID_VALUE, pointer, NULL,
		    "%s is longer than %zu bytes", name, max);
	if (text.len > 0 && memchr(text.at, '\0', text.len) != NULL)
		return err_member(e, RC_INVALID_VALUE, pointer, NULL,
		    "%s contains a NUL", name);
	*out = text;
	return RC_OK;
}

enum rc
want_int(const struct node *object, const char *name, bool need,
    int64_t least, int64_t most, int64_t fallback, int64_t *out,
    struct err *e)
{
	const struct node *value = node_at(object, name);
	char pointer[64];
	int64_t number = 0;

	if (absent(value)) {
		if (need)
			return missing(name, "an integer", e);
		*out = fallback;
		return RC_OK;
	}
	if (!node_int(value, "", &number))
		return other_kind(name, value, "an integer", e);
	if (number < least || number > most)
		return err_member(e, RC_INVALID_VALUE,
		    pointer_to(name, pointer, sizeof(pointer)), NULL,
		    "%s must be from %lld to %lld", name, (long long)least,
		    (long long)most);
	*out = number;
	return RC_OK;
}

enum rc
want_bool(const struct node *object, const char *name, bool *out,
    struct err *e)
{
	const struct node *value = node_at(object, name);

	if (!absent(value) && node_kind(value) != NODE_BOOL)
		return other_kind(name, value, "true or false", e);
	*out = node_bool(value, "");
	return RC_OK;
}
