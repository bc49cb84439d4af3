/*
 * Who is asking, and the making of keys and tokens.
 */
#ifndef RUNG_FLOW_CREDENTIAL_H
#define RUNG_FLOW_CREDENTIAL_H

#include "flow/app.h"

enum principal_kind {
	PRINCIPAL_NOBODY,
	PRINCIPAL_SERVER,	/* server key: everything of its seller */
	PRINCIPAL_CHECK,	/* check key */
	PRINCIPAL_CLIENT,	/* client token: one user, its scopes */
	PRINCIPAL_SESSION,	/* session token: one session and its user */
};

struct principal {
	enum principal_kind	 kind;
	uint32_t		 seller;
	struct str		 name;		/* key id, for log and audit */
	struct str		 user;		/* CLIENT, SESSION */
	struct str		 session;	/* SESSION */
	struct str		 email;		/* CLIENT: the user's, or "" */
	bool			 may_read, may_upgrade, may_claim; /* CLIENT */
};

/*
 * Whose credential is this?  RC_BAD_CREDENTIAL for an unknown, revoked or
 * expired one: all the same.
 */
enum rc flow_principal(struct flow *, struct str credential,
    struct principal *out, struct err *);

/* A new key; the secret is in *secret this once. kind CREDENTIAL_SERVER/CHECK. */
enum rc flow_key_create(struct flow *, int kind, struct str label,
    struct str *secret, struct str *key_id, struct err *);

struct token_wish {
	struct str	 user;
	struct str	 email;		/* the user's, in lower case, or "" */
	bool		 read, upgrade, claim;
	int64_t		 ttl_seconds;
};

/* POST /v1/tokens: JSON body to a client token's answer. */
enum rc flow_token_wish(struct flow *, struct str body,
    struct token_wish *out, struct err *);
enum rc flow_token_mint(struct flow *, const struct token_wish *,
    struct str *secret, int64_t *expires_at, struct err *);

/* "rung_st_<32 hex>_<43>": HMAC of seller and session id under token_key. */
struct str flow_session_token(struct flow *, struct str session);

/* The k= of a checkout url, and whether a given one is right. */
struct str flow_checkout_key(struct flow *, struct str session);
bool	   flow_checkout_key_ok(struct flow *, struct str session,
	       struct str key);

#endif
