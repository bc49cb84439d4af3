/*
 * Requests that are answered later, while the library takes others.  Two ways
 * to keep one, behind the same functions: its connection alone (a hundred
 * bytes), which relies on members of the library's request that its header
 * calls its own; or the whole request (11 KiB), which needs nothing but the
 * calls.  ./configure takes the first where the library has those members.
 */
#ifndef RUNG_WEB_HOLD_H
#define RUNG_WEB_HOLD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct FCGX_Request;

struct hold {
	int		 fd;		/* hanging up: the client has gone */
	uint16_t	 id;		/* of the request on its connection */
	void		*whole;		/* the library's request */
};

struct hold_way {
	/*
	 * Keep an accepted request whose body was read to its end.  *request
	 * is afterwards ready to be accepted into; it may be another one.
	 */
	struct hold	(*keep)(struct FCGX_Request **request);

	/*
	 * Send a piece of the answer.  False when nobody listens, or too
	 * slowly.  The last piece lets go of the request in any case.
	 */
	bool		(*send)(struct hold *, struct str, bool last);

	/* Let go without an answer. */
	void		(*drop)(struct hold *);
};

extern const struct hold_way	hold_by_fd, hold_by_request;

/* The way this program was built to go. */
extern const struct hold_way *const	hold_usual;

/* The connection of an accepted request; -1 where the library hides it. */
int		 hold_fd_of(const struct FCGX_Request *);

/* Something came on the connection: was it its end, or the request's? */
bool		 hold_gone(const struct hold *);

#endif
