/*
 * One request, as handlers see it: route and values in, one answer out.
 * lib/web is the only folder that knows FastCGI and CGI.
 */
#ifndef RUNG_WEB_WEB_H
#define RUNG_WEB_WEB_H

#include "flow/credential.h"

struct web;

/* Who may call a route; one bit per kind of principal. */
enum may {
	MAY_ANYONE	= 1 << 0,	/* no credential looked for */
	MAY_SERVER	= 1 << 1,
	MAY_CHECK	= 1 << 2,
	MAY_READ	= 1 << 3,	/* client token with scope read */
	MAY_UPGRADE	= 1 << 4,	/* client token with scope upgrade */
	MAY_CLAIM	= 1 << 5,	/* client token with scope claim */
	MAY_SESSION	= 1 << 6,	/* session token */
};

typedef enum rc	web_handler(struct web *, struct err *);

/* As the last segment of a path: one or more segments, whatever they are. */
#define ROUTE_REST	"{rest}"

struct route {
	const char	*method;	/* "GET" also answers HEAD; NULL ends */
	const char	*path;		/* "/v1/upgrades/{id}/cancel" */
	unsigned	 may;
	web_handler	*handler;
	int		 deadline_s;	/* of database work; 0: READ_DEADLINE_S,
					 * -1: no database */
	size_t		 body_max;	/* 0: BODY_BYTES_MAX; POST and PATCH */
	bool		 raw_body;	/* any content type (webhooks, forms) */
};

/*
 * The life of a program: read the configuration, then FastCGI when standard
 * input is a listening socket and one CGI request otherwise.  Returns main's
 * exit status.
 */
int		 web_serve(const char *program, const struct route *);

/* The same, but ready may refuse to start (RC_BROKEN says why on stderr). */
typedef enum rc	web_ready(struct app *, struct err *);
int		 web_serve_if(const char *program, const struct route *,
		    web_ready *);

/*
 * Go on by another table: for a program that speaks another API below a path
 * of ours.  The rows' `may` is not looked at; that API has keys of its own.
 */
enum rc		 web_dispatch(struct web *, const struct route *,
		    struct err *);

/* The request. */
struct flow	*web_flow(struct web *);
const struct principal *web_principal(struct web *);
struct arena	*web_arena(struct web *);
struct str	 web_arg(struct web *, const char *name);   /* {id}, decoded */
struct str	 web_query(struct web *, const char *name); /* decoded, or "" */
struct str	 web_pairs(struct web *);	/* the query as it came */
struct str	 web_header(struct web *, const char *cgi); /* "HTTP_PREFER" */
struct str	 web_body(struct web *);
struct str	 web_form(struct web *, const char *name);  /* in a form */

/*
 * The user a route with {id} speaks of: `me` or the token's own for client
 * and session tokens (another's is RC_WRONG_USER), checked by user_id_valid.
 */
enum rc		 web_user(struct web *, const char *arg, struct str *user,
		    struct err *);

/*
 * For routes that anyone may call: the credential after all, as a route with
 * these bits would ask for it.
 */
enum rc		 web_require(struct web *, unsigned may, struct err *);

/* Who connects, as text; X-Forwarded-For counts behind trusted proxies. */
struct str	 web_peer(struct web *);
bool		 web_peer_in(struct web *, const struct str_list *);

/* The answer: exactly one web_reply* per handler that returns RC_OK. */
enum rc		 web_reply(struct web *, int status, struct str json);
enum rc		 web_reply_as(struct web *, int status, const char *type,
		    struct str body);
enum rc		 web_reply_empty(struct web *, int status);
enum rc		 web_redirect(struct web *, struct str location);  /* 303 */
void		 web_set(struct web *, const char *header, struct str value);

/*
 * Offer an ETag (text inside the quotes, "u7").  True when If-None-Match has
 * it (conventions 6): the 304 is then already written.
 */
bool		 web_etag(struct web *, struct str etag);

/* Only offer it: for answers that wait for it to change. */
void		 web_offer_etag(struct web *, struct str etag);

/*
 * The version behind a letter in If-None-Match: 3 for 's' in "s3.u7"; and
 * whether that header lists a whole tag.
 */
bool		 web_known(struct web *, char letter, int64_t *version);
bool		 web_knows(struct web *, struct str etag);

/* A failure with one extra member of JSON, e.g. "session". */
enum rc		 web_problem(struct web *, const struct err *,
		    const char *member, struct str json);

/*
 * For who waits.  web_leaving: the client has gone, or the program must leave
 * (SIGTERM, SIGUSR1).  web_crowded: another request is at the door of this
 * very process.  The descriptor is readable when either may be so.
 */
bool		 web_leaving(struct web *);
bool		 web_crowded(struct web *);
int		 web_stir_fd(struct web *);

/* The clock and the database's deadline anew, in the middle of a request. */
void		 web_again(struct web *);

#endif
