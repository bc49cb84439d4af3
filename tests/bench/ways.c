/*
 * How long after a payment a page that asks from time to time knows of it.
 * Pages come one after the other, each with its own phase: it asks every
 * `interval` ms, its payment is delivered at a random moment in between, and
 * the time from the delivery being sent to the answer that says "completed"
 * is taken.  Prints
 *
 *	p50  p95  p99  max  pages	(times in ms)
 */
#include <err.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/guard.h"
#include "figures.h"
#include "peer.h"
#include "request.h"

enum { PAGES_MAX = 2000, PATIENCE_MS = 10000 };
enum { SPACING = 15000 };	/* microseconds between two payments */

struct page {
	struct blanks	blanks;
	int64_t		deliver_at, sent_at, ask_at;	/* clock_steady */
	bool		delivered, knows;
};

struct ways {
	struct page	 page[PAGES_MAX];
	size_t		 count, known;
	struct request	*ask, *deliver;
	struct peer	 asker, sender;
	struct figures	 took;
};

static struct answer
exchange(struct peer *peer, struct str request)
{
	struct answer	a = { 0 };
	enum taken	taken = TAKEN_PART;

	peer_open(peer);
	if (!peer_send(peer, request))
		errx(1, "the connection broke");
	while (taken == TAKEN_PART) {
		struct pollfd	p = { peer->fd, POLLIN, 0 };

		if (poll(&p, 1, PATIENCE_MS) != 1)
			errx(1, "no answer");
		taken = peer_take(peer, &a);
	}
	if (taken == TAKEN_GONE || a.last)
		peer_close(peer);
	return a;
}

static void
ask(struct ways *w, struct page *page, int64_t interval)
{
	const char	 word[] = "\"status\":\"completed\"";
	struct answer	 a = exchange(&w->asker,
			    request_fill(w->ask, &page->blanks));

	page->ask_at += interval;
	if (memmem(a.body.at, a.body.len, word, sizeof(word) - 1) == NULL)
		return;
	page->knows = true;
	w->known++;
	figures_add(&w->took, clock_steady() - page->sent_at);
}

static void
deliver(struct ways *w, struct page *page)
{
	struct str	request = request_fill(w->deliver, &page->blanks);

	page->sent_at = clock_steady();
	page->delivered = true;
	if (exchange(&w->sender, request).status != 200)
		errx(1, "a delivery was refused");
}

/* The earliest thing to do, done; all of it in one thread. */
static void
step(struct ways *w, int64_t interval)
{
	struct page	*next = NULL;
	int64_t		 at = INT64_MAX, left;

	for (size_t i = 0; i < w->count; i++) {
		struct page	*page = &w->page[i];
		int64_t		 due = page->ask_at;

		if (!page->delivered && page->deliver_at < due)
			due = page->deliver_at;
		if (!page->knows && due < at) {
			at = due;
			next = page;
		}
	}
	must(next != NULL);
	left = at - clock_steady();
	if (left > 0)
		poll(NULL, 0, (int)((left + 999) / 1000));
	if (!next->delivered && next->deliver_at <= next->ask_at)
		deliver(w, next);
	else
		ask(w, next, interval);
}

int
main(int argc, char **argv)
{
	static struct ways	w;
	struct lines		lines;
	struct blanks		b = { 0 };
	int64_t			interval, begin;

	if (argc != 7)
		errx(2, "usage: ways address ask delivery key lines interval");
	peer_place(argv[1]);
	w.asker.fd = w.sender.fd = -1;
	w.ask = request_read(argv[2], "");
	w.deliver = request_read(argv[3], argv[4]);
	lines = lines_read(argv[5]);
	interval = atol(argv[6]) * 1000;
	begin = clock_steady() + interval;
	while (w.count < PAGES_MAX && lines_next(&lines, &b)) {
		struct page	*page = &w.page[w.count++];

		b.n = (int64_t)w.count;
		page->blanks = b;
		page->deliver_at = begin + (int64_t)w.count * SPACING;
		page->ask_at = page->deliver_at - random() % interval;
	}
	while (w.known < w.count)
		step(&w, interval);
	printf("%.3f %.3f %.3f %.3f %zu\n", figures_ms(&w.took, 0.50),
	    figures_ms(&w.took, 0.95), figures_ms(&w.took, 0.99),
	    figures_ms(&w.took, 1.00), w.took.count);
	return 0;
}
