/*
 * Reading and checking an order.
 */
#include "base/limits.h"
#include "flow/order.h"
#include "flow/url.h"
#include "provider/provider.h"

static enum rc
user_read_wish(const struct principal *who, struct order *o, struct err *e)
{
	struct str user = o->wish.user;

	if (who->kind == PRINCIPAL_SERVER) {
		if (user.len == 0)
			return err_member(e, RC_INVALID_VALUE, "/user",
			    "Say for whom: a server key has no user.",
			    "user is missing");
		o->user = user;
		return RC_OK;
	}
	if (user.len > 0 && !str_eq(user, STR("me")) &&
	    !str_eq(user, who->user))
		return err_set(e, RC_WRONG_USER,
		    "Leave user out, or use a token of that user.",
		    "this token is another user's");
	o->user = who->user;
	return RC_OK;
}

/* Naming a payment is the seller's. */
static enum rc
way_to_pay(const struct principal *who, const struct wish *w, struct err *e)
{
	if (w->has_payment && who->kind != PRINCIPAL_SERVER)
		return err_set(e, RC_NOT_ALLOWED,
		    "Start with checkout, or let your back end name it.",
		    "only a server key may name a payment");
	return RC_OK;
}

static enum rc
tier_unknown(struct err *e, const char *pointer, const char *what)
{
	return err_member(e, RC_UNKNOWN_TIER, pointer,
	    "GET /v1/tiers lists what is sold.",
	    "the matrix has no such %s", what);
}

static enum rc
sold_check(struct order *o, const struct matrix *m, struct err *e)
{
	const struct wish *w = &o->wish;

	for (size_t i = 0; i < w->addon_count; i++)
		if (matrix_addon(m, w->addons[i]) == NULL)
			return tier_unknown(e, "/addons", "add-on");
	if (w->tier.len == 0)
		return RC_OK;
	o->tier = matrix_tier(m, w->tier);
	if (o->tier == NULL)
		return tier_unknown(e, "/target_tier", "tier");
	if (o->tier == m->default_tier && !w->has_payment)
		return err_member(e, RC_INVALID_TRANSITION, "/target_tier",
		    "Cancel the subscription at the provider instead.",
		    "%.*s is the default tier and is not bought",
		    STR_FMT(w->tier));
	return RC_OK;
}

/* What a checkout sells: the named price of the tier, or of its one add-on. */
static enum rc
price_find(struct order *o, const struct matrix *m, struct err *e)
{
	const struct wish *w = &o->wish;
	const struct tier *sold = o->tier;

	if (!w->has_checkout)
		return RC_OK;
	if (provider_find(w->provider) == NULL)
		return err_member(e, RC_INVALID_VALUE, "/checkout/provider",
		    "Use a provider that this server has: stripe.",
		    "there is no such provider");
	if (sold == NULL && w->addon_count == 1)
		sold = matrix_addon(m, w->addons[0]);
	if (sold == NULL)
		return err_member(e, RC_INVALID_VALUE, "/addons",
		    "Start one checkout per add-on.",
		    "a checkout sells one add-on at a time");
	o->price = tier_price(sold, w->provider, w->price);
	if (o->price == NULL)
		return err_member(e, RC_INVALID_VALUE, "/price",
		    "GET /v1/tiers lists the offers of each tier.",
		    "%.*s has no such price at %.*s", STR_FMT(sold->id),
		    STR_FMT(w->provider));
	return RC_OK;
}

static enum rc
urls_check(const struct flow *f, const struct wish *w, struct err *e)
{
	if (!w->has_checkout)
		return RC_OK;
	TRY(url_allowed(f->conf, w->success_url, "/checkout/success_url", e));
	if (w->cancel_url.len == 0)
		return RC_OK;
	return url_allowed(f->conf, w->cancel_url, "/checkout/cancel_url", e);
}

enum rc
order_read(struct flow *f, const struct principal *who, struct str body,
    struct order *o, struct err *e)
{
	const struct catalog *catalog = NULL;
	const struct matrix *m;
	const struct wish *w = &o->wish;

	*o = (struct order){ .tier = NULL };
	TRY(wish_read(body, f->arena, &o->wish, e));
	TRY(user_read_wish(who, o, e));
	TRY(way_to_pay(who, w, e));
	TRY(flow_catalog(f, &catalog, e));
	m = catalog_newest(catalog);
	TRY(sold_check(o, m, e));
	TRY(price_find(o, m, e));
	TRY(urls_check(f, w, e));
	o->terms = (struct terms){
		.user = o->user, .tier = w->tier, .addons = w->addons,
		.addon_count = w->addon_count, .quantity = w->quantity,
		.matrix_version = m->version,
		.amount = w->has_payment ? w->amount : -1,
		.currency = w->currency,
	};
	return RC_OK;
}

/* The purchase of a running subscription to a tier, or NULL. */
static const struct purchase *
running(const struct settle *s)
{
	for (size_t i = 0; i < s->purchase_count; i++) {
		const struct purchase *p = &s->purchases[i];

		if (!p->subscription || !purchase_live(p->state))
			continue;
		for (size_t n = 0; n < p->sold_count; n++)
			if (!p->sold[n].tier->addon)
				return p;
	}
	return NULL;
}

const struct object_key *
order_replaces(const struct order *o, const struct settle *s)
{
	const struct purchase *p = running(s);

	if (p == NULL || o->tier == NULL)
		return NULL;
	if (o->wish.has_payment &&
	    object_key_cmp(&o->wish.payment, &p->key) != 0)
		return NULL;
	return &p->key;
}

enum rc
order_check(const struct order *o, const struct settle *s, struct err *e)
{
	const struct matrix *m = catalog_newest(s->catalog);
	const struct purchase *p = running(s);
	const struct tier *now = matrix_tier(m, s->want.tier);

	if (o->tier == NULL)
		return RC_OK;
	if (str_eq(s->want.tier, o->tier->id) &&
	    s->want.quantity == o->wish.quantity)
		return err_member(e, RC_ALREADY_ON_TIER, "/target_tier",
		    "Nothing has to be bought.", "the user is on %.*s already",
		    STR_FMT(o->tier->id));
	if (o->wish.has_payment)
		return RC_OK;
	if (p != NULL && o->wish.has_checkout &&
	    !str_eq(p->key.provider, o->wish.provider))
		return err_set(e, RC_SUBSCRIBED_ELSEWHERE,
		    "Change or end that subscription first.",
		    "the user has a running subscription at %.*s",
		    STR_FMT(p->key.provider));
	if (p != NULL)
		return err_set(e, RC_CHECKOUT_UNAVAILABLE,
		    "Change the subscription at the provider: its webhook "
		    "changes what the user holds.",
		    "a second checkout would charge twice: the user has a "
		    "running subscription");
	if (now != NULL && now->rank > o->tier->rank)
		return err_member(e, RC_INVALID_TRANSITION, "/target_tier",
		    "Refund or end the higher purchase at the provider.",
		    "%.*s is below what the user has", STR_FMT(o->tier->id));
	return RC_OK;
}
