/*
 * logfmt lines.  A line is made in a buffer on the stack and leaves in one
 * write, so that lines of several processes do not mix.  Nothing here can
 * fail: what does not fit is cut, what is not text is escaped.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "base/guard.h"
#include "base/log.h"

enum {
	LINE_BYTES_MAX	= 4096,	/* a pipe takes this much in one piece */
	VALUE_BYTES_MAX	= 300,	/* of one outside text, before escaping */
	REQUEST_MAX	= 128,
};

static const char	*program = "";
static char		 request_text[REQUEST_MAX];
static size_t		 request_len;

void
log_program(const char *name)
{
	program = name;
}

void
log_request(struct str request_id)
{
	struct str	s = str_part(request_id, 0, sizeof(request_text));

	if (s.len > 0)
		memcpy(request_text, s.at, s.len);
	request_len = s.len;
}

/* A line in the making: at most room bytes. */
struct line {
	char	*at;
	size_t	 len, room;
};

static void
put(struct line *l, struct str s)
{
	if (s.len > 0)
		memcpy(l->at + l->len, s.at, s.len);
	l->len += s.len;
}

/*
 * Characters that a terminal or a log viewer obeys instead of showing: C1
 * controls, line and paragraph separators, and the marks that turn the
 * direction of writing.
 */
static bool
is_command(struct str c)
{
	const unsigned char	*b = (const unsigned char *)c.at;

	if (c.len == 1)
		return b[0] < ' ' || b[0] == 0x7f;
	if (c.len == 2)
		return b[0] == 0xc2 && b[1] < 0xa0;
	return c.len == 3 && b[0] == 0xe2 &&
	    ((b[1] == 0x80 && b[2] >= 0xa8 && b[2] <= 0xae) ||
	    (b[1] == 0x81 && b[2] >= 0xa6 && b[2] <= 0xa9));
}

/* Does the text need quotes, so that its end can be seen? */
static bool
wants_quotes(struct str s)
{
	if (s.len == 0)
		return true;
	while (s.len > 0) {
		size_t len = str_utf8_char(s);

		if (len == 0 || is_command(str_part(s, 0, len)) ||
		    memchr(" \"=\\", s.at[0], 4) != NULL)
			return true;
		s = str_part(s, len, s.len);
	}
	return false;
}

/* How the next character, of len bytes, is written.  out takes 16. */
static size_t
escape(struct str c, bool valid, char *out)
{
	size_t	n = 0;

	if (c.at[0] == '\n' || c.at[0] == '"' || c.at[0] == '\\') {
		out[0] = '\\';
		out[1] = c.at[0] == '\n' ? 'n' : c.at[0];
		return 2;
	}
	if (valid && !is_command(c)) {
		memcpy(out, c.at, c.len);
		return c.len;
	}
	for (size_t i = 0; i < c.len; i++) {
		unsigned char byte = (unsigned char)c.at[i];

		out[n++] = '\\';
		out[n++] = 'x';
		out[n++] = "0123456789abcdef"[byte >> 4];
		out[n++] = "0123456789abcdef"[byte & 15];
	}
	return n;
}

/* The text, cut where the line or its own limit ends; "..." tells of it. */
static void
put_value(struct line *l, struct str s)
{
	bool	quotes = wants_quotes(s) || s.len > VALUE_BYTES_MAX ||
		    s.len > l->room - l->len;
	size_t	limit = l->room - (quotes ? sizeof("...\"") - 1 : 0);
	size_t	taken = 0;

	if (quotes)
		put(l, STR("\""));
	while (s.len > 0) {
		char		out[16];
		size_t		len = str_utf8_char(s);
		struct str	c = str_part(s, 0, len == 0 ? 1 : len);
		struct str	made = { out, escape(c, len != 0, out) };

		if (taken + c.len > VALUE_BYTES_MAX ||
		    made.len > limit - l->len) {
			put(l, STR("..."));
			break;
		}
		put(l, made);
		taken += c.len;
		s = str_part(s, c.len, s.len);
	}
	if (quotes)
		put(l, STR("\""));
}

/* Name and '=', if there is room for them and the shortest value. */
static bool
put_name(struct line *l, const char *name)
{
	size_t	len = strlen(name);

	if (len + sizeof(" =\"...\"") - 1 > l->room - l->len)
		return false;
	if (l->len > 0)
		l->at[l->len++] = ' ';
	for (size_t i = 0; i < len; i++) {
		bool plain = (unsigned char)name[i] > ' ' &&
		    (unsigned char)name[i] < 0x7f &&
		    name[i] != '=' && name[i] != '"';

		l->at[l->len++] = plain ? name[i] : '_';
	}
	l->at[l->len++] = '=';
	return true;
}

static void
put_text(struct line *l, const char *name, struct str s)
{
	if (put_name(l, name))
		put_value(l, s);
}

static void
put_number(struct line *l, const char *name, int64_t n)
{
	char	digits[24];
	int	len = snprintf(digits, sizeof(digits), "%" PRId64, n);

	put_text(l, name, (struct str){ digits, len < 0 ? 0 : (size_t)len });
}

size_t
log_format(char *out, size_t size, const char *level, const char *prog,
    struct str request, const char *event, const struct log_pair *pairs,
    size_t count)
{
	struct line	l = { .at = out, .room = size };

	put_text(&l, "level", str_of(level));
	if (prog != NULL && prog[0] != '\0')
		put_text(&l, "prog", str_of(prog));
	if (request.len > 0)
		put_text(&l, "req", request);
	put_text(&l, "event", str_of(event));
	for (size_t i = 0; i < count; i++) {
		if (pairs[i].is_number)
			put_number(&l, pairs[i].name, pairs[i].number);
		else
			put_text(&l, pairs[i].name, pairs[i].text);
	}
	return l.len;
}

void
log_line(enum log_level level, const char *event,
    const struct log_pair *pairs, size_t count)
{
	static const char *const	names[] = {
		[LOG_INFO_LINE]		= "info",
		[LOG_WARN_LINE]		= "warn",
		[LOG_ERROR_LINE]	= "error",
	};
	char		 text[LINE_BYTES_MAX];
	struct str	 request = { request_text, request_len };
	size_t		 len;
	int		 kept = errno;

	len = log_format(text, sizeof(text) - 1, names[level], program,
	    request, event, pairs, count);
	text[len++] = '\n';
	while (write(STDERR_FILENO, text, len) == -1 && errno == EINTR)
		continue;
	errno = kept;
}
