/*
 * libyaml's events into a tree.  libyaml has no bound on depth, is quadratic
 * in places, and takes duplicate names and dangling aliases without a word;
 * so events are counted and checked one by one.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <yaml.h>

#include "base/guard.h"
#include "base/limits.h"
#include "wire/tree.h"

struct loader {
	yaml_parser_t	 parser;
	yaml_event_t	 event;		/* the present one */
	struct str	 text;
	struct report	*report;
	unsigned	 depth, events;
};

static bool load_value(struct loader *, struct tree *);

static unsigned
line_of(yaml_mark_t mark)
{
	return (unsigned)mark.line + 1;
}

static unsigned
column_of(yaml_mark_t mark)
{
	return (unsigned)mark.column + 1;
}

/* libyaml tells where bad bytes are by their offset only. */
static yaml_mark_t
mark_at(struct str text, size_t offset)
{
	yaml_mark_t mark = { offset, 0, 0 };
	size_t i;

	for (i = 0; i < offset && i < text.len; i++) {
		if (text.at[i] == '\n') {
			mark.line++;
			mark.column = 0;
		} else if (((unsigned char)text.at[i] & 0xc0) != 0x80) {
			mark.column++;
		}
	}
	return mark;
}

static void
report_syntax(struct loader *l)
{
	const yaml_parser_t *p = &l->parser;
	yaml_mark_t mark = p->problem_mark;

	must(p->error != YAML_MEMORY_ERROR);
	if (p->error == YAML_READER_ERROR)
		mark = mark_at(l->text, p->problem_offset);
	if (p->context == NULL)
		report_add(l->report, line_of(mark), column_of(mark),
		    STR_NONE, "not YAML: %s", p->problem);
	else
		report_add(l->report, line_of(mark), column_of(mark),
		    STR_NONE, "not YAML: %s (%s from line %u)", p->problem,
		    p->context, line_of(p->context_mark));
}

static bool
stop(struct loader *l, const char *why)
{
	report_add(l->report, line_of(l->event.start_mark),
	    column_of(l->event.start_mark), STR_NONE, "%s", why);
	return false;
}

/* On to the next event; false, and reported, when there is none to be had. */
static bool
next(struct loader *l)
{
	yaml_event_delete(&l->event);
	if (yaml_parser_parse(&l->parser, &l->event) == 0) {
		memset(&l->event, 0, sizeof(l->event));
		report_syntax(l);
		return false;
	}
	if (++l->events > YAML_EVENTS_MAX)
		return stop(l, "the file has too many values");
	return true;
}

/* Anchors and tags say nothing that our files could need. */
static void
check_extras(struct loader *l, const struct tree *t, const yaml_char_t *anchor,
    const yaml_char_t *tag)
{
	if (anchor != NULL)
		tree_report(l->report, t, "anchors (&) are not taken here: "
		    "write the value out");
	if (tag != NULL)
		tree_report(l->report, t, "tags (!) are not taken here");
}

static void
load_text(struct loader *l, struct tree *t)
{
	const yaml_event_t *ev = &l->event;
	yaml_scalar_style_t style = ev->data.scalar.style;

	t->kind = TREE_TEXT;
	t->plain = style == YAML_PLAIN_SCALAR_STYLE;
	t->text = arena_keep(l->report->arena, (struct str){
	    (const char *)ev->data.scalar.value, ev->data.scalar.length });
	/* The newline that ends a block is no part of what it says. */
	if (style == YAML_LITERAL_SCALAR_STYLE ||
	    style == YAML_FOLDED_SCALAR_STYLE)
		while (str_ends(t->text, STR("\n")))
			t->text.len--;
	check_extras(l, t, ev->data.scalar.anchor, ev->data.scalar.tag);
}

static struct tree *
new_child(struct loader *l, struct tree *parent)
{
	struct tree *child = arena_one(l->report->arena, struct tree);

	child->parent = parent;
	child->index = parent->count;
	return child;
}

static void
adopt(struct tree *parent, struct tree *child, struct tree **last)
{
	if (*last == NULL)
		parent->first = child;
	else
		(*last)->next = child;
	*last = child;
	parent->count++;
}

static bool
load_list(struct loader *l, struct tree *t)
{
	struct tree *last = NULL;

	t->kind = TREE_LIST;
	check_extras(l, t, l->event.data.sequence_start.anchor,
	    l->event.data.sequence_start.tag);
	for (;;) {
		struct tree *child;

		if (!next(l))
			return false;
		if (l->event.type == YAML_SEQUENCE_END_EVENT)
			return true;
		child = new_child(l, t);
		if (!load_value(l, child))
			return false;
		adopt(t, child, &last);
	}
}

static int
by_name(const void *a, const void *b)
{
	const struct tree *x = *(struct tree *const *)a;
	const struct tree *y = *(struct tree *const *)b;
	int order = str_cmp(x->name, y->name);

	return order != 0 ? order : (x->index > y->index) -
	    (x->index < y->index);
}

/* Every name but the first of its kind is reported and taken out. */
static void
drop_twins(struct loader *l, struct tree *map)
{
	struct tree **all = arena_many(l->report->arena, map->count,
	    struct tree *);
	struct tree **link, *child;
	size_t n = 0, i, first = 0;

	for (child = map->first; child != NULL; child = child->next)
		all[n++] = child;
	if (n > 1)
		qsort(all, n, sizeof(all[0]), by_name);
	for (i = 1; i < n; i++) {
		if (!str_eq(all[i]->name, all[first]->name)) {
			first = i;
			continue;
		}
		tree_report_name(l->report, all[i],
		    "this name stands here twice, first on line %u",
		    all[first]->name_line);
		all[i]->index = SIZE_MAX;
	}
	for (link = &map->first; *link != NULL;) {
		if ((*link)->index == SIZE_MAX) {
			*link = (*link)->next;
			map->count--;
		} else {
			link = &(*link)->next;
		}
	}
}

/* The name of a member.  *usable is false for one that is no plain text. */
static bool
load_name(struct loader *l, struct tree *child, bool *usable)
{
	/* It is reported as a part of the map it stands in. */
	struct tree name = { .parent = child->parent->parent,
	    .name = child->parent->name, .index = child->parent->index };

	*usable = l->event.type == YAML_SCALAR_EVENT;
	if (!load_value(l, &name))
		return false;
	child->name = name.text;
	child->name_line = name.line;
	child->name_column = name.column;
	if (!*usable && name.kind != TREE_NOTHING)
		report_add(l->report, name.line, name.column,
		    tree_path(l->report->arena, child->parent),
		    "a name must be a text");
	return true;
}

static bool
load_map(struct loader *l, struct tree *t)
{
	struct tree *last = NULL;

	t->kind = TREE_MAP;
	check_extras(l, t, l->event.data.mapping_start.anchor,
	    l->event.data.mapping_start.tag);
	for (;;) {
		struct tree *child;
		bool usable;

		if (!next(l))
			return false;
		if (l->event.type == YAML_MAPPING_END_EVENT)
			break;
		child = new_child(l, t);
		if (!load_name(l, child, &usable) || !next(l) ||
		    !load_value(l, child))
			return false;
		if (usable)
			adopt(t, child, &last);
	}
	drop_twins(l, t);
	return true;
}

/* The value that begins with the present event. */
static bool
load_value(struct loader *l, struct tree *t)
{
	bool ok;

	t->line = line_of(l->event.start_mark);
	t->column = column_of(l->event.start_mark);
	switch (l->event.type) {
	case YAML_SCALAR_EVENT:
		load_text(l, t);
		return true;
	case YAML_ALIAS_EVENT:
		tree_report(l->report, t,
		    "aliases (*) are not taken here: write the value out");
		return true;
	case YAML_SEQUENCE_START_EVENT:
	case YAML_MAPPING_START_EVENT:
		if (++l->depth > YAML_DEPTH_MAX)
			return stop(l, "this is nested too deeply");
		ok = l->event.type == YAML_SEQUENCE_START_EVENT ?
		    load_list(l, t) : load_map(l, t);
		l->depth--;
		return ok;
	default:
		return stop(l, "a value belongs here");
	}
}

static struct tree *
load_file(struct loader *l)
{
	struct tree *root = arena_one(l->report->arena, struct tree);

	if (!next(l) || !next(l))	/* the stream's start, the document's */
		return NULL;
	if (l->event.type == YAML_STREAM_END_EVENT) {
		stop(l, "the file is empty");
		return NULL;
	}
	if (!next(l) || !load_value(l, root) || !next(l) || !next(l))
		return NULL;
	if (l->event.type != YAML_STREAM_END_EVENT) {
		stop(l, "a second document begins here: only one is taken");
		return NULL;
	}
	return root;
}

const struct tree *
tree_read(struct str yaml, struct report *report)
{
	struct loader l = { .report = report };
	struct tree *root;

	if (yaml.len > MATRIX_BYTES_MAX) {
		report_add(report, 1, 1, STR_NONE,
		    "the file is longer than %d bytes", MATRIX_BYTES_MAX);
		return NULL;
	}
	/* Said to be UTF-8 below, so that it is not read as UTF-16. */
	if (str_starts(yaml, STR("\xef\xbb\xbf")))
		yaml = str_part(yaml, 3, yaml.len - 3);
	must(yaml_parser_initialize(&l.parser) != 0);
	l.text = yaml;
	yaml_parser_set_encoding(&l.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&l.parser,
	    (const unsigned char *)(yaml.len > 0 ? yaml.at : ""), yaml.len);
	root = load_file(&l);
	yaml_event_delete(&l.event);
	yaml_parser_delete(&l.parser);
	return root;
}

const struct tree *
tree_member(const struct tree *map, const char *name)
{
	const struct tree *child;

	for (child = map->first; child != NULL; child = child->next)
		if (map->kind == TREE_MAP && str_eq(child->name, str_of(name)))
			return child;
	return NULL;
}

struct str
tree_path(struct arena *arena, const struct tree *t)
{
	struct str head, name;

	if (t == NULL || t->parent == NULL)
		return STR_NONE;
	head = tree_path(arena, t->parent);
	if (t->parent->kind == TREE_LIST)
		return arena_text(arena, "%.*s[%zu]", STR_FMT(head), t->index);
	name = report_show(arena, t->name);
	return arena_text(arena, "%.*s%s%.*s", STR_FMT(head),
	    head.len > 0 ? "." : "", STR_FMT(name));
}

void
tree_report(struct report *r, const struct tree *t, const char *fmt, ...)
{
	char message[240];
	va_list args;

	va_start(args, fmt);
	vsnprintf(message, sizeof(message), fmt, args);
	va_end(args);
	report_add(r, t->line, t->column, tree_path(r->arena, t), "%s",
	    message);
}

void
tree_report_name(struct report *r, const struct tree *t, const char *fmt, ...)
{
	bool named = t->name_line != 0;
	char message[240];
	va_list args;

	va_start(args, fmt);
	vsnprintf(message, sizeof(message), fmt, args);
	va_end(args);
	report_add(r, named ? t->name_line : t->line,
	    named ? t->name_column : t->column, tree_path(r->arena, t), "%s",
	    message);
}
