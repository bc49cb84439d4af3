/*
 * Walking a document and writing it again, value by value.
 */
#include "base/guard.h"
#include "base/limits.h"
#include "wire/rewrite.h"

enum { PATH_MAX_BYTES = 512 };

struct rewriting {
	rewrite_fn	*fn;
	void		*arg;
	struct arena	*arena;
	struct out	*out;
	struct str	 path;		/* of the value at hand */
	int		 depth;
};

static enum rc	write_value(struct rewriting *, const struct node *,
		    struct err *);

static struct str
path_below(struct rewriting *w, struct str name)
{
	if (w->path.len == 0)
		return name;
	if (w->path.len + name.len >= PATH_MAX_BYTES)
		return w->path;
	return arena_text(w->arena, "%.*s.%.*s", STR_FMT(w->path),
	    STR_FMT(name));
}

static struct str
last_part(struct str path)
{
	size_t	start = path.len;

	while (start > 0 && path.at[start - 1] != '.')
		start--;
	return str_part(path, start, path.len - start);
}

static enum rc
write_member(void *arg, struct str name, const struct node *value,
    struct err *e)
{
	struct rewriting	*w = arg;
	struct str		 above = w->path;

	out_key(w->out, name);
	w->path = path_below(w, name);
	TRY(write_value(w, value, e));
	w->path = above;
	return RC_OK;
}

static enum rc
write_list(struct rewriting *w, const struct node *list, struct err *e)
{
	struct str	above = w->path;

	out_open(w->out, '[');
	for (size_t i = 0; i < node_count(list); i++) {
		w->path = above;
		w->path = path_below(w, arena_text(w->arena, "%zu", i));
		TRY(write_value(w, node_item(list, i), e));
	}
	w->path = above;
	out_close(w->out, ']');
	return RC_OK;
}

static enum rc
write_value(struct rewriting *w, const struct node *value, struct err *e)
{
	enum node_kind	kind = node_kind(value);

	if (kind != NODE_OBJECT && kind != NODE_LIST) {
		if (!w->fn(w->arg, w->path, last_part(w->path), value,
		    w->out))
			out_item_raw(w->out, node_json(value, w->arena));
		return RC_OK;
	}
	if (++w->depth > HOOK_DEPTH_MAX)
		return err_set(e, RC_INVALID_JSON, NULL,
		    "the JSON is nested too deeply");
	if (kind == NODE_LIST) {
		TRY(write_list(w, value, e));
	} else {
		out_open(w->out, '{');
		TRY(node_members(value, write_member, w, e));
		out_close(w->out, '}');
	}
	w->depth--;
	return RC_OK;
}

struct copying {
	const struct str	*left_out;
	size_t			 count;
	struct arena		*arena;
	struct out		*out;
};

static enum rc
copy_member(void *arg, struct str name, const struct node *value,
    struct err *e)
{
	const struct copying	*c = arg;

	(void)e;
	for (size_t i = 0; i < c->count; i++)
		if (str_eq(name, c->left_out[i]))
			return RC_OK;
	out_key(c->out, name);
	out_item_raw(c->out, node_json(value, c->arena));
	return RC_OK;
}

enum rc
rewrite_but(const struct node *object, const struct str *names, size_t count,
    struct arena *a, struct out *out, struct err *e)
{
	struct copying	c = { names, count, a, out };

	return node_members(object, copy_member, &c, e);
}

enum rc
rewrite(const struct node *value, rewrite_fn *fn, void *arg, struct arena *a,
    struct out *out, struct err *e)
{
	struct rewriting	w = {
		.fn = fn, .arg = arg, .arena = a, .out = out,
	};

	return write_value(&w, value, e);
}
