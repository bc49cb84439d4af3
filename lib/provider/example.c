/*
 * Telling a recorded delivery anew.  What is an id, a time, a name or a price
 * is seen by its form and its member's name, the same way for all providers.
 */
#include "base/clock.h"
#include "base/guard.h"
#include "base/limits.h"
#include "base/secret.h"
#include "base/text.h"
#include "provider/example.h"
#include "wire/rewrite.h"

#define EARLIEST	INT64_C(1500000000)	/* of what counts as a time */
#define LATEST		INT64_C(2200000000)

enum { NUMBER_LEAST = 1000000, NUMBER_SPAN = 900000000, TAIL_MAX = 80 };

struct telling {
	const struct example_wish	*wish;
	struct arena			*arena;
	int64_t				 shift;	/* microseconds */
	bool				 unfit;	/* a set is neither */
};

const struct example *
example_find(struct str provider, struct str name)
{
	const struct example	*first = NULL;

	for (size_t i = 0; i < example_count; i++) {
		struct str	known = str_of(examples[i].name);

		if (!str_eq(provider, str_of(examples[i].provider)))
			continue;
		if (str_eq(known, name))
			return &examples[i];
		if (first == NULL && known.len > name.len &&
		    str_starts(known, name) && known.at[name.len] == '.')
			first = &examples[i];
	}
	return first;
}

/* Ids that are not the story's: what is sold, and by whom. */
static bool
is_goods(struct str name, struct str id)
{
	static const char *const	prefixes[] = {
		"price_", "prod_", "pri_", "pro_", "acct_",
	};
	static const char *const	names[] = {
		"variant_id", "product_id", "price_id", "store_id",
	};

	for (size_t i = 0; i < COUNT(prefixes); i++)
		if (str_starts(id, str_of(prefixes[i])))
			return true;
	for (size_t i = 0; i < COUNT(names); i++)
		if (str_eq(name, str_of(names[i])))
			return true;
	return false;
}

/* "sub_1abc": letters, '_', then at least ten letters and digits, no blank. */
static size_t
id_head(struct str s)
{
	size_t	head = 0;

	for (size_t i = 0; i < s.len; i++) {
		char	c = s.at[i];
		bool	lower = c >= 'a' && c <= 'z';
		bool	other = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');

		if (c == '_' && i > 0 && i < 12)
			head = i + 1;
		else if (!lower && !other)
			return 0;
	}
	return head > 0 && s.len - head >= 10 && s.len - head <= TAIL_MAX ?
	    head : 0;
}

static bool
is_number(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.at[i] < '0' || s.at[i] > '9')
			return false;
	return s.len >= 4 && s.len <= 12;
}

static struct digest
told_digest(const struct telling *t, struct str id, bool event)
{
	const struct str	fields[] = {
		event ? t->wish->salt : t->wish->story, id,
	};

	return secret_sha256_fields(fields, COUNT(fields));
}

/* The same head, another tail: of the alphabet that Paddle's ids are in. */
static struct str
told_id(const struct telling *t, struct str id, size_t head, bool event)
{
	static const char	alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";
	struct digest		d = told_digest(t, id, event);
	char			tail[TAIL_MAX];
	size_t			len = id.len - head;

	for (size_t i = 0; i < len; i++)
		tail[i] = alphabet[d.byte[i % SHA256_BYTES] & 31];
	tail[0] = '0';		/* a ULID begins with a time */
	return arena_text(t->arena, "%.*s%.*s", (int)head, id.at, (int)len,
	    tail);
}

static int64_t
told_number(const struct telling *t, struct str id)
{
	struct digest	d = told_digest(t, id, false);
	uint64_t	n = 0;

	for (size_t i = 0; i < 7; i++)
		n = n << 8 | d.byte[i];
	return NUMBER_LEAST + (int64_t)(n % NUMBER_SPAN);
}

/* Lemon Squeezy's id of a delivery. */
static struct str
told_uuid(const struct telling *t, struct str id)
{
	struct digest	d = told_digest(t, id, true);
	struct str	h = text_hex(t->arena, d.byte, 16);

	return arena_text(t->arena, "%.8s-%.4s-4%.3s-8%.3s-%.12s", h.at,
	    h.at + 8, h.at + 13, h.at + 17, h.at + 20);
}

static bool
write_set(struct telling *t, struct str path, struct out *o)
{
	const struct example_wish	*w = t->wish;
	struct err			 e;

	for (size_t i = 0; i < w->set_count; i++) {
		struct example_set	*s = &w->sets[i];

		if (!str_eq(s->path, path))
			continue;
		s->used = true;
		if (doc_scan(s->value, DOC_LENIENT, &e) == RC_OK)
			out_item_raw(o, s->value);
		else
			out_item(o, s->value);
		return true;
	}
	return false;
}

/* What the seller's own side says: whose it is, what was bought. */
static bool
write_ours(struct telling *t, struct str name, const struct node *value,
    struct out *o)
{
	const struct example_wish	*w = t->wish;
	struct str			 text = node_text(value, "");
	int64_t				 number;

	if (str_eq(name, STR("rung_user")))
		out_item(o, w->user);
	else if (str_eq(name, STR("rung_session")) ||
	    (str_eq(name, STR("client_reference_id")) && text.len > 0))
		out_item(o, w->session);
	else if (w->quantity > 0 && str_eq(name, STR("quantity")) &&
	    node_kind(value) == NODE_INT)
		out_item_int(o, w->quantity);
	else if (w->price.len > 0 && (str_starts(text, STR("price_")) ||
	    str_starts(text, STR("pri_"))))
		out_item(o, w->price);
	else if (w->price.len > 0 && str_eq(name, STR("variant_id")) &&
	    str_int64(w->price, &number))
		out_item_int(o, number);
	else if (str_eq(name, STR("store_id")) &&
	    str_int64(w->store, &number))
		out_item_int(o, number);
	else
		return false;
	return true;
}

static bool
write_text(struct telling *t, struct str path, struct str name,
    struct str text, struct out *o)
{
	size_t	head = id_head(text);
	bool	event = str_eq(path, STR("id")) ||
		    str_eq(path, STR("event_id")) ||
		    str_eq(path, STR("notification_id"));
	int64_t	at;

	if (str_eq(name, STR("webhook_id")))
		out_item(o, told_uuid(t, text));
	else if (is_goods(name, text))
		return false;
	else if (head > 0)
		out_item(o, told_id(t, text, head, event));
	else if (str_eq(name, STR("id")) && is_number(text))
		out_item(o, arena_text(t->arena, "%lld",
		    (long long)told_number(t, text)));
	else if (text_untime(text, &at))
		out_item(o, text_time(t->arena, at + t->shift));
	else
		return false;
	return true;
}

static bool
write_number(struct telling *t, struct str name, int64_t n, struct out *o)
{
	bool	id = str_eq(name, STR("id")) || (name.len > 3 &&
		    memcmp(name.at + name.len - 3, "_id", 3) == 0);

	if (id && !is_goods(name, STR_NONE))
		out_item_int(o, told_number(t, arena_text(t->arena, "%lld",
		    (long long)n)));
	else if (!id && n >= EARLIEST && n <= LATEST)
		out_item_int(o, n + t->shift / SECOND);
	else
		return false;
	return true;
}

static bool
write_value(void *arg, struct str path, struct str name,
    const struct node *value, struct out *o)
{
	struct telling	*t = arg;
	int64_t		 n;

	if (write_set(t, path, o) || write_ours(t, name, value, o))
		return true;
	if (node_int(value, "", &n))
		return write_number(t, name, n, o);
	return node_kind(value) == NODE_TEXT &&
	    write_text(t, path, name, node_text(value, ""), o);
}

/*
 * When it was recorded, by the provider's own clock: the latest of what says
 * so, for a change of seats moves the time of the seats alone.
 */
static int64_t
recorded_at(const struct node *root)
{
	static const char *const	paths[] = {
		"occurred_at", "data.attributes.updated_at",
		"data.attributes.first_subscription_item.updated_at",
	};
	int64_t				at, latest = 0;

	if (node_int(root, "created", &at))
		return at * SECOND;
	for (size_t i = 0; i < COUNT(paths); i++)
		if (text_untime(node_text(root, paths[i]), &at) &&
		    at > latest)
			latest = at;
	return latest;
}

enum rc
example_make(const struct example_wish *wish, struct arena *a,
    struct str *body, struct err *e)
{
	GUARD(doc_free) struct doc	*doc = NULL;
	struct telling	t = { .wish = wish, .arena = a };
	struct out	o;

	TRY(doc_read(&doc, str_of(wish->example->text), DOC_OURS, e));
	/* Whole seconds: all that some of them tell. */
	t.shift = (wish->now / SECOND - recorded_at(doc_root(doc)) / SECOND) *
	    SECOND;
	for (size_t i = 0; i < wish->set_count; i++)
		wish->sets[i].used = false;
	out_init(&o, a, WEBHOOK_BYTES_MAX);
	TRY(rewrite(doc_root(doc), write_value, &t, a, &o, e));
	for (size_t i = 0; i < wish->set_count; i++)
		if (!wish->sets[i].used)
			return err_set(e, RC_INVALID_VALUE, "Print the body "
			    "with --print to see what is in it.",
			    "%s has no value at %.*s", wish->example->name,
			    STR_FMT(wish->sets[i].path));
	return out_take(&o, "a delivery", body, e);
}
