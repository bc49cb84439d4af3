/*
 * An error says what went wrong and how to mend it.  The kind (enum rc) is
 * for the program; the words are for the reader.  An output parameter is
 * written only on success.
 */
#ifndef RUNG_BASE_ERR_H
#define RUNG_BASE_ERR_H

/*
 * The kinds of failure.  Those below RC__ANSWERS never leave lib/flow; the
 * others each have a slug, a status and a title in lib/web/problem.c.
 */
enum rc {
	RC_OK = 0,

	RC_MISSING,		/* there is no such row */
	RC_DUPLICATE,		/* this row is there already: see err.key */
	RC_BUSY,		/* deadlock, lock wait: nothing done, try again */
	RC_LOST,		/* the connection broke: try again on a new one */
	RC_UNSURE,		/* the commit's answer was lost: do it again */
	RC_DOWN,		/* the database cannot be reached or written */
	RC_PROVIDER_DOWN,	/* a payment provider does not answer: later */
	RC_PROVIDER_DENIED,	/* it does not accept our API key */

	RC__ANSWERS,
	RC_BAD_REQUEST,
	RC_INVALID_JSON,
	RC_NO_TARGETING_KEY,	/* nor does the credential say whose */
	RC_IDEMPOTENCY_KEY_MISSING,
	RC_BAD_SIGNATURE,
	RC_NO_CREDENTIAL,
	RC_BAD_CREDENTIAL,
	RC_NOT_ALLOWED,
	RC_WRONG_USER,
	RC_SERVER_KEY_IN_BROWSER,
	RC_UNKNOWN_PATH,
	RC_UNKNOWN_SESSION,
	RC_UNKNOWN_FLAG,
	RC_UNKNOWN_HOLD,
	RC_UNKNOWN_ASSET,
	RC_METHOD_NOT_ALLOWED,
	RC_UPGRADE_IN_PROGRESS,
	RC_IDEMPOTENCY_IN_PROGRESS,
	RC_PAYMENT_ALREADY_USED,
	RC_SUBSCRIBED_ELSEWHERE,
	RC_ALREADY_SHOWN,
	RC_SESSION_EXPIRED,
	RC_LENGTH_REQUIRED,
	RC_BODY_TOO_LARGE,
	RC_MEDIA_TYPE,
	RC_INVALID_VALUE,	/* a member of the body cannot be taken */
	RC_IDEMPOTENCY_MISMATCH,
	RC_UNKNOWN_TIER,
	RC_ALREADY_ON_TIER,
	RC_URL_NOT_ALLOWED,
	RC_INVALID_TRANSITION,
	RC_CHECKOUT_UNAVAILABLE,
	RC_RATE_LIMITED,
	RC_BROKEN,		/* our own fault: see the log */
	RC_STORE_UNAVAILABLE,	/* what the caller hears of RC_BUSY..RC_DOWN */

	RC__COUNT
};

struct err {
	enum rc	 rc;
	char	 what[240];	/* what went wrong, in one line */
	char	 mend[200];	/* what the reader can do about it */
	char	 pointer[80];	/* JSON pointer of the member, or "" */
	char	 key[64];	/* RC_DUPLICATE: the name of the unique key */
	unsigned number;	/* the database's error number, 0 for none */
	int	 retry_after;	/* seconds; 0: what is usual for rc */
};

/*
 * Fill *e and give rc back, so that failing is one statement.  mend may be
 * NULL.  Clears pointer, key, number and retry_after.
 */
enum rc err_set(struct err *e, enum rc rc, const char *mend,
    const char *what, ...) __attribute__((format(printf, 4, 5)));

/* The same for one member of a JSON body, e.g. "/target_tier". */
enum rc err_member(struct err *e, enum rc rc, const char *pointer,
    const char *mend, const char *what, ...)
    __attribute__((format(printf, 5, 6)));

/* Pass a failure on.  Only ever returns: guards clean up. */
#define TRY(call) do {				\
	enum rc try_rc = (call);		\
	if (try_rc != RC_OK)			\
		return try_rc;			\
} while (0)

#endif
