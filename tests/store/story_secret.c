/*
 * A claim, a rotation, and what is taken from a limit.
 */
#include "base/text.h"
#include "store/idempotency.h"
#include "store/store.h"
#include "store/story.h"
#include "store/things.h"
#include "store/usage_store.h"

enum { TILL = T0 + 1000, MOST = 100 };

static struct digest
secret_number(int n)
{
	return secret_sha256(arena_text(store_arena(), "secret %d", n));
}

/* Did a run whose end was not heard make this secret? */
static enum rc
made_before(struct db *db, const struct digest *hash, bool *made,
    struct err *e)
{
	const struct digest	 hashes[2] = { *hash, *hash };
	struct secret_owner	 owner;

	return asset_by_secret(db, SELLER, hashes, store_arena(), &owner,
	    made, e);
}

static enum rc
secret_new(struct db *db, const struct story *t, int number, struct err *e)
{
	struct asset_step	 step = an_asset(DO_CHANGE, STR("api_key"),
				    ASSET_IS_PROVISIONED, true);
	struct digest		 hash = secret_number(number);
	struct world		 w;
	bool			 made = false;

	TRY(user_lock(db, SELLER, str_of(t->user), CHAIN, T0, e));
	TRY(made_before(db, &hash, &made, e));
	if (made)
		return RC_OK;
	TRY(world_read(db, SELLER, str_of(t->user), store_arena(), &w, e));
	step.after.claimed = true;
	TRY(assets_save(db, SELLER, w.user.user, &step, 1, T0, e));
	TRY(asset_secret(db, SELLER, w.user.user, STR("api_key"), &hash,
	    STR("pk_...1234"), TILL, e));
	return story_close(db, &w.user, e);
}

enum rc
story_claim(struct db *db, void *arg, struct err *e)
{
	return secret_new(db, arg, 1, e);
}

enum rc
story_rotate(struct db *db, void *arg, struct err *e)
{
	return secret_new(db, arg, 2, e);
}

int
story_secret_state(const struct story *t)
{
	static const struct {
		int64_t	 parts;
		int	 state;
	} whole[] = {
		{ 222400,	2 },
		{ 333611,	3 },
		{ 444821,	4 },
	};
	const char	*one = text_hex(store_arena(),
			    secret_number(1).byte, 32).at;
	const char	*other = text_hex(store_arena(),
			    secret_number(2).byte, 32).at;
	int64_t		 parts;

	/* Version, highest record, records, notices, secrets, provisioned. */
	parts = ask("SELECT u.ver * 100000"
	    " + (SELECT MAX(n) FROM audit WHERE user_id = u.user_id) * 10000"
	    " + (SELECT COUNT(*) FROM audit WHERE user_id = u.user_id) * 1000"
	    " + (SELECT COUNT(*) FROM outbox WHERE user_id = u.user_id) * 100"
	    " + (SELECT (COALESCE(secret_hash = UNHEX('%s'), 0)"
	    "     + 2 * COALESCE(secret_hash = UNHEX('%s')"
	    "     AND old_hash = UNHEX('%s'), 0)) * 10"
	    "     + (status = 'PROVISIONED') FROM assets"
	    "     WHERE user_id = u.user_id AND slot = 'api_key')"
	    " FROM users u WHERE u.user_id = '%s'", one, other, one, t->user);
	for (size_t i = 0; i < COUNT(whole); i++)
		if (whole[i].parts == parts)
			return whole[i].state;
	printf("\nparts of the secret: %06lld", (long long)parts);
	return -1;
}

/* --- limits ------------------------------------------------------------ */

static enum rc
take(struct db *db, const struct story *t, struct str hold, struct err *e)
{
	struct taking	 some = {
		.at = { SELLER, str_of(t->user), STR("api"), TILL },
		.amount = 10, .most = MOST, .now = T0, .hold = hold,
		.expires_at = TILL,
	};
	struct idem	 answer = {
		.principal = STR("seller"), .route = STR("POST usage"),
		.key = STR("once"), .status = 200, .answer = STR("{}"),
		.gap = -1,
	}, stored;
	bool		 found = false;

	TRY(idem_find(db, SELLER, &answer, store_arena(), &stored, &found,
	    e));
	if (found)
		return RC_OK;
	TRY(usage_take(db, &some, store_arena(), e));
	return idem_store(db, SELLER, &answer, T0, e);
}

enum rc
story_take(struct db *db, void *arg, struct err *e)
{
	return take(db, arg, STR_NONE, e);
}

enum rc
story_hold(struct db *db, void *arg, struct err *e)
{
	return take(db, arg, STR("hd_1"), e);
}

enum rc
story_confirm(struct db *db, void *arg, struct err *e)
{
	const struct story *t = arg;
	struct ending	 end = {
		.seller = SELLER, .user = str_of(t->user),
		.hold = STR("hd_1"), .how = HOLD_CONFIRM, .amount = 4,
		.now = T0,
	};

	TRY(usage_end_hold(db, &end, store_arena(), e));
	return end.outcome == HOLD_ENDED ? RC_OK : err_set(e,
	    RC_INVALID_TRANSITION, NULL, "the hold did not end");
}

/* Used, held, holds by state, answers: as decimal digits. */
static int64_t
usage_parts(const struct story *t)
{
	return ask("SELECT COALESCE((SELECT used * 10000 + held * 100"
	    " FROM counters WHERE user_id = '%s'), 0)"
	    " + (SELECT COALESCE(SUM(IF(state = 'open', 10, 20)),"
	    " 0) FROM holds WHERE user_id = '%s')"
	    " + (SELECT COUNT(*) FROM idempotency)", t->user, t->user);
}

int
story_take_state(const struct story *t)
{
	int64_t	 parts = usage_parts(t);

	if (parts == 0 || parts == 100001)
		return parts == 0 ? 0 : 1;
	printf("\nparts of what is taken: %06lld", (long long)parts);
	return -1;
}

int
story_hold_state(const struct story *t)
{
	int64_t	 parts = usage_parts(t);

	if (parts == 0 || parts == 1011)
		return parts == 0 ? 0 : 1;
	if (parts == 40021)
		return 2;
	printf("\nparts of what is held: %06lld", (long long)parts);
	return -1;
}
