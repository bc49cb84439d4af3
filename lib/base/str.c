/*
 * Questions about borrowed text: compare, cut, trim, read a number.  Pure,
 * and bounded by the lengths that come in.
 */
#include "base/str.h"

enum { DISTANCE_BYTES_MAX = 128 };	/* what a name of ours can reach */

int
str_cmp(struct str a, struct str b)
{
	size_t	shorter = a.len < b.len ? a.len : b.len;
	int	order = shorter == 0 ? 0 : memcmp(a.at, b.at, shorter);

	if (order != 0)
		return order;
	return (a.len > b.len) - (a.len < b.len);
}

uint64_t
str_hash(struct str s)
{
	uint64_t	hash = UINT64_C(14695981039346656037);

	for (size_t i = 0; i < s.len; i++)
		hash = (hash ^ (unsigned char)s.at[i]) *
		    UINT64_C(1099511628211);
	return hash;
}

bool
str_starts(struct str s, struct str head)
{
	return s.len >= head.len && str_eq(str_part(s, 0, head.len), head);
}

bool
str_ends(struct str s, struct str tail)
{
	return s.len >= tail.len &&
	    str_eq(str_part(s, s.len - tail.len, tail.len), tail);
}

struct str
str_cut(struct str *s, char sep)
{
	struct str	 head = *s;
	const char	*found;

	found = s->len == 0 ? NULL : memchr(s->at, sep, s->len);
	if (found == NULL) {
		*s = STR_NONE;
		return head;
	}
	head.len = (size_t)(found - s->at);
	*s = (struct str){ found + 1, s->len - head.len - 1 };
	return head;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

struct str
str_trim(struct str s)
{
	while (s.len > 0 && is_blank(s.at[0])) {
		s.at++;
		s.len--;
	}
	while (s.len > 0 && is_blank(s.at[s.len - 1]))
		s.len--;
	return s;
}

struct str
str_part(struct str s, size_t start, size_t len)
{
	if (s.at == NULL)
		return STR_NONE;
	if (start > s.len)
		start = s.len;
	if (len > s.len - start)
		len = s.len - start;
	return (struct str){ s.at + start, len };
}

bool
str_eq_secret(struct str a, struct str b)
{
	volatile unsigned char	differ = 0;

	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		differ = (unsigned char)(differ | (a.at[i] ^ b.at[i]));
	return differ == 0;
}

bool
str_int64(struct str s, int64_t *out)
{
	bool	minus = s.len > 0 && s.at[0] == '-';
	int64_t	value = 0;	/* kept at or below 0: the longer side */

	if (minus)
		s = str_part(s, 1, s.len - 1);
	if (s.len == 0)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] < '0' || s.at[i] > '9')
			return false;
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_sub_overflow(value, s.at[i] - '0', &value))
			return false;
	}
	if (!minus && __builtin_sub_overflow((int64_t)0, value, &value))
		return false;
	*out = value;
	return true;
}

/*
 * The rows of RFC 3629's table: which lead bytes, how many bytes follow, and
 * the bounds of the first of them, which is where overlong forms, surrogates
 * and what lies above U+10FFFF are told apart.
 */
static const struct utf8_row {
	unsigned char	lead_from, lead_to, follow, from, to;
} utf8_rows[] = {
	{ 0xc2, 0xdf, 1, 0x80, 0xbf },
	{ 0xe0, 0xe0, 2, 0xa0, 0xbf },
	{ 0xe1, 0xec, 2, 0x80, 0xbf },
	{ 0xed, 0xed, 2, 0x80, 0x9f },
	{ 0xee, 0xef, 2, 0x80, 0xbf },
	{ 0xf0, 0xf0, 3, 0x90, 0xbf },
	{ 0xf1, 0xf3, 3, 0x80, 0xbf },
	{ 0xf4, 0xf4, 3, 0x80, 0x8f },
};

static bool
utf8_fits(const struct utf8_row *row, const unsigned char *byte, size_t left)
{
	if (byte[0] < row->lead_from || byte[0] > row->lead_to ||
	    row->follow >= left)
		return false;
	if (byte[1] < row->from || byte[1] > row->to)
		return false;
	for (size_t i = 2; i <= row->follow; i++)
		if ((byte[i] & 0xc0) != 0x80)
			return false;
	return true;
}

size_t
str_utf8_char(struct str s)
{
	const unsigned char	*byte = (const unsigned char *)s.at;

	if (s.len > 0 && byte[0] < 0x80)
		return 1;	/* most are ASCII, and in need of no row */
	for (size_t i = 0; s.len > 0 && i < COUNT(utf8_rows); i++)
		if (utf8_fits(&utf8_rows[i], byte, s.len))
			return (size_t)utf8_rows[i].follow + 1;
	return 0;
}

bool
str_utf8(struct str s)
{
	while (s.len > 0) {
		size_t	len = str_utf8_char(s);

		if (len == 0)
			return false;
		s.at += len;
		s.len -= len;
	}
	return true;
}

bool
str_plain(struct str s)
{
	if (!str_utf8(s))
		return false;
	for (size_t i = 0; i < s.len; i++) {
		unsigned char	c = (unsigned char)s.at[i];

		if (c < 0x20 || c == 0x7f)
			return false;
		if (c == 0xc2 && (unsigned char)s.at[i + 1] < 0xa0)
			return false;
	}
	return true;
}

static unsigned
least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Drop what both begin and end with: it costs no edit. */
static void
strip_common(struct str *a, struct str *b)
{
	while (a->len > 0 && b->len > 0 && a->at[0] == b->at[0]) {
		*a = str_part(*a, 1, a->len - 1);
		*b = str_part(*b, 1, b->len - 1);
	}
	while (a->len > 0 && b->len > 0 &&
	    a->at[a->len - 1] == b->at[b->len - 1]) {
		a->len--;
		b->len--;
	}
}

unsigned
str_distance(struct str a, struct str b, unsigned cap)
{
	unsigned	 rows[3][DISTANCE_BYTES_MAX + 1];
	unsigned	*before = rows[0], *above = rows[1], *row = rows[2];

	strip_common(&a, &b);
	if (a.len > DISTANCE_BYTES_MAX || b.len > DISTANCE_BYTES_MAX)
		return cap;
	for (unsigned j = 0; j <= b.len; j++)
		row[j] = j;
	for (unsigned i = 1; i <= a.len; i++) {
		unsigned *spare = before;

		before = above;
		above = row;
		row = spare;
		row[0] = i;
		for (unsigned j = 1; j <= b.len; j++) {
			bool same = a.at[i - 1] == b.at[j - 1];

			row[j] = least(above[j - 1] + !same,
			    least(above[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && a.at[i - 1] == b.at[j - 2] &&
			    a.at[i - 2] == b.at[j - 1])
				row[j] = least(row[j], before[j - 2] + 1);
		}
	}
	return least(row[b.len], cap);
}
