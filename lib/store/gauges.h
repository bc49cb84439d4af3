/*
 * Figures counted from rows, for /metrics: each one short statement over the
 * beginning of an index.
 */
#ifndef RUNG_STORE_GAUGES_H
#define RUNG_STORE_GAUGES_H

#include "core/session.h"
#include "store/db.h"

struct gauges {
	int64_t	 sessions[SESSION__COUNT];
	int64_t	 deferred, quarantined;		/* deliveries */
	int64_t	 oldest_deferred;		/* first_seen; 0: none */
	int64_t	 last_sweep;			/* 0: never */
};

enum rc gauges_read(struct db *, uint32_t seller, struct arena *,
    struct gauges *out, struct err *);

#endif
