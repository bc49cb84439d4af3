/*
 * Thousands of long polls on connections of their own, and what becomes of
 * them.  First all are sent; when the gauge of the server says that they wait,
 * "parked" is printed and a line awaited on standard input.  Then a delivery
 * that ends all of them is sent on a connection of its own (or, with no
 * delivery, somebody else sends theirs), and when all have answered, or no
 * more came for a while, one line:
 *
 *	p50  p95  p99  last  answered  lost  twice	(times in ms)
 *
 * from the delivery's answer, or, without one, from the line on standard
 * input.  Whose wait ends without news asks again, as a page does.
 */
#include <sys/epoll.h>

#include <err.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/guard.h"
#include "figures.h"
#include "peer.h"
#include "request.h"

enum {
	EVENTS_MAX	= 512,
	AT_ONCE		= 200,		/* sent, before the server is asked */
	PATIENCE_MS	= 3000,
	PARKING_S	= 120,
};

struct parked {
	struct peer	*peers;
	int64_t		*answered_at;	/* 0: it waits */
	struct blanks	*blanks;
	size_t		 count, answered, lost, twice;
	int		 epoll;
	struct request	*hello, *poll, *gauge, *wake;
	struct blanks	 last;		/* of the delivery */
	struct figures	 took;
};

static struct answer	ask(struct peer *, struct request *,
			    const struct blanks *);

/*
 * On a connection that was used before, as a browser's: lighttpd 1.4.69 does
 * not notice the end of one whose first request was there on its arrival.
 */
static void
send_one(struct parked *p, size_t i, const struct blanks *b)
{
	struct epoll_event	event = { .events = EPOLLIN, .data.u64 = i };

	p->blanks[i] = *b;
	ask(&p->peers[i], p->hello, b);
	peer_open(&p->peers[i]);
	if (!peer_send(&p->peers[i], request_fill(p->poll, b)) ||
	    epoll_ctl(p->epoll, EPOLL_CTL_ADD, p->peers[i].fd, &event) == -1)
		errx(1, "connection %zu broke", i);
}

/* One request and its whole answer. */
static struct answer
ask(struct peer *peer, struct request *request, const struct blanks *b)
{
	struct answer	a = { 0 };
	enum taken	taken = TAKEN_PART;

	peer_open(peer);
	if (!peer_send(peer, request_fill(request, b)))
		errx(1, "the connection broke");
	while (taken == TAKEN_PART) {
		struct pollfd	p = { peer->fd, POLLIN, 0 };

		if (poll(&p, 1, 10 * PATIENCE_MS) != 1)
			errx(1, "no answer");
		taken = peer_take(peer, &a);
	}
	if (taken == TAKEN_GONE || a.last)
		peer_close(peer);
	return a;
}

static long
waiting(struct parked *p, struct peer *peer)
{
	const char	 name[] = "\nrung_waiters ";
	struct blanks	 none = { 0 };
	struct answer	 a = ask(peer, p->gauge, &none);
	const char	*at = memmem(a.body.at, a.body.len, name,
			    sizeof(name) - 1);

	return at == NULL ? -1 : atol(at + sizeof(name) - 1);
}

/* Until as many wait; until nobody else does, for 0. */
static void
await(struct parked *p, long count)
{
	struct peer	*peer = calloc(1, sizeof(*peer));
	int64_t		 until = clock_steady() + PARKING_S * SECOND;

	must(peer != NULL);
	peer->fd = -1;
	while (count == 0 ? waiting(p, peer) > 0 :
	    waiting(p, peer) < count) {
		if (clock_steady() >= until)
			errx(1, "%ld wait, and not %ld", waiting(p, peer),
			    count);
		poll(NULL, 0, 20);
	}
	peer_close(peer);
	free(peer);
}

static void
park_all(struct parked *p, struct lines *lines)
{
	struct blanks	b = { 0 };

	await(p, 0);
	for (size_t i = 0; i < p->count; i++) {
		if (!lines_next(lines, &b) && i == 0)
			errx(1, "no line to wait for");
		send_one(p, i, &b);
		p->last = b;
		if ((i + 1) % AT_ONCE == 0)
			await(p, (long)i + 1);
	}
	await(p, (long)p->count);
}

static void
take(struct parked *p, size_t i)
{
	struct answer	a = { 0 };

	switch (peer_take(&p->peers[i], &a)) {
	case TAKEN_PART:
		return;
	case TAKEN_GONE:
		if (p->answered_at[i] == 0)
			p->lost++;
		epoll_ctl(p->epoll, EPOLL_CTL_DEL, p->peers[i].fd, NULL);
		peer_close(&p->peers[i]);
		return;
	case TAKEN_WHOLE:
		break;
	}
	if (p->answered_at[i] != 0)
		p->twice++;
	else if (a.status == 204 && peer_send(&p->peers[i],
	    request_fill(p->poll, &p->blanks[i])))
		return;
	else if (a.status != 200)
		p->lost++;
	else {
		p->answered_at[i] = clock_steady();
		p->answered++;
	}
	p->peers[i].len = 0;
}

/* Until nothing more comes, so that a second answer would be seen. */
static void
hear_all(struct parked *p, int64_t *told_at, struct peer *sender)
{
	struct epoll_event	events[EVENTS_MAX];
	int			n, quiet = PATIENCE_MS;

	while ((n = epoll_wait(p->epoll, events, EVENTS_MAX, quiet)) > 0) {
		for (int i = 0; i < n; i++) {
			struct answer	a = { 0 };

			if (events[i].data.u64 < p->count)
				take(p, events[i].data.u64);
			else if (peer_take(sender, &a) == TAKEN_WHOLE)
				*told_at = clock_steady();
		}
		quiet = p->answered == p->count ? PATIENCE_MS / 6 :
		    PATIENCE_MS;
	}
}

static int64_t
deliver(struct parked *p, struct peer *sender)
{
	struct epoll_event	event = {
		.events = EPOLLIN, .data.u64 = p->count,
	};

	if (p->wake == NULL)
		return clock_steady();
	peer_open(sender);
	if (!peer_send(sender, request_fill(p->wake, &p->last)) ||
	    epoll_ctl(p->epoll, EPOLL_CTL_ADD, sender->fd, &event) == -1)
		errx(1, "the connection broke");
	return 0;
}

int
main(int argc, char **argv)
{
	static struct peer	sender = { .fd = -1 };
	struct parked		p = { .lost = 0 };
	struct lines		lines;
	int64_t			told_at;

	if (argc != 7 && argc != 9)
		errx(2, "usage: parked address count hello poll gauge lines "
		    "[delivery key]");
	peer_place(argv[1]);
	p.count = (size_t)atol(argv[2]);
	p.hello = request_read(argv[3], "");
	p.poll = request_read(argv[4], "");
	p.gauge = request_read(argv[5], "");
	lines = lines_read(argv[6]);
	if (argc == 9)
		p.wake = request_read(argv[7], argv[8]);
	p.peers = calloc(p.count, sizeof(*p.peers));
	p.answered_at = calloc(p.count, sizeof(*p.answered_at));
	p.epoll = epoll_create1(EPOLL_CLOEXEC);
	setvbuf(stdout, NULL, _IOLBF, 0);
	p.blanks = calloc(p.count, sizeof(*p.blanks));
	must(p.peers != NULL && p.answered_at != NULL && p.blanks != NULL &&
	    p.epoll != -1);
	for (size_t i = 0; i < p.count; i++)
		p.peers[i].fd = -1;
	park_all(&p, &lines);
	puts("parked");
	(void)getchar();
	told_at = deliver(&p, &sender);
	hear_all(&p, &told_at, &sender);
	for (size_t i = 0; i < p.count; i++)
		if (p.answered_at[i] != 0)
			figures_add(&p.took, p.answered_at[i] > told_at ?
			    p.answered_at[i] - told_at : 0);
	printf("%.3f %.3f %.3f %.3f %zu %zu %zu\n",
	    figures_ms(&p.took, 0.50), figures_ms(&p.took, 0.95),
	    figures_ms(&p.took, 0.99), figures_ms(&p.took, 1.00),
	    p.answered, p.count - p.answered, p.twice);
	return 0;
}
