/*
 * Flags from a holding.  What a user is not entitled to is a flag all the
 * same: false, 0, or an asset without a status.
 */
#include "base/guard.h"
#include "base/limits.h"
#include "core/diff.h"
#include "wire/answers.h"
#include "wire/doc.h"
#include "wire/flag.h"

#define ASSET_HEAD	STR("asset:")

/* The largest whole number of JavaScript: "no bound" as a number. */
static const int64_t	unbounded = INT64_C(9007199254740991);

enum flag_kind { FLAG_NONE, FLAG_CAPABILITY, FLAG_LIMIT, FLAG_ASSET };

/* What every kind of flag tells of itself, beside its value. */
struct told {
	bool		 granted;
	bool		 unlimited;
	bool		 disabled;
	const char	*code;
};

static const struct held_limit *
held_limit(const struct holding *h, struct str name)
{
	for (size_t i = 0; i < h->limit_count; i++)
		if (str_eq(h->limits[i].name, name))
			return &h->limits[i];
	return NULL;
}

/* Tiers first, then add-ons. */
static const struct tier *
sold_at(const struct matrix *m, size_t i)
{
	return i < m->tier_count ? &m->tiers[i] :
	    &m->addons[i - m->tier_count];
}

static size_t
sold_count(const struct matrix *m)
{
	return m->tier_count + m->addon_count;
}

static bool
limit_there(const struct flag_view *v, struct str name)
{
	if (held_limit(v->holding, name) != NULL)
		return true;
	for (size_t i = 0; i < sold_count(v->matrix); i++)
		if (tier_limit(sold_at(v->matrix, i), name) != NULL)
			return true;
	return false;
}

static bool
asset_there(const struct flag_view *v, enum asset_type type)
{
	for (size_t i = 0; i < v->holding->asset_count; i++)
		if (v->holding->assets[i].type == type)
			return true;
	for (size_t i = 0; i < sold_count(v->matrix); i++) {
		const struct tier *t = sold_at(v->matrix, i);

		for (size_t j = 0; j < t->asset_count; j++)
			if (t->assets[j].type == type)
				return true;
	}
	return false;
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* asset:api_key -> ASSET_API_KEY; ASSET__COUNT when it is none of ours. */
static enum asset_type
asset_named(struct str key)
{
	struct str word = str_part(key, ASSET_HEAD.len, key.len);

	if (!str_starts(key, ASSET_HEAD))
		return ASSET__COUNT;
	for (enum asset_type t = 0; t < ASSET__COUNT; t++) {
		struct str name = str_of(asset_type_names[t]);
		size_t i = 0;

		while (i < name.len && i < word.len &&
		    lower(name.at[i]) == word.at[i])
			i++;
		if (i == name.len && i == word.len)
			return t;
	}
	return ASSET__COUNT;
}

/* A capability of that name comes first: of each name there is one flag. */
static enum flag_kind
kind_of(const struct flag_view *v, struct str key)
{
	enum asset_type type = asset_named(key);

	if (matrix_knows(v->matrix, key) || holding_can(v->holding, key) ||
	    holding_disables(v->holding, key))
		return FLAG_CAPABILITY;
	if (limit_there(v, key))
		return FLAG_LIMIT;
	if (type != ASSET__COUNT && asset_there(v, type))
		return FLAG_ASSET;
	return FLAG_NONE;
}

bool
flag_there(const struct flag_view *v, struct str key)
{
	return kind_of(v, key) != FLAG_NONE;
}

/* The word for why: as our own checks have it. */
static const char *
code_of(const struct source *source)
{
	if (source->reason == REASON_ADDON)
		return reason_names[REASON_TIER];
	return reason_names[source->reason];
}

static struct told
capability_write(struct out *o, const struct flag_view *v, struct str key)
{
	struct verdict verdict = { .capability = key, .matrix = v->matrix };

	verdict_decide(&verdict, v->holding);
	out_bool(o, "value", verdict.allowed);
	return (struct told){ .granted = verdict.allowed,
	    .disabled = verdict.disabled, .code = verdict.code };
}

static struct told
limit_write(struct out *o, const struct flag_view *v, struct str key)
{
	const struct held_limit *l = held_limit(v->holding, key);

	if (l == NULL) {
		out_int(o, "value", 0);
		return (struct told){ .code = "not-in-tier" };
	}
	out_int(o, "value", l->quota.unlimited ? unbounded : l->quota.max);
	return (struct told){ .granted = true,
	    .unlimited = l->quota.unlimited, .code = code_of(&l->source) };
}

/*
 * The best one of that type that is held, by status: usable, then to be
 * claimed, then suspended.  ASSET_IS_REVOKED when there is none.
 */
static enum asset_state
asset_find(const struct node *assets, const char *type,
    const struct node **out)
{
	static const enum asset_state order[] = {
		ASSET_IS_PROVISIONED, ASSET_IS_PENDING, ASSET_IS_SUSPENDED,
	};

	for (size_t i = 0; i < COUNT(order); i++)
		for (size_t j = 0; j < node_count(assets); j++) {
			const struct node *one = node_item(assets, j);

			if (!str_eq(node_text(one, "type"), str_of(type)) ||
			    !str_eq(node_text(one, "status"),
			    str_of(asset_state_names[order[i]])))
				continue;
			*out = one;
			return order[i];
		}
	*out = NULL;
	return ASSET_IS_REVOKED;
}

static const char *
asset_code(const struct flag_view *v, enum asset_type type)
{
	for (size_t i = 0; i < v->holding->asset_count; i++)
		if (v->holding->assets[i].type == type)
			return code_of(&v->holding->assets[i].source);
	return "not-in-tier";
}

/* The amounts of its metadata, numbers as everywhere in flags. */
static bool
amounts_write(struct out *o, const struct node *one)
{
	int64_t n = 0;
	bool unlimited = str_eq(node_text(one, "metadata.limit"),
	    STR("unlimited"));

	if (unlimited || node_int(one, "metadata.limit", &n))
		out_int(o, "limit", unlimited ? unbounded : n);
	if (node_int(one, "metadata.seats", &n))
		out_int(o, "seats", n);
	return unlimited;
}

static struct told
asset_write(struct out *o, const struct flag_view *v, struct str key,
    const struct node *assets)
{
	enum asset_type type = asset_named(key);
	const char *name = asset_type_names[type];
	const struct node *one = NULL;
	enum asset_state state = asset_find(assets, name, &one);
	struct told told = {
		.granted = state == ASSET_IS_PROVISIONED ||
		    state == ASSET_IS_PENDING,
		.code = asset_code(v, type),
	};

	if (state == ASSET_IS_SUSPENDED)
		told.code = reason_names[REASON_SUSPENDED];
	out_open_as(o, "value", '{');
	out_name(o, "type", name);
	if (one == NULL)
		out_null(o, "status");
	else
		out_name(o, "status", asset_state_names[state]);
	told.unlimited = amounts_write(o, one);
	out_close(o, '}');
	return told;
}

/* Why the value is what it is, in one of the protocol's words. */
static const char *
reason_of(const struct flag_view *v, const struct told *told)
{
	struct str word = str_of(told->code);

	if (told->disabled)
		return "DISABLED";
	if (!v->known || (v->holding->state == HOLDING_DEFAULT &&
	    (str_eq(word, STR("default-tier")) ||
	    str_eq(word, STR("not-in-tier")))))
		return "STATIC";
	return "TARGETING_MATCH";
}

/* alone: with what a list of flags says once for all of them. */
static void
one_write(struct out *o, const struct flag_view *v, struct str key,
    const struct node *assets, bool alone)
{
	struct told told = { .granted = false };

	out_open(o, '{');
	out_text(o, "key", key);
	switch (kind_of(v, key)) {
	case FLAG_CAPABILITY: told = capability_write(o, v, key); break;
	case FLAG_LIMIT: told = limit_write(o, v, key); break;
	case FLAG_ASSET: told = asset_write(o, v, key, assets); break;
	case FLAG_NONE: must(!"the flag is there");
	}
	if (!v->known && !told.disabled)
		told.code = reason_names[REASON_DEFAULT_TIER];
	out_name(o, "reason", reason_of(v, &told));
	out_name(o, "variant", told.granted ? "granted" : "denied");
	out_open_as(o, "metadata", '{');
	if (alone) {
		out_text(o, "tier", v->holding->tier);
		out_int(o, "version", v->version);
	}
	out_name(o, "code", told.code);
	if (told.unlimited)
		out_bool(o, "unlimited", true);
	out_close(o, '}');
	out_close(o, '}');
}

enum rc
flag_write(struct out *o, const struct flag_view *v, struct str key,
    struct err *e)
{
	GUARD(doc_free) struct doc *doc = NULL;

	TRY(doc_read(&doc, v->document, DOC_OURS, e));
	one_write(o, v, key, node_at(doc_root(doc), "assets"), true);
	return RC_OK;
}

struct names {
	struct str	*list;
	size_t		 count, room;
};

static void
name_add(struct names *n, struct str name)
{
	for (size_t i = 0; i < n->count; i++)
		if (str_eq(n->list[i], name))
			return;
	must(n->count < n->room);
	n->list[n->count++] = name;
}

/* Every key there is, each once. */
static void
names_gather(const struct flag_view *v, struct arena *a, struct names *n)
{
	const struct matrix *m = v->matrix;
	const struct holding *h = v->holding;

	n->room = m->capability_count + h->capability_count +
	    h->denied_count + h->limit_count + sold_count(m) * LIMITS_MAX +
	    ASSET__COUNT;
	n->list = arena_many(a, n->room, struct str);
	for (size_t i = 0; i < m->capability_count; i++)
		n->list[n->count++] = m->capabilities[i].name;
	for (size_t i = 0; i < h->capability_count; i++)
		if (!matrix_knows(m, h->capabilities[i].name))
			name_add(n, h->capabilities[i].name);
	for (size_t i = 0; i < h->denied_count; i++)
		if (h->denied[i].source.reason == REASON_DISABLED)
			name_add(n, h->denied[i].name);
	for (size_t i = 0; i < h->limit_count; i++)
		name_add(n, h->limits[i].name);
	for (size_t i = 0; i < sold_count(m); i++) {
		const struct tier *t = sold_at(m, i);

		for (size_t j = 0; j < t->limit_count; j++)
			name_add(n, t->limits[j].name);
	}
	for (enum asset_type t = 0; t < ASSET__COUNT; t++) {
		struct str key = arena_text(a, "asset:%s",
		    asset_type_names[t]);
		char *at = arena_take(a, key.len, 1);

		for (size_t i = 0; i < key.len; i++)
			at[i] = lower(key.at[i]);
		if (asset_there(v, t))
			name_add(n, (struct str){ at, key.len });
	}
}

enum rc
flags_write(struct out *o, const struct flag_view *v, struct arena *a,
    struct err *e)
{
	GUARD(doc_free) struct doc *doc = NULL;
	struct names names = { .count = 0 };

	TRY(doc_read(&doc, v->document, DOC_OURS, e));
	names_gather(v, a, &names);
	out_open_as(o, "flags", '[');
	for (size_t i = 0; i < names.count; i++)
		one_write(o, v, names.list[i],
		    node_at(doc_root(doc), "assets"), false);
	out_close(o, ']');
	return RC_OK;
}

enum rc
flag_context_read(struct str body, struct arena *a, struct str *out,
    struct err *e)
{
	GUARD(doc_free) struct doc *doc = NULL;
	const struct node *context, *key;

	TRY(doc_read(&doc, body, DOC_STRICT, e));
	context = node_at(doc_root(doc), "context");
	key = node_at(context, "targetingKey");
	if (node_kind(doc_root(doc)) != NODE_OBJECT ||
	    (context != NULL && node_kind(context) != NODE_OBJECT))
		return err_member(e, RC_INVALID_VALUE, "/context",
		    "Send {\"context\":{\"targetingKey\":\"...\"}}.",
		    "the context is not an object");
	if (key != NULL && node_kind(key) != NODE_TEXT)
		return err_member(e, RC_INVALID_VALUE,
		    "/context/targetingKey", "Give the user's id.",
		    "the targetingKey is not a text");
	*out = arena_keep(a, node_text(context, "targetingKey"));
	return RC_OK;
}
