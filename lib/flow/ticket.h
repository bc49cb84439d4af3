/*
 * Stream tickets, for the URL of an EventSource, which can send no header.
 * An HMAC over seller, user and end under token_key, without a row: good for
 * streams of one user and nothing else, as often as a browser reconnects.
 */
#ifndef RUNG_FLOW_TICKET_H
#define RUNG_FLOW_TICKET_H

#include "flow/app.h"

struct ticket {
	uint32_t	 seller;
	struct str	 user;
	int64_t		 expires_at;
	bool		 offered;	/* by flow_ticket_offer */
};

/* "rung_tk_..." for a user of f->seller, good for TICKET_SECONDS from now. */
struct str	flow_ticket_make(struct flow *, struct str user,
		    int64_t *expires_at);

/*
 * The same for a client that was not asked whether it wants one, and that asks
 * for ever when it is refused: its streams have no bound of one user.
 */
struct str	flow_ticket_offer(struct flow *, struct str user);

/* RC_BAD_CREDENTIAL: not made by us, altered, or past its end. */
enum rc		flow_ticket_ok(struct flow *, struct str ticket,
		    struct ticket *out, struct err *);

/* The same for the gate's cookie; good for files and nothing else. */
struct str	flow_gate_pass_make(struct flow *, struct str user,
		    int64_t *expires_at);
enum rc		flow_gate_pass_ok(struct flow *, struct str pass,
		    struct ticket *out, struct err *);

/*
 * The half life of tickets that now falls into, for an ETag that must change
 * before the ticket beside it has run out; 0 where streams are not unbounded,
 * and so not to be offered to clients that cannot begin one anew.
 */
int64_t		flow_ticket_epoch(const struct flow *);

#endif
