/*
 * Asking Stripe: the table of errands, how a call is put together and an
 * answer taken apart, and the errands about checkouts and the portal.
 */
#include <stdarg.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/guard.h"
#include "base/secret.h"
#include "base/text.h"
#include "provider/stripe.h"
#include "provider/stripe_errand.h"
#include "wire/out.h"

#define STRIPE_VERSION	"2026-07-29.dahlia"

enum {
	FORM_BYTES_MAX		= 16 * 1024,
	PATH_BYTES_MAX		= 2000,
	EVENT_BYTES_MAX		= 256 * 1024,
	CHECKOUT_LEAST_MINUTES	= 31,	/* Stripe's own least is 30 */
	ID_BYTES		= 12,
};

static void
call_make(struct stripe_turn *t, const char *method, const char *fmt,
    va_list args)
{
	const struct api_rules	*rules = t->errand->rules;
	char			 path[PATH_BYTES_MAX];
	int			 len = vsnprintf(path, sizeof(path), fmt, args);

	must(len > 0 && (size_t)len < sizeof(path));
	call_begin(t->call, method, arena_keep(t->arena,
	    (struct str){ .at = path, .len = (size_t)len }));
	call_header(t->call, "Authorization", arena_text(t->arena,
	    "Bearer %.*s", STR_FMT(rules->key)));
	call_header(t->call, "Stripe-Version", STR(STRIPE_VERSION));
	if (rules->account.len > 0)
		call_header(t->call, "Stripe-Account", rules->account);
	t->turn = TURN_CALL;
	buf_init(&t->form, t->arena, FORM_BYTES_MAX);
}

void
stripe_get(struct stripe_turn *t, const char *path, ...)
{
	va_list	args;

	va_start(args, path);
	call_make(t, "GET", path, args);
	va_end(args);
}

void
stripe_post(struct stripe_turn *t, const char *path, ...)
{
	va_list	args;

	va_start(args, path);
	call_make(t, "POST", path, args);
	va_end(args);
}

void
stripe_delete(struct stripe_turn *t, const char *path, ...)
{
	va_list	args;

	va_start(args, path);
	call_make(t, "DELETE", path, args);
	va_end(args);
}

void
stripe_field(struct stripe_turn *t, const char *key, struct str value)
{
	if (t->form.len > 0)
		buf_char(&t->form, '&');
	buf_add(&t->form, str_of(key));
	buf_char(&t->form, '=');
	buf_add(&t->form, text_percent(t->arena, value));
}

void
stripe_number(struct stripe_turn *t, const char *key, int64_t value)
{
	stripe_field(t, key, arena_text(t->arena, "%lld", (long long)value));
}

enum rc
stripe_send(struct stripe_turn *t, struct str key, struct err *e)
{
	if (t->form.full)
		return err_set(e, RC_BROKEN, NULL,
		    "a request to Stripe is too large");
	t->call->body = buf_str(&t->form);
	call_header(t->call, "Content-Type",
	    STR("application/x-www-form-urlencoded"));
	if (key.len > 0)
		call_header(t->call, "Idempotency-Key", key);
	return RC_OK;
}

enum rc
stripe_over(struct stripe_turn *t, enum errand_end end)
{
	t->turn = TURN_OVER;
	t->result->end = end;
	return RC_OK;
}

enum rc
stripe_answer(struct stripe_turn *t, size_t i, struct doc **doc, bool *ended,
    struct err *e)
{
	const struct call_answer	*a = &t->answers[i];
	GUARD(doc_free) struct doc	*failure = NULL;
	struct err			 unread;

	*ended = false;
	TRY(answer_check(a, "stripe_api_key", e));
	if (a->status < 300)
		return answer_read(a, doc, e);
	*ended = true;
	t->turn = TURN_OVER;
	if (answer_read(a, &failure, &unread) == RC_OK)
		errand_end(t->result, ERRAND_REFUSED, t->arena,
		    node_text(doc_root(failure), "error.message"));
	t->result->end = a->status == 404 ? ERRAND_GONE :
	    a->status == 402 ? ERRAND_DECLINED : ERRAND_REFUSED;
	return RC_OK;
}

enum rc
stripe_tell(struct stripe_turn *t, const char *type,
    const struct node *object, struct err *e)
{
	struct str	json = node_json(object, t->arena), body;
	const struct str fields[] = {
		str_of(type), json,
		arena_text(t->arena, "%lld", (long long)t->errand->now),
	};
	struct digest	d = secret_sha256_fields(fields, COUNT(fields));
	struct out	o;

	out_init(&o, t->arena, EVENT_BYTES_MAX);
	out_open(&o, '{');
	out_text(&o, "id", arena_text(t->arena, "evt_rung_%.*s",
	    STR_FMT(text_hex(t->arena, d.byte, ID_BYTES))));
	out_name(&o, "object", "event");
	if (t->errand->rules->account.len > 0)
		out_text(&o, "account", t->errand->rules->account);
	out_name(&o, "api_version", STRIPE_VERSION);
	out_int(&o, "created", t->errand->now / SECOND);
	out_open_as(&o, "data", '{');
	out_raw(&o, "object", json);
	out_close(&o, '}');
	out_bool(&o, "livemode", t->errand->rules->livemode);
	out_name(&o, "type", type);
	out_close(&o, '}');
	TRY(out_take(&o, "an event", &body, e));
	errand_body(t->result, t->arena, body);
	return RC_OK;
}

/* Our names, below a key like "metadata" or "subscription_data[metadata]". */
static void
put_names(struct stripe_turn *t, const char *below)
{
	stripe_field(t, arena_text(t->arena, "%s[rung_session]", below).at,
	    t->errand->session);
	stripe_field(t, arena_text(t->arena, "%s[rung_user]", below).at,
	    t->errand->user);
}

/*
 * The whole request.  Repeated with the same key it must say the same, so the
 * end of the session is named only while Stripe will surely take it, and the
 * key tells whether it was; as it tells of an address that was left out.
 */
static enum rc
checkout_create(struct stripe_turn *t, bool recurring, struct str email,
    struct err *e)
{
	const struct errand	*x = t->errand;
	bool	 ends = x->expires_at - x->now >=
		    CHECKOUT_LEAST_MINUTES * MINUTE;
	bool	 bare = x->email.len > email.len;

	stripe_post(t, "/v1/checkout/sessions");
	stripe_field(t, "mode",
	    recurring ? STR("subscription") : STR("payment"));
	stripe_field(t, "line_items[0][price]", x->price);
	stripe_number(t, "line_items[0][quantity]", x->quantity);
	stripe_field(t, "success_url", x->success_url);
	if (x->cancel_url.len > 0)
		stripe_field(t, "cancel_url", x->cancel_url);
	if (email.len > 0)
		stripe_field(t, "customer_email", email);
	stripe_field(t, "client_reference_id", x->session);
	put_names(t, "metadata");
	put_names(t, recurring ? "subscription_data[metadata]" :
	    "payment_intent_data[metadata]");
	if (ends)
		stripe_number(t, "expires_at", x->expires_at / SECOND);
	return stripe_send(t, arena_text(t->arena, "%.*s%s%s",
	    STR_FMT(x->session), ends ? "" : "-long", bare ? "-bare" : ""), e);
}

static enum rc
checkout_made(struct stripe_turn *t, const struct node *made, struct err *e)
{
	struct errand_result	*r = t->result;
	struct str		 id = node_id(made, "id"),
				 payment = node_id(made, "payment_intent");
	int64_t			 ends;

	r->url = arena_keep(t->arena, node_text(made, "url"));
	if (id.len == 0 || r->url.len == 0)
		return err_set(e, RC_PROVIDER_DOWN, "Try again later.",
		    "Stripe made a checkout without a url");
	r->made[r->made_count++] = (struct object_key){
		.provider = STR("stripe"), .account = t->errand->rules->account,
		.kind = OBJECT_CHECKOUT, .ref = arena_keep(t->arena, id),
	};
	if (payment.len > 0)
		r->made[r->made_count++] = (struct object_key){
			.provider = STR("stripe"),
			.account = t->errand->rules->account,
			.kind = OBJECT_PAYMENT,
			.ref = arena_keep(t->arena, payment),
		};
	if (node_int(made, "expires_at", &ends))
		r->expires_at = ends * SECOND;
	return stripe_over(t, ERRAND_DONE);
}

/* What the first answer says of the price, if it was asked about. */
static enum rc
price_read(struct stripe_turn *t, bool *recurring, bool *ended, struct err *e)
{
	GUARD(doc_free) struct doc	*doc = NULL;

	TRY(stripe_answer(t, 0, &doc, ended, e));
	*recurring = !*ended && node_kind(node_at(doc_root(doc),
	    "recurring")) == NODE_OBJECT;
	return RC_OK;
}

/*
 * The checkout, once it is known whether the price renews.  A buyer must not
 * fail for his address: one that may be refused for it is asked for again
 * without.
 */
static enum rc
checkout_open(struct stripe_turn *t, bool recurring, size_t tries,
    struct err *e)
{
	GUARD(doc_free) struct doc	*doc = NULL;
	struct str	 email = t->errand->email;
	bool		 ended;

	if (tries == 0)
		return checkout_create(t, recurring, email, e);
	TRY(stripe_answer(t, t->answered - 1, &doc, &ended, e));
	if (!ended)
		return checkout_made(t, doc_root(doc), e);
	if (tries == 1 && email.len > 0 && t->result->end == ERRAND_REFUSED)
		return checkout_create(t, recurring, STR_NONE, e);
	return RC_OK;
}

/* A price whose interval the matrix does not say is asked about first. */
static enum rc
do_checkout(struct stripe_turn *t, struct err *e)
{
	bool	 recurring = true, ended = false;

	if (t->errand->interval.len > 0)
		return checkout_open(t, true, t->answered, e);
	if (t->answered == 0) {
		stripe_get(t, "/v1/prices/%.*s", STR_FMT(text_percent(t->arena,
		    t->errand->price)));
		return RC_OK;
	}
	TRY(price_read(t, &recurring, &ended, e));
	return ended ? RC_OK :
	    checkout_open(t, recurring, t->answered - 1, e);
}

/* One that is paid or expired already cannot be closed: nothing to do. */
static enum rc
do_close(struct stripe_turn *t, struct err *e)
{
	GUARD(doc_free) struct doc	*doc = NULL;
	bool	 ended;

	if (t->answered == 0) {
		stripe_post(t, "/v1/checkout/sessions/%.*s/expire",
		    STR_FMT(t->errand->object.ref));
		return stripe_send(t, STR_NONE, e);
	}
	TRY(stripe_answer(t, 0, &doc, &ended, e));
	if (!ended)
		return stripe_over(t, ERRAND_DONE);
	if (t->result->end == ERRAND_REFUSED)
		t->result->end = ERRAND_GONE;
	return RC_OK;
}

/* Where Stripe keeps an object of each kind. */
static const char *
path_of(enum object_kind kind)
{
	switch (kind) {
	case OBJECT_SUBSCRIPTION:
		return "/v1/subscriptions/";
	case OBJECT_CHECKOUT:
		return "/v1/checkout/sessions/";
	case OBJECT_INVOICE:
		return "/v1/invoices/";
	default:
		return "/v1/payment_intents/";
	}
}

/* Whose is the purchase?  Then that customer's page. */
static enum rc
do_portal(struct stripe_turn *t, struct err *e)
{
	GUARD(doc_free) struct doc	*doc = NULL;
	struct str	 customer;
	bool		 ended;

	if (t->answered == 0) {
		stripe_get(t, "%s%.*s", path_of(t->errand->object.kind),
		    STR_FMT(t->errand->object.ref));
		return RC_OK;
	}
	TRY(stripe_answer(t, t->answered - 1, &doc, &ended, e));
	if (ended)
		return RC_OK;
	if (t->answered == 1) {
		customer = node_id(doc_root(doc), "customer");
		if (customer.len == 0) {
			errand_end(t->result, ERRAND_REFUSED, t->arena,
			    STR("the purchase has no customer at Stripe"));
			t->turn = TURN_OVER;
			return RC_OK;
		}
		stripe_post(t, "/v1/billing_portal/sessions");
		stripe_field(t, "customer", customer);
		if (t->errand->success_url.len > 0)
			stripe_field(t, "return_url", t->errand->success_url);
		return stripe_send(t, STR_NONE, e);
	}
	t->result->url = arena_keep(t->arena,
	    node_text(doc_root(doc), "url"));
	return stripe_over(t, ERRAND_DONE);
}

static stripe_turn_fn *const turns[ERRAND__COUNT] = {
	[ERRAND_CHECKOUT]	= do_checkout,
	[ERRAND_CLOSE]		= do_close,
	[ERRAND_QUOTE]		= stripe_do_quote,
	[ERRAND_CHANGE]		= stripe_do_change,
	[ERRAND_PLAN]		= stripe_do_plan,
	[ERRAND_CANCEL]		= stripe_do_cancel,
	[ERRAND_RESUME]		= stripe_do_resume,
	[ERRAND_PORTAL]		= do_portal,
	[ERRAND_LIST]		= stripe_do_list,
	[ERRAND_LOOK]		= stripe_do_look,
};

enum rc
stripe_errand(const struct errand *errand, const struct call_answer *answers,
    size_t answered, struct arena *a, enum errand_turn *turn,
    struct call *call, struct errand_result *result, struct err *e)
{
	struct stripe_turn	t = {
		.errand = errand, .answers = answers, .answered = answered,
		.arena = a, .call = call, .result = result,
	};

	*result = (struct errand_result){ .end = ERRAND_DONE };
	TRY(turns[errand->kind](&t, e));
	*turn = t.turn;
	return RC_OK;
}
