/*
 * JSON from outside as a tree.  The scanner goes first; json-c, which is met
 * in this file only, then builds what is known to be sound.
 */
#include <json-c/json.h>
#include <limits.h>
#include <stdlib.h>

#include "base/guard.h"
#include "wire/doc_scan.h"

struct doc {
	struct json_object	*root;
};

/* A node is json-c's object; null, which json-c has none for, is this one. */
struct node {
	char	 none;
};

static const struct node null_node;

static const struct node *
node_of(struct json_object *value)
{
	return value == NULL ? &null_node : (const struct node *)value;
}

static struct json_object *
value_of(const struct node *node)
{
	if (node == NULL || node == &null_node)
		return NULL;
	return (struct json_object *)(uintptr_t)node;
}

static void
tokener_free(struct json_tokener **tok)
{
	if (*tok != NULL)
		json_tokener_free(*tok);
}

static enum rc
build(struct str text, enum doc_rules rules, struct json_object **root,
    struct err *e)
{
	/* json-c refuses at its bound, and counts one for the innermost. */
	GUARD(tokener_free) struct json_tokener *tok =
	    json_tokener_new_ex((int)doc_depth(rules) + 2);

	must(tok != NULL);
	json_tokener_set_flags(tok,
	    JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	*root = json_tokener_parse_ex(tok, text.at, (int)text.len);
	if (json_tokener_get_error(tok) == json_tokener_continue)
		/* A bare number ends only where a NUL stands. */
		*root = json_tokener_parse_ex(tok, "", 1);
	if (json_tokener_get_error(tok) != json_tokener_success)
		return err_set(e, RC_INVALID_JSON, NULL,
		    "the JSON text cannot be read: %s",
		    json_tokener_error_desc(json_tokener_get_error(tok)));
	return RC_OK;
}

static void
text_free(char **text)
{
	free(*text);
}

enum rc
doc_read(struct doc **out, struct str text, enum doc_rules rules,
    struct err *e)
{
	GUARD(text_free) char *mended = NULL;
	struct json_object *root = NULL;
	struct doc *doc;
	bool odd = false;

	if (text.len > INT_MAX)
		return err_set(e, RC_INVALID_JSON, NULL,
		    "the JSON text is too long");
	TRY(doc_scan_mend(text, rules, NULL, &odd, e));
	if (odd) {
		mended = malloc(text.len);
		must(mended != NULL);
		memcpy(mended, text.at, text.len);
		TRY(doc_scan_mend(text, rules, mended, &odd, e));
		text.at = mended;
	}
	TRY(build(text, rules, &root, e));
	doc = malloc(sizeof(*doc));
	must(doc != NULL);
	doc->root = root;
	*out = doc;
	return RC_OK;
}

void
doc_free(struct doc **doc)
{
	if (*doc == NULL)
		return;
	json_object_put((*doc)->root);
	free(*doc);
	*doc = NULL;
}

const struct node *
doc_root(const struct doc *doc)
{
	return node_of(doc->root);
}

enum node_kind
node_kind(const struct node *node)
{
	if (node == NULL)
		return NODE_NONE;
	switch (json_object_get_type(value_of(node))) {
	case json_type_boolean:
		return NODE_BOOL;
	case json_type_int:
		return NODE_INT;
	case json_type_double:
		return NODE_REAL;
	case json_type_string:
		return NODE_TEXT;
	case json_type_array:
		return NODE_LIST;
	case json_type_object:
		return NODE_OBJECT;
	default:
		return NODE_NULL;
	}
}

static const struct node *
member(const struct node *object, struct str name)
{
	struct json_object *value;
	char key[128];

	if (name.len >= sizeof(key))
		return NULL;
	memcpy(key, name.at, name.len);
	key[name.len] = '\0';
	return json_object_object_get_ex(value_of(object), key, &value) ?
	    node_of(value) : NULL;
}

const struct node *
node_at(const struct node *node, const char *path)
{
	struct str rest = str_of(path);

	while (rest.len > 0 && node != NULL) {
		struct str step = str_cut(&rest, '.');
		enum node_kind kind = node_kind(node);
		int64_t index;

		if (kind == NODE_OBJECT)
			node = member(node, step);
		else if (kind == NODE_LIST && str_int64(step, &index) &&
		    index >= 0)
			node = node_item(node, (size_t)index);
		else
			node = NULL;
	}
	return node;
}

const struct node *
node_item(const struct node *list, size_t index)
{
	if (index >= node_count(list) || node_kind(list) != NODE_LIST)
		return NULL;
	return node_of(json_object_array_get_idx(value_of(list), index));
}

size_t
node_count(const struct node *node)
{
	switch (node_kind(node)) {
	case NODE_LIST:
		return json_object_array_length(value_of(node));
	case NODE_OBJECT:
		return (size_t)json_object_object_length(value_of(node));
	default:
		return 0;
	}
}

enum rc
node_members(const struct node *object, node_member_fn *fn, void *arg,
    struct err *e)
{
	if (node_kind(object) != NODE_OBJECT)
		return RC_OK;
	json_object_object_foreach(value_of(object), name, value)
		TRY(fn(arg, str_of(name), node_of(value), e));
	return RC_OK;
}

static struct str
text_of(const struct node *node)
{
	struct json_object *value = value_of(node);

	if (node_kind(node) != NODE_TEXT)
		return STR_NONE;
	return (struct str){ json_object_get_string(value),
	    (size_t)json_object_get_string_len(value) };
}

struct str
node_text(const struct node *node, const char *path)
{
	return text_of(node_at(node, path));
}

bool
node_int(const struct node *node, const char *path, int64_t *out)
{
	node = node_at(node, path);
	if (node_kind(node) != NODE_INT)
		return false;
	*out = json_object_get_int64(value_of(node));
	return true;
}

bool
node_bool(const struct node *node, const char *path)
{
	node = node_at(node, path);
	return node_kind(node) == NODE_BOOL &&
	    json_object_get_boolean(value_of(node));
}

struct str
node_id(const struct node *node, const char *path)
{
	node = node_at(node, path);
	return node_kind(node) == NODE_OBJECT ? node_text(node, "id") :
	    text_of(node);
}

struct str
node_json(const struct node *n, struct arena *a)
{
	size_t		 len = 0;
	const char	*text;

	if (n == NULL)
		return STR_NONE;
	text = json_object_to_json_string_length(value_of(n),
	    JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE, &len);
	must(text != NULL);
	return arena_keep(a, (struct str){ .at = text, .len = len });
}
