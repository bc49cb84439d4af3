/*
 * Small helps for the writers of the play.
 */
#include "base/clock.h"
#include "base/secret.h"
#include "base/text.h"
#include "flow/pretend_shape.h"

enum { ID_BYTES = 12 };

static void
each_word(struct out *o, const char *words, const char *json)
{
	struct str	rest = str_of(words), word;
	char		name[64];

	while (rest.at != NULL) {
		word = str_cut(&rest, ' ');
		if (word.len == 0 || word.len >= sizeof(name))
			continue;
		memcpy(name, word.at, word.len);
		name[word.len] = '\0';
		out_raw(o, name, str_of(json));
	}
}

void
shape_nulls(struct out *o, const char *words)
{
	each_word(o, words, "null");
}

void
shape_empties(struct out *o, const char *words)
{
	each_word(o, words, "[]");
}

void
shape_seconds(struct out *o, const char *name, int64_t us)
{
	if (us == 0)
		out_null(o, name);
	else
		out_int(o, name, us / SECOND);
}

void
shape_data(struct out *o, const char *name, struct str json,
    const char *none)
{
	out_raw(o, name, json.len > 0 ? json : str_of(none));
}

struct str
shape_id(struct play *p, const char *head)
{
	uint8_t		random[ID_BYTES];
	struct str	hex;

	secret_random(random, sizeof(random));
	hex = text_hex(p->f->arena, random, sizeof(random));
	return arena_text(p->f->arena, "%s%.*s", head, STR_FMT(hex));
}

struct str
shape_id_of(struct play *p, const char *head, struct str of)
{
	const struct str	fields[] = { str_of(head), of };
	struct digest		d = secret_sha256_fields(fields,
				    COUNT(fields));
	struct str		hex = text_hex(p->f->arena, d.byte,
				    ID_BYTES);

	return arena_text(p->f->arena, "%s%.*s", head, STR_FMT(hex));
}
