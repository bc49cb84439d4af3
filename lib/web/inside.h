/*
 * What a request is to the files of lib/web.  Everybody else sees web.h.
 */
#ifndef RUNG_WEB_INSIDE_H
#define RUNG_WEB_INSIDE_H

#include "base/rate.h"
#include "web/auth.h"
#include "web/gateway.h"
#include "web/head.h"
#include "web/path.h"
#include "web/route.h"
#include "web/web.h"

enum { HEADERS_MAX = 24 };

struct header {
	const char	*name;
	struct str	 value;
};

struct web {
	struct app		*app;
	const struct conf	*conf;
	struct gateway		*gate;
	struct arena		*arena;
	int64_t			 begun;		/* clock_steady */

	struct head		 head;
	struct path		 path;
	struct found		 found;
	struct str		 id;		/* request id */
	struct flow		 flow;
	struct principal	 principal;
	bool			 counted;	/* against a rate limit: */
	struct rate		 rate;
	struct str		 body;

	bool			 answered;
	bool			 passes;	/* no answer to a visitor */
	int			 status;
	const char		*type;		/* NULL: no content */
	struct str		 content;
	struct header		 headers[HEADERS_MAX];
	size_t			 header_count;

	struct park		*park;		/* NULL: nobody waits here */
	const struct subject	*parked;	/* set: it waits, for: */
	struct str		 parked_id;
	const struct news	*parked_news;
	struct wait		 wait;
	bool			 streams, over;	/* content is a piece */
};

/*
 * Answer one request: read, route, authorise, handle, reply.  If it shall
 * wait instead (w->parked), nothing was sent.
 */
void	handle_request(struct web *, const struct route *, char **variables);

/* Begin database work for a request anew: clock, deadline. */
void	handle_begin(struct web *);

/* Count an answered request. */
void	handle_count(const struct web *);

/* The origin of the asking page, if the configuration lists it. */
struct str reply_origin(const struct web *);

/* The bytes of what was answered. */
struct str reply_text(struct web *);

/* The headers every answer has; those a handler sets replace them. */
void	reply_defaults(struct web *);

/*
 * Count the request against its principal's limit, or, without a good
 * credential, its address's; once for each request.  RC_RATE_LIMITED.
 */
enum rc	limit_principal(struct web *, struct err *);
enum rc	limit_address(struct web *, struct err *);

/* The headers of whoever is counted. */
void	limit_headers(struct web *);

/* Who connects, as bytes: of IPv6 the network that one customer has. */
enum { PEER_BLOCK_BYTES = 16 };
bool	peer_block(struct web *, char out[PEER_BLOCK_BYTES]);

/* Answer a failure as problem+json, and log it. */
void	problem_answer(struct web *, const struct err *, const char *member,
	    struct str json);

/* The answer to OPTIONS. */
enum rc	web_preflight(struct web *);

#endif
