/*
 * What the files of the sandbox share: the checkout page, the control page,
 * and one stand-in API for each provider.
 */
#ifndef RUNG_CGI_BIN_SANDBOX_H
#define RUNG_CGI_BIN_SANDBOX_H

#include "flow/pretend_lemon.h"
#include "flow/pretend_paddle.h"
#include "flow/pretend_stripe.h"
#include "web/web.h"
#include "wire/doc.h"
#include "wire/form.h"

/* sandbox_page.c */
web_handler	sandbox_show, sandbox_press;

/* sandbox_portal.c */
web_handler	sandbox_portal, sandbox_portal_press;

/* sandbox_list.c, sandbox_act.c */
web_handler	sandbox_list, sandbox_faults, sandbox_act;

/* A thing as GET /sandbox shows it. */
void	sandbox_write(struct out *, const struct thing *);

/* Everything below /sandbox/stripe/ and so on, in files of their names. */
web_handler	sandbox_stripe, sandbox_paddle, sandbox_lemon;

/* Would a provider take this e-mail address of a buyer? */
bool	sandbox_email(struct arena *, struct str);

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
enum rc	as_stripe_begin(struct stripe_call *, struct web *,
	    const char *const *parameters, struct err *);

/* The answer, kept for the key; the events go out by themselves. */
enum rc	as_stripe_reply(struct stripe_call *, int status, struct str json,
	    struct err *);

/* No such thing: a 404 in Stripe's words. */
enum rc	as_stripe_missing(struct err *, const char *what, struct str id);

/* A refusal that names the parameter. */
enum rc	as_stripe_refuse(struct err *, const char *parameter,
	    const char *words);

/* metadata[...] below a prefix as JSON; "" when there is none. */
struct str as_stripe_data(struct stripe_call *, const char *prefix);

/* One page of things, as ?limit= and ?starting_after= ask. */
struct stripe_page {
	struct thing	*things;
	size_t		 count;
	bool		 more;
};
enum rc	as_stripe_page(struct stripe_call *, enum thing_kind,
	    struct str parent, struct stripe_page *, struct err *);

/* Is it among expand[]? */
bool	as_stripe_expands(const struct form *, const char *what);

/* An answer that is one object. */
enum rc	as_stripe_show(struct stripe_call *, stripe_writer *,
	    const struct thing *, struct err *);

extern const struct route	stripe_pay_routes[], stripe_sub_routes[],
				stripe_list_routes[], stripe_money_routes[];

/* ---- A call of Paddle's API ---- */

struct paddle_call {
	struct web		*w;
	struct play		 play;
	struct form		 query;
	struct doc		*body;		/* NULL: none */
	const struct node	*root;
};

/*
 * Begin one.  RC_INVALID_VALUE for a parameter of the query (form_like) or a
 * member of the body that is none of these (NULL ends; a NULL list: none).
 * The body is freed by paddle_end.
 */
enum rc	as_paddle_begin(struct paddle_call *, struct web *,
	    const char *const *parameters, const char *const *members,
	    struct err *);
void	as_paddle_end(struct paddle_call *);

/* {"data":...,"meta":...}; the events go out by themselves. */
enum rc	as_paddle_reply(struct paddle_call *, int status, struct str data,
	    struct err *);

/* A refusal with Paddle's own code for it. */
enum rc	as_paddle_refuse(struct err *, const char *code, const char *words);
enum rc	as_paddle_missing(struct err *, struct str id);

/* An entity as text: what `write` wrote between braces. */
#define PADDLE_TEXT(c, json, e, write) do {				\
	struct out text_out;						\
									\
	out_init(&text_out, web_arena((c)->w), REPLY_BYTES_MAX);	\
	out_open(&text_out, '{');					\
	write;								\
	out_close(&text_out, '}');					\
	TRY(out_take(&text_out, "an entity", json, e));			\
} while (0)

/* A list: each entry is written by `each`, which may leave it out. */
typedef enum rc	paddle_each(struct paddle_call *, struct out *,
		    const struct thing *, bool *written, struct err *);
enum rc	as_paddle_list(struct paddle_call *, enum thing_kind, struct str parent,
	    paddle_each *, const char *path, struct err *);

/* items: [{"price_id","quantity"}] of a body. */
enum rc	as_paddle_items(struct paddle_call *, struct play_lines *,
	    struct err *);

extern const struct route	paddle_pay_routes[], paddle_sub_routes[];

/* ---- A call of Lemon Squeezy's API ---- */

struct lemon_call {
	struct web		*w;
	struct play		 play;
	struct form		 query;
	struct doc		*body;		/* NULL: none */
	const struct node	*data, *attributes;
};

typedef void	lemon_writer(struct play *, struct out *,
		    const struct thing *);
typedef bool	lemon_wanted(const struct form *, const struct thing *);

/*
 * Begin one; with a type, its body is such an object with no attributes but
 * these.  The body is freed by as_lemon_end.
 */
enum rc	as_lemon_begin(struct lemon_call *, struct web *,
	    const char *const *parameters, const char *type,
	    const char *const *attributes, struct err *);
void	as_lemon_end(struct lemon_call *);

/* One object, and a page of those wanted; events go out by themselves. */
enum rc	as_lemon_reply(struct lemon_call *, int status, lemon_writer *,
	    const struct thing *, struct err *);
enum rc	as_lemon_list(struct lemon_call *, enum thing_kind, lemon_wanted *,
	    lemon_writer *, const char *path, struct err *);

/* Does a filter of the query let this value pass? */
bool	as_lemon_fits(const struct form *, const char *name,
	    struct str value);
enum rc	as_lemon_missing(struct err *);

extern const struct route	lemon_sub_routes[];

/* ---- Bodies of JSON ---- */

/* The first member that is none of these; RC_INVALID_VALUE names it. */
enum rc	body_known(const struct node *object, const char *const *members,
	    struct err *);

#endif
