/*
 * Reading forms.
 */
#include "base/text.h"
#include "wire/form.h"

static bool
decode(struct str raw, struct arena *a, struct str *out)
{
	char	*blanks = arena_take(a, raw.len + 1, 1);

	for (size_t i = 0; i < raw.len; i++)
		blanks[i] = raw.at[i] == '+' ? ' ' : raw.at[i];
	return text_unpercent(a, (struct str){ blanks, raw.len }, out) &&
	    str_utf8(*out);
}

enum rc
form_read(struct form *f, struct str pairs, struct arena *a, struct err *e)
{
	*f = (struct form){
		.pair = arena_many(a, FORM_PAIRS_MAX, struct form_pair),
	};
	while (pairs.len > 0) {
		struct str value = str_cut(&pairs, '&');
		struct str name = str_cut(&value, '=');

		if (name.len == 0)
			continue;
		if (f->count == FORM_PAIRS_MAX)
			return err_set(e, RC_INVALID_VALUE, NULL,
			    "the form has too many fields");
		if (!decode(name, a, &f->pair[f->count].name) ||
		    !decode(value, a, &f->pair[f->count].value))
			return err_set(e, RC_INVALID_VALUE, NULL,
			    "the form cannot be decoded");
		f->count++;
	}
	return RC_OK;
}

static const struct form_pair *
find(const struct form *f, const char *name)
{
	for (size_t i = 0; i < f->count; i++)
		if (str_eq(f->pair[i].name, str_of(name)))
			return &f->pair[i];
	return NULL;
}

struct str
form_text(const struct form *f, const char *name)
{
	const struct form_pair	*p = find(f, name);

	return p == NULL ? STR_NONE : p->value;
}

bool
form_has(const struct form *f, const char *name)
{
	return find(f, name) != NULL;
}

bool
form_int(const struct form *f, const char *name, int64_t *out)
{
	return str_int64(form_text(f, name), out);
}

bool
form_like(struct str name, const char *pattern)
{
	size_t	i = 0;

	for (; *pattern != '\0'; pattern++) {
		if (*pattern == '#') {
			while (i < name.len && name.at[i] >= '0' &&
			    name.at[i] <= '9')
				i++;
		} else if (*pattern == '*') {
			while (i < name.len && name.at[i] != ']' &&
			    name.at[i] != '[')
				i++;
		} else if (i < name.len && name.at[i] == *pattern) {
			i++;
		} else {
			return false;
		}
	}
	return i == name.len;
}

struct str
form_unknown(const struct form *f, const char *const *patterns)
{
	for (size_t i = 0; i < f->count; i++) {
		size_t n = 0;

		while (patterns[n] != NULL &&
		    !form_like(f->pair[i].name, patterns[n]))
			n++;
		if (patterns[n] == NULL)
			return f->pair[i].name;
	}
	return STR_NONE;
}
