/*
 * Lemon Squeezy's signature against known answers.  Upper-case hex, where the
 * vectors leave a choice, is refused: it is never sent.
 */
#include "base/clock.h"
#include "base/guard.h"
#include "base/secret.h"
#include "base/text.h"
#include "provider/lemon.h"
#include "unit/provider/told.h"
#include "unit/unit.h"

#define SECRET	"rung-lemon-vector-secret-0001"
#define NOW	(INT64_C(1788256800) * SECOND)

static bool
accepts(struct str header, struct str body, const struct str *secrets,
    size_t secret_count, int64_t now)
{
	const struct hook	hook = { body, header };
	const struct hook_rules	rules = {
		.secrets = secrets, .secret_count = secret_count,
		.tolerance = 300 * SECOND,
	};
	struct err		e;
	enum rc			rc;

	rc = provider_lemonsqueezy.verify(&hook, &rules, now, &e);
	CU_ASSERT_TRUE(rc == RC_OK || rc == RC_BAD_SIGNATURE);
	return rc == RC_OK;
}

static void
vector_check(const struct node *vector)
{
	struct str	 secrets[SECRETS_MAX];
	size_t		 count = node_count(node_at(vector, "secrets"));
	struct str	 name = node_text(vector, "name");
	bool		 good = str_eq(node_text(vector, "expect"),
			    STR("accept"));

	must(count <= SECRETS_MAX);
	for (size_t i = 0; i < count; i++) {
		char	path[] = "secrets.0";

		path[sizeof(path) - 2] += (char)i;
		secrets[i] = node_text(vector, path);
	}
	ROW(accepts(node_text(vector, "headers.X-Signature"),
	    node_text(vector, "body"), secrets, count, NOW) == good,
	    arena_keep(unit_arena(), name).at);
}

static void
known_answers_hold(void)
{
	struct arena	*a = unit_arena();
	GUARD(doc_free) struct doc *doc = NULL;
	const struct node	*list;
	struct err		 e;
	size_t			 checked = 0;

	CU_ASSERT_EQUAL_FATAL(doc_read(&doc, told_fixture(a, "vectors.json"),
	    DOC_LENIENT, &e), RC_OK);
	list = node_at(doc_root(doc), "vectors");
	for (size_t i = 0; i < node_count(list); i++) {
		const struct node *vector = node_item(list, i);

		if (str_eq(node_text(vector, "scheme"),
		    STR("lemonsqueezy"))) {
			vector_check(vector);
			checked++;
		}
	}
	CU_ASSERT_EQUAL(checked, 12);
}

struct signed_files {
	struct arena	*arena;
	struct str	 secret;
	size_t		 checked;
};

static enum rc
signed_file_check(void *arg, struct str name, const struct node *value,
    struct err *e)
{
	struct signed_files	*files = arg;
	struct str		 header = node_text(value, "header");
	struct str		 body;
	struct digest		 digest;

	(void)e;
	if (!str_starts(name, STR("lemonsqueezy/")))
		return RC_OK;
	files->checked++;
	body = told_fixture(files->arena,
	    arena_text(files->arena, "%.*s", STR_FMT(name)).at);
	digest = secret_sha256(body);
	told_same("sha256", text_hex(files->arena, digest.byte, SHA256_BYTES),
	    node_text(value, "sha256"));
	CU_ASSERT_TRUE(accepts(header, body, &files->secret, 1, NOW));
	told_same("sign", provider_lemonsqueezy.sign(files->arena,
	    files->secret, body, NOW), header);

	body.len--;
	CU_ASSERT_FALSE(accepts(header, body, &files->secret, 1, NOW));
	return RC_OK;
}

static void
every_fixture_is_signed_as_lemon_squeezy_signs(void)
{
	struct arena	*a = unit_arena();
	GUARD(doc_free) struct doc *doc = NULL;
	struct signed_files	 files = { .arena = a };
	const struct node	*root;
	struct err		 e;

	CU_ASSERT_EQUAL_FATAL(doc_read(&doc,
	    told_fixture(a, "signatures.json"), DOC_LENIENT, &e), RC_OK);
	root = doc_root(doc);
	files.secret = node_text(root, "secrets.lemonsqueezy");
	CU_ASSERT_EQUAL(node_members(node_at(root, "files"),
	    signed_file_check, &files, &e), RC_OK);
	CU_ASSERT_EQUAL(files.checked, 30);
}

static void
a_header_is_taken_to_the_letter(void)
{
	struct arena	*a = unit_arena();
	const struct str secret = STR(SECRET), body = STR("{}");
	struct str	 good = lemon_sign(a, secret, body, NOW);
	const struct {
		struct str	header;
		bool		good;
	} rows[] = {
		{ good, true },
		{ arena_text(a, "%.*s,", STR_FMT(good)), false },
		{ arena_text(a, "%.*s,%.*s", STR_FMT(good), STR_FMT(good)),
		    false },
		{ arena_text(a, " %.*s", STR_FMT(good)), false },
		{ arena_text(a, "%.*s ", STR_FMT(good)), false },
		{ arena_text(a, "%.*s0", STR_FMT(good)), false },
		{ str_part(good, 0, good.len - 1), false },
		{ str_part(good, 0, 1), false },
		{ STR_NONE, false },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		ROW(accepts(rows[i].header, body, &secret, 1, NOW) ==
		    rows[i].good, arena_keep(a, rows[i].header).at);
}

/* Nothing in the signature tells its time. */
static void
a_delivery_is_theirs_at_any_time(void)
{
	struct arena		*a = unit_arena();
	const struct str	 secret = STR(SECRET), body = STR("{}");
	const int64_t		 times[] = { 0, NOW, INT64_MAX };

	for (size_t i = 0; i < COUNT(times); i++)
		CU_ASSERT_TRUE(accepts(lemon_sign(a, secret, body, times[i]),
		    body, &secret, 1, times[COUNT(times) - 1 - i]));
}

static void
without_a_secret_nothing_is_theirs(void)
{
	const struct str empty = STR_NONE, body = STR("{}");
	struct str	 forged = lemon_sign(unit_arena(), empty, body, NOW);

	CU_ASSERT_FALSE(accepts(forged, body, &empty, 1, NOW));
	CU_ASSERT_FALSE(accepts(forged, body, NULL, 0, NOW));
}

static void
each_of_several_secrets_is_in_force(void)
{
	const struct str	body = STR("{}");
	const struct str	secrets[] = {
		STR("first"), STR("second"), STR("third"),
	};

	for (size_t i = 0; i < COUNT(secrets); i++) {
		struct str header = lemon_sign(unit_arena(), secrets[i], body,
		    NOW);

		CU_ASSERT_TRUE(accepts(header, body, secrets, COUNT(secrets),
		    NOW));
		CU_ASSERT_FALSE(accepts(header, body, secrets, i, NOW));
	}
}

CU_TestInfo lemon_verify_tests[] = {
	{ "known answers hold", known_answers_hold },
	{ "every fixture is signed as Lemon Squeezy signs",
	    every_fixture_is_signed_as_lemon_squeezy_signs },
	{ "a header is taken to the letter", a_header_is_taken_to_the_letter },
	{ "a delivery is theirs at any time",
	    a_delivery_is_theirs_at_any_time },
	{ "without a secret nothing is theirs",
	    without_a_secret_nothing_is_theirs },
	{ "each of several secrets is in force",
	    each_of_several_secrets_is_in_force },
	CU_TEST_INFO_NULL
};
