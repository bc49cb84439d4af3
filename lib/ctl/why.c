/*
 * rung user explain and rung replay: why somebody holds what they hold, and
 * how it came to be.
 */
#include <stdio.h>

#include "base/guard.h"
#include "base/limits.h"
#include "ctl/ctl.h"
#include "flow/explain.h"
#include "flow/replay.h"
#include "wire/doc.h"

enum { REPLAY_SECONDS = 60 };

static long long
number(const struct node *node, const char *path)
{
	int64_t n = 0;

	node_int(node, path, &n);
	return (long long)n;
}

static void
put_verdict(const struct node *c)
{
	struct str cause = node_text(c, "cause");

	printf("%.*s: %s, %.*s\n", STR_FMT(node_text(c, "name")),
	    node_bool(c, "allowed") ? "allowed" : "not allowed",
	    STR_FMT(node_text(c, "code")));
	if (node_text(c, "tier").len > 0)
		printf("  carried by %.*s\n", STR_FMT(node_text(c, "tier")));
	if (cause.len > 0)
		printf("  because of %.*s\n", STR_FMT(cause));
}

static void
put_sold(const struct node *sold)
{
	for (size_t i = 0; i < node_count(sold); i++) {
		const struct node *one = node_item(sold, i);
		struct str tier = node_text(one, "tier");

		printf("  sells %.*s, quantity %lld\n", STR_FMT(tier.len > 0 ?
		    tier : node_text(one, "addon")),
		    number(one, "quantity"));
	}
}

static void
put_purchase(const struct node *p)
{
	static const char *const times[] = {
		"paid_until", "cancel_at", "grace_end",
	};
	const struct node *objects = node_at(p, "objects");

	printf("purchase %.*s: %.*s\n", STR_FMT(node_text(p, "key")),
	    STR_FMT(node_text(p, "state")));
	printf("  follows matrix version %lld, by %.*s\n",
	    number(p, "matrix_version"), STR_FMT(node_text(p, "pinned_by")));
	put_sold(node_at(p, "sold"));
	if (node_text(p, "unmapped_price").len > 0)
		printf("  price %.*s is in no tier\n",
		    STR_FMT(node_text(p, "unmapped_price")));
	if (node_bool(p, "mismatch"))
		printf("  amount or currency is not what its session named\n");
	if (number(p, "refunded") > 0)
		printf("  refunded %lld of %lld\n", number(p, "refunded"),
		    number(p, "amount"));
	if (node_text(p, "session").len > 0)
		printf("  names session %.*s\n",
		    STR_FMT(node_text(p, "session")));
	for (size_t i = 0; i < COUNT(times); i++)
		if (node_text(p, times[i]).len > 0)
			printf("  %s %.*s\n", times[i],
			    STR_FMT(node_text(p, times[i])));
	for (size_t i = 0; i < node_count(objects); i++)
		printf("  %.*s, first told by %.*s\n",
		    STR_FMT(node_text(node_item(objects, i), "key")),
		    STR_FMT(node_text(node_item(objects, i),
		    "first_event").len > 0 ? node_text(node_item(objects, i),
		    "first_event") : STR("a start")));
}

static void
put_override(const struct node *o)
{
	printf("override %.*s: %.*s %.*s, %s\n", STR_FMT(node_text(o, "id")),
	    STR_FMT(node_text(o, "kind")), STR_FMT(node_text(o, "name")),
	    node_bool(o, "in_force") ? "in force" : "not in force");
}

static void
put_all(const struct node *root)
{
	const struct node *purchases = node_at(root, "purchases");
	const struct node *overrides = node_at(root, "overrides");

	if (node_kind(node_at(root, "capability")) == NODE_OBJECT)
		put_verdict(node_at(root, "capability"));
	printf("%.*s is on %.*s (%.*s), version %lld, matrix version %lld\n",
	    STR_FMT(node_text(root, "user")), STR_FMT(node_text(root, "tier")),
	    STR_FMT(node_text(root, "status")), number(root, "version"),
	    number(root, "matrix_version"));
	if (node_text(root, "due_at").len > 0)
		printf("  until %.*s, when time alone changes the answer\n",
		    STR_FMT(node_text(root, "due_at")));
	for (size_t i = 0; i < node_count(purchases); i++)
		put_purchase(node_item(purchases, i));
	for (size_t i = 0; i < node_count(overrides); i++)
		put_override(node_item(overrides, i));
}

enum finish
user_explain(struct ctl *c)
{
	GUARD(doc_free) struct doc *doc = NULL;
	struct str json;
	struct err e;

	if (!ctl_open(c, READ_DEADLINE_S))
		return FAILED;
	if (flow_explain(&c->flow, c->operand[0], c->operand_count > 1 ?
	    c->operand[1] : STR_NONE, &json, &e) != RC_OK)
		return ctl_failed(&e);
	if (c->json) {
		ctl_line(json);
		return DONE;
	}
	if (doc_read(&doc, json, DOC_OURS, &e) != RC_OK)
		return ctl_failed(&e);
	put_all(doc_root(doc));
	return DONE;
}

static void
replay_print(void *arg, struct str json)
{
	GUARD(doc_free) struct doc *doc = NULL;
	const struct ctl *c = arg;
	const struct node *root;
	struct err e;

	if (c->json || doc_read(&doc, json, DOC_OURS, &e) != RC_OK) {
		ctl_line(json);
		return;
	}
	root = doc_root(doc);
	CTL_ROW({ node_text(root, "at"), 24 }, { node_text(root, "tier"), 12 },
	    { node_text(root, "status"), 9 }, { node_text(root, "type"), 34 },
	    { node_text(root, "event"), 0 });
}

enum finish
replay_run(struct ctl *c)
{
	struct replay_sum sum;
	struct err e;

	if (!ctl_open(c, REPLAY_SECONDS))
		return FAILED;
	if (flow_replay(&c->flow, c->operand[0], replay_print, c, &sum, &e) !=
	    RC_OK)
		return ctl_failed(&e);
	fprintf(stderr, "%lld deliveries, %lld changes; the end is %s\n",
	    (long long)sum.deliveries, (long long)sum.changes,
	    sum.same ? "what is stored" : "NOT what is stored");
	return sum.same ? DONE : FAILED;
}
