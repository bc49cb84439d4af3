/*
 * One request, as handlers see it: route and values in, one answer out.
 * lib/web is the only folder that knows FastCGI and CGI.
 */
#ifndef RUNG_WEB_WEB_H
#define RUNG_WEB_WEB_H

#include "flow/credential.h"
#include "flow/look.h"

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

/*
 * How another protocol tells failures: its status in place of ours, and its
 * members beside those of the problem.
 */
struct out;
struct dialect {
	bool	  plain;		/* application/json, not problem+json */
	int	(*status)(enum rc, int status);
	void	(*members)(struct web *, const struct err *, struct out *);
};

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
	const struct dialect *dialect;	/* of its failures; NULL: ours */
	bool		 unlimited;	/* by address: providers, monitoring,
					 * credentials of the route's own */
	bool		 any_path;	/* the only row: whatever is asked for,
					 * by any method, without its body */
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

/*
 * web_serve for programs whose requests may wait (web_park): all of them in
 * one process, with FastCGI.
 */
int		 web_serve_waiting(const char *program, const struct route *);

/* The request. */
struct flow	*web_flow(struct web *);
const struct principal *web_principal(struct web *);
struct arena	*web_arena(struct web *);
struct str	 web_arg(struct web *, const char *name);   /* {id}, decoded */
bool		 web_has_arg(struct web *, const char *name);
struct str	 web_query(struct web *, const char *name); /* decoded, or "" */
struct str	 web_pairs(struct web *);	/* the query as it came */
struct str	 web_header(struct web *, const char *cgi); /* "HTTP_PREFER" */
struct str	 web_body(struct web *);
bool		 web_head(struct web *);	/* is it HEAD, not GET? */
struct str	 web_form(struct web *, const char *name);  /* in a form */

/*
 * The user a route with {id} speaks of: `me` or the token's own for client
 * and session tokens (another's is RC_WRONG_USER), checked by user_id_valid.
 */
enum rc		 web_user(struct web *, const char *arg, struct str *user,
		    struct err *);

/*
 * The same for a user that the body names at `pointer`: a client or session
 * token may leave it out ("").  RC_INVALID_VALUE for what cannot be a user.
 */
enum rc		 web_user_named(struct web *, struct str named,
		    const char *pointer, struct str *user, struct err *);

/*
 * For routes that anyone may call: the credential after all, as a route with
 * these bits would ask for it.
 */
enum rc		 web_require(struct web *, unsigned may, struct err *);

/*
 * On a route that is not limited by address: whoever asks has no credential
 * of the route's own kind, and is counted after all.  RC_RATE_LIMITED.
 */
enum rc		 web_stranger(struct web *, struct err *);

/* Who connects, as text; X-Forwarded-For counts behind trusted proxies. */
struct str	 web_peer(struct web *);
bool		 web_peer_in(struct web *, const struct str_list *);

/*
 * For a program that a web server asks before it hands out a file: the path of
 * that file (resolve_path), the cookie of that name, and whether it is only
 * read (GET, HEAD).
 */
enum rc		 web_place(struct web *, struct str *path, struct err *);
struct str	 web_cookie(struct web *, const char *name);
bool		 web_reads(struct web *);

/* Is the name among the query's, and its value if it is there once. */
bool		 web_query_has(struct web *, const char *name);
struct str	 web_query_only(struct web *, const char *name);

/*
 * The answer of such a program: go ahead.  What runs then finds the user in
 * RUNG_USER, and no shared cache keeps the file.
 */
enum rc		 web_pass(struct web *, struct str user);

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

/* The same of an entity tag that came in another place. */
bool		 web_version_in(struct str tag, char letter, int64_t *version);

/*
 * Sleep for a moment in the middle of a request; false if that must not be:
 * another request is at this process's door, or it must leave.
 */
bool		 web_pause(struct web *, int ms);

/* A failure with one extra member of JSON, e.g. "session". */
enum rc		 web_problem(struct web *, const struct err *,
		    const char *member, struct str json);

/* What is waited for, as it stands. */
struct news {
	struct str	 json;		/* "": not read again since told */
	struct str	 etag;		/* "": none may be offered */
	struct str	 user;		/* whose changes may be news */
	int64_t		 version;	/* that waits compare */
	int64_t		 user_version;
	struct newest	 newest;	/* for streams */
	bool		 final;		/* no more will come */
};

/* What is kept of a request that waits; small, for there are thousands. */
struct wait {
	int64_t		 until;		/* clock_steady: then tell it */
	int64_t		 ends;		/* of a stream; 0: never */
	int64_t		 since;		/* what the client has; -1: nothing */
	uint64_t	 seen;		/* of a stream: the upgrade told last */
	int		 granted;	/* seconds */
	bool		 conditional;	/* by If-None-Match: 304, not 204 */
	bool		 offered;	/* not bound by those of one user */
};

/* Why somebody who waits is told. */
enum moment { ON_NEWS, ON_TIME, ON_LEAVING };

/* A kind of thing that can be waited for. */
struct subject {
	/* Read it; once for all who wait for the same. */
	enum rc		(*read)(struct web *, struct str id, struct news *,
			    struct err *);
	/*
	 * Tell one of them: answer (web_reply*), or write to its stream.  Who
	 * is not answered waits on, until wait->until, which may be moved.
	 */
	void		(*tell)(struct web *, struct wait *,
			    const struct news *, enum moment);
};

/*
 * Wait instead of answering, until news of this subject or wait->until.  Only
 * in programs of web_serve_waiting; then nothing else of the request is left
 * but its id, its origin and If-None-Match.  False when there is no place.
 */
bool		 web_park(struct web *, const struct subject *, struct str id,
		    const struct news *, const struct wait *);

/*
 * Begin a stream of events in place of an answer, or go on with it.  After
 * the last piece it ends.
 */
void		 web_stream(struct web *, struct str text, bool last);

#endif
