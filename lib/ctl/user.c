/*
 * rung user: what somebody holds.
 */
#include <stdio.h>

#include "base/guard.h"
#include "base/limits.h"
#include "ctl/ctl.h"
#include "flow/usage.h"
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

struct limits {
	struct arena	*arena;
	bool		 first;
};

/* "api:requests_per_day    92 of 100 per day, near" */
static enum rc
put_limit(void *arg, struct str name, const struct node *limit,
    struct err *e)
{
	struct limits	*l = arg;
	struct str	 warning = node_text(limit, "warning");
	struct str	 per = node_text(limit, "per");
	int64_t		 used = 0, value = 0;
	bool		 bound = node_int(limit, "value", &value);

	(void)e;
	node_int(limit, "used", &used);
	CTL_ROW({ l->first ? STR("limits") : STR(""), 13 }, { name, 24 },
	    { arena_text(l->arena, "%lld of %s%s%.*s%s%.*s", (long long)used,
	    bound ? arena_text(l->arena, "%lld", (long long)value).at :
	    "unlimited", str_eq(per, STR("total")) ? "" : " per ",
	    str_eq(per, STR("total")) ? 0 : (int)per.len, per.at,
	    warning.len > 0 ? ", " : "", STR_FMT(warning)), 0 });
	l->first = false;
	return RC_OK;
}

static void
put_limits(struct arena *a, const struct node *limits)
{
	struct limits	 l = { a, true };
	struct err	 e;

	(void)node_members(limits, put_limit, &l, &e);
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
	put_limits(a, node_at(root, "limits"));
	put_assets(node_at(root, "assets"));
	if (node_text(root, "session.id").len > 0)
		CTL_ROW({ STR("open session"), 13 },
		    { node_text(root, "session.id"), 0 });
}

enum finish
user_show(struct ctl *c)
{
	GUARD(doc_free) struct doc *doc = NULL;
	struct held	held;
	struct str	json;
	struct err	e;

	if (!user_id_valid(c->operand[0])) {
		fprintf(stderr, "rung: this cannot be a user id\n");
		return USAGE;
	}
	if (!ctl_open(c, READ_DEADLINE_S))
		return FAILED;
	if (flow_held(&c->flow, c->operand[0], &held, &e) != RC_OK ||
	    flow_usage_live(&c->flow, &held, &json, &e) != RC_OK)
		return ctl_failed(&e);
	if (c->json) {
		ctl_line(json);
		return DONE;
	}
	if (doc_read(&doc, json, DOC_OURS, &e) != RC_OK)
		return ctl_failed(&e);
	put_user(c->arena, doc_root(doc));
	return DONE;
}
