/*
 * What a request that waits must notice besides news: a signal to leave, a
 * client that has gone, and another request at the door of this very process,
 * which nobody else will take.
 */
#include <poll.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "web/inside.h"
#include "web/leave.h"

enum { NEIGHBOUR_MS = 50 };	/* for an idle process to take the request */

static bool
is_readable(int fd, short events, int wait_ms)
{
	struct pollfd	p = { .fd = fd, .events = events };

	return fd != -1 && poll(&p, 1, wait_ms) == 1;
}

bool
web_leaving(struct web *w)
{
	return leave_asked() ||
	    is_readable(gateway_client_fd(w->gate), POLLRDHUP, 0);
}

/*
 * Where processes share a socket, one that is idle takes the request at once;
 * it is for us only if it is still there a moment later.
 */
bool
web_crowded(struct web *w)
{
	int	door = gateway_door_fd(w->gate);

	if (!is_readable(door, POLLIN, 0))
		return false;
	is_readable(leave_fd(), POLLIN, NEIGHBOUR_MS);
	return is_readable(door, POLLIN, 0);
}

static void
watch(int set, int fd, uint32_t events)
{
	struct epoll_event	event = { .events = events };

	if (fd != -1)
		epoll_ctl(set, EPOLL_CTL_ADD, fd, &event);
}

/* A set of its own for each wait: the client's descriptor changes. */
int
web_stir_fd(struct web *w)
{
	if (w->stir_fd != -1)
		return w->stir_fd;
	w->stir_fd = epoll_create1(EPOLL_CLOEXEC);
	if (w->stir_fd == -1)
		return leave_fd();
	watch(w->stir_fd, leave_fd(), EPOLLIN);
	watch(w->stir_fd, gateway_client_fd(w->gate), EPOLLRDHUP);
	watch(w->stir_fd, gateway_door_fd(w->gate), EPOLLIN);
	return w->stir_fd;
}

void
stir_close(struct web *w)
{
	if (w->stir_fd != -1)
		close(w->stir_fd);
	w->stir_fd = -1;
}
