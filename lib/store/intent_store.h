/*
 * intents: what we ask a payment provider for, for one session, and what came
 * of it.
 */
#ifndef RUNG_STORE_INTENT_STORE_H
#define RUNG_STORE_INTENT_STORE_H

#include "core/fact.h"
#include "store/db.h"

#define INTENT_STATES(X)						\
	X(NEW,		"new")		/* nothing is there yet */	\
	X(OPEN,		"open")		/* a checkout, at url */	\
	X(ACTION,	"action")	/* the buyer must do more, at url */ \
	X(DONE,		"done")		/* the provider said yes */

#define X(id, name)	INTENT_##id,
enum intent_state { INTENT_STATES(X) INTENT__COUNT };
#undef X

extern const char *const intent_state_names[INTENT__COUNT];

struct intent {
	struct str		 session;
	struct object_key	 subject;	/* the subscription to change;
						 * ref "" for a checkout */
	struct str		 replaces;	/* the price that goes, or "" */
	int64_t			 quoted_at;	/* 0: nothing was quoted */
	int64_t			 lease_until;	/* 0: nobody asks */
	struct str		 lease_owner;
	int64_t			 declined;	/* how often */
	enum intent_state	 state;
	struct str		 url;
	struct object_key	 made;		/* ref "" : nothing to close */
	int64_t			 close_at;	/* 0: not to be closed */
	int64_t			 close_tries;
	struct str		 email;		/* the buyer's, or "" */
	int64_t			 email_until;	/* to be forgotten then */
	int64_t			 opened_at;	/* the checkout; 0: not yet */
};

/*
 * Lock the row by writing it, making it as `first` says (subject, price,
 * e-mail) when there is none; nobody waits for the answer.  Locked after the
 * user, where both are.
 */
enum rc intent_lock(struct db *, uint32_t seller, const struct intent *first,
    int64_t now, struct err *);

/* The row of a session at that provider; *found. */
enum rc intent_read(struct db *, uint32_t seller, struct str session,
    struct str provider, struct arena *, struct intent *out, bool *found,
    struct err *);

/* Write all that can change of a locked row. */
enum rc intent_save(struct db *, uint32_t seller, const struct intent *,
    struct err *);

/* What was made for this session, if anything, is to be closed from now on. */
enum rc intent_close_want(struct db *, uint32_t seller, struct str session,
    int64_t now, struct err *);

/* Sessions with something to close now, the oldest first. */
enum rc intents_to_close(struct db *, uint32_t seller, int64_t now,
    size_t max, struct arena *, struct str **sessions, size_t *count,
    struct err *);

/* A checkout that was opened at the provider. */
struct opened_row {
	struct str	 session;
	int64_t		 opened_at;
};

/* Those of the buyer with this address, the newest sessions first. */
enum rc intents_of_email(struct db *, uint32_t seller, struct str email,
    size_t max, struct arena *, struct opened_row **out, size_t *count,
    struct err *);

/* Forget the addresses whose time is over; at most max. */
enum rc intents_forget(struct db *, uint32_t seller, int64_t now,
    size_t max, int64_t *count, struct err *);

#endif
