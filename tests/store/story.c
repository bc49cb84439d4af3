/*
 * A start and its payment, or its checkout.
 */
#include "flow/lease.h"
#include "store/idempotency.h"
#include "store/store.h"
#include "store/story.h"
#include "store/things.h"

enum rc
story_close(struct db *db, struct user_row *u, struct err *e)
{
	struct notice	 notices[] = {
		{ STR_NONE, STR("rung.upgrade"), STR("{}") },
		{ STR_NONE, STR("rung.entitlement"), STR("{}") },
	};
	struct record	 r;

	u->ver++;
	for (size_t i = 0; i < COUNT(notices); i++)
		notices[i].event_id = arena_text(store_arena(),
		    "ev_%.*s_%lld_%zu", STR_FMT(u->user), (long long)u->ver,
		    i);
	u->holding = u->document = STR("{}");
	r = a_record(u->ver);
	TRY(audit_append(db, SELLER, u, &r, &u->audit_hash, e));
	TRY(outbox_append(db, SELLER, u->user, u->ver, r.at, notices,
	    COUNT(notices), e));
	return user_close(db, SELLER, u, e);
}

#define ADDRESS	"u1@shop.example"

static struct intent
an_intent(const struct story *t)
{
	return (struct intent){
		.session = str_of(t->session),
		.subject.provider = STR("stripe"),
		.email = STR(ADDRESS), .email_until = T0 + 9,
	};
}

enum rc
story_start(struct db *db, void *arg, struct err *e)
{
	struct story	*t = arg;
	struct arena	*a = store_arena();
	struct session	 s = a_session(str_of(t->session), str_of(t->user));
	struct claim	 claim = {
		.key = a_payment(str_of(t->payment)), .session = s.id,
		.user = s.terms.user,
	};
	struct idem	 answer = {
		.principal = STR("seller"), .route = STR("POST /v1/upgrades"),
		.key = s.id, .status = 201, .answer = STR("{}"), .gap = -1,
	}, stored;
	struct intent	 intent = an_intent(t);
	struct world	 w;
	bool		 found;

	t->runs++;
	TRY(user_lock(db, SELLER, s.terms.user, CHAIN, T0, e));
	TRY(idem_find(db, SELLER, &answer, a, &stored, &found, e));
	if (found)
		return RC_OK;
	TRY(world_read(db, SELLER, s.terms.user, a, &w, e));
	if (w.has_session)
		return err_set(e, RC_UPGRADE_IN_PROGRESS, NULL, "one is open");
	TRY(session_insert(db, SELLER, &s, e));
	TRY(claim_add(db, SELLER, &claim, T0, e));
	TRY(story_close(db, &w.user, e));
	TRY(intent_lock(db, SELLER, &intent, T0, e));
	return idem_store(db, SELLER, &answer, T0, e);
}

static enum rc
object_paid(struct db *db, const struct story *t, struct err *e)
{
	struct object_key key = a_payment(str_of(t->payment));
	struct fact	 paid = {
		.kind = FACT_PAID, .object = key, .at = T0, .amount = 2900,
		.currency = STR("eur"), .user = str_of(t->user),
	};
	struct object_row row = { 0 };
	bool		 changed;

	TRY(object_lock(db, SELLER, &key, str_of(t->event), T0, e));
	TRY(object_load(db, SELLER, &key, store_arena(), &row, e));
	TRY(object_merge(&row.object, &paid, store_arena(), &changed, e));
	row.user = str_of(t->user);
	return object_save(db, SELLER, &row, e);
}

static enum rc
holding_paid(struct db *db, const struct story *t, struct world *w,
    struct err *e)
{
	const struct grant_row want[] = {
		a_grant(str_of(t->payment), STR(""), str_of(t->event)),
		a_grant(str_of(t->payment), STR("api_key"), str_of(t->event)),
	};
	const struct asset_step assets[] = {
		an_asset(DO_PROVISION, STR("api_key"), ASSET_IS_PENDING,
		    false),
		an_asset(DO_PROVISION, STR("storage"), ASSET_IS_PROVISIONED,
		    false),
	};

	TRY(grants_save(db, SELLER, w->user.user, w->grants, w->grant_count,
	    want, COUNT(want), T0, e));
	if (w->has_session) {
		w->session.state = SESSION_COMPLETED;
		w->session.payment = PAYMENT_PAID;
		w->session.ended_at = T0 + 5;
		w->session.version++;
		TRY(session_move(db, SELLER, &w->session, e));
	}
	return assets_save(db, SELLER, w->user.user, assets, COUNT(assets),
	    T0, e);
}

enum rc
story_paid(struct db *db, void *arg, struct err *e)
{
	struct story	*t = arg;
	struct delivery	 d = a_delivery(str_of(t->event), STR("{\"paid\":1}"));
	struct world	 w;

	t->runs++;
	TRY(inbox_claim(db, SELLER, &d, &t->same, e));
	TRY(object_paid(db, t, e));
	TRY(user_lock(db, SELLER, str_of(t->user), CHAIN, T0, e));
	TRY(world_read(db, SELLER, str_of(t->user), store_arena(), &w, e));
	TRY(holding_paid(db, t, &w, e));
	return story_close(db, &w.user, e);
}

/* --- the checkout ------------------------------------------------------ */

enum rc
story_leased(struct db *db, void *arg, struct err *e)
{
	struct story	*t = arg;
	struct flow	 f = {
		.db = db, .seller = SELLER, .arena = store_arena(), .now = T0,
	};
	struct intent	 first = an_intent(t), intent;
	enum lease_end	 end;

	t->runs++;
	return lease_take(&f, &first, STR("ls_1"), false, &intent, &end, e);
}

/* The checkout is seen, and named as ours. */
static enum rc
checkout_seen(struct db *db, const struct story *t,
    const struct object_key *key, struct err *e)
{
	struct session	 s = a_session(str_of(t->session), str_of(t->user));
	struct fact	 seen = {
		.kind = FACT_SEEN, .object = *key, .at = T0,
		.session = s.id, .named_by = NAMED_BY_OURS, .terms = s.terms,
	};
	struct object_row row = { 0 };
	bool		 changed;

	TRY(object_lock(db, SELLER, key, STR_NONE, T0, e));
	TRY(object_load(db, SELLER, key, store_arena(), &row, e));
	TRY(object_merge(&row.object, &seen, store_arena(), &changed, e));
	return object_save(db, SELLER, &row, e);
}

enum rc
story_made(struct db *db, void *arg, struct err *e)
{
	struct story	*t = arg;
	struct object_key key = {
		.provider = STR("stripe"), .kind = OBJECT_CHECKOUT,
		.ref = STR("cs_1"),
	};
	struct intent	 first = an_intent(t), i;
	struct world	 w;
	bool		 found;

	t->runs++;
	TRY(checkout_seen(db, t, &key, e));
	TRY(user_lock(db, SELLER, str_of(t->user), CHAIN, T0, e));
	TRY(world_read(db, SELLER, str_of(t->user), store_arena(), &w, e));
	TRY(intent_lock(db, SELLER, &first, T0, e));
	TRY(intent_read(db, SELLER, first.session, STR("stripe"),
	    store_arena(), &i, &found, e));
	i.state = INTENT_OPEN;
	i.lease_until = 0;
	i.url = STR("https://checkout.example/c/1");
	i.made = key;
	i.opened_at = T0;
	return intent_save(db, SELLER, &i, e);
}

enum rc
story_forgotten(struct db *db, void *arg, struct err *e)
{
	struct story		*t = arg;
	struct opened_row	*rows = NULL;
	size_t			 count = 0;
	int64_t			 gone = 0;

	t->runs++;
	TRY(intents_of_email(db, SELLER, STR(ADDRESS), 9, store_arena(),
	    &rows, &count, e));
	TRY(intents_forget(db, SELLER, T0 + 9, 9, &gone, e));
	if ((size_t)gone != count)
		return err_set(e, RC_BROKEN, NULL, "another was forgotten");
	return RC_OK;
}

enum rc
story_cancelled(struct db *db, void *arg, struct err *e)
{
	struct story	*t = arg;
	struct world	 w;

	t->runs++;
	TRY(user_lock(db, SELLER, str_of(t->user), CHAIN, T0, e));
	TRY(world_read(db, SELLER, str_of(t->user), store_arena(), &w, e));
	if (!w.has_session)
		return RC_OK;
	w.session.state = SESSION_CANCELLED;
	w.session.reason = BECAUSE_CANCELLED_BY_USER;
	w.session.ended_at = T0 + 5;
	w.session.version++;
	TRY(session_move(db, SELLER, &w.session, e));
	TRY(intent_close_want(db, SELLER, w.session.id, T0 + 5, e));
	return story_close(db, &w.user, e);
}

/* All parts at once, as decimal digits; one of these is whole. */
int
story_state(const struct story *t)
{
	static const struct {
		int64_t	 parts;
		int	 state;
	} whole[] = {
		/* In the order of the digits below. */
		{ 0,		0 },
		{ 10000112101000, 1 },
		{ 10000224011122, 2 },
		{ 10001112101000, 3 },
		{ 110110112101000, 4 },
		{ 111110224001000, 5 },
		{ 100110112101000, 6 },
	};
	int64_t		 parts;

	parts = ask("SELECT COALESCE((SELECT ver FROM users"
	    " WHERE user_id = '%s'), 0) * 100000000"
	    " + (SELECT COUNT(*) FROM audit WHERE user_id = '%s') * 10000000"
	    " + (SELECT COUNT(*) FROM outbox WHERE user_id = '%s') * 1000000"
	    " + (SELECT COUNT(*) FROM sessions WHERE open_slot = '%s')"
	    "    * 100000"
	    " + (SELECT COUNT(*) FROM sessions WHERE user_id = '%s'"
	    "    AND status = 'completed') * 10000"
	    " + (SELECT COUNT(*) FROM idempotency WHERE idem_key = '%s') * 1000"
	    " + (SELECT COUNT(*) FROM inbox WHERE event_id = '%s') * 100"
	    " + (SELECT COUNT(*) FROM grants WHERE user_id = '%s' AND live) * 10"
	    " + (SELECT COUNT(*) FROM assets WHERE user_id = '%s')"
	    " + (SELECT COUNT(*) FROM intents WHERE session_id = '%s'"
	    "    AND lease_until > 0) * 1000000000"
	    " + (SELECT COUNT(*) FROM intents WHERE session_id = '%s'"
	    "    AND state = 'open' AND url <> '') * 10000000000"
	    " + (SELECT COUNT(*) FROM objects WHERE ref = 'cs_1'"
	    "    AND facts <> '') * 100000000000"
	    " + (SELECT COUNT(*) FROM intents WHERE session_id = '%s'"
	    "    AND close_at > 0) * 1000000000000"
	    " + (SELECT COUNT(*) FROM intents WHERE session_id = '%s'"
	    "    AND email = '" ADDRESS "' AND email_until > 0)"
	    "    * 10000000000000"
	    " + (SELECT COUNT(*) FROM intents WHERE session_id = '%s'"
	    "    AND opened_at > 0) * 100000000000000",
	    t->user, t->user, t->user, t->user, t->user, t->session,
	    t->event, t->user, t->user, t->session, t->session, t->session,
	    t->session, t->session);
	for (size_t i = 0; i < COUNT(whole); i++)
		if (whole[i].parts == parts)
			return whole[i].state;
	printf("\nparts of the story: %015lld", (long long)parts);
	return -1;
}
