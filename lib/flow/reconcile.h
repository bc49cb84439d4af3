/*
 * Asking the providers what is true, and taking in what we never heard: a
 * delivery that was lost, or a state that is not the one we know.
 */
#ifndef RUNG_FLOW_RECONCILE_H
#define RUNG_FLOW_RECONCILE_H

#include "flow/app.h"
#include "flow/intake.h"

struct reconcile_wish {
	struct str	 provider;	/* "" : all that can be asked */
	struct str	 user;		/* "" : everybody */
	int64_t		 since;		/* microseconds; what happened from then on */
	bool		 apply;		/* repair, not only tell */
};

/* One thing that we did not know. */
struct difference {
	struct str	 provider;
	struct str	 event_id, type;
	struct object_key object;	/* what it speaks of first */
	struct str	 user;		/* whose that is, or "" */
	int64_t		 at;
	struct str	 what;		/* in one line */
	struct str	 note;		/* how its user was found, or why nobody
					 * was; "" where it was not looked for */
	bool		 applied;
	struct intake_answer answer;	/* when applied */
};

typedef void difference_fn(void *arg, const struct difference *);

struct reconciled {
	int64_t	 providers;		/* asked */
	int64_t	 looked_at;		/* events and objects */
	int64_t	 differences;
	int64_t	 applied;
};

/*
 * Ask and compare; tell each difference to fn as it is found.  What is taken
 * in goes through the same inbox and core as any delivery, so overrides stay
 * and a second run finds nothing.  A purchase without a name, where the
 * provider lists such, is its session's by the buyer's e-mail address if that
 * leaves no doubt: see flow/lost.h.  A provider that does not answer
 * makes it RC_PROVIDER_DOWN after the others were asked.  RC_MISSING when no
 * provider can be asked.
 */
enum rc	flow_reconcile(struct flow *, const struct reconcile_wish *,
	    difference_fn *, void *arg, struct reconciled *, struct err *);

#endif
