/*
 * The environment is input: it comes from whoever sent the request, through a
 * web server that may have its own view of names.
 */
#include "base/guard.h"
#include "base/limits.h"
#include "web/head.h"

enum { LENGTH_DIGITS_MAX = 9, REQUEST_ID_MAX = 64 };

#define X(id, name)	[VAR_##id] = { (name), sizeof(name) - 1 },
static const struct str	names[VAR__COUNT] = { VARIABLES(X) };
#undef X

/*
 * A web server sends some thirty variables with each request; their lengths
 * tell most of them apart.
 */
enum { NAME_BYTES_MAX = 31 };

static int	first_of[NAME_BYTES_MAX + 1], next_of[VAR__COUNT];

static void
sort_names(void)
{
	for (size_t len = 0; len <= NAME_BYTES_MAX; len++)
		first_of[len] = -1;
	for (int i = VAR__COUNT - 1; i >= 0; i--) {
		must(names[i].len <= NAME_BYTES_MAX);
		next_of[i] = first_of[names[i].len];
		first_of[names[i].len] = i;
	}
}

static int
find(struct str name)
{
	static bool	sorted;
	int		i;

	if (!sorted)
		sort_names();
	sorted = true;
	i = name.len > NAME_BYTES_MAX ? -1 : first_of[name.len];
	while (i != -1 && !str_eq(names[i], name))
		i = next_of[i];
	return i;
}

static enum rc
take(struct head *h, struct str entry, struct arena *a, struct err *e)
{
	struct str	value = entry, name;
	int		i;

	name = str_cut(&value, '=');
	if (value.len > HEAD_VALUE_MAX)
		return err_set(e, RC_BAD_REQUEST, NULL,
		    "one header is longer than %d bytes", HEAD_VALUE_MAX);
	i = find(name);
	if (i == -1)
		return RC_OK;
	if (h->at[i].at != NULL)
		return err_set(e, RC_BAD_REQUEST, "Send each header once.",
		    "%s is there twice", names[i].at);
	h->at[i] = arena_keep(a, value);
	return RC_OK;
}

enum rc
head_read(struct head *h, char *const *vector, struct arena *a, struct err *e)
{
	size_t	total = 0;

	*h = (struct head){ 0 };
	for (size_t i = 0; vector[i] != NULL; i++) {
		struct str entry = str_of(vector[i]);

		total += entry.len;
		if (i >= HEAD_ENTRIES_MAX || total > HEAD_BYTES_MAX)
			return err_set(e, RC_BAD_REQUEST, NULL,
			    "the request has too many headers");
		TRY(take(h, entry, a, e));
	}
	return RC_OK;
}

struct str
head_named(const struct head *h, const char *name)
{
	int	i = find(str_of(name));

	must(i != -1);
	return h->at[i];
}

enum rc
head_length(const struct head *h, size_t most, size_t *len, bool *given,
    struct err *e)
{
	struct str	text = h->at[VAR_LENGTH];
	size_t		n = 0;

	if (text.len == 0) {
		if (h->at[VAR_TRANSFER_ENCODING].len > 0)
			return err_set(e, RC_LENGTH_REQUIRED,
			    "Send the body with a Content-Length.",
			    "the body has no length");
		*len = 0;
		*given = false;
		return RC_OK;
	}
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] < '0' || text.at[i] > '9' ||
		    text.len > LENGTH_DIGITS_MAX)
			return err_set(e, RC_BAD_REQUEST, NULL,
			    "Content-Length is not a number we can take");
		n = n * 10 + (size_t)(text.at[i] - '0');
	}
	if (n > most)
		return err_set(e, RC_BODY_TOO_LARGE, NULL,
		    "the body may have %zu bytes here", most);
	*len = n;
	*given = true;
	return RC_OK;
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool
head_is_json(const struct head *h)
{
	struct str	rest = h->at[VAR_TYPE], type;
	char		text[100];

	type = str_trim(str_cut(&rest, ';'));
	if (type.len > sizeof(text))
		return false;
	for (size_t i = 0; i < type.len; i++)
		text[i] = lower(type.at[i]);
	type.at = text;
	return str_eq(type, STR("application/json")) ||
	    (str_starts(type, STR("application/")) &&
	    str_ends(type, STR("+json")) &&
	    type.len > sizeof("application/+json") - 1);
}

bool
head_sane_id(struct str s)
{
	if (s.len == 0 || s.len > REQUEST_ID_MAX)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		char c = lower(s.at[i]);

		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') &&
		    memchr("-_.:@", c, 5) == NULL)
			return false;
	}
	return true;
}

struct str
head_request_id(const struct head *h)
{
	if (head_sane_id(h->at[VAR_REQUEST_ID]))
		return h->at[VAR_REQUEST_ID];
	if (head_sane_id(h->at[VAR_UNIQUE_ID]))
		return h->at[VAR_UNIQUE_ID];
	return STR_NONE;
}
