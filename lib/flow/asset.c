/*
 * Claim, rotate, revoke: one transaction that settles the user and gives the
 * asset its secret.
 */
#include "base/guard.h"
#include "base/licence.h"
#include "base/limits.h"
#include "base/secret.h"
#include "flow/asset.h"
#include "flow/asset_secret.h"
#include "flow/repeat.h"
#include "flow/settle.h"
#include "flow/wake.h"
#include "store/tx.h"
#include "wire/answers.h"

struct doing {
	struct flow		*flow;
	struct str		 user, name;	/* the asset's id or slot */
	enum deed		 deed;
	struct idem		 idem;		/* key "": none was sent */
	struct seeds		 seeds;
	int			 runs;		/* of the body */

	/* Made at the first run that needs them, the same for all others. */
	struct secret		 secret;

	/* Made new by each run of the body. */
	struct settle		 settle;
	struct asset		 asset;		/* as it is afterwards */
	struct idem		 stored;
	bool			 replayed;
	bool			 was_done;	/* by an earlier run */
	struct str		 json;		/* without the secret */
	int64_t			 gap;		/* where it goes */
};

/* --- which asset ------------------------------------------------------- */

/* As the plan leaves it, or as it is stored when the user lost it. */
static enum rc
asset_find(struct doing *d, struct asset *out, struct err *e)
{
	const struct settle *s = &d->settle;
	const struct plan *plan = &s->plan;

	for (size_t i = 0; i < plan->asset_count; i++) {
		const struct asset *a = &plan->assets[i].after;

		if (str_eq(a->id, d->name) || str_eq(a->held.slot, d->name)) {
			*out = *a;
			return RC_OK;
		}
	}
	for (size_t i = 0; i < s->asset_count; i++) {
		const struct asset *a = &s->assets[i];

		if (str_eq(a->id, d->name) || str_eq(a->held.slot, d->name)) {
			*out = *a;
			return RC_OK;
		}
	}
	return err_set(e, RC_UNKNOWN_ASSET,
	    "GET /v1/users/{id}/assets lists them.",
	    "the user has no such asset");
}

static enum rc
check(const struct doing *d, const struct asset *a, struct err *e)
{
	switch (deed_check(a, d->deed)) {
	case DEED_MAY:
		break;
	case DEED_SHOWN:
		return err_set(e, RC_ALREADY_SHOWN,
		    "Rotate it, if the secret was lost.",
		    "this asset was claimed before");
	case DEED_UNCLAIMED:
		return err_set(e, RC_INVALID_TRANSITION, "Claim it first.",
		    "this asset has no secret yet");
	case DEED_SUSPENDED:
		return err_set(e, RC_INVALID_TRANSITION,
		    "It comes back with the payment.",
		    "this asset is suspended");
	case DEED_NOT_HELD:
		return err_set(e, RC_INVALID_TRANSITION,
		    "It comes back with a tier that carries it.",
		    "the user has lost this asset");
	case DEED_NO_SECRET:
		return err_set(e, RC_INVALID_TRANSITION,
		    "Only API keys and licence keys have one.",
		    "assets of this type have no secret");
	}
	return RC_OK;
}

/* --- the transaction --------------------------------------------------- */

/*
 * A run whose commit was in doubt may have been done after all: then the
 * secret, which nobody else can have made, has its owner.
 */
static enum rc
done_before(struct doing *d, struct err *e)
{
	struct flow *f = d->flow;
	struct secret_owner owner;
	struct digest hashes[2];
	bool found = false;

	d->was_done = false;
	if (d->runs++ == 0 || d->secret.text.len == 0)
		return RC_OK;
	hashes[0] = hashes[1] = d->secret.hash;
	TRY(asset_by_secret(f->db, f->seller, hashes, f->arena, &owner,
	    &found, e));
	d->was_done = found;
	return RC_OK;
}

static enum rc
look(struct doing *d, struct err *e)
{
	d->replayed = false;
	if (d->idem.key.len == 0)
		return RC_OK;
	TRY(repeat_find(d->flow, &d->idem, &d->stored, &d->replayed, e));
	if (d->replayed && !d->was_done && d->deed != DEED_REVOKE)
		return err_set(e, RC_ALREADY_SHOWN,
		    "Rotate it, if the secret was lost.",
		    "the secret was answered to this very request before");
	return RC_OK;
}

static enum rc
answer(struct doing *d, struct err *e)
{
	struct str head = STR_NONE;
	struct out o;

	out_init(&o, d->flow->arena, REPLY_BYTES_MAX);
	out_open(&o, '{');
	user_asset_write(&o, "asset", &d->asset);
	out_int(&o, "version", d->settle.world.user.ver);
	out_close(&o, '}');
	TRY(out_take(&o, "an answer", &head, e));
	d->json = head;
	d->gap = (int64_t)head.len - 1;
	return RC_OK;
}

static enum rc
keep(struct doing *d, struct err *e)
{
	struct flow *f = d->flow;

	if (d->idem.key.len == 0)
		return RC_OK;
	d->stored = d->idem;
	d->stored.status = d->deed == DEED_REVOKE ? 200 : 201;
	d->stored.answer = d->json;
	return idem_store(f->db, f->seller, &d->stored, f->now, e);
}

/* Written after the asset's row, which settle_write makes if need be. */
static enum rc
secret_write(struct doing *d, struct err *e)
{
	struct flow *f = d->flow;
	const struct asset *a = &d->asset;

	if (d->deed == DEED_REVOKE)
		return RC_OK;
	return asset_secret(f->db, f->seller, d->user, a->held.slot,
	    &d->secret.hash, d->secret.hint, a->overlap_until != 0 ?
	    a->overlap_until : f->now, e);
}

static enum rc
doing_body(struct db *db, void *arg, struct err *e)
{
	struct doing *d = arg;
	struct settle *s = &d->settle;
	struct cause cause = { .actor = d->flow->actor };
	struct asset before;

	(void)db;
	TRY(settle_lock(s, d->flow, &d->seeds, d->user, e));
	TRY(done_before(d, e));
	TRY(look(d, e));
	if (d->replayed && !d->was_done)
		return RC_OK;
	TRY(settle_work(s, e));
	TRY(asset_find(d, &before, e));
	d->asset = before;
	if (d->was_done)
		return answer(d, e);
	TRY(check(d, &before, e));
	if (d->deed != DEED_REVOKE && d->secret.text.len == 0)
		asset_secret_make(d->flow->arena, &before.held, &d->secret);
	cause.id = before.id;
	settle_deed(s, &before, d->deed, d->secret.hint);
	TRY(asset_find(d, &d->asset, e));
	TRY(settle_write(s, &cause, e));
	TRY(secret_write(d, e));
	TRY(answer(d, e));
	return keep(d, e);
}

static enum rc
run(struct doing *d, struct err *e)
{
	enum rc rc = tx_run(d->flow->db, doing_body, d, e);

	/* Another with this key was faster: now its answer is there. */
	if (rc == RC_DUPLICATE)
		rc = tx_run(d->flow->db, doing_body, d, e);
	if (rc == RC_DUPLICATE)
		return err_set(e, RC_IDEMPOTENCY_IN_PROGRESS,
		    "Send the same request again.",
		    "another request with this key is running");
	return rc;
}

/* The answer with the secret in it, which is nowhere else. */
static enum rc
reply(struct doing *d, struct deed_reply *out, struct err *e)
{
	struct out o;
	struct str members = STR_NONE;

	*out = (struct deed_reply){ d->json, false };
	if (d->replayed && !d->was_done) {
		*out = (struct deed_reply){ d->stored.answer, true };
		return RC_OK;
	}
	if (d->deed == DEED_REVOKE)
		return RC_OK;
	out_init(&o, d->flow->arena, REPLY_BYTES_MAX);
	out_open(&o, '{');
	out_text(&o, "secret", d->secret.text);
	out_close(&o, '}');
	TRY(out_take(&o, "an answer", &members, e));
	out->json = arena_text(d->flow->arena, "%.*s,%.*s", (int)d->gap,
	    d->json.at, STR_FMT(str_part(members, 1, members.len)));
	return RC_OK;
}

enum rc
flow_asset_deed(struct flow *f, const struct principal *who, struct str user,
    struct str asset, enum deed deed, struct str key, struct deed_reply *out,
    struct err *e)
{
	struct doing *d = arena_one(f->arena, struct doing);
	const struct str of[] = { user, asset };

	*d = (struct doing){
		.flow = f, .user = user, .name = asset, .deed = deed,
	};
	TRY(repeat_read(f, who, deed_names[deed], of, COUNT(of), key,
	    STR_NONE, &d->idem, e));
	seeds_make(f, &d->seeds);
	TRY(run(d, e));
	if (d->settle.changed || d->was_done)
		wake_user(f, user);
	return reply(d, out, e);
}
