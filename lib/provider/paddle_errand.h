/*
 * Paddle's errands, in three files: the dispatch, checkouts and the portal
 * (paddle_errand.c), changes of a subscription (paddle_change.c), and looking
 * things up (paddle_list.c).  Requests and answers are JSON; the answer is
 * below `data`.  Paddle has no idempotency header.
 */
#ifndef RUNG_PROVIDER_PADDLE_ERRAND_H
#define RUNG_PROVIDER_PADDLE_ERRAND_H

#include "provider/errand.h"
#include "wire/doc.h"
#include "wire/out.h"

/* One turn of an errand, as provider_errand describes it. */
struct paddle_turn {
	const struct errand		*errand;
	const struct call_answer	*answers;
	size_t				 answered;
	struct arena			*arena;
	struct call			*call;
	struct errand_result		*result;
	enum errand_turn		 turn;
	struct out			 body;	/* of the next call */
};

typedef enum rc paddle_turn_fn(struct paddle_turn *, struct err *);

paddle_turn_fn	paddle_do_quote, paddle_do_change, paddle_do_plan,
		paddle_do_cancel, paddle_do_resume, paddle_do_list,
		paddle_do_look;

/* The next call, without a body; the path is a format. */
void	paddle_get(struct paddle_turn *, const char *path, ...)
	    __attribute__((format(printf, 2, 3)));

/* Begin the next call and the object that is its body; then paddle_send. */
void	paddle_begin(struct paddle_turn *, const char *method,
	    const char *path, ...) __attribute__((format(printf, 3, 4)));
enum rc	paddle_send(struct paddle_turn *, struct err *);

/* The errand is over; the second says why. */
enum rc	paddle_over(struct paddle_turn *, enum errand_end);
enum rc	paddle_refuse(struct paddle_turn *, const char *why);

/*
 * Read answer i.  *ended is true when its status ended the errand (404, or a
 * subscription that is over: gone; a declined payment; any other 4xx: refused
 * in Paddle's words); *doc is then unset.
 */
enum rc	paddle_answer(struct paddle_turn *, size_t i, struct doc **doc,
	    bool *ended, struct err *);

/*
 * One entity as the event that would have told of it, among the bodies.  It
 * occurred when the entity was last written, and its id is made of what it
 * says, so the same state told twice is one event.
 */
enum rc	paddle_tell(struct paddle_turn *, const char *type,
	    const struct node *entity, struct err *);

#endif
