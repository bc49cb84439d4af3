/*
 * The names of the lists in fact.h, and the order of object keys.
 */
#include "core/fact.h"

#define X(id, name)	[OBJECT_##id] = (name),
const char *const object_kind_names[OBJECT__COUNT] = { OBJECT_KINDS(X) };
#undef X
#define X(id, name)	[PAY_##id] = (name),
const char *const pay_step_names[PAY__COUNT] = { PAY_STEPS(X) };
#undef X
#define X(id, name)	[CLOSED_##id] = (name),
const char *const closing_names[CLOSED__COUNT] = { CLOSINGS(X) };
#undef X
#define X(id, name)	[SUB_##id] = (name),
const char *const sub_state_names[SUB__COUNT] = { SUB_STATES(X) };
#undef X
#define X(id, name)	[REFUND_##id] = (name),
const char *const refund_state_names[REFUND__COUNT] = { REFUND_STATES(X) };
#undef X
#define X(id, name)	[DISPUTE_##id] = (name),
const char *const dispute_state_names[DISPUTE__COUNT] = { DISPUTE_STATES(X) };
#undef X
#define X(id, name)	[NAMED_BY_##id] = (name),
const char *const naming_names[NAMED_BY__COUNT] = { NAMINGS(X) };
#undef X
#define X(id, name)	[CHANGE_##id] = (name),
const char *const change_names[CHANGE__COUNT] = { CHANGES(X) };
#undef X

int
object_key_cmp(const struct object_key *a, const struct object_key *b)
{
	int	 order;

	if ((order = str_cmp(a->provider, b->provider)) != 0)
		return order;
	if ((order = str_cmp(a->account, b->account)) != 0)
		return order;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	return str_cmp(a->ref, b->ref);
}
