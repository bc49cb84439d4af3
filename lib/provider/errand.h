/*
 * Asking a provider for something.  An errand is a short conversation of HTTP
 * calls; the provider's file is pure: from what is wanted and the answers so
 * far it says the next call, or what came of it all.  lib/flow/ask.c sends.
 */
#ifndef RUNG_PROVIDER_ERRAND_H
#define RUNG_PROVIDER_ERRAND_H

#include "base/arena.h"
#include "base/err.h"
#include "core/fact.h"

enum errand_kind {
	ERRAND_CHECKOUT,	/* open a checkout that sells price x quantity */
	ERRAND_CLOSE,		/* close the checkout `object` again */
	ERRAND_QUOTE,		/* what would a CHANGE of `object` cost? */
	ERRAND_CHANGE,		/* price x quantity for a subscription, now */
	ERRAND_PLAN,		/* the same from the end of its period on */
	ERRAND_CANCEL,		/* end a subscription with its period */
	ERRAND_RESUME,		/* take back a PLAN or CANCEL */
	ERRAND_PORTAL,		/* the provider's own page for its buyer */
	ERRAND_LIST,		/* one page of what happened since a time */
	ERRAND_LOOK,		/* how one object stands now */
	ERRAND__COUNT
};

/* What a provider must know of the seller to be asked. */
struct api_rules {
	struct str	 key;		/* secret API key */
	struct str	 store;		/* Lemon Squeezy's store id, or "" */
	struct str	 account;	/* Stripe's connected account, or "" */
	bool		 livemode;
};

/* Members that a kind does not use are zero. */
struct errand {
	enum errand_kind	 kind;
	const struct api_rules	*rules;
	int64_t			 now;		/* microseconds */
	struct str		 session, user;	/* ours: rung_session, rung_user */
	struct str		 price;		/* the provider's price to sell */
	int64_t			 quantity;
	struct str		 interval;	/* the price's, as the matrix says;
						 * "" when it does not */
	struct object_key	 object;	/* what it is about */
	struct str		 replaces;	/* QUOTE, CHANGE, PLAN: the price that
						 * goes; "" : the only one there is */
	int64_t			 quoted_at;	/* the same for QUOTE and CHANGE, so
						 * that what was shown is charged */
	int64_t			 attempt;	/* CHANGE: how often it was DECLINED */
	struct str		 success_url;	/* where to come back: also PORTAL */
	struct str		 cancel_url;
	int64_t			 expires_at;	/* of the session */
	struct str		 email;		/* CHECKOUT: to fill in, or "" */
	int64_t			 since;		/* LIST: from this time on */
	struct str		 cursor;	/* LIST: of the page before, or "" */
	bool			 immediately;	/* CANCEL: at once */
};

enum { CALL_HEADERS_MAX = 8, ERRAND_CALLS_MAX = 8 };

struct call_header {
	const char	*name;
	struct str	 value;
};

/* One request.  The path begins with '/' and is put behind the API's base. */
struct call {
	const char		*method;	/* "GET", "POST", "PATCH", "DELETE" */
	struct str		 path;		/* with its query */
	struct str		 body;		/* "" : none */
	struct call_header	 headers[CALL_HEADERS_MAX];
	size_t			 header_count;
};

struct call_answer {
	int		 status;
	struct str	 body;
	int64_t		 retry_after;	/* seconds, 0 when not said */
};

/* How an errand ended. */
enum errand_end {
	ERRAND_DONE,
	ERRAND_ACTION,		/* the buyer must do more, at `url` (3DS) */
	ERRAND_DECLINED,	/* the money could not be had; nothing changed */
	ERRAND_REFUSED,		/* the provider will not: `why` */
	ERRAND_GONE,		/* there is no such thing (any more) */
};

struct money_due {
	bool		 known;
	int64_t		 amount;	/* minor units; below 0 a credit */
	struct str	 currency;	/* lower case */
	struct str	 interval;	/* of what comes next: "month", "year" */
};

/* Texts are in the arena of the errand. */
struct errand_result {
	enum errand_end		 end;
	struct str		 why;	/* one line, for the log and the operator */
	struct str		 url;	/* CHECKOUT, PORTAL, ACTION */
	struct object_key	 made[2]; /* CHECKOUT: what was made there */
	size_t			 made_count;
	int64_t			 expires_at; /* CHECKOUT: of url; 0 not said */
	int64_t			 made_at;	/* CHECKOUT: by their clock; 0 not said */
	struct money_due	 due_now, due_next; /* QUOTE */

	/*
	 * LIST, LOOK and, where the answer tells, CHANGE, PLAN, CANCEL and
	 * RESUME: bodies that the provider's own normalise reads like
	 * deliveries, oldest first.  LIST: the next page's cursor, "" at
	 * the end.
	 */
	struct str		*bodies;
	size_t			 body_count;
	struct str		 cursor;
};

enum errand_turn { TURN_CALL, TURN_OVER };

/*
 * The next turn of an errand: *turn TURN_CALL fills *call, TURN_OVER fills
 * *result.  Asked with the same errand and answers it says the same.  Fails
 * with RC_PROVIDER_DOWN (5xx, 429, an answer that cannot be read: come again)
 * or RC_PROVIDER_DENIED (401, 403: the key is wrong; *mend names the setting).
 */
typedef enum rc provider_errand(const struct errand *,
    const struct call_answer *answers, size_t answered, struct arena *,
    enum errand_turn *turn, struct call *call, struct errand_result *result,
    struct err *);

/* What the providers' files share; see errand.c. */

/* A call without body or headers. */
void	call_begin(struct call *, const char *method, struct str path);
void	call_header(struct call *, const char *name, struct str value);

/*
 * Did the provider answer at all?  RC_PROVIDER_DOWN for 5xx and 429,
 * RC_PROVIDER_DENIED for 401 and 403 (setting: the one that holds the key);
 * any other status is the caller's to read.
 */
enum rc	answer_check(const struct call_answer *, const char *setting,
	    struct err *);

/* The answer's JSON, to be freed by doc_free; RC_PROVIDER_DOWN if it is none. */
struct doc;
enum rc	answer_read(const struct call_answer *, struct doc **, struct err *);

/* End the errand so; why is kept in the arena, cut to one short line. */
void	errand_end(struct errand_result *, enum errand_end, struct arena *,
	    struct str why);

/* One more body for LIST, LOOK...; room is made in the arena, *room at a time. */
void	errand_body(struct errand_result *, struct arena *, struct str body);

#endif
