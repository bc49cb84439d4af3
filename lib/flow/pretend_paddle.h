/*
 * Paddle's entities, written from things of the play: for its events and for
 * the answers of its API.
 */
#ifndef RUNG_FLOW_PRETEND_PADDLE_H
#define RUNG_FLOW_PRETEND_PADDLE_H

#include "flow/pretend.h"

/* Each writes the members of one entity; the braces are the caller's. */
void	paddle_write_transaction(struct play *, struct out *,
	    const struct thing *payment, const struct thing *sub);
void	paddle_write_subscription(struct play *, struct out *,
	    const struct thing *sub);
void	paddle_write_price(struct play *, struct out *, struct str id);

/* A refund or a dispute; of a dispute that was won also its reversal. */
void	paddle_write_adjustment(struct play *, struct out *,
	    const struct thing *part, bool reversal);

/* A checkout that nobody tried to pay yet, as the payment it will be. */
void	paddle_unpaid(const struct thing *checkout, struct thing *payment);

/* {"amount":"1250","currency_code":"EUR"} under a name. */
void	paddle_write_money(struct play *, struct out *, const char *name,
	    int64_t amount, struct str currency);

/* "details" of a bill: {"totals":...,"line_items":[...]}. */
void	paddle_write_details(struct play *, struct out *, const char *name,
	    const struct thing *payment);

/* Parts of several entities: a product, a period (null without an end), the
 * address of a customer. */
void	paddle_write_product(struct play *, struct out *, struct str price);
void	paddle_write_period(struct out *, const char *name, int64_t from,
	    int64_t until);
struct str paddle_address(struct play *, struct str customer);

/* A code in capitals. */
struct str paddle_currency(struct play *, struct str currency);

/* prefix and a ULID of that time: "txn_01k4...". */
struct str paddle_id(struct play *, const char *prefix, int64_t at);

/* The time of an id's ULID in microseconds; 0 when it has none. */
int64_t	paddle_id_time(struct str id);

#endif
