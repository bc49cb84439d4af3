/*
 * Lemon Squeezy's API as far as we call it: keys, JSON:API bodies and errors,
 * checkouts and orders.
 */
#include "base/guard.h"
#include "base/limits.h"
#include "base/text.h"
#include "sandbox.h"

#define API		"/sandbox/lemonsqueezy/v1/"
#define JSON_API	"application/vnd.api+json"

enum { PAGE_USUAL = 10, PAGE_MOST = 100, LOOKED_AT = 1000 };

static web_handler	checkout_make, checkout_show, order_show, order_list;

static const struct route pay_routes[] = {
	API_ROW("POST", API "checkouts", checkout_make),
	API_ROW("GET", API "checkouts/{id}", checkout_show),
	API_ROW("GET", API "orders", order_list),
	API_ROW("GET", API "orders/{id}", order_show),
	{ .method = NULL }
};

/* ---- Every call ---- */

static enum rc
reply_error(struct web *w, int status, const char *title,
    const struct err *why)
{
	struct out	o;
	struct str	json = STR_NONE;
	struct err	e;

	out_init(&o, web_arena(w), BODY_BYTES_MAX);
	out_open(&o, '{');
	out_raw(&o, "jsonapi", STR("{\"version\":\"1.0\"}"));
	out_open_as(&o, "errors", '[');
	out_open(&o, '{');
	out_name(&o, "detail", why->what);
	if (why->pointer[0] == '/') {
		out_open_as(&o, "source", '{');
		out_name(&o, "pointer", why->pointer);
		out_close(&o, '}');
	}
	out_text(&o, "status", arena_text(web_arena(w), "%d", status));
	out_name(&o, "title", title);
	out_close(&o, '}');
	out_close(&o, ']');
	out_close(&o, '}');
	TRY(out_take(&o, "an error", &json, &e));
	return web_reply_as(w, status, JSON_API, json);
}

/* Our failures in its words; what is our own fault stays ours. */
static enum rc
told(struct web *w, struct err *e)
{
	switch (e->rc) {
	case RC_MISSING:
	case RC_UNKNOWN_PATH:
		return reply_error(w, 404, "Not Found", e);
	case RC_METHOD_NOT_ALLOWED:
		return reply_error(w, 405, "Method Not Allowed", e);
	case RC_INVALID_JSON:
		return reply_error(w, 400, "Bad Request", e);
	case RC_INVALID_VALUE:
	case RC_INVALID_TRANSITION:
		return reply_error(w, 422, "Unprocessable Entity", e);
	case RC_BUSY:
		return reply_error(w, 409, "Conflict", e);
	default:
		return e->rc;
	}
}

static bool
key_fits(struct web *w)
{
	struct str	sent = web_header(w, "HTTP_AUTHORIZATION"),
			ours = web_flow(w)->conf->lemonsqueezy_api_key;

	if (!str_starts(sent, STR("Bearer ")))
		return false;
	sent = str_part(sent, 7, sent.len);
	return sent.len > 0 && (ours.len == 0 || str_eq_secret(sent, ours));
}

enum rc
sandbox_lemon(struct web *w, struct err *e)
{
	static const struct route *const	tables[] = {
		pay_routes, lemon_sub_routes,
	};
	enum rc	rc = RC_UNKNOWN_PATH;

	if (!key_fits(w)) {
		err_set(e, RC_BAD_CREDENTIAL, NULL, "Unauthenticated.");
		return reply_error(w, 401, "Unauthorized", e);
	}
	for (size_t i = 0; i < COUNT(tables) && rc == RC_UNKNOWN_PATH; i++)
		rc = web_dispatch(w, tables[i], e);
	return rc == RC_OK ? RC_OK : told(w, e);
}

enum rc
as_lemon_missing(struct err *e)
{
	return err_set(e, RC_MISSING, NULL,
	    "The requested resource does not exist.");
}

/* {"data":{"type","id","attributes","relationships"}} and no more. */
static enum rc
take_body(struct lemon_call *c, const char *type,
    const char *const *attributes, struct err *e)
{
	static const char *const	outer[] = { "data", NULL };
	static const char *const	inner[] = { "type", "id",
	    "attributes", "relationships", NULL };
	const struct node		*data;
	struct str			 id = STR_NONE;

	TRY(doc_read(&c->body, web_body(c->w), DOC_STRICT, e));
	TRY(body_known(doc_root(c->body), outer, e));
	data = node_at(doc_root(c->body), "data");
	TRY(body_known(data, inner, e));
	if (!str_eq(node_text(data, "type"), str_of(type)))
		return err_member(e, RC_INVALID_VALUE, "/data/type", NULL,
		    "The type must be %s.", type);
	id = node_text(data, "id");
	if (id.len > 0 && !str_eq(id, web_arg(c->w, "id")))
		return err_member(e, RC_INVALID_VALUE, "/data/id", NULL,
		    "The id is not that of the path.");
	c->data = data;
	c->attributes = node_at(data, "attributes");
	return body_known(c->attributes, attributes, e);
}

enum rc
as_lemon_begin(struct lemon_call *c, struct web *w,
    const char *const *parameters, const char *type,
    const char *const *attributes, struct err *e)
{
	static const char *const	none[] = { "include", NULL };
	struct str			odd;

	*c = (struct lemon_call){ .w = w };
	TRY(play_begin(&c->play, web_flow(w), STR("lemonsqueezy"), e));
	TRY(form_read(&c->query, web_pairs(w), web_arena(w), e));
	odd = form_unknown(&c->query, parameters == NULL ? none :
	    parameters);
	if (odd.len > 0)
		return err_set(e, RC_INVALID_VALUE, NULL,
		    "Unknown query parameter: %.*s", STR_FMT(odd));
	return type == NULL ? RC_OK : take_body(c, type, attributes, e);
}

void
as_lemon_end(struct lemon_call *c)
{
	doc_free(&c->body);
}

enum rc
as_lemon_reply(struct lemon_call *c, int status, lemon_writer *write,
    const struct thing *t, struct err *e)
{
	struct out	o;
	struct str	json = STR_NONE;

	out_init(&o, web_arena(c->w), REPLY_BYTES_MAX);
	out_open(&o, '{');
	out_raw(&o, "jsonapi", STR("{\"version\":\"1.0\"}"));
	out_key(&o, STR("data"));
	write(&c->play, &o, t);
	out_close(&o, '}');
	TRY(out_take(&o, "an answer", &json, e));
	TRY(play_end(&c->play, PLAY_SOON, 1, e));
	return web_reply_as(c->w, status, JSON_API, json);
}

static enum rc
take_number(struct lemon_call *c, const char *name, int64_t most,
    int64_t *n, struct err *e)
{
	if (form_has(&c->query, name) && (!form_int(&c->query, name, n) ||
	    *n < 1 || *n > most))
		return err_set(e, RC_INVALID_VALUE, NULL,
		    "%s is 1 to %lld", name, (long long)most);
	return RC_OK;
}

static void
write_page(struct lemon_call *c, struct out *o, const char *path,
    int64_t page, int64_t size, int64_t total)
{
	int64_t	last = total == 0 ? 1 : (total + size - 1) / size;

	out_open_as(o, "meta", '{');
	out_open_as(o, "page", '{');
	out_int(o, "currentPage", page);
	out_int(o, "from", (page - 1) * size + 1);
	out_int(o, "lastPage", last);
	out_int(o, "perPage", size);
	out_int(o, "to", page * size < total ? page * size : total);
	out_int(o, "total", total);
	out_close(o, '}');
	out_close(o, '}');
	out_open_as(o, "links", '{');
	out_text(o, "first", arena_text(web_arena(c->w),
	    "https://api.lemonsqueezy.com/v1/%s?page%%5Bnumber%%5D=1",
	    path));
	if (page < last)
		out_text(o, "next", arena_text(web_arena(c->w),
		    "https://api.lemonsqueezy.com/v1/%s"
		    "?page%%5Bnumber%%5D=%lld&page%%5Bsize%%5D=%lld", path,
		    (long long)page + 1, (long long)size));
	out_close(o, '}');
}

enum rc
as_lemon_list(struct lemon_call *c, enum thing_kind kind,
    lemon_wanted *wanted, lemon_writer *write, const char *path,
    struct err *e)
{
	int64_t		 page = 1, size = PAGE_USUAL, n = 0;
	struct thing	*list;
	struct str	 json = STR_NONE;
	size_t		 count;
	struct out	 o;

	TRY(take_number(c, "page[number]", 1000000, &page, e));
	TRY(take_number(c, "page[size]", PAGE_MOST, &size, e));
	TRY(thing_list(&c->play, kind, STR_NONE, INT64_MAX, LOOKED_AT, &list,
	    &count, e));
	out_init(&o, web_arena(c->w), REPLY_BYTES_MAX);
	out_open(&o, '{');
	out_open_as(&o, "data", '[');
	for (size_t i = 0; i < count; i++) {
		if (!wanted(&c->query, &list[i]))
			continue;
		if (n >= (page - 1) * size && n < page * size)
			write(&c->play, &o, &list[i]);
		n++;
	}
	out_close(&o, ']');
	write_page(c, &o, path, page, size, n);
	out_close(&o, '}');
	TRY(out_take(&o, "a list", &json, e));
	return web_reply_as(c->w, 200, JSON_API, json);
}

/* ---- Checkouts ---- */

static enum rc
related(struct lemon_call *c, const char *name, struct str *id,
    struct err *e)
{
	*id = arena_keep(web_arena(c->w), node_text(c->data,
	    arena_text(web_arena(c->w), "relationships.%s.data.id",
	    name).at));
	if (id->len > 0)
		return RC_OK;
	return err_member(e, RC_INVALID_VALUE, "/data/relationships", NULL,
	    "The %s relationship is required.", name);
}

/* So many of the variant; others of the product are not played. */
static enum rc
take_quantity(struct lemon_call *c, struct play_line *l, struct err *e)
{
	const struct node	*list = node_at(c->attributes,
				    "checkout_data.variant_quantities");
	int64_t			 variant = 0, of;

	(void)str_int64(l->price, &variant);
	l->quantity = 1;
	for (size_t i = 0; i < node_count(list); i++) {
		const struct node *one = node_item(list, i);

		if (!node_int(one, "variant_id", &of) || of != variant)
			continue;
		if (!node_int(one, "quantity", &l->quantity) ||
		    l->quantity < 1 || l->quantity > QUANTITY_MAX)
			return err_member(e, RC_INVALID_VALUE,
			    "/data/attributes/checkout_data", NULL,
			    "The quantity must be an integer from 1 on.");
	}
	return RC_OK;
}

static enum rc
take_checkout(struct lemon_call *c, struct thing *co, struct err *e)
{
	struct arena		*a = web_arena(c->w);
	const struct node	*data = node_at(c->attributes,
				    "checkout_data.custom");
	struct str		 store, ours = c->play.f->conf->
				    lemonsqueezy_store, ends;

	TRY(related(c, "store", &store, e));
	TRY(related(c, "variant", &co->lines.at[0].price, e));
	co->lines.count = 1;
	if (ours.len > 0 && !str_eq(store, ours))
		return err_member(e, RC_MISSING, "/data/relationships/store",
		    NULL, "The related resource does not exist.");
	TRY(take_quantity(c, &co->lines.at[0], e));
	if (node_kind(data) == NODE_OBJECT)
		co->data = node_json(data, a);
	co->sub_data = co->pay_data = co->data;
	co->email = arena_keep(a, node_text(c->attributes,
	    "checkout_data.email"));
	if (co->email.len == 0)
		co->email = STR("buyer@example.com");
	if (!sandbox_email(a, co->email))
		return err_member(e, RC_INVALID_VALUE,
		    "/data/attributes/checkout_data/email", NULL,
		    "The email must be a valid email address.");
	co->success_url = arena_keep(a, node_text(c->attributes,
	    "product_options.redirect_url"));
	ends = node_text(c->attributes, "expires_at");
	if (ends.len > 0 && !text_untime(ends, &co->expires))
		return err_member(e, RC_INVALID_VALUE,
		    "/data/attributes/expires_at", NULL,
		    "The expires_at is not a valid date.");
	return RC_OK;
}

static enum rc
checkout_make(struct web *w, struct err *e)
{
	static const char *const	attributes[] = { "custom_price",
	    "product_options", "checkout_options", "checkout_data",
	    "preview", "test_mode", "expires_at", NULL };
	GUARD(as_lemon_end) struct lemon_call	c;
	struct thing				co;

	TRY(as_lemon_begin(&c, w, NULL, "checkouts", attributes, e));
	thing_begin(&c.play, THING_CHECKOUT, c.play.as->id(&c.play,
	    ID_CHECKOUT), &co);
	TRY(take_checkout(&c, &co, e));
	TRY(life_open(&c.play, &co, e));
	return as_lemon_reply(&c, 201, lemon_write_checkout, &co, e);
}

static enum rc
checkout_show(struct web *w, struct err *e)
{
	GUARD(as_lemon_end) struct lemon_call	c;
	struct thing				co;
	bool					found;

	TRY(as_lemon_begin(&c, w, NULL, NULL, NULL, e));
	TRY(thing_get(&c.play, THING_CHECKOUT, web_arg(w, "id"), &co, &found,
	    e));
	return found ? as_lemon_reply(&c, 200, lemon_write_checkout, &co, e) :
	    as_lemon_missing(e);
}

/* ---- Orders ---- */

bool
as_lemon_fits(const struct form *f, const char *name, struct str value)
{
	struct str	asked = form_text(f, name);

	return asked.len == 0 || str_eq(asked, value);
}

static bool
is_order(const struct form *f, const struct thing *pay)
{
	return lemon_order_id(pay).len > 0 &&
	    (str_eq(pay->status, STR("paid")) ||
	    str_eq(pay->status, STR("processing"))) &&
	    as_lemon_fits(f, "filter[user_email]", pay->email);
}

static enum rc
order_list(struct web *w, struct err *e)
{
	static const char *const	parameters[] = { "filter[store_id]",
	    "filter[user_email]", "page[number]", "page[size]", "include",
	    NULL };
	GUARD(as_lemon_end) struct lemon_call	c;

	TRY(as_lemon_begin(&c, w, parameters, NULL, NULL, e));
	return as_lemon_list(&c, THING_PAYMENT, is_order, lemon_write_order,
	    "orders", e);
}

/* The order of a subscription stands with its first payment. */
static enum rc
order_show(struct web *w, struct err *e)
{
	GUARD(as_lemon_end) struct lemon_call	c;
	struct str				id = web_arg(w, "id");
	struct thing				*list;
	size_t					count;

	TRY(as_lemon_begin(&c, w, NULL, NULL, NULL, e));
	TRY(thing_list(&c.play, THING_PAYMENT, STR_NONE, INT64_MAX,
	    LOOKED_AT, &list, &count, e));
	for (size_t i = 0; i < count; i++)
		if (str_eq(lemon_order_id(&list[i]), id))
			return as_lemon_reply(&c, 200, lemon_write_order,
			    &list[i], e);
	return as_lemon_missing(e);
}
