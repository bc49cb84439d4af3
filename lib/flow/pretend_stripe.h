/*
 * Stripe's objects of API version 2026-07-29.dahlia, written from things of
 * the play: for its events and for the answers of its API.
 */
#ifndef RUNG_FLOW_PRETEND_STRIPE_H
#define RUNG_FLOW_PRETEND_STRIPE_H

#include "flow/pretend.h"

#define PRETEND_STRIPE_VERSION	"2026-07-29.dahlia"

/* Each writes the members of one object; the braces are the caller's. */
void	stripe_write_checkout(struct play *, struct out *,
	    const struct thing *checkout);
void	stripe_write_intent(struct play *, struct out *,
	    const struct thing *payment);
void	stripe_write_charge(struct play *, struct out *,
	    const struct thing *payment);
void	stripe_write_refund(struct play *, struct out *,
	    const struct thing *refund);
void	stripe_write_dispute(struct play *, struct out *,
	    const struct thing *dispute);
void	stripe_write_subscription(struct play *, struct out *,
	    const struct thing *sub);
void	stripe_write_invoice(struct play *, struct out *,
	    const struct thing *payment, const struct thing *sub);
void	stripe_write_invoice_payment(struct play *, struct out *,
	    const struct thing *payment);
void	stripe_write_schedule(struct play *, struct out *,
	    const struct thing *schedule);

/* A price, whether anybody sells it or not. */
void	stripe_write_price(struct play *, struct out *, struct str id);

/* "data" of a list of subscription or invoice items. */
void	stripe_write_items(struct play *, struct out *,
	    const struct thing *sub, const struct play_lines *);

/* The opening of a list, before its "data" entries, and its end. */
void	stripe_open_list(struct out *, const char *name);
void	stripe_close_list(struct out *, size_t count, bool more,
	    const char *url);

/* One of the writers for payments, refunds, ... as text. */
typedef void stripe_writer(struct play *, struct out *,
	    const struct thing *);
enum rc	stripe_text(struct play *, stripe_writer *, const struct thing *,
	    struct str *json, struct err *);
enum rc	stripe_invoice_text(struct play *, const struct thing *payment,
	    const struct thing *sub, struct str *json, struct err *);

#endif
