/*
 * The providers we take deliveries from.  A new one is a row here.
 */
#include "provider/provider.h"

static const struct provider *const providers[] = {
	&provider_stripe,
	&provider_paddle,
	&provider_lemonsqueezy,
};

const struct provider *
provider_find(struct str name)
{
	for (size_t i = 0; i < COUNT(providers); i++)
		if (str_eq(name, str_of(providers[i]->name)))
			return providers[i];
	return NULL;
}

const struct provider *
provider_at(size_t i)
{
	return i < COUNT(providers) ? providers[i] : NULL;
}

struct str
provider_api(const struct provider *p, bool livemode)
{
	return str_of(!livemode && p->api_test != NULL ? p->api_test :
	    p->api);
}
