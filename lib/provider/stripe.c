/*
 * Stripe's signature, "t=1788256800,v1=<hex>,v1=<hex>,v0=<hex>", and what else
 * there is to know of the provider at one glance.
 */
#include "provider/stamped.h"
#include "provider/stripe.h"

static const struct stamped signature = {
	.stamp = STR("t"), .scheme = STR("v1"), .between = ',',
	.mark = STR("."), .setting = "stripe_webhook_secrets",
};

static enum rc
verify(const struct hook *hook, const struct hook_rules *rules, int64_t now,
    struct err *e)
{
	return stamped_verify(&signature, hook, rules, now, e);
}

struct str
stripe_sign(struct arena *a, struct str secret, struct str body, int64_t now)
{
	return stamped_sign(&signature, a, secret, body, now);
}

const struct provider provider_stripe = {
	.name = "stripe",
	.title = "Stripe",
	.header = "HTTP_STRIPE_SIGNATURE",
	.header_sent = "Stripe-Signature",
	.api = "https://api.stripe.com",
	.verify = verify,
	.normalise = stripe_normalise,
	.sign = stripe_sign,
	.knows_email = true,
	.lists_events = true,
	.events = stripe_events,
	.errand = stripe_errand,
};
