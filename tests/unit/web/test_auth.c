/* Promises of web/auth.h. */
#include "unit/unit.h"
#include "web/auth.h"

static void
a_credential_is_looked_for_in_order(void)
{
	static const struct {
		const char	*bearer, *spare, *key;	/* NULL: not sent */
		enum rc		 rc;
		const char	*want;
	} rows[] = {
		{ NULL, NULL, NULL, RC_NO_CREDENTIAL, "" },
		{ "Bearer a", NULL, NULL, RC_OK, "a" },
		{ "bEARER  a ", NULL, NULL, RC_OK, "a" },
		{ NULL, "Bearer b", NULL, RC_OK, "b" },
		{ NULL, NULL, "c", RC_OK, "c" },
		{ "", "", "c", RC_OK, "c" },
		{ "Basic dTpw", NULL, "c", RC_OK, "c" },
		{ "Basic dTpw", NULL, NULL, RC_NO_CREDENTIAL, "" },
		{ "Bearer", NULL, NULL, RC_NO_CREDENTIAL, "" },
		{ "Bearer a", "Bearer a", NULL, RC_OK, "a" },
		{ "Bearer a", "Bearer b", NULL, RC_BAD_REQUEST, "" },
		{ "Bearer a", NULL, "a", RC_BAD_REQUEST, "" },
		{ NULL, "Bearer a", "c", RC_BAD_REQUEST, "" },
		{ "Bearer a, Bearer b", NULL, NULL, RC_BAD_REQUEST, "" },
		{ NULL, NULL, "a, b", RC_BAD_REQUEST, "" },
		{ NULL, NULL, "a b", RC_BAD_CREDENTIAL, "" },
		{ NULL, NULL, "a\x7f", RC_BAD_CREDENTIAL, "" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const char	*row = rows[i].bearer != NULL ? rows[i].bearer :
				    rows[i].key != NULL ? rows[i].key : "none";
		struct head	 h = { 0 };
		struct str	 got = STR("");
		struct err	 e;

		h.at[VAR_AUTHORIZATION] = str_of(rows[i].bearer);
		h.at[VAR_AUTHORIZATION_SPARE] = str_of(rows[i].spare);
		h.at[VAR_API_KEY] = str_of(rows[i].key);
		ROW(auth_find(&h, &got, &e) == rows[i].rc, row);
		ROW(str_eq(got, str_of(rows[i].want)), row);
	}
}

static void
an_endless_credential_is_none_of_ours(void)
{
	char		text[201];
	struct head	h = { 0 };
	struct str	got;
	struct err	e;

	memset(text, 'a', sizeof(text));
	h.at[VAR_API_KEY] = (struct str){ text, sizeof(text) };
	CU_ASSERT_EQUAL(auth_find(&h, &got, &e), RC_BAD_CREDENTIAL);
	h.at[VAR_API_KEY].len--;
	CU_ASSERT_EQUAL(auth_find(&h, &got, &e), RC_OK);
}

static void
a_server_key_is_refused_with_what_only_browsers_send(void)
{
	struct principal	server = { .kind = PRINCIPAL_SERVER };
	struct principal	check = { .kind = PRINCIPAL_CHECK };
	struct head		plain = { 0 }, origin = { 0 }, fetch = { 0 };
	struct err		e;

	origin.at[VAR_ORIGIN] = STR("null");
	fetch.at[VAR_SEC_FETCH_SITE] = STR("none");
	CU_ASSERT_EQUAL(auth_allow(&server, MAY_SERVER, &plain, &e), RC_OK);
	CU_ASSERT_EQUAL(auth_allow(&server, MAY_SERVER, &origin, &e),
	    RC_SERVER_KEY_IN_BROWSER);
	CU_ASSERT_EQUAL(auth_allow(&server, MAY_SERVER, &fetch, &e),
	    RC_SERVER_KEY_IN_BROWSER);
	CU_ASSERT_EQUAL(auth_allow(&check, MAY_CHECK, &origin, &e), RC_OK);
}

static void
scopes_decide_what_a_client_token_may_do(void)
{
	struct principal	reader = { .kind = PRINCIPAL_CLIENT,
				    .may_read = true };
	struct principal	buyer = { .kind = PRINCIPAL_CLIENT,
				    .may_upgrade = true };
	struct principal	session = { .kind = PRINCIPAL_SESSION };
	struct principal	nobody = { .kind = PRINCIPAL_NOBODY };
	struct head		h = { 0 };
	struct err		e;

	CU_ASSERT_EQUAL(auth_allow(&reader, MAY_READ, &h, &e), RC_OK);
	CU_ASSERT_EQUAL(auth_allow(&reader, MAY_SERVER | MAY_UPGRADE, &h, &e),
	    RC_NOT_ALLOWED);
	CU_ASSERT_EQUAL(auth_allow(&buyer, MAY_SERVER | MAY_UPGRADE, &h, &e),
	    RC_OK);
	CU_ASSERT_EQUAL(auth_allow(&buyer, MAY_CLAIM, &h, &e),
	    RC_NOT_ALLOWED);
	CU_ASSERT_EQUAL(auth_allow(&session, MAY_READ | MAY_UPGRADE, &h, &e),
	    RC_NOT_ALLOWED);
	CU_ASSERT_EQUAL(auth_allow(&session, MAY_SESSION, &h, &e), RC_OK);
	CU_ASSERT_EQUAL(auth_allow(&nobody, ~0u, &h, &e), RC_NOT_ALLOWED);
}

CU_TestInfo auth_tests[] = {
	{ "a credential is looked for in order",
	    a_credential_is_looked_for_in_order },
	{ "an endless credential is none of ours",
	    an_endless_credential_is_none_of_ours },
	{ "a server key is refused with what only browsers send",
	    a_server_key_is_refused_with_what_only_browsers_send },
	{ "scopes decide what a client token may do",
	    scopes_decide_what_a_client_token_may_do },
	CU_TEST_INFO_NULL
};
