/*
 * The audit chain and the outbox.
 */
#include "store/store.h"
#include "store/things.h"

/* The hash of one record with one field changed must differ. */
static void
every_field_is_in_the_hash(void)
{
	const struct record first = a_record(1);
	struct digest	 zero = { .byte = { 0 } };
	struct digest	 base = audit_hash(&zero, 1, CHAIN, &first);
	struct digest	 all[12] = { base };
	struct record	 r;
	size_t		 n = 1;

	all[n++] = audit_hash(&base, 1, CHAIN, &first);
	all[n++] = audit_hash(&zero, 2, CHAIN, &first);
	all[n++] = audit_hash(&zero, 1, STR("0123456789abcdeg"), &first);
	r = first, r.n = 2;
	all[n++] = audit_hash(&zero, 1, CHAIN, &r);
	r = first, r.at++;
	all[n++] = audit_hash(&zero, 1, CHAIN, &r);
	r = first, r.actor = STR("paddle");
	all[n++] = audit_hash(&zero, 1, CHAIN, &r);
	r = first, r.action = STR("x");
	all[n++] = audit_hash(&zero, 1, CHAIN, &r);
	r = first, r.cause = STR("evt_2");
	all[n++] = audit_hash(&zero, 1, CHAIN, &r);
	r = first, r.request = STR("req_2");
	all[n++] = audit_hash(&zero, 1, CHAIN, &r);
	r = first, r.detail = STR("{}");
	all[n++] = audit_hash(&zero, 1, CHAIN, &r);
	/* The border between two fields counts too. */
	r = first, r.actor = STR("stripeu"), r.action = STR("pgrade.completed");
	all[n++] = audit_hash(&zero, 1, CHAIN, &r);
	for (size_t i = 0; i < n; i++)
		for (size_t k = i + 1; k < n; k++)
			CU_ASSERT_FALSE(secret_same(&all[i], &all[k]));
	r = first;
	all[0] = audit_hash(&zero, 1, CHAIN, &r);
	CU_ASSERT_TRUE(secret_same(&all[0], &base));
}

static void
records_chain_and_a_number_is_used_once(void)
{
	struct err	 e = { .what = "" };
	struct user_row	 u = { .user = STR("u1"), .chain_id = CHAIN };
	struct record	 r = a_record(1);
	struct digest	 zero = u.audit_hash, want;

	want = audit_hash(&zero, SELLER, CHAIN, &r);
	OK(audit_append(store_db(), SELLER, &u, &r, &u.audit_hash, &e));
	CU_ASSERT_TRUE(secret_same(&u.audit_hash, &want));
	r = a_record(2);
	OK(audit_append(store_db(), SELLER, &u, &r, &u.audit_hash, &e));
	CU_ASSERT_EQUAL(ask("SELECT COUNT(*) FROM audit a JOIN audit b"
	    " ON b.n = a.n + 1 AND b.prev_hash = a.hash"), 1);
	CU_ASSERT_NOT_EQUAL(audit_append(store_db(), SELLER, &u, &r,
	    &u.audit_hash, &e), RC_OK);
	CU_ASSERT_EQUAL(ask("SELECT COUNT(*) FROM audit"), 2);
}

static void
notices_of_a_version_are_numbered_parts(void)
{
	struct err	 e = { .what = "" };
	struct notice	 list[6];

	for (size_t n = 1; n <= COUNT(list); n++) {
		for (size_t i = 0; i < n; i++)
			list[i] = (struct notice){
				.event_id = arena_text(store_arena(),
				    "ev_%zu_%zu", n, i),
				.type = STR("rung.upgrade.completed"),
				.data = STR("{}"),
			};
		OK(outbox_append(store_db(), SELLER, STR("u1"), (int64_t)n,
		    T0, list, n, &e));
	}
	/* An id names one notice of this seller for ever. */
	CU_ASSERT_NOT_EQUAL(outbox_append(store_db(), SELLER, STR("u2"), 1,
	    T0, list, 1, &e), RC_OK);
	CU_ASSERT_EQUAL(ask("SELECT COUNT(*) FROM outbox"), 21);
	CU_ASSERT_EQUAL(ask("SELECT MAX(part) FROM outbox WHERE ver = 6"), 5);
	CU_ASSERT_EQUAL(ask("SELECT COUNT(*) FROM outbox"
	    " WHERE event_id = CONCAT('ev_', ver, '_', part)"), 21);
}

CU_TestInfo ledger_tests[] = {
	{ "every field is in the hash", every_field_is_in_the_hash },
	{ "records chain and a number is used once",
	    records_chain_and_a_number_is_used_once },
	{ "notices of a version are numbered parts",
	    notices_of_a_version_are_numbered_parts },
	CU_TEST_INFO_NULL
};
