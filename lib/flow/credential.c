/*
 * Keys and tokens.  Opaque and random ones are found by their SHA-256; the
 * session token and the checkout key are HMACs under token_key and have no
 * row.
 */
#include "base/clock.h"
#include "base/guard.h"
#include "base/limits.h"
#include "base/secret.h"
#include "base/text.h"
#include "flow/credential.h"
#include "flow/recall.h"
#include "store/credential_store.h"
#include "store/session_store.h"
#include "wire/doc.h"
#include "wire/wish.h"

#define SESSION_TOKEN_HEAD	STR("rung_st_")
#define SESSION_HEAD		STR("us_")

static enum rc
refuse(struct err *e)
{
	return err_set(e, RC_BAD_CREDENTIAL,
	    "Use a key of this installation, or ask your back end for a new "
	    "token.", "the credential is unknown, revoked or expired");
}

/* 43 characters of HMAC over purpose, seller and session. */
static struct str
session_mac(struct flow *f, struct str purpose, struct str session)
{
	struct str pieces[] = {
		purpose, STR("|"), arena_text(f->arena, "%u", f->seller),
		STR("|"), session,
	};
	struct digest d = secret_hmac(f->conf->token_key, pieces,
	    COUNT(pieces));

	return text_base64url(f->arena, d.byte, sizeof(d.byte));
}

struct str
flow_session_token(struct flow *f, struct str session)
{
	return arena_text(f->arena, "rung_st_%.*s_%.*s",
	    STR_FMT(str_part(session, SESSION_HEAD.len, session.len)),
	    STR_FMT(session_mac(f, STR("session-token"), session)));
}

struct str
flow_checkout_key(struct flow *f, struct str session)
{
	return session_mac(f, STR("checkout"), session);
}

bool
flow_checkout_key_ok(struct flow *f, struct str session, struct str key)
{
	return str_eq_secret(key, flow_checkout_key(f, session));
}

/* Good while its session is pending and an hour after that. */
static enum rc
session_principal(struct flow *f, struct str token, struct principal *out,
    struct err *e)
{
	struct str tail = str_part(token, SESSION_TOKEN_HEAD.len, token.len);
	struct str hex = str_cut(&tail, '_');
	struct str id = arena_text(f->arena, "us_%.*s", STR_FMT(hex));
	struct session s;
	bool found = false;

	if (!str_eq_secret(token, flow_session_token(f, id)))
		return refuse(e);
	TRY(session_read(f->db, f->seller, id, f->arena, &s, &found, e));
	if (!found || (s.ended_at != 0 &&
	    f->now >= s.ended_at + SESSION_TOKEN_AFTER_S * SECOND))
		return refuse(e);
	*out = (struct principal){
		.kind = PRINCIPAL_SESSION, .seller = f->seller,
		.name = STR("session"), .user = s.terms.user, .session = s.id,
	};
	return RC_OK;
}

static bool
scope_has(struct str scopes, struct str word)
{
	while (scopes.len > 0)
		if (str_eq(str_cut(&scopes, ' '), word))
			return true;
	return false;
}

/* By memory, or by the database. */
static enum rc
find(struct flow *f, struct str secret, struct credential *c, bool *found,
    struct err *e)
{
	struct digest d = secret_sha256(secret);
	struct recall_mark mark;

	*found = recall_credential(f, &d, &mark, c);
	if (*found)
		return RC_OK;
	TRY(credential_find(f->db, &d, f->arena, c, found, e));
	if (*found && c->revoked_at == 0)
		recall_keep_credential(f, &mark, &d, c);
	return RC_OK;
}

enum rc
flow_principal(struct flow *f, struct str credential, struct principal *out,
    struct err *e)
{
	static const enum principal_kind kinds[CREDENTIAL__COUNT] = {
		[CREDENTIAL_SERVER] = PRINCIPAL_SERVER,
		[CREDENTIAL_CHECK] = PRINCIPAL_CHECK,
		[CREDENTIAL_CLIENT] = PRINCIPAL_CLIENT,
	};
	struct credential c;
	bool found = false;

	if (str_starts(credential, SESSION_TOKEN_HEAD))
		return session_principal(f, credential, out, e);
	TRY(find(f, credential, &c, &found, e));
	if (!found || c.revoked_at != 0 ||
	    (c.expires_at != 0 && f->now >= c.expires_at))
		return refuse(e);
	*out = (struct principal){
		.kind = kinds[c.kind], .seller = c.seller, .name = c.key_id,
		.user = c.user, .email = c.email,
		.may_read = scope_has(c.scopes, STR("read")),
		.may_upgrade = scope_has(c.scopes, STR("upgrade")),
		.may_claim = scope_has(c.scopes, STR("claim")),
	};
	return RC_OK;
}

/* A new random secret and its row; the caller fills in what is special. */
static enum rc
credential_make(struct flow *f, struct str head, struct str id_head,
    struct credential *c, struct str *secret, struct err *e)
{
	struct digest d;

	*secret = secret_key_new(f->arena, head);
	d = secret_sha256(*secret);
	c->seller = f->seller;
	c->key_id = secret_id_new(f->arena, id_head, f->now);
	c->created_at = f->now;
	return credential_add(f->db, &d, c, e);
}

enum rc
flow_key_create(struct flow *f, int kind, struct str label,
    struct str *secret, struct str *key_id, struct err *e)
{
	struct credential c = { .kind = (enum credential_kind)kind,
		.label = label };
	bool server = kind == CREDENTIAL_SERVER;

	TRY(credential_make(f, server ? STR("rung_sk_") : STR("rung_ck_"),
	    server ? STR("sk-") : STR("ck-"), &c, secret, e));
	*key_id = c.key_id;
	return RC_OK;
}

enum rc
flow_token_mint(struct flow *f, const struct token_wish *wish,
    struct str *secret, int64_t *expires_at, struct err *e)
{
	struct credential c = {
		.kind = CREDENTIAL_CLIENT,
		.user = wish->user, .email = wish->email,
		.scopes = str_trim(arena_text(f->arena, "%s%s%s",
		    wish->read ? "read " : "", wish->upgrade ? "upgrade " : "",
		    wish->claim ? "claim" : "")),
		.expires_at = f->now + wish->ttl_seconds * SECOND,
	};

	TRY(credential_make(f, STR("rung_ct_"), STR("ct-"), &c, secret, e));
	*expires_at = c.expires_at;
	return RC_OK;
}

static enum rc
scopes_read(const struct node *root, struct token_wish *out, struct err *e)
{
	const struct node *list = node_at(root, "scopes");
	size_t count = node_count(list);

	if (list == NULL) {
		out->read = out->upgrade = true;
		return RC_OK;
	}
	if (node_kind(list) != NODE_LIST || count == 0)
		return err_member(e, RC_INVALID_VALUE, "/scopes",
		    "Give a list of read, upgrade and claim.",
		    "scopes is not a list of words");
	for (size_t i = 0; i < count; i++) {
		struct str word = node_text(node_item(list, i), "");

		if (str_eq(word, STR("read")))
			out->read = true;
		else if (str_eq(word, STR("upgrade")))
			out->upgrade = true;
		else if (str_eq(word, STR("claim")))
			out->claim = true;
		else
			return err_member(e, RC_INVALID_VALUE, "/scopes",
			    "Give a list of read, upgrade and claim.",
			    "scopes has an unknown word");
	}
	return RC_OK;
}

enum rc
flow_token_wish(struct flow *f, struct str body, struct token_wish *out,
    struct err *e)
{
	GUARD(doc_free) struct doc *doc = NULL;
	const struct node *root;
	struct token_wish wish = { .ttl_seconds = TOKEN_SECONDS };

	TRY(doc_read(&doc, body, DOC_STRICT, e));
	root = doc_root(doc);
	TRY(want_text(root, "user", true, USER_ID_MAX, &wish.user, e));
	if (!user_id_valid(wish.user))
		return err_member(e, RC_INVALID_VALUE, "/user",
		    "Use 1 to 191 bytes without control characters, / and \\.",
		    "this cannot be a user id");
	wish.user = arena_keep(f->arena, wish.user);
	TRY(email_read(root, f->arena, &wish.email, e));
	TRY(scopes_read(root, &wish, e));
	TRY(want_int(root, "ttl_seconds", false, 1, TOKEN_SECONDS_MAX,
	    TOKEN_SECONDS, &wish.ttl_seconds, e));
	*out = wish;
	return RC_OK;
}
