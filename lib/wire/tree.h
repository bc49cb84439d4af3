/*
 * YAML as a tree in which every value knows its place, for the matrix and the
 * configuration.  No aliases, anchors, tags or second document; bounded.
 */
#ifndef RUNG_WIRE_TREE_H
#define RUNG_WIRE_TREE_H

#include "wire/report.h"

enum tree_kind {
	TREE_NOTHING,		/* refused and reported already */
	TREE_TEXT,
	TREE_LIST,
	TREE_MAP,
};

struct tree {
	enum tree_kind		 kind;
	struct str		 text;		/* of TREE_TEXT */
	bool			 plain;		/* written without quotes */
	unsigned		 line, column;	/* from 1 */
	struct str		 name;		/* as a member of a map */
	unsigned		 name_line, name_column;
	size_t			 index;		/* as an entry of a list */
	const struct tree	*parent;	/* NULL: the whole file */
	struct tree		*first, *next;
	size_t			 count;		/* of entries or members */
};

/*
 * The tree of a whole file, in the arena of the report.  NULL when it could
 * not be read to its end; why is reported.  Names in a map are different.
 */
const struct tree	*tree_read(struct str yaml, struct report *);

/* The member of that name, or NULL. */
const struct tree	*tree_member(const struct tree *map, const char *name);

/* "tiers.pro.prices.stripe[1]" */
struct str		 tree_path(struct arena *, const struct tree *);

/* A finding about a value, or about the name that it stands under. */
void			 tree_report(struct report *, const struct tree *,
			    const char *fmt, ...)
			    __attribute__((format(printf, 3, 4)));
void			 tree_report_name(struct report *, const struct tree *,
			    const char *fmt, ...)
			    __attribute__((format(printf, 3, 4)));

#endif
