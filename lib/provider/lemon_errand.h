/*
 * Lemon Squeezy's errands, in three files: the dispatch, checkouts, the end
 * of a subscription and its portal (lemon_errand.c), changes of a running one
 * (lemon_change.c), and looking things up (lemon_list.c).  It speaks JSON:API
 * and knows no idempotency key, no preview and no list of events.
 */
#ifndef RUNG_PROVIDER_LEMON_ERRAND_H
#define RUNG_PROVIDER_LEMON_ERRAND_H

#include "provider/errand.h"
#include "wire/doc.h"
#include "wire/out.h"

/* One turn of an errand, as provider_errand describes it. */
struct lemon_turn {
	const struct errand		*errand;
	const struct call_answer	*answers;
	size_t				 answered;
	struct arena			*arena;
	struct call			*call;
	struct errand_result		*result;
	enum errand_turn		 turn;
};

typedef enum rc lemon_turn_fn(struct lemon_turn *, struct err *);

lemon_turn_fn	lemon_do_change, lemon_do_list, lemon_do_look;

/* The next call, without a body; the path is a format. */
void	lemon_call(struct lemon_turn *, const char *method,
	    const char *path, ...) __attribute__((format(printf, 3, 4)));

/*
 * A body {"data":{"type":...,"id":...,"attributes":{...: begun, up to the
 * attributes, and ended behind them; no id when it is empty.
 */
void	lemon_body(struct out *, struct arena *, const char *type,
	    struct str id);
enum rc	lemon_send(struct lemon_turn *, struct out *, struct err *);

/* The errand is over. */
enum rc	lemon_over(struct lemon_turn *, enum errand_end);
enum rc	lemon_refuse(struct lemon_turn *, const char *why);

/*
 * Read answer i.  *ended is true when its status ended the errand (404 gone,
 * 402 declined, other 4xx refused in their words), or when it is empty; *doc
 * is then unset.
 */
enum rc	lemon_answer(struct lemon_turn *, size_t i, struct doc **doc,
	    bool *ended, struct err *);

/*
 * An object of the API as the delivery that would have told of it, among the
 * bodies; none when its state is no news, as of a bill that waits.
 */
enum rc	lemon_tell(struct lemon_turn *, const struct node *object,
	    struct err *);

#endif
