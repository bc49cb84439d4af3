/*
 * Transactions as flow runs them, in small: a start, and the payment that
 * completes it; or the start's checkout: the lease to ask for it, what the
 * provider made, and the cancelling that wants it closed.  All rerun with the
 * same ids; a checker says whether what is stored is whole.
 */
#ifndef RUNG_TESTS_STORE_STORY_H
#define RUNG_TESTS_STORE_STORY_H

#include "store/tx.h"

/* One user's story; the fields are set by the caller. */
struct story {
	const char	*user, *session, *payment, *event;
	int		 runs;		/* how often the body ran */
	bool		 same;		/* a repeat had the same body */
};

#define A_STORY								\
	((struct story){ .user = "u1", .session = "us_1",		\
	.payment = "pi_1", .event = "evt_1" })

tx_body	story_start;		/* arg: struct story */
tx_body	story_paid;
tx_body	story_leased, story_made, story_cancelled;

/* The sweep, long after: the buyer's address is found once more and forgotten. */
tx_body	story_forgotten;

/* The end of such a transaction: version, audit record, notices. */
struct user_row;
enum rc	story_close(struct db *, struct user_row *, struct err *);

/*
 * In story_secret.c.  The claim and the rotation of the asset that was paid
 * for, and (of a user who has bought nothing) taking ten from a limit under a
 * key, holding ten of it, and using four of those.
 */
tx_body	story_claim, story_rotate;
tx_body	story_take, story_hold, story_confirm;

/* 2 paid, 3 claimed, 4 rotated; -1 as below. */
int	story_secret_state(const struct story *);

/* 0 nothing, 1 taken; 0 nothing, 1 held, 2 four of it used. */
int	story_take_state(const struct story *);
int	story_hold_state(const struct story *);

/*
 * How far it came: 0 nothing, 1 started, 2 paid; 3 leased, 4 made, 5
 * cancelled; 6 made and forgotten.  -1 when a part is missing or there twice;
 * then it is printed.
 */
int	story_state(const struct story *);

#endif
