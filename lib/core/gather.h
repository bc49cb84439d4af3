/*
 * Adding up what several tiers and add-ons carry; used by derive alone.
 */
#ifndef RUNG_CORE_GATHER_H
#define RUNG_CORE_GATHER_H

#include "core/derive.h"

/* One tier or add-on that counts, and why. */
struct part {
	const struct tier	*tier;
	int64_t			 quantity;
	struct source		 source;
};

struct parts {
	struct part	*list;		/* the tier first, then add-ons */
	size_t		 count;
};

/*
 * Each fills its arrays of the holding, sorted and without copies.  Of two
 * parts that carry the same name the first is its source.
 */
void	gather_capabilities(const struct parts *, const struct life *,
	    const struct matrix *newest, int64_t now, struct arena *,
	    struct holding *);
void	gather_limits(const struct parts *, const struct life *,
	    const struct matrix *newest, int64_t now, struct arena *,
	    struct holding *);

/* `suspended` are parts whose assets are kept where the slot is free. */
void	gather_assets(const struct parts *, const struct parts *suspended,
	    struct arena *, struct holding *);

#endif
