/*
 * Fill in an error.  The words are made in a buffer of their own first, since
 * a caller may well quote the old ones while it writes the new.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/str.h"

/*
 * Copy the characters that fit.  Outside text may hold anything; what is not
 * UTF-8 or would break the line becomes '?'.
 */
static void
put_line(char *out, size_t size, const char *text)
{
	struct str	s = str_of(text);
	size_t		n = 0;

	while (s.len > 0) {
		size_t	len = str_utf8_char(s);
		bool	shows = len > 0 && (unsigned char)s.at[0] >= ' ' &&
			    s.at[0] != 0x7f;

		if (len == 0)
			len = 1;
		if (len > size - 1 - n)
			break;
		if (shows)
			memmove(out + n, s.at, len);
		else
			out[n] = '?';
		n += len;
		s = str_part(s, len, s.len);
	}
	out[n] = '\0';
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
	e->retry_after = 0;
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
