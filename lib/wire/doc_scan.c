/*
 * The JSON scanner: RFC 8259 and nothing else, with bounds on depth, values
 * and lengths.  It goes over the text once, in linear time, and builds
 * nothing; the tree is doc.c's.
 */
#include <stdlib.h>

#include "base/guard.h"
#include "base/limits.h"
#include "wire/doc_scan.h"

enum {
	OURS_VALUES_MAX	= 256 * 1024,	/* a holding of any matrix fits */
	REPLACEMENT	= 0xfffd,	/* what a lone surrogate is read as */
};

static const struct bounds {
	unsigned	 depth;
	size_t		 values, string;
	bool		 strict;
} bounds[] = {
	[DOC_STRICT] = { JSON_DEPTH_MAX, JSON_VALUES_MAX, JSON_STRING_MAX, 1 },
	[DOC_LENIENT] = { HOOK_DEPTH_MAX, HOOK_VALUES_MAX, HOOK_STRING_MAX, 0 },
	[DOC_OURS] = { HOOK_DEPTH_MAX, OURS_VALUES_MAX, HOOK_STRING_MAX, 0 },
};

struct scan {
	const char		*start, *at, *end;
	const struct bounds	*bounds;
	char			*mended;	/* or NULL: only look */
	bool			 odd;
	unsigned		 depth;
	size_t			 values;
	uint64_t		 objects;
	size_t			 name_count;
	uint64_t		 names[JSON_VALUES_MAX]; /* their hashes */
	struct err		*e;
};

/* A text as it is read: for a name its hash, for all its length. */
struct reading {
	bool		 name;
	uint64_t	 hash;
	size_t		 len;
};

static enum rc scan_value(struct scan *);

static enum rc
refuse(struct scan *s, const char *why)
{
	return err_set(s->e, RC_INVALID_JSON,
	    "Send one JSON value in UTF-8, as RFC 8259 has it.",
	    "not acceptable JSON at byte %zu: %s", (size_t)(s->at - s->start),
	    why);
}

static void
skip_blanks(struct scan *s)
{
	while (s->at < s->end && (*s->at == ' ' || *s->at == '\n' ||
	    *s->at == '\t' || *s->at == '\r'))
		s->at++;
}

static bool
take(struct scan *s, char c)
{
	if (s->at == s->end || *s->at != c)
		return false;
	s->at++;
	return true;
}

/* FNV-1a. */
static uint64_t
hash_byte(uint64_t hash, unsigned byte)
{
	return (hash ^ byte) * UINT64_C(0x100000001b3);
}

static void
read_byte(struct reading *r, unsigned byte)
{
	r->hash = hash_byte(r->hash, byte & 0xff);
	r->len++;
}

static void
read_rune(struct reading *r, unsigned rune)
{
	if (rune < 0x80) {
		read_byte(r, rune);
		return;
	}
	if (rune < 0x800) {
		read_byte(r, 0xc0 | rune >> 6);
	} else if (rune < 0x10000) {
		read_byte(r, 0xe0 | rune >> 12);
		read_byte(r, 0x80 | (rune >> 6 & 0x3f));
	} else {
		read_byte(r, 0xf0 | rune >> 18);
		read_byte(r, 0x80 | (rune >> 12 & 0x3f));
		read_byte(r, 0x80 | (rune >> 6 & 0x3f));
	}
	read_byte(r, 0x80 | (rune & 0x3f));
}

/* The bytes of the UTF-8 character at `at`; 0 when it is none (RFC 3629). */
static size_t
utf8_len(const char *at, const char *end)
{
	const unsigned char *u = (const unsigned char *)at;
	size_t len, i;

	if (u[0] < 0xc2 || u[0] > 0xf4)
		return 0;
	len = u[0] < 0xe0 ? 2 : u[0] < 0xf0 ? 3 : 4;
	if ((size_t)(end - at) < len)
		return 0;
	for (i = 1; i < len; i++)
		if ((u[i] & 0xc0) != 0x80)
			return 0;
	if ((u[0] == 0xe0 && u[1] < 0xa0) || (u[0] == 0xed && u[1] > 0x9f) ||
	    (u[0] == 0xf0 && u[1] < 0x90) || (u[0] == 0xf4 && u[1] > 0x8f))
		return 0;
	return len;
}

/* Four hexadecimal digits at s->at, which moves behind them; -1 if not. */
static int
hex4(struct scan *s)
{
	int value = 0, i;

	if (s->end - s->at < 4)
		return -1;
	for (i = 0; i < 4; i++) {
		char c = s->at[i];

		if (c >= '0' && c <= '9')
			value = value << 4 | (c - '0');
		else if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))
			value = value << 4 | ((c | 0x20) - 'a' + 10);
		else
			return -1;
	}
	s->at += 4;
	return value;
}

/* json-c keeps names as C strings: a NUL would make two names one. */
static void
mend_name(struct scan *s)
{
	s->odd = true;
	if (s->mended != NULL)
		memcpy(s->mended + (s->at - s->start) - 4, "fffd", 4);
}

/* What stands behind "\u". */
static enum rc
scan_unicode(struct scan *s, struct reading *r)
{
	const char *first;
	int rune = hex4(s), low;

	if (rune < 0)
		return refuse(s, "four hexadecimal digits belong here");
	if (rune == 0 && s->bounds->strict)
		return refuse(s, "a text may not contain \\u0000");
	if (rune == 0 && r->name)
		mend_name(s);
	if (rune < 0xd800 || rune > 0xdfff) {
		read_rune(r, (unsigned)rune);
		return RC_OK;
	}
	first = s->at;
	if (rune < 0xdc00 && take(s, '\\') && take(s, 'u') &&
	    (low = hex4(s)) >= 0xdc00 && low <= 0xdfff) {
		read_rune(r, 0x10000 + (((unsigned)rune & 0x3ff) << 10) +
		    ((unsigned)low & 0x3ff));
		return RC_OK;
	}
	s->at = first;
	if (s->bounds->strict)
		return refuse(s, "half of a surrogate pair is no character");
	read_rune(r, REPLACEMENT);
	return RC_OK;
}

static enum rc
scan_escape(struct scan *s, struct reading *r)
{
	static const char known[] = "\"\\/bfnrt";
	static const char means[] = "\"\\/\b\f\n\r\t";
	const char *found;

	if (take(s, 'u'))
		return scan_unicode(s, r);
	found = s->at == s->end || *s->at == '\0' ? NULL :
	    strchr(known, *s->at);
	if (found == NULL)
		return refuse(s, "this is no escape");
	s->at++;
	read_byte(r, (unsigned char)means[found - known]);
	return RC_OK;
}

/* A text behind its opening quote, up to and with the closing one. */
static enum rc
scan_text(struct scan *s, struct reading *r)
{
	while (s->at < s->end) {
		unsigned char c = (unsigned char)*s->at;
		size_t len = 1;

		if (c == '"') {
			s->at++;
			return r->len <= s->bounds->string ? RC_OK :
			    refuse(s, "the text before this is too long");
		}
		if (c == '\\') {
			s->at++;
			TRY(scan_escape(s, r));
			continue;
		}
		if (c < 0x20)
			return refuse(s, "a control character must be escaped");
		if (c >= 0x80 && (len = utf8_len(s->at, s->end)) == 0)
			return refuse(s, "this is not UTF-8");
		for (; len > 0; len--)
			read_byte(r, (unsigned char)*s->at++);
	}
	return refuse(s, "the text has no closing quote");
}

/* An integer that int64_t cannot hold; len digits without leading zeros. */
static bool
beyond_64_bits(const char *digits, size_t len, bool negative)
{
	return len > 19 || (len == 19 && memcmp(digits,
	    negative ? "9223372036854775808" : "9223372036854775807", 19) > 0);
}

/* As many bytes that mean about the same, but are no integer. */
static void
mend_integer(struct scan *s)
{
	s->odd = true;
	if (s->mended != NULL)
		memcpy(s->mended + (s->at - s->start) - 2, "e2", 2);
}

static size_t
scan_digits(struct scan *s)
{
	const char *first = s->at;

	while (s->at < s->end && *s->at >= '0' && *s->at <= '9')
		s->at++;
	return (size_t)(s->at - first);
}

static enum rc
scan_number(struct scan *s)
{
	bool negative = take(s, '-'), whole = true;
	const char *first = s->at;
	size_t len = scan_digits(s);

	if (len == 0)
		return refuse(s, "a digit belongs here");
	if (len > 1 && *first == '0')
		return refuse(s, "a number may not begin with 0");
	if (take(s, '.')) {
		whole = false;
		if (scan_digits(s) == 0)
			return refuse(s, "a digit belongs here");
	}
	if (take(s, 'e') || take(s, 'E')) {
		whole = false;
		if (!take(s, '+'))
			take(s, '-');
		if (scan_digits(s) == 0)
			return refuse(s, "a digit belongs here");
	}
	if (whole && beyond_64_bits(first, len, negative))
		mend_integer(s);
	return RC_OK;
}

static enum rc
scan_word(struct scan *s, struct str word)
{
	if ((size_t)(s->end - s->at) < word.len ||
	    memcmp(s->at, word.at, word.len) != 0)
		return refuse(s, "a value belongs here");
	s->at += word.len;
	return RC_OK;
}

static enum rc
scan_list(struct scan *s)
{
	skip_blanks(s);
	if (take(s, ']'))
		return RC_OK;
	do {
		TRY(scan_value(s));
		skip_blanks(s);
	} while (take(s, ','));
	return take(s, ']') ? RC_OK : refuse(s, "',' or ']' belongs here");
}

static enum rc
scan_name(struct scan *s, uint64_t object)
{
	struct reading r = { .name = true };

	skip_blanks(s);
	if (!take(s, '"'))
		return refuse(s, "a name in double quotes belongs here");
	r.hash = hash_byte(hash_byte(UINT64_C(0xcbf29ce484222325),
	    object & 0xff), object >> 8 & 0xff);
	TRY(scan_text(s, &r));
	/* Each name has a value, so their number is bounded already. */
	if (s->bounds->strict && s->name_count < JSON_VALUES_MAX)
		s->names[s->name_count++] = r.hash;
	skip_blanks(s);
	return take(s, ':') ? RC_OK : refuse(s, "':' belongs here");
}

static enum rc
scan_object(struct scan *s)
{
	uint64_t object = s->objects++;

	skip_blanks(s);
	if (take(s, '}'))
		return RC_OK;
	do {
		TRY(scan_name(s, object));
		TRY(scan_value(s));
		skip_blanks(s);
	} while (take(s, ','));
	return take(s, '}') ? RC_OK : refuse(s, "',' or '}' belongs here");
}

static enum rc
scan_nested(struct scan *s, enum rc (*scan)(struct scan *))
{
	if (++s->depth > s->bounds->depth)
		return refuse(s, "this is nested too deeply");
	s->at++;
	TRY(scan(s));
	s->depth--;
	return RC_OK;
}

static enum rc
scan_value(struct scan *s)
{
	struct reading r = { 0 };

	skip_blanks(s);
	if (s->at == s->end)
		return refuse(s, "a value belongs here");
	if (++s->values > s->bounds->values)
		return refuse(s, "there are too many values");
	switch (*s->at) {
	case '{':
		return scan_nested(s, scan_object);
	case '[':
		return scan_nested(s, scan_list);
	case '"':
		s->at++;
		return scan_text(s, &r);
	case 't':
		return scan_word(s, STR("true"));
	case 'f':
		return scan_word(s, STR("false"));
	case 'n':
		return scan_word(s, STR("null"));
	case '-': case '0': case '1': case '2': case '3': case '4':
	case '5': case '6': case '7': case '8': case '9':
		return scan_number(s);
	default:
		return refuse(s, "a value belongs here");
	}
}

static int
by_hash(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* The hash of a name covers its object too, so equal ones are one name. */
static enum rc
refuse_duplicates(struct scan *s)
{
	size_t i;

	if (s->name_count > 1)
		qsort(s->names, s->name_count, sizeof(s->names[0]), by_hash);
	for (i = 1; i < s->name_count; i++)
		if (s->names[i] == s->names[i - 1])
			return err_set(s->e, RC_INVALID_JSON,
			    "Give each name of an object once.",
			    "an object has the same name twice");
	return RC_OK;
}

enum rc
doc_scan_mend(struct str text, enum doc_rules rules, char *mended, bool *odd,
    struct err *e)
{
	struct scan s;

	must(rules < COUNT(bounds));
	if (text.len == 0)
		return err_set(e, RC_INVALID_JSON, "Send one JSON value.",
		    "there is no JSON text");
	s.start = s.at = text.at;
	s.end = text.at + text.len;
	s.bounds = &bounds[rules];
	s.mended = mended;
	s.odd = false;
	s.depth = 0;
	s.values = s.name_count = 0;
	s.objects = 0;
	s.e = e;
	TRY(scan_value(&s));
	skip_blanks(&s);
	if (s.at < s.end)
		return refuse(&s, "the value has ended, but the text goes on");
	TRY(refuse_duplicates(&s));
	*odd = s.odd;
	return RC_OK;
}

enum rc
doc_scan(struct str text, enum doc_rules rules, struct err *e)
{
	bool odd;

	return doc_scan_mend(text, rules, NULL, &odd, e);
}

unsigned
doc_depth(enum doc_rules rules)
{
	return bounds[rules].depth;
}
