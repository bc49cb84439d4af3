/*
 * Promises of core/purchase.h: what belongs together, what is sold, under
 * which version, and how it stands.
 */
#include "base/guard.h"
#include "unit/core/world.h"
#include "unit/unit.h"

static const struct terms	pro = {
	.session = STR("us_1"), .user = STR("u1"), .tier = STR("pro"),
	.quantity = 2, .matrix_version = 1, .amount = -1,
};

static const struct purchase *
bought(struct world *w, enum object_kind kind, const char *ref)
{
	const struct object_key	 k = key(kind, ref);

	for (size_t i = 0; i < w->purchase_count; i++)
		if (object_key_cmp(&w->purchases[i].key, &k) == 0)
			return &w->purchases[i];
	must_stop("such a purchase", __FILE__, __LINE__);
}

/* --- what belongs together --------------------------------------------- */

static void
linked_objects_are_one_purchase_in_either_direction(void)
{
	struct world	 w = world_new(1);

	world_hears(&w, with_link(seen(OBJECT_CHECKOUT, "cs_1", 1),
	    OBJECT_PAYMENT, "pi_1"));
	world_hears(&w, paid(OBJECT_PAYMENT, "pi_1", 1, 100, "eur"));
	world_hears(&w, with_link(seen(OBJECT_INVOICE, "in_1", 1),
	    OBJECT_PAYMENT, "pi_1"));
	world_hears(&w, seen(OBJECT_ORDER, "or_9", 1));
	CU_ASSERT_EQUAL(w.purchase_count, 2);
	CU_ASSERT_EQUAL(bought(&w, OBJECT_PAYMENT, "pi_1")->object_count, 3);
	CU_ASSERT_EQUAL(bought(&w, OBJECT_ORDER, "or_9")->object_count, 1);
}

static void
objects_that_link_to_the_same_unseen_one_are_one_purchase(void)
{
	struct world	 w = world_new(1);

	world_hears(&w, with_link(seen(OBJECT_INVOICE, "in_1", 1),
	    OBJECT_SUBSCRIPTION, "sub_1"));
	world_hears(&w, with_link(seen(OBJECT_INVOICE, "in_3", 1),
	    OBJECT_SUBSCRIPTION, "sub_3"));
	world_hears(&w, with_link(seen(OBJECT_CHECKOUT, "cs_1", 1),
	    OBJECT_SUBSCRIPTION, "sub_1"));
	CU_ASSERT_EQUAL(w.purchase_count, 2);
	CU_ASSERT_EQUAL(w.purchases[0].object_count, 2);
	CU_ASSERT_FALSE(w.purchases[0].subscription);
}

static void
a_purchase_is_named_after_its_subscription(void)
{
	struct world	 w = world_new(1);

	world_hears(&w, with_link(seen(OBJECT_SUBSCRIPTION, "sub_1", 1),
	    OBJECT_INVOICE, "in_1"));
	CU_ASSERT_FALSE(world_purchase(&w)->subscription);
	world_hears(&w, sub("sub_1", 1, SUB_ACTIVE, "price_pro", 1, 31));
	world_hears(&w, seen(OBJECT_INVOICE, "in_1", 1));
	CU_ASSERT(world_purchase(&w)->subscription);
	SAME(world_purchase(&w)->key.ref, "sub_1");
	CU_ASSERT_PTR_NOT_NULL(world_purchase(&w)->head);
}

static void
the_end_of_one_subscription_takes_nothing_from_another(void)
{
	struct world	 w = world_new(1);

	world_hears(&w, with_link(with_link(paid(OBJECT_ORDER, "or_1", 1,
	    100, "eur"), OBJECT_SUBSCRIPTION, "sub_1"), OBJECT_SUBSCRIPTION,
	    "sub_2"));
	world_hears(&w, sub("sub_1", 1, SUB_ACTIVE, "price_pro", 1, 31));
	world_hears(&w, sub("sub_2", 1, SUB_ACTIVE, "price_ent", 1, 31));
	world_hears(&w, with_link(paid(OBJECT_INVOICE, "in_2", 3, 90, "eur"),
	    OBJECT_SUBSCRIPTION, "sub_2"));
	CU_ASSERT_EQUAL(w.purchase_count, 2);
	CU_ASSERT_EQUAL(bought(&w, OBJECT_SUBSCRIPTION, "sub_1")->
	    object_count, 2);
	CU_ASSERT_EQUAL(bought(&w, OBJECT_SUBSCRIPTION, "sub_2")->
	    object_count, 3);
	world_hears(&w, refunded(OBJECT_INVOICE, "in_2", 4, 90));
	CU_ASSERT_EQUAL(bought(&w, OBJECT_SUBSCRIPTION, "sub_1")->state,
	    PURCHASE_ACTIVE);
	world_hears(&w, ended("sub_2", 1));
	CU_ASSERT(world_is(&w, "pro", HOLDING_ACTIVE));
}

static void
purchases_are_in_the_order_of_their_keys(void)
{
	struct world	 w = world_new(1);
	struct fact	 f = with_link(seen(OBJECT_ORDER, "or_1", 1),
			    OBJECT_SUBSCRIPTION, "sub_2");

	f.object.provider = STR("paddle");
	world_hears(&w, f);
	world_hears(&w, seen(OBJECT_PAYMENT, "pi_1", 1));
	world_hears(&w, sub("sub_2", 1, SUB_ACTIVE, "price_pro", 1, 31));
	world_hears(&w, sub("sub_1", 1, SUB_ACTIVE, "price_pro", 1, 31));
	CU_ASSERT_EQUAL(w.purchase_count, 3);
	for (size_t i = 1; i < w.purchase_count; i++)
		CU_ASSERT(object_key_cmp(&w.purchases[i - 1].key,
		    &w.purchases[i].key) < 0);
}

static void
nobody_has_more_than_so_many_objects(void)
{
	struct object	*many = arena_many(unit_arena(), OBJECTS_MAX + 1,
			    struct object);
	struct purchase	*list;
	struct err	 e;
	size_t		 n;

	for (size_t i = 0; i <= OBJECTS_MAX; i++)
		many[i].key = key(OBJECT_PAYMENT, arena_text(unit_arena(),
		    "pi_%zu", i).at);
	CU_ASSERT_EQUAL(purchases_read(shop(), many, OBJECTS_MAX, ON_DAY(1),
	    unit_arena(), &list, &n, &e), RC_OK);
	CU_ASSERT_EQUAL(n, OBJECTS_MAX);
	CU_ASSERT_EQUAL(purchases_read(shop(), many, OBJECTS_MAX + 1,
	    ON_DAY(1), unit_arena(), &list, &n, &e), RC_INVALID_VALUE);
}

static void
the_strongest_name_among_its_objects_is_the_purchases(void)
{
	static const struct {
		const char	*payment, *checkout;
		enum naming	 payment_by, checkout_by;
		const char	*session;
	} rows[] = {
		{ "us_b", "us_a", NAMED_BY_METADATA, NAMED_BY_BUYER, "us_b" },
		{ "us_a", "us_b", NAMED_BY_BUYER, NAMED_BY_OURS, "us_b" },
		{ "us_b", "us_a", NAMED_BY_OURS, NAMED_BY_OURS, "us_b" },
		{ "us_a", "us_b", NAMED_BY_OURS, NAMED_BY_OURS, "us_b" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct world	 w = world_new(1);
		struct terms	 p = pro, c = pro;

		p.session = str_of(rows[i].payment);
		c.session = str_of(rows[i].checkout);
		world_hears(&w, with_name(seen(OBJECT_PAYMENT, "pi_1", 1),
		    &p, rows[i].payment_by));
		world_hears(&w, with_link(with_name(seen(OBJECT_CHECKOUT,
		    "cs_1", 1), &c, rows[i].checkout_by), OBJECT_PAYMENT,
		    "pi_1"));
		SAME(world_purchase(&w)->session, rows[i].session);
		SAME(world_purchase(&w)->terms.session, rows[i].session);
	}
}

/* --- what is sold ------------------------------------------------------ */

static void
a_payment_without_a_price_sells_what_a_trusted_session_asked_for(void)
{
	static const struct {
		enum naming	 naming;
		bool		 sells;
	} rows[] = {
		{ NAMED_BY_NOBODY, false }, { NAMED_BY_BUYER, false },
		{ NAMED_BY_METADATA, true }, { NAMED_BY_SERVER_KEY, true },
		{ NAMED_BY_OURS, true },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct world	 w = world_new(1);
		const struct purchase *p;

		world_hears(&w, with_name(paid(OBJECT_PAYMENT, "pi_1", 1,
		    100, "eur"), &pro, rows[i].naming));
		p = world_purchase(&w);
		ROW(p->sold_count == rows[i].sells,
		    naming_names[rows[i].naming]);
		ROW(p->by_terms == rows[i].sells,
		    naming_names[rows[i].naming]);
		ROW(world_is(&w, rows[i].sells ? "pro" : "free",
		    rows[i].sells ? HOLDING_ACTIVE : HOLDING_DEFAULT),
		    naming_names[rows[i].naming]);
		SAME(p->session, "us_1");
	}
}

static void
unpaid_it_sells_nothing_and_neither_does_an_unknown_session(void)
{
	struct world	 w = world_new(1);
	struct fact	 f = with_name(seen(OBJECT_PAYMENT, "pi_1", 1), &pro,
			    NAMED_BY_METADATA);

	world_hears(&w, f);
	CU_ASSERT_EQUAL(world_purchase(&w)->sold_count, 0);
	CU_ASSERT_EQUAL(world_purchase(&w)->state, PURCHASE_PENDING);

	w = world_new(1);
	f.kind = FACT_PAID;
	f.terms = (struct terms){ 0 };
	world_hears(&w, f);
	CU_ASSERT_EQUAL(world_purchase(&w)->sold_count, 0);
	CU_ASSERT_EQUAL(world_purchase(&w)->state, PURCHASE_ACTIVE);
}

static void
amount_and_currency_must_agree_where_they_were_named(void)
{
	static const struct {
		const char	*what;
		int64_t		 asked;
		const char	*currency;
		enum naming	 naming;
		bool		 sells;
	} rows[] = {
		{ "nothing named", -1, "", NAMED_BY_METADATA, true },
		{ "both agree", 2900, "eur", NAMED_BY_METADATA, true },
		{ "amount alone", 2900, "", NAMED_BY_SERVER_KEY, true },
		{ "currency alone", -1, "eur", NAMED_BY_METADATA, true },
		{ "another amount", 2901, "eur", NAMED_BY_METADATA, false },
		{ "another currency", 2900, "usd", NAMED_BY_METADATA, false },
		{ "only a currency, another", -1, "usd", NAMED_BY_METADATA,
		    false },
		{ "our own checkout", 2901, "usd", NAMED_BY_OURS, true },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct world	 w = world_new(1);
		struct terms	 t = pro;

		t.amount = rows[i].asked;
		t.currency = str_of(rows[i].currency);
		world_hears(&w, with_name(with_link(seen(OBJECT_CHECKOUT,
		    "cs_1", 1), OBJECT_PAYMENT, "pi_1"), &t,
		    rows[i].naming));
		world_hears(&w, paid(OBJECT_PAYMENT, "pi_1", 1, 2900,
		    "eur"));
		ROW((world_purchase(&w)->sold_count == 1) == rows[i].sells,
		    rows[i].what);
		ROW(world_purchase(&w)->mismatch == !rows[i].sells,
		    rows[i].what);
	}
}

static void
a_session_for_add_ons_sells_each_of_them(void)
{
	static const struct str	 packs[] = { STR("export-pack"),
				    STR("gone"), STR("licence") };
	struct terms		 t = pro;
	struct world		 w = world_new(1);

	t.tier = STR("");
	t.addons = packs;
	t.addon_count = COUNT(packs);
	world_hears(&w, with_name(paid(OBJECT_PAYMENT, "pi_1", 1, 1, "eur"),
	    &t, NAMED_BY_OURS));
	CU_ASSERT_EQUAL(world_purchase(&w)->sold_count, 2);
	CU_ASSERT(world_can(&w, "export:csv"));
	CU_ASSERT(world_has(&w, "licence", ASSET_IS_PENDING));
	CU_ASSERT(world_is(&w, "free", HOLDING_DEFAULT));
}

static void
what_was_paid_decides_and_not_what_the_session_asked_for(void)
{
	struct world	 w = world_new(1);
	struct fact	 f = with_name(paid(OBJECT_ORDER, "or_1", 1, 1,
			    "eur"), &pro, NAMED_BY_OURS);

	world_hears(&w, f);
	world_hears(&w, with_item(fact(FACT_ITEMS, OBJECT_ORDER, "or_1", 1),
	    "price_ent", 3));
	CU_ASSERT(world_is(&w, "enterprise", HOLDING_ACTIVE));
	CU_ASSERT_EQUAL(w.holding.quantity, 3);
	CU_ASSERT_FALSE(world_purchase(&w)->by_terms);
}

static void
items_of_one_tier_add_up_and_none_of_one_buys_nothing(void)
{
	struct world	 w = world_new(1);
	struct fact	 f = sub("sub_1", 1, SUB_ACTIVE, "price_pro", 2, 31);

	f = with_item(with_item(f, "price_pro_yearly", 3), "price_pack", 1);
	world_hears(&w, with_item(with_item(f, "price_ent", 0),
	    "price_licence", -1));
	CU_ASSERT_EQUAL(world_purchase(&w)->sold_count, 2);
	SAME(world_purchase(&w)->sold[0].tier->id, "export-pack");
	SAME(world_purchase(&w)->sold[1].tier->id, "pro");
	CU_ASSERT_EQUAL(world_purchase(&w)->sold[1].quantity, 5);
}

static void
a_price_that_nobody_claims_is_said_and_the_others_are_sold(void)
{
	struct world	 w = world_new(1);

	world_hears(&w, with_item(with_item(sub("sub_1", 1, SUB_ACTIVE,
	    "price_x", 1, 31), "price_a", 1), "price_pro", 1));
	CU_ASSERT(world_purchase(&w)->unmapped);
	SAME(world_purchase(&w)->unmapped_price, "price_a");
	CU_ASSERT(world_is(&w, "pro", HOLDING_ACTIVE));
	CU_ASSERT(w.holding.follows_newest);
}

static void
a_torn_purchase_sells_nothing(void)
{
	struct world	 w = world_new(1);

	world_hears(&w, sub("sub_1", 1, SUB_ACTIVE, "price_pro", 1, 31));
	world_hears(&w, with_link(with_user(seen(OBJECT_INVOICE, "in_1", 1),
	    "u1"), OBJECT_SUBSCRIPTION, "sub_1"));
	CU_ASSERT(world_is(&w, "pro", HOLDING_ACTIVE));
	world_hears(&w, with_user(seen(OBJECT_INVOICE, "in_1", 1), "u2"));
	CU_ASSERT(world_purchase(&w)->torn);
	CU_ASSERT_EQUAL(world_purchase(&w)->state, PURCHASE_PENDING);
	CU_ASSERT(world_is(&w, "free", HOLDING_DEFAULT));
	world_hears(&w, ended("sub_1", 1));
	CU_ASSERT_EQUAL(world_purchase(&w)->state, PURCHASE_ENDED);
}

static void
a_purchase_of_the_other_mode_grants_nothing(void)
{
	struct world	 w = world_new(1);
	struct fact	 f = sub("sub_1", 1, SUB_ACTIVE, "price_pro", 1, 31);

	f.livemode = true;
	world_hears(&w, f);
	CU_ASSERT(world_is(&w, "free", HOLDING_DEFAULT));
	CU_ASSERT_EQUAL(w.holding.due_at, 0);
	w.livemode = true;
	world_settle(&w);
	CU_ASSERT(world_is(&w, "pro", HOLDING_ACTIVE));
	CU_ASSERT(w.holding.livemode);
}

static void
an_order_that_renews_leaves_the_granting_to_its_subscription(void)
{
	struct world	 w = world_new(1);

	world_hears(&w, with_link(paid(OBJECT_ORDER, "or_1", 1, 100, "eur"),
	    OBJECT_SUBSCRIPTION, "sub_1"));
	world_hears(&w, recurring(with_item(fact(FACT_ITEMS, OBJECT_ORDER,
	    "or_1", 1), "price_pro", 1)));
	CU_ASSERT_EQUAL(world_purchase(&w)->state, PURCHASE_PENDING);
	world_hears(&w, sub("sub_1", 1, SUB_INCOMPLETE, "price_pro", 1, 0));
	CU_ASSERT(world_is(&w, "free", HOLDING_DEFAULT));
	world_hears(&w, sub("sub_1", 1, SUB_ACTIVE, "price_pro", 1, 31));
	CU_ASSERT(world_is(&w, "pro", HOLDING_ACTIVE));
	CU_ASSERT_EQUAL(w.purchase_count, 1);
}

static void
a_subscription_heard_of_only_by_its_bill_sells_what_is_known(void)
{
	struct world	 w = world_new(1);

	world_hears(&w, period(OBJECT_SUBSCRIPTION, "sub_1", 1, 31));
	CU_ASSERT_EQUAL(world_purchase(&w)->state, PURCHASE_ACTIVE);
	CU_ASSERT_EQUAL(world_purchase(&w)->sold_count, 0);
	world_hears(&w, with_link(recurring(with_item(fact(FACT_ITEMS,
	    OBJECT_ORDER, "or_1", 1), "price_pro", 1)), OBJECT_SUBSCRIPTION,
	    "sub_1"));
	CU_ASSERT(world_is(&w, "pro", HOLDING_ACTIVE));

	w = world_new(1);
	world_hears(&w, with_name(period(OBJECT_SUBSCRIPTION, "sub_1", 1,
	    31), &pro, NAMED_BY_METADATA));
	CU_ASSERT(world_is(&w, "pro", HOLDING_ACTIVE));
	CU_ASSERT(world_purchase(&w)->by_terms);
}

static void
a_bill_of_another_amount_keeps_a_priceless_subscription_back(void)
{
	struct world	 w = world_new(1);
	struct terms	 t = pro;

	t.amount = 2900;
	world_hears(&w, with_name(period(OBJECT_SUBSCRIPTION, "sub_1", 1,
	    31), &t, NAMED_BY_METADATA));
	CU_ASSERT_EQUAL(world_purchase(&w)->sold_count, 0);
	CU_ASSERT_FALSE(world_purchase(&w)->mismatch);
	world_hears(&w, with_link(paid(OBJECT_INVOICE, "in_1", 1, 100,
	    "eur"), OBJECT_SUBSCRIPTION, "sub_1"));
	CU_ASSERT(world_purchase(&w)->mismatch);
	CU_ASSERT_EQUAL(world_purchase(&w)->sold_count, 0);
}

static void
of_two_lists_of_items_the_later_is_bought(void)
{
	struct world	 w = world_new(1);

	world_hears(&w, with_link(with_item(fact(FACT_ITEMS, OBJECT_CHECKOUT,
	    "cs_1", 2), "price_pack", 1), OBJECT_PAYMENT, "pi_1"));
	world_hears(&w, paid(OBJECT_CHECKOUT, "cs_1", 1, 1, "eur"));
	world_hears(&w, with_item(fact(FACT_ITEMS, OBJECT_PAYMENT, "pi_1",
	    1), "price_pro", 1));
	CU_ASSERT(world_is(&w, "free", HOLDING_DEFAULT));
	world_hears(&w, with_item(fact(FACT_ITEMS, OBJECT_PAYMENT, "pi_1",
	    3), "price_pro", 1));
	CU_ASSERT(world_is(&w, "pro", HOLDING_ACTIVE));
	/* In one second the smaller key speaks. */
	world_hears(&w, with_item(fact(FACT_ITEMS, OBJECT_CHECKOUT, "cs_1",
	    3), "price_pack", 1));
	CU_ASSERT(world_is(&w, "pro", HOLDING_ACTIVE));
}

/* --- under which version ----------------------------------------------- */

static void
a_purchase_follows_its_sessions_version(void)
{
	struct world	 w = world_new(120);

	world_hears(&w, with_name(paid(OBJECT_PAYMENT, "pi_1", 120, 1,
	    "eur"), &pro, NAMED_BY_METADATA));
	CU_ASSERT_EQUAL(world_purchase(&w)->pin, 1);
	CU_ASSERT_EQUAL(w.holding.matrix_version, 1);
	CU_ASSERT_FALSE(world_can(&w, "reports:new"));
	CU_ASSERT_FALSE(w.holding.follows_newest);
}

static void
a_buyers_word_chooses_no_version(void)
{
	struct world	 w = world_new(120);

	world_hears(&w, with_name(sub("sub_1", 120, SUB_ACTIVE, "price_moved",
	    1, 150), &pro, NAMED_BY_BUYER));
	CU_ASSERT_EQUAL(world_purchase(&w)->pin, 2);
	CU_ASSERT(world_is(&w, "team", HOLDING_ACTIVE));
}

static void
without_a_session_the_first_word_of_its_price_pins_it(void)
{
	struct world	 w = world_new(120);

	world_hears(&w, sub("sub_1", 120, SUB_ACTIVE, "price_moved", 1,
	    150));
	CU_ASSERT(world_is(&w, "team", HOLDING_ACTIVE));
	world_hears(&w, sub("sub_1", 99, SUB_ACTIVE, "price_moved", 1, 129));
	CU_ASSERT(world_is(&w, "pro", HOLDING_ACTIVE));
	CU_ASSERT_FALSE(world_can(&w, "reports:new"));

	w = world_new(120);
	world_hears(&w, seen(OBJECT_PAYMENT, "pi_1", 99));
	CU_ASSERT_EQUAL(world_purchase(&w)->pin, 1);
}

static void
a_price_unknown_to_its_version_is_read_from_the_newest(void)
{
	struct world	 w = world_new(120);

	world_hears(&w, sub("sub_1", 99, SUB_ACTIVE, "price_new", 1, 129));
	CU_ASSERT(world_purchase(&w)->unmapped);
	world_hears(&w, with_item(sub("sub_1", 100, SUB_ACTIVE,
	    "price_pro_new", 1, 130), "price_fresh", 1));
	CU_ASSERT_EQUAL(world_purchase(&w)->pin, 1);
	CU_ASSERT(world_is(&w, "pro", HOLDING_ACTIVE));
	CU_ASSERT(world_can(&w, "reports:new"));
	CU_ASSERT_EQUAL(w.holding.matrix_version, 2);
	CU_ASSERT(w.holding.follows_newest);
	CU_ASSERT_EQUAL(world_limit(&w, "api"), 50100);
}

static void
terms_of_a_tier_unknown_to_their_version_are_read_from_the_newest(void)
{
	static const struct str	 fresh[] = { STR("fresh") };
	struct terms		 t = pro;
	struct world		 w = world_new(120);

	t.addons = fresh;
	t.addon_count = 1;
	world_hears(&w, with_name(paid(OBJECT_PAYMENT, "pi_1", 120, 1,
	    "eur"), &t, NAMED_BY_METADATA));
	CU_ASSERT_EQUAL(world_purchase(&w)->sold_count, 2);
	CU_ASSERT_EQUAL(world_purchase(&w)->sold[0].matrix->version, 2);
	CU_ASSERT_EQUAL(world_purchase(&w)->sold[1].matrix->version, 1);
}

static void
one_tier_of_two_versions_is_sold_in_the_order_of_versions(void)
{
	struct world	 w = world_new(120);

	world_hears(&w, with_item(sub("sub_1", 99, SUB_ACTIVE,
	    "price_pro_new", 1, 129), "price_pro", 1));
	CU_ASSERT_EQUAL(world_purchase(&w)->sold_count, 2);
	CU_ASSERT_EQUAL(world_purchase(&w)->sold[0].matrix->version, 1);
	CU_ASSERT_EQUAL(world_purchase(&w)->sold[1].matrix->version, 2);
}

static void
an_operator_moves_a_purchase_on_and_never_back(void)
{
	struct world	 w = world_new(120);

	world_hears(&w, with_name(paid(OBJECT_PAYMENT, "pi_1", 120, 1,
	    "eur"), &pro, NAMED_BY_METADATA));
	world_hears(&w, with_link(seen(OBJECT_CHECKOUT, "cs_1", 120),
	    OBJECT_PAYMENT, "pi_1"));
	CU_ASSERT_FALSE(world_can(&w, "reports:new"));
	w.objects[1].moved_to = 2;
	world_settle(&w);
	CU_ASSERT_EQUAL(world_purchase(&w)->pin, 2);
	CU_ASSERT(world_can(&w, "reports:new"));
	w.objects[1].moved_to = 1;
	world_settle(&w);
	CU_ASSERT_EQUAL(world_purchase(&w)->pin, 1);

	w = world_new(120);
	world_hears(&w, sub("sub_1", 120, SUB_ACTIVE, "price_pro", 1, 150));
	w.objects[0].moved_to = 1;
	world_settle(&w);
	CU_ASSERT_EQUAL(world_purchase(&w)->pin, 2);
}

static void
the_versions_needed_are_told_before_they_are_loaded(void)
{
	struct world	 w = world_new(120);
	int64_t		*versions;
	size_t		 n;

	world_hears(&w, sub("sub_3", 110, SUB_ACTIVE, "price_pro", 1, 150));
	world_hears(&w, sub("sub_2", 50, SUB_ACTIVE, "price_pro", 1, 150));
	world_hears(&w, sub("sub_1", 101, SUB_ACTIVE, "price_pro", 1, 150));
	purchases_versions(w.catalog, w.objects, w.object_count, w.arena,
	    &versions, &n);
	CU_ASSERT_EQUAL(n, 2);
	CU_ASSERT_EQUAL(versions[0], 1);
	CU_ASSERT_EQUAL(versions[1], 2);
	purchases_versions(w.catalog, NULL, 0, w.arena, &versions, &n);
	CU_ASSERT_EQUAL(n, 0);
}

/* --- how it stands ----------------------------------------------------- */

static void
a_subscription_stands_as_its_state_and_its_times_say(void)
{
	struct fact	 trial = trial_until(sub("s", 1, SUB_TRIALING,
			    "price_team", 1, 15), 15);
	struct fact	 bare = sub("s", 1, SUB_ACTIVE, "price_team", 1, 0);
	struct fact	 active = sub("s", 1, SUB_ACTIVE, "price_team", 1,
			    31);
	struct fact	 due = sub("s", 31, SUB_PAST_DUE, "price_team", 1,
			    61);
	struct fact	 late = sub("s", 33, SUB_PAST_DUE, "price_team", 1,
			    0);
	struct fact	 unpaid = sub("s", 33, SUB_UNPAID, "price_team", 1,
			    0);
	struct fact	 kind = sub("s", 33, SUB_UNPAID, "price_pro", 1, 0);
	struct fact	 paused = sub("s", 33, SUB_PAUSED, "price_team", 1,
			    0);
	struct fact	 begun = sub("s", 1, SUB_INCOMPLETE, "price_team", 1,
			    0);
	struct fact	 odd = sub("s", 1, SUB_NONE, "price_team", 1, 0);
	struct fact	 gone = sub("s", 5, SUB_CANCELED, "price_team", 1,
			    0);
	struct fact	 planned = cancelling(active, 33);
	struct fact	 dead = cancelling(unpaid, 40);
	const struct {
		const char		*what;
		struct fact		 facts[2];
		int			 day;
		enum purchase_state	 state;
		int			 due;
	} rows[] = {
		{ "no known word", { odd, odd }, 2, PURCHASE_PENDING, 0 },
		{ "incomplete", { begun, begun }, 2, PURCHASE_PENDING, 0 },
		{ "paid in the same second", { begun, period(
		    OBJECT_SUBSCRIPTION, "s", 1, 31) }, 2, PURCHASE_ACTIVE,
		    31 },
		{ "a bill for time that was over", { late, period(
		    OBJECT_SUBSCRIPTION, "s", 35, 31) }, 35, PURCHASE_SUSPENDED,
		    0 },
		{ "the same, where grace is long", { kind, period(
		    OBJECT_SUBSCRIPTION, "s", 34, 32) }, 34,
		    PURCHASE_SUSPENDED, 0 },
		{ "trial", { trial, trial }, 14, PURCHASE_TRIALING, 15 },
		{ "trial, told late", { trial, trial }, 15, PURCHASE_GRACE,
		    18 },
		{ "trial, its free bill", { trial, period(
		    OBJECT_SUBSCRIPTION, "s", 2, 15) }, 14,
		    PURCHASE_TRIALING, 15 },
		{ "trial, then a bill", { trial, period(
		    OBJECT_SUBSCRIPTION, "s", 15, 45) }, 16, PURCHASE_ACTIVE,
		    45 },
		{ "active for ever", { bare, bare }, 900, PURCHASE_ACTIVE,
		    0 },
		{ "active", { active, active }, 30, PURCHASE_ACTIVE, 31 },
		{ "news is late", { active, active }, 31, PURCHASE_GRACE,
		    34 },
		{ "too late", { active, active }, 34, PURCHASE_SUSPENDED,
		    0 },
		{ "past due", { active, due }, 32, PURCHASE_GRACE, 34 },
		{ "past due, heard late", { active, late }, 33,
		    PURCHASE_GRACE, 34 },
		{ "past due of unknown end", { late, late }, 35,
		    PURCHASE_GRACE, 36 },
		{ "past due, dunning over", { active, due }, 34,
		    PURCHASE_SUSPENDED, 0 },
		{ "unpaid", { active, unpaid }, 33, PURCHASE_SUSPENDED, 0 },
		{ "unpaid, then a bill", { unpaid, period(
		    OBJECT_SUBSCRIPTION, "s", 34, 61) }, 35, PURCHASE_ACTIVE,
		    61 },
		{ "paused", { active, paused }, 33, PURCHASE_SUSPENDED, 0 },
		{ "paused in spite of a bill", { paused, period(
		    OBJECT_SUBSCRIPTION, "s", 34, 61) }, 35,
		    PURCHASE_SUSPENDED, 0 },
		{ "canceled", { active, gone }, 5, PURCHASE_ENDED, 0 },
		{ "planned", { planned, planned }, 30, PURCHASE_ACTIVE, 31 },
		{ "planned, in grace", { planned, planned }, 32,
		    PURCHASE_GRACE, 33 },
		{ "planned, over", { planned, planned }, 33, PURCHASE_ENDED,
		    0 },
		{ "suspended and planned", { active, dead }, 35,
		    PURCHASE_SUSPENDED, 40 },
		{ "ended later", { active, ended("s", 20) }, 19,
		    PURCHASE_ACTIVE, 20 },
		{ "ended", { active, ended("s", 20) }, 20, PURCHASE_ENDED,
		    0 },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct world	 w = world_new(rows[i].day);

		world_hears(&w, rows[i].facts[0]);
		world_hears(&w, rows[i].facts[1]);
		ROW(world_purchase(&w)->state == rows[i].state,
		    rows[i].what);
		ROW(world_purchase(&w)->due_at == (rows[i].due == 0 ? 0 :
		    ON_DAY(rows[i].due)), rows[i].what);
	}
}

static void
a_trial_without_an_end_of_its_own_runs_until_it_is_paid_for(void)
{
	struct world	 w = world_new(1);

	world_hears(&w, sub("sub_1", 1, SUB_TRIALING, "price_pro", 1, 15));
	CU_ASSERT_EQUAL(world_purchase(&w)->trial_end, ON_DAY(15));
	world_hears(&w, period(OBJECT_SUBSCRIPTION, "sub_1", 2, 45));
	CU_ASSERT_EQUAL(world_purchase(&w)->state, PURCHASE_TRIALING);
}

static void
policy_decides_about_money_back_on_a_single_payment(void)
{
	static const struct {
		const char		*what;
		struct policy		 policy;
		int64_t			 back;
		enum dispute_state	 dispute;
		enum purchase_state	 state;
	} rows[] = {
#define P(full, part, open, lost) { POLICY_##full, POLICY_##part,	\
	POLICY_##open, POLICY_##lost, POLICY_KEEP, POLICY_REFUSE }
		{ "full, revoke", P(REVOKE, KEEP, SUSPEND, REVOKE), 100,
		    DISPUTE_WON, PURCHASE_REVOKED },
		{ "full, end of period", P(END_OF_PERIOD, KEEP, KEEP, KEEP),
		    100, DISPUTE_WON, PURCHASE_REVOKED },
		{ "full, keep", P(KEEP, REVOKE, SUSPEND, REVOKE), 100,
		    DISPUTE_WON, PURCHASE_ACTIVE },
		{ "part, keep", P(REVOKE, KEEP, SUSPEND, REVOKE), 99,
		    DISPUTE_WON, PURCHASE_ACTIVE },
		{ "part, revoke", P(KEEP, REVOKE, SUSPEND, REVOKE), 1,
		    DISPUTE_WON, PURCHASE_REVOKED },
		{ "open, suspend", P(REVOKE, KEEP, SUSPEND, REVOKE), 0,
		    DISPUTE_OPEN, PURCHASE_SUSPENDED },
		{ "open, keep", P(REVOKE, KEEP, KEEP, REVOKE), 0,
		    DISPUTE_OPEN, PURCHASE_ACTIVE },
		{ "lost, revoke", P(REVOKE, KEEP, SUSPEND, REVOKE), 0,
		    DISPUTE_LOST, PURCHASE_REVOKED },
		{ "lost, keep", P(REVOKE, KEEP, SUSPEND, KEEP), 0,
		    DISPUTE_LOST, PURCHASE_ACTIVE },
		{ "refunded and open", P(REVOKE, KEEP, SUSPEND, REVOKE), 100,
		    DISPUTE_OPEN, PURCHASE_REVOKED },
#undef P
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct world	 w = world_of(shop_with(&rows[i].policy), 9);

		world_hears(&w, paid(OBJECT_PAYMENT, "pi_1", 1, 100, "eur"));
		world_hears(&w, refunded(OBJECT_PAYMENT, "pi_1", 2,
		    rows[i].back));
		world_hears(&w, dispute("pi_1", "dp_1", 3, rows[i].dispute));
		ROW(world_purchase(&w)->state == rows[i].state,
		    rows[i].what);
	}
}

static void
a_refund_may_run_a_subscription_out_instead(void)
{
	const struct policy	 gentle = { POLICY_END_OF_PERIOD,
				    POLICY_KEEP, POLICY_KEEP, POLICY_KEEP,
				    POLICY_KEEP, POLICY_REFUSE };
	struct world		 w = world_of(shop_with(&gentle), 2);

	world_hears(&w, sub("sub_1", 1, SUB_ACTIVE, "price_pro", 1, 31));
	world_hears(&w, with_link(paid(OBJECT_INVOICE, "in_1", 1, 100,
	    "eur"), OBJECT_SUBSCRIPTION, "sub_1"));
	world_hears(&w, refunded(OBJECT_INVOICE, "in_1", 2, 100));
	CU_ASSERT(world_is(&w, "pro", HOLDING_ACTIVE));
	CU_ASSERT_EQUAL(w.holding.ends_at, ON_DAY(31));
	CU_ASSERT_EQUAL(w.holding.renews_at, 0);
	world_day(&w, 31);
	CU_ASSERT(world_is(&w, "free", HOLDING_DEFAULT));
	world_hears(&w, sub("sub_1", 31, SUB_ACTIVE, "price_pro", 1, 61));
	world_hears(&w, with_link(paid(OBJECT_INVOICE, "in_2", 31, 100,
	    "eur"), OBJECT_SUBSCRIPTION, "sub_1"));
	CU_ASSERT(world_is(&w, "pro", HOLDING_ACTIVE));
}

/* --- the bills of a subscription --------------------------------------- */

struct bills_row {
	const char		*what;
	struct fact		 facts[5];
	size_t			 count;
	enum purchase_state	 state;
};

static void
try_bills(const struct bills_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct world	 w = world_new(35);

		world_hears(&w, sub("s", 31, SUB_ACTIVE, "price_pro", 1,
		    61));
		for (size_t j = 0; j < rows[i].count; j++)
			world_hears(&w, rows[i].facts[j]);
		ROW(bought(&w, OBJECT_SUBSCRIPTION, "s")->state ==
		    rows[i].state, rows[i].what);
	}
}

#define OF_SUB(f)	with_link(f, OBJECT_SUBSCRIPTION, "s")

static void
only_a_refund_of_the_latest_bill_counts(void)
{
	const struct fact	 old = OF_SUB(paid(OBJECT_INVOICE, "in_1", 1,
				    100, "eur"));
	const struct fact	 new = OF_SUB(paid(OBJECT_INVOICE, "in_2",
				    31, 100, "eur"));
	const struct fact	 back = OF_SUB(refund("pi_9", "re_1", 33,
				    100, REFUND_SUCCEEDED));
	const struct fact	 early = OF_SUB(refund("pi_9", "re_1", 20,
				    100, REFUND_SUCCEEDED));
	const struct bills_row	 rows[] = {
		{ "the latest", { old, new, refunded(OBJECT_INVOICE, "in_2",
		    33, 100) }, 3, PURCHASE_REVOKED },
		{ "the one before", { old, new, refunded(OBJECT_INVOICE,
		    "in_1", 33, 100) }, 3, PURCHASE_ACTIVE },
		{ "of an unknown bill, since", { old, new, back }, 3,
		    PURCHASE_REVOKED },
		{ "of an unknown bill, before", { old, new, early }, 3,
		    PURCHASE_ACTIVE },
		{ "nothing paid is known", { back }, 1, PURCHASE_ACTIVE },
		{ "told of the subscription itself", { paid(
		    OBJECT_SUBSCRIPTION, "s", 31, 100, "eur"), refunded(
		    OBJECT_SUBSCRIPTION, "s", 33, 100) }, 2,
		    PURCHASE_REVOKED },
		{ "a dispute of the one before", { old, new, with_link(
		    dispute("pi_1", "dp_1", 33, DISPUTE_LOST),
		    OBJECT_INVOICE, "in_1") }, 3, PURCHASE_ACTIVE },
		{ "a dispute of the latest", { old, new, with_link(
		    dispute("pi_1", "dp_1", 33, DISPUTE_OPEN),
		    OBJECT_INVOICE, "in_2") }, 3, PURCHASE_SUSPENDED },
	};

	try_bills(rows, COUNT(rows));
}

static void
a_bill_knows_the_period_it_was_for(void)
{
	const struct fact	 bill = OF_SUB(paid(OBJECT_INVOICE, "in_1",
				    31, 100, "eur"));
	const struct fact	 more = OF_SUB(paid(OBJECT_INVOICE, "in_2",
				    33, 50, "eur"));
	const struct fact	 until = period(OBJECT_INVOICE, "in_1", 31,
				    61);
	const struct fact	 until_2 = period(OBJECT_INVOICE, "in_2", 33,
				    61);
	const struct bills_row	 rows[] = {
		{ "a part of the period's money", { bill, until, more,
		    until_2, refunded(OBJECT_INVOICE, "in_2", 34, 50) }, 5,
		    PURCHASE_ACTIVE },
		{ "the period's only bill", { bill, until, refunded(
		    OBJECT_INVOICE, "in_1", 34, 100) }, 3,
		    PURCHASE_REVOKED },
		{ "a period that is over", { bill, period(OBJECT_INVOICE,
		    "in_1", 1, 31), refunded(OBJECT_INVOICE, "in_1", 34,
		    100) }, 3, PURCHASE_ACTIVE },
	};

	try_bills(rows, COUNT(rows));
}

static void
the_order_a_subscription_began_with_is_its_first_bill(void)
{
	const struct fact	 order = OF_SUB(paid(OBJECT_ORDER, "or_1",
				    31, 100, "eur"));
	const struct fact	 back = refunded(OBJECT_ORDER, "or_1", 33,
				    100);
	const struct fact	 first = OF_SUB(paid(OBJECT_INVOICE, "in_1",
				    31, 100, "eur"));
	const struct fact	 later = OF_SUB(paid(OBJECT_INVOICE, "in_1",
				    34, 100, "eur"));
	const struct fact	 named = OF_SUB(seen(OBJECT_CHECKOUT, "cs_1",
				    31));
	const struct bills_row	 rows[] = {
		{ "alone", { order, back }, 2, PURCHASE_REVOKED },
		{ "told twice", { order, first, back }, 3,
		    PURCHASE_REVOKED },
		{ "told by a checkout that was not paid", { named, first,
		    order, back }, 4, PURCHASE_REVOKED },
		{ "a renewal was paid since", { order, later, back }, 3,
		    PURCHASE_ACTIVE },
	};

	try_bills(rows, COUNT(rows));
}

/* --- attempts ---------------------------------------------------------- */

static void
an_attempt_after_the_closing_keeps_a_purchase_open(void)
{
	static const struct {
		const char	*what;
		enum pay_step	 step;
		int		 day;
		enum closing	 closing;
	} rows[] = {
		{ "under way since", PAY_PROCESSING, 5, CLOSED_OPEN },
		{ "waiting for the buyer", PAY_REQUIRES_ACTION, 5,
		    CLOSED_OPEN },
		{ "failed since", PAY_FAILED, 5, CLOSED_EXPIRED },
		{ "under way before", PAY_PROCESSING, 3, CLOSED_EXPIRED },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct world	 w = world_new(9);

		world_hears(&w, with_link(closed(OBJECT_CHECKOUT, "cs_1", 4,
		    CLOSED_EXPIRED), OBJECT_PAYMENT, "pi_1"));
		world_hears(&w, step(OBJECT_PAYMENT, "pi_1", rows[i].day,
		    rows[i].step));
		ROW(world_purchase(&w)->closing == rows[i].closing,
		    rows[i].what);
		ROW(world_purchase(&w)->step == rows[i].step, rows[i].what);
	}
}

static void
the_gravest_closing_of_a_purchase_counts(void)
{
	struct world	 w = world_new(9);

	world_hears(&w, with_link(closed(OBJECT_CHECKOUT, "cs_1", 4,
	    CLOSED_EXPIRED), OBJECT_PAYMENT, "pi_1"));
	world_hears(&w, closed(OBJECT_PAYMENT, "pi_1", 3, CLOSED_DECLINED));
	CU_ASSERT_EQUAL(world_purchase(&w)->closing, CLOSED_DECLINED);
	world_hears(&w, closed(OBJECT_CHECKOUT, "cs_1", 2, CLOSED_DECLINED));
	CU_ASSERT_EQUAL(world_purchase(&w)->closing, CLOSED_DECLINED);
	world_hears(&w, step(OBJECT_CHECKOUT, "cs_1", 2, PAY_UNPAID));
	world_hears(&w, step(OBJECT_PAYMENT, "pi_1", 2, PAY_FAILED));
	CU_ASSERT_EQUAL(world_purchase(&w)->step, PAY_FAILED);
}

CU_TestInfo purchase_tests[] = {
	{ "linked objects are one purchase, in either direction",
	    linked_objects_are_one_purchase_in_either_direction },
	{ "objects that link to the same unseen one are one purchase",
	    objects_that_link_to_the_same_unseen_one_are_one_purchase },
	{ "a purchase is named after its subscription",
	    a_purchase_is_named_after_its_subscription },
	{ "the end of one subscription takes nothing from another",
	    the_end_of_one_subscription_takes_nothing_from_another },
	{ "purchases are in the order of their keys",
	    purchases_are_in_the_order_of_their_keys },
	{ "nobody has more than so many objects",
	    nobody_has_more_than_so_many_objects },
	{ "the strongest name among its objects is the purchase's",
	    the_strongest_name_among_its_objects_is_the_purchases },
	{ "a payment without a price sells what a trusted session asked for",
	    a_payment_without_a_price_sells_what_a_trusted_session_asked_for },
	{ "unpaid it sells nothing, and neither does an unknown session",
	    unpaid_it_sells_nothing_and_neither_does_an_unknown_session },
	{ "amount and currency must agree where they were named",
	    amount_and_currency_must_agree_where_they_were_named },
	{ "a session for add-ons sells each of them",
	    a_session_for_add_ons_sells_each_of_them },
	{ "what was paid decides, and not what the session asked for",
	    what_was_paid_decides_and_not_what_the_session_asked_for },
	{ "items of one tier add up, and none of one buys nothing",
	    items_of_one_tier_add_up_and_none_of_one_buys_nothing },
	{ "a price that nobody claims is said, and the others are sold",
	    a_price_that_nobody_claims_is_said_and_the_others_are_sold },
	{ "a torn purchase sells nothing", a_torn_purchase_sells_nothing },
	{ "a purchase of the other mode grants nothing",
	    a_purchase_of_the_other_mode_grants_nothing },
	{ "an order that renews leaves the granting to its subscription",
	    an_order_that_renews_leaves_the_granting_to_its_subscription },
	{ "a subscription heard of only by its bill sells what is known",
	    a_subscription_heard_of_only_by_its_bill_sells_what_is_known },
	{ "a bill of another amount keeps a priceless subscription back",
	    a_bill_of_another_amount_keeps_a_priceless_subscription_back },
	{ "of two lists of items the later is bought",
	    of_two_lists_of_items_the_later_is_bought },
	{ "a purchase follows its session's version",
	    a_purchase_follows_its_sessions_version },
	{ "a buyer's word chooses no version",
	    a_buyers_word_chooses_no_version },
	{ "without a session the first word of its price pins it",
	    without_a_session_the_first_word_of_its_price_pins_it },
	{ "a price unknown to its version is read from the newest",
	    a_price_unknown_to_its_version_is_read_from_the_newest },
	{ "terms of a tier unknown to their version are read from the newest",
	    terms_of_a_tier_unknown_to_their_version_are_read_from_the_newest },
	{ "one tier of two versions is sold in the order of versions",
	    one_tier_of_two_versions_is_sold_in_the_order_of_versions },
	{ "an operator moves a purchase on, and never back",
	    an_operator_moves_a_purchase_on_and_never_back },
	{ "the versions needed are told before they are loaded",
	    the_versions_needed_are_told_before_they_are_loaded },
	{ "a subscription stands as its state and its times say",
	    a_subscription_stands_as_its_state_and_its_times_say },
	{ "a trial without an end of its own runs until it is paid for",
	    a_trial_without_an_end_of_its_own_runs_until_it_is_paid_for },
	{ "policy decides about money back on a single payment",
	    policy_decides_about_money_back_on_a_single_payment },
	{ "a refund may run a subscription out instead",
	    a_refund_may_run_a_subscription_out_instead },
	{ "only a refund of the latest bill counts",
	    only_a_refund_of_the_latest_bill_counts },
	{ "a bill knows the period it was for",
	    a_bill_knows_the_period_it_was_for },
	{ "the order a subscription began with is its first bill",
	    the_order_a_subscription_began_with_is_its_first_bill },
	{ "an attempt after the closing keeps a purchase open",
	    an_attempt_after_the_closing_keeps_a_purchase_open },
	{ "the gravest closing of a purchase counts",
	    the_gravest_closing_of_a_purchase_counts },
	CU_TEST_INFO_NULL
};
