/*
 * Merging facts into an object.  Each part is a join of its own (join.c), so
 * any order of the same facts ends in the same object.
 */
#include "base/guard.h"
#include "core/join.h"
#include "core/sum.h"

void
object_init(struct object *o, const struct object_key *key)
{
	*o = (struct object){ .key = *key };
}

/* --- who and when ------------------------------------------------------ */

static bool
join_mode(struct object *o, const struct fact *f)
{
	if (o->first_at == 0) {
		o->livemode = f->livemode;
		return true;
	}
	if (o->livemode == f->livemode || (o->torn && !o->livemode))
		return false;
	o->livemode = false;
	o->torn = true;
	return true;
}

static bool
join_first(struct object *o, const struct fact *f)
{
	int64_t	 at = join_time(f);

	if (o->first_at != 0 && o->first_at <= at)
		return false;
	o->first_at = at;
	return true;
}

static bool
join_user(struct object *o, const struct fact *f, struct arena *a)
{
	bool	 torn = o->torn;

	if (f->user.len == 0 || str_eq(f->user, o->user))
		return false;
	o->torn = torn || o->user.len > 0;
	if (o->user.len > 0 && str_cmp(o->user, f->user) < 0)
		return o->torn != torn;
	o->user = arena_keep(a, f->user);
	return true;
}

static struct terms
terms_keep(const struct terms *t, struct arena *a)
{
	struct terms	 own = *t;
	struct str	*addons = arena_many(a, t->addon_count, struct str);

	for (size_t i = 0; i < t->addon_count; i++)
		addons[i] = arena_keep(a, t->addons[i]);
	own.addons = addons;
	own.session = arena_keep(a, t->session);
	own.user = arena_keep(a, t->user);
	own.tier = arena_keep(a, t->tier);
	own.currency = arena_keep(a, t->currency);
	own.price = arena_keep(a, t->price);
	return own;
}

/* Does the fact name a session more strongly than what is known? */
static bool
names_better(const struct object *o, const struct fact *f)
{
	if (o->session.len == 0)
		return true;
	if (f->named_by != o->named_by)
		return f->named_by > o->named_by;
	return str_cmp(f->session, o->session) > 0;
}

static bool
join_session(struct object *o, const struct fact *f, struct arena *a)
{
	bool	 moved = false;

	if (f->session.len == 0)
		return false;
	if (names_better(o, f)) {
		if (!str_eq(o->session, f->session)) {
			o->session = arena_keep(a, f->session);
			o->terms = (struct terms){ 0 };
		}
		o->named_by = f->named_by;
		moved = true;
	}
	if (o->terms.session.len == 0 &&
	    str_eq(f->terms.session, o->session)) {
		o->terms = terms_keep(&f->terms, a);
		moved = true;
	}
	return moved;
}

/* --- links ------------------------------------------------------------- */

static struct object_key
key_keep(const struct object_key *k, struct arena *a)
{
	return (struct object_key){
		.provider = arena_keep(a, k->provider),
		.account = arena_keep(a, k->account),
		.kind = k->kind,
		.ref = arena_keep(a, k->ref),
	};
}

/* Where the key stands in the links, or should stand; *there tells which. */
static size_t
link_place(const struct object *o, const struct object_key *k, bool *there)
{
	size_t	 i = 0;

	*there = false;
	while (i < o->link_count && object_key_cmp(&o->links[i], k) < 0)
		i++;
	*there = i < o->link_count && object_key_cmp(&o->links[i], k) == 0;
	return i;
}

static bool
link_new(const struct object *o, const struct object_key *k)
{
	bool	 there;

	link_place(o, k, &there);
	return !there && object_key_cmp(k, &o->key) != 0;
}

static void
link_add(struct object *o, const struct object_key *k, struct arena *a)
{
	bool			 there;
	size_t			 at = link_place(o, k, &there);
	struct object_key	*links;

	links = arena_many(a, o->link_count + 1, struct object_key);
	for (size_t i = 0; i < o->link_count; i++)
		links[i < at ? i : i + 1] = o->links[i];
	links[at] = key_keep(k, a);
	o->links = links;
	o->link_count++;
}

static bool
join_links(struct object *o, const struct fact *f, struct arena *a)
{
	bool	 moved = false;

	for (size_t i = 0; i < f->link_count; i++)
		if (link_new(o, &f->links[i])) {
			link_add(o, &f->links[i], a);
			moved = true;
		}
	return moved;
}

/* --- one fact ---------------------------------------------------------- */

/* Is there room for what the fact would add?  Nothing is written yet. */
static enum rc
room(const struct object *o, const struct fact *f, struct err *e)
{
	size_t	 fresh = 0;

	for (size_t i = 0; i < f->link_count; i++)
		fresh += link_new(o, &f->links[i]);
	if (o->link_count + fresh <= OBJECTS_MAX &&
	    (f->kind != FACT_REFUND || o->refund_count < OBJECTS_MAX) &&
	    (f->kind != FACT_DISPUTE || o->dispute_count < OBJECTS_MAX))
		return RC_OK;
	return err_set(e, RC_INVALID_VALUE,
	    "Look at the deliveries about it; no purchase has so many parts.",
	    "%.*s %.*s would have more than %d links, refunds or disputes",
	    STR_FMT(o->key.provider), STR_FMT(o->key.ref), OBJECTS_MAX);
}

/* What only this kind of fact says. */
static bool
join_kind(struct object *o, const struct fact *f, struct arena *a)
{
	switch (f->kind) {
	case FACT_SEEN:
		return false;
	case FACT_PAID:
		return join_paid(o, f, a);
	case FACT_STEP:
		return join_step(o, f);
	case FACT_CLOSED:
		return join_closed(o, f);
	case FACT_ITEMS:
		return join_items(o, f, a);
	case FACT_STATE:
		return join_state(o, f, a);
	case FACT_PERIOD:
		return join_period(o, f);
	case FACT_ENDED:
		return join_end(o, f->ended_at != 0 ? f->ended_at :
		    join_time(f));
	case FACT_REFUND:
		return join_refund(o, f, a);
	case FACT_REFUNDED:
		return join_refunded(o, f);
	case FACT_DISPUTE:
		return join_dispute(o, f, a);
	case FACT__COUNT:
		break;
	}
	must_stop("a fact of a known kind", __FILE__, __LINE__);
}

enum rc
object_merge(struct object *o, const struct fact *f, struct arena *a,
    bool *changed, struct err *e)
{
	bool	 moved;

	must(object_key_cmp(&o->key, &f->object) == 0);
	must(f->link_count <= LINKS_MAX && f->item_count <= ITEMS_MAX);
	must(f->named_by < NAMED_BY_IMAGINED);
	TRY(room(o, f, e));
	moved = join_mode(o, f);		/* before first_at: it asks */
	moved |= join_first(o, f);
	moved |= join_user(o, f, a);
	moved |= join_session(o, f, a);
	moved |= join_links(o, f, a);
	moved |= join_kind(o, f, a);
	*changed = moved;
	return RC_OK;
}

/* --- what it comes to -------------------------------------------------- */

/*
 * The sum that was last told, less what failed since.  A failure in the very
 * second of the sum counts as later: the sum is told when a refund begins.
 */
static int64_t
told_refunded(const struct object *o)
{
	int64_t	 sum = o->refunded;

	for (size_t i = 0; i < o->refund_count; i++) {
		const struct refund *r = &o->refunds[i];

		if ((r->state == REFUND_FAILED || r->state == REFUND_CANCELED)
		    && r->at >= o->refunded_at)
			sum = sum_add(sum, -r->amount);
	}
	return sum > 0 ? sum : 0;
}

/*
 * Sums hold the single refunds too, so the two are never added.  Whichever is
 * greater has heard more.
 */
int64_t
object_refunded(const struct object *o)
{
	int64_t	 told = told_refunded(o), counted = 0;

	for (size_t i = 0; i < o->refund_count; i++)
		if (o->refunds[i].state == REFUND_SUCCEEDED)
			counted = sum_add(counted, o->refunds[i].amount);
	return counted > told ? counted : told;
}

/* When the last reversal was told; 0 when there was none. */
static int64_t
reversed_at(const struct object *o)
{
	int64_t	 at = 0;

	for (size_t i = 0; i < o->dispute_count; i++)
		if (o->disputes[i].state == DISPUTE_REVERSAL &&
		    o->disputes[i].at > at)
			at = o->disputes[i].at;
	return at;
}

/* A new dispute after a reversal is one more quarrel, and counts. */
enum dispute_state
object_dispute(const struct object *o)
{
	int64_t			 reversed = reversed_at(o);
	enum dispute_state	 worst = DISPUTE__COUNT;

	for (size_t i = 0; i < o->dispute_count; i++) {
		enum dispute_state s = o->disputes[i].state;

		if (s != DISPUTE_WON && o->disputes[i].at > reversed &&
		    (worst == DISPUTE__COUNT || s > worst))
			worst = s;
	}
	return worst;
}
