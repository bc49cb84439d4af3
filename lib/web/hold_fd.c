/*
 * Keeping the connection alone: the library's streams are freed at once, and
 * the answer is framed by hand.  All that is known here beyond the library's
 * calls is where its request has descriptor and id, and three kinds of
 * records (FastCGI 1.0, 3.3 and 5.5).
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fcgiapp.h>

#include "base/guard.h"
#include "web/hold.h"

enum {
	RECORD_HEAD	= 8,
	RECORD_MOST	= 65528,	/* of content: needs no padding */
	RECORD_ABORT	= 2,
	RECORD_END	= 3,
	RECORD_STDOUT	= 6,
	TAIL_BYTES	= RECORD_HEAD + RECORD_HEAD + 8,
	PATIENCE_MS	= 200,		/* with a slow web server */
};

int
hold_fd_of(const struct FCGX_Request *request)
{
#ifdef HAVE_FCGX_REQUEST_IPCFD
	return request->ipcFd;
#else
	(void)request;
	return -1;
#endif
}

#ifdef RUNG_HOLD_REQUESTS
const struct hold_way *const	hold_usual = &hold_by_request;
#else
const struct hold_way *const	hold_usual = &hold_by_fd;

static struct hold
fd_keep(struct FCGX_Request **request)
{
	FCGX_Request	*r = *request;
	struct hold	 h = { .fd = r->ipcFd, .id = (uint16_t)r->requestId };

	FCGX_Free(r, 0);
	r->ipcFd = -1;
	r->keepConnection = 0;
	r->detached = 0;
	return h;
}
#endif

static size_t
put_head(unsigned char *at, unsigned char type, uint16_t id, size_t len)
{
	const unsigned char	head[RECORD_HEAD] = {
		1, type, (unsigned char)(id >> 8), (unsigned char)id,
		(unsigned char)(len >> 8), (unsigned char)len,
		(unsigned char)(-len & 7), 0,
	};

	memcpy(at, head, sizeof(head));
	return sizeof(head);
}

/* The records of one piece; the last is followed by the request's end. */
static size_t
put_records(unsigned char *at, uint16_t id, struct str s, bool last)
{
	size_t	n = 0;

	while (s.len > 0) {
		size_t len = s.len < RECORD_MOST ? s.len : RECORD_MOST;
		size_t pad = -len & 7;

		n += put_head(at + n, RECORD_STDOUT, id, len);
		memcpy(at + n, s.at, len);
		memset(at + n + len, 0, pad);
		n += len + pad;
		s = str_part(s, len, s.len);
	}
	if (last) {
		n += put_head(at + n, RECORD_STDOUT, id, 0);
		n += put_head(at + n, RECORD_END, id, 8);
		memset(at + n, 0, 8);		/* status 0, all done */
		n += 8;
	}
	return n;
}

static bool
send_all(int fd, const unsigned char *at, size_t len)
{
	while (len > 0) {
		struct pollfd	p = { .fd = fd, .events = POLLOUT };
		ssize_t		n = send(fd, at, len,
				    MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n > 0) {
			at += n;
			len -= (size_t)n;
		} else if (errno != EINTR && (errno != EAGAIN ||
		    poll(&p, 1, PATIENCE_MS) != 1))
			return false;
	}
	return true;
}

static void
fd_drop(struct hold *h)
{
	if (h->fd != -1)
		close(h->fd);
	h->fd = -1;
}

static bool
fd_send(struct hold *h, struct str s, bool last)
{
	size_t		 records = s.len / RECORD_MOST + 1;
	unsigned char	*at = malloc(s.len + records * (RECORD_HEAD + 8) +
			    TAIL_BYTES);
	bool		 sent;

	must(at != NULL);
	sent = send_all(h->fd, at, put_records(at, h->id, s, last));
	free(at);
	if (last)
		fd_drop(h);
	return sent;
}

/* Whatever comes after the body is a record about this request's end. */
bool
hold_gone(const struct hold *h)
{
	unsigned char	head[RECORD_HEAD];
	ssize_t		n = recv(h->fd, head, sizeof(head), MSG_DONTWAIT);

	if (n == -1)
		return errno != EAGAIN && errno != EINTR &&
		    errno != ENOTSOCK;
	return n < (ssize_t)sizeof(head) || head[1] == RECORD_ABORT;
}

const struct hold_way	hold_by_fd = {
#ifdef RUNG_HOLD_REQUESTS
	.keep = NULL,
#else
	.keep = fd_keep,
#endif
	.send = fd_send, .drop = fd_drop,
};
