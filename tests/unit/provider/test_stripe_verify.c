/*
 * Stripe's signature against known answers.  The vectors were agreed upon by
 * Stripe's own library; `policy` cases are where it leaves a choice.
 */
#include "base/clock.h"
#include "base/guard.h"
#include "base/secret.h"
#include "base/text.h"
#include "provider/stripe.h"
#include "unit/provider/told.h"
#include "unit/unit.h"

#define SECRET	"whsec_rungStripeVectorSecret0001"
#define BODY	"{\"id\":\"evt_1RungVector0001\",\"object\":\"event\"," \
		"\"type\":\"charge.refunded\"}"
#define GOOD	"a299f7d5ca049e7b291dae193473d3b6" \
		"33bc25b83b78e28355265150eb0591ed"
#define OTHER	"0ac194ebea69006d5d4b7ca440e0895a" \
		"dc2e733c53cec5f7a7db2bc40570bc9c"
#define NOW	INT64_C(1788256800)

static bool
accepts(struct str header, struct str body, const struct str *secrets,
    size_t secret_count, int64_t now)
{
	const struct hook	hook = { body, header };
	const struct hook_rules	rules = {
		.secrets = secrets,
		.secret_count = secret_count,
		.tolerance = 300 * SECOND,
	};
	struct err		e;
	enum rc			rc;

	rc = provider_stripe.verify(&hook, &rules, now, &e);
	CU_ASSERT_TRUE(rc == RC_OK || rc == RC_BAD_SIGNATURE);
	return rc == RC_OK;
}

static bool
accepts_header(struct str header)
{
	const struct str	secret = STR(SECRET);

	return accepts(header, STR(BODY), &secret, 1, NOW * SECOND);
}

/*
 * Our choices: the future is refused beyond the tolerance as the past is, and
 * what Stripe never sends (upper case, blanks) is refused as its library does.
 */
static bool
vector_expected(const struct node *vector)
{
	struct str	expect = node_text(vector, "expect");

	return str_eq(expect, STR("accept"));
}

static void
vector_check(const struct node *vector)
{
	struct str	 secrets[SECRETS_MAX];
	size_t		 count = node_count(node_at(vector, "secrets"));
	struct str	 name = node_text(vector, "name");
	int64_t		 now;
	bool		 accepted;

	must(count <= SECRETS_MAX && node_int(vector, "now", &now));
	for (size_t i = 0; i < count; i++) {
		char	path[] = "secrets.0";

		path[sizeof(path) - 2] += (char)i;
		secrets[i] = node_text(vector, path);
	}
	accepted = accepts(node_text(vector, "headers.Stripe-Signature"),
	    node_text(vector, "body"), secrets, count, now * SECOND);
	ROW(accepted == vector_expected(vector),
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

		if (str_eq(node_text(vector, "scheme"), STR("stripe"))) {
			vector_check(vector);
			checked++;
		}
	}
	CU_ASSERT_EQUAL(checked, 24);
}

struct signed_files {
	struct arena	*arena;
	struct str	 secret;
	int64_t		 now;
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
	if (!str_starts(name, STR("stripe/")))
		return RC_OK;
	files->checked++;
	body = told_fixture(files->arena,
	    arena_text(files->arena, "%.*s", STR_FMT(name)).at);
	digest = secret_sha256(body);
	told_same("sha256", text_hex(files->arena, digest.byte, SHA256_BYTES),
	    node_text(value, "sha256"));
	CU_ASSERT_TRUE(accepts(header, body, &files->secret, 1, files->now));
	told_same("stripe_sign", stripe_sign(files->arena, files->secret, body,
	    files->now), header);

	body.len--;
	CU_ASSERT_FALSE(accepts(header, body, &files->secret, 1, files->now));
	return RC_OK;
}

static void
every_fixture_is_signed_as_stripe_signs(void)
{
	struct arena	*a = unit_arena();
	GUARD(doc_free) struct doc *doc = NULL;
	struct signed_files	 files = { .arena = a };
	const struct node	*root;
	struct err		 e;

	CU_ASSERT_EQUAL_FATAL(doc_read(&doc,
	    told_fixture(a, "signatures.json"), DOC_LENIENT, &e), RC_OK);
	root = doc_root(doc);
	files.secret = node_text(root, "secrets.stripe");
	CU_ASSERT_TRUE_FATAL(node_int(root, "timestamp", &files.now));
	files.now *= SECOND;
	CU_ASSERT_EQUAL(node_members(node_at(root, "files"),
	    signed_file_check, &files, &e), RC_OK);
	CU_ASSERT_EQUAL(files.checked, 39);
}

/* The same signature in headers that are not quite Stripe's. */
static void
a_header_is_taken_to_the_letter(void)
{
	static const struct {
		const char	*header;
		bool		 good;
	} rows[] = {
		{ "t=1788256800,v1=" GOOD, true },
		{ "v1=" GOOD ",t=1788256800", true },
		{ "t=1788256800,v2=" OTHER ",v1=" GOOD, true },
		{ "t=1788256800,v1=junk,v1=,v1=" GOOD, true },
		{ "t=1788256800,,v1=" GOOD ",", true },
		{ "t=1788256800,tt=1,v1=" GOOD, true },
		{ "t=1788256800,t=1788256800,v1=" GOOD, false },
		{ "t=1788256800,v1=" GOOD ",t=1788256801", false },
		{ "t=1788256800,v1=" GOOD ", t=1788256800,v1=" GOOD, true },
		{ "t= 1788256800,v1=" GOOD, false },
		{ "t=+1788256800,v1=" GOOD, false },
		{ "t=01788256800,v1=" GOOD, false },
		{ "t=1788256800=,v1=" GOOD, false },
		{ "t=-1,v1=" GOOD, false },
		{ "t=99999999999999999999,v1=" GOOD, false },
		{ "t,v1=" GOOD, false },
		{ "t=,v1=" GOOD, false },
		{ "t=1788256800", false },
		{ "t=1788256800,v1", false },
		{ "t=1788256800,v1=" GOOD "00", false },
		{ "t=1788256800,v1=" GOOD " ", false },
		{ "t=1788256800, v1=" GOOD, false },
		{ " t=1788256800,v1=" GOOD, false },
		{ "t=1788256800;v1=" GOOD, false },
		{ "T=1788256800,v1=" GOOD, false },
		{ "t=1788256800,V1=" GOOD, false },
		{ "t=1788256800,v1=" OTHER, false },
		{ "," , false },
		{ "=", false },
		{ GOOD, false },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		bool good = accepts_header(str_of(rows[i].header));

		ROW(good == rows[i].good, rows[i].header);
	}
}

static void
at_most_eight_signatures_are_looked_at(void)
{
	CU_ASSERT_EQUAL(SIGNATURES_MAX, 8);
	CU_ASSERT_TRUE(accepts_header(STR("t=1788256800"
	    ",v1=a,v1=b,v1=c,v1=d,v1=e,v1=f,v1=" OTHER ",v1=" GOOD)));
	CU_ASSERT_FALSE(accepts_header(STR("t=1788256800"
	    ",v1=a,v1=b,v1=c,v1=d,v1=e,v1=f,v1=g,v1=" OTHER ",v1=" GOOD)));
	CU_ASSERT_FALSE(accepts_header(STR("t=1788256800,v1=" GOOD
	    ",v1=a,v1=b,v1=c,v1=d,v1=e,v1=f,v1=g,v1=h")));
}

/* A header padded with schemes we ignore, to exactly this length. */
static bool
accepts_padded(size_t len)
{
	static const char	start[] = "t=1788256800,v1=" GOOD ",v0=";
	char			header[SIGNATURE_BYTES_MAX + 1];

	memset(header, 'x', sizeof(header));
	memcpy(header, start, sizeof(start) - 1);
	return accepts_header((struct str){ header, len });
}

static void
a_header_has_a_longest_length(void)
{
	CU_ASSERT_TRUE(accepts_padded(SIGNATURE_BYTES_MAX));
	CU_ASSERT_FALSE(accepts_padded(SIGNATURE_BYTES_MAX + 1));
}

static void
the_clock_may_be_off_by_the_tolerance_both_ways(void)
{
	static const struct {
		int64_t	now;		/* microseconds */
		bool	good;
	} rows[] = {
		{ NOW * SECOND, true },
		{ (NOW + 300) * SECOND, true },
		{ (NOW + 300) * SECOND + SECOND - 1, true },
		{ (NOW + 301) * SECOND, false },
		{ (NOW - 300) * SECOND, true },
		{ (NOW - 301) * SECOND, false },
		{ 0, false },
	};
	const struct str	secret = STR(SECRET);

	for (size_t i = 0; i < COUNT(rows); i++)
		CU_ASSERT_EQUAL(accepts(STR("t=1788256800,v1=" GOOD),
		    STR(BODY), &secret, 1, rows[i].now), rows[i].good);
}

/* The furthest timestamps that are rightly signed, and no less refused. */
static void
a_timestamp_at_the_end_of_numbers_is_only_refused(void)
{
	struct arena	*a = unit_arena();
	const struct str	secret = STR(SECRET);
	static const char *const stamps[] = {
		"9223372036854775807", "-9223372036854775808", "0", "-0",
	};

	for (size_t i = 0; i < COUNT(stamps); i++) {
		const struct str pieces[] = {
			str_of(stamps[i]), STR("."), STR(BODY),
		};
		struct digest	 d = secret_hmac(secret, pieces,
				     COUNT(pieces));
		struct str	 hex = text_hex(a, d.byte, SHA256_BYTES);

		CU_ASSERT_FALSE(accepts(arena_text(a, "t=%s,v1=%.*s",
		    stamps[i], STR_FMT(hex)), STR(BODY), &secret, 1,
		    NOW * SECOND));
	}
}

static void
without_a_secret_nothing_is_theirs(void)
{
	struct arena	*a = unit_arena();
	const struct str	empty = STR_NONE;
	struct str		forged;

	forged = stripe_sign(a, empty, STR(BODY), NOW * SECOND);
	CU_ASSERT_FALSE(accepts(forged, STR(BODY), &empty, 1, NOW * SECOND));
	CU_ASSERT_FALSE(accepts(forged, STR(BODY), NULL, 0, NOW * SECOND));
}

static void
each_of_several_secrets_is_in_force(void)
{
	struct arena	*a = unit_arena();
	const struct str	secrets[] = {
		STR("whsec_first"), STR("whsec_second"), STR("whsec_third"),
	};

	for (size_t i = 0; i < COUNT(secrets); i++) {
		struct str header = stripe_sign(a, secrets[i], STR(BODY),
		    NOW * SECOND);

		CU_ASSERT_TRUE(accepts(header, STR(BODY), secrets,
		    COUNT(secrets), NOW * SECOND));
		CU_ASSERT_FALSE(accepts(header, STR(BODY), secrets, i,
		    NOW * SECOND));
	}
}

CU_TestInfo stripe_verify_tests[] = {
	{ "known answers hold", known_answers_hold },
	{ "every fixture is signed as Stripe signs",
	    every_fixture_is_signed_as_stripe_signs },
	{ "a header is taken to the letter", a_header_is_taken_to_the_letter },
	{ "at most eight signatures are looked at",
	    at_most_eight_signatures_are_looked_at },
	{ "a header has a longest length", a_header_has_a_longest_length },
	{ "the clock may be off by the tolerance, both ways",
	    the_clock_may_be_off_by_the_tolerance_both_ways },
	{ "a timestamp at the end of numbers is only refused",
	    a_timestamp_at_the_end_of_numbers_is_only_refused },
	{ "without a secret nothing is theirs",
	    without_a_secret_nothing_is_theirs },
	{ "each of several secrets is in force",
	    each_of_several_secrets_is_in_force },
	CU_TEST_INFO_NULL
};
