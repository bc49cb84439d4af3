/*
 * Reading JSON from outside.  A scanner of our own goes first (RFC 8259
 * grammar, UTF-8, depth, counts, nothing left over), because json-c takes
 * what is not JSON and saturates numbers; json-c then builds the tree.
 */
#ifndef RUNG_WIRE_DOC_H
#define RUNG_WIRE_DOC_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct doc;		/* a whole text; released by doc_free */
struct node;		/* one value in it; lives as long as the doc */

enum doc_rules {
	DOC_STRICT,	/* our own API: no duplicate names, no \u0000 */
	DOC_LENIENT,	/* a signed body: the last duplicate wins */
	DOC_OURS,	/* what we wrote: wide bounds, else as DOC_LENIENT */
};

/* Bounds follow the rules: JSON_* or HOOK_* of base/limits.h. */
enum rc		 doc_read(struct doc **out, struct str text, enum doc_rules,
		    struct err *);		/* RC_INVALID_JSON */
void		 doc_free(struct doc **);
const struct node *doc_root(const struct doc *);

/*
 * The scanner alone: is this text acceptable JSON?  Pure, for the fuzzer.
 * It finds duplicate names too, by 64-bit hash of the unescaped name.
 */
enum rc		 doc_scan(struct str text, enum doc_rules, struct err *);

/*
 * NODE_INT is an integer token within 64 bits.  One beyond them is NODE_REAL,
 * as is 1.0 or 1e3, and no real number can be read.
 */
enum node_kind { NODE_NONE, NODE_NULL, NODE_BOOL, NODE_INT, NODE_REAL,
	NODE_TEXT, NODE_LIST, NODE_OBJECT };

enum node_kind	 node_kind(const struct node *);	/* NULL: NODE_NONE */

/*
 * The member at a path of names and list positions, "data.object.id" or
 * "items.data.0.price"; NULL when anything on the way is missing or of
 * another kind.  A NULL node is fine.
 */
const struct node *node_at(const struct node *, const char *path);
const struct node *node_item(const struct node *, size_t index);
size_t		 node_count(const struct node *);	/* of list or object */

/* Each member of an object, in the order of the text. */
typedef enum rc	 node_member_fn(void *arg, struct str name,
		    const struct node *value, struct err *);
enum rc		 node_members(const struct node *, node_member_fn *, void *arg,
		    struct err *);

/*
 * Values by path; the empty text, 0 or false when absent or another kind.  A
 * text may hold a NUL where the rules were lenient: its length counts.
 * node_int writes *out only when it returns true.
 */
struct str	 node_text(const struct node *, const char *path);
bool		 node_int(const struct node *, const char *path, int64_t *out);
bool		 node_bool(const struct node *, const char *path);

/* A value as JSON again, kept in the arena; "" for NULL. */
struct str	 node_json(const struct node *, struct arena *);

/* An id: a text, or an object with an "id" (an expanded reference). */
struct str	 node_id(const struct node *, const char *path);

/*
 * Members of our own API, with an RC_INVALID_VALUE that names the member by
 * JSON pointer.  `need` tells whether absence (or null) is an error; *out is
 * the empty text, or fallback, when absent.
 */
enum rc		 want_text(const struct node *, const char *name, bool need,
		    size_t max, struct str *out, struct err *);
enum rc		 want_bool(const struct node *, const char *name, bool *out,
		    struct err *);	/* absent: false */
enum rc		 want_int(const struct node *, const char *name, bool need,
		    int64_t least, int64_t most, int64_t fallback,
		    int64_t *out, struct err *);

#endif
