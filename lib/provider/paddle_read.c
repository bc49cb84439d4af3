/*
 * Small readers that Paddle's entities share: the fact's object, our names in
 * custom_data, money, time, and the list of what is bought.
 */
#include "base/text.h"
#include "provider/paddle.h"

enum rc
paddle_fact(struct paddle_event *p, enum fact_kind kind,
    enum object_kind object, const char *id_path, struct fact **out,
    struct err *e)
{
	return event_fact(&p->make, kind, object,
	    node_text(p->object, id_path), out, e);
}

void
paddle_names(struct paddle_event *p, struct fact *f)
{
	event_names(&p->make, f,
	    node_text(p->object, "custom_data.rung_user"),
	    node_text(p->object, "custom_data.rung_session"),
	    NAMED_BY_BUYER);
}

enum rc
paddle_amount(struct paddle_event *p, const char *path, struct fact *f,
    struct err *e)
{
	int64_t	amount;

	if (!str_int64(node_text(p->object, path), &amount) || amount < 0)
		return err_set(e, RC_INVALID_VALUE, NULL,
		    "%s is missing or no amount", path);
	f->amount = amount;
	return RC_OK;
}

int64_t
paddle_time(const struct node *n, const char *path)
{
	int64_t	at;

	return text_untime(node_text(n, path), &at) && at > 0 ? at : 0;
}

static enum rc
item_read(struct paddle_event *p, const struct node *from, struct fact *f,
    struct err *e)
{
	struct str	price = node_text(from, "price.id");
	int64_t		quantity;

	if (!event_id_valid(price) ||
	    !node_int(from, "quantity", &quantity) || quantity < 0)
		return err_set(e, RC_INVALID_VALUE, NULL,
		    "an item has no price or quantity that we can read");
	if (node_kind(node_at(from, "price.billing_cycle")) == NODE_OBJECT)
		f->recurring = true;
	if (quantity == 0)
		return RC_OK;
	f->items[f->item_count++] = (struct item){
		.price = arena_keep(p->make.arena, price),
		.quantity = quantity < QUANTITY_MAX ? quantity : QUANTITY_MAX,
	};
	return RC_OK;
}

/* All of them or none: from a part of the list a tier would be guessed. */
enum rc
paddle_items(struct paddle_event *p, struct fact *f, struct err *e)
{
	const struct node	*list = node_at(p->object, "items");
	size_t			 count = node_count(list);

	if (node_kind(list) != NODE_LIST || count > ITEMS_MAX)
		return err_set(e, RC_INVALID_VALUE, NULL,
		    "its items are missing or more than %d", ITEMS_MAX);
	for (size_t i = 0; i < count; i++)
		TRY(item_read(p, node_item(list, i), f, e));
	return RC_OK;
}
