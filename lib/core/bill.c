/*
 * Money that was given back or is disputed, held against the money that was
 * paid.  An invoice and its payment are one bill, told twice.  A purchase
 * without a subscription is one bill; of a subscription's bills only those of
 * the latest paid period count, for what an older one bought is used up.
 */
#include "base/clock.h"
#include "core/reading.h"
#include "core/sum.h"

struct bill {
	int64_t			 paid_at;	/* 0: not known to be paid */
	int64_t			 paid, refunded;
	int64_t			 until;		/* of its period, 0 unknown */
	int64_t			 heard_at;	/* last word of money back */
	enum dispute_state	 dispute;
	bool			 front;		/* checkout or order alone */
	bool			 counts;
};

struct bills {
	struct bill	*list;
	size_t		 count;
};

static int64_t
later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static enum dispute_state
worse(enum dispute_state a, enum dispute_state b)
{
	if (a == DISPUTE__COUNT || b == DISPUTE__COUNT)
		return a == DISPUTE__COUNT ? b : a;
	return a > b ? a : b;
}

static int64_t
heard_at(const struct object *o)
{
	int64_t	 at = o->refunded_at;

	for (size_t i = 0; i < o->refund_count; i++)
		at = later(at, o->refunds[i].at);
	for (size_t i = 0; i < o->dispute_count; i++)
		at = later(at, o->disputes[i].at);
	return at;
}

/* One more object that speaks of the same money. */
static void
bill_add(struct bill *b, const struct object *o)
{
	b->paid_at = sum_earlier(b->paid_at, o->paid_at);
	b->paid = later(b->paid, o->amount);
	b->refunded = later(b->refunded, object_refunded(o));
	if (o->key.kind != OBJECT_SUBSCRIPTION)
		b->until = later(b->until, o->paid_until);
	b->heard_at = later(b->heard_at, heard_at(o));
	b->dispute = worse(b->dispute, object_dispute(o));
	b->front = b->front && (o->key.kind == OBJECT_CHECKOUT ||
	    o->key.kind == OBJECT_ORDER);
}

static struct bill
bill_of(const struct object *const *objects, size_t count)
{
	struct bill	 b = { .dispute = DISPUTE__COUNT, .front = true };

	for (size_t i = 0; i < count; i++)
		bill_add(&b, objects[i]);
	return b;
}

/* --- the bills of a subscription --------------------------------------- */

/* The earliest paid bill that is not a front; NULL when there is none. */
static struct bill *
first_bill(const struct bills *bills)
{
	struct bill	*first = NULL;

	for (size_t i = 0; i < bills->count; i++) {
		struct bill *b = &bills->list[i];

		if (!b->front && b->paid_at != 0 &&
		    (first == NULL || b->paid_at < first->paid_at))
			first = b;
	}
	return first;
}

/*
 * The checkout or order that a subscription began with tells of the first
 * bill's money once more, within the same day.
 */
static void
fold_fronts(struct bills *bills)
{
	struct bill	*first = first_bill(bills);

	for (size_t i = 0; first != NULL && i < bills->count; i++) {
		struct bill *b = &bills->list[i];

		if (!b->front || (b->paid_at != 0 &&
		    first->paid_at - b->paid_at > DAY))
			continue;
		first->refunded = later(first->refunded, b->refunded);
		first->heard_at = later(first->heard_at, b->heard_at);
		first->dispute = worse(first->dispute, b->dispute);
		*b = (struct bill){ .dispute = DISPUTE__COUNT };
	}
}

static struct bills
bills_of(const struct reading *r, const struct purchase *p)
{
	const struct object	**rest;
	struct group		 *groups;
	struct bills		  bills = { 0 };
	size_t			  n = 0;

	rest = arena_many(r->arena, p->object_count, const struct object *);
	for (size_t i = 0; i < p->object_count; i++)
		if (p->objects[i]->key.kind != OBJECT_SUBSCRIPTION)
			rest[n++] = p->objects[i];
	n = groups_of(rest, n, true, r->arena, &groups);
	bills.list = arena_many(r->arena, n + 1, struct bill);
	for (size_t i = 0; i < n; i++)
		bills.list[bills.count++] = bill_of(groups[i].objects,
		    groups[i].count);
	bills.list[bills.count++] = bill_of(&p->head, 1);
	bills.list[bills.count - 1].front = false;
	fold_fronts(&bills);
	return bills;
}

static const struct bill *
latest_bill(const struct bills *bills)
{
	const struct bill	*latest = NULL;

	for (size_t i = 0; i < bills->count; i++) {
		const struct bill *b = &bills->list[i];

		if (b->paid_at != 0 && (latest == NULL ||
		    b->until > latest->until || (b->until == latest->until &&
		    b->paid_at > latest->paid_at)))
			latest = b;
	}
	return latest;
}

/* Did a period begin that ends after the one of the latest bill? */
static bool
over(const struct object *sub, const struct bill *latest)
{
	return latest->until != 0 && sub->paid_until > latest->until;
}

/*
 * Which bills are of the latest paid period.  A bill whose own time is not
 * known counts if money was asked back after that period was paid.
 */
static void
mark_current(const struct object *sub, struct bills *bills)
{
	const struct bill	*latest = latest_bill(bills);

	for (size_t i = 0; i < bills->count; i++) {
		struct bill *b = &bills->list[i];

		if (latest == NULL)
			b->counts = true;
		else if (b->paid_at == 0)
			b->counts = b->heard_at >= latest->paid_at;
		else if (over(sub, latest))
			b->counts = false;
		else if (latest->until != 0)
			b->counts = b->until == latest->until;
		else
			b->counts = b == latest;
	}
}

/* --- the whole --------------------------------------------------------- */

struct claims_back
bill_read(const struct reading *r, struct purchase *p)
{
	struct claims_back	 back = { .dispute = DISPUTE__COUNT };
	struct bill		 whole;
	struct bills		 bills = { &whole, 1 };

	if (p->head == NULL) {
		whole = bill_of(p->objects, p->object_count);
		whole.counts = true;
	} else {
		bills = bills_of(r, p);
		mark_current(p->head, &bills);
	}
	for (size_t i = 0; i < bills.count; i++)
		if (bills.list[i].counts) {
			const struct bill *b = &bills.list[i];

			p->amount = sum_add(p->amount, b->paid);
			p->refunded = sum_add(p->refunded, b->refunded);
			back.dispute = worse(back.dispute, b->dispute);
		}
	back.full = p->refunded > 0 && p->paid_at != 0 &&
	    p->refunded >= p->amount;
	back.part = p->refunded > 0 && !back.full;
	return back;
}
