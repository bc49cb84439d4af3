/*
 * Paddle Billing: the signature (paddle.c), the envelope and the table of
 * event types (paddle_normalise.c), what they mean for transactions, for
 * adjustments and for subscriptions, what those three read alike
 * (paddle_read.c), and what Paddle is asked for (paddle_errand.c and on).
 */
#ifndef RUNG_PROVIDER_PADDLE_H
#define RUNG_PROVIDER_PADDLE_H

#include "provider/event.h"
#include "wire/doc.h"

/*
 * The Paddle-Signature header for a body sent at `now` (microseconds), as
 * Paddle makes it: "ts=...;h1=...".
 */
struct str paddle_sign(struct arena *, struct str secret, struct str body,
    int64_t now);

/* See struct provider. */
void paddle_normalise(const struct hook *, const struct hook_rules *,
    struct arena *, struct event *out);
provider_errand paddle_errand;

/* What follows is between the files named above. */

struct paddle_event {
	struct event_maker	 make;
	const struct node	*object;	/* data: the entity, whole */
	const struct paddle_row	*row;
};

/* What one event type means. */
struct paddle_row {
	const char	*type;		/* a '*' at the end: any ending */
	const char	*id;		/* what data.id begins with: "txn_" */
	enum rc		(*read)(struct paddle_event *, struct err *);
	enum fact_kind	 kind;		/* of its fact, if the type tells */
	enum pay_step	 step;
	enum closing	 closing;
};

enum rc paddle_transaction(struct paddle_event *, struct err *);
enum rc paddle_transaction_paid(struct paddle_event *, struct err *);
enum rc paddle_transaction_news(struct paddle_event *, struct err *);
enum rc paddle_adjustment(struct paddle_event *, struct err *);
enum rc paddle_subscription(struct paddle_event *, struct err *);

/* A fact about the object with this id (a member of data). */
enum rc paddle_fact(struct paddle_event *, enum fact_kind, enum object_kind,
    const char *id_path, struct fact **out, struct err *);

/*
 * rung_user and rung_session of custom_data.  The buyer's browser can write
 * them, so they say at most whose it is.
 */
void paddle_names(struct paddle_event *, struct fact *);

/*
 * Minor units, which Paddle writes as a decimal text; RC_INVALID_VALUE if
 * missing, negative or beyond 64 bits.
 */
enum rc paddle_amount(struct paddle_event *, const char *path, struct fact *,
    struct err *);

/* All of data.items, or RC_INVALID_VALUE; and whether any of them renews. */
enum rc paddle_items(struct paddle_event *, struct fact *, struct err *);

/* RFC 3339 at this path; 0 when absent, no time, or the year-1 "no time". */
int64_t paddle_time(const struct node *, const char *path);

#endif
