/*
 * What stands behind checkout.url: the provider's checkout, opened at the
 * first visit, or our own page when a running subscription is changed.
 */
#ifndef RUNG_FLOW_CHECKOUT_H
#define RUNG_FLOW_CHECKOUT_H

#include "core/session.h"
#include "flow/app.h"

/* Whose checkout.url this is; the key is its ?k=. */
struct visit {
	bool		 known;		/* session is filled */
	struct session	 session;
	struct str	 location;	/* where to send the buyer, or "" */
};

/*
 * GET /v1/upgrades/{id}/checkout?k=.  The first visit asks the provider;
 * later ones repeat its answer.  `asks` false (HEAD) never asks: location is
 * then "" until somebody did.  Also "" for a change, which has a page.
 * RC_UNKNOWN_SESSION, RC_SESSION_EXPIRED, RC_CHECKOUT_UNAVAILABLE; *visit
 * tells of the session whenever the key was right.
 */
enum rc	flow_checkout_visit(struct flow *, struct str id, struct str key,
	    bool asks, struct visit *, struct err *);

/* The url itself: what the start answered. */
struct str checkout_url(struct flow *, struct str session);

/* The session's own success_url, told which session it was. */
struct str checkout_back(struct flow *, const struct session *);

/* The session of this key; may its url be used at all? */
enum rc	checkout_session(struct flow *, struct str id, struct str key,
	    struct visit *, struct err *);

#endif
