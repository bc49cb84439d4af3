/*
 * Lemon Squeezy's envelope: which event it is, whose, when and in which mode.
 * Every event carries its object whole, so what it means is read from the
 * object; its name only says which object that must be.
 */
#include "base/clock.h"
#include "base/guard.h"
#include "base/text.h"
#include "provider/lemon.h"

#define ORDERS		"orders"
#define SUBSCRIPTIONS	"subscriptions"
#define INVOICES	"subscription-invoices"

const char *const lemon_events[] = {
	"order_created", "order_refunded",
	"subscription_created", "subscription_updated",
	"subscription_cancelled", "subscription_resumed",
	"subscription_expired", "subscription_paused",
	"subscription_unpaused",
	"subscription_payment_success", "subscription_payment_failed",
	"subscription_payment_recovered", "subscription_payment_refunded",
	NULL
};

static const struct {
	const char	*type;
	enum rc		(*read)(struct lemon_event *, struct err *);
} readers[] = {
	{ ORDERS,		lemon_order },
	{ SUBSCRIPTIONS,	lemon_subscription },
	{ INVOICES,		lemon_invoice },
};

/* The object that an event of this name carries; NULL for a new name. */
static const char *
object_of(struct str event)
{
	for (size_t i = 0; lemon_events[i] != NULL; i++) {
		if (!str_eq(event, str_of(lemon_events[i])))
			continue;
		if (str_starts(event, STR("order_")))
			return ORDERS;
		return str_starts(event, STR("subscription_payment_")) ?
		    INVOICES : SUBSCRIPTIONS;
	}
	return NULL;
}

/*
 * Test or live: the envelope's word and the object's, which must agree; the
 * secret's own mode when neither says.
 */
static enum rc
mode_read(const struct node *root, const struct hook_rules *rules,
    bool *livemode, struct err *e)
{
	static const char	outer[] = "meta.test_mode";
	static const char	inner[] = "data.attributes.test_mode";
	bool	by_meta = node_kind(node_at(root, outer)) == NODE_BOOL;
	bool	by_data = node_kind(node_at(root, inner)) == NODE_BOOL;

	if (by_meta && by_data &&
	    node_bool(root, outer) != node_bool(root, inner))
		return err_set(e, RC_INVALID_VALUE, NULL,
		    "it says both test and live");
	if (by_meta || by_data)
		*livemode = !node_bool(root, by_meta ? outer : inner);
	else
		*livemode = rules->livemode;
	return RC_OK;
}

/* Each object names its store; another than ours is not our business. */
static void
store_read(const struct node *root, const struct hook_rules *rules,
    struct arena *a, struct event *out)
{
	struct str	store = lemon_id(root, "data.attributes.store_id", a);

	if (rules->account.len == 0 || store.len == 0 ||
	    str_eq(store, rules->account))
		return;
	out->class = EVENT_FOREIGN;
	out->account = store;
	out->why = arena_text(a, "it belongs to store %.*s, not to ours",
	    STR_FMT(store));
}

static enum rc
envelope_read(const struct node *root, const struct hook_rules *rules,
    struct arena *a, struct event *out, struct err *e)
{
	struct str	id = node_text(root, "meta.webhook_id");
	struct str	type = node_text(root, "meta.event_name");
	bool		livemode = false;

	if (!event_type_valid(type))
		return err_set(e, RC_INVALID_VALUE, NULL,
		    "its event_name is missing or no name");
	TRY(mode_read(root, rules, &livemode, e));
	*out = (struct event){
		.class = EVENT_IGNORED,
		.id = event_id_valid(id) ? arena_keep(a, id) :
		    lemon_print(root, a),
		.type = arena_keep(a, type),
		.at = lemon_time(node_at(root, "data")),
		.livemode = livemode,
	};
	store_read(root, rules, a, out);
	return RC_OK;
}

static enum rc
object_read(const struct node *root, size_t reader, struct arena *a,
    struct event *out, struct err *e)
{
	struct lemon_event	l = {
		.make = { out, a, STR("lemonsqueezy") },
		.attributes = node_at(root, "data.attributes"),
		.custom = node_at(root, "meta.custom_data"),
		.id = lemon_id(root, "data.id", a),
		.seen_at = lemon_seen(root, out->at),
	};

	if (out->at == 0)
		return err_set(e, RC_INVALID_VALUE, NULL,
		    "one of its %s does not say when it was updated",
		    readers[reader].type);
	TRY(readers[reader].read(&l, e));
	(void)text_email(a, node_text(l.attributes, "user_email"),
	    &out->buyer);
	out->made_at = lemon_moment(l.attributes, "created_at");
	out->class = EVENT_FACTS;
	return RC_OK;
}

static enum rc
event_read(const struct node *root, const struct hook_rules *rules,
    struct arena *a, struct event *out, struct err *e)
{
	struct str	 type = node_text(root, "data.type");
	const char	*object;

	TRY(envelope_read(root, rules, a, out, e));
	if (out->class == EVENT_FOREIGN)
		return RC_OK;
	object = object_of(out->type);
	if (object != NULL && !str_eq(type, str_of(object)))
		return err_set(e, RC_INVALID_VALUE, NULL,
		    "%.*s carries none of the %s", STR_FMT(out->type),
		    object);
	for (size_t i = 0; i < COUNT(readers); i++)
		if (str_eq(type, str_of(readers[i].type)))
			return object_read(root, i, a, out, e);
	return RC_OK;
}

void
lemon_normalise(const struct hook *hook, const struct hook_rules *rules,
    struct arena *a, struct event *out)
{
	GUARD(doc_free) struct doc *doc = NULL;
	struct err	e;

	if (doc_read(&doc, hook->body, DOC_LENIENT, &e) != RC_OK ||
	    event_read(doc_root(doc), rules, a, out, &e) != RC_OK)
		event_unreadable(out, hook, rules, a, e.what);
}
