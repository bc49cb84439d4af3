/*
 * Looking things up at Paddle: the events since a time, page by page, and how
 * one purchase stands now, told as the events that would have told it.
 */
#include "base/guard.h"
#include "provider/paddle.h"
#include "provider/paddle_errand.h"

enum {
	EVENTS_A_PAGE	= 200,	/* Paddle's most */
	PARTS_A_PAGE	= 50,
	ULID_TIME_CHARS	= 10,
};

/*
 * Ids are "evt_" and a ULID, whose first ten characters are the milliseconds
 * of its making: the smallest id of that time, which no event has.
 */
static struct str
first_id(struct paddle_turn *t)
{
	static const char	digits[] = "0123456789abcdefghjkmnpqrstvwxyz";
	int64_t			ms = t->errand->since / 1000;
	char			time[ULID_TIME_CHARS];

	for (size_t i = ULID_TIME_CHARS; i-- > 0; ms /= 32)
		time[i] = digits[ms > 0 ? ms % 32 : 0];
	return arena_text(t->arena, "evt_%.*s0000000000000000",
	    ULID_TIME_CHARS, time);
}

/* The cursor that the url of the next page names, "...?after=evt_...&...". */
static struct str
after_of(struct str next)
{
	struct str	rest = next, id;

	str_cut(&rest, '?');
	while (rest.at != NULL) {
		id = str_cut(&rest, '&');
		if (str_starts(id, STR("after=")))
			return str_part(id, 6, id.len);
	}
	return STR_NONE;
}

/* "" at the end; an unreadable url is as good as the last event's id. */
static struct str
cursor_after(struct paddle_turn *t, const struct node *root)
{
	const struct node	*events = node_at(root, "data");
	size_t			 count = node_count(events);
	struct str		 after;

	if (!node_bool(root, "meta.pagination.has_more") || count == 0)
		return STR_NONE;
	after = after_of(node_text(root, "meta.pagination.next"));
	if (!event_id_valid(after))
		after = node_text(node_item(events, count - 1), "event_id");
	return event_id_valid(after) ? arena_keep(t->arena, after) : STR_NONE;
}

enum rc
paddle_do_list(struct paddle_turn *t, struct err *e)
{
	GUARD(doc_free) struct doc	*doc = NULL;
	struct str			 after = t->errand->cursor;
	const struct node		*events;
	bool				 ended;

	if (t->answered == 0) {
		if (after.len == 0)
			after = first_id(t);
		paddle_get(t, "/events?after=%.*s&order_by=id[ASC]"
		    "&per_page=%d", STR_FMT(after), EVENTS_A_PAGE);
		return RC_OK;
	}
	TRY(paddle_answer(t, 0, &doc, &ended, e));
	if (ended)
		return RC_OK;
	events = node_at(doc_root(doc), "data");
	for (size_t i = 0; i < node_count(events); i++)
		errand_body(t->result, t->arena,
		    node_json(node_item(events, i), t->arena));
	t->result->cursor = cursor_after(t, doc_root(doc));
	return paddle_over(t, ERRAND_DONE);
}

/* --- one purchase ------------------------------------------------------ */

/* What a transaction's status is told by; any other tells of its links. */
static const char *
transaction_event(struct str status)
{
	static const struct {
		const char	*status, *type;
	} rows[] = {
		{ "paid",	"transaction.paid" },
		{ "completed",	"transaction.completed" },
		{ "past_due",	"transaction.past_due" },
		{ "canceled",	"transaction.canceled" },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		if (str_eq(status, str_of(rows[i].status)))
			return rows[i].type;
	return "transaction.updated";
}

static enum rc
tell(struct paddle_turn *t, const struct node *entity, struct err *e)
{
	struct str	id = node_text(entity, "id");

	if (str_starts(id, STR("sub_")))
		return paddle_tell(t, "subscription.updated", entity, e);
	if (str_starts(id, STR("adj_")))
		return paddle_tell(t, "adjustment.updated", entity, e);
	if (str_starts(id, STR("txn_")))
		return paddle_tell(t, transaction_event(
		    node_text(entity, "status")), entity, e);
	return err_set(e, RC_PROVIDER_DOWN, "Try again later.",
	    "Paddle answered with something else than was asked for");
}

/* One entity, or a list of them, the newest first. */
static enum rc
tell_all(struct paddle_turn *t, const struct node *data, struct err *e)
{
	if (node_kind(data) != NODE_LIST)
		return tell(t, data, e);
	for (size_t i = node_count(data); i-- > 0; )
		TRY(tell(t, node_item(data, i), e));
	return RC_OK;
}

/* The lists that belong to an entity; true when there is one more to ask. */
static bool
part_ask(struct paddle_turn *t, const char *list, const char *of)
{
	paddle_get(t, "/%s?%s=%.*s&order_by=id[DESC]&per_page=%d", list, of,
	    STR_FMT(t->errand->object.ref), PARTS_A_PAGE);
	return true;
}

/* A subscription with its bills, or one bill; and what was given back. */
static bool
look_ask(struct paddle_turn *t)
{
	bool		 sub = t->errand->object.kind == OBJECT_SUBSCRIPTION;
	const char	*of = sub ? "subscription_id" : "transaction_id";

	switch (t->answered) {
	case 0:
		paddle_get(t, "/%s/%.*s", sub ? "subscriptions" :
		    "transactions", STR_FMT(t->errand->object.ref));
		return true;
	case 1:
		return part_ask(t, "adjustments", of);
	case 2:
		return sub && part_ask(t, "transactions", of);
	default:
		return false;
	}
}

/* What ends the errand is seen before the next is asked. */
enum rc
paddle_do_look(struct paddle_turn *t, struct err *e)
{
	for (size_t i = 0; i < t->answered; i++) {
		GUARD(doc_free) struct doc	*doc = NULL;
		bool				 ended;

		TRY(paddle_answer(t, i, &doc, &ended, e));
		if (ended)
			return RC_OK;
		TRY(tell_all(t, node_at(doc_root(doc), "data"), e));
	}
	return look_ask(t) ? RC_OK : paddle_over(t, ERRAND_DONE);
}
