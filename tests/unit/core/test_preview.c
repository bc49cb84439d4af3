/*
 * Promises of life_imagine: what is shown is what will be done.
 */
#include "base/guard.h"
#include "unit/core/canon.h"
#include "unit/core/world.h"
#include "unit/unit.h"

enum { ROUNDS = 20000, TODAY = 120 };

static struct holding
preview(const struct world *w, const struct terms *t,
    const struct object_key *replaces)
{
	struct life	 life = world_life(w), imagined;
	struct holding	 h;
	struct err	 e;

	life_imagine(&life, t, replaces, w->now, w->arena, &imagined);
	must(derive(w->catalog, &imagined, w->now, w->arena, &h, NULL, NULL,
	    &e) == RC_OK);
	return h;
}

static struct terms
wish(const char *tier, int quantity)
{
	return (struct terms){
		.session = STR("us_9"), .user = STR("u1"),
		.tier = str_of(tier), .quantity = quantity,
		.matrix_version = 2, .amount = -1,
	};
}

/* --- in words ---------------------------------------------------------- */

static void
an_imagined_purchase_is_shown_and_not_held(void)
{
	struct world	 w = world_new(TODAY);
	struct terms	 t = wish("pro", 1);
	struct holding	 h = preview(&w, &t, NULL);

	SAME(h.tier, "pro");
	CU_ASSERT_EQUAL(h.state, HOLDING_ACTIVE);
	CU_ASSERT(holding_can(&h, STR("reports:new")));
	CU_ASSERT(world_is(&w, "free", HOLDING_DEFAULT));
	CU_ASSERT_FALSE(world_can(&w, "reports:new"));
	CU_ASSERT_EQUAL(w.object_count, 0);
}

static void
a_preview_does_not_promise_what_is_switched_off(void)
{
	struct world	 w = world_of(shop_without("export:csv"), TODAY);
	struct terms	 t = wish("pro", 1);
	struct holding	 h = preview(&w, &t, NULL);

	SAME(h.tier, "pro");
	CU_ASSERT_FALSE(holding_can(&h, STR("export:csv")));
	CU_ASSERT(holding_can(&h, STR("reports:new")));
}

static void
a_preview_needs_no_session_and_no_amount(void)
{
	struct world	 w = world_new(TODAY);
	struct terms	 t = wish("team", 4);
	struct holding	 h;

	t.session = STR_NONE;
	t.matrix_version = 0;
	h = preview(&w, &t, NULL);
	SAME(h.tier, "team");
	CU_ASSERT_EQUAL(h.quantity, 4);
	t.amount = 4900;
	h = preview(&w, &t, NULL);
	SAME(h.tier, "team");
}

static void
a_change_replaces_the_tier_and_keeps_the_add_ons(void)
{
	const struct object_key	 k = key(OBJECT_SUBSCRIPTION, "sub_1");
	struct world		 w = world_new(TODAY);
	struct terms		 t = wish("team", 3);
	struct holding		 h;

	world_hears(&w, with_item(with_item(sub("sub_1", 110, SUB_ACTIVE,
	    "price_ent", 1, 140), "price_licence", 1), "price_x", 1));
	h = preview(&w, &t, &k);
	SAME(h.tier, "team");
	CU_ASSERT_EQUAL(h.renews_at, ON_DAY(140));
	CU_ASSERT_EQUAL(h.asset_count, 4);
	h = preview(&w, &t, NULL);
	SAME(h.tier, "enterprise");
}

static void
a_change_of_a_late_subscription_is_shown_as_paid(void)
{
	const struct object_key	 k = key(OBJECT_SUBSCRIPTION, "sub_1");
	struct world		 w = world_new(TODAY);
	struct terms		 t = wish("enterprise", 1);
	struct holding		 h;

	world_hears(&w, sub("sub_1", 80, SUB_ACTIVE, "price_pro", 1, 110));
	world_hears(&w, sub("sub_1", 118, SUB_PAST_DUE, "price_pro", 1, 0));
	CU_ASSERT(world_is(&w, "free", HOLDING_SUSPENDED));
	h = preview(&w, &t, &k);
	SAME(h.tier, "enterprise");
	CU_ASSERT_EQUAL(h.state, HOLDING_ACTIVE);
	CU_ASSERT_EQUAL(h.renews_at, 0);
}

static void
a_change_follows_the_version_of_its_own_session(void)
{
	static const enum naming by[] = {
		NAMED_BY_BUYER, NAMED_BY_METADATA, NAMED_BY_OURS,
	};
	const struct object_key	 k = key(OBJECT_SUBSCRIPTION, "sub_1");
	struct terms		 first = wish("team", 1), t = wish("pro", 1);

	first.session = STR("us_1");
	first.matrix_version = 1;
	for (size_t i = 0; i < COUNT(by); i++) {
		struct world	 w = world_new(TODAY);
		struct holding	 h;

		world_hears(&w, with_name(sub("sub_1", 110, SUB_ACTIVE,
		    "price_team", 1, 140), &first, by[i]));
		h = preview(&w, &t, &k);
		/* Only version 2 has reports in pro. */
		CU_ASSERT(holding_can(&h, STR("reports:new")));
	}
}

static void
a_trial_that_is_over_does_not_go_on(void)
{
	const struct object_key	 k = key(OBJECT_SUBSCRIPTION, "sub_1");
	struct world		 w = world_new(TODAY);
	struct terms		 t = wish("team", 1);

	world_hears(&w, trial_until(sub("sub_1", 100, SUB_TRIALING,
	    "price_pro", 1, 0), TODAY + 1));
	CU_ASSERT_EQUAL(preview(&w, &t, &k).state, HOLDING_TRIALING);
	world_day(&w, TODAY + 1);
	CU_ASSERT_EQUAL(preview(&w, &t, &k).state, HOLDING_ACTIVE);
}

static void
what_is_over_or_unknown_cannot_be_changed(void)
{
	const struct object_key	 gone = key(OBJECT_SUBSCRIPTION, "sub_1");
	const struct object_key	 none = key(OBJECT_SUBSCRIPTION, "sub_2");
	struct world		 w = world_new(TODAY);
	struct terms		 t = wish("pro", 1);

	world_hears(&w, sub("sub_1", 110, SUB_ACTIVE, "price_ent", 1, 140));
	world_hears(&w, ended("sub_1", 111));
	SAME(preview(&w, &t, &gone).tier, "pro");
	SAME(preview(&w, &t, &none).tier, "pro");
}

/* --- drawn at random --------------------------------------------------- */

static unsigned
draw(uint64_t *seed, unsigned below)
{
	*seed = *seed * 6364136223846793005ULL + 1442695040888963407ULL;
	return (unsigned)(*seed >> 33) % below;
}

static const char *const	tier_ids[] = { "pro", "team", "enterprise" };
static const char *const	tier_prices[] = {
	"price_pro", "price_team", "price_ent",
};
static const char *const	addon_prices[] = {
	"price_pack", "price_storage", "price_licence",
};

static struct fact
some_subscription(uint64_t *seed, const char *ref, const struct terms *old)
{
	int		 day = draw(seed, 2) ? 95 : 105;
	struct fact	 f = sub(ref, day, SUB_ACTIVE,
			    tier_prices[draw(seed, 3)],
			    1 + (int)draw(seed, 4),
			    115 + (int)draw(seed, 20));

	if (draw(seed, 3) == 0)
		f = with_item(f, addon_prices[draw(seed, 3)], 1);
	if (draw(seed, 4) == 0)
		f = cancelling(f, 118 + (int)draw(seed, 10));
	if (draw(seed, 4) == 0) {
		f.state = SUB_TRIALING;
		f.paid_until = 0;
		f = trial_until(f, 115 + (int)draw(seed, 20));
	}
	if (draw(seed, 2) == 0)
		f = with_name(f, old, (enum naming)draw(seed,
		    NAMED_BY_IMAGINED));
	return f;
}

static void
some_past(struct world *w, uint64_t *seed, const struct terms *old)
{
	static const char *const subs[] = { "sub_1", "sub_2" };
	static const char *const payments[] = { "pi_1", "pi_2" };

	for (size_t i = 0; i < COUNT(subs); i++) {
		if (draw(seed, 3) == 0)
			continue;
		world_hears(w, some_subscription(seed, subs[i], old));
		if (draw(seed, 4) == 0)
			world_hears(w, sub(subs[i], 116, draw(seed, 2) ?
			    SUB_PAST_DUE : SUB_PAUSED, "price_pro", 1, 0));
	}
	for (size_t i = 0; i < COUNT(payments); i++) {
		if (draw(seed, 2) == 0)
			continue;
		world_hears(w, with_item(fact(FACT_ITEMS, OBJECT_PAYMENT,
		    payments[i], 90 + (int)draw(seed, 20)), draw(seed, 2) ?
		    addon_prices[draw(seed, 3)] : tier_prices[draw(seed, 3)],
		    1));
		world_hears(w, paid(OBJECT_PAYMENT, payments[i], 90, 100,
		    "eur"));
		if (draw(seed, 4) == 0)
			world_hears(w, dispute(payments[i], "dp", 100,
			    DISPUTE_OPEN));
	}
	if (draw(seed, 4) == 0)
		world_override(w, OVERRIDE_GRANT_TIER,
		    tier_ids[draw(seed, 3)], (struct quota){ 0 }, 130);
	if (draw(seed, 4) == 0)
		world_override(w, OVERRIDE_SET_LIMIT, "api",
		    (struct quota){ .max = 1500 }, 0);
}

/* A live subscription to change, or NULL. */
static const struct object *
some_running(const struct world *w, uint64_t *seed)
{
	for (size_t i = 0; i < w->purchase_count; i++)
		if (w->purchases[i].head != NULL &&
		    purchase_live(w->purchases[i].state) &&
		    draw(seed, 2) == 0)
			return w->purchases[i].head;
	return NULL;
}

/* What a provider says when the subscription was changed to these terms. */
static void
hear_change(struct world *w, const struct object *before,
    const struct terms *t, const char *price)
{
	struct object	 o = *before;
	struct fact	 f = sub(o.key.ref.at, TODAY, SUB_ACTIVE, price,
			    (int)t->quantity, 0);

	f.object = o.key;
	f.paid_until = o.paid_until > w->now ? o.paid_until : ON_DAY(150);
	f.cancel_at = o.cancel_at;
	f.trial_end = o.trial_end;
	if (o.state == SUB_TRIALING && o.trial_end > w->now) {
		f.state = SUB_TRIALING;
		f.paid_until = 0;
	}
	for (size_t i = 0; i < o.item_count; i++)
		if (matrix_sold_by(catalog_newest(w->catalog),
		    STR("stripe"), o.items[i].price)->addon)
			f.items[f.item_count++] = o.items[i];
	world_hears(w, with_name(f, t, NAMED_BY_OURS));
}

/* Equal, but for what only the provider can know: the next period's end. */
static bool
as_shown(const struct holding *shown, const struct holding *done,
    bool same_period, struct canon *a, struct canon *b)
{
	struct holding	 x = *shown, y = *done;

	if (!same_period)
		x.renews_at = y.renews_at = x.due_at = y.due_at = 0;
	canon_begin(a);
	canon_begin(b);
	canon_holding_bare(a, &x);
	canon_holding_bare(b, &y);
	return str_eq((struct str){ a->at, a->len },
	    (struct str){ b->at, b->len });
}

static void
what_is_shown_is_what_is_done(void)
{
	static struct canon	 a, b;
	const struct terms	 old = { .session = STR("us_1"),
				    .user = STR("u1"), .tier = STR("pro"),
				    .quantity = 1, .matrix_version = 1,
				    .amount = -1 };
	uint64_t		 seed = 2026;
	int			 wrong = 0, changed = 0, added = 0;

	for (int i = 0; i < ROUNDS; i++) {
		struct world	 w;
		const struct object *running;
		struct object	 before = { 0 };
		struct str	 pack[] = { STR("storage-pack") };
		unsigned	 tier = draw(&seed, 3);
		struct terms	 t = wish(tier_ids[tier],
				    1 + (int)draw(&seed, 3));
		struct holding	 shown;

		arena_reset(unit_arena());
		w = world_new(TODAY);
		some_past(&w, &seed, &old);
		running = some_running(&w, &seed);
		if (draw(&seed, 5) == 0) {
			t.tier = STR("");
			t.addons = pack;
			t.addon_count = 1;
		}
		shown = preview(&w, &t, running != NULL ? &running->key :
		    NULL);
		if (running != NULL && t.tier.len > 0) {
			before = *running;
			hear_change(&w, &before, &t, tier_prices[tier]);
			changed++;
		} else {
			world_hears(&w, with_name(paid(OBJECT_PAYMENT,
			    "pi_9", TODAY, 100, "eur"), &t, NAMED_BY_OURS));
			added++;
		}
		if (!as_shown(&shown, &w.holding, before.key.ref.len == 0 ||
		    (before.state == SUB_TRIALING &&
		    before.trial_end > w.now) || before.paid_until > w.now,
		    &a, &b))
			wrong++;
	}
	CU_ASSERT_EQUAL(wrong, 0);
	CU_ASSERT(changed > ROUNDS / 10);
	CU_ASSERT(added > ROUNDS / 10);
}

CU_TestInfo preview_tests[] = {
	{ "an imagined purchase is shown and not held",
	    an_imagined_purchase_is_shown_and_not_held },
	{ "a preview does not promise what is switched off",
	    a_preview_does_not_promise_what_is_switched_off },
	{ "a preview needs no session and no amount",
	    a_preview_needs_no_session_and_no_amount },
	{ "a change replaces the tier and keeps the add-ons",
	    a_change_replaces_the_tier_and_keeps_the_add_ons },
	{ "a change of a late subscription is shown as paid",
	    a_change_of_a_late_subscription_is_shown_as_paid },
	{ "a change follows the version of its own session",
	    a_change_follows_the_version_of_its_own_session },
	{ "a trial that is over does not go on",
	    a_trial_that_is_over_does_not_go_on },
	{ "what is over or unknown cannot be changed",
	    what_is_over_or_unknown_cannot_be_changed },
	{ "what is shown is what is done", what_is_shown_is_what_is_done },
	CU_TEST_INFO_NULL
};
