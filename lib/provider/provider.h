/*
 * A payment provider is one file behind one small table of functions.  All
 * are pure: bytes, secrets and time come in, an answer goes out.
 */
#ifndef RUNG_PROVIDER_PROVIDER_H
#define RUNG_PROVIDER_PROVIDER_H

#include "base/arena.h"
#include "base/err.h"
#include "core/fact.h"
#include "provider/errand.h"

struct hook {				/* one delivery, as it came */
	struct str	 body;
	struct str	 signature;	/* the header named below, or "" */
};

/* What to do with a delivery besides merging its facts. */
enum event_class {
	EVENT_FACTS,		/* facts to merge */
	EVENT_IGNORED,		/* authentic, of no use to us: record, 200 */
	EVENT_FOREIGN,		/* another account's: record, 200 */
	EVENT_UNREADABLE,	/* signed, but not understood: quarantine, 200 */
};

enum { EVENT_FACTS_MAX = 8 };

struct event {
	enum event_class	 class;
	struct str		 id;		/* dedupe key at this provider */
	struct str		 type;		/* their name, "" when unreadable */
	struct str		 account;	/* "" for the seller's own */
	int64_t			 at;		/* microseconds, their clock */
	bool			 livemode;
	struct str		 why;		/* for FOREIGN and UNREADABLE */
	struct str		 buyer;		/* his e-mail address in lower case,
						 * where lists name no session */
	int64_t			 made_at;	/* when what he bought was made */
	struct fact		*facts;
	size_t			 fact_count;
};

/* What a provider must know of the seller. */
struct hook_rules {
	const struct str	*secrets;
	size_t			 secret_count;
	int64_t			 tolerance;	/* microseconds, both ways */
	struct str		 account;	/* ours at the provider, or "" */
	bool			 livemode;	/* the mode the secrets belong to */
};

struct provider {
	const char	*name;		/* POST /v1/webhooks/{name} */
	const char	*title;		/* "Stripe" */
	const char	*header;	/* CGI name: "HTTP_STRIPE_SIGNATURE" */
	const char	*header_sent;	/* as it is sent: "Stripe-Signature" */
	const char	*api;		/* "https://api.stripe.com" */
	const char	*api_test;	/* the same in test mode, if elsewhere */
	const char *const *events;	/* to tick at the provider; NULL ends */

	/*
	 * Is it theirs?  Looks at bytes only; nothing is parsed before yes.
	 * RC_BAD_SIGNATURE otherwise; the words are for the log only.
	 */
	enum rc	(*verify)(const struct hook *, const struct hook_rules *,
		    int64_t now, struct err *);

	/*
	 * Their event in our words.  Never fails on a signed body: what cannot
	 * be read is EVENT_UNREADABLE, with an id made of its digest.  Texts
	 * are kept in the arena.
	 */
	void	(*normalise)(const struct hook *, const struct hook_rules *,
		    struct arena *, struct event *out);

	/*
	 * The value of header_sent for a body sent at `now` (microseconds), as
	 * they make it: for the sandbox, rung trigger and tests.
	 */
	struct str (*sign)(struct arena *, struct str secret, struct str body,
		    int64_t now);

	provider_errand	*errand;
	bool		 knows_email;	/* its checkout takes the buyer's address */
	int64_t		 tries_for;	/* microseconds: so long may a delivery
					 * still come, and then never */

	/*
	 * A body of ERRAND_LIST once more, as of this session: for lists that
	 * name none.  NULL where they do.
	 */
	enum rc	(*address)(struct str body, struct str session,
		    struct arena *, struct str *out, struct err *);
	bool		 lists_events;	/* ERRAND_LIST gives the very events
					 * that were delivered, by their ids;
					 * else objects as they stand */
};

/* The provider of that name, or NULL. */
const struct provider *provider_find(struct str name);

/* All of them, in the order of the registry; NULL after the last. */
const struct provider *provider_at(size_t i);

/* Where its API answers in that mode. */
struct str provider_api(const struct provider *, bool livemode);

extern const struct provider provider_stripe;
extern const struct provider provider_paddle;
extern const struct provider provider_lemonsqueezy;
extern const struct provider provider_skeleton;	/* compiled, not registered */

#endif
