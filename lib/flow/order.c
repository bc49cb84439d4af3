/*
 * Reading and checking an order.
 */
#include "base/limits.h"
#include "flow/charge.h"
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

/*
 * Naming a payment is the seller's, and so is the buyer's e-mail address: what
 * a browser wrote could be anybody's, and a lost purchase is found by it.
 */
static enum rc
way_to_pay(const struct principal *who, const struct wish *w, struct err *e)
{
	if (w->has_payment && who->kind != PRINCIPAL_SERVER)
		return err_set(e, RC_NOT_ALLOWED,
		    "Start with checkout, or let your back end name it.",
		    "only a server key may name a payment");
	if (w->email.len > 0 && who->kind != PRINCIPAL_SERVER)
		return err_set(e, RC_NOT_ALLOWED,
		    "Leave it out; your back end puts email into "
		    "POST /v1/tokens.",
		    "only a server key may say checkout.email");
	return RC_OK;
}

/* Kept where it is of use: where the provider takes or tells an address. */
static struct str
email_of(const struct principal *who, const struct wish *w)
{
	const struct provider *p = provider_find(w->provider);

	if (!w->has_checkout || p == NULL || !p->knows_email)
		return STR_NONE;
	return who->kind == PRINCIPAL_SERVER ? w->email : who->email;
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
	if (o->tier == m->default_tier && !w->has_payment &&
	    !w->has_checkout)
		return err_member(e, RC_INVALID_TRANSITION, "/target_tier",
		    "Add checkout with the provider, to end the subscription "
		    "that runs there.",
		    "%.*s is the default tier and is not bought",
		    STR_FMT(w->tier));
	return RC_OK;
}

/*
 * What a checkout sells: the named price of the tier, or of its one add-on.
 * The default tier is had by ending a subscription: it has none.
 */
static enum rc
price_find(struct order *o, const struct matrix *m, struct err *e)
{
	const struct wish *w = &o->wish;
	const struct tier *sold = o->tier;

	if (!w->has_checkout)
		return RC_OK;
	if (provider_find(w->provider) == NULL)
		return err_member(e, RC_INVALID_VALUE, "/checkout/provider",
		    "Use one that this server has a webhook secret of.",
		    "there is no such provider");
	if (sold != NULL && sold == m->default_tier)
		return RC_OK;
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
	o->email = email_of(who, w);
	o->terms = (struct terms){
		.user = o->user, .tier = w->tier, .addons = w->addons,
		.addon_count = w->addon_count, .quantity = w->quantity,
		.matrix_version = m->version,
		.amount = w->has_payment ? w->amount : -1,
		.currency = w->currency,
	};
	return RC_OK;
}

/* --- changing what runs ------------------------------------------------ */

/* The tier that a purchase sells, or NULL. */
static const struct sold *
tier_of(const struct purchase *p)
{
	for (size_t n = 0; n < p->sold_count; n++)
		if (!p->sold[n].tier->addon)
			return &p->sold[n];
	return NULL;
}

/*
 * The purchase of a running subscription to a tier, or NULL.  At this
 * provider, if it has one: others cannot be changed there.
 */
static const struct purchase *
running(const struct settle *s, struct str provider)
{
	const struct purchase *found = NULL;

	for (size_t i = 0; i < s->purchase_count; i++) {
		const struct purchase *p = &s->purchases[i];

		if (!p->subscription || !purchase_live(p->state) ||
		    tier_of(p) == NULL)
			continue;
		if (found == NULL || str_eq(p->key.provider, provider))
			found = p;
		if (str_eq(found->key.provider, provider))
			break;
	}
	return found;
}

const struct object_key *
order_replaces(const struct order *o, const struct settle *s)
{
	const struct purchase *p = running(s, o->wish.provider);

	if (p == NULL || o->tier == NULL)
		return NULL;
	if (o->wish.has_payment &&
	    object_key_cmp(&o->wish.payment, &p->key) != 0)
		return NULL;
	return &p->key;
}

/* The price of the item that sells this tier now. */
static struct str
price_of(const struct purchase *p, const struct sold *sold)
{
	for (size_t i = 0; p->head != NULL && i < p->head->item_count; i++)
		if (matrix_sold_by(sold->matrix, p->key.provider,
		    p->head->items[i].price) == sold->tier)
			return p->head->items[i].price;
	return STR_NONE;
}

static enum rc
already_on(const struct order *o, struct err *e)
{
	return err_member(e, RC_ALREADY_ON_TIER, "/target_tier",
	    "Nothing has to be bought.", "the user is on %.*s already",
	    STR_FMT(o->tier->id));
}

/* To the default tier: the end of the subscription. */
static enum rc
decide_end(struct order *o, const struct purchase *p, struct err *e)
{
	if (!o->wish.at_once && p->cancel_at != 0)
		return err_member(e, RC_ALREADY_ON_TIER, "/target_tier",
		    "Say \"effective\":\"now\" to end it at once.",
		    "the subscription ends with its period already");
	o->terms.change = o->wish.at_once ? CHANGE_END : CHANGE_CANCEL;
	return RC_OK;
}

/*
 * A change that names no price keeps the one that is paid, or at least its
 * interval: nobody who wants one seat more is put from years to months.
 */
static void
keep_price(struct order *o, const struct sold *now)
{
	const struct str provider = o->wish.provider;
	const struct price *paid, *like = NULL;

	o->price = tier_price(o->tier, provider, o->wish.price);
	paid = charge_price(now->tier, provider, o->replaces);
	if (o->wish.price.len > 0 || paid == NULL)
		return;
	for (size_t i = o->tier->price_count; i-- > 0;) {
		const struct price *p = &o->tier->prices[i];

		if (str_eq(p->provider, provider) && paid->interval.len > 0 &&
		    str_eq(p->interval, paid->interval))
			like = p;
	}
	if (charge_price(o->tier, provider, o->replaces) != NULL)
		like = charge_price(o->tier, provider, o->replaces);
	if (like != NULL)
		o->price = like;
}

/* How the subscription that runs comes to what is wished for. */
static enum rc
decide(struct order *o, const struct matrix *m, const struct purchase *p,
    struct err *e)
{
	const struct sold *now = tier_of(p);

	o->running = p;
	o->replaces = price_of(p, now);
	if (o->tier == m->default_tier)
		return decide_end(o, p, e);
	if (str_eq(now->tier->id, o->tier->id) &&
	    now->quantity == o->wish.quantity) {
		if (p->cancel_at == 0)
			return already_on(o, e);
		o->terms.change = CHANGE_RESUME;
		return RC_OK;
	}
	keep_price(o, now);
	o->terms.change = o->wish.at_period_end ? CHANGE_PLANNED : CHANGE_NOW;
	o->terms.price = o->wish.at_period_end ? STR_NONE : o->price->id;
	return RC_OK;
}

/* Something new is bought, though something is there that does not renew. */
static enum rc
buy_check(const struct order *o, const struct settle *s, struct err *e)
{
	const struct matrix *m = catalog_newest(s->catalog);
	const struct tier *now = matrix_tier(m, s->want.tier);

	if (str_eq(s->want.tier, o->tier->id) &&
	    s->want.quantity == o->wish.quantity)
		return already_on(o, e);
	if (o->wish.has_payment)
		return RC_OK;
	if (o->tier == m->default_tier ||
	    (now != NULL && now->rank > o->tier->rank))
		return err_member(e, RC_INVALID_TRANSITION, "/target_tier",
		    "Refund or end the higher purchase at the provider.",
		    "%.*s is below what the user has, and no subscription "
		    "runs that could be changed", STR_FMT(o->tier->id));
	if (o->wish.at_period_end)
		return err_member(e, RC_INVALID_TRANSITION, "/effective",
		    "Leave effective out.",
		    "no subscription runs whose period could end");
	return RC_OK;
}

/* When the period ends that is paid for, or the trial. */
static int64_t
period_end(const struct purchase *p)
{
	return p->state == PURCHASE_TRIALING ? p->trial_end : p->paid_until;
}

enum rc
order_imagine(const struct order *o, struct settle *s,
    const struct terms *terms, struct holding *holding, struct plan *now,
    struct plan *plan, struct err *e)
{
	const struct object_key *replaces = order_replaces(o, s);
	struct terms then = *terms;
	struct holding later;

	TRY(settle_imagine(s, terms, replaces, holding, now, e));
	*plan = *now;
	if (terms->change == CHANGE_PLANNED)
		then.change = CHANGE_NOW;
	else if (terms->change == CHANGE_CANCEL)
		then.change = CHANGE_END;
	else
		return RC_OK;
	TRY(settle_imagine(s, &then, replaces, &later, plan, e));
	if (o->running != NULL)
		plan->effective_at = period_end(o->running);
	return RC_OK;
}

enum rc
order_check(struct order *o, const struct settle *s, struct err *e)
{
	const struct matrix *m = catalog_newest(s->catalog);
	const struct purchase *p = running(s, o->wish.provider);

	o->running = NULL;
	o->replaces = STR_NONE;
	o->terms.change = CHANGE_NONE;
	o->terms.price = STR_NONE;
	if (o->tier == NULL)
		return RC_OK;
	if (o->wish.has_payment || p == NULL)
		return buy_check(o, s, e);
	if (!o->wish.has_checkout)
		return err_member(e, RC_INVALID_TRANSITION, "/checkout",
		    "Add checkout to change it, or name the subscription as "
		    "payment and change it at the provider.",
		    "a running subscription is changed, not bought again");
	if (!str_eq(p->key.provider, o->wish.provider))
		return err_set(e, RC_SUBSCRIBED_ELSEWHERE,
		    "Change or end that subscription first.",
		    "the user has a running subscription at %.*s",
		    STR_FMT(p->key.provider));
	return decide(o, m, p, e);
}
