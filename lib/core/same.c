/*
 * Does one state of an object say what another says?  When it was heard is
 * not part of it.
 */
#include "base/guard.h"
#include "core/object.h"

static bool
same_items(const struct object *a, const struct object *b)
{
	if (a->item_count != b->item_count || a->recurring != b->recurring)
		return false;
	for (size_t i = 0; i < a->item_count; i++)
		if (!str_eq(a->items[i].price, b->items[i].price) ||
		    a->items[i].quantity != b->items[i].quantity)
			return false;
	return true;
}

static bool
same_links(const struct object *a, const struct object *b)
{
	if (a->link_count != b->link_count)
		return false;
	for (size_t i = 0; i < a->link_count; i++)
		if (object_key_cmp(&a->links[i], &b->links[i]) != 0)
			return false;
	return true;
}

static bool
same_refunds(const struct object *a, const struct object *b)
{
	if (a->refund_count != b->refund_count || a->refunded != b->refunded)
		return false;
	for (size_t i = 0; i < a->refund_count; i++)
		if (!str_eq(a->refunds[i].id, b->refunds[i].id) ||
		    a->refunds[i].state != b->refunds[i].state ||
		    a->refunds[i].amount != b->refunds[i].amount)
			return false;
	return true;
}

static bool
same_disputes(const struct object *a, const struct object *b)
{
	if (a->dispute_count != b->dispute_count)
		return false;
	for (size_t i = 0; i < a->dispute_count; i++)
		if (!str_eq(a->disputes[i].id, b->disputes[i].id) ||
		    a->disputes[i].state != b->disputes[i].state)
			return false;
	return true;
}

static bool
same_money(const struct object *a, const struct object *b)
{
	return (a->paid_at == 0) == (b->paid_at == 0) &&
	    a->amount == b->amount && str_eq(a->currency, b->currency) &&
	    a->step == b->step && a->closing == b->closing &&
	    same_refunds(a, b) && same_disputes(a, b);
}

static bool
same_term(const struct object *a, const struct object *b)
{
	return a->state == b->state && a->trial_end == b->trial_end &&
	    a->cancel_at == b->cancel_at && a->paid_until == b->paid_until &&
	    a->ended_at == b->ended_at && same_items(a, b);
}

bool
object_same(const struct object *a, const struct object *b)
{
	must(object_key_cmp(&a->key, &b->key) == 0);
	return a->livemode == b->livemode && a->torn == b->torn &&
	    str_eq(a->user, b->user) && str_eq(a->session, b->session) &&
	    a->named_by == b->named_by && same_links(a, b) &&
	    same_money(a, b) && same_term(a, b);
}
