/*
 * Running errands: asking a payment provider over HTTP, within a time and
 * with few at once, so that a provider that hangs cannot take all processes.
 */
#ifndef RUNG_FLOW_ASK_H
#define RUNG_FLOW_ASK_H

#include "flow/app.h"
#include "provider/provider.h"

/* What a provider must know of this seller; api_rules.key "" : not set. */
void	api_rules_of(const struct conf *, struct str provider,
	    struct api_rules *);

/* Is there a key to ask this provider with? */
bool	ask_possible(const struct conf *, struct str provider);

/*
 * Run one errand to its end: kind and what it is about are the caller's, the
 * rules and the time are filled in.  Never inside a transaction; the
 * database's deadline and f->now are set anew afterwards.  `within` is the
 * time for the whole errand in microseconds, ASK_SECONDS by default (0).
 *
 * RC_PROVIDER_DOWN (also when too many ask already) and RC_PROVIDER_DENIED
 * (also without a key); e->retry_after may say when to come again.  Failures
 * are logged.
 */
enum rc	flow_ask(struct flow *, struct str provider, struct errand *,
	    int64_t within, struct errand_result *, struct err *);

#endif
