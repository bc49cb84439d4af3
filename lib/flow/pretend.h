/*
 * The play of the sandbox: checkouts, subscriptions and payments as any
 * provider has them, and what can happen to them.  How one provider calls
 * all that, and which events it sends, is its player's: pretend_stripe.c,
 * pretend_paddle.c, pretend_lemon.c.
 */
#ifndef RUNG_FLOW_PRETEND_H
#define RUNG_FLOW_PRETEND_H

#include "flow/app.h"
#include "store/sandbox_store.h"
#include "wire/out.h"

enum { PLAY_LINES_MAX = 20 };

/* So much of one price: in a basket, on a subscription or on a bill. */
struct play_line {
	struct str	 item;		/* its id, or "" */
	struct str	 price;
	int64_t		 quantity;
	int64_t		 amount;	/* minor units; below 0 a credit */
	int64_t		 from, until;	/* of a bill's line; 0: none */
	bool		 proration;
};

struct play_lines {
	struct play_line at[PLAY_LINES_MAX];
	size_t		 count;
};

#define THING_KINDS(X)							\
	X(CHECKOUT,	"checkout")					\
	X(SUBSCRIPTION,	"subscription")					\
	X(PAYMENT,	"payment")					\
	X(REFUND,	"refund")					\
	X(DISPUTE,	"dispute")					\
	X(SCHEDULE,	"schedule")					\
	X(CUSTOMER,	"customer")					\
	X(ANSWER,	"answer")	/* by idempotency key */	\
	X(FAULTS,	"faults")

#define X(id, name)	THING_##id,
enum thing_kind { THING_KINDS(X) THING__COUNT };
#undef X

/*
 * The members of all kinds; one that a kind does not need is empty.  Texts
 * named *_data are JSON of the seller's own.
 */
#define THING_TEXTS(X)							\
	X(status)	/* of each kind its own, see below */		\
	X(paid)		/* of a checkout: as Stripe calls it */		\
	X(mode)		/* of a checkout: payment or subscription */	\
	X(reason)	/* of a payment: once, create, cycle, update */	\
	X(customer) X(email) X(currency) X(interval)			\
	X(reference) X(success_url) X(cancel_url)			\
	X(checkout) X(sub) X(payment) X(invoice) X(charge) X(order)	\
	X(schedule)							\
	X(data) X(sub_data) X(pay_data)	/* metadata, custom_data */	\
	X(pause)	/* of a subscription: "", void, free */		\
	X(text)		/* of an answer: its body; else the kind's own */

#define THING_NUMBERS(X)						\
	X(created) X(updated) X(expires)				\
	X(amount) X(refunded)						\
	X(from) X(until) X(started)					\
	X(trial_days) X(trial_from) X(trial_until)			\
	X(cancel_planned) X(canceled_at) X(ended_at) X(paused_at)	\
	X(resumes_at) X(pending_until) X(attempts) X(paid_at)		\
	X(number) X(lost)

struct thing {
	enum thing_kind	 kind;
	struct str	 ref, parent;
	int64_t		 n, ver;
#define X(name)	struct str name;
	THING_TEXTS(X)
#undef X
#define X(name)	int64_t name;
	THING_NUMBERS(X)
#undef X
	struct play_lines lines;
	struct play_lines next;		/* of a pending or planned change */
};

/* What can happen; each player tells it by its own events. */
enum play_moment {
	MOMENT_OPENED,		/* a checkout */
	MOMENT_ACTION,		/* the bank asks the buyer (3-D Secure) */
	MOMENT_DECLINED,
	MOMENT_PROCESSING,	/* a slow payment is on its way */
	MOMENT_PAID,		/* a checkout, at once */
	MOMENT_SLOW_PAID,	/* the slow payment came */
	MOMENT_SLOW_FAILED,
	MOMENT_ABANDONED,
	MOMENT_RENEWED,
	MOMENT_FAILED,		/* a renewal */
	MOMENT_RECOVERED,
	MOMENT_CHANGED,		/* items, paid at once or later */
	MOMENT_WAITING,		/* a change, for its money */
	MOMENT_WAIT_PAID,	/* that money came */
	MOMENT_WAIT_OVER,	/* it never came */
	MOMENT_CANCEL,		/* with the period's end */
	MOMENT_UNCANCEL,
	MOMENT_PLANNED,		/* another change at the period's end */
	MOMENT_ENDED,
	MOMENT_PAUSED,
	MOMENT_RESUMED,
	MOMENT_REFUNDED,
	MOMENT_DISPUTED,
	MOMENT_DISPUTE_WON,
	MOMENT_DISPUTE_LOST,
};

/* Who takes part; NULL for those who do not. */
struct scene {
	struct thing		*checkout, *sub, *payment;
	struct thing		*part;		/* the refund or dispute */
	const struct thing	*before;	/* the subscription as it was */
};

enum play_id { ID_CHECKOUT, ID_SUBSCRIPTION, ID_ITEM, ID_PAYMENT, ID_INVOICE,
	ID_CHARGE, ID_CUSTOMER, ID_REFUND, ID_DISPUTE, ID_SCHEDULE, ID_ORDER };

struct play;

struct player {
	const char	*name;		/* of the provider */
	struct str	(*id)(struct play *, enum play_id);
	enum rc		(*tell)(struct play *, enum play_moment,
			    const struct scene *, struct err *);
};

extern const struct player	player_stripe, player_paddle, player_lemon;

/* The player of that provider, or NULL. */
const struct player	*player_find(struct str provider);

struct play_told;

struct play {
	struct flow		*f;
	const struct player	*as;
	struct play_told	*told, **told_end;
	size_t			 told_count;
};

/*
 * Begin to play a provider.  RC_INVALID_VALUE for one that nobody plays.
 */
enum rc	play_begin(struct play *, struct flow *, struct str provider,
	    struct err *);

/* ---- Things (pretend_things.c) ---- */

/* A new one, not stored yet. */
void	thing_begin(struct play *, enum thing_kind, struct str ref,
	    struct thing *);

/* RC_BUSY when it changed since it was read: nothing is stored. */
enum rc	thing_put(struct play *, struct thing *, struct err *);
enum rc	thing_get(struct play *, enum thing_kind, struct str ref,
	    struct thing *, bool *found, struct err *);

/* Newest first, older than `below`; of one parent, or of all (""). */
enum rc	thing_list(struct play *, enum thing_kind, struct str parent,
	    int64_t below, size_t max, struct thing **out, size_t *count,
	    struct err *);

/* ---- Prices (pretend_price.c) ---- */

struct play_price {
	struct str	 id, title, product;
	struct str	 currency;	/* lower case */
	struct str	 interval;	/* "month", "year"; "" sold once */
	int64_t		 amount;
	int64_t		 trial_days;	/* of the price itself */
};

/*
 * A price of the applied matrix, at this provider.  Recurring if the matrix
 * gives an interval, or its id or name speaks of months or years.
 */
enum rc	play_price(struct play *, struct str id, struct play_price *,
	    bool *found, struct err *);

/* Price each line; the sum, currency and interval.  RC_INVALID_VALUE names a
 * price that nobody sells. */
struct play_sum {
	int64_t		 amount;
	struct str	 currency, interval;
	int64_t		 trial_days;
};
enum rc	play_sum(struct play *, struct play_lines *, struct play_sum *,
	    struct err *);

/* So many periods later; microseconds. */
int64_t	play_later(int64_t at, struct str interval, int64_t count);

/*
 * What a change of a subscription's lines costs at a time: a bill of credits
 * and charges.  *whole is true when it begins a new period.
 */
enum rc	play_prorate(struct play *, const struct thing *sub,
	    const struct play_lines *next, int64_t at, struct play_lines *bill,
	    bool *whole, struct err *);

/* ---- Lives: of a checkout (pretend_life.c), of what it began
 * (pretend_run.c) ---- */

enum rc	life_open(struct play *, struct thing *checkout, struct err *);
enum rc	life_pay(struct play *, struct thing *checkout, enum play_moment,
	    struct err *);

/* A payment of the seller's own page, without a checkout: paid or declined. */
enum rc	life_intent(struct play *, struct thing *payment, enum play_moment,
	    struct err *);

struct life_change {
	struct play_lines	 next;
	int64_t			 at;		/* of the proration; 0: now */
	bool			 bill_now;	/* else with the next period */
	bool			 free;		/* no proration at all */
	enum {
		UNPAID_WAITS,			/* the change waits */
		UNPAID_REFUSED,			/* nothing happens */
		UNPAID_APPLIED,			/* past due */
	}			 unpaid;
};

/*
 * Change what a subscription is.  *declined tells that money was asked for in
 * vain; with UNPAID_REFUSED nothing has changed then.
 */
enum rc	life_change(struct play *, struct thing *sub,
	    const struct life_change *, struct thing *bill, bool *declined,
	    struct err *);
enum rc	life_waiting_paid(struct play *, struct thing *sub, bool paid,
	    struct err *);
enum rc	life_renew(struct play *, struct thing *sub, bool paid,
	    struct err *);
enum rc	life_recover(struct play *, struct thing *sub, struct err *);
enum rc	life_cancel(struct play *, struct thing *sub, bool now,
	    struct err *);
enum rc	life_uncancel(struct play *, struct thing *sub, struct err *);
enum rc	life_end_period(struct play *, struct thing *sub, struct err *);
enum rc	life_pause(struct play *, struct thing *sub, bool pause,
	    struct err *);
enum rc	life_refund(struct play *, struct thing *payment, int64_t amount,
	    struct thing *refund, struct err *);
enum rc	life_dispute(struct play *, struct thing *payment, enum play_moment,
	    struct err *);

/* ---- Events and their delivery (pretend_post.c, pretend_faults.c) ---- */

/* An event happened: kept for the provider's list, told by play_end. */
enum rc	play_event(struct play *, struct str id, struct str type,
	    struct str body, struct err *);

/*
 * Faults asked for, each for so many of the next deliveries (or payments).
 */
struct play_faults {
	int64_t		 delay;		/* seconds, for all until changed */
	int64_t		 duplicate;	/* next so many come twice */
	bool		 reorder;	/* the last of a batch first */
	int64_t		 drop;		/* next so many never come */
	struct str	 drop_at;	/* " 3 17 " : of the next ones */
	struct str	 drop_types;	/* " invoice.paid " : once each */
	int64_t		 decline;	/* next so many payments */
	int64_t		 action;	/* next so many ask for 3-D Secure */
};
enum rc	faults_read(struct play *, struct play_faults *, struct thing *,
	    struct err *);
enum rc	faults_write(struct play *, const struct play_faults *,
	    struct thing *, struct err *);

/* Shall the next payment fail?  Takes one from the faults that say so. */
enum rc	faults_payment(struct play *, bool *decline, bool *action,
	    struct err *);

/* Which of the events about to be sent shall not be: out[i] how often. */
enum rc	faults_deliveries(struct play *, const struct str *types,
	    size_t count, int *times, int64_t *delay, bool *reorder,
	    struct err *);

enum play_when {
	PLAY_NOW,		/* before the answer */
	PLAY_SOON,		/* by a process of its own, as providers do */
	PLAY_LATE,		/* the same, PLAY_LATE_SECONDS later */
};

enum { PLAY_LATE_SECONDS = 5 };

/*
 * Send what was told to our own webhook route, each `times` times, signed as
 * the provider signs.  RC_DOWN when our own server does not answer, RC_BROKEN
 * when it refuses; the events are kept all the same.
 */
enum rc	play_end(struct play *, enum play_when, int times, struct err *);

/* Send kept events again, without faults. */
enum rc	play_again(struct play *, const struct sandbox_event *, size_t count,
	    struct err *);

#endif
