/*
 * Quotes and estimates.
 */
#include "base/clock.h"
#include "core/estimate.h"
#include "core/purchase.h"
#include "flow/ask.h"
#include "flow/charge.h"

enum { QUOTE_SECONDS = 2 };

#define X(id, name)	[CHARGE_BY_##id] = (name),
const char *const charge_source_names[CHARGE_BY__COUNT] = {
	CHARGE_SOURCES(X)
};
#undef X

const struct price *
charge_price(const struct tier *t, struct str provider, struct str id)
{
	for (size_t i = 0; t != NULL && i < t->price_count; i++)
		if (str_eq(t->prices[i].provider, provider) &&
		    str_eq(t->prices[i].id, id))
			return &t->prices[i];
	return NULL;
}

/* The part of what runs that the price to go stands for. */
static const struct sold *
part_that_goes(const struct charge_ask *ask)
{
	const struct purchase *p = ask->running;

	for (size_t i = 0; p != NULL && i < p->sold_count; i++)
		if (!p->sold[i].tier->addon)
			return &p->sold[i];
	return NULL;
}

static bool
reckon(struct flow *f, const struct charge_ask *ask, struct estimate *out)
{
	const struct sold *sold = part_that_goes(ask);
	struct estimate_ask how = {
		.change = ask->terms.change, .to = ask->price,
		.to_quantity = ask->terms.quantity, .now = f->now,
	};

	if (sold != NULL) {
		how.from = charge_price(sold->tier, ask->provider,
		    ask->replaces);
		how.from_quantity = sold->quantity;
		how.paid_until = ask->running->paid_until;
		how.trialing = ask->running->state == PURCHASE_TRIALING;
	}
	return estimate(&how, out);
}

static void
tell(struct charge *out, const struct estimate *by)
{
	out->source = CHARGE_BY_ESTIMATE;
	out->now = (struct money_due){
		.known = true, .amount = by->now, .currency = by->currency,
	};
	out->next = (struct money_due){
		.known = by->renews, .amount = by->next,
		.currency = by->currency, .interval = by->interval,
	};
}

/* Only what is charged at once is worth asking for. */
static bool
quote(struct flow *f, const struct charge_ask *ask_, struct errand_result *r)
{
	struct errand errand = {
		.kind = ERRAND_QUOTE, .session = ask_->session,
		.user = ask_->terms.user, .quantity = ask_->terms.quantity,
		.replaces = ask_->replaces, .quoted_at = ask_->quoted_at,
	};
	struct err ignored;

	if (!ask_->asks || ask_->terms.change != CHANGE_NOW ||
	    ask_->running == NULL || ask_->price == NULL ||
	    !ask_possible(f->conf, ask_->provider))
		return false;
	errand.price = ask_->price->id;
	errand.interval = ask_->price->interval;
	errand.object = ask_->running->key;
	return flow_ask(f, ask_->provider, &errand, QUOTE_SECONDS * SECOND, r,
	    &ignored) == RC_OK && r->end == ERRAND_DONE && r->due_now.known;
}

void
charge_find(struct flow *f, const struct charge_ask *ask_,
    struct charge *out)
{
	struct errand_result result;
	struct estimate by;

	*out = (struct charge){ .source = CHARGE_BY_NONE };
	if (reckon(f, ask_, &by))
		tell(out, &by);
	if (!quote(f, ask_, &result))
		return;
	out->source = CHARGE_BY_PROVIDER;
	out->now = result.due_now;
	if (result.due_next.known)
		out->next = result.due_next;
}
