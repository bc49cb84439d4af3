/*
 * What is counted of limits, as JSON: the answer to a taking, and the live
 * figures in a user's document.
 */
#ifndef RUNG_WIRE_USAGE_WRITE_H
#define RUNG_WIRE_USAGE_WRITE_H

#include "core/meter.h"
#include "core/over.h"
#include "wire/out.h"

struct usage_answer {
	struct str		 user;
	const struct held_limit	*limit;
	bool			 allowed;
	struct meter		 meter;
	int64_t			 resets_at;	/* 0: never */
	struct str		 hold;		/* its id, or "" */
	const char		*hold_status;	/* "open", "confirmed", ... */
	int64_t			 hold_amount;
	int64_t			 hold_expires_at; /* 0 when it has ended */
};

/* {"user","limit","allowed", ... as a limit in entitlements ..., "hold"} */
void	usage_write(struct out *, const struct usage_answer *);

/*
 * The document of entitlements with the counters of now in its limits, in
 * place of the zeros that are stored.  `usage` has every period that runs.
 */
enum rc	usage_put(struct str document, const struct holding *,
	    const struct usage *, size_t count, enum policy_action over_limit,
	    int64_t now, struct arena *, struct str *out, struct err *);

#endif
