/*
 * Pausing within a request, for as long as nobody else needs this process.
 */
#include <poll.h>

#include "web/inside.h"
#include "web/leave.h"

enum { NEIGHBOUR_MS = 50 };	/* for an idle process to take the request */

static bool
is_readable(int fd, int wait_ms)
{
	struct pollfd	p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, wait_ms) == 1;	/* -1 is never readable */
}

/*
 * Where processes share a socket, one that is idle takes the request at once;
 * it is for us only if it is still there a moment later.
 */
static bool
is_wanted(struct web *w)
{
	int	door = gateway_door_fd(w->gate);

	return is_readable(door, 0) && !is_readable(leave_fd(), NEIGHBOUR_MS) &&
	    is_readable(door, 0);
}

bool
web_pause(struct web *w, int ms)
{
	return !is_wanted(w) && !is_readable(leave_fd(), ms);
}
