/*
 * Writing JSON (RFC 8259).  Numbers are integers only: a double is never
 * printed, because 0.1 comes out as 0.10000000000000001.
 */
#include "base/text.h"
#include "wire/out.h"

void
out_init(struct out *o, struct arena *arena, size_t ceiling)
{
	buf_init(&o->buf, arena, ceiling);
	o->comma = o->bad = false;
}

static void
separate(struct out *o)
{
	if (o->comma)
		buf_char(&o->buf, ',');
	o->comma = true;
}

/* Bytes that stand for themselves go out in one piece. */
static void
put_text(struct out *o, struct str s)
{
	static const char short_form[32] = {
		['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f',
		['\r'] = 'r',
	};
	size_t from = 0, i;

	o->bad |= !str_utf8(s);
	buf_char(&o->buf, '"');
	for (i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.at[i];

		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		buf_add(&o->buf, str_part(s, from, i - from));
		from = i + 1;
		buf_char(&o->buf, '\\');
		if (c >= 0x20)
			buf_char(&o->buf, (char)c);
		else if (short_form[c] != '\0')
			buf_char(&o->buf, short_form[c]);
		else
			buf_fmt(&o->buf, "u%04x", c);
	}
	if (from < s.len)
		buf_add(&o->buf, str_part(s, from, s.len - from));
	buf_char(&o->buf, '"');
}

/* Names in the program are literals that need no escape. */
static void
put_name(struct out *o, const char *name)
{
	separate(o);
	buf_char(&o->buf, '"');
	buf_add(&o->buf, str_of(name));
	buf_add(&o->buf, STR("\":"));
}

void
out_open(struct out *o, char bracket)
{
	separate(o);
	buf_char(&o->buf, bracket);
	o->comma = false;
}

void
out_open_as(struct out *o, const char *name, char bracket)
{
	if (name != NULL) {
		put_name(o, name);
		o->comma = false;
	}
	out_open(o, bracket);
}

void
out_close(struct out *o, char bracket)
{
	buf_char(&o->buf, bracket);
	o->comma = true;
}

void
out_text(struct out *o, const char *name, struct str text)
{
	put_name(o, name);
	put_text(o, text);
}

void
out_name(struct out *o, const char *name, const char *value)
{
	out_text(o, name, str_of(value));
}

void
out_int(struct out *o, const char *name, int64_t number)
{
	put_name(o, name);
	buf_int(&o->buf, number);
}

void
out_bool(struct out *o, const char *name, bool yes)
{
	put_name(o, name);
	buf_add(&o->buf, yes ? STR("true") : STR("false"));
}

void
out_null(struct out *o, const char *name)
{
	put_name(o, name);
	buf_add(&o->buf, STR("null"));
}

void
out_time(struct out *o, const char *name, int64_t us)
{
	if (us == 0)
		out_null(o, name);
	else
		out_text(o, name, text_time(o->buf.arena, us));
}

void
out_raw(struct out *o, const char *name, struct str json)
{
	if (json.len == 0) {
		out_null(o, name);
		return;
	}
	put_name(o, name);
	buf_add(&o->buf, json);
}

void
out_text_or_null(struct out *o, const char *name, struct str text)
{
	if (text.len == 0)
		out_null(o, name);
	else
		out_text(o, name, text);
}

void
out_key(struct out *o, struct str name)
{
	separate(o);
	put_text(o, name);
	buf_char(&o->buf, ':');
	o->comma = false;
}

void
out_item(struct out *o, struct str text)
{
	separate(o);
	put_text(o, text);
}

void
out_item_int(struct out *o, int64_t number)
{
	separate(o);
	buf_int(&o->buf, number);
}

void
out_item_raw(struct out *o, struct str json)
{
	separate(o);
	buf_add(&o->buf, json);
}

bool
out_done(struct out *o, struct str *json)
{
	if (o->bad || o->buf.full)
		return false;
	*json = buf_str(&o->buf);
	return true;
}

enum rc
out_take(struct out *o, const char *what, struct str *json, struct err *e)
{
	if (!out_done(o, json))
		return err_set(e, RC_BROKEN, NULL, "%s is too large", what);
	return RC_OK;
}
