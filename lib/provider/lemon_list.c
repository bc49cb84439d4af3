/*
 * Looking things up at Lemon Squeezy.  It keeps no list of events, so what
 * happened is read from the objects: all subscriptions, and the orders and
 * invoices of late, each told as the delivery that would have told it.
 */
#include "base/clock.h"
#include "base/guard.h"
#include "provider/lemon.h"
#include "provider/lemon_errand.h"
#include "wire/rewrite.h"

enum {
	OBJECTS_A_PAGE	= 50,
	TOLD_BYTES_MAX	= 256 * 1024,
	PAGES_MAX	= 1000000,
	REFUND_DAYS	= 120,	/* how long after its payment one may come */
};

static const struct walk {
	const char		*name;		/* in the path and the cursor */
	enum object_kind	 kind;
} walks[] = {
	{ "orders",			OBJECT_ORDER },
	{ "subscriptions",		OBJECT_SUBSCRIPTION },
	{ "subscription-invoices",	OBJECT_INVOICE },
};

/* --- an object as a delivery ------------------------------------------- */

/* The event that tells of this status; NULL: there is no news in it. */
static const char *
event_for(struct str type, struct str status)
{
	static const struct {
		const char	*type, *status, *event;
	} rows[] = {
		{ "orders", "refunded", "order_refunded" },
		{ "orders", "partial_refund", "order_refunded" },
		{ "orders", "partial_refunded", "order_refunded" },
		{ "orders", "fraudulent", "order_refunded" },
		{ "orders", NULL, "order_created" },
		{ "subscriptions", "cancelled", "subscription_cancelled" },
		{ "subscriptions", "expired", "subscription_expired" },
		{ "subscriptions", "paused", "subscription_paused" },
		{ "subscriptions", NULL, "subscription_updated" },
		{ "subscription-invoices", "paid",
		    "subscription_payment_success" },
		{ "subscription-invoices", "refunded",
		    "subscription_payment_refunded" },
		{ "subscription-invoices", "partial_refund",
		    "subscription_payment_refunded" },
		{ "subscription-invoices", "partial_refunded",
		    "subscription_payment_refunded" },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		if (str_eq(type, str_of(rows[i].type)) &&
		    (rows[i].status == NULL ||
		    str_eq(status, str_of(rows[i].status))))
			return rows[i].event;
	return NULL;
}

/*
 * Without a webhook_id, so that what is told twice has one name.  The API
 * does not show custom_data: whose it is, the deliveries before it said.
 */
enum rc
lemon_tell(struct lemon_turn *t, const struct node *object, struct err *e)
{
	static const char	test_mode[] = "attributes.test_mode";
	struct str		type = node_text(object, "type"), body;
	const char		*event = event_for(type,
				    node_text(object, "attributes.status"));
	bool	 test = !t->errand->rules->livemode;
	struct out		 o;

	if (event == NULL)
		return RC_OK;
	if (node_kind(node_at(object, test_mode)) == NODE_BOOL)
		test = node_bool(object, test_mode);
	out_init(&o, t->arena, TOLD_BYTES_MAX);
	out_open(&o, '{');
	out_raw(&o, "data", node_json(object, t->arena));
	out_open_as(&o, "meta", '{');
	out_name(&o, "event_name", event);
	out_bool(&o, "test_mode", test);
	out_time(&o, LEMON_SEEN_AT, t->errand->now);
	out_close(&o, '}');
	out_close(&o, '}');
	TRY(out_take(&o, "an event", &body, e));
	errand_body(t->result, t->arena, body);
	return RC_OK;
}

enum rc
lemon_address(struct str body, struct str session, struct arena *a,
    struct str *out, struct err *e)
{
	/* What meta says, but for the names that we put in place of its own. */
	static const struct str		 ours[] = {
		STR("custom_data"), STR(LEMON_FOUND_BY),
	};
	GUARD(doc_free) struct doc	*doc = NULL;
	struct out			 o;

	TRY(doc_read(&doc, body, DOC_LENIENT, e));
	out_init(&o, a, TOLD_BYTES_MAX);
	out_open(&o, '{');
	out_raw(&o, "data", node_json(node_at(doc_root(doc), "data"), a));
	out_open_as(&o, "meta", '{');
	TRY(rewrite_but(node_at(doc_root(doc), "meta"), ours, COUNT(ours), a,
	    &o, e));
	out_name(&o, LEMON_FOUND_BY, "email");
	out_open_as(&o, "custom_data", '{');
	out_text(&o, "rung_session", session);
	out_close(&o, '}');
	out_close(&o, '}');
	out_close(&o, '}');
	return out_take(&o, "an event", out, e);
}

/* --- one object -------------------------------------------------------- */

enum rc
lemon_do_look(struct lemon_turn *t, struct err *e)
{
	GUARD(doc_free) struct doc	*doc = NULL;
	const struct object_key		*key = &t->errand->object;
	bool	 ended;

	if (t->answered > 0) {
		TRY(lemon_answer(t, 0, &doc, &ended, e));
		if (ended)
			return RC_OK;
		TRY(lemon_tell(t, node_at(doc_root(doc), "data"), e));
		return lemon_over(t, ERRAND_DONE);
	}
	for (size_t i = 0; i < COUNT(walks); i++)
		if (walks[i].kind == key->kind) {
			lemon_call(t, "GET", "/v1/%s/%.*s", walks[i].name,
			    STR_FMT(key->ref));
			return RC_OK;
		}
	return lemon_refuse(t, "Lemon Squeezy shows orders, subscriptions "
	    "and their invoices only");
}

/* --- a page of many ---------------------------------------------------- */

/* Where a walk has come to, "subscriptions:3"; "" is the beginning. */
struct place {
	size_t	 walk;
	int64_t	 page;
};

static enum rc
place_read(struct str cursor, struct place *p, struct err *e)
{
	struct str	name = str_cut(&cursor, ':');

	*p = (struct place){ 0, 1 };
	if (name.len == 0)
		return RC_OK;
	while (p->walk < COUNT(walks) &&
	    !str_eq(name, str_of(walks[p->walk].name)))
		p->walk++;
	if (p->walk == COUNT(walks) || !str_int64(cursor, &p->page) ||
	    p->page < 1 || p->page > PAGES_MAX)
		return err_set(e, RC_BROKEN, NULL, "no cursor of ours");
	return RC_OK;
}

static struct str
place_write(struct lemon_turn *t, struct place p)
{
	if (p.walk >= COUNT(walks))
		return STR_NONE;
	return arena_text(t->arena, "%s:%lld", walks[p.walk].name,
	    (long long)p.page);
}

static void
list_ask(struct lemon_turn *t, struct place p)
{
	struct str	store = t->errand->rules->store;
	struct str	filter = STR_NONE;

	if (store.len > 0)
		filter = arena_text(t->arena, "filter[store_id]=%.*s&",
		    STR_FMT(store));
	lemon_call(t, "GET", "/v1/%s?%.*spage[number]=%lld&page[size]=%d",
	    walks[p.walk].name, STR_FMT(filter), (long long)p.page,
	    OBJECTS_A_PAGE);
}

/*
 * Lists are newest first by when things were made, and tell of changes to
 * what is older.  A subscription may change at any age, money only for a
 * while after it came in.
 */
static bool
goes_on(const struct lemon_turn *t, struct place p, const struct node *root)
{
	const struct node	*list = node_at(root, "data");
	size_t			 count = node_count(list);
	int64_t			 last = 0, made;

	if (count == 0 || p.page >= PAGES_MAX)
		return false;
	made = lemon_moment(node_item(list, count - 1),
	    "attributes.created_at");
	if (walks[p.walk].kind != OBJECT_SUBSCRIPTION &&
	    made < t->errand->since - REFUND_DAYS * DAY)
		return false;
	if (lemon_int(root, "meta.page.lastPage", &last))
		return p.page < last;
	return node_text(root, "links.next").len > 0;
}

enum rc
lemon_do_list(struct lemon_turn *t, struct err *e)
{
	GUARD(doc_free) struct doc	*doc = NULL;
	const struct node		*list;
	struct place			 p;
	bool				 ended;

	TRY(place_read(t->errand->cursor, &p, e));
	if (t->answered == 0) {
		list_ask(t, p);
		return RC_OK;
	}
	TRY(lemon_answer(t, 0, &doc, &ended, e));
	if (ended)
		return RC_OK;
	list = node_at(doc_root(doc), "data");
	for (size_t i = node_count(list); i-- > 0; )
		if (lemon_time(node_item(list, i)) >= t->errand->since)
			TRY(lemon_tell(t, node_item(list, i), e));
	if (goes_on(t, p, doc_root(doc)))
		p.page++;
	else
		p = (struct place){ p.walk + 1, 1 };
	t->result->cursor = place_write(t, p);
	return lemon_over(t, ERRAND_DONE);
}
