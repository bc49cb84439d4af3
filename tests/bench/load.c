/*
 * A load generator: N connections, each with one request under way, for some
 * seconds.  Prints one line:
 *
 *	requests/s  p50  p95  p99  max  answered  failed	(times in ms)
 */
#include <sys/epoll.h>

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/guard.h"
#include "figures.h"
#include "peer.h"
#include "request.h"

enum { PEERS_MAX = 1024, PATIENCE_S = 20 };

struct load {
	struct peer	*peers;
	size_t		 count;		/* of peers */
	struct request	*request;
	struct lines	 lines;
	bool		 has_lines, again;
	const char	*lines_path;
	FILE		*found;		/* words to look for in the answers */
	char		**prefix;
	size_t		 prefix_count;
	int64_t		 sent, most;	/* requests */
	int64_t		 until;		/* clock_steady */
	size_t		 under_way;
	struct figures	 took;
	int64_t		 failed;
	int		 epoll;
};

static void
usage(void)
{
	fprintf(stderr, "usage: load [-c connections] [-t seconds] [-n most]"
	    " [-k key]\n            [-l lines | -L lines] [-o found]"
	    " address template [prefix ...]\n"
	    "  -l  each line serves one request; -L  again from the top\n"
	    "  -o  writes, for each answer, the texts in it that begin with"
	    " the prefixes\n");
	exit(2);
}

/* What the next request is made of; false when there shall be none. */
static bool
next(struct load *l, struct blanks *b)
{
	if (l->sent >= l->most || clock_steady() >= l->until)
		return false;
	if (l->has_lines && !lines_next(&l->lines, b)) {
		if (!l->again)
			return false;
		l->lines = lines_read(l->lines_path);
		if (!lines_next(&l->lines, b))
			return false;
	}
	b->n = ++l->sent;
	return true;
}

static void
watch(struct load *l, struct peer *p)
{
	struct epoll_event	ev = { .events = EPOLLIN, .data.ptr = p };

	if (p->fd != -1)
		return;
	peer_open(p);
	if (epoll_ctl(l->epoll, EPOLL_CTL_ADD, p->fd, &ev) != 0)
		err(1, "epoll_ctl");
}

/* Send the next request on this connection, if there is one to send. */
static void
send_next(struct load *l, struct peer *p)
{
	struct blanks	b = { 0 };

	if (!next(l, &b))
		return;
	watch(l, p);
	if (peer_send(p, request_fill(l->request, &b))) {
		l->under_way++;
		return;
	}
	l->failed++;
	peer_close(p);
}

/* The quoted texts that begin with the prefixes, on one line. */
static void
note_found(const struct load *l, struct str body)
{
	for (size_t i = 0; i < l->prefix_count; i++) {
		size_t		 len = strlen(l->prefix[i]);
		const char	*at = memmem(body.at, body.len, l->prefix[i],
				    len);
		const char	*end = body.at + body.len, *quote;

		if (at == NULL)
			return;
		at++;			/* the quotation mark of the prefix */
		quote = memchr(at, '"', (size_t)(end - at));
		if (quote == NULL)
			return;
		fprintf(l->found, "%s%.*s", i == 0 ? "" : " ",
		    (int)(quote - at), at);
	}
	fputc('\n', l->found);
}

static void
answered(struct load *l, struct peer *p, const struct answer *a)
{
	if (a->status >= 200 && a->status < 300) {
		figures_add(&l->took, clock_steady() - p->sent_at);
		if (l->found != NULL)
			note_found(l, a->body);
		return;
	}
	if (l->failed++ == 0)
		fprintf(stderr, "load: answer %d: %.*s\n", a->status,
		    STR_FMT(a->body));
}

static void
serve(struct load *l, struct peer *p)
{
	struct answer	a = { 0 };

	switch (peer_take(p, &a)) {
	case TAKEN_PART:
		return;
	case TAKEN_WHOLE:
		answered(l, p, &a);
		if (a.last)
			peer_close(p);
		break;
	case TAKEN_GONE:
		l->failed++;
		peer_close(p);
		break;
	}
	l->under_way--;
	send_next(l, p);
}

static void
run(struct load *l)
{
	struct epoll_event	ready[64];

	for (size_t i = 0; i < l->count; i++)
		send_next(l, &l->peers[i]);
	while (l->under_way > 0) {
		int	n = epoll_wait(l->epoll, ready, 64, PATIENCE_S * 1000);

		if (n == 0)
			errx(1, "no answer in %d seconds", PATIENCE_S);
		for (int i = 0; i < n; i++)
			serve(l, ready[i].data.ptr);
	}
}

static void
options(struct load *l, int argc, char **argv)
{
	const char	*key = "";
	double		 seconds = 2;
	int		 c;

	while ((c = getopt(argc, argv, "c:t:n:k:l:L:o:")) != -1)
		switch (c) {
		case 'c': l->count = strtoul(optarg, NULL, 10); break;
		case 't': seconds = strtod(optarg, NULL); break;
		case 'n': l->most = strtoll(optarg, NULL, 10); break;
		case 'k': key = optarg; break;
		case 'l': case 'L':
			l->lines = lines_read(optarg);
			l->lines_path = optarg;
			l->has_lines = true;
			l->again = c == 'L';
			break;
		case 'o':
			l->found = fopen(optarg, "w");
			if (l->found == NULL)
				err(1, "%s", optarg);
			break;
		default: usage();
		}
	if (argc - optind < 2 || l->count == 0 || l->count > PEERS_MAX)
		usage();
	peer_place(argv[optind]);
	l->request = request_read(argv[optind + 1], key);
	l->prefix = argv + optind + 2;
	l->prefix_count = (size_t)(argc - optind - 2);
	l->until = clock_steady() + (int64_t)(seconds * SECOND);
}

int
main(int argc, char **argv)
{
	struct load	l = { .count = 1, .most = INT64_MAX };
	int64_t		began;

	options(&l, argc, argv);
	l.peers = calloc(l.count, sizeof(*l.peers));
	l.epoll = epoll_create1(EPOLL_CLOEXEC);
	must(l.peers != NULL && l.epoll != -1);
	for (size_t i = 0; i < l.count; i++)
		l.peers[i].fd = -1;
	began = clock_steady();
	run(&l);
	printf("%.1f %.3f %.3f %.3f %.3f %zu %lld\n",
	    (double)l.took.count * SECOND /
	    (double)(clock_steady() - began + 1),
	    figures_ms(&l.took, 0.50), figures_ms(&l.took, 0.95),
	    figures_ms(&l.took, 0.99), figures_ms(&l.took, 1.00),
	    l.took.count, (long long)l.failed);
	if (l.found != NULL && fclose(l.found) != 0)
		err(1, "cannot write what was found");
	return l.took.count == 0;
}
