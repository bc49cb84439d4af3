/*
 * Written from the invariants and the design, with loops over facts.
 */
#include <stdio.h>

#include "unit/core/checker.h"
#include "unit/core/shop.h"

static bool
about(const struct fact *f, enum object_kind kind, const char *ref)
{
	return f->object.kind == kind && str_eq(f->object.ref, str_of(ref));
}

/* --- PAY-1: no cause, no grant ----------------------------------------- */

static bool
heard_of(const struct heard *h, struct str cause)
{
	char	 name[200];

	for (size_t i = 0; i < h->count; i++) {
		const struct object_key *k = &h->facts[i]->object;
		int	 len = snprintf(name, sizeof(name), "%.*s/%s/%.*s",
			    STR_FMT(k->provider), object_kind_names[k->kind],
			    STR_FMT(k->ref));

		if (cause.len == (size_t)len &&
		    memcmp(cause.at, name, (size_t)len) == 0)
			return true;
	}
	return false;
}

static bool
caused(const struct heard *h, const struct source *s)
{
	if (s->reason == REASON_DEFAULT_TIER)
		return s->cause.len == 0 && str_eq(s->tier, STR("free"));
	return s->tier.len > 0 && heard_of(h, s->cause);
}

static bool
all_caused(const struct heard *h, const struct holding *got)
{
	for (size_t i = 0; i < got->capability_count; i++)
		if (!caused(h, &got->capabilities[i].source))
			return false;
	for (size_t i = 0; i < got->limit_count; i++)
		if (!caused(h, &got->limits[i].source))
			return false;
	for (size_t i = 0; i < got->asset_count; i++)
		if (!caused(h, &got->assets[i].source))
			return false;
	return true;
}

/* --- PAY-2: one of each ------------------------------------------------ */

static bool
below(struct str a, struct str b)
{
	size_t	 n = a.len < b.len ? a.len : b.len;
	int	 order = memcmp(a.at, b.at, n);

	return order < 0 || (order == 0 && a.len < b.len);
}

static bool
one_of_each(const struct holding *got)
{
	for (size_t i = 1; i < got->capability_count; i++)
		if (!below(got->capabilities[i - 1].name,
		    got->capabilities[i].name))
			return false;
	for (size_t i = 1; i < got->limit_count; i++)
		if (!below(got->limits[i - 1].name, got->limits[i].name))
			return false;
	for (size_t i = 1; i < got->asset_count; i++)
		if (!below(got->assets[i - 1].slot, got->assets[i].slot))
			return false;
	return true;
}

/* --- PAY-6: nothing without money -------------------------------------- */

static bool
speaks_of_money(const struct fact *f)
{
	return f->kind == FACT_PAID || f->kind == FACT_PERIOD ||
	    (f->kind == FACT_STATE && (f->state == SUB_ACTIVE ||
	    f->state == SUB_TRIALING || f->state == SUB_PAST_DUE));
}

static bool
money_heard(const struct heard *h)
{
	for (size_t i = 0; i < h->count; i++)
		if (speaks_of_money(h->facts[i]))
			return true;
	return false;
}

/* --- PAY-7: nothing paid is forgotten ---------------------------------- */

static bool
remembered(const struct fact *f, const struct purchase *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < list[i].object_count; j++) {
			const struct object *o = list[i].objects[j];

			if (o->key.kind == f->object.kind &&
			    str_eq(o->key.ref, f->object.ref))
				return o->paid_at != 0 &&
				    o->paid_at <= f->at &&
				    list[i].paid_at != 0 &&
				    list[i].paid_at <= f->at;
		}
	return false;
}

/* The default tier and its one asset; suspended ones are no good. */
static bool
holds_nothing(const struct holding *got)
{
	size_t	 good = 0;

	for (size_t i = 0; i < got->asset_count; i++)
		good += !got->assets[i].suspended;
	return good == 1 && str_eq(got->tier, STR("free")) &&
	    (got->state == HOLDING_DEFAULT || got->state == HOLDING_SUSPENDED);
}

const char *
checker_holding(const struct heard *h, const struct holding *got,
    const struct purchase *list, size_t count)
{
	if (!all_caused(h, got))
		return "PAY-1: a grant without a cause";
	if (!one_of_each(got))
		return "PAY-2: something is held twice";
	if (!money_heard(h) && !holds_nothing(got))
		return "PAY-6: held before money was heard of";
	for (size_t i = 0; i < h->count; i++)
		if (h->facts[i]->kind == FACT_PAID &&
		    !remembered(h->facts[i], list, count))
			return "PAY-7: a payment is forgotten";
	if (got->due_at != 0 && got->due_at <= h->now)
		return "due at a moment that has passed";
	return NULL;
}

/* --- sessions ---------------------------------------------------------- */

const char *
checker_session(const struct heard *h, const struct session *before,
    const struct session *after, bool moved)
{
	bool	 was_final = before->state != SESSION_PENDING;
	bool	 is_final = after->state != SESSION_PENDING;

	if (was_final && (moved || after->state != before->state ||
	    after->reason != before->reason ||
	    after->payment != before->payment))
		return "SES-3: a final state was left";
	if (after->version != before->version + moved)
		return "a session's counter does not tell of its change";
	if ((after->ended_at != 0) != is_final)
		return "a session ended without a time, or the reverse";
	if (after->state == SESSION_COMPLETED && (!money_heard(h) ||
	    after->payment != PAYMENT_PAID))
		return "PAY-6: completed before money was heard of";
	if (after->state == SESSION_FAILED && after->reason == BECAUSE_NONE)
		return "a failure without a reason";
	return NULL;
}

/* --- PAY-3 and PAY-5: the tier, by hand -------------------------------- */

enum live { NOT, SUSPENDED, LIVE };

static const char *
tier_of(struct str price)
{
	static const char *const sells[][2] = {
		{ "price_pro", "pro" }, { "price_team", "team" },
		{ "price_ent", "enterprise" },
	};

	for (size_t i = 0; i < COUNT(sells); i++)
		if (str_eq(price, str_of(sells[i][0])))
			return sells[i][1];
	return NULL;
}

/* The latest fact of a kind about an object; NULL when none was heard. */
static const struct fact *
latest(const struct heard *h, enum fact_kind kind, enum object_kind object,
    const char *ref)
{
	const struct fact	*best = NULL;

	for (size_t i = 0; i < h->count; i++)
		if (h->facts[i]->kind == kind &&
		    about(h->facts[i], object, ref) &&
		    (best == NULL || h->facts[i]->at > best->at))
			best = h->facts[i];
	return best;
}

static bool
over(const struct heard *h)
{
	for (size_t i = 0; i < h->count; i++)
		if (h->facts[i]->kind == FACT_ENDED &&
		    h->facts[i]->at <= h->now)
			return true;
	return false;
}

/* The last paid-until that was said by an active state or a period. */
static int64_t
paid_until(const struct heard *h, int64_t *said_at)
{
	int64_t	 until = 0;

	*said_at = 0;
	for (size_t i = 0; i < h->count; i++) {
		const struct fact *f = h->facts[i];
		bool	 says = f->kind == FACT_PERIOD ||
			    (f->kind == FACT_STATE && f->state == SUB_ACTIVE);

		if (says && about(f, OBJECT_SUBSCRIPTION, "sub_1") &&
		    f->at > *said_at) {
			*said_at = f->at;
			until = f->paid_until;
		}
	}
	return until;
}

/* How sub_1 stands: graces are the tier's, or three days. */
static enum live
subscription(const struct heard *h, const char *tier)
{
	const struct fact	*s = latest(h, FACT_STATE,
				    OBJECT_SUBSCRIPTION, "sub_1");
	int64_t			 said_at;
	int64_t			 until = paid_until(h, &said_at);
	int64_t			 grace = 3 * DAY;

	if (s == NULL || over(h))
		return NOT;
	if (tier != NULL && strcmp(tier, "pro") == 0)
		grace = 7 * DAY;
	if (s->state == SUB_ACTIVE || said_at > s->at)
		return until == 0 || h->now < until + grace ? LIVE :
		    SUSPENDED;
	if (s->state == SUB_PAST_DUE) {
		if (until == 0 || until > s->at)
			until = s->at;
		return h->now < until + grace ? LIVE : SUSPENDED;
	}
	return s->state == SUB_PAUSED ? SUSPENDED : NOT;
}

/* Was all of pi_1's money given back, and did that hold? */
static bool
given_back(const struct heard *h, int64_t money)
{
	const struct fact	*sum = latest(h, FACT_REFUNDED,
				    OBJECT_PAYMENT, "pi_1");
	int64_t			 told = sum != NULL ? sum->amount : 0;
	int64_t			 counted = 0;

	for (size_t i = 0; i < h->count; i++) {
		const struct fact *f = h->facts[i];
		bool	 failed = false, again = false;

		if (f->kind != FACT_REFUND)
			continue;
		for (size_t j = 0; j < h->count; j++) {
			const struct fact *g = h->facts[j];
			bool	 same = g->kind == FACT_REFUND &&
				    str_eq(g->part_id, f->part_id);

			failed |= same && g->refund_state == REFUND_FAILED;
			again |= same && j < i && g->refund_state ==
			    f->refund_state;
		}
		if (again)
			continue;
		if (!failed && f->refund_state == REFUND_SUCCEEDED)
			counted += f->amount;
		if (f->refund_state == REFUND_FAILED && sum != NULL &&
		    f->at >= sum->at)
			told -= f->amount;
	}
	return told >= money || counted >= money;
}

static enum live
payment(const struct heard *h)
{
	const struct fact	*money = latest(h, FACT_PAID, OBJECT_PAYMENT,
				    "pi_1");
	bool	 named = false, open = false, won = false, lost = false;

	for (size_t i = 0; i < h->count; i++) {
		const struct fact *f = h->facts[i];

		named |= about(f, OBJECT_CHECKOUT, "cs_1") &&
		    f->named_by >= NAMED_BY_METADATA && f->link_count > 0;
		if (f->kind != FACT_DISPUTE)
			continue;
		open |= f->dispute_state == DISPUTE_OPEN;
		won |= f->dispute_state == DISPUTE_WON;
		lost |= f->dispute_state == DISPUTE_LOST;
	}
	if (money == NULL || !named || given_back(h, money->amount) || lost)
		return NOT;
	return open && !won ? SUSPENDED : LIVE;
}

static int
rank(const char *tier)
{
	static const char *const ranks[] = { "free", "pro", "team",
	    "enterprise" };

	for (size_t i = 0; i < COUNT(ranks); i++)
		if (strcmp(tier, ranks[i]) == 0)
			return (int)i;
	return -1;
}

const char *
checker_tier(const struct heard *h)
{
	const struct fact	*s = latest(h, FACT_STATE,
				    OBJECT_SUBSCRIPTION, "sub_1");
	const char		*best = "free", *renewing = NULL;

	if (s != NULL)
		renewing = tier_of(s->items[0].price);
	if (payment(h) == LIVE)
		best = "pro";
	if (renewing != NULL && subscription(h, renewing) == LIVE &&
	    rank(renewing) > rank(best))
		best = renewing;
	return best;
}
