/*
 * Asking Paddle: the table of errands, how a call is put together and an
 * answer taken apart, and the errands about checkouts and the portal.
 */
#include <stdarg.h>
#include <stdio.h>

#include "base/guard.h"
#include "base/secret.h"
#include "base/text.h"
#include "provider/paddle.h"
#include "provider/paddle_errand.h"
#include "wire/rewrite.h"

enum {
	CALL_BYTES_MAX	= 16 * 1024,
	PATH_BYTES_MAX	= 2000,
	EVENT_BYTES_MAX	= 256 * 1024,
	ID_BYTES	= 12,
};

/* --- calls and answers ------------------------------------------------- */

static void
call_make(struct paddle_turn *t, const char *method, const char *fmt,
    va_list args)
{
	char	path[PATH_BYTES_MAX];
	int	len = vsnprintf(path, sizeof(path), fmt, args);

	must(len > 0 && (size_t)len < sizeof(path));
	call_begin(t->call, method, arena_keep(t->arena,
	    (struct str){ .at = path, .len = (size_t)len }));
	call_header(t->call, "Authorization", arena_text(t->arena,
	    "Bearer %.*s", STR_FMT(t->errand->rules->key)));
	call_header(t->call, "Paddle-Version", STR("1"));
	t->turn = TURN_CALL;
}

void
paddle_get(struct paddle_turn *t, const char *path, ...)
{
	va_list	args;

	va_start(args, path);
	call_make(t, "GET", path, args);
	va_end(args);
}

void
paddle_begin(struct paddle_turn *t, const char *method, const char *path,
    ...)
{
	va_list	args;

	va_start(args, path);
	call_make(t, method, path, args);
	va_end(args);
	call_header(t->call, "Content-Type", STR("application/json"));
	out_init(&t->body, t->arena, CALL_BYTES_MAX);
	out_open(&t->body, '{');
}

enum rc
paddle_send(struct paddle_turn *t, struct err *e)
{
	out_close(&t->body, '}');
	return out_take(&t->body, "a request to Paddle", &t->call->body, e);
}

enum rc
paddle_over(struct paddle_turn *t, enum errand_end end)
{
	t->turn = TURN_OVER;
	t->result->end = end;
	return RC_OK;
}

enum rc
paddle_refuse(struct paddle_turn *t, const char *why)
{
	errand_end(t->result, ERRAND_REFUSED, t->arena, str_of(why));
	return paddle_over(t, ERRAND_REFUSED);
}

/* Codes of a 400 that are more than a refusal. */
static enum errand_end
end_of(struct str code)
{
	static const struct {
		const char	*code;
		enum errand_end	 end;
	} rows[] = {
		{ "subscription_payment_declined", ERRAND_DECLINED },
		{ "subscription_is_canceled_action_invalid", ERRAND_GONE },
		{ "subscription_update_when_canceled", ERRAND_GONE },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		if (str_eq(code, str_of(rows[i].code)))
			return rows[i].end;
	return ERRAND_REFUSED;
}

/* A 4xx in Paddle's words: {"error":{"code","detail"}}. */
static enum errand_end
failure(struct paddle_turn *t, const struct call_answer *a)
{
	GUARD(doc_free) struct doc	*doc = NULL;
	struct err			 unread;

	if (answer_read(a, &doc, &unread) != RC_OK)
		return ERRAND_REFUSED;
	errand_end(t->result, ERRAND_REFUSED, t->arena,
	    node_text(doc_root(doc), "error.detail"));
	return end_of(node_text(doc_root(doc), "error.code"));
}

enum rc
paddle_answer(struct paddle_turn *t, size_t i, struct doc **doc, bool *ended,
    struct err *e)
{
	const struct call_answer	*a = &t->answers[i];
	enum errand_end			 end;

	*ended = false;
	TRY(answer_check(a, "paddle_api_key", e));
	if (a->status < 300)
		return answer_read(a, doc, e);
	*ended = true;
	end = failure(t, a);
	return paddle_over(t, a->status == 404 ? ERRAND_GONE : end);
}

/* --- an entity as an event --------------------------------------------- */

static enum rc
entity_json(struct paddle_turn *t, const struct node *entity,
    struct str *json, struct err *e)
{
	/* Parts that only the API adds; the urls carry a token of the buyer's. */
	static const struct str	added[] = {
		STR("management_urls"), STR("next_transaction"),
		STR("recurring_transaction_details"),
	};
	struct out		o;

	out_init(&o, t->arena, EVENT_BYTES_MAX);
	out_open(&o, '{');
	TRY(rewrite_but(entity, added, COUNT(added), t->arena, &o, e));
	out_close(&o, '}');
	return out_take(&o, "an entity of Paddle", json, e);
}

/* When it was last written; an adjustment may never have been. */
static struct str
written_at(const struct node *entity)
{
	return node_text(entity, paddle_time(entity, "updated_at") != 0 ?
	    "updated_at" : "created_at");
}

enum rc
paddle_tell(struct paddle_turn *t, const char *type,
    const struct node *entity, struct err *e)
{
	struct str	json, body;
	struct out	o;

	TRY(entity_json(t, entity, &json, e));

	const struct str	fields[] = { str_of(type), json };
	struct digest		d = secret_sha256_fields(fields,
				    COUNT(fields));

	out_init(&o, t->arena, EVENT_BYTES_MAX);
	out_open(&o, '{');
	out_raw(&o, "data", json);
	out_text(&o, "event_id", arena_text(t->arena, "evt_rung_%.*s",
	    STR_FMT(text_hex(t->arena, d.byte, ID_BYTES))));
	out_name(&o, "event_type", type);
	out_text(&o, "occurred_at", written_at(entity));
	out_close(&o, '}');
	TRY(out_take(&o, "an event", &body, e));
	errand_body(t->result, t->arena, body);
	return RC_OK;
}

/* --- checkouts and the portal ------------------------------------------ */

/* It takes no e-mail address of a buyer it does not know: he writes his own. */
static enum rc
checkout_ask(struct paddle_turn *t, struct err *e)
{
	const struct errand	*x = t->errand;
	struct out		*o = &t->body;

	paddle_begin(t, "POST", "/transactions");
	out_open_as(o, "items", '[');
	out_open(o, '{');
	out_text(o, "price_id", x->price);
	out_int(o, "quantity", x->quantity);
	out_close(o, '}');
	out_close(o, ']');
	out_open_as(o, "custom_data", '{');
	out_text(o, "rung_session", x->session);
	out_text(o, "rung_user", x->user);
	out_close(o, '}');
	return paddle_send(t, e);
}

/*
 * The url is the seller's own page with the transaction's id, where Paddle.js
 * opens the form; Paddle knows it from the default payment link.
 */
static enum rc
do_checkout(struct paddle_turn *t, struct err *e)
{
	GUARD(doc_free) struct doc	*doc = NULL;
	struct errand_result		*r = t->result;
	struct str			 id;
	bool				 ended;

	if (t->answered == 0)
		return checkout_ask(t, e);
	TRY(paddle_answer(t, 0, &doc, &ended, e));
	if (ended)
		return RC_OK;
	id = node_text(doc_root(doc), "data.id");
	if (id.len == 0)
		return err_set(e, RC_PROVIDER_DOWN, "Try again later.",
		    "Paddle made a transaction without an id");
	r->made[r->made_count++] = (struct object_key){
		.provider = STR("paddle"), .kind = OBJECT_PAYMENT,
		.ref = arena_keep(t->arena, id),
	};
	r->url = arena_keep(t->arena,
	    node_text(doc_root(doc), "data.checkout.url"));
	if (r->url.len == 0)
		return paddle_refuse(t, "Paddle named no checkout url: set "
		    "the default payment link in its checkout settings");
	return paddle_over(t, ERRAND_DONE);
}

/*
 * Paddle cancels what is ready or billed.  One that is paid or canceled
 * already cannot be, nor a draft that nobody opened: nothing to do.
 */
static enum rc
do_close(struct paddle_turn *t, struct err *e)
{
	GUARD(doc_free) struct doc	*doc = NULL;
	bool				 ended;

	if (t->answered == 0) {
		paddle_begin(t, "PATCH", "/transactions/%.*s",
		    STR_FMT(t->errand->object.ref));
		out_name(&t->body, "status", "canceled");
		return paddle_send(t, e);
	}
	TRY(paddle_answer(t, 0, &doc, &ended, e));
	return paddle_over(t, ended ? ERRAND_GONE : ERRAND_DONE);
}

static enum rc
portal_ask(struct paddle_turn *t, const struct node *entity, struct err *e)
{
	const struct object_key	*of = &t->errand->object;
	struct str		 customer = node_text(entity, "customer_id");

	if (!event_id_valid(customer))
		return paddle_refuse(t,
		    "the purchase has no customer at Paddle");
	paddle_begin(t, "POST", "/customers/%.*s/portal-sessions",
	    STR_FMT(customer));
	if (of->kind == OBJECT_SUBSCRIPTION) {
		out_open_as(&t->body, "subscription_ids", '[');
		out_item(&t->body, of->ref);
		out_close(&t->body, ']');
	}
	return paddle_send(t, e);
}

/* Whose is the purchase?  Then that customer's page. */
static enum rc
do_portal(struct paddle_turn *t, struct err *e)
{
	GUARD(doc_free) struct doc	*doc = NULL;
	const struct object_key		*of = &t->errand->object;
	bool				 ended;

	if (t->answered == 0) {
		paddle_get(t, "/%s/%.*s", of->kind == OBJECT_SUBSCRIPTION ?
		    "subscriptions" : "transactions", STR_FMT(of->ref));
		return RC_OK;
	}
	TRY(paddle_answer(t, t->answered - 1, &doc, &ended, e));
	if (ended)
		return RC_OK;
	if (t->answered == 1)
		return portal_ask(t, node_at(doc_root(doc), "data"), e);
	t->result->url = arena_keep(t->arena,
	    node_text(doc_root(doc), "data.urls.general.overview"));
	if (t->result->url.len == 0)
		return err_set(e, RC_PROVIDER_DOWN, "Try again later.",
		    "Paddle made a portal session without a url");
	return paddle_over(t, ERRAND_DONE);
}

static paddle_turn_fn *const turns[ERRAND__COUNT] = {
	[ERRAND_CHECKOUT]	= do_checkout,
	[ERRAND_CLOSE]		= do_close,
	[ERRAND_QUOTE]		= paddle_do_quote,
	[ERRAND_CHANGE]		= paddle_do_change,
	[ERRAND_PLAN]		= paddle_do_plan,
	[ERRAND_CANCEL]		= paddle_do_cancel,
	[ERRAND_RESUME]		= paddle_do_resume,
	[ERRAND_PORTAL]		= do_portal,
	[ERRAND_LIST]		= paddle_do_list,
	[ERRAND_LOOK]		= paddle_do_look,
};

enum rc
paddle_errand(const struct errand *errand, const struct call_answer *answers,
    size_t answered, struct arena *a, enum errand_turn *turn,
    struct call *call, struct errand_result *result, struct err *e)
{
	struct paddle_turn	t = {
		.errand = errand, .answers = answers, .answered = answered,
		.arena = a, .call = call, .result = result,
	};

	*result = (struct errand_result){ .end = ERRAND_DONE };
	TRY(turns[errand->kind](&t, e));
	*turn = t.turn;
	return RC_OK;
}
