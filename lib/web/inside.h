/*
 * What a request is to the files of lib/web.  Everybody else sees web.h.
 */
#ifndef RUNG_WEB_INSIDE_H
#define RUNG_WEB_INSIDE_H

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
	int			 stir_fd;	/* -1 until somebody waits */
	struct arena		*arena;
	int64_t			 begun;		/* clock_steady */

	struct head		 head;
	struct path		 path;
	struct found		 found;
	struct str		 id;		/* request id */
	struct flow		 flow;
	struct principal	 principal;
	struct str		 body;

	bool			 answered;
	int			 status;
	const char		*type;		/* NULL: no content */
	struct str		 content;
	struct header		 headers[HEADERS_MAX];
	size_t			 header_count;
};

/* Answer one request: read, route, authorise, handle, reply. */
void	handle_request(struct web *, const struct route *, char **variables);

/* Send what was answered. */
void	reply_send(struct web *);

/* The headers every answer has; those a handler sets replace them. */
void	reply_defaults(struct web *);

/* Answer a failure as problem+json, and log it. */
void	problem_answer(struct web *, const struct err *, const char *member,
	    struct str json);

/* Close what web_stir_fd opened. */
void	stir_close(struct web *);

/* The answer to OPTIONS. */
enum rc	web_preflight(struct web *);

#endif
