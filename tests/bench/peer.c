/*
 * As much of HTTP/1.1 as it takes to measure a server we know: Content-Length
 * or chunks, keep-alive, no redirects.
 */
#include <sys/socket.h>

#include <err.h>
#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

#include <netinet/in.h>
#include <netinet/tcp.h>

#include "base/clock.h"
#include "base/guard.h"
#include "peer.h"

static struct addrinfo	*place;

void
peer_place(const char *address)
{
	struct addrinfo	 hints = { .ai_socktype = SOCK_STREAM };
	char		*host = strdup(address), *port;
	int		 status;

	must(host != NULL);
	port = strrchr(host, ':');
	if (port == NULL)
		errx(1, "%s: give HOST:PORT", address);
	*port++ = '\0';
	status = getaddrinfo(host, port, &hints, &place);
	if (status != 0)
		errx(1, "%s: %s", address, gai_strerror(status));
	free(host);
}

void
peer_open(struct peer *p)
{
	const int	on = 1;

	if (p->fd != -1)
		return;
	p->fd = socket(place->ai_family, place->ai_socktype, 0);
	if (p->fd == -1 ||
	    connect(p->fd, place->ai_addr, place->ai_addrlen) != 0)
		err(1, "connect");
	setsockopt(p->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

void
peer_close(struct peer *p)
{
	if (p->fd != -1)
		close(p->fd);
	p->fd = -1;
}

bool
peer_send(struct peer *p, struct str request)
{
	p->len = 0;
	p->sent_at = clock_steady();
	return send(p->fd, request.at, request.len, MSG_NOSIGNAL) ==
	    (ssize_t)request.len;
}

/* The value of a field of the head; STR_NONE when it is not there. */
static struct str
field(struct str head, struct str name)
{
	while (head.at != NULL) {
		struct str	line = str_cut(&head, '\n');
		struct str	key = str_cut(&line, ':');

		if (line.at == NULL || key.len != name.len ||
		    strncasecmp(key.at, name.at, name.len) != 0)
			continue;
		if (str_ends(line, STR("\r")))
			line.len--;
		return str_trim(line);
	}
	return STR_NONE;
}

/* Is all of it here that the head promised? */
static bool
is_whole(struct answer *a)
{
	struct str	length = field(a->head, STR("Content-Length"));
	int64_t		n = 0;

	if (length.at != NULL)
		return str_int64(length, &n) && a->body.len >= (size_t)n;
	if (str_eq(field(a->head, STR("Transfer-Encoding")), STR("chunked")))
		return str_ends(a->body, STR("0\r\n\r\n"));
	return true;			/* 204 and 304 have no body */
}

static bool
read_answer(struct peer *p, struct answer *a)
{
	const char	*gap = memmem(p->in, p->len, "\r\n\r\n", 4);
	struct str	 all = { p->in, p->len }, version;

	if (gap == NULL)
		return false;
	a->head = str_part(all, 0, (size_t)(gap - p->in));
	a->body = str_part(all, a->head.len + 4, p->len);
	version = str_part(a->head, 9, 3);
	a->status = version.len == 3 ? atoi(version.at) : 0;
	a->last = strncasecmp(field(a->head, STR("Connection")).at == NULL ?
	    "" : field(a->head, STR("Connection")).at, "close", 5) == 0;
	return is_whole(a);
}

enum taken
peer_take(struct peer *p, struct answer *a)
{
	ssize_t	n = recv(p->fd, p->in + p->len, sizeof(p->in) - p->len,
		    MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return TAKEN_PART;
	if (n <= 0)
		return TAKEN_GONE;
	p->len += (size_t)n;
	return read_answer(p, a) ? TAKEN_WHOLE : TAKEN_PART;
}
