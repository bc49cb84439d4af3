/*
 * The life of a webhook: verify, normalise, then one transaction.
 */
#ifndef RUNG_FLOW_INTAKE_H
#define RUNG_FLOW_INTAKE_H

#include "flow/app.h"
#include "provider/provider.h"
#include "store/inbox.h"

/* What became of a delivery; the label of rung_webhooks_received_total. */
#define OUTCOMES(X)				\
	X(ACCEPTED,	 "accepted")		\
	X(DUPLICATE,	 "duplicate")		\
	X(IGNORED,	 "ignored")		\
	X(UNMATCHED,	 "unmatched")	/* kept: deferred or quarantined */ \
	X(BAD_SIGNATURE, "bad_signature")	\
	X(ERROR,	 "error")

#define X(id, name)	OUTCOME_##id,
enum outcome { OUTCOMES(X) OUTCOME__COUNT };
#undef X

extern const char *const outcome_names[OUTCOME__COUNT];

struct intake_answer {
	enum outcome	 outcome;
	struct str	 event_id, type, why;
	struct str	 user;		/* whose it was, or "" */
	int64_t		 version;	/* the user's, when it changed */
	bool		 changed;	/* a user's state moved */
	bool		 granted;	/* a purchase gives access now */
	bool		 revoked;	/* a purchase gives none any more */
	struct str	 session;	/* that it completed, or "" */
	int64_t		 time_to_grant;	/* microseconds from our receiving the
					 * payment's first word to the commit */
};

/*
 * Take a delivery in.  RC_UNKNOWN_PATH: no such provider, or no secret of it
 * is configured.  RC_BAD_SIGNATURE.  Everything authentic is RC_OK.
 */
enum rc flow_intake(struct flow *, struct str provider,
    const struct hook *, struct intake_answer *, struct err *);

/*
 * Take in a body that we fetched from the provider ourselves (struct
 * errand_result): as a delivery, but that nobody signed it.  Its event is
 * claimed like any other, so a repeat changes nothing.  RC_UNKNOWN_PATH: no
 * such provider.
 */
enum rc flow_take_body(struct flow *, struct str provider, struct str body,
    struct intake_answer *, struct err *);

/*
 * Take a delivery of the inbox (its row, with the body) in once more, by
 * today's programs and matrix: what it says is merged again, and its row says
 * what became of it now.
 */
enum rc flow_take_again(struct flow *, const struct delivery *,
    struct intake_answer *, struct err *);

#endif
