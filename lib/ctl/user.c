/*
 * rung user: what somebody holds.
 */
#include <stdio.h>

#include "base/guard.h"
#include "base/limits.h"
#include "ctl/ctl.h"
#include "flow/entitle.h"
#include "wire/doc.h"
#include "wire/wish.h"

static void
put_texts(const char *label, const struct node *list, const char *member)
{
	for (size_t i = 0; i < node_count(list); i++)
		CTL_ROW({ i == 0 ? str_of(label) : STR(""), 13 },
		    { node_text(node_item(list, i), member), 0 });
}

static void
put_number(struct arena *a, const char *label, const struct node *root,
    const char *member)
{
	int64_t	n = 0;

	node_int(root, member, &n);
	CTL_ROW({ str_of(label), 13 },
	    { arena_text(a, "%lld", (long long)n), 0 });
}

static void
put_assets(const struct node *list)
{
	for (size_t i = 0; i < node_count(list); i++) {
		const struct node *one = node_item(list, i);

		CTL_ROW({ i == 0 ? STR("assets") : STR(""), 13 },
		    { node_text(one, "slot"), 16 },
		    { node_text(one, "type"), 14 },
		    { node_text(one, "status"), 0 });
	}
}

static void
put_user(struct arena *a, const struct node *root)
{
	static const char *const	times[] = {
		"updated_at", "renews_at", "ends_at", "trial_ends_at",
		"grace_ends_at",
	};

	CTL_ROW({ STR("user"), 13 }, { node_text(root, "user"), 0 });
	CTL_ROW({ STR("tier"), 13 }, { node_text(root, "tier"), 0 });
	CTL_ROW({ STR("status"), 13 }, { node_text(root, "status"), 0 });
	put_number(a, "quantity", root, "quantity");
	put_number(a, "version", root, "version");
	put_number(a, "matrix", root, "matrix_version");
	for (size_t i = 0; i < COUNT(times); i++)
		if (node_text(root, times[i]).len > 0)
			CTL_ROW({ str_of(times[i]), 13 },
			    { node_text(root, times[i]), 0 });
	put_texts("can", node_at(root, "capabilities"), "");
	put_assets(node_at(root, "assets"));
	if (node_text(root, "session.id").len > 0)
		CTL_ROW({ STR("open session"), 13 },
		    { node_text(root, "session.id"), 0 });
}

enum finish
user_show(struct ctl *c)
{
	GUARD(doc_free) struct doc *doc = NULL;
	struct entitled	held;
	struct err	e;

	if (!user_id_valid(c->operand[0])) {
		fprintf(stderr, "rung: this cannot be a user id\n");
		return USAGE;
	}
	if (!ctl_open(c, READ_DEADLINE_S))
		return FAILED;
	if (flow_entitlements(&c->flow, c->operand[0], &held, &e) != RC_OK)
		return ctl_failed(&e);
	if (c->json) {
		ctl_line(held.json);
		return DONE;
	}
	if (doc_read(&doc, held.json, DOC_OURS, &e) != RC_OK)
		return ctl_failed(&e);
	put_user(c->arena, doc_root(doc));
	return DONE;
}
