/*
 * What a provider must know of this seller to read a delivery.
 */
#ifndef RUNG_FLOW_HOOKS_H
#define RUNG_FLOW_HOOKS_H

#include "base/conf.h"
#include "provider/provider.h"

/* From the settings; no secret: the provider is not configured. */
void	hook_rules_of(const struct conf *, struct str provider,
	    struct hook_rules *);

#endif
