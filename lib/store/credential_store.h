/*
 * Server keys, check keys and client tokens: found by hash, without seller.
 */
#ifndef RUNG_STORE_CREDENTIAL_STORE_H
#define RUNG_STORE_CREDENTIAL_STORE_H

#include "base/secret.h"
#include "store/db.h"
#include "store/world.h"

#define CREDENTIAL_KINDS(X)			\
	X(SERVER,	"server")		\
	X(CHECK,	"check")		\
	X(CLIENT,	"client")

#define X(id, name)	CREDENTIAL_##id,
enum credential_kind { CREDENTIAL_KINDS(X) CREDENTIAL__COUNT };
#undef X

extern const char *const credential_kind_names[CREDENTIAL__COUNT];

struct credential {
	uint32_t		 seller;
	enum credential_kind	 kind;
	struct str		 key_id;	/* "sk-..." names it in logs */
	struct str		 user;		/* client tokens */
	struct str		 scopes;	/* "read upgrade claim" */
	struct str		 email;		/* client tokens: the user's, or "" */
	struct str		 label;
	int64_t			 created_at;
	int64_t			 expires_at;	/* 0: none */
	int64_t			 revoked_at;	/* 0: no */
};

enum rc credential_find(struct db *, const struct digest *secret,
    struct arena *, struct credential *out, bool *found, struct err *);

enum rc credential_add(struct db *, const struct digest *secret,
    const struct credential *, struct err *);
/* *found false when no key of that id is in force. */
enum rc credential_revoke(struct db *, uint32_t seller, struct str key_id,
    int64_t now, bool *found, struct err *);
enum rc credential_list(struct db *, uint32_t seller, struct arena *,
    struct credential **out, size_t *count, struct err *);
/* Delete client tokens that ended before that; at most max. */
enum rc credential_prune(struct db *, uint32_t seller, int64_t before,
    size_t max, int64_t *count, struct err *);

#endif
