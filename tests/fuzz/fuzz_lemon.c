/*
 * Lemon Squeezy's two parsers.  The first byte chooses: an even one makes the
 * rest an X-Signature, an odd one a signed body.  Good seeds are the bodies
 * of tests/fixtures/lemonsqueezy and the headers of signatures.json with a
 * byte before them.  Build with -fsanitize=fuzzer,address,undefined.
 */
#include "base/clock.h"
#include "base/guard.h"
#include "provider/lemon.h"

static const struct str		secret = STR("fuzz-secret");
static const struct hook_rules	rules = {
	.secrets = &secret, .secret_count = 1, .tolerance = 300 * SECOND,
	.account = STR("64021"),
};

#define NOW	(INT64_C(1788256800) * SECOND)

/* Only our very signature may be believed. */
static void
try_header(struct arena *a, struct str header)
{
	const struct hook	hook = { STR("{}"), header };
	struct err		e;

	must(str_eq(header, lemon_sign(a, secret, hook.body, NOW)) ==
	    (provider_lemonsqueezy.verify(&hook, &rules, NOW, &e) == RC_OK));
}

static void
check_fact(const struct event *ev, const struct fact *f)
{
	must(f->at >= ev->at && f->at - ev->at < SECOND && f->at > 0);
	must(f->livemode == ev->livemode);
	must(f->kind < FACT__COUNT && f->object.kind < OBJECT__COUNT);
	must(event_id_valid(f->object.ref));
	must(f->link_count <= LINKS_MAX && f->item_count <= ITEMS_MAX);
	must(f->amount >= 0 && f->ended_at >= 0 && f->paid_until >= 0);
	must((f->session.len > 0) == (f->named_by != NAMED_BY_NOBODY));
	must(f->named_by <= NAMED_BY_BUYER);
	for (size_t i = 0; i < f->item_count; i++)
		must(f->items[i].quantity > 0 &&
		    f->items[i].quantity <= QUANTITY_MAX);
}

/* As of a session it is the same event, and that session's; or too large. */
static void
try_address(struct arena *a, struct str body, const struct event *ev)
{
	struct hook	hook = { STR_NONE, STR_NONE };
	struct event	again;
	struct err	e;

	if (lemon_address(body, STR("us_1"), a, &hook.body, &e) != RC_OK)
		return;
	provider_lemonsqueezy.normalise(&hook, &rules, a, &again);
	must(again.class == EVENT_FACTS && again.livemode == ev->livemode);
	must(str_eq(again.id, ev->id) && again.at == ev->at);
	must(again.fact_count == ev->fact_count);
	for (size_t i = 0; i < again.fact_count; i++)
		must(str_eq(again.facts[i].session, STR("us_1")));
}

/* Any body ends in a class with an id, and facts only in EVENT_FACTS. */
static void
try_body(struct arena *a, struct str body)
{
	const struct hook	hook = {
		body, lemon_sign(a, secret, body, NOW),
	};
	struct event		ev;
	struct err		e;

	must(provider_lemonsqueezy.verify(&hook, &rules, NOW, &e) == RC_OK);
	provider_lemonsqueezy.normalise(&hook, &rules, a, &ev);
	must(event_id_valid(ev.id));
	must((ev.class == EVENT_FACTS) == (ev.fact_count > 0));
	must(ev.fact_count <= EVENT_FACTS_MAX);
	for (size_t i = 0; i < ev.fact_count; i++)
		check_fact(&ev, &ev.facts[i]);
	must(ev.made_at >= 0 && ev.buyer.len <= EMAIL_MAX);
	if (ev.class == EVENT_FACTS)
		try_address(a, body, &ev);
}

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static struct arena	*a;
	struct str		 rest;

	if (a == NULL)
		a = arena_new("fuzz", ARENA_BYTES_MAX);
	must(a != NULL);
	if (len == 0)
		return 0;
	rest = (struct str){ (const char *)bytes + 1, len - 1 };
	if (bytes[0] % 2 == 0)
		try_header(a, rest);
	else
		try_body(a, rest);
	arena_reset(a);
	return 0;
}
