/*
 * Verifying and exporting the audit chains.
 */
#ifndef RUNG_FLOW_AUDIT_H
#define RUNG_FLOW_AUDIT_H

#include "base/secret.h"
#include "flow/app.h"

struct audit_sum {
	int64_t	 users, records, bad;	/* bad: users whose chain is broken */
};

/* One line about a user: the first bad record, or (export) one record. */
typedef void audit_line(void *arg, struct str line);

/*
 * Check each user's records (of all users when user is ""): numbered 1..ver
 * without a gap, each holding the hash of the one before, each hash right, the
 * last one the one in the user's row, and nothing stored of a user without a
 * row.  Tells the first bad record of each chain as "user: record n what".
 */
enum rc	flow_audit_verify(struct flow *, struct str user, audit_line *,
	    void *arg, struct audit_sum *, struct err *);

/* What all records up to a time come to; checkpoints are made of it. */
struct audit_root {
	int64_t		 upto;		/* microseconds; that moment included */
	int64_t		 users, records;	/* users with a record till then */
	struct digest	 root;
};

/*
 * Over the records of all users in the order of users and numbers, of those
 * whose time is at or before upto: SHA-256 of the root so far, the user, n and
 * the record's stored hash, each preceded by its length; it begins with 32
 * zero bytes.  Whether the hashes fit the records is for verify to say.
 * Records are only ever added, so it comes to the same again, unless one can
 * still be committed whose time is at or before upto.
 */
enum rc	flow_audit_root(struct flow *, int64_t upto, struct audit_root *,
	    struct err *);

/* Each record as one line of JSON, in the order of users and numbers. */
enum rc	flow_audit_export(struct flow *, struct str user, audit_line *,
	    void *arg, struct audit_sum *, struct err *);

#endif
