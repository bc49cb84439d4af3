/*
 * Credentials, matrices and jobs.
 */
#include "store/credential_store.h"
#include "store/matrix_store.h"
#include "store/store.h"
#include "store/things.h"
#include "store/tx.h"

static struct credential
a_key(enum credential_kind kind, struct str id)
{
	return (struct credential){
		.seller = SELLER, .kind = kind, .key_id = id,
		.user = kind == CREDENTIAL_CLIENT ? STR("u1") : STR_NONE,
		.scopes = STR("read upgrade"), .label = STR("the shop"),
		.email = kind == CREDENTIAL_CLIENT ? STR("u1@b.example") :
		    STR_NONE,
		.created_at = 5, .expires_at = 100,
	};
}

static void
a_credential_is_found_by_its_hash(void)
{
	struct err	 e = { .what = "" };
	struct digest	 secret = secret_sha256(STR("s1"));
	struct digest	 other = secret_sha256(STR("s2"));
	struct credential c = a_key(CREDENTIAL_CLIENT, STR("ct-1")), got;
	bool		 found = false;

	OK(credential_add(store_db(), &secret, &c, &e));
	OK(credential_find(store_db(), &secret, store_arena(), &got, &found,
	    &e));
	CU_ASSERT_TRUE_FATAL(found);
	CU_ASSERT_EQUAL(got.seller, SELLER);
	CU_ASSERT_EQUAL(got.kind, CREDENTIAL_CLIENT);
	SAME(got.key_id, "ct-1");
	SAME(got.user, "u1");
	SAME(got.scopes, "read upgrade");
	SAME(got.label, "the shop");
	SAME(got.email, "u1@b.example");
	CU_ASSERT_EQUAL(got.created_at, 5);
	CU_ASSERT_EQUAL(got.expires_at, 100);
	CU_ASSERT_EQUAL(got.revoked_at, 0);
	OK(credential_find(store_db(), &other, store_arena(), &got, &found,
	    &e));
	CU_ASSERT_FALSE(found);
	c = a_key(CREDENTIAL_SERVER, STR("ct-1"));
	CU_ASSERT_EQUAL(credential_add(store_db(), &other, &c, &e),
	    RC_DUPLICATE);
	SAME(str_of(e.key), "credentials_key_id");
}

static void
a_key_is_revoked_once(void)
{
	struct err	 e = { .what = "" };
	struct digest	 secret = secret_sha256(STR("s1"));
	struct credential c = a_key(CREDENTIAL_SERVER, STR("sk-1")), got;
	bool		 found = false;

	OK(credential_add(store_db(), &secret, &c, &e));
	OK(credential_revoke(store_db(), SELLER, STR("sk-1"), 77, &found,
	    &e));
	CU_ASSERT_TRUE(found);
	OK(credential_revoke(store_db(), SELLER, STR("sk-1"), 78, &found,
	    &e));
	CU_ASSERT_FALSE(found);
	OK(credential_find(store_db(), &secret, store_arena(), &got, &found,
	    &e));
	CU_ASSERT_EQUAL(got.revoked_at, 77);
}

static void
keys_are_listed_and_old_tokens_pruned(void)
{
	struct err	 e = { .what = "" };
	struct credential *list = NULL;
	size_t		 count = 0;
	int64_t		 gone = 0;

	for (int i = 0; i < 4; i++) {
		struct digest	 d = secret_sha256(arena_text(store_arena(),
				    "s%d", i));
		struct credential c = a_key(i == 0 ? CREDENTIAL_SERVER :
				    CREDENTIAL_CLIENT,
				    arena_text(store_arena(), "k-%d", i));

		c.expires_at = 100 + i;
		OK(credential_add(store_db(), &d, &c, &e));
	}
	OK(credential_list(store_db(), SELLER, store_arena(), &list, &count,
	    &e));
	CU_ASSERT_EQUAL_FATAL(count, 1);
	SAME(list[0].key_id, "k-0");
	OK(credential_prune(store_db(), SELLER, 103, 10, &gone, &e));
	CU_ASSERT_EQUAL(gone, 2);
	CU_ASSERT_EQUAL(ask("SELECT COUNT(*) FROM credentials"), 2);
}

static int64_t	applied;

static enum rc
apply_body(struct db *db, void *arg, struct err *e)
{
	const struct str *yaml = arg;

	return matrix_store(db, SELLER, *yaml, *yaml, STR("op"), 1000,
	    store_arena(), &applied, e);
}

static void
matrices_are_numbered_and_the_same_one_is_not_stored_again(void)
{
	struct err	 e = { .what = "" };
	struct str	 one = STR("matrix: 1\n"), two = STR("matrix: 1 #\n");
	struct str	 yaml = STR_NONE;
	struct edition	*list = NULL;
	size_t		 count = 0;
	int64_t		 newest = -1;

	OK(matrix_newest(store_db(), SELLER, store_arena(), &newest, &e));
	CU_ASSERT_EQUAL(newest, 0);
	OK(tx_run(store_db(), apply_body, &one, &e));
	CU_ASSERT_EQUAL(applied, 1);
	CU_ASSERT_EQUAL(tx_run(store_db(), apply_body, &one, &e),
	    RC_DUPLICATE);
	CU_ASSERT_EQUAL(applied, 1);
	OK(tx_run(store_db(), apply_body, &two, &e));
	OK(tx_run(store_db(), apply_body, &one, &e));	/* back to the old */
	CU_ASSERT_EQUAL(applied, 3);
	OK(matrix_newest(store_db(), SELLER, store_arena(), &newest, &e));
	CU_ASSERT_EQUAL(newest, 3);
	OK(matrix_editions(store_db(), SELLER, store_arena(), &list, &count,
	    &e));
	CU_ASSERT_EQUAL_FATAL(count, 3);
	CU_ASSERT_EQUAL(list[0].version, 1);
	CU_ASSERT_EQUAL(list[2].version, 3);
	CU_ASSERT_EQUAL(list[0].applied_at, 1000);
	SAME_STR(list[1].disabled, two);	/* whatever it was given */
	OK(matrix_source(store_db(), SELLER, 2, store_arena(), &yaml, &e));
	SAME_STR(yaml, two);
	CU_ASSERT_EQUAL(matrix_source(store_db(), SELLER, 9, store_arena(),
	    &yaml, &e), RC_MISSING);
}

static void
a_job_remembers_its_last_good_end(void)
{
	struct err	 e = { .what = "" };
	int64_t		 at = -1;

	OK(job_last(store_db(), SELLER, STR("sweep"), store_arena(), &at,
	    &e));
	CU_ASSERT_EQUAL(at, 0);
	OK(job_done(store_db(), SELLER, STR("sweep"), 50, &e));
	OK(job_done(store_db(), SELLER, STR("sweep"), 40, &e));
	OK(job_last(store_db(), SELLER, STR("sweep"), store_arena(), &at,
	    &e));
	CU_ASSERT_EQUAL(at, 50);
}

CU_TestInfo sellers_tests[] = {
	{ "a credential is found by its hash",
	    a_credential_is_found_by_its_hash },
	{ "a key is revoked once", a_key_is_revoked_once },
	{ "keys are listed and old tokens pruned",
	    keys_are_listed_and_old_tokens_pruned },
	{ "matrices are numbered and the same one is not stored again",
	    matrices_are_numbered_and_the_same_one_is_not_stored_again },
	{ "a job remembers its last good end",
	    a_job_remembers_its_last_good_end },
	CU_TEST_INFO_NULL
};
