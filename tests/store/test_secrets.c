/*
 * Secrets of assets: one row knows its newest and the one before, by SHA-256.
 */
#include "store/store.h"
#include "store/things.h"
#include "store/tx.h"

enum { NOW = T0, LATER = T0 + 50 };

static struct digest
hash_of(const char *secret)
{
	return secret_sha256(str_of(secret));
}

static enum rc
lock_body(struct db *db, void *arg, struct err *e)
{
	return user_lock(db, SELLER, *(struct str *)arg, CHAIN, T0, e);
}

/* A user with an API key in its slot. */
static void
give(const char *user)
{
	struct err		 e = { .what = "" };
	struct str		 u = str_of(user);
	struct asset_step	 step = an_asset(DO_PROVISION, STR("api_key"),
				    ASSET_IS_PENDING, false);

	OK(tx_run(store_db(), lock_body, &u, &e));
	OK(assets_save(store_db(), SELLER, u, &step, 1, NOW, &e));
}

static void
save(const char *user, enum asset_state state, bool claimed, int64_t now)
{
	struct err		 e = { .what = "" };
	struct asset_step	 step = an_asset(DO_CHANGE, STR("api_key"),
				    state, true);

	step.after.claimed = claimed;
	OK(assets_save(store_db(), SELLER, str_of(user), &step, 1, now, &e));
}

static void
secret(const char *user, const char *text, int64_t old_until)
{
	struct err	 e = { .what = "" };
	struct digest	 hash = hash_of(text);

	save(user, ASSET_IS_PROVISIONED, true, NOW);
	OK(asset_secret(store_db(), SELLER, str_of(user), STR("api_key"),
	    &hash, str_of(text), old_until, &e));
}

/* "u1 PROVISIONED two", "u1 PROVISIONED two, old until 50" */
static struct str
whose(const char *text)
{
	struct err		 e = { .what = "" };
	const struct digest	 hashes[2] = { hash_of("other"),
				    hash_of(text) };
	struct secret_owner	 o;
	bool			 found = false;

	OK(asset_by_secret(store_db(), SELLER, hashes, store_arena(), &o,
	    &found, &e));
	if (!found)
		return STR("nobody's");
	return arena_text(store_arena(), "%.*s %s %.*s%s", STR_FMT(o.user),
	    asset_state_names[o.asset.state], STR_FMT(o.asset.hint),
	    !o.old ? "" : arena_text(store_arena(), ", old until %lld",
	    (long long)(o.old_until - T0)).at);
}

static struct asset
stored(const char *user)
{
	struct err	 e = { .what = "" };
	struct world	 w;

	OK(world_read(store_db(), SELLER, str_of(user), store_arena(), &w,
	    &e));
	must(w.asset_count == 1);
	return w.assets[0];
}

static void
a_secret_has_one_owner(void)
{
	give("u1");
	give("u2");
	SAME(whose("one"), "nobody's");
	secret("u1", "one", NOW);
	SAME(whose("one"), "u1 PROVISIONED one");
	CU_ASSERT_TRUE(stored("u1").claimed);
	CU_ASSERT_FALSE(stored("u2").claimed);
	CU_ASSERT_EQUAL(stored("u1").overlap_until, 0);
	CU_ASSERT_NOT_EQUAL(mysql_query(side(), "UPDATE assets SET"
	    " secret_hash = (SELECT h FROM (SELECT secret_hash AS h"
	    " FROM assets WHERE user_id = 'u1') t) WHERE user_id = 'u2'"), 0);
}

static void
the_one_before_is_known_with_its_end(void)
{
	give("u1");
	secret("u1", "one", NOW);
	secret("u1", "two", LATER);
	SAME(whose("one"), "u1 PROVISIONED two, old until 50");
	SAME(whose("two"), "u1 PROVISIONED two");
	CU_ASSERT_EQUAL(stored("u1").overlap_until, LATER);
	secret("u1", "three", LATER + 1);
	SAME(whose("one"), "nobody's");
	SAME(whose("two"), "u1 PROVISIONED three, old until 51");
}

static void
an_asset_that_is_claimed_no_more_has_only_an_old_secret(void)
{
	give("u1");
	secret("u1", "one", NOW);
	save("u1", ASSET_IS_PENDING, false, LATER);
	SAME(whose("one"), "u1 PENDING , old until 50");
	CU_ASSERT_FALSE(stored("u1").claimed);
	CU_ASSERT_EQUAL(stored("u1").overlap_until, 0);
	/* Written again it stays as it was; a new claim does not revive it. */
	save("u1", ASSET_IS_PENDING, false, LATER + 7);
	SAME(whose("one"), "u1 PENDING , old until 50");
	secret("u1", "two", LATER + 9);
	SAME(whose("one"), "u1 PROVISIONED two, old until 50");
	SAME(whose("two"), "u1 PROVISIONED two");
}

static void
an_asset_that_is_lost_keeps_its_secret(void)
{
	give("u1");
	secret("u1", "one", NOW);
	save("u1", ASSET_IS_REVOKED, true, LATER);
	SAME(whose("one"), "u1 REVOKED one");
	save("u1", ASSET_IS_PROVISIONED, true, LATER);
	SAME(whose("one"), "u1 PROVISIONED one");
}

static void
another_sellers_secret_is_nobodys(void)
{
	give("u1");
	secret("u1", "one", NOW);
	tell("UPDATE assets SET seller_id = %d", SELLER + 1);
	SAME(whose("one"), "nobody's");
}

CU_TestInfo secrets_tests[] = {
	{ "a secret has one owner", a_secret_has_one_owner },
	{ "the one before is known with its end",
	    the_one_before_is_known_with_its_end },
	{ "an asset that is claimed no more has only an old secret",
	    an_asset_that_is_claimed_no_more_has_only_an_old_secret },
	{ "an asset that is lost keeps its secret",
	    an_asset_that_is_lost_keeps_its_secret },
	{ "another seller's secret is nobody's",
	    another_sellers_secret_is_nobodys },
	CU_TEST_INFO_NULL
};
