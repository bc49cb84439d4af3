/*
 * Answers by idempotency key (IETF draft-ietf-httpapi-idempotency-key-header,
 * made strict).  The row is written in the transaction of the effect.
 */
#ifndef RUNG_STORE_IDEMPOTENCY_H
#define RUNG_STORE_IDEMPOTENCY_H

#include "base/secret.h"
#include "store/db.h"

struct idem {
	struct str	 principal;	/* "user:u1" or "seller" */
	struct str	 route;		/* "POST /v1/upgrades" */
	struct str	 key;
	struct digest	 body;
	int		 status;	/* 2xx only */
	struct str	 session;	/* what secrets are made of again */
	int64_t		 gap;		/* where they go in answer; -1 nowhere */
	struct str	 answer;	/* JSON without secrets */
};

/*
 * *found: an answer is stored; *out is filled from the row.  The caller
 * compares the digests.
 */
enum rc idem_find(struct db *, uint32_t seller, const struct idem *key,
    struct arena *, struct idem *out, bool *found, struct err *);

/* RC_DUPLICATE when another request with this key was faster. */
enum rc idem_store(struct db *, uint32_t seller, const struct idem *,
    int64_t now, struct err *);

/* Delete answers older than that; returns how many, at most max. */
enum rc idem_prune(struct db *, uint32_t seller, int64_t older_than,
    size_t max, int64_t *count, struct err *);

#endif
