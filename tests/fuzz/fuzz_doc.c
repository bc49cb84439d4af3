/*
 * Any bytes as JSON, by each set of rules: no crash, the scanner and the
 * reader agree, and what is a stored row is written again as it was.
 */
#include <stdlib.h>

#include "base/guard.h"
#include "base/limits.h"
#include "wire/doc.h"
#include "wire/state_json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Everything that can be asked of a tree. */
static enum rc
walk(void *arg, struct str name, const struct node *node, struct err *e)
{
	size_t count = node_count(node), i;
	int64_t number;

	(void)name;
	must(node_text(node, "").at != NULL || node_kind(node) != NODE_TEXT);
	must(node_int(node, "", &number) == (node_kind(node) == NODE_INT));
	for (i = 0; i < count && node_kind(node) == NODE_LIST; i++)
		must(walk(arg, STR(""), node_item(node, i), e) == RC_OK);
	return node_members(node, walk, arg, e);
}

static void
read_by(struct str text, enum doc_rules rules)
{
	GUARD(doc_free) struct doc *doc = NULL;
	struct err e;
	enum rc scanned = doc_scan(text, rules, &e);
	enum rc read = doc_read(&doc, text, rules, &e);

	must(scanned == read);
	if (read == RC_OK)
		must(walk(NULL, STR(""), doc_root(doc), &e) == RC_OK);
}

static void
read_row(struct str text, struct arena *arena)
{
	struct holding once = { 0 }, twice = { 0 };
	struct object object = { 0 };
	struct str first, second;
	struct err e;

	object_read(text, arena, &object, &e);
	if (holding_read(text, arena, &once, &e) != RC_OK ||
	    holding_write(&once, arena, &first, &e) != RC_OK)
		return;
	must(holding_read(first, arena, &twice, &e) == RC_OK);
	must(holding_write(&twice, arena, &second, &e) == RC_OK);
	must(str_eq(first, second));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	GUARD(arena_free) struct arena *arena = arena_new("fuzz",
	    ARENA_BYTES_MAX);
	struct str text = { (const char *)data, size };

	read_by(text, DOC_STRICT);
	read_by(text, DOC_LENIENT);
	read_by(text, DOC_OURS);
	read_row(text, arena);
	return 0;
}
