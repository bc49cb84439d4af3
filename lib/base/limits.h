/*
 * Ceilings, each with its reason.  Everything from outside is bounded here.
 */
#ifndef RUNG_BASE_LIMITS_H
#define RUNG_BASE_LIMITS_H

enum {
	BODY_BYTES_MAX		= 16 * 1024,	/* our own API */
	WEBHOOK_BYTES_MAX	= 256 * 1024,	/* a provider's delivery */
	MATRIX_BYTES_MAX	= 256 * 1024,	/* one YAML file */
	HEAD_BYTES_MAX		= 32 * 1024,	/* all CGI variables together */
	HEAD_ENTRIES_MAX	= 200,
	HEAD_VALUE_MAX		= 8 * 1024,
	SIGNATURE_BYTES_MAX	= 4 * 1024,	/* the signature header */
	SIGNATURES_MAX		= 8,		/* candidates in one header */
	SECRETS_MAX		= 8,		/* in force at once, per provider */

	JSON_DEPTH_MAX		= 16,		/* our own API */
	JSON_VALUES_MAX		= 4096,
	JSON_STRING_MAX		= 8 * 1024,
	HOOK_DEPTH_MAX		= 32,		/* a signed provider body */
	HOOK_VALUES_MAX		= 20000,
	HOOK_STRING_MAX		= 64 * 1024,

	YAML_DEPTH_MAX		= 16,		/* libyaml has no limit of its own */
	YAML_EVENTS_MAX		= 20000,	/* ... and is quadratic */

	ARENA_BYTES_MAX		= 32 * 1024 * 1024, /* one request in memory */
	REPLY_BYTES_MAX		= 1024 * 1024,
	DOCUMENT_BYTES_MAX	= 256 * 1024,	/* one user's rendered state */

	CHECKS_MAX		= 100,		/* questions in one request */
	USER_ID_MAX		= 191,		/* bytes of UTF-8 */
	OUTSIDE_ID_MAX		= 190,		/* a provider's id */
	EMAIL_MAX		= 254,		/* bytes: what mail itself can carry */
	CAPABILITY_NAME_MAX	= 80,		/* Stripe's lookup keys stop there too */
	TIER_NAME_MAX		= 40,
	IDEMPOTENCY_KEY_MAX	= 255,
	QUANTITY_MAX		= 1000000,
	CAPABILITIES_MAX	= 256,		/* in one tier */
	LIMITS_MAX		= 64,
	ASSETS_MAX		= 32,
	PRICES_MAX		= 64,
	TIERS_MAX		= 32,
	ADDONS_MAX		= 64,
	LINKS_MAX		= 8,		/* objects one object names */
	ITEMS_MAX		= 20,		/* lines of one subscription (Stripe's own limit) */
	OBJECTS_MAX		= 2000,		/* of one user */

	TX_TRIES_MAX		= 8,		/* then the caller must come back */
	CONNECT_SECONDS		= 1,
	WEBHOOK_DEADLINE_S	= 4,		/* Paddle hangs up after 5 */
	WRITE_DEADLINE_S	= 4,
	READ_DEADLINE_S		= 2,
	ASK_SECONDS		= 8,		/* one errand to a payment provider */

	BEAT_SECONDS		= 15,		/* a gone client is seen at the second */
	STREAM_SECONDS		= 55,		/* of a bounded one; hosts end at 60 */
	WAITERS_USUAL		= 800,		/* lighttpd's own limits hold 1365 */
	WAITERS_CGI		= 4,		/* each a process of the account's 20 */

	IDEMPOTENCY_KEEP_DAYS	= 7,
	COUNTERS_KEEP_DAYS	= 7,		/* after their period */
	EMAIL_KEEP_DAYS		= 30,		/* after the session's end */
	HOLD_SECONDS		= 900,		/* of a limit, unless asked */
	HOLD_SECONDS_MAX	= 24 * 3600,
	TOKEN_SECONDS		= 900,		/* a client token, unless asked */
	TOKEN_SECONDS_MAX	= 24 * 3600,
	TICKET_SECONDS		= 900,		/* of streams; reusable */
	SESSION_TOKEN_AFTER_S	= 3600,		/* outlives its session by this */
	GRACE_LEAST_DAYS	= 3,		/* late news is grace, not a cut */
};

#endif
