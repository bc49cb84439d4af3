/*
 * What the files of the sandbox share: the checkout page, the control page,
 * and one stand-in API for each provider.
 */
#ifndef RUNG_CGI_BIN_SANDBOX_H
#define RUNG_CGI_BIN_SANDBOX_H

#include "flow/pretend_stripe.h"
#include "web/web.h"
#include "wire/doc.h"
#include "wire/form.h"

/* sandbox_page.c */
web_handler	sandbox_show, sandbox_press;

/* sandbox_act.c */
web_handler	sandbox_list, sandbox_faults, sandbox_act;

/* sandbox_stripe.c: everything below /sandbox/stripe/. */
web_handler	sandbox_stripe;

/* A row of a stand-in API: its keys are looked at by itself. */
#define API_ROW(method, path, handler)					\
	{ method, path, MAY_ANYONE, handler, .deadline_s = 0 }

/* ---- A call of Stripe's API ---- */

struct stripe_call {
	struct web	*w;
	struct play	 play;
	struct form	 form;		/* of a POST: body; else the query */
	struct str	 key;		/* Idempotency-Key, or "" */
	bool		 answered;	/* as the key was before */
};

/*
 * Begin one.  RC_INVALID_VALUE for a parameter that is like none of these
 * (form_like; NULL ends): Stripe knows no others.
 */
enum rc	stripe_begin(struct stripe_call *, struct web *,
	    const char *const *parameters, struct err *);

/* The answer, kept for the key; the events go out by themselves. */
enum rc	stripe_reply(struct stripe_call *, int status, struct str json,
	    struct err *);

/* No such thing: a 404 in Stripe's words. */
enum rc	stripe_missing(struct err *, const char *what, struct str id);

/* A refusal that names the parameter. */
enum rc	stripe_refuse(struct err *, const char *parameter,
	    const char *words);

/* metadata[...] below a prefix as JSON; "" when there is none. */
struct str stripe_data(struct stripe_call *, const char *prefix);

/* One page of things, as ?limit= and ?starting_after= ask. */
struct stripe_page {
	struct thing	*things;
	size_t		 count;
	bool		 more;
};
enum rc	stripe_page(struct stripe_call *, enum thing_kind,
	    struct str parent, struct stripe_page *, struct err *);

/* Is it among expand[]? */
bool	stripe_expands(const struct form *, const char *what);

/* An answer that is one object. */
enum rc	stripe_show(struct stripe_call *, stripe_writer *,
	    const struct thing *, struct err *);

extern const struct route	stripe_pay_routes[], stripe_sub_routes[],
				stripe_list_routes[], stripe_money_routes[];

#endif
