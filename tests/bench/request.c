/*
 * Fills templates in.  The body comes first, since the head tells its length
 * and signature.
 */
#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/guard.h"
#include "base/secret.h"
#include "base/text.h"
#include "request.h"

enum { REQUEST_MAX = 64 * 1024, FILE_MAX = 64 * 1024 * 1024 };

struct request {
	struct str	 head, body;	/* with their blanks */
	struct str	 key;
	struct arena	*arena;		/* of the filled one */
	char		 run[17];
};

static struct str
file_read(const char *path)
{
	FILE	*file = fopen(path, "r");
	char	*text = malloc(FILE_MAX);
	size_t	 len;

	must(text != NULL);
	if (file == NULL)
		err(1, "%s", path);
	len = fread(text, 1, FILE_MAX, file);
	if (ferror(file) || len == FILE_MAX)
		errx(1, "%s: cannot be read, or is too long", path);
	fclose(file);
	return (struct str){ text, len };
}

struct request *
request_read(const char *path, const char *key)
{
	struct request	*r = calloc(1, sizeof(*r));
	struct str	 text = file_read(path);
	const char	*gap = memmem(text.at, text.len, "\n\n", 2);
	uint64_t	 random;

	must(r != NULL);
	if (gap == NULL)
		errx(1, "%s: no empty line between head and body", path);
	r->head = (struct str){ text.at, (size_t)(gap - text.at) };
	r->body = str_part(text, r->head.len + 2, text.len);
	r->key = str_of(key);
	r->arena = arena_new("request", 16 * REQUEST_MAX);
	secret_random(&random, sizeof(random));
	snprintf(r->run, sizeof(r->run), "%016" PRIx64, random);
	return r;
}

/* What a name between two at signs stands for. */
static bool
blank(const struct request *r, const struct blanks *b, struct str name,
    int64_t now, struct str body, struct buf *out)
{
	if (str_eq(name, STR("run")))
		buf_add(out, str_of(r->run));
	else if (str_eq(name, STR("n")))
		buf_int(out, b->n);
	else if (str_eq(name, STR("now")))
		buf_int(out, now);
	else if (str_eq(name, STR("length")))
		buf_int(out, (int64_t)body.len);
	else if (str_eq(name, STR("signature"))) {
		struct str	time = arena_text(r->arena, "%" PRId64 ".",
				    now);
		struct str	piece[] = { time, body };
		struct digest	mac = secret_hmac(r->key, piece, 2);

		buf_add(out, text_hex(r->arena, mac.byte, sizeof(mac.byte)));
	} else if (name.len == 1 && *name.at > '0' &&
	    *name.at <= '0' + WORDS_MAX)
		buf_add(out, b->word[*name.at - '1']);
	else
		return false;
	return true;
}

/* Lines end in \r\n in a head and nowhere in a body. */
static void
fill(const struct request *r, const struct blanks *b, struct str text,
    int64_t now, struct str body, const char *newline, struct buf *out)
{
	for (size_t i = 0; i < text.len; i++) {
		struct str	rest = str_part(text, i + 1, text.len);
		struct str	name = { NULL, 0 };

		if (text.at[i] == '@' && memchr(rest.at, '@', rest.len) !=
		    NULL)
			name = str_cut(&rest, '@');
		if (name.at != NULL && blank(r, b, name, now, body, out))
			i += name.len + 1;
		else if (text.at[i] == '\n')
			buf_add(out, str_of(newline));
		else
			buf_char(out, text.at[i]);
	}
}

struct str
request_fill(struct request *r, const struct blanks *b)
{
	int64_t		now = clock_wall() / SECOND;
	struct buf	body, whole;

	arena_reset(r->arena);
	buf_init(&body, r->arena, REQUEST_MAX);
	buf_init(&whole, r->arena, REQUEST_MAX);
	fill(r, b, r->body, now, STR_NONE, "", &body);
	fill(r, b, r->head, now, buf_str(&body), "\r\n", &whole);
	buf_add(&whole, STR("\r\n\r\n"));
	buf_add(&whole, buf_str(&body));
	must(!whole.full && !body.full);
	return buf_str(&whole);
}

struct lines
lines_read(const char *path)
{
	return (struct lines){ file_read(path) };
}

bool
lines_next(struct lines *lines, struct blanks *b)
{
	struct str	line;

	if (lines->text.len == 0)
		return false;
	line = str_cut(&lines->text, '\n');
	for (size_t i = 0; i < WORDS_MAX; i++)
		b->word[i] = str_cut(&line, ' ');
	return true;
}
