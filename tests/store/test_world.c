/*
 * All of one user, written piece by piece and read in one statement.
 */
#include "store/store.h"
#include "store/things.h"
#include "store/tx.h"

static struct world
world_of(struct str user)
{
	struct err	 e = { .what = "" };
	struct world	 w = { .user.ver = -1 };

	OK(world_read(store_db(), SELLER, user, store_arena(), &w, &e));
	return w;
}

static void
nobody_has_no_row_and_reading_makes_none(void)
{
	struct world	 w = world_of(STR("ghost"));

	CU_ASSERT_FALSE(w.user.exists);
	SAME(w.user.user, "ghost");
	CU_ASSERT_FALSE(w.has_session);
	CU_ASSERT_EQUAL(w.object_count + w.asset_count + w.grant_count +
	    w.override_count, 0);
	CU_ASSERT_EQUAL(ask("SELECT COUNT(*) FROM users"), 0);
}

static void
a_new_user_is_at_version_zero_with_its_chain(void)
{
	struct err	 e = { .what = "" };
	static const struct digest zero;
	struct world	 w;

	OK(user_lock(store_db(), SELLER, STR("u1"), CHAIN, T0, &e));
	OK(user_lock(store_db(), SELLER, STR("u1"), STR("another chain id"),
	    T0 + 5, &e));
	w = world_of(STR("u1"));
	CU_ASSERT_TRUE(w.user.exists);
	CU_ASSERT_EQUAL(w.user.ver, 0);
	SAME_STR(w.user.chain_id, CHAIN);
	CU_ASSERT_TRUE(secret_same(&w.user.audit_hash, &zero));
	CU_ASSERT_EQUAL(w.user.holding.len, 0);
	CU_ASSERT_EQUAL(w.user.updated_at, T0);
	CU_ASSERT_EQUAL(ask("SELECT touched FROM users"), 1);
}

static struct user_row
closed_row(struct str document)
{
	return (struct user_row){
		.user = STR("u1"), .ver = 1, .due_at = T0 + 9,
		.matrix_version = 3, .follows_newest = true,
		.derived_under = 4, .updated_at = T0 + 1,
		.holding = STR("{\"tier\":\"pro\"}"),
		.document = document,
		.audit_hash = secret_sha256(STR("x")),
	};
}

static void
closing_keeps_every_part_of_the_row(void)
{
	struct err	 e = { .what = "" };
	char		*big = arena_take(store_arena(), 100000, 1);
	struct user_row	 row, got;

	memset(big, 'd', 100000);
	row = closed_row((struct str){ big, 100000 });
	OK(user_lock(store_db(), SELLER, STR("u1"), CHAIN, T0, &e));
	OK(user_close(store_db(), SELLER, &row, &e));
	OK(user_read(store_db(), SELLER, STR("u1"), store_arena(), &got, &e));
	CU_ASSERT_EQUAL(got.ver, 1);
	CU_ASSERT_EQUAL(got.due_at, T0 + 9);
	CU_ASSERT_EQUAL(got.matrix_version, 3);
	CU_ASSERT_TRUE(got.follows_newest);
	CU_ASSERT_EQUAL(got.derived_under, 4);
	CU_ASSERT_EQUAL(got.updated_at, T0 + 1);
	SAME(got.holding, "{\"tier\":\"pro\"}");
	CU_ASSERT_TRUE(str_eq(got.document, row.document));
	CU_ASSERT_TRUE(secret_same(&got.audit_hash, &row.audit_hash));
	row.due_at = 0;
	OK(user_close(store_db(), SELLER, &row, &e));
	OK(user_read(store_db(), SELLER, STR("u1"), store_arena(), &got, &e));
	CU_ASSERT_EQUAL(got.due_at, 0);
}

static void
a_version_may_stay_or_rise_by_one_and_nothing_else(void)
{
	struct err	 e = { .what = "" };
	struct user_row	 row = closed_row(STR("{}"));

	OK(user_lock(store_db(), SELLER, STR("u1"), CHAIN, T0, &e));
	OK(user_close(store_db(), SELLER, &row, &e));
	OK(user_close(store_db(), SELLER, &row, &e));
	row.ver = 3;
	CU_ASSERT_EQUAL(user_close(store_db(), SELLER, &row, &e), RC_BROKEN);
	row.ver = 0;
	CU_ASSERT_EQUAL(user_close(store_db(), SELLER, &row, &e), RC_BROKEN);
	CU_ASSERT_EQUAL(ask("SELECT ver FROM users"), 1);
}

static void
assets_are_added_changed_and_kept_with_their_secret(void)
{
	struct err	 e = { .what = "" };
	struct asset_step steps[] = {
		an_asset(DO_PROVISION, STR("zeta"), ASSET_IS_PENDING, false),
		an_asset(DO_KEEP, STR("kept"), ASSET_IS_PENDING, false),
		an_asset(DO_PROVISION, STR("alpha"), ASSET_IS_PROVISIONED,
		    false),
		an_asset(DO_PROVISION, STR("s3"), ASSET_IS_PENDING, false),
		an_asset(DO_PROVISION, STR("s4"), ASSET_IS_PENDING, false),
		an_asset(DO_PROVISION, STR("s5"), ASSET_IS_PENDING, false),
	};
	struct str	 id = asset_id_of(store_arena(), SELLER, STR("u1"),
			    STR("alpha"));
	struct world	 w;

	OK(assets_save(store_db(), SELLER, STR("u1"), steps, COUNT(steps), T0,
	    &e));
	w = world_of(STR("u1"));
	CU_ASSERT_EQUAL_FATAL(w.asset_count, 5);
	SAME(w.assets[0].held.slot, "alpha");
	SAME(w.assets[4].held.slot, "zeta");
	SAME_STR(w.assets[0].id, id);
	CU_ASSERT_EQUAL(w.assets[0].state, ASSET_IS_PROVISIONED);
	CU_ASSERT_TRUE(w.assets[0].stored);
	CU_ASSERT_FALSE(w.assets[0].claimed);
	CU_ASSERT_EQUAL(w.assets[0].held.count, 7);
	SAME(w.assets[0].held.source.cause, "stripe/payment/pi_1");

	tell("UPDATE assets SET secret_hash = REPEAT('s', 32),"
	    " hint = 'pk_...1' WHERE slot = 'alpha'");
	steps[2] = an_asset(DO_REVOKE, STR("alpha"), ASSET_IS_REVOKED, true);
	steps[2].after.claimed = true;
	OK(assets_save(store_db(), SELLER, STR("u1"), &steps[2], 1, T0, &e));
	w = world_of(STR("u1"));
	CU_ASSERT_EQUAL(w.assets[0].state, ASSET_IS_REVOKED);
	CU_ASSERT_TRUE(w.assets[0].claimed);
	SAME(w.assets[0].hint, "pk_...1");
	SAME_STR(w.assets[0].id, id);
}

static void
an_asset_id_is_a_function_of_user_and_slot(void)
{
	struct arena	*a = store_arena();
	struct str	 one = asset_id_of(a, 1, STR("u1"), STR("key"));

	CU_ASSERT_EQUAL(one.len, 35);
	CU_ASSERT_TRUE(str_starts(one, STR("as_")));
	SAME_STR(asset_id_of(a, 1, STR("u1"), STR("key")), one);
	CU_ASSERT_FALSE(str_eq(asset_id_of(a, 2, STR("u1"), STR("key")), one));
	CU_ASSERT_FALSE(str_eq(asset_id_of(a, 1, STR("u1k"), STR("ey")), one));
}

static size_t
live_grants(const struct world *w)
{
	size_t n = 0;

	for (size_t i = 0; i < w->grant_count; i++)
		n += w->grants[i].live;
	return n;
}

static struct world
grants_become(const struct grant_row *want, size_t count)
{
	struct err	 e = { .what = "" };
	struct world	 w = world_of(STR("u1"));

	OK(grants_save(store_db(), SELLER, STR("u1"), w.grants,
	    w.grant_count, want, count, T0, &e));
	return world_of(STR("u1"));
}

static void
grants_become_what_is_wanted(void)
{
	struct grant_row want[] = {
		a_grant(STR("pi_1"), STR(""), STR("evt_1")),
		a_grant(STR("pi_1"), STR("a"), STR("evt_1")),
		a_grant(STR("pi_1"), STR("b"), STR("evt_1")),
		a_grant(STR("pi_2"), STR(""), STR("evt_2")),
		a_grant(STR("pi_2"), STR("a"), STR("evt_2")),
		{ .live = true, .cause_override = STR("ov_1") },
	};
	struct world	 w = grants_become(want, COUNT(want));

	CU_ASSERT_EQUAL(w.grant_count, 6);
	CU_ASSERT_EQUAL(live_grants(&w), 6);
	w = grants_become(want, COUNT(want));		/* nothing to do */
	CU_ASSERT_EQUAL(live_grants(&w), 6);
	w = grants_become(want, 2);
	CU_ASSERT_EQUAL(w.grant_count, 6);
	CU_ASSERT_EQUAL(live_grants(&w), 2);
	CU_ASSERT_EQUAL(ask("SELECT COUNT(*) FROM grants"
	    " WHERE ended_at = %d", T0), 4);
	want[2].cause_event = STR("evt_9");
	w = grants_become(want, 3);			/* one comes back */
	CU_ASSERT_EQUAL(live_grants(&w), 3);
	CU_ASSERT_EQUAL(ask("SELECT COUNT(*) FROM grants"
	    " WHERE cause_event = 'evt_9' AND live = 1"), 1);
	w = grants_become(NULL, 0);
	CU_ASSERT_EQUAL(live_grants(&w), 0);
}

static void
a_grant_reads_as_it_was_written(void)
{
	const struct grant_row want[] = {
		a_grant(STR("pi_1"), STR("slot"), STR("evt_1")),
	};
	struct world	 w = grants_become(want, 1);

	CU_ASSERT_EQUAL_FATAL(w.grant_count, 1);
	CU_ASSERT_EQUAL(object_key_cmp(&w.grants[0].key, &want[0].key), 0);
	SAME(w.grants[0].slot, "slot");
	SAME(w.grants[0].cause_event, "evt_1");
	CU_ASSERT_EQUAL(w.grants[0].cause_override.len, 0);
	CU_ASSERT_TRUE(w.grants[0].stored);
}

static void
overrides_in_force_are_read(void)
{
	struct world	 w;

	tell("INSERT INTO overrides VALUES (1, 'u1', 'ov_1', 'set_limit',"
	    " 'api', 0, 500, 7, NULL, 'why', 'op', 1, NULL),"
	    " (1, 'u1', 'ov_2', 'grant_tier', 'pro', 1, 0, NULL, 9, 'why',"
	    " 'op', 1, 2), (1, 'u2', 'ov_1', 'grant_tier', 'pro', 1, 0,"
	    " NULL, 9, 'why', 'op', 1, NULL)");
	w = world_of(STR("u1"));
	CU_ASSERT_EQUAL_FATAL(w.override_count, 1);
	SAME(w.overrides[0].id, "ov_1");
	CU_ASSERT_EQUAL(w.overrides[0].kind, OVERRIDE_SET_LIMIT);
	SAME(w.overrides[0].name, "api");
	CU_ASSERT_FALSE(w.overrides[0].quota.unlimited);
	CU_ASSERT_EQUAL(w.overrides[0].quota.max, 500);
	CU_ASSERT_EQUAL(w.overrides[0].from, 7);
	CU_ASSERT_EQUAL(w.overrides[0].until, 0);
}

static void
objects_come_in_the_order_of_their_keys(void)
{
	static const char *const refs[] = { "pi_3", "pi_1", "pi_2" };
	struct err	 e = { .what = "" };
	struct world	 w;

	for (size_t i = 0; i < COUNT(refs); i++) {
		struct object_row row = { .user = STR("u1") };
		struct object_key key = a_payment(str_of(refs[i]));

		object_init(&row.object, &key);
		row.object.amount = 2900;
		OK(object_lock(store_db(), SELLER, &key, STR("evt"), T0, &e));
		OK(object_save(store_db(), SELLER, &row, &e));
	}
	w = world_of(STR("u1"));
	CU_ASSERT_EQUAL_FATAL(w.object_count, 3);
	SAME(w.objects[0].object.key.ref, "pi_1");
	SAME(w.objects[2].object.key.ref, "pi_3");
	SAME(w.objects[0].user, "u1");
	SAME(w.objects[0].first_event, "evt");
	CU_ASSERT_EQUAL(w.objects[0].first_seen, T0);
	CU_ASSERT_EQUAL(w.objects[0].object.amount, 2900);
}

static void
only_the_open_session_is_part_of_the_world(void)
{
	struct err	 e = { .what = "" };
	struct session	 s = a_session(STR("us_1"), STR("u1"));
	struct world	 w;

	OK(session_insert(store_db(), SELLER, &s, &e));
	w = world_of(STR("u1"));
	CU_ASSERT_TRUE_FATAL(w.has_session);
	SAME(w.session.id, "us_1");
	SAME(w.session.terms.user, "u1");
	SAME(w.session.terms.session, "us_1");
	s.state = SESSION_COMPLETED;
	s.ended_at = T0 + 2;
	s.version = 2;
	OK(session_move(store_db(), SELLER, &s, &e));
	CU_ASSERT_FALSE(world_of(STR("u1")).has_session);
}

/* Who is due at that time, under that newest matrix with these switches. */
static enum rc
due_of(int64_t now, int64_t newest, int64_t switched, size_t max,
    struct str **due, size_t *count, struct err *e)
{
	const struct matrix	 m = { .version = newest };
	const struct edition	 edition = { .version = newest, .matrix = &m };
	const struct catalog	 c = {
		.editions = &edition, .count = 1, .switched = switched,
	};

	return users_due(store_db(), SELLER, now, &c, max, store_arena(), due,
	    count, e);
}

static void
users_are_due_by_time_or_by_matrix(void)
{
	struct err	 e = { .what = "" };
	struct str	*due = NULL;
	size_t		 count = 0;
	static const char row[] = "INSERT INTO users (seller_id, user_id,"
			    " touched, ver, due_at, matrix_version,"
			    " derived_under, follows_newest, updated_at,"
			    " holding, document, chain_id, audit_hash,"
			    " outbox_pruned_to) VALUES (1, '%s', 0, 1, %s, 1,"
			    " %d, %d, 0, '', '', REPEAT('c', 16),"
			    " REPEAT('h', 32), 0)";

	tell(row, "late", "100", 5, 0);
	tell(row, "later", "300", 5, 0);
	tell(row, "never", "NULL", 5, 0);
	tell(row, "follower", "NULL", 4, 1);
	tell(row, "both", "50", 3, 1);
	tell(row, "pinned", "NULL", 2, 0);
	tell(row, "pinned before", "NULL", 1, 0);
	tell(row, "empty", "NULL", 0, 0);
	OK(due_of(100, 5, 1, 10, &due, &count, &e));
	CU_ASSERT_EQUAL(count, 3);
	OK(due_of(100, 5, 1, 2, &due, &count, &e));
	CU_ASSERT_EQUAL(count, 2);
	OK(due_of(10, 1, 1, 10, &due, &count, &e));
	CU_ASSERT_EQUAL(count, 0);
	/* Something was switched by version 2. */
	OK(due_of(10, 2, 2, 10, &due, &count, &e));
	CU_ASSERT_EQUAL_FATAL(count, 1);
	SAME(due[0], "pinned before");
}

CU_TestInfo world_tests[] = {
	{ "nobody has no row and reading makes none",
	    nobody_has_no_row_and_reading_makes_none },
	{ "a new user is at version zero with its chain",
	    a_new_user_is_at_version_zero_with_its_chain },
	{ "closing keeps every part of the row",
	    closing_keeps_every_part_of_the_row },
	{ "a version may stay or rise by one and nothing else",
	    a_version_may_stay_or_rise_by_one_and_nothing_else },
	{ "assets are added, changed and kept with their secret",
	    assets_are_added_changed_and_kept_with_their_secret },
	{ "an asset id is a function of user and slot",
	    an_asset_id_is_a_function_of_user_and_slot },
	{ "grants become what is wanted", grants_become_what_is_wanted },
	{ "a grant reads as it was written", a_grant_reads_as_it_was_written },
	{ "overrides in force are read", overrides_in_force_are_read },
	{ "objects come in the order of their keys",
	    objects_come_in_the_order_of_their_keys },
	{ "only the open session is part of the world",
	    only_the_open_session_is_part_of_the_world },
	{ "users are due by time or by matrix",
	    users_are_due_by_time_or_by_matrix },
	CU_TEST_INFO_NULL
};
