/*
 * Checks in our own words.  An unknown capability is an answer, not an error.
 */
#include <stdio.h>

#include "base/guard.h"
#include "base/limits.h"
#include "flow/check.h"
#include "wire/answers.h"
#include "wire/doc.h"

static struct verdict
verdict_of(const struct held *held)
{
	return (struct verdict){
		.user = held->user, .tier = held->holding.tier,
		.version = held->version, .matrix = held->matrix,
	};
}

enum rc
flow_can(struct flow *f, const struct held *held, struct str capability,
    struct str *json, struct err *e)
{
	struct verdict v = verdict_of(held);
	struct out o;

	v.capability = capability;
	verdict_decide(&v, &held->holding);
	out_init(&o, f->arena, REPLY_BYTES_MAX);
	verdict_write(&o, &v);
	return out_take(&o, "an answer", json, e);
}

static enum rc
name_read(struct flow *f, const struct node *list, size_t i,
    struct str *out, struct err *e)
{
	const struct node *item = node_item(list, i);
	char pointer[sizeof(e->pointer)];

	*out = node_text(item, "");
	if (node_kind(item) == NODE_TEXT && out->len > 0 &&
	    out->len <= CAPABILITY_NAME_MAX) {
		*out = arena_keep(f->arena, *out);
		return RC_OK;
	}
	snprintf(pointer, sizeof(pointer), "/capabilities/%zu", i);
	return err_member(e, RC_INVALID_VALUE, pointer, NULL,
	    "a capability is a text of 1 to %d bytes", CAPABILITY_NAME_MAX);
}

static enum rc
names_read(struct flow *f, const struct node *list, struct check_wish *out,
    struct err *e)
{
	struct str *names;
	size_t count = node_count(list);

	if (node_kind(list) != NODE_LIST || count == 0 || count > CHECKS_MAX)
		return err_member(e, RC_INVALID_VALUE, "/capabilities",
		    "Ask for several lists if it takes more.",
		    "capabilities is a list of 1 to %d names", CHECKS_MAX);
	names = arena_many(f->arena, count, struct str);
	for (size_t i = 0; i < count; i++)
		TRY(name_read(f, list, i, &names[i], e));
	out->capabilities = names;
	out->count = count;
	return RC_OK;
}

enum rc
flow_check_read(struct flow *f, struct str body, struct check_wish *out,
    struct err *e)
{
	GUARD(doc_free) struct doc *doc = NULL;
	struct check_wish wish = { .count = 0 };

	TRY(doc_read(&doc, body, DOC_STRICT, e));
	TRY(want_text(doc_root(doc), "user", false, USER_ID_MAX, &wish.user,
	    e));
	wish.user = arena_keep(f->arena, wish.user);
	TRY(names_read(f, node_at(doc_root(doc), "capabilities"), &wish, e));
	*out = wish;
	return RC_OK;
}

enum rc
flow_check(struct flow *f, const struct held *held,
    const struct check_wish *wish, struct str *json, struct err *e)
{
	struct verdict about = verdict_of(held);
	struct out o;

	out_init(&o, f->arena, REPLY_BYTES_MAX);
	verdicts_write(&o, &about, &held->holding, wish->capabilities,
	    wish->count);
	return out_take(&o, "an answer", json, e);
}
