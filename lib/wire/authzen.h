/*
 * AuthZEN 1.0: may this subject do this to that?  Ours are users, who use
 * capabilities.
 */
#ifndef RUNG_WIRE_AUTHZEN_H
#define RUNG_WIRE_AUTHZEN_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum authzen_until { UNTIL_ALL, UNTIL_DENY, UNTIL_PERMIT };

/*
 * One question.  `lacks` is why it cannot be asked, or NULL; `foreign` is why
 * the answer is no without asking, or NULL.
 */
struct authzen_question {
	struct str	 user, capability;
	const char	*foreign;
	const char	*lacks;
};

struct authzen_ask {
	struct authzen_question	*questions;
	size_t			 count;
	bool			 many;		/* to be answered as a list */
	enum authzen_until	 until;
};

/* One evaluation.  RC_INVALID_JSON, RC_INVALID_VALUE. */
enum rc	authzen_read(struct str body, struct arena *, struct authzen_ask *,
	    struct err *);

/*
 * Evaluations: what stands beside the list is the default of what is missing
 * in an entry.  An entry that still lacks something is only itself refused.
 * Without a list it is one evaluation.
 */
enum rc	authzen_read_many(struct str body, struct arena *,
	    struct authzen_ask *, struct err *);

#endif
