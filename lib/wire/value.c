/*
 * Scalars, lists and maps of our YAML files, checked.
 */
#include "base/clock.h"
#include "base/limits.h"
#include "base/suggest.h"
#include "base/text.h"
#include "wire/value.h"

/* The largest integer that a JSON reader with doubles gets right. */
#define NUMBER_MAX	INT64_C(9007199254740991)

static const char *
kind_word(const struct tree *t)
{
	switch (t->kind) {
	case TREE_LIST:
		return "a list";
	case TREE_MAP:
		return "a map";
	default:
		return t->plain && t->text.len == 0 ? "empty" : "a text";
	}
}

/* Report a value of the wrong kind once; what was refused already, never. */
static bool
not_what(struct report *r, const struct tree *t, const char *what)
{
	if (t->kind != TREE_NOTHING)
		tree_report(r, t, "this is %s: it must be %s", kind_word(t),
		    what);
	return false;
}

static bool
scalar(struct report *r, const struct tree *t, const char *what)
{
	if (t->kind != TREE_TEXT || (t->plain && t->text.len == 0))
		return not_what(r, t, what);
	return true;
}

bool
value_text(struct report *r, const struct tree *t, size_t max,
    struct str *out)
{
	size_t i;

	if (!scalar(r, t, "a text"))
		return false;
	for (i = 0; i < t->text.len; i++)
		if ((unsigned char)t->text.at[i] < 0x20 ||
		    t->text.at[i] == 0x7f) {
			tree_report(r, t, "a text must be one line without "
			    "control characters");
			return false;
		}
	if (t->text.len == 0 || t->text.len > max) {
		tree_report(r, t, "a text must have 1 to %zu bytes here", max);
		return false;
	}
	*out = t->text;
	return true;
}

/* Digits as people write them: no 0x10, 1_000, +5 or 010. */
static bool
plain_digits(struct str text, int64_t *out)
{
	struct str digits = text;

	if (!str_int64(text, out))
		return false;
	if (str_starts(digits, STR("-")))
		digits = str_part(digits, 1, digits.len - 1);
	return digits.len == 1 || digits.at[0] != '0';
}

static bool
plain_int(const struct tree *t, int64_t *out)
{
	return t->plain && plain_digits(t->text, out);
}

bool
value_int(struct report *r, const struct tree *t, int64_t least,
    int64_t most, int64_t *out)
{
	struct str shown;
	int64_t number = 0;

	if (!scalar(r, t, "a number"))
		return false;
	shown = report_show(r->arena, t->text);
	if (!plain_int(t, &number)) {
		tree_report(r, t, t->plain ? "\"%.*s\" is no whole number" :
		    "\"%.*s\" is a text: a number has no quotes",
		    STR_FMT(shown));
		return false;
	}
	if (number < least || number > most) {
		tree_report(r, t, "this must be from %lld to %lld",
		    (long long)least, (long long)most);
		return false;
	}
	*out = number;
	return true;
}

bool
value_bool(struct report *r, const struct tree *t, bool *out)
{
	bool yes;

	if (!scalar(r, t, "yes or no"))
		return false;
	yes = str_eq(t->text, STR("yes")) || str_eq(t->text, STR("true"));
	if (!t->plain || (!yes && !str_eq(t->text, STR("no")) &&
	    !str_eq(t->text, STR("false")))) {
		tree_report(r, t, "this must be yes or no (true or false)");
		return false;
	}
	*out = yes;
	return true;
}

bool
value_quota(struct report *r, const struct tree *t, struct quota *out)
{
	int64_t number = 0;

	if (!scalar(r, t, "a number or unlimited"))
		return false;
	if (str_eq(t->text, STR("unlimited")) ||
	    (t->plain && str_eq(t->text, STR("-1")))) {
		*out = (struct quota){ .unlimited = true };
		return true;
	}
	if (!plain_int(t, &number) || number < 0 || number > NUMBER_MAX) {
		tree_report(r, t, "a limit is a number from 0 to %lld, or "
		    "unlimited (also written -1)", (long long)NUMBER_MAX);
		return false;
	}
	*out = (struct quota){ .max = number };
	return true;
}

bool
value_percent(struct report *r, const struct tree *t, int64_t *out)
{
	int64_t number = 0;

	if (!scalar(r, t, "a share like 80%"))
		return false;
	if (!t->plain || !str_ends(t->text, STR("%")) ||
	    !plain_digits(str_part(t->text, 0, t->text.len - 1), &number) ||
	    number < 1 || number > 100) {
		tree_report(r, t, "a share is written 1%% to 100%%");
		return false;
	}
	*out = number;
	return true;
}

bool
value_duration(struct report *r, const struct tree *t, int64_t *out)
{
	int64_t seconds;

	if (!scalar(r, t, "a duration like 7d"))
		return false;
	if (!text_duration(t->text, &seconds)) {
		tree_report(r, t, "a duration is written 7d, 12h, 30m or 90s");
		return false;
	}
	*out = seconds * SECOND;
	return true;
}

/* "a, b or c" */
static struct str
one_of(struct arena *arena, const struct str *words, size_t count)
{
	struct str all = STR_NONE;
	size_t i;

	for (i = 0; i < count; i++)
		all = arena_text(arena, "%.*s%s%.*s", STR_FMT(all),
		    i == 0 ? "" : i + 1 < count ? ", " : " or ",
		    STR_FMT(words[i]));
	return all;
}

bool
value_word(struct report *r, const struct tree *t, const struct str *words,
    size_t count, size_t *out)
{
	struct str all = one_of(r->arena, words, count), near, shown;
	size_t i;

	if (!scalar(r, t, "a word"))
		return false;
	for (i = 0; i < count; i++)
		if (str_eq(t->text, words[i])) {
			*out = i;
			return true;
		}
	shown = report_show(r->arena, t->text);
	near = suggest(t->text, words, count);
	if (near.len > 0)
		tree_report(r, t, "\"%.*s\" is not known; did you mean "
		    "\"%.*s\"?", STR_FMT(shown), STR_FMT(near));
	else
		tree_report(r, t, "\"%.*s\" is not known: it must be %.*s",
		    STR_FMT(shown), STR_FMT(all));
	return false;
}

bool
value_list(struct report *r, const struct tree *t)
{
	return t->kind == TREE_LIST || not_what(r, t, "a list: [one, two]");
}

static void
check_name(struct report *r, const struct tree *child,
    const struct str *known, size_t count)
{
	struct str near;
	size_t i;

	for (i = 0; i < count; i++)
		if (str_eq(child->name, known[i]))
			return;
	near = suggest(child->name, known, count);
	if (near.len > 0)
		tree_report_name(r, child, "this name is not known here; "
		    "did you mean \"%.*s\"?", STR_FMT(near));
	else
		tree_report_name(r, child, "this name is not known here");
}

bool
value_map(struct report *r, const struct tree *t, const struct str *known,
    size_t count)
{
	const struct tree *child;

	if (t->kind != TREE_MAP)
		return not_what(r, t, "a map: {name: value}");
	for (child = t->first; child != NULL && known != NULL;
	    child = child->next)
		check_name(r, child, known, count);
	return true;
}

static bool
small_or_digit(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* [a-z0-9][a-z0-9_.-]*; without the dot for tiers. */
static bool
word_ok(struct str s, bool dots)
{
	size_t i;

	if (s.len == 0 || !small_or_digit(s.at[0]))
		return false;
	for (i = 1; i < s.len; i++)
		if (!small_or_digit(s.at[i]) && s.at[i] != '_' &&
		    s.at[i] != '-' && !(dots && s.at[i] == '.'))
			return false;
	return true;
}

bool
name_is_capability(struct str name)
{
	bool pair = name.len > 0 && memchr(name.at, ':', name.len) != NULL;
	struct str rest = name, head;

	if (name.len > CAPABILITY_NAME_MAX)
		return false;
	head = str_cut(&rest, ':');
	return word_ok(head, true) && (!pair || word_ok(rest, true));
}

bool
name_is_tier(struct str name)
{
	return name.len <= TIER_NAME_MAX && word_ok(name, false);
}
