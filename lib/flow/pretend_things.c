/*
 * Things of the play, and the JSON that they are stored as.
 */
#include "base/guard.h"
#include "base/limits.h"
#include "flow/pretend.h"
#include "wire/doc.h"

#define X(id, name)	[THING_##id] = name,
static const char *const	kinds[THING__COUNT] = { THING_KINDS(X) };
#undef X

static struct str
provider_of(const struct play *p)
{
	return str_of(p->as->name);
}

void
thing_begin(struct play *p, enum thing_kind kind, struct str ref,
    struct thing *t)
{
	*t = (struct thing){
		.kind = kind, .ref = ref, .n = p->f->now,
		.created = p->f->now, .updated = p->f->now,
	};
}

static void
write_lines(struct out *o, const char *name, const struct play_lines *lines)
{
	if (lines->count == 0)
		return;
	out_open_as(o, name, '[');
	for (size_t i = 0; i < lines->count; i++) {
		const struct play_line *l = &lines->at[i];

		out_open(o, '{');
		out_text(o, "item", l->item);
		out_text(o, "price", l->price);
		out_int(o, "quantity", l->quantity);
		out_int(o, "amount", l->amount);
		out_int(o, "from", l->from);
		out_int(o, "until", l->until);
		out_bool(o, "proration", l->proration);
		out_close(o, '}');
	}
	out_close(o, ']');
}

static enum rc
thing_write(struct play *p, const struct thing *t, struct str *json,
    struct err *e)
{
	struct out	o;

	out_init(&o, p->f->arena, REPLY_BYTES_MAX);
	out_open(&o, '{');
#define X(name)						\
	if (t->name.len > 0)				\
		out_text(&o, #name, t->name);
	THING_TEXTS(X)
#undef X
#define X(name)						\
	if (t->name != 0)				\
		out_int(&o, #name, t->name);
	THING_NUMBERS(X)
#undef X
	write_lines(&o, "lines", &t->lines);
	write_lines(&o, "next", &t->next);
	out_close(&o, '}');
	return out_take(&o, "a thing of the sandbox", json, e);
}

static void
read_lines(const struct node *list, struct arena *a, struct play_lines *out)
{
	for (size_t i = 0; i < node_count(list) && i < PLAY_LINES_MAX; i++) {
		const struct node *n = node_item(list, i);
		struct play_line *l = &out->at[out->count++];

		l->item = arena_keep(a, node_text(n, "item"));
		l->price = arena_keep(a, node_text(n, "price"));
		node_int(n, "quantity", &l->quantity);
		node_int(n, "amount", &l->amount);
		node_int(n, "from", &l->from);
		node_int(n, "until", &l->until);
		l->proration = node_bool(n, "proration");
	}
}

static enum rc
thing_read(struct play *p, enum thing_kind kind, const struct thing_row *row,
    struct thing *t, struct err *e)
{
	GUARD(doc_free) struct doc	*doc = NULL;
	struct arena			*a = p->f->arena;
	const struct node		*root;

	*t = (struct thing){
		.kind = kind, .ref = row->ref, .parent = row->parent,
		.n = row->n, .ver = row->ver,
	};
	TRY(doc_read(&doc, row->body, DOC_OURS, e));
	root = doc_root(doc);
#define X(name)	t->name = arena_keep(a, node_text(root, #name));
	THING_TEXTS(X)
#undef X
#define X(name)	node_int(root, #name, &t->name);
	THING_NUMBERS(X)
#undef X
	read_lines(node_at(root, "lines"), a, &t->lines);
	read_lines(node_at(root, "next"), a, &t->next);
	return RC_OK;
}

enum rc
thing_put(struct play *p, struct thing *t, struct err *e)
{
	struct thing_row	row = {
		.provider = provider_of(p), .kind = str_of(kinds[t->kind]),
		.ref = t->ref, .parent = t->parent, .n = t->n, .ver = t->ver,
	};

	t->updated = p->f->now;
	TRY(thing_write(p, t, &row.body, e));
	TRY(thing_row_put(p->f->db, p->f->seller, &row, p->f->now, e));
	t->ver++;
	return RC_OK;
}

enum rc
thing_get(struct play *p, enum thing_kind kind, struct str ref,
    struct thing *t, bool *found, struct err *e)
{
	struct thing_row	row;

	*found = false;
	if (ref.len == 0 || ref.len > OUTSIDE_ID_MAX)
		return RC_OK;
	TRY(thing_row_get(p->f->db, p->f->seller, provider_of(p),
	    str_of(kinds[kind]), ref, p->f->arena, &row, found, e));
	return *found ? thing_read(p, kind, &row, t, e) : RC_OK;
}

enum rc
thing_list(struct play *p, enum thing_kind kind, struct str parent,
    int64_t below, size_t max, struct thing **out, size_t *count,
    struct err *e)
{
	struct thing_row	*rows;

	TRY(thing_rows_list(p->f->db, p->f->seller, provider_of(p),
	    str_of(kinds[kind]), parent, below, max, p->f->arena, &rows,
	    count, e));
	*out = arena_many(p->f->arena, *count + 1, struct thing);
	for (size_t i = 0; i < *count; i++)
		TRY(thing_read(p, kind, &rows[i], &(*out)[i], e));
	return RC_OK;
}

const struct player *
player_find(struct str provider)
{
	static const struct player *const	players[] = {
		&player_stripe, &player_paddle, &player_lemon,
	};

	for (size_t i = 0; i < COUNT(players); i++)
		if (str_eq(str_of(players[i]->name), provider))
			return players[i];
	return NULL;
}

enum rc
play_begin(struct play *p, struct flow *f, struct str provider,
    struct err *e)
{
	const struct player	*as = player_find(provider);

	if (as == NULL)
		return err_member(e, RC_INVALID_VALUE, "/provider",
		    "Use stripe, paddle or lemonsqueezy.",
		    "nobody plays that provider");
	*p = (struct play){ .f = f, .as = as };
	p->told_end = &p->told;
	return RC_OK;
}
