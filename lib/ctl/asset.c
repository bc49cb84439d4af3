/*
 * rung user assets, and rung asset: what a user holds by slot, and its
 * secrets.
 */
#include <stdio.h>

#include "base/guard.h"
#include "base/limits.h"
#include "ctl/ctl.h"
#include "flow/asset.h"
#include "wire/doc.h"
#include "wire/wish.h"

static bool
ready(struct ctl *c, int deadline_s, enum finish *finish)
{
	if (!user_id_valid(c->operand[0])) {
		fprintf(stderr, "rung: this cannot be a user id\n");
		*finish = USAGE;
		return false;
	}
	*finish = FAILED;
	return ctl_open(c, deadline_s);
}

enum finish
user_assets(struct ctl *c)
{
	GUARD(doc_free) struct doc *doc = NULL;
	const struct node *list;
	enum finish finish;
	struct str json;
	struct err e;

	if (!ready(c, READ_DEADLINE_S, &finish))
		return finish;
	if (flow_assets(&c->flow, c->operand[0], &json, &e) != RC_OK ||
	    doc_read(&doc, json, DOC_OURS, &e) != RC_OK)
		return ctl_failed(&e);
	if (c->json) {
		ctl_line(json);
		return DONE;
	}
	list = node_at(doc_root(doc), "data");
	for (size_t i = 0; i < node_count(list); i++) {
		const struct node *one = node_item(list, i);

		CTL_ROW({ node_text(one, "id"), 36 },
		    { node_text(one, "slot"), 16 },
		    { node_text(one, "type"), 14 },
		    { node_text(one, "status"), 12 },
		    { node_text(one, "hint"), 0 });
	}
	return DONE;
}

/* The secret alone goes to standard output, for who keeps it in a file. */
static enum finish
deed(struct ctl *c, enum deed what)
{
	const struct principal who = { .kind = PRINCIPAL_SERVER };
	GUARD(doc_free) struct doc *doc = NULL;
	struct deed_reply r;
	enum finish finish;
	struct err e;

	if (!ready(c, WRITE_DEADLINE_S, &finish))
		return finish;
	c->flow.actor = ctl_operator(c->arena);
	if (flow_asset_deed(&c->flow, &who, c->operand[0], c->operand[1],
	    what, STR_NONE, &r, &e) != RC_OK ||
	    doc_read(&doc, r.json, DOC_OURS, &e) != RC_OK)
		return ctl_failed(&e);
	if (c->json)
		ctl_line(r.json);
	else if (what != DEED_REVOKE)
		ctl_line(node_text(doc_root(doc), "secret"));
	return DONE;
}

enum finish
asset_claim(struct ctl *c)
{
	return deed(c, DEED_CLAIM);
}

enum finish
asset_rotate(struct ctl *c)
{
	return deed(c, DEED_ROTATE);
}

enum finish
asset_revoke(struct ctl *c)
{
	return deed(c, DEED_REVOKE);
}
