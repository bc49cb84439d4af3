/*
 * How soon a waiting client hears: for each line a long poll is sent on one
 * connection, and when it waits, the delivery that ends it on another.
 * Prints two lines, first from the delivery's answer to the waiter's, then
 * from the delivery sent:
 *
 *	p50  p95  p99  max  rounds  failed	(times in ms)
 */
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

enum { WAITER, SENDER, PEERS };

/* Nothing tells from outside that a request waits; this is plenty for it. */
enum { PARKING_MS = 15, PATIENCE_MS = 5000 };

struct wake {
	struct peer	 peer[PEERS];
	struct request	*request[PEERS];
	struct figures	 after, whole;
	int64_t		 failed;
};

static void
send_on(struct wake *w, int who, const struct blanks *b)
{
	struct peer	*p = &w->peer[who];

	peer_open(p);
	if (!peer_send(p, request_fill(w->request[who], b)))
		errx(1, "the connection broke");
}

/* Take what came; when the answer is whole, the moment of it. */
static bool
take(struct wake *w, int who, int64_t *at)
{
	struct peer	*p = &w->peer[who];
	struct answer	 a = { 0 };
	enum taken	 taken = peer_take(p, &a);

	if (taken == TAKEN_PART)
		return true;
	*at = clock_steady();
	if (taken == TAKEN_GONE || a.last)
		peer_close(p);
	if (taken == TAKEN_WHOLE && a.status == 200)
		return true;
	if (w->failed == 0)
		fprintf(stderr, "wake: answer %d: %.*s\n", a.status,
		    STR_FMT(a.body));
	return false;
}

/* Both answers, or false. */
static bool
hear(struct wake *w, int64_t at[PEERS])
{
	while (at[WAITER] == 0 || at[SENDER] == 0) {
		struct pollfd	p[PEERS];

		for (int i = 0; i < PEERS; i++)
			p[i] = (struct pollfd){
				.fd = at[i] == 0 ? w->peer[i].fd : -1,
				.events = POLLIN,
			};
		if (poll(p, PEERS, PATIENCE_MS) <= 0)
			return false;
		for (int i = 0; i < PEERS; i++)
			if (p[i].revents != 0 && !take(w, i, &at[i]))
				return false;
	}
	return true;
}

static bool
one_round(struct wake *w, const struct blanks *b)
{
	struct pollfd	early;
	int64_t		at[PEERS] = { 0 };

	send_on(w, WAITER, b);
	early = (struct pollfd){ w->peer[WAITER].fd, POLLIN, 0 };
	if (poll(&early, 1, PARKING_MS) != 0) {
		(void)take(w, WAITER, &at[WAITER]);
		return false;		/* it did not wait */
	}
	send_on(w, SENDER, b);
	if (!hear(w, at))
		return false;
	figures_add(&w->after, at[WAITER] - at[SENDER]);
	figures_add(&w->whole, at[WAITER] - w->peer[SENDER].sent_at);
	return true;
}

static void
tell(const struct wake *w, struct figures *f)
{
	printf("%.3f %.3f %.3f %.3f %zu %lld\n", figures_ms(f, 0.50),
	    figures_ms(f, 0.95), figures_ms(f, 0.99), figures_ms(f, 1.00),
	    f->count, (long long)w->failed);
}

int
main(int argc, char **argv)
{
	static struct wake	w;
	struct blanks		b = { 0 };
	struct lines		lines;

	if (argc != 6)
		errx(2, "usage: wake address waiter sender key lines");
	peer_place(argv[1]);
	w.request[WAITER] = request_read(argv[2], "");
	w.request[SENDER] = request_read(argv[3], argv[4]);
	w.peer[WAITER].fd = w.peer[SENDER].fd = -1;
	lines = lines_read(argv[5]);
	while (lines_next(&lines, &b)) {
		b.n++;
		if (one_round(&w, &b))
			continue;
		w.failed++;
		peer_close(&w.peer[WAITER]);
		peer_close(&w.peer[SENDER]);
	}
	tell(&w, &w.after);
	tell(&w, &w.whole);
	return w.after.count == 0;
}
