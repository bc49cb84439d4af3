/*
 * The matrix: its file as a whole, its tiers and add-ons, and what must agree
 * between them.  A bad file is reported in full and changes nothing.
 */
#include <stdlib.h>

#include "base/limits.h"
#include "base/suggest.h"
#include "wire/matrix_parts.h"

enum {
	TITLE_BYTES_MAX	  = 80,
	SUMMARY_BYTES_MAX = 400,
	RANK_MAX	  = 1000000,
};

static void
read_tier(struct reading *rd, const struct tree *t, struct tier *tier)
{
	const struct tree *child;

	tier->id = tier->title = t->name;
	for (child = t->first; child != NULL; child = child->next) {
		if (str_eq(child->name, STR("title")))
			value_text(rd->report, child, TITLE_BYTES_MAX,
			    &tier->title);
		else if (str_eq(child->name, STR("summary")))
			value_text(rd->report, child, SUMMARY_BYTES_MAX,
			    &tier->summary);
		else if (str_eq(child->name, STR("grace")))
			value_duration(rd->report, child, &tier->grace);
		else if (str_eq(child->name, STR("capabilities")))
			read_capabilities(rd, child, tier);
		else if (str_eq(child->name, STR("limits")))
			read_limits(rd, child, tier);
		else if (str_eq(child->name, STR("assets")))
			read_assets(rd, child, tier);
		else if (str_eq(child->name, STR("prices")))
			read_prices(rd, child, tier);
	}
}

/* The rank is claimed, so that two tiers cannot have the same. */
static void
read_rank(struct reading *rd, const struct tree *t, struct tier *tier)
{
	const struct tree *rank = tree_member(t, "rank");

	if (rank == NULL)
		tree_report_name(rd->report, t, "rank is missing");
	else if (value_int(rd->report, rank, 0, RANK_MAX, &tier->rank))
		claims_add(&rd->ranks, arena_text(rd->arena, "%lld",
		    (long long)tier->rank), 0, rank);
}

static void
read_one(struct reading *rd, const struct tree *t, bool addon,
    struct tier *tier)
{
	/* An add-on is sold beside tiers: it has no rank, the last name. */
	static const struct str known[] = { STR("title"), STR("summary"),
	    STR("capabilities"), STR("limits"), STR("assets"), STR("grace"),
	    STR("prices"), STR("rank") };

	tier->addon = addon;
	if (!name_is_tier(t->name))
		tree_report_name(rd->report, t, "%s is named with small "
		    "letters, digits, _ and -, at most %d",
		    addon ? "an add-on" : "a tier", TIER_NAME_MAX);
	if (!value_map(rd->report, t, known, COUNT(known) - addon))
		return;
	read_tier(rd, t, tier);
	if (!addon)
		read_rank(rd, t, tier);
}

static int
by_rank(const void *a, const void *b)
{
	const struct tier *x = a, *y = b;

	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	return str_cmp(x->id, y->id);
}

/* Tiers, or add-ons, whose ranks are all 0: sorted by id then. */
static struct tier *
read_all(struct reading *rd, const struct tree *t, bool addons, size_t *count)
{
	size_t most = addons ? ADDONS_MAX : TIERS_MAX;
	const struct tree *child;
	struct tier *list;
	size_t n = 0;

	if (t == NULL || !value_map(rd->report, t, NULL, 0) ||
	    !read_fits(rd, t, most))
		return NULL;
	list = arena_many(rd->arena, t->count + 1, struct tier);
	for (child = t->first; child != NULL; child = child->next)
		read_one(rd, child, addons, &list[n++]);
	if (n > 1)
		qsort(list, n, sizeof(list[0]), by_rank);
	*count = n;
	return list;
}

/* {description: Export reports as CSV, disabled: yes} */
static void
read_switch(struct reading *rd, const struct tree *t, struct capability *c)
{
	static const struct str known[] = { STR("description"),
	    STR("disabled") };
	const struct tree *about = tree_member(t, "description");
	const struct tree *disabled = tree_member(t, "disabled");

	value_map(rd->report, t, known, COUNT(known));
	if (about != NULL)
		value_text(rd->report, about, SUMMARY_BYTES_MAX, &c->about);
	if (disabled != NULL)
		value_bool(rd->report, disabled, &c->disabled);
}

static void
read_told(struct reading *rd, const struct tree *t)
{
	const struct tree *child;
	size_t n = 0;

	if (t == NULL || !value_map(rd->report, t, NULL, 0))
		return;
	rd->told = arena_many(rd->arena, t->count + 1, struct capability);
	for (child = t->first; child != NULL; child = child->next) {
		struct capability *c = &rd->told[n++];

		if (!name_is_capability(child->name))
			tree_report_name(rd->report, child, "a capability is "
			    "written like export:csv: small letters, digits, "
			    "_ . - and one colon");
		if (child->kind == TREE_MAP)
			read_switch(rd, child, c);
		else
			value_text(rd->report, child, SUMMARY_BYTES_MAX,
			    &c->about);
		claims_add(&rd->names, child->name, n, child);
	}
}

/* Every name used anywhere, once, with what is told of it. */
static void
gather_names(struct reading *rd, struct matrix *m)
{
	struct capability *list;
	size_t i, n = 0;

	claims_sort(&rd->names);
	list = arena_many(rd->arena, rd->names.count + 1, struct capability);
	for (i = 0; i < rd->names.count; i++) {
		const struct claim *c = &rd->names.list[i];

		if (c->first == c)
			list[n++].name = c->what;
		if (c->number == 0)
			continue;
		list[n - 1] = rd->told[c->number - 1];
		list[n - 1].name = c->what;
	}
	m->capabilities = list;
	m->capability_count = n;
}

static void
check_prices(struct reading *rd)
{
	size_t i;

	claims_sort(&rd->prices);
	for (i = 0; i < rd->prices.count; i++) {
		const struct claim *c = &rd->prices.list[i];

		if (c->first != c)
			tree_report(rd->report, c->node, "this price is "
			    "claimed already, by %.*s on line %u",
			    STR_FMT(tree_path(rd->arena, c->first->node)),
			    c->first->node->line);
	}
}

static void
check_ranks(struct reading *rd)
{
	size_t i;

	claims_sort(&rd->ranks);
	for (i = 0; i < rd->ranks.count; i++) {
		const struct claim *c = &rd->ranks.list[i];

		if (c->first != c)
			tree_report(rd->report, c->node, "rank %.*s is taken "
			    "already, by %.*s on line %u", STR_FMT(c->what),
			    STR_FMT(report_show(rd->arena,
			    c->first->node->parent->name)),
			    c->first->node->line);
	}
}

/* A slot keeps its asset from tier to tier, so it keeps its type too. */
static void
check_slots(struct reading *rd)
{
	size_t i;

	claims_sort(&rd->slots);
	for (i = 0; i < rd->slots.count; i++) {
		const struct claim *c = &rd->slots.list[i];

		if (c->first->number != c->number)
			tree_report(rd->report, c->node, "slot %.*s is %s on "
			    "line %u: one slot has one type everywhere",
			    STR_FMT(report_show(rd->arena, c->what)),
			    asset_type_names[c->first->number],
			    c->first->node->line);
	}
}

/* A purchase is told by one name, whether of a tier or of an add-on. */
static void
check_ids(struct reading *rd, const struct tree *tiers,
    const struct tree *addons)
{
	struct claims ids = { .arena = rd->arena };
	const struct tree *child;
	size_t i;

	for (child = tiers == NULL ? NULL : tiers->first; child != NULL;
	    child = child->next)
		claims_add(&ids, child->name, 0, child);
	for (child = addons == NULL ? NULL : addons->first; child != NULL;
	    child = child->next)
		claims_add(&ids, child->name, 0, child);
	claims_sort(&ids);
	for (i = 0; i < ids.count; i++)
		if (ids.list[i].first != &ids.list[i])
			tree_report_name(rd->report, ids.list[i].node,
			    "a tier and an add-on cannot share this name");
}

static void
find_default(struct reading *rd, const struct tree *root, struct matrix *m)
{
	const struct tree *t = tree_member(root, "default_tier");
	const struct tree *tiers = tree_member(root, "tiers");
	struct str ids[TIERS_MAX];
	size_t i;

	if (t == NULL) {
		tree_report(rd->report, root, "default_tier is missing");
		return;
	}
	if (tiers == NULL || tiers->kind != TREE_MAP || m->tier_count == 0)
		return;
	for (i = 0; i < m->tier_count; i++)
		ids[i] = m->tiers[i].id;
	if (value_word(rd->report, t, ids, m->tier_count, &i))
		m->default_tier = &m->tiers[i];
}

static const struct policy_rule {
	struct str		 name;
	size_t			 at;
	enum policy_action	 words[3];
	size_t			 count;
} policy_rules[] = {
	{ STR("refund_full"), offsetof(struct policy, refund_full),
	    { POLICY_REVOKE, POLICY_END_OF_PERIOD, POLICY_KEEP }, 3 },
	{ STR("refund_partial"), offsetof(struct policy, refund_partial),
	    { POLICY_REVOKE, POLICY_END_OF_PERIOD, POLICY_KEEP }, 3 },
	{ STR("dispute_open"), offsetof(struct policy, dispute_open),
	    { POLICY_SUSPEND, POLICY_KEEP }, 2 },
	{ STR("dispute_lost"), offsetof(struct policy, dispute_lost),
	    { POLICY_REVOKE, POLICY_KEEP }, 2 },
	{ STR("over_limit"), offsetof(struct policy, over_limit),
	    { POLICY_KEEP, POLICY_FREEZE }, 2 },
	{ STR("repeat_trial"), offsetof(struct policy, repeat_trial),
	    { POLICY_REFUSE, POLICY_ALLOW }, 2 },
};

static void
read_policy(struct reading *rd, const struct tree *t, struct policy *policy)
{
	struct str known[COUNT(policy_rules)], words[3];
	size_t i, k;

	*policy = policy_usual;
	for (i = 0; i < COUNT(policy_rules); i++)
		known[i] = policy_rules[i].name;
	if (t == NULL || !value_map(rd->report, t, known, COUNT(known)))
		return;
	for (i = 0; i < COUNT(policy_rules); i++) {
		const struct policy_rule *rule = &policy_rules[i];
		const struct tree *child = tree_member(t, rule->name.at);

		for (k = 0; k < rule->count; k++)
			words[k] = str_of(
			    policy_action_names[rule->words[k]]);
		if (child != NULL && value_word(rd->report, child, words,
		    rule->count, &k))
			memcpy((char *)policy + rule->at, &rule->words[k],
			    sizeof(enum policy_action));
	}
}

static void
check_format(struct reading *rd, const struct tree *root)
{
	const struct tree *t = tree_member(root, "matrix");
	int64_t number;

	if (t == NULL)
		tree_report(rd->report, root,
		    "matrix is missing: begin the file with matrix: 1");
	else if (value_int(rd->report, t, 0, INT64_MAX, &number) &&
	    number != 1)
		tree_report(rd->report, t, "format %lld is not known: this "
		    "program reads matrix: 1", (long long)number);
}

static void
read_matrix(struct reading *rd, const struct tree *root, struct matrix *m)
{
	static const struct str known[] = { STR("matrix"),
	    STR("default_tier"), STR("capabilities"), STR("tiers"),
	    STR("addons"), STR("policy") };
	const struct tree *tiers, *addons;

	if (!value_map(rd->report, root, known, COUNT(known)))
		return;
	check_format(rd, root);
	read_told(rd, tree_member(root, "capabilities"));
	tiers = tree_member(root, "tiers");
	addons = tree_member(root, "addons");
	if (tiers == NULL)
		tree_report(rd->report, root, "tiers is missing");
	else if (tiers->kind == TREE_MAP && tiers->count == 0)
		tree_report_name(rd->report, tiers, "there is no tier");
	m->tiers = read_all(rd, tiers, false, &m->tier_count);
	m->addons = read_all(rd, addons, true, &m->addon_count);
	find_default(rd, root, m);
	read_policy(rd, tree_member(root, "policy"), &m->policy);
	gather_names(rd, m);
	check_ids(rd, tiers, addons);
	check_ranks(rd);
	check_prices(rd);
	check_slots(rd);
}

enum rc
matrix_read(struct str yaml, struct arena *arena, struct matrix *out,
    struct findings *findings, struct err *e)
{
	struct report report;
	struct reading rd = { .arena = arena, .report = &report };
	struct matrix m = { 0 };
	const struct tree *root;

	report_init(&report, arena);
	rd.names.arena = rd.ranks.arena = arena;
	rd.prices.arena = rd.slots.arena = arena;
	root = tree_read(yaml, &report);
	if (root != NULL)
		read_matrix(&rd, root, &m);
	report_list(&report, findings);
	if (findings->count > 0)
		return err_set(e, RC_INVALID_VALUE,
		    "Run rung matrix check FILE, and mend what it names.",
		    "the matrix has %zu mistake%s", findings->count,
		    findings->count == 1 ? "" : "s");
	*out = m;
	return RC_OK;
}
