/*
 * Stripe's errands, in four files: the dispatch and checkouts
 * (stripe_errand.c), changes of a subscription (stripe_change.c), and looking
 * things up (stripe_list.c).  Requests are forms with bracketed keys; every
 * answer is one JSON object.
 */
#ifndef RUNG_PROVIDER_STRIPE_ERRAND_H
#define RUNG_PROVIDER_STRIPE_ERRAND_H

#include "base/buf.h"
#include "provider/errand.h"
#include "wire/doc.h"

/* One turn of an errand, as provider_errand describes it. */
struct stripe_turn {
	const struct errand		*errand;
	const struct call_answer	*answers;
	size_t				 answered;
	struct arena			*arena;
	struct call			*call;
	struct errand_result		*result;
	enum errand_turn		 turn;
	struct buf			 form;
};

typedef enum rc stripe_turn_fn(struct stripe_turn *, struct err *);

stripe_turn_fn	stripe_do_quote, stripe_do_change, stripe_do_plan,
		stripe_do_cancel, stripe_do_resume, stripe_do_list,
		stripe_do_look;

/* Begin the next call; the path is a format. */
void	stripe_get(struct stripe_turn *, const char *path, ...)
	    __attribute__((format(printf, 2, 3)));
void	stripe_post(struct stripe_turn *, const char *path, ...)
	    __attribute__((format(printf, 2, 3)));
void	stripe_delete(struct stripe_turn *, const char *path, ...)
	    __attribute__((format(printf, 2, 3)));

/* A field of the form of a post; the key is written as it is. */
void	stripe_field(struct stripe_turn *, const char *key, struct str value);
void	stripe_number(struct stripe_turn *, const char *key, int64_t value);

/* The form is whole: send it, under this idempotency key ("" : none). */
enum rc	stripe_send(struct stripe_turn *, struct str key, struct err *);

/* The errand is over. */
enum rc	stripe_over(struct stripe_turn *, enum errand_end);

/*
 * Read answer i.  *ended is true when its status ended the errand (404 gone,
 * 402 declined, other 4xx refused in Stripe's words); *doc is then unset.
 */
enum rc	stripe_answer(struct stripe_turn *, size_t i, struct doc **doc,
	    bool *ended, struct err *);

/* One object as the event that would have told of it, among the bodies. */
enum rc	stripe_tell(struct stripe_turn *, const char *type,
	    const struct node *object, struct err *);

#endif
