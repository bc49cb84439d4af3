/*
 * A name for an event that came without one: the digest of what it says, in
 * an order that does not depend on the sender's.
 */
#include "base/buf.h"
#include "base/limits.h"
#include "base/secret.h"
#include "base/text.h"
#include "core/sort.h"
#include "provider/lemon.h"

enum { PRINT_BYTES_MAX = 4 * WEBHOOK_BYTES_MAX };	/* \u escapes */

struct member {
	struct str		 name;
	const struct node	*value;
};

struct members {
	struct member	*list;
	const void	**order;
	size_t		 count;
};

static void print_node(struct buf *, const struct node *, const char *without);

static enum rc
member_note(void *arg, struct str name, const struct node *value,
    struct err *e)
{
	struct members	*m = arg;

	(void)e;
	m->list[m->count] = (struct member){ name, value };
	m->order[m->count] = &m->list[m->count];
	m->count++;
	return RC_OK;
}

static int
member_order(const void *a, const void *b)
{
	return str_cmp(((const struct member *)a)->name,
	    ((const struct member *)b)->name);
}

/* The length before each name keeps two lists of members apart. */
static void
print_object(struct buf *b, const struct node *object, const char *without)
{
	struct arena	*a = b->arena;
	size_t		 count = node_count(object);
	struct members	 m = {
		.list = arena_many(a, count, struct member),
		.order = arena_many(a, count, const void *),
	};
	struct err	 e;

	(void)node_members(object, member_note, &m, &e);
	sort_pointers(m.order, m.count, member_order, a);
	buf_char(b, '{');
	for (size_t i = 0; i < m.count; i++) {
		const struct member *member = m.order[i];

		if (without != NULL &&
		    str_eq(member->name, str_of(without)))
			continue;
		buf_fmt(b, "%zu:%.*s=", member->name.len,
		    STR_FMT(member->name));
		print_node(b, member->value, NULL);
	}
	buf_char(b, '}');
}

static void
print_node(struct buf *b, const struct node *n, const char *without)
{
	switch (node_kind(n)) {
	case NODE_OBJECT:
		print_object(b, n, without);
		break;
	case NODE_LIST:
		buf_char(b, '[');
		for (size_t i = 0; i < node_count(n); i++)
			print_node(b, node_item(n, i), NULL);
		buf_char(b, ']');
		break;
	default:
		buf_add(b, node_json(n, b->arena));
		buf_char(b, ',');
	}
}

struct str
lemon_print(const struct node *root, struct arena *a)
{
	struct buf	b;
	struct digest	d;

	buf_init(&b, a, PRINT_BYTES_MAX);
	print_node(&b, node_at(root, "data.attributes"), "urls");

	const struct str fields[] = {
		node_text(root, "meta.event_name"),
		node_text(root, "data.type"),
		lemon_id(root, "data.id", a),
		buf_str(&b),
	};

	d = secret_sha256_fields(fields, COUNT(fields));
	return arena_text(a, "f:%.*s",
	    STR_FMT(text_hex(a, d.byte, SHA256_BYTES)));
}
