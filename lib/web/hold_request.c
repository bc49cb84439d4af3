/*
 * Keeping the library's whole request, for a library whose request looks
 * otherwise inside.  It stays where it is in memory: its streams point back
 * at it.
 */
#include <stdlib.h>

#include <fcgiapp.h>

#include "base/guard.h"
#include "web/hold.h"

enum { LISTEN_FD = 0 };		/* as in gateway.c */

static struct hold
request_keep(struct FCGX_Request **request)
{
	FCGX_Request	*kept = *request, *next = calloc(1, sizeof(*next));
	struct hold	 h = { .fd = hold_fd_of(kept), .whole = kept };

	must(next != NULL && FCGX_InitRequest(next, LISTEN_FD,
	    FCGI_FAIL_ACCEPT_ON_INTR) == 0);
	*request = next;
	return h;
}

static void
request_drop(struct hold *h)
{
	FCGX_Request	*r = h->whole;

	r->keepConnection = 0;
	FCGX_Detach(r);
	FCGX_Free(r, 1);
	free(r);
	*h = (struct hold){ .fd = -1 };
}

static bool
request_send(struct hold *h, struct str s, bool last)
{
	FCGX_Request	*r = h->whole;
	bool		 sent;

	sent = FCGX_PutStr(s.at, (int)s.len, r->out) == (int)s.len &&
	    FCGX_FFlush(r->out) == 0;
	if (!last)
		return sent;
	r->keepConnection = 0;
	FCGX_Detach(r);
	FCGX_Finish_r(r);
	free(r);
	*h = (struct hold){ .fd = -1 };
	return sent;
}

const struct hold_way	hold_by_request = {
	.keep = request_keep, .send = request_send, .drop = request_drop,
};
