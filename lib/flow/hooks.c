/*
 * Settings to rules, one provider after the other.
 */
#include "base/clock.h"
#include "flow/hooks.h"

void
hook_rules_of(const struct conf *conf, struct str provider,
    struct hook_rules *rules)
{
	*rules = (struct hook_rules){
		.tolerance = conf->webhook_tolerance * SECOND,
		.livemode = conf->mode == MODE_LIVE,
	};
	if (str_eq(provider, STR("stripe"))) {
		rules->secrets = conf->stripe_webhook_secrets.at;
		rules->secret_count = conf->stripe_webhook_secrets.count;
		rules->account = conf->stripe_account;
	} else if (str_eq(provider, STR("paddle"))) {
		rules->secrets = conf->paddle_webhook_secrets.at;
		rules->secret_count = conf->paddle_webhook_secrets.count;
	} else if (str_eq(provider, STR("lemonsqueezy"))) {
		rules->secrets = conf->lemonsqueezy_webhook_secrets.at;
		rules->secret_count = conf->lemonsqueezy_webhook_secrets.count;
		rules->account = conf->lemonsqueezy_store;
	}
}
