/*
 * A fact: what a verified delivery (or our own seller, by server key) says
 * about one object of a payment provider, in our words.
 */
#ifndef RUNG_CORE_FACT_H
#define RUNG_CORE_FACT_H

#include "base/limits.h"
#include "base/str.h"

#define OBJECT_KINDS(X)				\
	X(SUBSCRIPTION,	"subscription")		\
	X(PAYMENT,	"payment")		\
	X(CHECKOUT,	"checkout")		\
	X(INVOICE,	"invoice")		\
	X(ORDER,	"order")

/* How far a payment has come.  A later word in the list wins a tie. */
#define PAY_STEPS(X)				\
	X(NONE,		  "none")		\
	X(UNPAID,	  "unpaid")		\
	X(REQUIRES_ACTION,"requires_action")	\
	X(PROCESSING,	  "processing")		\
	X(FAILED,	  "failed")

/* Why an attempt to pay is over for good.  A later word wins a tie. */
#define CLOSINGS(X)				\
	X(OPEN,		"open")			\
	X(EXPIRED,	"expired")		\
	X(ABANDONED,	"abandoned")		\
	X(DECLINED,	"declined")

/* A subscription's state.  A later word in the list wins a tie in time. */
#define SUB_STATES(X)				\
	X(NONE,		"none")			\
	X(INCOMPLETE,	"incomplete")		\
	X(TRIALING,	"trialing")		\
	X(ACTIVE,	"active")		\
	X(PAST_DUE,	"past_due")		\
	X(UNPAID,	"unpaid")		\
	X(PAUSED,	"paused")		\
	X(CANCELED,	"canceled")

#define REFUND_STATES(X)			\
	X(PENDING,	"pending")		\
	X(SUCCEEDED,	"succeeded")		\
	X(CANCELED,	"canceled")		\
	X(FAILED,	"failed")

/*
 * A reversal is a notice of its own that names no dispute: it answers those
 * of its object that were heard of before it.
 */
#define DISPUTE_STATES(X)			\
	X(WARNING,	"warning")		\
	X(OPEN,		"open")			\
	X(WON,		"won")			\
	X(LOST,		"lost")			\
	X(REVERSAL,	"reversal")

/* Who says which session an object belongs to.  A later word is stronger. */
#define NAMINGS(X)				\
	X(NOBODY,	"nobody")		\
	X(BUYER,	"buyer")	/* a field the buyer can write */	\
	X(METADATA,	"metadata")	/* only a secret key can write it */	\
	X(SERVER_KEY,	"server_key")	/* the seller named it at the start */	\
	X(OURS,		"ours")		/* we created it */			\
	X(IMAGINED,	"imagined")	/* a preview; never in a fact */

/* What a session does to a subscription that runs already. */
#define CHANGES(X)				\
	X(NONE,		"none")		/* it buys something new */		\
	X(NOW,		"now")		/* other price or quantity, at once */	\
	X(PLANNED,	"planned")	/* the same when its period ends */	\
	X(CANCEL,	"cancel")	/* its end when its period ends */	\
	X(END,		"end")		/* its end at once */			\
	X(RESUME,	"resume")	/* no end after all */

#define X(id, name)	OBJECT_##id,
enum object_kind { OBJECT_KINDS(X) OBJECT__COUNT };
#undef X
#define X(id, name)	PAY_##id,
enum pay_step { PAY_STEPS(X) PAY__COUNT };
#undef X
#define X(id, name)	CLOSED_##id,
enum closing { CLOSINGS(X) CLOSED__COUNT };
#undef X
#define X(id, name)	SUB_##id,
enum sub_state { SUB_STATES(X) SUB__COUNT };
#undef X
#define X(id, name)	REFUND_##id,
enum refund_state { REFUND_STATES(X) REFUND__COUNT };
#undef X
#define X(id, name)	DISPUTE_##id,
enum dispute_state { DISPUTE_STATES(X) DISPUTE__COUNT };
#undef X
#define X(id, name)	NAMED_BY_##id,
enum naming { NAMINGS(X) NAMED_BY__COUNT };
#undef X
#define X(id, name)	CHANGE_##id,
enum change { CHANGES(X) CHANGE__COUNT };
#undef X

extern const char *const object_kind_names[OBJECT__COUNT];
extern const char *const pay_step_names[PAY__COUNT];
extern const char *const closing_names[CLOSED__COUNT];
extern const char *const sub_state_names[SUB__COUNT];
extern const char *const refund_state_names[REFUND__COUNT];
extern const char *const dispute_state_names[DISPUTE__COUNT];
extern const char *const naming_names[NAMED_BY__COUNT];
extern const char *const change_names[CHANGE__COUNT];

/* Ids are unique only within provider, account and kind. */
struct object_key {
	struct str		 provider;	/* "stripe" */
	struct str		 account;	/* "" for the seller's own */
	enum object_kind	 kind;
	struct str		 ref;		/* "pi_...", "sub_..." */
};

int object_key_cmp(const struct object_key *, const struct object_key *);

/* One line of what is bought: a price and how many (0 buys nothing). */
struct item {
	struct str	 price;		/* the provider's price id */
	int64_t		 quantity;
};

/*
 * What a session asked for, copied to each object that names the session, so
 * that a payment without a price can be understood.  Never changes once a
 * session exists.
 */
struct terms {
	struct str		 session;	/* "" : no such session */
	struct str		 user;
	struct str		 tier;		/* "" when add-ons are bought */
	const struct str	*addons;	/* in the order of their names */
	size_t			 addon_count;
	int64_t			 quantity;
	enum change		 change;
	struct str		 price;		/* that a change puts in place, or "" */
	int64_t			 matrix_version;
	int64_t			 amount;	/* minor units; -1 when not named */
	struct str		 currency;	/* lower case, or "" */
};

/* paid_until of a subscription that goes on without bills. */
#define PAID_FOR_EVER	INT64_MAX

#define FACT_KINDS(X)							\
	X(SEEN)		/* links and names only */			\
	X(PAID)		/* money is in: amount, currency */		\
	X(STEP)		/* step: an attempt's progress */		\
	X(CLOSED)	/* closing: this payment will never succeed */	\
	X(ITEMS)	/* items: what a payment or order buys */	\
	X(STATE)	/* a subscription as it now stands, whole; only	\
			 * its items may be left out: the last ones stand */ \
	X(PERIOD)	/* paid until */				\
	X(ENDED)	/* a subscription's end, for ever */		\
	X(REFUND)	/* one refund: part_id, amount, refund_state */	\
	X(REFUNDED)	/* amount: the sum of refunds as of `at` */	\
	X(DISPUTE)	/* one dispute: part_id, dispute_state */

#define X(id)	FACT_##id,
enum fact_kind { FACT_KINDS(X) FACT__COUNT };
#undef X

/*
 * Members that a kind does not use are zero.  Every fact may carry links and
 * names.  Times are microseconds since 1970 by the provider's clock.
 */
struct fact {
	enum fact_kind		 kind;
	struct object_key	 object;
	int64_t			 at;		/* when it was so */
	bool			 livemode;

	struct object_key	 links[LINKS_MAX]; /* of the same purchase */
	size_t			 link_count;
	struct str		 user;		/* signed rung_user, or "" */
	struct str		 session;	/* rung_session, or "" */
	enum naming		 named_by;	/* how strongly for session */
	struct terms		 terms;		/* filled in by lib/flow */

	int64_t			 amount;	/* minor units */
	struct str		 currency;	/* lower case */
	enum pay_step		 step;
	enum closing		 closing;

	struct item		 items[ITEMS_MAX];
	size_t			 item_count;
	bool			 recurring;	/* items renew by subscription */
	enum sub_state		 state;
	int64_t			 paid_until;	/* STATE, PERIOD; 0: not said */
	int64_t			 trial_end;	/* 0: none */
	int64_t			 cancel_at;	/* 0: not planned */
	int64_t			 ended_at;

	struct str		 part_id;	/* refund's or dispute's id */
	enum refund_state	 refund_state;
	enum dispute_state	 dispute_state;
};

#endif
