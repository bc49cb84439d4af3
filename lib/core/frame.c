/*
 * From a group of linked objects to the frame of a purchase: its head, whose
 * session it is, which matrix version it follows, how far paying has come.
 */
#include "core/reading.h"
#include "core/sum.h"

/* Has anything been said about this subscription but its name? */
static bool
spoken(const struct object *o)
{
	return o->key.kind == OBJECT_SUBSCRIPTION && (o->state != SUB_NONE ||
	    o->paid_until != 0 || o->ended_at != 0 || o->item_count > 0);
}

/* --- whose, and under which version ------------------------------------ */

static bool
names_better(const struct object *o, const struct purchase *p)
{
	if (o->session.len == 0)
		return false;
	if (p->session.len == 0 || o->named_by != p->named_by)
		return p->session.len == 0 || o->named_by > p->named_by;
	return str_cmp(o->session, p->session) > 0;
}

static void
name_session(struct purchase *p)
{
	for (size_t i = 0; i < p->object_count; i++)
		if (names_better(p->objects[i], p)) {
			p->session = p->objects[i]->session;
			p->named_by = p->objects[i]->named_by;
		}
	for (size_t i = 0; i < p->object_count; i++)
		if (p->terms.session.len == 0 && p->session.len > 0 &&
		    str_eq(p->objects[i]->terms.session, p->session))
			p->terms = p->objects[i]->terms;
}

/*
 * The version in force when the price was first named, or when the purchase
 * was first heard of.
 */
static int64_t
pin_by_time(const struct reading *r, const struct purchase *p)
{
	int64_t	 priced = 0;

	for (size_t i = 0; i < p->object_count; i++)
		priced = sum_earlier(priced, p->objects[i]->priced_at);
	return catalog_at(r->catalog, priced != 0 ? priced : p->first_at);
}

/* An operator may move a purchase on to a newer version, never back. */
static int64_t
moved_on(const struct purchase *p, int64_t version)
{
	for (size_t i = 0; i < p->object_count; i++)
		if (p->objects[i]->moved_to > version)
			version = p->objects[i]->moved_to;
	return version;
}

/* Does the subscription sell the price that its session puts in place? */
static bool
in_force(const struct purchase *p)
{
	for (size_t i = 0; p->head != NULL && i < p->head->item_count; i++)
		if (str_eq(p->head->items[i].price, p->terms.price))
			return true;
	return false;
}

/*
 * Does the session that is named say which version?  One that changes a
 * running purchase does once the change is made, not by the attempt.
 */
static bool
pins(const struct purchase *p)
{
	if (p->terms.session.len == 0 || p->named_by < NAMED_BY_METADATA ||
	    p->terms.matrix_version == 0)
		return false;
	return p->terms.change == CHANGE_NONE ||
	    p->named_by == NAMED_BY_IMAGINED || in_force(p);
}

static void
pin(const struct reading *r, struct purchase *p)
{
	if (pins(p))
		p->pin = moved_on(p, p->terms.matrix_version);
	else
		p->pin = moved_on(p, pin_by_time(r, p));
}

/* --- how far paying has come ------------------------------------------- */

static void
attempts(struct purchase *p)
{
	for (size_t i = 0; i < p->object_count; i++) {
		const struct object *o = p->objects[i];

		p->paid_at = sum_earlier(p->paid_at, o->paid_at);
		if (o->step_at > p->step_at ||
		    (o->step_at == p->step_at && o->step > p->step)) {
			p->step = o->step;
			p->step_at = o->step_at;
		}
	}
}

/* May this object still be paid, by an attempt begun after `closed_at`? */
static bool
under_way(const struct object *o, int64_t closed_at)
{
	return o->closing == CLOSED_OPEN && o->step_at > closed_at &&
	    (o->step == PAY_REQUIRES_ACTION || o->step == PAY_PROCESSING);
}

static void
close_attempts(struct purchase *p)
{
	int64_t	 closed_at = 0;

	for (size_t i = 0; i < p->object_count; i++) {
		const struct object *o = p->objects[i];

		if (o->closing > p->closing) {
			p->closing = o->closing;
			closed_at = o->closed_at;
		} else if (o->closing == p->closing)
			closed_at = sum_earlier(closed_at, o->closed_at);
	}
	for (size_t i = 0; i < p->object_count; i++)
		if (under_way(p->objects[i], closed_at))
			p->closing = CLOSED_OPEN;
}

static void
fill(const struct reading *r, struct purchase *p)
{
	p->key = p->head != NULL ? p->head->key : p->objects[0]->key;
	p->subscription = p->head != NULL;
	p->livemode = true;
	for (size_t i = 0; i < p->object_count; i++) {
		p->livemode = p->livemode && p->objects[i]->livemode;
		p->torn = p->torn || p->objects[i]->torn;
		p->first_at = sum_earlier(p->first_at,
		    p->objects[i]->first_at);
	}
	name_session(p);
	pin(r, p);
	attempts(p);
	close_attempts(p);
}

/* --- several subscriptions in one group -------------------------------- */

/* Is a bill this subscription's?  Also one that is nobody's is shared. */
static bool
bill_of(const struct group *bill, const struct object *head,
    const struct object *const *heads, size_t head_count)
{
	bool	 others = false;

	for (size_t i = 0; i < bill->count; i++) {
		if (group_linked(bill->objects[i], head))
			return true;
		for (size_t j = 0; j < head_count; j++)
			others |= group_linked(bill->objects[i], heads[j]);
	}
	return !others;
}

/*
 * Each subscription with the bills that are its own, so that the end of one
 * takes nothing from another.
 */
static void
split(const struct reading *r, const struct object *const *heads,
    size_t head_count, const struct object *const *rest, size_t rest_count,
    struct purchase *out)
{
	struct group	*bills;
	size_t		 n = groups_of(rest, rest_count, true, r->arena,
			    &bills);

	for (size_t i = 0; i < head_count; i++) {
		const struct object **own = arena_many(r->arena,
		    rest_count + 1, const struct object *);

		out[i] = (struct purchase){ .head = heads[i], .objects = own };
		own[out[i].object_count++] = heads[i];
		for (size_t j = 0; j < n; j++)
			for (size_t k = 0; k < bills[j].count && bill_of(
			    &bills[j], heads[i], heads, head_count); k++)
				own[out[i].object_count++] =
				    bills[j].objects[k];
		fill(r, &out[i]);
	}
}

size_t
frame_read(const struct reading *r, const struct group *g,
    struct purchase *out)
{
	const struct object	**heads, **rest;
	size_t			  head_count = 0, rest_count = 0;

	for (size_t i = 0; i < g->count; i++)
		head_count += spoken(g->objects[i]);
	if (head_count <= 1) {
		*out = (struct purchase){
			.objects = g->objects, .object_count = g->count,
		};
		for (size_t i = 0; i < g->count; i++)
			if (spoken(g->objects[i]))
				out->head = g->objects[i];
		fill(r, out);
		return 1;
	}
	heads = arena_many(r->arena, head_count, const struct object *);
	rest = arena_many(r->arena, g->count, const struct object *);
	head_count = 0;
	for (size_t i = 0; i < g->count; i++)
		if (spoken(g->objects[i]))
			heads[head_count++] = g->objects[i];
		else
			rest[rest_count++] = g->objects[i];
	split(r, heads, head_count, rest, rest_count, out);
	return head_count;
}
