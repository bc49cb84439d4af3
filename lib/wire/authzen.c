/*
 * Reading evaluations.  Only what decides is read: properties and context may
 * hold anything and change nothing.
 */
#include <stdio.h>

#include "base/guard.h"
#include "base/limits.h"
#include "wire/authzen.h"
#include "wire/doc.h"

/* A text of an entry's object, or of the default one where that is missing. */
static bool
text_of(const struct node *entry, const struct node *usual,
    const char *object, const char *member, struct str *out)
{
	const struct node *from = node_at(entry, object), *text;

	if (from == NULL)
		from = node_at(usual, object);
	text = node_at(from, member);
	*out = node_text(text, "");
	return node_kind(text) == NODE_TEXT && out->len > 0;
}

static const char *
lacking(const struct node *entry, const struct node *usual,
    struct authzen_question *q)
{
	struct str subject, action, resource;

	if (!text_of(entry, usual, "subject", "type", &subject))
		return "subject.type is not a text";
	if (!text_of(entry, usual, "subject", "id", &q->user))
		return "subject.id is not a text";
	if (!text_of(entry, usual, "action", "name", &action))
		return "action.name is not a text";
	if (!text_of(entry, usual, "resource", "type", &resource))
		return "resource.type is not a text";
	if (!text_of(entry, usual, "resource", "id", &q->capability))
		return "resource.id is not a text";
	if (!str_eq(subject, STR("user")))
		q->foreign = "unknown-subject-type";
	else if (!str_eq(resource, STR("capability")))
		q->foreign = "unknown-resource-type";
	else if (!str_eq(action, STR("use")))
		q->foreign = "unknown-action";
	return NULL;
}

static void
question_read(const struct node *entry, const struct node *usual,
    struct arena *a, struct authzen_question *q)
{
	*q = (struct authzen_question){ .foreign = NULL };
	q->lacks = lacking(entry, usual, q);
	q->user = arena_keep(a, q->user);
	q->capability = arena_keep(a, q->capability);
}

static enum rc
read_single(const struct node *root, struct arena *a,
    struct authzen_ask *out, struct err *e)
{
	*out = (struct authzen_ask){
		.questions = arena_one(a, struct authzen_question), .count = 1,
	};
	question_read(root, NULL, a, &out->questions[0]);
	if (out->questions[0].lacks == NULL)
		return RC_OK;
	return err_set(e, RC_INVALID_VALUE, "Send subject {type, id}, action"
	    " {name} and resource {type, id}.", "%s",
	    out->questions[0].lacks);
}

static enum rc
read_root(struct doc **doc, struct str body, struct err *e)
{
	TRY(doc_read(doc, body, DOC_STRICT, e));
	if (node_kind(doc_root(*doc)) == NODE_OBJECT)
		return RC_OK;
	return err_set(e, RC_INVALID_VALUE, "Send an object.",
	    "the body is not an object");
}

enum rc
authzen_read(struct str body, struct arena *a, struct authzen_ask *out,
    struct err *e)
{
	GUARD(doc_free) struct doc *doc = NULL;

	TRY(read_root(&doc, body, e));
	return read_single(doc_root(doc), a, out, e);
}

static enum rc
until_read(const struct node *root, enum authzen_until *out, struct err *e)
{
	static const char *const words[] = {
		[UNTIL_ALL] = "execute_all",
		[UNTIL_DENY] = "deny_on_first_deny",
		[UNTIL_PERMIT] = "permit_on_first_permit",
	};
	const struct node *given = node_at(root,
	    "options.evaluations_semantic");

	*out = UNTIL_ALL;
	if (given == NULL)
		return RC_OK;
	for (size_t i = 0; i < COUNT(words); i++)
		if (str_eq(node_text(given, ""), str_of(words[i]))) {
			*out = (enum authzen_until)i;
			return RC_OK;
		}
	return err_member(e, RC_INVALID_VALUE,
	    "/options/evaluations_semantic", "Use execute_all,"
	    " deny_on_first_deny or permit_on_first_permit.",
	    "evaluations_semantic is none that we know");
}

static enum rc
entries_read(const struct node *root, const struct node *list,
    struct arena *a, struct authzen_ask *out, struct err *e)
{
	size_t count = node_count(list);

	if (node_kind(list) != NODE_LIST || count > CHECKS_MAX)
		return err_member(e, RC_INVALID_VALUE, "/evaluations",
		    "Ask for several lists if it takes more.",
		    "evaluations is a list of at most %d", CHECKS_MAX);
	out->questions = arena_many(a, count, struct authzen_question);
	out->count = count;
	for (size_t i = 0; i < count; i++) {
		const struct node *entry = node_item(list, i);
		char pointer[sizeof(e->pointer)];

		snprintf(pointer, sizeof(pointer), "/evaluations/%zu", i);
		if (node_kind(entry) != NODE_OBJECT)
			return err_member(e, RC_INVALID_VALUE, pointer, NULL,
			    "an evaluation is an object");
		question_read(entry, root, a, &out->questions[i]);
	}
	return RC_OK;
}

enum rc
authzen_read_many(struct str body, struct arena *a, struct authzen_ask *out,
    struct err *e)
{
	GUARD(doc_free) struct doc *doc = NULL;
	struct authzen_ask ask = { .many = true };
	const struct node *list;

	TRY(read_root(&doc, body, e));
	list = node_at(doc_root(doc), "evaluations");
	if (list == NULL ||
	    (node_kind(list) == NODE_LIST && node_count(list) == 0))
		return read_single(doc_root(doc), a, out, e);
	TRY(until_read(doc_root(doc), &ask.until, e));
	TRY(entries_read(doc_root(doc), list, a, &ask, e));
	*out = ask;
	return RC_OK;
}
