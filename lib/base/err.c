/*
 * Fill in an error.  The words are made in a buffer of their own first, since
 * a caller may well quote the old ones while it writes the new.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/str.h"

/* The length of s, less a character that a cut left incomplete. */
static size_t
whole_len(struct str s)
{
	size_t	i = s.len;

	while (i > 0 && s.len - i < 3 && (s.at[i - 1] & 0xc0) == 0x80)
		i--;
	if (i > 0 && (s.at[i - 1] & 0x80) != 0 &&
	    str_utf8_char(str_part(s, i - 1, s.len)) == 0)
		return i - 1;
	return s.len;
}

/* Copy what fits, on one line: outside text may hold anything. */
static void
put_line(char *out, size_t size, const char *text)
{
	struct str	s = str_of(text);

	if (s.len > size - 1) {
		s.len = size - 1;
		s.len = whole_len(s);
	}
	if (s.len > 0)
		memmove(out, s.at, s.len);
	out[s.len] = '\0';
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)out[i] < ' ' || out[i] == 0x7f)
			out[i] = '?';
}

static enum rc
fill(struct err *e, enum rc rc, const char *pointer, const char *mend,
    const char *what, va_list ap)
{
	char	words[2 * sizeof(e->what)];

	if (vsnprintf(words, sizeof(words), what, ap) < 0)
		words[0] = '\0';
	put_line(e->mend, sizeof(e->mend), mend);
	put_line(e->pointer, sizeof(e->pointer), pointer);
	put_line(e->what, sizeof(e->what), words);
	e->rc = rc;
	e->key[0] = '\0';
	e->number = 0;
	return rc;
}

enum rc
err_set(struct err *e, enum rc rc, const char *mend, const char *what, ...)
{
	va_list	ap;

	va_start(ap, what);
	fill(e, rc, "", mend, what, ap);
	va_end(ap);
	return rc;
}

enum rc
err_member(struct err *e, enum rc rc, const char *pointer, const char *mend,
    const char *what, ...)
{
	va_list	ap;

	va_start(ap, what);
	fill(e, rc, pointer, mend, what, ap);
	va_end(ap);
	return rc;
}
