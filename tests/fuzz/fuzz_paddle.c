/*
 * Paddle's parsers.  The first byte chooses: 0 modulo 3 makes the rest a
 * signature header, 1 a signed body, 2 the answer to an errand.  Good seeds
 * are the bodies of tests/fixtures/paddle and the headers of signatures.json
 * with a byte before them.  Build with -fsanitize=fuzzer,address,undefined.
 */
#include "base/clock.h"
#include "base/guard.h"
#include "provider/paddle.h"

static const struct str		secret = STR("pdl_ntfset_fuzz");
static const struct hook_rules	rules = {
	.secrets = &secret, .secret_count = 1, .tolerance = 300 * SECOND,
};

#define NOW	(INT64_C(1788256800) * SECOND)

/* Only a header that holds our very signature may be believed. */
static void
try_header(struct arena *a, struct str header)
{
	const struct hook	hook = { STR("{}"), header };
	struct str		good = paddle_sign(a, secret, hook.body, NOW);
	struct err		e;

	if (provider_paddle.verify(&hook, &rules, NOW, &e) != RC_OK)
		return;
	str_cut(&good, '=');
	str_cut(&good, '=');
	must(memmem(header.at, header.len, good.at, good.len) != NULL);
}

static void
check_fact(const struct event *ev, const struct fact *f)
{
	must(f->at == ev->at && f->at > 0 && f->livemode == ev->livemode);
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

/* Any body ends in a class with an id, and facts only in EVENT_FACTS. */
static void
try_body(struct arena *a, struct str body)
{
	const struct hook	hook = {
		body, paddle_sign(a, secret, body, NOW),
	};
	struct event		ev;
	struct err		e;

	must(provider_paddle.verify(&hook, &rules, NOW, &e) == RC_OK);
	provider_paddle.normalise(&hook, &rules, a, &ev);
	must(event_id_valid(ev.id));
	must((ev.class == EVENT_FACTS) == (ev.fact_count > 0));
	must(ev.fact_count <= EVENT_FACTS_MAX);
	for (size_t i = 0; i < ev.fact_count; i++)
		check_fact(&ev, &ev.facts[i]);
}

/* The same answer to every question: a turn, or an error that is known. */
static void
try_answer(struct arena *a, struct str body)
{
	const struct api_rules	seller = { .key = STR("key") };
	struct call_answer	answers[ERRAND_CALLS_MAX];
	struct errand		x = {
		.rules = &seller, .now = NOW, .price = STR("pri_1"),
		.quantity = 1, .object = { .kind = OBJECT_SUBSCRIPTION,
		    .ref = STR("sub_1") },
	};

	for (int kind = 0; kind < ERRAND__COUNT; kind++) {
		enum errand_turn	turn = TURN_CALL;
		size_t			n = 0;

		x.kind = (enum errand_kind)kind;
		while (turn == TURN_CALL) {
			struct call		call;
			struct errand_result	result;
			struct err		e;

			if (provider_paddle.errand(&x, answers, n, a, &turn,
			    &call, &result, &e) != RC_OK)
				break;
			must(n < ERRAND_CALLS_MAX || turn == TURN_OVER);
			if (turn == TURN_CALL)
				answers[n++] = (struct call_answer){
					.status = 200, .body = body,
				};
		}
		arena_reset(a);
	}
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
	switch (bytes[0] % 3) {
	case 0:
		try_header(a, rest);
		break;
	case 1:
		try_body(a, rest);
		break;
	default:
		try_answer(a, rest);
	}
	arena_reset(a);
	return 0;
}
