/*
 * Lemon Squeezy, in these files: the signature (lemon.c), the envelope
 * (lemon_normalise.c), a name for events that have none (lemon_print.c),
 * orders and invoices (lemon_order.c), subscriptions (lemon_subscription.c),
 * what those read alike (lemon_read.c); and what it is asked for
 * (lemon_errand.h).
 */
#ifndef RUNG_PROVIDER_LEMON_H
#define RUNG_PROVIDER_LEMON_H

#include "provider/event.h"
#include "wire/doc.h"

/* The X-Signature header for a body, as Lemon Squeezy makes it. */
struct str lemon_sign(struct arena *, struct str secret, struct str body,
    int64_t now);

/* See struct provider. */
void lemon_normalise(const struct hook *, const struct hook_rules *,
    struct arena *, struct event *out);
provider_errand lemon_errand;

/* The events to tick, NULL ends: all that tell of money or access. */
extern const char *const lemon_events[];

/*
 * An event's id made of what does not change when it is told again: its name,
 * the object's type and id, and the attributes without `urls`, whose links
 * are signed anew each time.  The order of members does not matter.
 */
struct str lemon_print(const struct node *root, struct arena *);

/*
 * When the object was as it is told, in microseconds; 0 when it does not say.
 * A change of seats moves only the time of the subscription's item.
 */
int64_t lemon_time(const struct node *data);

/*
 * The member of `meta` that we add to an object which we looked at ourselves,
 * with the time of the look.  No delivery carries it, and no buyer can write
 * it.
 */
#define LEMON_SEEN_AT	"rung_seen_at"

/*
 * The member beside it that says how the session in custom_data was found,
 * where we put that there ourselves; and the putting, as struct provider says.
 */
#define LEMON_FOUND_BY	"rung_found_by"

enum rc lemon_address(struct str body, struct str session, struct arena *,
    struct str *out, struct err *);

/*
 * When an object that says `at` was seen to be so: within its second, and
 * after all that happened in it before the look.  0 for a delivery.
 */
int64_t lemon_seen(const struct node *root, int64_t at);

/* What follows is between the files named above. */

struct lemon_event {
	struct event_maker	 make;
	const struct node	*attributes;	/* of the object */
	const struct node	*custom;	/* the buyer's own words */
	struct str		 id;		/* of the object */
	int64_t			 seen_at;	/* 0: it was delivered */
};

enum rc lemon_order(struct lemon_event *, struct err *);
enum rc lemon_invoice(struct lemon_event *, struct err *);
enum rc lemon_subscription(struct lemon_event *, struct err *);

/* The words of `status`. */
bool lemon_status(const struct lemon_event *, struct str word);

/* A fact about the object itself, with its names. */
enum rc lemon_fact(struct lemon_event *, enum fact_kind, enum object_kind,
    struct fact **out, struct err *);

/* A number, also when it is written as a text. */
bool lemon_int(const struct node *, const char *path, int64_t *out);

/* The same as an id, kept in the arena; "" when there is none. */
struct str lemon_id(const struct node *, const char *path, struct arena *);

/* RFC 3339 at this path in microseconds; 0 when absent or no time. */
int64_t lemon_moment(const struct node *, const char *path);

/* Amount and currency; RC_INVALID_VALUE if missing or none. */
enum rc lemon_money(struct lemon_event *, struct fact *, struct err *);

/*
 * One line of what is bought.  No quantity: one.  RC_INVALID_VALUE when the
 * variant is none or the quantity is below 0; none of it buys nothing.
 */
enum rc lemon_item(struct fact *, struct str variant,
    const struct node *line, struct err *);

#endif
