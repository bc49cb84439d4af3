/*
 * Capabilities that a user does not hold although something once carried
 * them, or might; used by derive alone.
 */
#ifndef RUNG_CORE_DENY_H
#define RUNG_CORE_DENY_H

#include "core/derive.h"

/*
 * Fill h->denied, sorted and without copies, from what the newest matrix
 * switches off, from overrides that withhold and from purchases that are not
 * live.  h->capabilities is filled already.
 */
void	deny_capabilities(const struct purchase *const *, size_t count,
	    const struct life *, const struct matrix *newest, int64_t now,
	    struct arena *, struct holding *);

#endif
