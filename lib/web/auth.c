/*
 * Finding the credential and weighing it.  Whose it is, lib/flow knows.
 */
#include <strings.h>

#include "web/auth.h"

enum { CREDENTIAL_BYTES_MAX = 200 };

/* The token behind "Bearer "; other schemes belong to the web server. */
static bool
cut_bearer(struct str *header)
{
	struct str	rest = str_trim(*header), scheme;

	scheme = str_cut(&rest, ' ');
	if (scheme.len != 6 || strncasecmp(scheme.at, "Bearer", 6) != 0)
		return false;
	*header = str_trim(rest);
	return true;
}

static enum rc
refuse_two(struct err *e)
{
	return err_set(e, RC_BAD_REQUEST,
	    "Send it once, in Authorization or in X-API-Key.",
	    "there is more than one credential");
}

static enum rc
check_form(struct str credential, struct err *e)
{
	bool	sound = credential.len <= CREDENTIAL_BYTES_MAX;

	for (size_t i = 0; i < credential.len; i++) {
		if (credential.at[i] == ',')
			return refuse_two(e);
		if (credential.at[i] <= ' ' || credential.at[i] > '~')
			sound = false;
	}
	if (!sound)
		return err_set(e, RC_BAD_CREDENTIAL, NULL,
		    "the credential is none of ours");
	return RC_OK;
}

/*
 * An internal redirect of Apache may leave a copy of the header behind; only
 * a different one is a second credential.
 */
static enum rc
find_bearer(const struct head *h, struct str *out, bool *found,
    struct err *e)
{
	struct str	first = h->at[VAR_AUTHORIZATION];
	struct str	spare = h->at[VAR_AUTHORIZATION_SPARE];

	if (first.len > 0 && spare.len > 0 && !str_eq(first, spare))
		return refuse_two(e);
	*out = first.len > 0 ? first : spare;
	*found = cut_bearer(out);
	return RC_OK;
}

enum rc
auth_find(const struct head *h, struct str *credential, struct err *e)
{
	struct str	bearer, key = str_trim(h->at[VAR_API_KEY]);
	bool		found = false;

	TRY(find_bearer(h, &bearer, &found, e));
	if (found && key.len > 0)
		return refuse_two(e);
	if (!found)
		bearer = key;
	if (bearer.len == 0)
		return err_set(e, RC_NO_CREDENTIAL, "Send a key or token in"
		    " Authorization: Bearer, or in X-API-Key.",
		    "this needs a credential");
	TRY(check_form(bearer, e));
	*credential = bearer;
	return RC_OK;
}

unsigned
auth_bits(const struct principal *p)
{
	switch (p->kind) {
	case PRINCIPAL_SERVER:
		return MAY_SERVER;
	case PRINCIPAL_CHECK:
		return MAY_CHECK;
	case PRINCIPAL_CLIENT:
		return (p->may_read ? MAY_READ : 0u) |
		    (p->may_upgrade ? MAY_UPGRADE : 0u) |
		    (p->may_claim ? MAY_CLAIM : 0u);
	case PRINCIPAL_SESSION:
		return MAY_SESSION;
	case PRINCIPAL_NOBODY:
		break;
	}
	return 0;
}

enum rc
auth_allow(const struct principal *p, unsigned may, const struct head *h,
    struct err *e)
{
	if (p->kind == PRINCIPAL_SERVER &&
	    (h->at[VAR_ORIGIN].at != NULL ||
	    h->at[VAR_SEC_FETCH_SITE].at != NULL))
		return err_set(e, RC_SERVER_KEY_IN_BROWSER,
		    "Take it out of the page, revoke it, and give the page"
		    " client tokens.",
		    "server key %.*s was sent by a browser", STR_FMT(p->name));
	if ((auth_bits(p) & may) == 0)
		return err_set(e, RC_NOT_ALLOWED,
		    "Use a credential that is meant for this.",
		    "the credential is of another kind, or lacks the scope");
	return RC_OK;
}
