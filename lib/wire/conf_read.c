/*
 * rung.yaml: one flat map of settings.  What each may be is known to
 * base/conf.c alone; here every complaint of it gets its place in the file.
 */
#include "base/limits.h"
#include "wire/conf_read.h"
#include "wire/tree.h"

enum {
	PROBLEMS_MAX	= 32,	/* more than there are settings to miss */
	VALUES_MAX	= 64,	/* entries of one list */
};

/* With the advice where there is one. */
static void
report_err(struct report *r, const struct tree *t, bool at_name,
    const struct err *e)
{
	const char *gap = e->mend[0] == '\0' ? "" : ". ";

	if (at_name)
		tree_report_name(r, t, "%s%s%s", e->what, gap, e->mend);
	else
		tree_report(r, t, "%s%s%s", e->what, gap, e->mend);
}

static bool
one_value(struct report *r, const struct tree *t, struct str *out)
{
	if (t->kind == TREE_TEXT) {
		*out = t->text;
		return true;
	}
	if (t->kind != TREE_NOTHING)
		tree_report(r, t, "a text belongs here");
	return false;
}

/* The texts of one setting; false, and reported, when there is another. */
static bool
values_of(struct report *r, const struct tree *t, struct str *values,
    size_t *count)
{
	const struct tree *child;
	size_t n = 0;

	*count = 1;
	if (t->kind != TREE_LIST)
		return one_value(r, t, &values[0]);
	if (t->count > VALUES_MAX) {
		tree_report(r, t, "a list has at most %d entries here",
		    VALUES_MAX);
		return false;
	}
	for (child = t->first; child != NULL; child = child->next)
		if (!one_value(r, child, &values[n++]))
			return false;
	*count = n;
	return true;
}

static void
read_setting(struct report *r, const struct tree *t, struct conf *conf)
{
	struct str values[VALUES_MAX];
	struct err e;
	size_t count;

	if (values_of(r, t, values, &count) &&
	    conf_set(conf, t->name, values, count, &e) != RC_OK)
		report_err(r, t, conf_named(t->name) == NULL, &e);
}

/* What no single setting can know, at the setting it names or the top. */
static void
report_problems(struct report *r, const struct tree *root, struct conf *conf)
{
	struct err problems[PROBLEMS_MAX];
	size_t count = conf_problems(conf, problems, PROBLEMS_MAX), i;

	for (i = 0; i < count; i++) {
		const struct err *e = &problems[i];
		const struct tree *t = e->pointer[0] == '/' ?
		    tree_member(root, e->pointer + 1) : NULL;

		/* Not missing: it is there, and refused already. */
		if (t != NULL && t->kind != TREE_TEXT)
			continue;
		report_err(r, t != NULL ? t : root, false, e);
	}
}

enum rc
conf_read(struct str yaml, struct arena *arena, struct conf *conf,
    struct findings *findings, struct err *e)
{
	const struct tree *root, *t;
	struct report report;

	report_init(&report, arena);
	root = tree_read(yaml, &report);
	if (root != NULL && root->kind != TREE_MAP) {
		tree_report(&report, root,
		    "the file must be a map of settings: name: value");
		root = NULL;
	}
	for (t = root == NULL ? NULL : root->first; t != NULL; t = t->next)
		read_setting(&report, t, conf);
	if (root != NULL)
		report_problems(&report, root, conf);
	report_list(&report, findings);
	if (findings->count > 0)
		return err_set(e, RC_INVALID_VALUE,
		    "Run rung config check, and mend what it names.",
		    "the configuration has %zu mistake%s", findings->count,
		    findings->count == 1 ? "" : "s");
	return RC_OK;
}
