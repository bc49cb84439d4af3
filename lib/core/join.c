/*
 * How each part of an object joins with what a fact says: it keeps the greater
 * of the two, by an order that arrival has no say in.
 */
#include "core/join.h"

/* Is (at, content) above what is known?  content as by a comparison. */
static bool
above(int64_t at, int64_t known_at, int content)
{
	return at != known_at ? at > known_at : content > 0;
}

static int
cmp64(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

int64_t
join_time(const struct fact *f)
{
	return f->at > 0 ? f->at : 1;
}

/* --- a payment --------------------------------------------------------- */

bool
join_paid(struct object *o, const struct fact *f, struct arena *a)
{
	bool	 known = o->paid_at != 0, moved = false;
	int	 order = cmp64(f->amount, o->amount);

	if (!known || join_time(f) < o->paid_at) {
		o->paid_at = join_time(f);
		moved = true;
	}
	if (order == 0)
		order = str_cmp(f->currency, o->currency);
	if (!known || order > 0) {
		o->amount = f->amount;
		o->currency = arena_keep(a, f->currency);
		moved = true;
	}
	return moved;
}

bool
join_step(struct object *o, const struct fact *f)
{
	if (!above(join_time(f), o->step_at, cmp64(f->step, o->step)))
		return false;
	o->step = f->step;
	o->step_at = join_time(f);
	return true;
}

bool
join_closed(struct object *o, const struct fact *f)
{
	int	 order = cmp64(f->closing, o->closing);

	if (order == 0 && f->closing != CLOSED_OPEN)
		order = cmp64(o->closed_at, join_time(f));
	if (order <= 0)
		return false;
	o->closing = f->closing;
	o->closed_at = join_time(f);
	return true;
}

/* --- items ------------------------------------------------------------- */

static int
item_cmp(const struct item *a, const struct item *b)
{
	int	 order = str_cmp(a->price, b->price);

	return order != 0 ? order : cmp64(a->quantity, b->quantity);
}

static int
items_cmp(const struct item *a, size_t a_count, const struct item *b,
    size_t b_count)
{
	for (size_t i = 0; i < a_count && i < b_count; i++) {
		int	 order = item_cmp(&a[i], &b[i]);

		if (order != 0)
			return order;
	}
	return cmp64((int64_t)a_count, (int64_t)b_count);
}

static void
items_sort(struct item *list, size_t count)
{
	for (size_t i = 1; i < count; i++)
		for (size_t j = i; j > 0 &&
		    item_cmp(&list[j - 1], &list[j]) > 0; j--) {
			struct item swap = list[j];

			list[j] = list[j - 1];
			list[j - 1] = swap;
		}
}

static void
items_set(struct object *o, const struct fact *f, const struct item *sorted,
    struct arena *a)
{
	struct item	*own = arena_many(a, f->item_count, struct item);

	for (size_t i = 0; i < f->item_count; i++) {
		own[i].price = arena_keep(a, sorted[i].price);
		own[i].quantity = sorted[i].quantity;
	}
	o->items = own;
	o->item_count = f->item_count;
	o->recurring = f->recurring;
	o->items_at = join_time(f);
}

bool
join_items(struct object *o, const struct fact *f, struct arena *a)
{
	struct item	 sorted[ITEMS_MAX];
	bool		 moved = false;
	int		 order;

	if (f->item_count > 0 &&
	    (o->priced_at == 0 || join_time(f) < o->priced_at)) {
		o->priced_at = join_time(f);
		moved = true;
	}
	for (size_t i = 0; i < f->item_count; i++)
		sorted[i] = f->items[i];
	items_sort(sorted, f->item_count);
	order = items_cmp(sorted, f->item_count, o->items, o->item_count);
	if (order == 0)
		order = cmp64(f->recurring, o->recurring);
	if (!above(join_time(f), o->items_at, order))
		return moved;
	items_set(o, f, sorted, a);
	return true;
}

/* --- a subscription ---------------------------------------------------- */

bool
join_period(struct object *o, const struct fact *f)
{
	if (f->paid_until == 0 || !above(join_time(f), o->paid_until_at,
	    cmp64(f->paid_until, o->paid_until)))
		return false;
	o->paid_until = f->paid_until;
	o->paid_until_at = join_time(f);
	return true;
}

bool
join_end(struct object *o, int64_t at)
{
	if (o->ended_at != 0 && o->ended_at <= at)
		return false;
	o->ended_at = at;
	return true;
}

/* Has the period that this state speaks of been paid for (or given)? */
static bool
says_paid(enum sub_state s)
{
	return s == SUB_TRIALING || s == SUB_ACTIVE;
}

static bool
join_standing(struct object *o, const struct fact *f)
{
	int	 order = cmp64(f->state, o->state);

	if (order == 0)
		order = cmp64(f->cancel_at, o->cancel_at);
	if (order == 0)
		order = cmp64(f->trial_end, o->trial_end);
	if (!above(join_time(f), o->state_at, order))
		return false;
	o->state = f->state;
	o->state_at = join_time(f);
	o->cancel_at = f->cancel_at;
	o->trial_end = f->trial_end;
	return true;
}

bool
join_state(struct object *o, const struct fact *f, struct arena *a)
{
	bool	 moved = false;

	if (f->state != SUB_NONE)
		moved |= join_standing(o, f);
	if (f->item_count > 0)
		moved |= join_items(o, f, a);
	if (says_paid(f->state))
		moved |= join_period(o, f);
	if (f->ended_at != 0)
		moved |= join_end(o, f->ended_at);
	else if (f->state == SUB_CANCELED)
		moved |= join_end(o, join_time(f));
	return moved;
}

/* --- money given back, and quarrels ------------------------------------ */

bool
join_refund(struct object *o, const struct fact *f, struct arena *a)
{
	struct refund	 heard = { f->part_id, f->refund_state, join_time(f),
			    f->amount };
	struct refund	*list;
	size_t		 i = 0, n = o->refund_count;
	bool		 there;
	int		 order;

	while (i < n && str_cmp(o->refunds[i].id, heard.id) < 0)
		i++;
	there = i < n && str_eq(o->refunds[i].id, heard.id);
	if (there) {
		order = cmp64(heard.state, o->refunds[i].state);
		if (order == 0)
			order = cmp64(heard.at, o->refunds[i].at);
		if (order == 0)
			order = cmp64(heard.amount, o->refunds[i].amount);
		if (order <= 0)
			return false;
	}
	list = arena_many(a, n + 1, struct refund);
	for (size_t j = 0; j < n; j++)
		list[there || j < i ? j : j + 1] = o->refunds[j];
	heard.id = arena_keep(a, heard.id);
	list[i] = heard;
	o->refunds = list;
	o->refund_count = there ? n : n + 1;
	return true;
}

bool
join_dispute(struct object *o, const struct fact *f, struct arena *a)
{
	struct dispute	 heard = { f->part_id, f->dispute_state, join_time(f) };
	struct dispute	*list;
	size_t		 i = 0, n = o->dispute_count;
	bool		 there;
	int		 order;

	while (i < n && str_cmp(o->disputes[i].id, heard.id) < 0)
		i++;
	there = i < n && str_eq(o->disputes[i].id, heard.id);
	if (there) {
		order = cmp64(heard.state, o->disputes[i].state);
		if (order == 0)
			order = cmp64(heard.at, o->disputes[i].at);
		if (order <= 0)
			return false;
	}
	list = arena_many(a, n + 1, struct dispute);
	for (size_t j = 0; j < n; j++)
		list[there || j < i ? j : j + 1] = o->disputes[j];
	heard.id = arena_keep(a, heard.id);
	list[i] = heard;
	o->disputes = list;
	o->dispute_count = there ? n : n + 1;
	return true;
}

bool
join_refunded(struct object *o, const struct fact *f)
{
	if (!above(join_time(f), o->refunded_at, cmp64(f->amount, o->refunded)))
		return false;
	o->refunded = f->amount;
	o->refunded_at = join_time(f);
	return true;
}
