/*
 * What a start (or a preview) asks for: POST /v1/upgrades.
 */
#ifndef RUNG_WIRE_WISH_H
#define RUNG_WIRE_WISH_H

#include "base/err.h"
#include "core/fact.h"
#include "wire/doc.h"

struct wish {
	struct str	 user;			/* "" when left out */
	struct str	 tier;			/* "" when add-ons are asked for */
	struct str	*addons;		/* sorted, no copies */
	size_t		 addon_count;
	int64_t		 quantity;		/* 1 when left out */
	struct str	 price;			/* named price, "" for the first */
	bool		 at_period_end;		/* "effective":"period_end" */
	bool		 at_once;		/* "effective":"now" */

	bool		 has_payment;
	struct object_key payment;		/* kind from the reference */
	int64_t		 amount;		/* -1 when not named */
	struct str	 currency;

	bool		 has_checkout;
	struct str	 provider;
	struct str	 success_url, cancel_url;
	struct str	 email;		/* the buyer's, in lower case, or "" */
};

/*
 * Read and check the body.  Exactly one of target_tier and addons; at most
 * one of payment and checkout.  Stripe references: pi_ payment, cs_ checkout,
 * sub_ subscription, in_ invoice; "kind:ref" for Lemon Squeezy.
 * RC_INVALID_JSON, RC_INVALID_VALUE (quantity from 1 to QUANTITY_MAX).
 */
enum rc wish_read(struct str body, struct arena *, struct wish *out,
    struct err *);

/*
 * The member "email" of an object; "" when it is left out or null.
 * RC_INVALID_VALUE at "/email" when it is none.
 */
enum rc email_read(const struct node *object, struct arena *, struct str *out,
    struct err *);

/* A user id of design Decisions 13. */
bool user_id_valid(struct str);

/* The kind a reference of that provider names; false when unknown. */
bool reference_read(struct str provider, struct str reference,
    struct object_key *out);

#endif
