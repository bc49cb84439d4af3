/*
 * What is written for ever: the audit chain and the outbox.
 */
#ifndef RUNG_STORE_LEDGER_H
#define RUNG_STORE_LEDGER_H

#include "base/secret.h"
#include "store/world.h"

struct record {
	int64_t		 n;		/* the user's new ver */
	int64_t		 at;
	struct str	 actor;		/* "stripe", "key sk-12", "user", "sweep" */
	struct str	 action;	/* "upgrade.completed" */
	struct str	 cause;		/* "evt_1", "us_...", "" */
	struct str	 request;
	struct str	 detail;	/* JSON */
};

/*
 * hash(n) = SHA-256 over fields, each preceded by its length: prev hash,
 * seller, chain id, n, time, actor, action, cause, SHA-256 of detail.
 * Pure; exposed for verifying.
 */
struct digest audit_hash(const struct digest *prev, uint32_t seller,
    struct str chain_id, const struct record *);

/* Append one record after user->audit_hash; *hash receives its hash. */
enum rc audit_append(struct db *, uint32_t seller, const struct user_row *,
    const struct record *, struct digest *hash, struct err *);

struct notice {
	struct str	 event_id;	/* "ev_..." */
	struct str	 type;		/* "rung.upgrade.completed" */
	struct str	 data;		/* JSON, never a secret */
};

/* Append notices of one version as parts 0, 1, ... in one statement (<= 3). */
enum rc outbox_append(struct db *, uint32_t seller, struct str user,
    int64_t ver, int64_t at, const struct notice *, size_t count,
    struct err *);

#endif
