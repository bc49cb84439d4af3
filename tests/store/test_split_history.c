/*
 * A history split anywhere, stored, loaded and gone on with ends as one that
 * never left memory: recorded deliveries, in their order and in many others.
 */
#include <stdlib.h>

#include "base/buf.h"
#include "provider/provider.h"
#include "store/object_store.h"
#include "store/store.h"
#include "store/things.h"
#include "store/tx.h"
#include "wire/matrix_read.h"
#include "wire/state_json.h"

enum { EVENTS = 14, OBJECTS = 24, SHUFFLES = 20, TEXT_BYTES = 256 * 1024 };

#define OWNER	STR("the buyer")

static const char	shop[] =
    "matrix: 1\n"
    "default_tier: free\n"
    "tiers:\n"
    "  free: {rank: 0, capabilities: [read]}\n"
    "  pro:\n"
    "    rank: 10\n"
    "    capabilities: [read, export]\n"
    "    assets:\n"
    "      key: {type: API_KEY, prefix: pk_}\n"
    "      seats: {type: SEAT, count: 1, per_seat: yes}\n"
    "    grace: 7d\n"
    "    prices: {stripe: [price_1lSybORuNg7Kq2TzJ8TcMz2P]}\n"
    "  team:\n"
    "    rank: 15\n"
    "    capabilities: [read, export, sso]\n"
    "    assets:\n"
    "      seats: {type: SEAT, count: 1, per_seat: yes}\n"
    "    prices: {stripe: [price_1TTPCWRuNg7Kq2Tz13sPTzTO]}\n"
    "addons:\n"
    "  pack: {capabilities: [pack]}\n";

struct tale {
	const char	*name;
	int64_t		 now;		/* when it is looked at, in seconds */
	const char	*tier;
	enum holding_state state;
	const char	*deliveries[EVENTS];
};

#define SUB	"customer.subscription."

static const struct tale	tales[] = {
	{ "a subscription", 1791224400, "pro", HOLDING_ACTIVE, {
	    SUB "created.incomplete", SUB "updated.activated",
	    "invoice.paid.subscription_create",
	    "checkout.session.completed.subscription",
	    SUB "updated.upgrade",
	    "invoice.paid.subscription_update-proration",
	    SUB "updated.seats", SUB "updated.downgrade",
	    "invoice.paid.subscription_cycle", "invoice_payment.paid",
	    SUB "updated.cancel_at_period_end" } },
	{ "a subscription to its end", 1793534409, "free", HOLDING_DEFAULT, {
	    SUB "created.incomplete", SUB "updated.activated",
	    "invoice.paid.subscription_create", SUB "updated.upgrade",
	    SUB "updated.downgrade", "invoice.paid.subscription_cycle",
	    "invoice_payment.paid", SUB "updated.cancel_at_period_end",
	    SUB "deleted" } },
	{ "a subscription whose bill is given back", 1791224400, "free",
	    HOLDING_DEFAULT, {
	    SUB "created.incomplete", SUB "updated.activated",
	    "invoice.paid.subscription_create", SUB "updated.downgrade",
	    "invoice.paid.subscription_cycle", "invoice_payment.paid",
	    "charge.refunded.subscription-payment" } },
	{ "a subscription past due", 1790860000, "pro", HOLDING_GRACE, {
	    SUB "created.incomplete", SUB "updated.activated",
	    "invoice.paid.subscription_create", "invoice.payment_failed",
	    SUB "updated.past_due" } },
	{ "a single payment", 1789000000, "free", HOLDING_DEFAULT, {
	    "checkout.session.completed.payment-paid",
	    "payment_intent.succeeded", "charge.refunded.partial",
	    "refund.created.partial", "charge.refunded.full",
	    "refund.failed", "charge.dispute.created",
	    "charge.dispute.closed.won" } },
};

struct history {
	struct event	 events[EVENTS];
	size_t		 count;
	int64_t		 now;
	struct catalog	 catalog;
};

/* All that is known of the buyer. */
struct known {
	struct object	 list[OBJECTS];
	size_t		 count;
};

/* --- hearing ----------------------------------------------------------- */

static struct object *
object_of(struct known *k, const struct object_key *key)
{
	for (size_t i = 0; i < k->count; i++)
		if (object_key_cmp(&k->list[i].key, key) == 0)
			return &k->list[i];
	must(k->count < OBJECTS);
	object_init(&k->list[k->count], key);
	return &k->list[k->count++];
}

static void
merge(struct known *k, const struct fact *fact)
{
	struct err	 e;
	bool		 changed;

	must(object_merge(object_of(k, &fact->object), fact, store_arena(),
	    &changed, &e) == RC_OK);
}

/* Each fact, and each of its links told from the other end. */
static void
hear(struct known *k, const struct event *ev)
{
	for (size_t i = 0; i < ev->fact_count; i++) {
		const struct fact *f = &ev->facts[i];

		merge(k, f);
		for (size_t n = 0; n < f->link_count; n++)
			merge(k, &(struct fact){
				.kind = FACT_SEEN, .object = f->links[n],
				.at = f->at, .livemode = f->livemode,
				.links = { f->object }, .link_count = 1,
			});
	}
}

/* --- storing and loading ----------------------------------------------- */

static enum rc
store_body(struct db *db, void *arg, struct err *e)
{
	const struct known *k = arg;

	for (size_t i = 0; i < k->count; i++) {
		struct object_row row = {
			.object = k->list[i], .user = OWNER, .dirty = true,
		};

		TRY(object_lock(db, SELLER, &row.object.key, STR("evt_1"), T0,
		    e));
		TRY(object_save(db, SELLER, &row, e));
	}
	return user_lock(db, SELLER, OWNER, CHAIN, T0, e);
}

/* As after a restart: nothing is left but what the database has. */
static void
store_and_load(struct known *k)
{
	struct err	 e = { .what = "" };
	struct db	*reader = store_db_new();
	struct world	 w = { 0 };

	db_deadline(store_db(), clock_steady() + 4 * SECOND);
	OK(tx_run(store_db(), store_body, k, &e));
	memset(k, 0, sizeof(*k));
	OK(world_read(reader, SELLER, OWNER, store_arena(), &w, &e));
	must(w.object_count <= OBJECTS);
	for (size_t i = 0; i < w.object_count; i++)
		k->list[k->count++] = w.objects[i].object;
	db_free(&reader);
}

/* --- telling ----------------------------------------------------------- */

static int
by_key(const void *a, const void *b)
{
	return object_key_cmp(&((const struct object *)a)->key,
	    &((const struct object *)b)->key);
}

static void
derived(const struct history *h, const struct known *k,
    struct holding *holding)
{
	const struct life life = {
		.objects = k->list, .object_count = k->count,
	};
	struct err	 e = { .what = "" };

	OK(derive(&h->catalog, &life, h->now, store_arena(), holding, NULL,
	    NULL, &e));
}

/* Every byte that is known, and what it comes to. */
static struct str
told(const struct history *h, struct known *k)
{
	struct err	 e = { .what = "" };
	struct holding	 holding;
	struct str	 json = STR_NONE;
	struct buf	 b;

	buf_init(&b, store_arena(), TEXT_BYTES);
	qsort(k->list, k->count, sizeof(k->list[0]), by_key);
	for (size_t i = 0; i < k->count; i++) {
		OK(object_write(&k->list[i], store_arena(), &json, &e));
		buf_fmt(&b, "%.*s %.*s\n", STR_FMT(k->list[i].key.ref),
		    STR_FMT(json));
	}
	derived(h, k, &holding);
	OK(holding_write(&holding, store_arena(), &json, &e));
	buf_add(&b, json);
	must(!b.full);
	return buf_str(&b);
}

/* Split after `at` deliveries; after each of them when `at` is EVENTS. */
static struct str
end_of(const struct history *h, size_t at)
{
	struct known	 k = { .count = 0 };

	for (size_t i = 0; i < h->count; i++) {
		hear(&k, &h->events[i]);
		if (i + 1 == at || at == EVENTS)
			store_and_load(&k);
	}
	return told(h, &k);
}

/* --- reading the deliveries -------------------------------------------- */

static struct str
fixture(const char *name)
{
	struct str	 path = arena_text(store_arena(),
			    TESTS_DIR "/fixtures/stripe/%s.json", name);
	char		*bytes = arena_take(store_arena(), WEBHOOK_BYTES_MAX,
			    1);
	FILE		*file = fopen(path.at, "rb");
	size_t		 len;

	must(file != NULL);
	len = fread(bytes, 1, WEBHOOK_BYTES_MAX, file);
	must(fclose(file) == 0);
	return (struct str){ bytes, len };
}

/* The single payment's session asked for the pack; no price is told of it. */
static void
terms_add(struct event *ev)
{
	static const struct str	pack[] = { STR("pack") };

	for (size_t i = 0; i < ev->fact_count; i++)
		if (str_starts(ev->facts[i].session, STR("ups_01K4RUNGA")))
			ev->facts[i].terms = (struct terms){
				.session = ev->facts[i].session,
				.user = OWNER, .addons = pack,
				.addon_count = 1, .quantity = 1,
				.matrix_version = 1, .amount = -1,
			};
}

static void
history_read(struct history *h, const struct tale *tale)
{
	const struct hook_rules	 rules = { .livemode = false };

	for (h->count = 0; h->count < EVENTS &&
	    tale->deliveries[h->count] != NULL; h->count++) {
		struct hook	 hook = {
			.body = fixture(tale->deliveries[h->count]),
		};
		struct event	*ev = &h->events[h->count];

		provider_stripe.normalise(&hook, &rules, store_arena(), ev);
		ROW(ev->class == EVENT_FACTS, tale->deliveries[h->count]);
		terms_add(ev);
	}
	h->now = tale->now * SECOND;
}

static void
shop_open(struct history *h)
{
	struct err	 e = { .what = "" };
	struct findings	 findings = { NULL, 0 };
	struct matrix	*m = arena_one(store_arena(), struct matrix);
	struct edition	*edition = arena_one(store_arena(), struct edition);

	OK(matrix_read(str_of(shop), store_arena(), m, &findings, &e));
	m->version = 1;
	*edition = (struct edition){ .version = 1, .matrix = m };
	h->catalog = (struct catalog){ .editions = edition, .count = 1 };
}

/* The same orders in each run: a failure must fail again. */
static void
shuffle(struct history *h, uint32_t seed)
{
	uint32_t	 state = seed * UINT32_C(2654435761);

	for (size_t i = h->count; i-- > 1;) {
		size_t		 j;
		struct event	 kept = h->events[i];

		state = state * UINT32_C(1664525) + UINT32_C(1013904223);
		j = (size_t)((uint64_t)state * (i + 1) >> 32);
		h->events[i] = h->events[j];
		h->events[j] = kept;
	}
}

/* --- the tests --------------------------------------------------------- */

static void
each_tale_ends_as_it_should(void)
{
	for (size_t i = 0; i < COUNT(tales); i++) {
		struct history	 h;
		struct known	 k = { .count = 0 };
		struct holding	 holding;

		shop_open(&h);
		history_read(&h, &tales[i]);
		for (size_t n = 0; n < h.count; n++)
			hear(&k, &h.events[n]);
		derived(&h, &k, &holding);
		SAME(holding.tier, tales[i].tier);
		ROW(holding.state == tales[i].state, tales[i].name);
	}
}

static void
split_everywhere(const struct tale *tale, uint32_t seed)
{
	struct history	 h;
	struct str	 want;

	store_empty();
	shop_open(&h);
	history_read(&h, tale);
	if (seed > 0)
		shuffle(&h, seed);
	want = end_of(&h, 0);
	for (size_t at = 1; at <= h.count; at++) {
		tell("DELETE FROM objects");
		SAME_STR(end_of(&h, at), want);
	}
	tell("DELETE FROM objects");
	SAME_STR(end_of(&h, EVENTS), want);
}

static void
a_history_split_anywhere_ends_as_one_that_never_left_memory(void)
{
	for (size_t i = 0; i < COUNT(tales); i++)
		split_everywhere(&tales[i], 0);
}

static void
and_so_it_does_in_any_other_order(void)
{
	for (size_t i = 0; i < COUNT(tales); i++)
		for (uint32_t seed = 1; seed <= SHUFFLES; seed++)
			split_everywhere(&tales[i], seed);
}

/* What is known is the same, too, whatever came first. */
static void
every_order_ends_in_the_same_bytes(void)
{
	for (size_t i = 0; i < COUNT(tales); i++) {
		struct history	 h;
		struct str	 want;

		store_empty();
		shop_open(&h);
		history_read(&h, &tales[i]);
		want = end_of(&h, 0);
		for (uint32_t seed = 1; seed <= SHUFFLES; seed++) {
			shuffle(&h, seed);
			SAME_STR(end_of(&h, 0), want);
		}
	}
}

CU_TestInfo split_history_tests[] = {
	{ "each tale ends as it should", each_tale_ends_as_it_should },
	{ "a history split anywhere ends as one that never left memory",
	    a_history_split_anywhere_ends_as_one_that_never_left_memory },
	{ "and so it does in any other order",
	    and_so_it_does_in_any_other_order },
	{ "every order ends in the same bytes",
	    every_order_ends_in_the_same_bytes },
	CU_TEST_INFO_NULL
};
