/*
 * Every order of every short history, with copies.  All sequences of up to
 * six facts are walked as one tree; two sequences of the same facts, in any
 * order and with any copies, must end in the same bytes.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/guard.h"
#include "unit/core/canon.h"
#include "unit/core/checker.h"
#include "unit/core/world.h"
#include "unit/unit.h"

/* A sanitizer makes each step ten times as dear. */
#if defined(__SANITIZE_ADDRESS__)
#define LONGEST	5
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define LONGEST 5
#endif
#endif
#ifndef LONGEST
#define LONGEST	6
#endif

enum { FACTS_MAX = 16, DEPTH_MAX = 6, OBJECTS = 8, ARENA_BYTES = 1 << 20 };

struct palette {
	const char	*name;
	struct fact	 facts[FACTS_MAX];
	size_t		 count;
	struct session	 session;
	bool		 by_hand;	/* checker_tier knows its answer */
	const char	*disabled;	/* a capability, or NULL */
};

/* What stands after a sequence. */
struct node {
	struct object	 objects[OBJECTS];
	size_t		 object_count;
	struct session	 session;
};

struct walk {
	const struct palette	*palette;
	size_t			 longest;
	const struct catalog	*catalog;
	struct arena		*kept[DEPTH_MAX + 1];	/* objects, by depth */
	struct arena		*scratch;
	const struct fact	*path[DEPTH_MAX];
	struct canon		*canon;
	struct str		*known;			/* by set of facts */
	size_t			 orders, wrong;
};

/* --- complaints -------------------------------------------------------- */

static void
complain(struct walk *w, size_t depth, const char *what)
{
	if (w->wrong++ >= 5)
		return;
	printf("\n    %s: %s, after", w->palette->name, what);
	for (size_t i = 0; i < depth; i++)
		printf(" %d", (int)(w->path[i] - w->palette->facts));
	printf("\n");
}

/* --- one step ---------------------------------------------------------- */

static void
hear(struct walk *w, struct node *n, const struct fact *f, size_t depth)
{
	size_t		 i = 0;
	struct err	 e;
	bool		 changed;

	while (i < n->object_count &&
	    object_key_cmp(&n->objects[i].key, &f->object) != 0)
		i++;
	must(i < OBJECTS);
	if (i == n->object_count)
		object_init(&n->objects[n->object_count++], &f->object);
	must(object_merge(&n->objects[i], f, w->kept[depth], &changed, &e) ==
	    RC_OK);
}

/* The same set is looked at from the same day, different sets from others. */
static int64_t
day_of(unsigned set)
{
	static const int	 days[] = { 3, 20, 33, 36, 40, 65 };

	return ON_DAY(days[set % COUNT(days)]);
}

static void
compare(struct walk *w, const struct node *n, const struct holding *h,
    unsigned set, size_t depth)
{
	struct str	*known = &w->known[set];
	struct str	 got;
	char		*copy;

	canon_begin(w->canon);
	canon_objects(w->canon, n->objects, n->object_count);
	canon_holding(w->canon, h);
	got = (struct str){ w->canon->at, w->canon->len };
	if (known->at != NULL) {
		if (!str_eq(*known, got))
			complain(w, depth, "SES-4: order or copies matter");
		return;
	}
	copy = malloc(got.len);
	must(copy != NULL);
	memcpy(copy, got.at, got.len);
	*known = (struct str){ copy, got.len };
}

static void
look(struct walk *w, struct node *n, unsigned set, size_t depth)
{
	const struct life	 life = { .objects = n->objects,
				    .object_count = n->object_count };
	const struct heard	 heard = { w->path, depth, day_of(set) };
	struct session		 before = n->session;
	struct holding		 h;
	struct purchase		*list;
	size_t			 count;
	struct err		 e;
	const char		*wrong;
	bool			 moved;

	arena_reset(w->scratch);
	must(derive(w->catalog, &life, heard.now, w->scratch, &h, &list,
	    &count, &e) == RC_OK);
	moved = session_step(&before, list, count, heard.now, &n->session);
	compare(w, n, &h, set, depth);
	if ((wrong = checker_holding(&heard, &h, list, count)) != NULL)
		complain(w, depth, wrong);
	if ((wrong = checker_session(&heard, &before, &n->session, moved)) !=
	    NULL)
		complain(w, depth, wrong);
	if (w->palette->by_hand && !str_eq(h.tier,
	    str_of(checker_tier(&heard))))
		complain(w, depth, "PAY-3: another tier than by hand");
	if (w->palette->disabled != NULL &&
	    holding_can(&h, str_of(w->palette->disabled)))
		complain(w, depth, "what is switched off is held");
	w->orders++;
}

static void
walk(struct walk *w, const struct node *from, unsigned set, size_t depth)
{
	for (size_t i = 0; i < w->palette->count; i++) {
		struct node	 n = *from;

		arena_reset(w->kept[depth + 1]);
		w->path[depth] = &w->palette->facts[i];
		hear(w, &n, w->path[depth], depth + 1);
		look(w, &n, set | 1U << i, depth + 1);
		if (depth + 1 < w->longest)
			walk(w, &n, set | 1U << i, depth + 1);
	}
}

static size_t
walk_all(const struct palette *p, size_t longest)
{
	struct walk	 w = {
		.palette = p, .longest = longest,
		.catalog = p->disabled == NULL ? shop() :
		    shop_without(p->disabled),
	};
	struct node	 nothing = { .session = p->session };

	must(p->count <= FACTS_MAX);
	w.canon = malloc(sizeof(*w.canon));
	w.known = calloc((size_t)1 << p->count, sizeof(*w.known));
	w.scratch = arena_new("orders", ARENA_BYTES);
	for (size_t i = 0; i <= DEPTH_MAX; i++)
		w.kept[i] = arena_new("orders", ARENA_BYTES);
	must(w.canon != NULL && w.known != NULL);
	walk(&w, &nothing, 0, 0);
	CU_ASSERT_EQUAL(w.wrong, 0);
	for (size_t i = 0; i < (size_t)1 << p->count; i++)
		free((void *)(uintptr_t)w.known[i].at);
	for (size_t i = 0; i <= DEPTH_MAX; i++)
		arena_free(&w.kept[i]);
	arena_free(&w.scratch);
	free(w.known);
	free(w.canon);
	printf("\n    %s: %zu facts, %zu orders ", p->name, p->count,
	    w.orders);
	return w.orders;
}

/* --- the histories ----------------------------------------------------- */

static const struct terms	pro = {
	.session = STR("us_1"), .user = STR("u1"), .tier = STR("pro"),
	.quantity = 1, .matrix_version = 1, .amount = 2900,
	.currency = STR("eur"),
};
static const struct terms	team = {
	.session = STR("us_2"), .user = STR("u1"), .tier = STR("team"),
	.quantity = 3, .matrix_version = 1, .amount = -1,
};

static struct session
session_of(const struct terms *t)
{
	return (struct session){
		.id = t->session, .terms = *t, .version = 1,
		.created_at = ON_DAY(0), .expires_at = ON_DAY(1000),
	};
}

static void
put(struct palette *p, struct fact f)
{
	must(p->count < FACTS_MAX);
	p->facts[p->count++] = f;
}

/* A one-time payment and a subscription, thirteen kinds of news. */
static void
every_order_of_a_payment_and_a_subscription_ends_the_same(void)
{
	struct palette	 p = { .name = "payment and subscription",
			    .session = session_of(&pro), .by_hand = true };

	put(&p, with_name(with_link(seen(OBJECT_CHECKOUT, "cs_1", 1),
	    OBJECT_PAYMENT, "pi_1"), &pro, NAMED_BY_METADATA));
	put(&p, paid(OBJECT_PAYMENT, "pi_1", 2, 2900, "eur"));
	put(&p, step(OBJECT_PAYMENT, "pi_1", 1, PAY_FAILED));
	put(&p, closed(OBJECT_CHECKOUT, "cs_1", 3, CLOSED_EXPIRED));
	put(&p, refund("pi_1", "re_1", 4, 2900, REFUND_SUCCEEDED));
	put(&p, refund("pi_1", "re_1", 9, 2900, REFUND_FAILED));
	put(&p, refunded(OBJECT_PAYMENT, "pi_1", 5, 2900));
	put(&p, dispute("pi_1", "dp_1", 6, DISPUTE_OPEN));
	put(&p, dispute("pi_1", "dp_1", 8, DISPUTE_WON));
	put(&p, sub("sub_1", 2, SUB_ACTIVE, "price_team", 3, 32));
	put(&p, sub("sub_1", 33, SUB_PAST_DUE, "price_pro", 1, 62));
	put(&p, period(OBJECT_SUBSCRIPTION, "sub_1", 34, 62));
	put(&p, ended("sub_1", 35));
	CU_ASSERT(walk_all(&p, LONGEST) >= (LONGEST == 6 ? 5000000 : 300000));
}

/* Everything in one second: only rank and content are left to decide. */
static void
every_order_of_a_single_second_ends_the_same(void)
{
	struct palette	 p = { .name = "one second",
			    .session = session_of(&team) };

	put(&p, with_name(sub("sub_1", 2, SUB_INCOMPLETE, "price_team", 3,
	    32), &team, NAMED_BY_BUYER));
	put(&p, sub("sub_1", 2, SUB_ACTIVE, "price_team", 3, 32));
	put(&p, sub("sub_1", 2, SUB_ACTIVE, "price_team", 5, 33));
	put(&p, cancelling(sub("sub_1", 2, SUB_ACTIVE, "price_pro", 1, 32),
	    32));
	put(&p, trial_until(sub("sub_1", 2, SUB_TRIALING, "price_ent", 1,
	    0), 16));
	put(&p, sub("sub_1", 2, SUB_PAST_DUE, "price_team", 3, 62));
	put(&p, period(OBJECT_SUBSCRIPTION, "sub_1", 2, 34));
	put(&p, with_link(paid(OBJECT_INVOICE, "in_1", 2, 8700, "eur"),
	    OBJECT_SUBSCRIPTION, "sub_1"));
	put(&p, paid(OBJECT_INVOICE, "in_1", 2, 8700, "usd"));
	put(&p, step(OBJECT_INVOICE, "in_1", 2, PAY_REQUIRES_ACTION));
	put(&p, step(OBJECT_INVOICE, "in_1", 2, PAY_PROCESSING));
	put(&p, with_name(with_link(closed(OBJECT_CHECKOUT, "cs_1", 2,
	    CLOSED_ABANDONED), OBJECT_SUBSCRIPTION, "sub_1"), &team,
	    NAMED_BY_OURS));
	put(&p, closed(OBJECT_CHECKOUT, "cs_1", 2, CLOSED_DECLINED));
	put(&p, refunded(OBJECT_INVOICE, "in_1", 2, 8700));
	put(&p, refunded(OBJECT_INVOICE, "in_1", 2, 1000));
	walk_all(&p, LONGEST - 1);
}

/* A subscription with its bills, money back and quarrels. */
static void
every_order_of_bills_and_refunds_ends_the_same(void)
{
	struct palette	 p = { .name = "bills and refunds",
			    .session = session_of(&team),
			    .disabled = "export:csv" };

	put(&p, sub("sub_1", 1, SUB_ACTIVE, "price_team", 3, 31));
	put(&p, sub("sub_1", 31, SUB_ACTIVE, "price_ent", 1, 61));
	put(&p, with_link(paid(OBJECT_INVOICE, "in_1", 1, 8700, "eur"),
	    OBJECT_SUBSCRIPTION, "sub_1"));
	put(&p, period(OBJECT_INVOICE, "in_1", 1, 31));
	put(&p, with_link(seen(OBJECT_PAYMENT, "pi_1", 1), OBJECT_INVOICE,
	    "in_1"));
	put(&p, paid(OBJECT_PAYMENT, "pi_1", 1, 8700, "eur"));
	put(&p, refunded(OBJECT_PAYMENT, "pi_1", 10, 8700));
	put(&p, dispute("pi_1", "dp_1", 12, DISPUTE_OPEN));
	put(&p, dispute("pi_1", "dp_1", 30, DISPUTE_LOST));
	put(&p, dispute("pi_1", "dp_2", 30, DISPUTE_REVERSAL));
	put(&p, with_link(paid(OBJECT_INVOICE, "in_2", 31, 9900, "eur"),
	    OBJECT_SUBSCRIPTION, "sub_1"));
	put(&p, period(OBJECT_INVOICE, "in_2", 31, 61));
	put(&p, refund("pi_1", "re_1", 9, 8700, REFUND_SUCCEEDED));
	put(&p, refund("pi_1", "re_1", 9, 8700, REFUND_CANCELED));
	put(&p, with_name(with_link(paid(OBJECT_ORDER, "or_1", 1, 8700,
	    "eur"), OBJECT_SUBSCRIPTION, "sub_1"), &team,
	    NAMED_BY_SERVER_KEY));
	walk_all(&p, LONGEST - 1);
}

/* Who and what: names of several strengths, users, modes, odd prices. */
static void
every_order_of_names_and_prices_ends_the_same(void)
{
	struct palette	 p = { .name = "names and prices",
			    .session = session_of(&pro) };
	struct fact	 live = paid(OBJECT_PAYMENT, "pi_1", 3, 2900, "eur");

	live.livemode = true;
	put(&p, with_name(paid(OBJECT_PAYMENT, "pi_1", 2, 2900, "eur"), &pro,
	    NAMED_BY_BUYER));
	put(&p, with_name(seen(OBJECT_PAYMENT, "pi_1", 2), &team,
	    NAMED_BY_METADATA));
	put(&p, with_name(seen(OBJECT_PAYMENT, "pi_1", 2), &pro,
	    NAMED_BY_METADATA));
	put(&p, with_name(seen(OBJECT_CHECKOUT, "cs_1", 2), &pro,
	    NAMED_BY_SERVER_KEY));
	put(&p, with_link(seen(OBJECT_CHECKOUT, "cs_1", 2), OBJECT_INVOICE,
	    "in_1"));
	put(&p, with_link(seen(OBJECT_PAYMENT, "pi_1", 2), OBJECT_INVOICE,
	    "in_1"));
	put(&p, with_user(seen(OBJECT_PAYMENT, "pi_1", 2), "u1"));
	put(&p, with_user(seen(OBJECT_PAYMENT, "pi_1", 2), "u2"));
	put(&p, live);
	put(&p, with_item(fact(FACT_ITEMS, OBJECT_PAYMENT, "pi_1", 101),
	    "price_new_here", 1));
	put(&p, with_item(with_item(fact(FACT_ITEMS, OBJECT_PAYMENT, "pi_1",
	    4), "price_pro", 2), "price_pack", 1));
	put(&p, recurring(with_item(fact(FACT_ITEMS, OBJECT_PAYMENT, "pi_1",
	    4), "price_pro", 2)));
	put(&p, with_item(fact(FACT_ITEMS, OBJECT_CHECKOUT, "cs_1", 4),
	    "price_storage", 1));
	put(&p, paid(OBJECT_PAYMENT, "pi_1", 5, 2901, "eur"));
	walk_all(&p, LONGEST - 1);
}

/* Two subscriptions that hang together by one order. */
static void
every_order_of_two_subscriptions_ends_the_same(void)
{
	struct palette	 p = { .name = "two subscriptions",
			    .session = session_of(&pro) };

	put(&p, sub("sub_1", 1, SUB_ACTIVE, "price_pro", 1, 31));
	put(&p, sub("sub_1", 31, SUB_PAUSED, "price_pro", 1, 0));
	put(&p, ended("sub_1", 20));
	put(&p, sub("sub_2", 1, SUB_ACTIVE, "price_team", 2, 31));
	put(&p, sub("sub_2", 5, SUB_ACTIVE, "price_moved", 2, 31));
	put(&p, ended("sub_2", 35));
	put(&p, with_link(with_link(paid(OBJECT_ORDER, "or_1", 1, 5800,
	    "eur"), OBJECT_SUBSCRIPTION, "sub_1"), OBJECT_SUBSCRIPTION,
	    "sub_2"));
	put(&p, with_link(paid(OBJECT_INVOICE, "in_1", 1, 2900, "eur"),
	    OBJECT_SUBSCRIPTION, "sub_1"));
	put(&p, with_link(paid(OBJECT_INVOICE, "in_2", 1, 2900, "eur"),
	    OBJECT_SUBSCRIPTION, "sub_2"));
	put(&p, refunded(OBJECT_INVOICE, "in_1", 4, 2900));
	put(&p, refunded(OBJECT_INVOICE, "in_2", 4, 2900));
	put(&p, refunded(OBJECT_ORDER, "or_1", 4, 5800));
	put(&p, with_item(fact(FACT_ITEMS, OBJECT_ORDER, "or_1", 1),
	    "price_pack", 1));
	put(&p, with_link(seen(OBJECT_INVOICE, "in_2", 1), OBJECT_INVOICE,
	    "in_1"));
	walk_all(&p, LONGEST - 1);
}

CU_TestInfo orders_tests[] = {
	{ "every order of a payment and a subscription ends the same",
	    every_order_of_a_payment_and_a_subscription_ends_the_same },
	{ "every order of a single second ends the same",
	    every_order_of_a_single_second_ends_the_same },
	{ "every order of bills and refunds ends the same",
	    every_order_of_bills_and_refunds_ends_the_same },
	{ "every order of names and prices ends the same",
	    every_order_of_names_and_prices_ends_the_same },
	{ "every order of two subscriptions ends the same",
	    every_order_of_two_subscriptions_ends_the_same },
	CU_TEST_INFO_NULL
};
