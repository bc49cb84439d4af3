/*
 * What a start asks for: each member, and each way to get it wrong.
 */
#include "unit/unit.h"
#include "wire/wish.h"

static enum rc
read_it(const char *body, struct wish *wish, struct err *e)
{
	return wish_read(str_of(body), unit_arena(), wish, e);
}

static void
a_payment_is_read_whole(void)
{
	struct wish w;
	struct err e;

	CU_ASSERT_EQUAL_FATAL(read_it("{\"user\":\"u1\",\"target_tier\":"
	    "\"pro\",\"quantity\":3,\"payment\":{\"provider\":\"stripe\","
	    "\"reference\":\"pi_3Abc\",\"amount\":2900,\"currency\":\"USD\"}}",
	    &w, &e), RC_OK);
	SAME(w.user, "u1");
	SAME(w.tier, "pro");
	CU_ASSERT_EQUAL(w.quantity, 3);
	CU_ASSERT_TRUE(w.has_payment);
	CU_ASSERT_FALSE(w.has_checkout);
	SAME(w.payment.provider, "stripe");
	SAME(w.payment.ref, "pi_3Abc");
	CU_ASSERT_EQUAL(w.payment.account.len, 0);
	CU_ASSERT_EQUAL(w.payment.kind, OBJECT_PAYMENT);
	CU_ASSERT_EQUAL(w.amount, 2900);
	SAME(w.currency, "usd");
	SAME(w.provider, "stripe");
}

static void
a_checkout_is_read_whole(void)
{
	struct wish w;
	struct err e;

	CU_ASSERT_EQUAL_FATAL(read_it("{\"target_tier\":\"pro\",\"price\":"
	    "\"yearly\",\"effective\":\"period_end\",\"checkout\":{"
	    "\"provider\":\"paddle\",\"success_url\":\"https://a.example/?x\","
	    "\"cancel_url\":\"https://a.example/no\","
	    "\"email\":\"U1@Shop.example\"}}", &w, &e), RC_OK);
	CU_ASSERT_EQUAL(w.user.len, 0);
	CU_ASSERT_EQUAL(w.quantity, 1);
	SAME(w.price, "yearly");
	CU_ASSERT_TRUE(w.at_period_end);
	CU_ASSERT_TRUE(w.has_checkout);
	CU_ASSERT_FALSE(w.has_payment);
	SAME(w.provider, "paddle");
	SAME(w.success_url, "https://a.example/?x");
	SAME(w.cancel_url, "https://a.example/no");
	SAME(w.email, "u1@shop.example");
	CU_ASSERT_EQUAL(w.amount, -1);
}

static void
an_email_of_null_is_left_out(void)
{
	struct wish w;
	struct err e;

	CU_ASSERT_EQUAL_FATAL(read_it("{\"target_tier\":\"pro\","
	    "\"checkout\":{\"provider\":\"paddle\",\"success_url\":"
	    "\"https://a.example/\",\"email\":null}}", &w, &e), RC_OK);
	CU_ASSERT_EQUAL(w.email.len, 0);
}

static void
addons_are_sorted_and_named_once(void)
{
	struct wish w;
	struct err e;

	CU_ASSERT_EQUAL_FATAL(read_it("{\"user\":\"u1\",\"addons\":[\"b\","
	    "\"a\",\"b\"],\"effective\":\"now\",\"payment\":null}", &w, &e),
	    RC_OK);
	CU_ASSERT_EQUAL_FATAL(w.addon_count, 2);
	SAME(w.addons[0], "a");
	SAME(w.addons[1], "b");
	CU_ASSERT_EQUAL(w.tier.len, 0);
	CU_ASSERT_FALSE(w.at_period_end);
}

#define PRO		"\"user\":\"u1\",\"target_tier\":\"pro\""
#define PAYMENT		"\"payment\":{\"provider\":\"stripe\"," \
			"\"reference\":\"pi_1\"}"
#define CHECKOUT	"\"checkout\":{\"provider\":\"stripe\"," \
			"\"success_url\":\"https://a.example/\"}"
#define BUYER(email)	"\"checkout\":{\"provider\":\"stripe\"," \
			"\"success_url\":\"https://a.example/\"," \
			"\"email\":" email "}"

struct wish_row {
	const char	*body;
	enum rc		 rc;
	const char	*pointer;
};

static const struct wish_row wish_rows[] = {
	{ "", RC_INVALID_JSON, "" },
	{ "{", RC_INVALID_JSON, "" },
	{ "{" PRO "," PRO "}", RC_INVALID_JSON, "" },
	{ "[]", RC_INVALID_VALUE, "" },
	{ "\"pro\"", RC_INVALID_VALUE, "" },
	{ "{}", RC_INVALID_VALUE, "/target_tier" },
	{ "{" PRO ",\"quantity\":0}", RC_INVALID_VALUE, "/quantity" },
	{ "{" PRO ",\"quantity\":-1}", RC_INVALID_VALUE, "/quantity" },
	{ "{" PRO ",\"quantity\":1.5}", RC_INVALID_VALUE, "/quantity" },
	{ "{" PRO ",\"quantity\":1.0}", RC_INVALID_VALUE, "/quantity" },
	{ "{" PRO ",\"quantity\":1e3}", RC_INVALID_VALUE, "/quantity" },
	{ "{" PRO ",\"quantity\":1000001}", RC_INVALID_VALUE, "/quantity" },
	{ "{" PRO ",\"quantity\":2147483648}", RC_INVALID_VALUE, "/quantity" },
	{ "{" PRO ",\"quantity\":18446744073709551617}", RC_INVALID_VALUE,
	    "/quantity" },
	{ "{" PRO ",\"quantity\":\"5\"}", RC_INVALID_VALUE, "/quantity" },
	{ "{" PRO ",\"quantity\":true}", RC_INVALID_VALUE, "/quantity" },
	{ "{" PRO ",\"quantity\":[1]}", RC_INVALID_VALUE, "/quantity" },
	{ "{" PRO ",\"quantiy\":5}", RC_INVALID_VALUE, "/quantiy" },
	{ "{" PRO ",\"colour\":5}", RC_INVALID_VALUE, "/colour" },
	{ "{" PRO "," PAYMENT "," CHECKOUT "}", RC_INVALID_VALUE,
	    "/checkout" },
	{ "{" PRO ",\"addons\":[\"a\"]}", RC_INVALID_VALUE, "/addons" },
	{ "{\"addons\":[]}", RC_INVALID_VALUE, "/addons" },
	{ "{\"addons\":\"a\"}", RC_INVALID_VALUE, "/addons" },
	{ "{\"addons\":[1]}", RC_INVALID_VALUE, "/addons" },
	{ "{\"addons\":[\"\"]}", RC_INVALID_VALUE, "/addons" },
	{ "{\"target_tier\":5}", RC_INVALID_VALUE, "/target_tier" },
	{ "{\"target_tier\":\"\"}", RC_INVALID_VALUE, "/target_tier" },
	{ "{\"target_tier\":\"pro\",\"user\":\"a/b\"}", RC_INVALID_VALUE,
	    "/user" },
	{ "{\"target_tier\":\"pro\",\"user\":7}", RC_INVALID_VALUE, "/user" },
	{ "{" PRO ",\"effective\":\"soon\"}", RC_INVALID_VALUE,
	    "/effective" },
	{ "{" PRO ",\"price\":7}", RC_INVALID_VALUE, "/price" },
	{ "{" PRO ",\"payment\":\"pi_1\"}", RC_INVALID_VALUE, "/payment" },
	{ "{" PRO ",\"payment\":{}}", RC_INVALID_VALUE, "/payment/provider" },
	{ "{" PRO ",\"payment\":{\"provider\":\"stripee\"}}",
	    RC_INVALID_VALUE, "/payment/provider" },
	{ "{" PRO ",\"payment\":{\"provider\":\"stripe\"}}",
	    RC_INVALID_VALUE, "/payment/reference" },
	{ "{" PRO ",\"payment\":{\"provider\":\"stripe\",\"reference\":"
	    "\"ch_1\"}}", RC_INVALID_VALUE, "/payment/reference" },
	{ "{" PRO ",\"payment\":{\"provider\":\"stripe\",\"reference\":"
	    "\"pi_1_secret_2\"}}", RC_INVALID_VALUE, "/payment/reference" },
	{ "{" PRO ",\"payment\":{\"provider\":\"stripe\",\"reference\":"
	    "\"pi_1\",\"amount\":-1}}", RC_INVALID_VALUE, "/payment/amount" },
	{ "{" PRO ",\"payment\":{\"provider\":\"stripe\",\"reference\":"
	    "\"pi_1\",\"amount\":29.0}}", RC_INVALID_VALUE,
	    "/payment/amount" },
	{ "{" PRO ",\"payment\":{\"provider\":\"stripe\",\"reference\":"
	    "\"pi_1\",\"currency\":\"euro\"}}", RC_INVALID_VALUE,
	    "/payment/currency" },
	{ "{" PRO ",\"payment\":{\"provider\":\"stripe\",\"reference\":"
	    "\"pi_1\",\"currency\":\"e1r\"}}", RC_INVALID_VALUE,
	    "/payment/currency" },
	{ "{" PRO ",\"payment\":{\"provider\":\"stripe\",\"referense\":"
	    "\"pi_1\"}}", RC_INVALID_VALUE, "/payment/referense" },
	{ "{" PRO ",\"checkout\":{\"provider\":\"stripe\"}}",
	    RC_INVALID_VALUE, "/checkout/success_url" },
	{ "{" PRO ",\"checkout\":{\"provider\":\"stripe\",\"success_url\":"
	    "\"https://a b\"}}", RC_INVALID_VALUE, "/checkout/success_url" },
	{ "{" PRO ",\"checkout\":{\"provider\":\"stripe\",\"success_url\":"
	    "\"https://a/\",\"cancel_url\":\"a\\r\\nb\"}}", RC_INVALID_VALUE,
	    "/checkout/cancel_url" },
	{ "{" PRO ",\"checkout\":{\"success_url\":\"https://a/\"}}",
	    RC_INVALID_VALUE, "/checkout/provider" },
	{ "{" PRO "," BUYER("\"\"") "}", RC_INVALID_VALUE,
	    "/checkout/email" },
	{ "{" PRO "," BUYER("\"u1\"") "}", RC_INVALID_VALUE,
	    "/checkout/email" },
	{ "{" PRO "," BUYER("\"a@b@c\"") "}", RC_INVALID_VALUE,
	    "/checkout/email" },
	{ "{" PRO "," BUYER("\"a @b\"") "}", RC_INVALID_VALUE,
	    "/checkout/email" },
	{ "{" PRO "," BUYER("\"a@b\\n\"") "}", RC_INVALID_VALUE,
	    "/checkout/email" },
	{ "{" PRO "," BUYER("7") "}", RC_INVALID_VALUE, "/checkout/email" },
	{ "{" PRO ",\"email\":\"a@b\"}", RC_INVALID_VALUE, "/email" },
};

static void
each_mistake_is_refused_and_named(void)
{
	size_t i;

	for (i = 0; i < COUNT(wish_rows); i++) {
		const struct wish_row *row = &wish_rows[i];
		struct wish w = { .quantity = 77 };
		struct err e = { 0 };

		ROW(read_it(row->body, &w, &e) == row->rc, row->body);
		ROW(strcmp(e.pointer, row->pointer) == 0, row->body);
		ROW(e.what[0] != '\0', row->body);
		ROW(w.quantity == 77, row->body);
	}
}

struct reference_row {
	const char		*provider, *reference;
	bool			 good;
	enum object_kind	 kind;
	const char		*ref;
};

static const struct reference_row reference_rows[] = {
	{ "stripe", "pi_1", true, OBJECT_PAYMENT, "pi_1" },
	{ "stripe", "cs_test_a1", true, OBJECT_CHECKOUT, "cs_test_a1" },
	{ "stripe", "sub_1", true, OBJECT_SUBSCRIPTION, "sub_1" },
	{ "stripe", "in_1", true, OBJECT_INVOICE, "in_1" },
	{ "paddle", "txn_01", true, OBJECT_PAYMENT, "txn_01" },
	{ "paddle", "sub_01", true, OBJECT_SUBSCRIPTION, "sub_01" },
	{ "lemonsqueezy", "order:540", true, OBJECT_ORDER, "540" },
	{ "lemonsqueezy", "subscription:130", true, OBJECT_SUBSCRIPTION,
	    "130" },
	{ "stripe", "pi_", false, 0, "" },
	{ "stripe", "pi_1 ", false, 0, "" },
	{ "stripe", "pi_1/2", false, 0, "" },
	{ "stripe", "txn_01", false, 0, "" },
	{ "paddle", "pi_1", false, 0, "" },
	{ "lemonsqueezy", "540", false, 0, "" },
	{ "lemonsqueezy", "order:", false, 0, "" },
	{ "lemonsqueezy", "order:a:b", false, 0, "" },
	{ "other", "pi_1", false, 0, "" },
	{ "", "", false, 0, "" },
};

static void
a_reference_names_its_kind(void)
{
	size_t i;

	for (i = 0; i < COUNT(reference_rows); i++) {
		const struct reference_row *row = &reference_rows[i];
		struct object_key key = { 0 };

		ROW(reference_read(str_of(row->provider),
		    str_of(row->reference), &key) == row->good,
		    row->reference);
		ROW(key.kind == row->kind, row->reference);
		SAME(key.ref, row->ref);
	}
}

struct user_row {
	const char	*name;
	struct str	 id;
	bool		 good;
};

static const struct user_row user_rows[] = {
	{ "one letter", STR("u"), true },
	{ "mail address", STR("a.b+c@shop.example"), true },
	{ "blank inside", STR("a b"), true },
	{ "UTF-8", STR("j\xc3\xbcrgen"), true },
	{ "three dots", STR("..."), true },
	{ "empty", STR(""), false },
	{ "dot", STR("."), false },
	{ "two dots", STR(".."), false },
	{ "slash", STR("a/b"), false },
	{ "backslash", STR("a\\b"), false },
	{ "newline", STR("a\nb"), false },
	{ "NUL", STR("a\0b"), false },
	{ "delete", STR("a\x7f"), false },
	{ "C1 control", STR("a\xc2\x85"), false },
	{ "not UTF-8", STR("\xff"), false },
};

static void
user_ids_are_bounded(void)
{
	char id[USER_ID_MAX + 1];
	size_t i;

	for (i = 0; i < COUNT(user_rows); i++)
		ROW(user_id_valid(user_rows[i].id) == user_rows[i].good,
		    user_rows[i].name);
	memset(id, 'x', sizeof(id));
	CU_ASSERT_TRUE(user_id_valid((struct str){ id, USER_ID_MAX }));
	CU_ASSERT_FALSE(user_id_valid((struct str){ id, USER_ID_MAX + 1 }));
}

CU_TestInfo wish_tests[] = {
	{ "a payment is read whole", a_payment_is_read_whole },
	{ "a checkout is read whole", a_checkout_is_read_whole },
	{ "an email of null is left out", an_email_of_null_is_left_out },
	{ "add-ons are sorted and named once",
	    addons_are_sorted_and_named_once },
	{ "each mistake is refused and named",
	    each_mistake_is_refused_and_named },
	{ "a reference names its kind", a_reference_names_its_kind },
	{ "user ids are bounded", user_ids_are_bounded },
	CU_TEST_INFO_NULL
};
