/*
 * Lemon Squeezy's objects (JSON:API), written from things of the play: for
 * its events and for the answers of its API.
 */
#ifndef RUNG_FLOW_PRETEND_LEMON_H
#define RUNG_FLOW_PRETEND_LEMON_H

#include "flow/pretend.h"

/* Each writes one object with its braces. */
void	lemon_write_checkout(struct play *, struct out *,
	    const struct thing *checkout);
void	lemon_write_order(struct play *, struct out *,
	    const struct thing *payment);
void	lemon_write_subscription(struct play *, struct out *,
	    const struct thing *sub);
void	lemon_write_item(struct play *, struct out *,
	    const struct thing *sub);
void	lemon_write_invoice(struct play *, struct out *,
	    const struct thing *payment);

/* The number of a payment's order; "" when it has none. */
struct str lemon_order_id(const struct thing *payment);

#endif
