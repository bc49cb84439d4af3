/*
 * The walk over a table of members, in both directions.
 */
#include "base/guard.h"
#include "wire/shape.h"

static bool shape_empty(const struct shape *, const void *);
static bool shape_same(const struct shape *, const void *, const void *);

static const void *
field(const struct member *m, const void *from)
{
	return (const char *)from + m->at;
}

static size_t
list_count(const struct member *m, const void *from)
{
	return *(const size_t *)(const void *)((const char *)from +
	    m->count_at);
}

/* The array behind a pointer member; only its address type differs. */
static const char *
list_of(const struct member *m, const void *from)
{
	const char *list;

	memcpy(&list, field(m, from), sizeof(list));
	return list;
}

static bool
member_empty(const struct member *m, const void *from)
{
	const void *at = field(m, from);

	switch (m->kind) {
	case SHAPE_TEXT:
		return ((const struct str *)at)->len == 0;
	case SHAPE_INT:
		return *(const int64_t *)at == 0;
	case SHAPE_BOOL:
		return !*(const bool *)at;
	case SHAPE_WORD:
		return *(const unsigned *)at == 0;
	case SHAPE_PART:
		return shape_empty(m->part, at);
	case SHAPE_TEXTS:
	case SHAPE_LIST:
		return list_count(m, from) == 0;
	}
	return true;
}

static bool
shape_empty(const struct shape *shape, const void *from)
{
	size_t i;

	for (i = 0; i < shape->count; i++)
		if (!member_empty(&shape->members[i], from))
			return false;
	return true;
}

static bool
member_same(const struct member *m, const void *a, const void *b)
{
	const void *x = field(m, a), *y = field(m, b);

	switch (m->kind) {
	case SHAPE_TEXT:
		return str_eq(*(const struct str *)x, *(const struct str *)y);
	case SHAPE_INT:
		return *(const int64_t *)x == *(const int64_t *)y;
	case SHAPE_BOOL:
		return *(const bool *)x == *(const bool *)y;
	case SHAPE_WORD:
		return *(const unsigned *)x == *(const unsigned *)y;
	case SHAPE_PART:
		return shape_same(m->part, x, y);
	case SHAPE_TEXTS:
	case SHAPE_LIST:
		break;
	}
	return member_empty(m, a) && member_empty(m, b);
}

static bool
shape_same(const struct shape *shape, const void *a, const void *b)
{
	size_t i;

	for (i = 0; i < shape->count; i++)
		if (!member_same(&shape->members[i], a, b))
			return false;
	return true;
}

static void write_members(struct out *, const char *, const struct shape *,
    const void *, const void *);

static void
write_list(struct out *o, const struct member *m, const void *from)
{
	size_t count = list_count(m, from), i;
	const char *list = list_of(m, from), *before = NULL;

	out_open_as(o, m->name, '[');
	for (i = 0; i < count; i++) {
		const char *entry = list + i * (m->kind == SHAPE_TEXTS ?
		    sizeof(struct str) : m->part->size);

		if (m->kind == SHAPE_TEXTS)
			out_item(o, *(const struct str *)(const void *)entry);
		else
			write_members(o, NULL, m->part, entry, before);
		before = entry;
	}
	out_close(o, ']');
}

static void
write_member(struct out *o, const struct member *m, const void *from)
{
	const void *at = field(m, from);
	unsigned word;

	switch (m->kind) {
	case SHAPE_TEXT:
		out_text(o, m->name, *(const struct str *)at);
		break;
	case SHAPE_INT:
		out_int(o, m->name, *(const int64_t *)at);
		break;
	case SHAPE_BOOL:
		out_bool(o, m->name, true);
		break;
	case SHAPE_WORD:
		word = *(const unsigned *)at;
		must(word < m->word_count);
		out_name(o, m->name, m->words[word]);
		break;
	case SHAPE_PART:
		shape_write(o, m->name, m->part, at);
		break;
	case SHAPE_TEXTS:
	case SHAPE_LIST:
		write_list(o, m, from);
		break;
	}
}

/* before is the entry before in a list, or NULL. */
static void
write_members(struct out *o, const char *name, const struct shape *shape,
    const void *from, const void *before)
{
	size_t i;

	out_open_as(o, name, '{');
	for (i = 0; i < shape->count; i++) {
		const struct member *m = &shape->members[i];
		bool skip = m->as_before && before != NULL ?
		    member_same(m, from, before) : member_empty(m, from);

		if (!skip)
			write_member(o, m, from);
	}
	out_close(o, '}');
}

void
shape_write(struct out *o, const char *name, const struct shape *shape,
    const void *from)
{
	write_members(o, name, shape, from, NULL);
}

struct reader {
	struct arena	*arena;
	struct err	*e;
};

static enum rc read_members(const struct reader *, const struct node *,
    const struct shape *, void *, const void *);

static enum rc
broken(const struct reader *r, const char *name)
{
	return err_set(r->e, RC_BROKEN, NULL,
	    "a stored row is not as it was written: %s", name);
}

static enum rc
read_word(const struct reader *r, const struct node *node,
    const struct member *m, unsigned *word)
{
	struct str text = node_text(node, "");
	unsigned i;

	for (i = 0; i < m->word_count; i++)
		if (node_kind(node) == NODE_TEXT &&
		    str_eq(text, str_of(m->words[i]))) {
			*word = i;
			return RC_OK;
		}
	return broken(r, m->name);
}

static enum rc
read_entries(const struct reader *r, const struct node *node,
    const struct member *m, char *list, size_t size)
{
	size_t count = node_count(node), i;
	const char *before = NULL;

	for (i = 0; i < count; i++) {
		const struct node *entry = node_item(node, i);
		char *to = list + i * size;

		if (m->kind == SHAPE_LIST)
			TRY(read_members(r, entry, m->part, to, before));
		else if (node_kind(entry) == NODE_TEXT)
			*(struct str *)(void *)to = arena_keep(r->arena,
			    node_text(entry, ""));
		else
			return broken(r, m->name);
		before = to;
	}
	return RC_OK;
}

static enum rc
read_list(const struct reader *r, const struct node *node,
    const struct member *m, void *to)
{
	size_t count = node_count(node);
	size_t size = m->kind == SHAPE_TEXTS ? sizeof(struct str) :
	    m->part->size;
	char *list;

	if (node_kind(node) != NODE_LIST || count == 0)
		return broken(r, m->name);
	list = arena_take(r->arena, count, size);
	TRY(read_entries(r, node, m, list, size));
	memcpy((char *)to + m->at, &list, sizeof(list));
	memcpy((char *)to + m->count_at, &count, sizeof(count));
	return RC_OK;
}

static enum rc
read_member(const struct reader *r, const struct node *node,
    const struct member *m, void *to)
{
	void *at = (char *)to + m->at;

	switch (m->kind) {
	case SHAPE_TEXT:
		if (node_kind(node) != NODE_TEXT)
			return broken(r, m->name);
		*(struct str *)at = arena_keep(r->arena, node_text(node, ""));
		return RC_OK;
	case SHAPE_INT:
		return node_int(node, "", at) ? RC_OK : broken(r, m->name);
	case SHAPE_BOOL:
		if (node_kind(node) != NODE_BOOL)
			return broken(r, m->name);
		*(bool *)at = node_bool(node, "");
		return RC_OK;
	case SHAPE_WORD:
		return read_word(r, node, m, at);
	case SHAPE_PART:
		return shape_read(node, m->part, r->arena, at, r->e);
	case SHAPE_TEXTS:
	case SHAPE_LIST:
		return read_list(r, node, m, to);
	}
	return RC_OK;
}

static size_t
member_size(const struct member *m)
{
	switch (m->kind) {
	case SHAPE_TEXT:
		return sizeof(struct str);
	case SHAPE_INT:
		return sizeof(int64_t);
	case SHAPE_BOOL:
		return sizeof(bool);
	case SHAPE_WORD:
		return sizeof(unsigned);
	case SHAPE_PART:
		return m->part->size;
	case SHAPE_TEXTS:
	case SHAPE_LIST:
		return sizeof(void *);
	}
	return 0;
}

/* What an absent member means: zero, or as in the entry before. */
static void
leave_out(const struct member *m, void *to, const void *before)
{
	static const size_t none = 0;

	if (m->as_before && before != NULL)
		memcpy((char *)to + m->at, field(m, before), member_size(m));
	else
		memset((char *)to + m->at, 0, member_size(m));
	if (m->kind == SHAPE_TEXTS || m->kind == SHAPE_LIST)
		memcpy((char *)to + m->count_at, &none, sizeof(none));
}

static enum rc
read_members(const struct reader *r, const struct node *node,
    const struct shape *shape, void *to, const void *before)
{
	size_t found = 0, i;

	if (node_kind(node) != NODE_OBJECT)
		return broken(r, "no object");
	for (i = 0; i < shape->count; i++) {
		const struct member *m = &shape->members[i];
		const struct node *value = node_at(node, m->name);

		if (value == NULL) {
			leave_out(m, to, before);
			continue;
		}
		TRY(read_member(r, value, m, to));
		found++;
	}
	return found == node_count(node) ? RC_OK : broken(r, "unknown name");
}

enum rc
shape_read(const struct node *node, const struct shape *shape,
    struct arena *arena, void *to, struct err *e)
{
	const struct reader r = { arena, e };

	return read_members(&r, node, shape, to, NULL);
}
