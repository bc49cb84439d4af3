/*
 * FastCGI by libfcgi, CGI by read(2) and write(2).  What the library needs to
 * behave well behind Apache and lighttpd: the body is read to its end before
 * anything is closed (else Apache loses the answer), the connection is
 * closed at once instead of being drained, and never kept.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <fastcgi.h>
#include <fcgiapp.h>

#include "base/guard.h"
#include "web/gateway.h"
#include "web/leave.h"

extern char	**environ;

enum {
	BODY_WAIT_S	= 5,	/* for the next bytes of a body */
	DRAIN_BYTES_MAX	= 1024 * 1024,	/* of a body nobody wants */
	ACCEPT_PAUSE_MS	= 20,
	SEND_AT_ONCE	= 32 * 1024,	/* any socket's buffer takes it */
	LISTEN_FD	= 0,
};

struct gateway {
	bool		 fastcgi;
	bool		 served;	/* CGI: there is only one */
	bool		 sends_body;	/* CGI: somebody writes to us */
	char		**variables;	/* CGI */
	/* It stays where it is: the library's streams point into it. */
	FCGX_Request	*request;
};

static struct gateway	the_gateway;

bool
gateway_is_fastcgi(void)
{
	int		listens = 0;
	socklen_t	len = sizeof(listens);

	return getsockopt(LISTEN_FD, SOL_SOCKET, SO_ACCEPTCONN, &listens,
	    &len) == 0 && listens != 0;
}

static bool
is_loopback(const struct sockaddr_storage *address)
{
	if (address->ss_family == AF_INET) {
		const struct sockaddr_in *in = (const void *)address;

		return ntohl(in->sin_addr.s_addr) >> 24 == 127;
	}
	if (address->ss_family == AF_INET6) {
		const struct sockaddr_in6 *in6 = (const void *)address;

		return IN6_IS_ADDR_LOOPBACK(&in6->sin6_addr);
	}
	return false;
}

static enum rc
check_listener(struct err *e)
{
	struct sockaddr_storage	address = { .ss_family = AF_UNSPEC };
	socklen_t		len = sizeof(address);

	must(getsockname(LISTEN_FD, (struct sockaddr *)&address, &len) == 0);
	if (address.ss_family == AF_UNIX ||
	    (is_loopback(&address) && getenv("FCGI_WEB_SERVER_ADDRS") != NULL))
		return RC_OK;
	return err_set(e, RC_BROKEN, "Listen on a Unix socket, or on loopback"
	    " with FCGI_WEB_SERVER_ADDRS set.",
	    "whoever can reach this socket could forge a caller");
}

/*
 * The listener does not block: several processes may share it, and the one
 * that finds it empty must come back to see whether it has to leave.
 */
static enum rc
open_fastcgi(struct gateway *g, struct err *e)
{
	int	flags;

	TRY(check_listener(e));
	flags = fcntl(LISTEN_FD, F_GETFL);
	g->request = calloc(1, sizeof(*g->request));
	if (g->request == NULL || FCGX_Init() != 0 ||
	    FCGX_InitRequest(g->request, LISTEN_FD,
	    FCGI_FAIL_ACCEPT_ON_INTR) != 0 || flags == -1 ||
	    fcntl(LISTEN_FD, F_SETFL, flags | O_NONBLOCK) == -1)
		return err_set(e, RC_BROKEN, NULL, "cannot use the socket");
	return RC_OK;
}

enum rc
gateway_open(struct gateway **out, struct err *e)
{
	struct gateway	*g = &the_gateway;

	*g = (struct gateway){ .fastcgi = gateway_is_fastcgi() };
	if (g->fastcgi)
		TRY(open_fastcgi(g, e));
	g->variables = environ;
	g->sends_body = getenv("CONTENT_LENGTH") != NULL ||
	    getenv("HTTP_TRANSFER_ENCODING") != NULL;
	*out = g;
	return RC_OK;
}

void
gateway_close(struct gateway **g)
{
	if (*g != NULL)
		free((*g)->request);
	*g = NULL;
}

/* Neither a slow sender nor a slow reader may hold us for long. */
static void
bound_patience(int fd, int with)
{
	const struct timeval	wait = { .tv_sec = BODY_WAIT_S };

	setsockopt(fd, SOL_SOCKET, with, &wait, sizeof(wait));
}

/* Of who sends no body, nothing is waited for. */
static bool
announces_body(char **variables)
{
	const char	*len = FCGX_GetParam("CONTENT_LENGTH", variables);

	return (len != NULL && len[0] != '\0' && strcmp(len, "0") != 0) ||
	    FCGX_GetParam("HTTP_TRANSFER_ENCODING", variables) != NULL;
}

/* The next one, if it is there already. */
static bool
take_fastcgi(struct gateway *g)
{
	int	failed = FCGX_Accept_r(g->request);

	if (failed == 0) {
		if (announces_body(g->request->envp))
			bound_patience(hold_fd_of(g->request), SO_RCVTIMEO);
		return true;
	}
	if (failed != -EAGAIN)	/* no descriptors: do not spin */
		poll(NULL, 0, ACCEPT_PAUSE_MS);
	return false;
}

static bool
next_fastcgi(struct gateway *g)
{
	struct pollfd	wait[] = {
		{ .fd = LISTEN_FD, .events = POLLIN },
		{ .fd = leave_fd(), .events = POLLIN },
	};

	/* Being asked to leave shows in the same look as a request does. */
	for (;;) {
		if (poll(wait, COUNT(wait), -1) == -1 && errno != EINTR)
			return false;
		if ((wait[0].revents & (POLLERR | POLLNVAL)) != 0 ||
		    (wait[1].revents & POLLIN) != 0)
			return false;
		if ((wait[0].revents & POLLIN) != 0 && take_fastcgi(g))
			return true;
	}
}

static bool
take_cgi(struct gateway *g)
{
	bool	there = !g->served;

	g->served = true;
	return there;
}

bool
gateway_next(struct gateway *g, char ***variables)
{
	if (!(g->fastcgi ? next_fastcgi(g) : take_cgi(g)))
		return false;
	*variables = g->fastcgi ? g->request->envp : g->variables;
	return true;
}

bool
gateway_take(struct gateway *g, char ***variables)
{
	if (!(g->fastcgi ? take_fastcgi(g) : take_cgi(g)))
		return false;
	*variables = g->fastcgi ? g->request->envp : g->variables;
	return true;
}

static size_t
read_cgi(char *at, size_t len)
{
	size_t	have = 0;

	while (have < len) {
		struct pollfd	input = { STDIN_FILENO, POLLIN, 0 };
		ssize_t		n;

		if (poll(&input, 1, BODY_WAIT_S * 1000) == 0)
			break;
		n = read(STDIN_FILENO, at + have, len - have);
		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		have += (size_t)n;
	}
	return have;
}

size_t
gateway_read(struct gateway *g, char *at, size_t len)
{
	int	n;

	if (!g->fastcgi)
		return read_cgi(at, len);
	n = FCGX_GetStr(at, (int)len, g->request->in);
	return n < 0 ? 0 : (size_t)n;
}

bool
gateway_write(struct gateway *g, struct str s)
{
	if (g->fastcgi && s.len > SEND_AT_ONCE)
		bound_patience(hold_fd_of(g->request), SO_SNDTIMEO);
	if (g->fastcgi)
		return FCGX_PutStr(s.at, (int)s.len, g->request->out) ==
		    (int)s.len;
	while (s.len > 0) {
		ssize_t n = write(STDOUT_FILENO, s.at, s.len);

		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		s = str_part(s, (size_t)n, s.len);
	}
	return true;
}

/*
 * To the end: who closes on unread bytes resets the answer away as well.  An
 * authorizer is sent no body (FastCGI 1.0, 6.3), though some servers end it.
 */
static void
drain(struct gateway *g)
{
	char	rest[4096];

	if (g->fastcgi && g->request->role == FCGI_AUTHORIZER) {
		while (recv(hold_fd_of(g->request), rest, sizeof(rest),
		    MSG_DONTWAIT) > 0)
			continue;
		return;
	}
	for (size_t taken = 0; taken < DRAIN_BYTES_MAX; taken += sizeof(rest))
		if (gateway_read(g, rest, sizeof(rest)) < sizeof(rest))
			break;
}

void
gateway_finish(struct gateway *g)
{
	if (g->fastcgi || g->sends_body)
		drain(g);
	if (!g->fastcgi)
		return;
	g->request->keepConnection = 0;
	FCGX_Detach(g->request);
	FCGX_Finish_r(g->request);
}

static bool
cgi_send(struct hold *h, struct str s, bool last)
{
	(void)last;
	(void)h;
	return gateway_write(&the_gateway, s);
}

static void
cgi_drop(struct hold *h)
{
	h->fd = -1;
}

struct hold
gateway_keep(struct gateway *g, const struct hold_way **way)
{
	static const struct hold_way	by_stdout = {
		.send = cgi_send, .drop = cgi_drop,
	};

	if (g->fastcgi || g->sends_body)
		drain(g);
	if (g->fastcgi) {
		*way = hold_usual;
		return hold_usual->keep(&g->request);
	}
	*way = &by_stdout;
	return (struct hold){ .fd = STDOUT_FILENO };
}

int
gateway_door_fd(const struct gateway *g)
{
	return g->fastcgi ? LISTEN_FD : -1;
}
