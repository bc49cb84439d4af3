/*
 * Counters that outlive a process: one file of fixed size in var, mapped by
 * every program, each value added to atomically.  Without the file, or
 * without room in it, counting does nothing: no request fails for a number.
 */
#ifndef RUNG_BASE_TALLY_H
#define RUNG_BASE_TALLY_H

#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

/* Id, kind, name, labels ("" for none), help. */
#define TALLIES(X)							\
	X(UPGRADES_STARTED, COUNTER, "rung_upgrades_started_total",	\
	    "tier", "",							\
	    "Upgrades started, by the tier asked for.")			\
	X(WEBHOOKS_RECEIVED, COUNTER, "rung_webhooks_received_total",	\
	    "provider", "outcome",					\
	    "Deliveries of payment providers, by what became of them.")	\
	X(GRANTED, COUNTER, "rung_entitlements_granted_total",		\
	    "cause", "",						\
	    "Purchases that gave access, by what made them known.")	\
	X(REVOKED, COUNTER, "rung_entitlements_revoked_total",		\
	    "cause", "",						\
	    "Changes that took access away, by what caused them.")	\
	X(TIME_TO_GRANT, GRANT_TIMES, "rung_time_to_grant_seconds",	\
	    "", "",							\
	    "From the first word of a payment to its committed grant.")	\
	X(HTTP_REQUESTS, COUNTER, "rung_http_requests_total",		\
	    "route", "status_class",					\
	    "Requests answered.")					\
	X(HTTP_SECONDS, ANSWER_TIMES, "rung_http_request_duration_seconds", \
	    "route", "",						\
	    "From taking a request to its answer, waits included.")

#define X(id, kind, name, one, two, help)	TALLY_##id,
enum tally { TALLIES(X) TALLY__COUNT };
#undef X

/*
 * Map <folder>/metrics, making it if need be.  Returns whether that worked;
 * the calls below are safe either way.
 */
bool tally_open(struct str folder);
void tally_close(void);

/*
 * One more of a counter.  Label values come from lists that our own code or
 * the operator's matrix bounds; those a metric does not have are ignored.
 */
void tally_add(enum tally, struct str one, struct str two);

/* A duration in microseconds into a histogram. */
void tally_observe(enum tally, struct str one, int64_t us);

/* All of the above in the Prometheus text format 0.0.4. */
void tally_write(struct buf *);

/* The two comment lines that go before the samples of any metric. */
void tally_head(struct buf *, const char *name, const char *kind,
    const char *help);

#endif
