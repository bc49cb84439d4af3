/*
 * Paddle's signature against known answers.  The vectors were agreed upon by
 * Paddle's own libraries; `policy` cases are where they leave a choice.
 */
#include "base/clock.h"
#include "base/guard.h"
#include "base/secret.h"
#include "base/text.h"
#include "provider/paddle.h"
#include "unit/provider/told.h"
#include "unit/unit.h"

#define SECRET	"pdl_ntfset_01k4rungvector0000000000000_" \
		"RungPaddleVectorSecret0001AbCd"
#define BODY	"{\"data\":{\"id\":\"txn_01k4rungvector00000000000a\"}," \
		"\"event_id\":\"evt_01k4rungvector00000000000a\"," \
		"\"event_type\":\"transaction.completed\"," \
		"\"occurred_at\":\"2026-09-01T09:59:59.123456Z\"," \
		"\"notification_id\":\"ntf_01k4rungvector00000000000a\"}"
#define GOOD	"e2d4c7e2149abcf733263863a0386ad6" \
		"67fdb0fe0ef37eab43f62374d271d0b2"
#define OTHER	"d7c15885864337ee96a9dba21894b217" \
		"9f7c31fb06cecfd92026396d0392d5f6"
#define NOW	INT64_C(1788256800)
#define BOUND	300			/* seconds, as the setting is at first */

static bool
accepts(struct str header, struct str body, const struct str *secrets,
    size_t secret_count, int64_t now)
{
	const struct hook	hook = { body, header };
	const struct hook_rules	rules = {
		.secrets = secrets,
		.secret_count = secret_count,
		.tolerance = BOUND * SECOND,
	};
	struct err		e;
	enum rc			rc;

	rc = provider_paddle.verify(&hook, &rules, now, &e);
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
 * Our choices: the tolerance is the setting, not five seconds, and holds for
 * the future too.
 */
static bool
vector_expected(const struct node *vector)
{
	struct str	name = node_text(vector, "name");

	return str_eq(node_text(vector, "expect"), STR("accept")) ||
	    str_eq(name, STR("age-6"));
}

static void
vector_check(const struct node *vector)
{
	struct str	 secrets[SECRETS_MAX];
	size_t		 count = node_count(node_at(vector, "secrets"));
	int64_t		 now;
	bool		 accepted;

	must(count <= SECRETS_MAX && node_int(vector, "now", &now));
	for (size_t i = 0; i < count; i++) {
		char	path[] = "secrets.0";

		path[sizeof(path) - 2] += (char)i;
		secrets[i] = node_text(vector, path);
	}
	accepted = accepts(node_text(vector, "headers.Paddle-Signature"),
	    node_text(vector, "body"), secrets, count, now * SECOND);
	ROW(accepted == vector_expected(vector),
	    arena_keep(unit_arena(), node_text(vector, "name")).at);
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

		if (str_eq(node_text(vector, "scheme"), STR("paddle"))) {
			vector_check(vector);
			checked++;
		}
	}
	CU_ASSERT_EQUAL(checked, 18);
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
	if (!str_starts(name, STR("paddle/")))
		return RC_OK;
	files->checked++;
	body = told_fixture(files->arena,
	    arena_text(files->arena, "%.*s", STR_FMT(name)).at);
	digest = secret_sha256(body);
	told_same("sha256", text_hex(files->arena, digest.byte, SHA256_BYTES),
	    node_text(value, "sha256"));
	CU_ASSERT_TRUE(accepts(header, body, &files->secret, 1, files->now));
	told_same("paddle_sign", paddle_sign(files->arena, files->secret, body,
	    files->now), header);

	body.len--;
	CU_ASSERT_FALSE(accepts(header, body, &files->secret, 1, files->now));
	return RC_OK;
}

static void
every_fixture_is_signed_as_paddle_signs(void)
{
	struct arena	*a = unit_arena();
	GUARD(doc_free) struct doc *doc = NULL;
	struct signed_files	 files = { .arena = a };
	const struct node	*root;
	struct err		 e;

	CU_ASSERT_EQUAL_FATAL(doc_read(&doc,
	    told_fixture(a, "signatures.json"), DOC_LENIENT, &e), RC_OK);
	root = doc_root(doc);
	files.secret = node_text(root, "secrets.paddle");
	CU_ASSERT_TRUE_FATAL(node_int(root, "timestamp", &files.now));
	files.now *= SECOND;
	CU_ASSERT_EQUAL(node_members(node_at(root, "files"),
	    signed_file_check, &files, &e), RC_OK);
	CU_ASSERT_EQUAL(files.checked, 33);
}

/* The same signature in headers that are not quite Paddle's. */
static void
a_header_is_taken_to_the_letter(void)
{
	static const struct {
		const char	*header;
		bool		 good;
	} rows[] = {
		{ "ts=1788256800;h1=" GOOD, true },
		{ "h1=" GOOD ";ts=1788256800", true },
		{ "ts=1788256800;h1=" OTHER ";h1=" GOOD, true },
		{ "ts=1788256800;h1=" GOOD ";h1=" OTHER, true },
		{ "ts=1788256800;h2=" OTHER ";h1=" GOOD, true },
		{ "ts=1788256800;h1=junk;h1=;h1=" GOOD, true },
		{ "ts=1788256800;;h1=" GOOD ";", true },
		{ "ts=1788256800;t=1;h1=" GOOD, true },
		{ "ts=1788256800;ts=1788256800;h1=" GOOD, false },
		{ "ts=1788256800;h1=" GOOD ";ts=1788256801", false },
		{ "ts= 1788256800;h1=" GOOD, false },
		{ "ts=+1788256800;h1=" GOOD, false },
		{ "ts=01788256800;h1=" GOOD, false },
		{ "ts=1788256800=;h1=" GOOD, false },
		{ "ts=-1;h1=" GOOD, false },
		{ "ts=99999999999999999999;h1=" GOOD, false },
		{ "ts;h1=" GOOD, false },
		{ "ts=;h1=" GOOD, false },
		{ "ts=1788256800", false },
		{ "ts=1788256800;h1", false },
		{ "ts=1788256800;h2=" GOOD, false },
		{ "ts=1788256800;h1=" GOOD "00", false },
		{ "ts=1788256800;h1=" GOOD " ", false },
		{ "ts=1788256800; h1=" GOOD, false },
		{ " ts=1788256800;h1=" GOOD, false },
		{ "ts=1788256800,h1=" GOOD, false },
		{ "TS=1788256800;h1=" GOOD, false },
		{ "ts=1788256800;H1=" GOOD, false },
		{ "ts=1788256800;h1=" OTHER, false },
		{ ";" , false },
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
	CU_ASSERT_TRUE(accepts_header(STR("ts=1788256800"
	    ";h1=a;h1=b;h1=c;h1=d;h1=e;h1=f;h1=" OTHER ";h1=" GOOD)));
	CU_ASSERT_FALSE(accepts_header(STR("ts=1788256800"
	    ";h1=a;h1=b;h1=c;h1=d;h1=e;h1=f;h1=g;h1=" OTHER ";h1=" GOOD)));
	CU_ASSERT_FALSE(accepts_header(STR("ts=1788256800;h1=" GOOD
	    ";h1=a;h1=b;h1=c;h1=d;h1=e;h1=f;h1=g;h1=h")));
}

/* A header padded with schemes we ignore, to exactly this length. */
static bool
accepts_padded(size_t len)
{
	static const char	start[] = "ts=1788256800;h1=" GOOD ";v0=";
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
		CU_ASSERT_EQUAL(accepts(STR("ts=1788256800;h1=" GOOD),
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
			str_of(stamps[i]), STR(":"), STR(BODY),
		};
		struct digest	 d = secret_hmac(secret, pieces,
				     COUNT(pieces));
		struct str	 hex = text_hex(a, d.byte, SHA256_BYTES);

		CU_ASSERT_FALSE(accepts(arena_text(a, "ts=%s;h1=%.*s",
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

	forged = paddle_sign(a, empty, STR(BODY), NOW * SECOND);
	CU_ASSERT_FALSE(accepts(forged, STR(BODY), &empty, 1, NOW * SECOND));
	CU_ASSERT_FALSE(accepts(forged, STR(BODY), NULL, 0, NOW * SECOND));
}

static void
each_of_several_secrets_is_in_force(void)
{
	struct arena	*a = unit_arena();
	const struct str	secrets[] = {
		STR("pdl_ntfset_first"), STR("pdl_ntfset_second"), STR("pdl_ntfset_third"),
	};

	for (size_t i = 0; i < COUNT(secrets); i++) {
		struct str header = paddle_sign(a, secrets[i], STR(BODY),
		    NOW * SECOND);

		CU_ASSERT_TRUE(accepts(header, STR(BODY), secrets,
		    COUNT(secrets), NOW * SECOND));
		CU_ASSERT_FALSE(accepts(header, STR(BODY), secrets, i,
		    NOW * SECOND));
	}
}

CU_TestInfo paddle_verify_tests[] = {
	{ "known answers hold", known_answers_hold },
	{ "every fixture is signed as Paddle signs",
	    every_fixture_is_signed_as_paddle_signs },
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
