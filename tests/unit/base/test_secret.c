/* Known answers for base/secret.h. */
#include "base/secret.h"
#include "base/text.h"
#include "unit/unit.h"

static struct str
hex(struct digest d)
{
	return text_hex(unit_arena(), d.byte, sizeof(d.byte));
}

/* len copies of one byte. */
static struct str
fill(int byte, size_t len)
{
	char	*at = arena_take(unit_arena(), len, 1);

	memset(at, byte, len);
	return (struct str){ at, len };
}

static void
sha256_gives_the_known_answers(void)
{
	SAME(hex(secret_sha256(STR("abc"))), "ba7816bf8f01cfea414140de5dae2223"
	    "b00361a396177a9cb410ff61f20015ad");
	SAME(hex(secret_sha256(STR_NONE)), "e3b0c44298fc1c149afbf4c8996fb924"
	    "27ae41e4649b934ca495991b7852b855");
	SAME(hex(secret_sha256(fill('a', 1000000))),
	    "cdc76e5c9914fb9281a1c7e284d73e67"
	    "f1809a48a497200e046d39ccc7112cd0");
}

static void
hmac_gives_the_vectors_of_rfc_4231(void)
{
	char			count[25];
	const struct str	key4 = { count, sizeof(count) };
	struct str		large = STR("This is a test using a larger"
		    " than block-size key and a larger than block-size data."
		    " The key needs to be hashed before being used by the"
		    " HMAC algorithm.");
	struct str		hash_first = STR("Test Using Larger Than"
		    " Block-Size Key - Hash Key First");

	for (size_t i = 0; i < sizeof(count); i++)
		count[i] = (char)(i + 1);

	const struct {
		struct str	 key, data;
		const char	*want;
	} rows[] = {
		{ fill(0x0b, 20), STR("Hi There"),
		    "b0344c61d8db38535ca8afceaf0bf12b"
		    "881dc200c9833da726e9376c2e32cff7" },
		{ STR("Jefe"), STR("what do ya want for nothing?"),
		    "5bdcc146bf60754e6a042426089575c7"
		    "5a003f089d2739839dec58b964ec3843" },
		{ fill(0xaa, 20), fill(0xdd, 50),
		    "773ea91e36800e46854db8ebd09181a7"
		    "2959098b3ef8c122d9635514ced565fe" },
		{ key4, fill(0xcd, 50),
		    "82558a389a443c0ea4cc819899f2083a"
		    "85f0faa3e578f8077a2e3ff46729665b" },
		{ fill(0xaa, 131), hash_first,
		    "60e431591ee0b67f0d8a26aacbf5b77f"
		    "8e0bc6213728c5140546040f0ee37f54" },
		{ fill(0xaa, 131), large,
		    "9b09ffa71b942fcb27635fbcd5b0e944"
		    "bfdc63644f0713938a7f51535c3a35e2" },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		SAME(hex(secret_hmac(rows[i].key, &rows[i].data, 1)),
		    rows[i].want);
}

static void
an_empty_key_is_not_the_key_before(void)
{
	struct str	data = STR("what do ya want for nothing?");
	const char	*want = "76d9e7194e7dbc3aa00bbe8ffb9f6fcb"
			    "5a932170f971f948bb2ab61607d2b9d6";

	secret_hmac(STR("Jefe"), &data, 1);
	SAME(hex(secret_hmac(STR(""), &data, 1)), want);
	secret_hmac(STR("Jefe"), &data, 1);
	SAME(hex(secret_hmac(STR_NONE, &data, 1)), want);
}

static void
pieces_hash_like_the_whole(void)
{
	struct str	whole = STR("1693526400.{\"id\":\"evt_1\"}");
	struct str	pieces[] = { STR("1693526400"), STR("."), STR_NONE,
			    STR("{\"id\":\"evt_1\"}") };
	struct digest	a = secret_hmac(STR("key"), &whole, 1);
	struct digest	b = secret_hmac(STR("key"), pieces, COUNT(pieces));

	CU_ASSERT_TRUE(secret_same(&a, &b));
}

static void
different_lists_of_fields_hash_apart(void)
{
	struct digest	one, two, three, four, none;

	one = secret_sha256_fields((struct str[]){ STR("ab"), STR("c") }, 2);
	two = secret_sha256_fields((struct str[]){ STR("a"), STR("bc") }, 2);
	three = secret_sha256_fields((struct str[]){ STR("abc") }, 1);
	four = secret_sha256_fields((struct str[]){ STR("abc"), STR_NONE }, 2);
	none = secret_sha256_fields(NULL, 0);
	CU_ASSERT_FALSE(secret_same(&one, &two));
	CU_ASSERT_FALSE(secret_same(&one, &three));
	CU_ASSERT_FALSE(secret_same(&three, &four));
	SAME_STR(hex(three), hex(secret_sha256(STR("\0\0\0\0\0\0\0\003abc"))));
	SAME_STR(hex(none), hex(secret_sha256(STR_NONE)));
}

static void
digests_are_the_same_only_in_all_bytes(void)
{
	struct digest	a = secret_sha256(STR("x")), b = a;

	CU_ASSERT_TRUE(secret_same(&a, &b));
	for (size_t i = 0; i < sizeof(a.byte); i++) {
		b = a;
		b.byte[i] ^= 0x80;
		CU_ASSERT_FALSE(secret_same(&a, &b));
	}
}

static void
new_keys_have_their_form_and_differ(void)
{
	struct str	one, two, tail;

	one = secret_key_new(unit_arena(), STR("rung_sk_"));
	two = secret_key_new(unit_arena(), STR("rung_sk_"));
	tail = str_part(one, 8, one.len);
	CU_ASSERT_TRUE(str_starts(one, STR("rung_sk_")));
	CU_ASSERT_EQUAL(tail.len, 43);
	CU_ASSERT_EQUAL(strspn(tail.at, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"), 43);
	CU_ASSERT_FALSE(str_eq(one, two));
}

static void
new_ids_are_uuids_that_carry_their_time(void)
{
	/* The time of RFC 9562's own example in its appendix A.6. */
	struct str	id = secret_id_new(unit_arena(), STR("us_"),
			    INT64_C(1645557742000999));
	struct str	hex_part = str_part(id, 3, id.len);
	uint8_t		uuid[16];

	CU_ASSERT_TRUE(str_starts(id, STR("us_017f22e279b07")));
	CU_ASSERT_TRUE(text_unhex(hex_part, uuid, sizeof(uuid)));
	CU_ASSERT_EQUAL(uuid[8] & 0xc0, 0x80);
	CU_ASSERT_FALSE(str_eq(id, secret_id_new(unit_arena(), STR("us_"),
	    INT64_C(1645557742000999))));
}

static void
later_ids_sort_behind_earlier_ones(void)
{
	struct str	before = secret_id_new(unit_arena(), STR("us_"), 0);

	for (int64_t now = 1000; now < INT64_C(4000000000000000);
	    now = now * 3) {
		struct str id = secret_id_new(unit_arena(), STR("us_"), now);

		CU_ASSERT_TRUE(str_cmp(before, id) < 0);
		before = id;
	}
}

static void
random_fills_every_byte(void)
{
	uint8_t	seen[300] = { 0 }, bytes[300];
	size_t	never = 0;

	for (int i = 0; i < 20; i++) {
		secret_random(bytes, sizeof(bytes));
		for (size_t j = 0; j < sizeof(bytes); j++)
			seen[j] |= bytes[j];
	}
	for (size_t j = 0; j < sizeof(seen); j++)
		never += seen[j] == 0;
	CU_ASSERT_EQUAL(never, 0);
	secret_random(bytes, 0);
}

CU_TestInfo secret_tests[] = {
	{ "SHA-256 gives the known answers", sha256_gives_the_known_answers },
	{ "HMAC gives the vectors of RFC 4231",
	    hmac_gives_the_vectors_of_rfc_4231 },
	{ "an empty key is not the key before",
	    an_empty_key_is_not_the_key_before },
	{ "pieces hash like the whole", pieces_hash_like_the_whole },
	{ "different lists of fields hash apart",
	    different_lists_of_fields_hash_apart },
	{ "digests are the same only in all bytes",
	    digests_are_the_same_only_in_all_bytes },
	{ "new keys have their form and differ",
	    new_keys_have_their_form_and_differ },
	{ "new ids are UUIDs that carry their time",
	    new_ids_are_uuids_that_carry_their_time },
	{ "later ids sort behind earlier ones",
	    later_ids_sort_behind_earlier_ones },
	{ "random fills every byte", random_fills_every_byte },
	CU_TEST_INFO_NULL
};
