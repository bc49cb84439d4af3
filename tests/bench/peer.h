/*
 * One keep-alive connection to a web server: a request is sent whole, then
 * bytes are taken until the answer is.
 */
#ifndef RUNG_BENCH_PEER_H
#define RUNG_BENCH_PEER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum { ANSWER_MAX = 64 * 1024 };

struct peer {
	int	 fd;			/* -1: not connected */
	int64_t	 sent_at;		/* clock_steady */
	size_t	 len;
	char	 in[ANSWER_MAX];
};

/* What came of a request. */
struct answer {
	int		status;
	struct str	head, body;	/* in the peer's own buffer */
	bool		last;		/* the server closes behind it */
};

/* Where to connect, "127.0.0.1:8080".  Stops the program if it is no place. */
void	peer_place(const char *address);

/* Connects if need be.  Stops the program when it cannot. */
void	peer_open(struct peer *);
void	peer_close(struct peer *);

/* Sends a request; false when the connection is gone. */
bool	peer_send(struct peer *, struct str request);

enum taken { TAKEN_PART, TAKEN_WHOLE, TAKEN_GONE };

/* Takes what has come. */
enum taken	peer_take(struct peer *, struct answer *);

#endif
