/*
 * Values of settings: one small function for each kind.  Every message says
 * what would be right, and none repeats a secret.
 */
#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/conf_value.h"
#include "base/text.h"

/* A failed value: what is wrong, and what a right one looks like. */
static enum rc
refuse(const struct setting *row, struct str text, const char *mend,
    struct err *e)
{
	char	pointer[sizeof(e->pointer)];

	snprintf(pointer, sizeof(pointer), "/%s", row->name);
	if (conf_is_secret(row))
		return err_member(e, RC_INVALID_VALUE, pointer, mend,
		    "%s cannot be taken", row->name);
	if (text.len > 60)
		return err_member(e, RC_INVALID_VALUE, pointer, mend,
		    "%s cannot be '%.*s...'", row->name, 60, text.at);
	return err_member(e, RC_INVALID_VALUE, pointer, mend,
	    "%s cannot be '%.*s'", row->name, STR_FMT(text));
}

static bool
has_control(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.at[i] < ' ' || s.at[i] == 0x7f)
			return true;
	return false;
}

/* What holds for every text: one clean line, within the row's length. */
static enum rc
check_text(const struct setting *row, struct str text, struct err *e)
{
	char	mend[sizeof(e->mend)];

	if (!str_utf8(text) || has_control(text))
		return refuse(row, STR("..."),
		    "Write one line of UTF-8 without control characters.", e);
	if (text.len == 0 && row->least == 0)
		return RC_OK;
	if ((int64_t)text.len >= row->least && (int64_t)text.len <= row->most)
		return RC_OK;
	snprintf(mend, sizeof(mend), "Write from %" PRId64 " to %" PRId64
	    " characters; these are %zu.", row->least, row->most, text.len);
	return refuse(row, text, mend, e);
}

static enum rc
take_text(const struct setting *row, struct str text, struct arena *a,
    void *field, struct err *e)
{
	TRY(check_text(row, text, e));
	*(struct str *)field = arena_keep(a, text);
	return RC_OK;
}

/* A file's failure, told as one of the setting that names the file. */
static enum rc
secret_from_file(const struct setting *row, struct str path,
    struct arena *a, struct str *out, struct err *e)
{
	char	pointer[sizeof(e->pointer)];

	if (conf_secret_from_file(a, path, out, e) == RC_OK)
		return RC_OK;
	snprintf(pointer, sizeof(pointer), "/%s", row->name);
	return err_member(e, RC_INVALID_VALUE, pointer, e->mend, "%s: %s",
	    row->name, e->what);
}

static enum rc
take_secret(const struct setting *row, struct str text, struct arena *a,
    void *field, struct err *e)
{
	if (str_starts(text, STR("file:")))
		TRY(secret_from_file(row, str_part(text, 5, text.len), a,
		    &text, e));
	if (text.len == 0)
		return refuse(row, text,
		    "A secret cannot be empty. Leave the line out if there is"
		    " none.", e);
	return take_text(row, text, a, field, e);
}

static enum rc
take_path(const struct setting *row, struct str text, struct arena *a,
    void *field, struct err *e)
{
	if (text.len > 0 && text.at[0] != '/')
		return refuse(row, text,
		    "Write the whole path, beginning with '/'.", e);
	return take_text(row, text, a, field, e);
}

static enum rc
take_url(const struct setting *row, struct str text, struct arena *a,
    void *field, struct err *e)
{
	struct url	u;

	if (str_ends(text, STR("/")))
		text.len--;
	if (!conf_url(text, &u))
		return refuse(row, text,
		    "Write https://host or https://host:port/path: host in"
		    " lower case, no user, '?' or '#', no usual port.", e);
	return take_text(row, text, a, field, e);
}

static enum rc
take_boolean(const struct setting *row, struct str text, struct arena *a,
    void *field, struct err *e)
{
	bool	yes = str_eq(text, STR("yes")) || str_eq(text, STR("true"));

	(void)a;
	if (!yes && !str_eq(text, STR("no")) && !str_eq(text, STR("false")))
		return refuse(row, text, "Write yes or no.", e);
	*(bool *)field = yes;
	return RC_OK;
}

static enum rc
take_number(const struct setting *row, struct str text, struct arena *a,
    void *field, struct err *e)
{
	char	mend[sizeof(e->mend)];
	int64_t	n;
	bool	fine = row->kind == KIND_SECONDS ? text_duration(text, &n) :
		    str_int64(text, &n);

	(void)a;
	if (fine && n >= row->least && n <= row->most) {
		*(int64_t *)field = n;
		return RC_OK;
	}
	snprintf(mend, sizeof(mend), "Write a whole number from %" PRId64
	    " to %" PRId64 "%s.", row->least, row->most,
	    row->kind == KIND_SECONDS ? " seconds, or 5m, 1h" : "");
	return refuse(row, text, mend, e);
}

static enum rc
take_choice(const struct setting *row, struct str text, struct arena *a,
    void *field, struct err *e)
{
	struct str	choices = str_of(row->choices);
	char		mend[sizeof(e->mend)];

	(void)a;
	for (int i = 0; choices.at != NULL; i++) {
		if (str_eq(str_cut(&choices, '|'), text)) {
			*(int *)field = i;
			return RC_OK;
		}
	}
	snprintf(mend, sizeof(mend), "Write one of: %s.", row->choices);
	return refuse(row, text, mend, e);
}

static enum rc
take_origin(const struct setting *row, struct str text, struct arena *a,
    void *field, struct err *e)
{
	struct url	u;

	if (!conf_url(text, &u) || u.path.len > 0)
		return refuse(row, text,
		    "Write the origin as browsers send it: https://host, with"
		    " :port only if unusual, no path, no '*'.", e);
	return take_text(row, text, a, field, e);
}

/* Stored as the system would print it, so that equal addresses look equal. */
static enum rc
take_address(const struct setting *row, struct str text, struct arena *a,
    void *field, struct err *e)
{
	static const int	families[] = { AF_INET, AF_INET6 };
	char			shown[INET6_ADDRSTRLEN];
	struct in6_addr		address;	/* has room for IPv4 too */
	const char		*written = arena_keep(a, text).at;

	for (size_t i = 0; i < COUNT(families); i++) {
		if (has_control(text) ||
		    inet_pton(families[i], written, &address) != 1)
			continue;
		inet_ntop(families[i], &address, shown, sizeof(shown));
		*(struct str *)field = arena_keep(a, str_of(shown));
		return RC_OK;
	}
	return refuse(row, text,
	    "Write one address, such as 127.0.0.1 or ::1, without a mask.", e);
}

enum rc
conf_value_take(const struct setting *row, struct str text, struct arena *a,
    void *field, struct err *e)
{
	static enum rc (*const take[KIND__COUNT])(const struct setting *,
	    struct str, struct arena *, void *, struct err *) = {
		[KIND_TEXT]		= take_text,
		[KIND_SECRET]		= take_secret,
		[KIND_PATH]		= take_path,
		[KIND_URL]		= take_url,
		[KIND_BOOLEAN]		= take_boolean,
		[KIND_INTEGER]		= take_number,
		[KIND_SECONDS]		= take_number,
		[KIND_CHOICE]		= take_choice,
		[KIND_SECRETS]		= take_secret,
		[KIND_ORIGINS]		= take_origin,
		[KIND_ADDRESSES]	= take_address,
	};

	return take[row->kind](row, text, a, field, e);
}

static struct str
show_choice(const struct setting *row, int chosen)
{
	struct str	choices = str_of(row->choices);

	while (chosen-- > 0)
		str_cut(&choices, '|');
	return str_cut(&choices, '|');
}

struct str
conf_value_show(const struct setting *row, const void *field,
    struct arena *a)
{
	switch (row->kind) {
	case KIND_BOOLEAN:
		return *(const bool *)field ? STR("yes") : STR("no");
	case KIND_INTEGER:
	case KIND_SECONDS:
		return arena_text(a, "%" PRId64, *(const int64_t *)field);
	case KIND_CHOICE:
		return show_choice(row, *(const int *)field);
	case KIND_SECRET:
	case KIND_SECRETS:
		return ((const struct str *)field)->len > 0 ?
		    STR("(secret)") : STR("");
	case KIND_TEXT:
	case KIND_PATH:
	case KIND_URL:
	case KIND_ORIGINS:
	case KIND_ADDRESSES:
	case KIND__COUNT:
		break;
	}
	return *(const struct str *)field;
}
