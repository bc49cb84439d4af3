/*
 * One attempt to upgrade: its states, and what ends it.  Final states are
 * never left.
 */
#ifndef RUNG_CORE_SESSION_H
#define RUNG_CORE_SESSION_H

#include "core/purchase.h"

#define SESSION_STATES(X)			\
	X(PENDING,	"pending")		\
	X(COMPLETED,	"completed")		\
	X(FAILED,	"failed")		\
	X(CANCELLED,	"cancelled")		\
	X(EXPIRED,	"expired")

#define PAYMENT_STATES(X)			\
	X(UNPAID,	   "unpaid")		\
	X(REQUIRES_ACTION, "requires_action")	\
	X(PROCESSING,	   "processing")	\
	X(PAID,		   "paid")		\
	X(FAILED,	   "failed")

#define SESSION_REASONS(X)			\
	X(NONE,			"")		\
	X(DECLINED,		"declined")	\
	X(ABANDONED,		"abandoned")	\
	X(EXPIRED,		"expired")	\
	X(CANCELLED_BY_USER,	"cancelled_by_user")	\
	X(CANCELLED_BY_SELLER,	"cancelled_by_seller")	\
	X(OTHER_PRICE_PAID,	"other_price_paid")	\
	X(PAYMENT_OF_OTHER_USER,"payment_of_other_user")	\
	X(PROVIDER_ERROR,	"provider_error")

#define X(id, name)	SESSION_##id,
enum session_state { SESSION_STATES(X) SESSION__COUNT };
#undef X
#define X(id, name)	PAYMENT_##id,
enum payment_state { PAYMENT_STATES(X) PAYMENT__COUNT };
#undef X
#define X(id, name)	BECAUSE_##id,
enum session_reason { SESSION_REASONS(X) BECAUSE__COUNT };
#undef X

extern const char *const session_state_names[SESSION__COUNT];
extern const char *const payment_state_names[PAYMENT__COUNT];
extern const char *const session_reason_names[BECAUSE__COUNT];

struct session {
	struct str		 id;		/* "us_..." */
	struct terms		 terms;		/* user, target, quantity, pin */
	struct str		 from_tier;
	enum session_state	 state;
	enum payment_state	 payment;
	enum session_reason	 reason;
	bool			 livemode;
	int64_t			 version;	/* its own counter, from 1 */
	int64_t			 created_at;
	int64_t			 expires_at;
	int64_t			 ended_at;	/* 0 while pending */
	struct str		 provider;	/* of its checkout or payment, "" none */
	struct str		 price;		/* the provider's price to sell, "" none */
	struct str		 success_url, cancel_url;
	struct str		 delta;		/* rendered JSON, as first answered */
};

bool session_final(enum session_state);

/*
 * What the purchases (of its user, at `now`) and the time do to a session: a
 * copy with state, payment, reason, version and ended_at moved on, or as it
 * was.  Returns whether anything moved.  A final session never moves.
 * Rules: design: Decisions 5; a purchase closes the session only if what was
 * paid is what the session asked for, else it fails: other_price_paid.
 */
bool session_step(const struct session *, const struct purchase *purchases,
    size_t count, int64_t now, struct session *out);

#endif
