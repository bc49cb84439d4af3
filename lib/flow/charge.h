/*
 * What an order costs: by the provider's word where it can be asked, else an
 * estimate from the matrix.
 */
#ifndef RUNG_FLOW_CHARGE_H
#define RUNG_FLOW_CHARGE_H

#include "flow/app.h"
#include "provider/provider.h"

#define CHARGE_SOURCES(X)						\
	X(NONE,		"none")						\
	X(ESTIMATE,	"estimate")	/* by the matrix's amounts */	\
	X(PROVIDER,	"provider")	/* the provider was asked */

#define X(id, name)	CHARGE_BY_##id,
enum charge_source { CHARGE_SOURCES(X) CHARGE_BY__COUNT };
#undef X

extern const char *const charge_source_names[CHARGE_BY__COUNT];

struct charge {
	enum charge_source	 source;
	struct money_due	 now, next;	/* known: false, there is none */
};

struct charge_ask {
	struct terms		 terms;		/* what is wished for */
	struct str		 session;	/* "" in a preview */
	struct str		 provider;
	const struct price	*price;		/* of what is wished for, or NULL */
	const struct purchase	*running;	/* what is changed, or NULL */
	struct str		 replaces;	/* its price that goes, or "" */
	int64_t			 quoted_at;	/* the moment to reckon from */
	bool			 asks;		/* may the provider be asked? */
};

/*
 * Never fails: what cannot be known is not told.  Asks the provider for two
 * seconds at most, and outside of transactions only.
 */
void	charge_find(struct flow *, const struct charge_ask *,
	    struct charge *);

/* What the tier's price of that id is, or NULL. */
const struct price *charge_price(const struct tier *, struct str provider,
	    struct str id);

#endif
