/*
 * Asking Lemon Squeezy: the table of errands, how a call is put together and
 * an answer taken apart, and the errands of one call.
 */
#include <stdarg.h>
#include <stdio.h>

#include "base/guard.h"
#include "base/text.h"
#include "provider/lemon.h"
#include "provider/lemon_errand.h"

#define JSON_API	"application/vnd.api+json"

enum {
	CALL_BYTES_MAX	= 32 * 1024,
	PATH_BYTES_MAX	= 500,
};

void
lemon_call(struct lemon_turn *t, const char *method, const char *fmt, ...)
{
	char	path[PATH_BYTES_MAX];
	va_list	args;
	int	len;

	va_start(args, fmt);
	len = vsnprintf(path, sizeof(path), fmt, args);
	va_end(args);
	must(len > 0 && (size_t)len < sizeof(path));
	call_begin(t->call, method, arena_keep(t->arena,
	    (struct str){ .at = path, .len = (size_t)len }));
	call_header(t->call, "Authorization", arena_text(t->arena,
	    "Bearer %.*s", STR_FMT(t->errand->rules->key)));
	call_header(t->call, "Accept", STR(JSON_API));
	call_header(t->call, "Content-Type", STR(JSON_API));
	t->turn = TURN_CALL;
}

void
lemon_body(struct out *o, struct arena *a, const char *type, struct str id)
{
	out_init(o, a, CALL_BYTES_MAX);
	out_open(o, '{');
	out_open_as(o, "data", '{');
	out_name(o, "type", type);
	if (id.len > 0)
		out_text(o, "id", id);
	out_open_as(o, "attributes", '{');
}

enum rc
lemon_send(struct lemon_turn *t, struct out *o, struct err *e)
{
	out_close(o, '}');
	out_close(o, '}');
	return out_take(o, "a request to Lemon Squeezy", &t->call->body, e);
}

enum rc
lemon_over(struct lemon_turn *t, enum errand_end end)
{
	t->turn = TURN_OVER;
	t->result->end = end;
	return RC_OK;
}

enum rc
lemon_refuse(struct lemon_turn *t, const char *why)
{
	errand_end(t->result, ERRAND_REFUSED, t->arena, str_of(why));
	t->turn = TURN_OVER;
	return RC_OK;
}

/* {"errors":[{"detail":"..."}]}, or what can be said without it. */
static void
say_why(struct lemon_turn *t, const struct call_answer *a)
{
	GUARD(doc_free) struct doc	*doc = NULL;
	struct str			 why = STR_NONE;
	struct err			 unread;

	if (answer_read(a, &doc, &unread) == RC_OK)
		why = node_text(doc_root(doc), "errors.0.detail");
	if (why.len == 0)
		why = arena_text(t->arena, "it answered %d", a->status);
	errand_end(t->result, ERRAND_REFUSED, t->arena, why);
}

enum rc
lemon_answer(struct lemon_turn *t, size_t i, struct doc **doc, bool *ended,
    struct err *e)
{
	const struct call_answer	*a = &t->answers[i];

	*ended = false;
	TRY(answer_check(a, "lemonsqueezy_api_key", e));
	if (a->status < 300 && a->body.len > 0)
		return answer_read(a, doc, e);
	*ended = true;
	if (a->status < 300)
		return lemon_over(t, ERRAND_DONE);
	if (a->status < 400)
		return err_set(e, RC_PROVIDER_DOWN, "Try again later.",
		    "the provider answered %d", a->status);
	say_why(t, a);
	return lemon_over(t, a->status == 404 ? ERRAND_GONE :
	    a->status == 402 ? ERRAND_DECLINED : ERRAND_REFUSED);
}

/* --- a checkout -------------------------------------------------------- */

static void
put_related(struct out *o, const char *name, const char *type, struct str id)
{
	out_open_as(o, name, '{');
	out_open_as(o, "data", '{');
	out_name(o, "type", type);
	out_text(o, "id", id);
	out_close(o, '}');
	out_close(o, '}');
}

/*
 * Without enabled_variants the buyer could turn to another variant of the
 * product; what arrives decides in any case.
 */
static void
put_attributes(struct out *o, const struct errand *x, int64_t variant,
    struct str email)
{
	out_open_as(o, "checkout_data", '{');
	if (email.len > 0)
		out_text(o, "email", email);
	out_open_as(o, "custom", '{');
	out_text(o, "rung_session", x->session);
	out_text(o, "rung_user", x->user);
	out_close(o, '}');
	out_open_as(o, "variant_quantities", '[');
	out_open(o, '{');
	out_int(o, "variant_id", variant);
	out_int(o, "quantity", x->quantity);
	out_close(o, '}');
	out_close(o, ']');
	out_close(o, '}');
	out_open_as(o, "product_options", '{');
	out_open_as(o, "enabled_variants", '[');
	out_item_int(o, variant);
	out_close(o, ']');
	if (x->success_url.len > 0)
		out_text(o, "redirect_url", x->success_url);
	out_close(o, '}');
	if (x->expires_at != 0)
		out_time(o, "expires_at", x->expires_at);
	out_bool(o, "test_mode", !x->rules->livemode);
}

static enum rc
checkout_ask(struct lemon_turn *t, int64_t variant, struct str email,
    struct err *e)
{
	const struct errand	*x = t->errand;
	struct out		 o;

	lemon_call(t, "POST", "/v1/checkouts");
	lemon_body(&o, t->arena, "checkouts", STR_NONE);
	put_attributes(&o, x, variant, email);
	out_close(&o, '}');
	out_open_as(&o, "relationships", '{');
	put_related(&o, "store", "stores", x->rules->store);
	put_related(&o, "variant", "variants", x->price);
	out_close(&o, '}');
	return lemon_send(t, &o, e);
}

static enum rc
checkout_made(struct lemon_turn *t, const struct node *root, struct err *e)
{
	struct errand_result	*r = t->result;
	struct str		 id = node_text(root, "data.id");

	r->url = arena_keep(t->arena,
	    node_text(root, "data.attributes.url"));
	if (r->url.len == 0 || !event_id_valid(id))
		return err_set(e, RC_PROVIDER_DOWN, "Try again later.",
		    "Lemon Squeezy made a checkout without a url");
	r->expires_at = lemon_moment(root, "data.attributes.expires_at");
	r->made_at = lemon_moment(root, "data.attributes.created_at");
	r->made[r->made_count++] = (struct object_key){
		.provider = STR("lemonsqueezy"), .kind = OBJECT_CHECKOUT,
		.ref = arena_keep(t->arena, id),
	};
	return lemon_over(t, ERRAND_DONE);
}

/*
 * A buyer must not fail for his address: a checkout that may be refused for it
 * is asked for again without.
 */
static enum rc
do_checkout(struct lemon_turn *t, struct err *e)
{
	GUARD(doc_free) struct doc	*doc = NULL;
	struct str	 email = t->errand->email;
	int64_t		 variant;
	bool		 ended;

	if (t->errand->rules->store.len == 0)
		return lemon_refuse(t, "lemonsqueezy_store is not set: a "
		    "checkout is one of a store");
	if (!str_int64(t->errand->price, &variant) || variant <= 0)
		return lemon_refuse(t, "the price in the matrix is not the "
		    "number of a Lemon Squeezy variant");
	if (t->answered == 0)
		return checkout_ask(t, variant, email, e);
	TRY(lemon_answer(t, t->answered - 1, &doc, &ended, e));
	if (!ended)
		return checkout_made(t, doc_root(doc), e);
	if (t->answered == 1 && email.len > 0 &&
	    t->result->end == ERRAND_REFUSED)
		return checkout_ask(t, variant, STR_NONE, e);
	if (t->result->end == ERRAND_GONE)
		t->result->end = ERRAND_REFUSED;	/* no such variant */
	return RC_OK;
}

static enum rc
do_close(struct lemon_turn *t, struct err *e)
{
	(void)e;
	return lemon_refuse(t,
	    "Lemon Squeezy closes no checkout; it ends by its expires_at");
}

/* --- a subscription ---------------------------------------------------- */

static enum rc
do_quote(struct lemon_turn *t, struct err *e)
{
	(void)e;
	return lemon_refuse(t, "Lemon Squeezy gives no quote for a change");
}

static enum rc
do_plan(struct lemon_turn *t, struct err *e)
{
	(void)e;
	return lemon_refuse(t, "Lemon Squeezy changes a subscription at once "
	    "or not at all; change it now, or when its period is over");
}

/* The answer to the only call shows the subscription as it now stands. */
static enum rc
told(struct lemon_turn *t, struct err *e)
{
	GUARD(doc_free) struct doc	*doc = NULL;
	bool	 ended;

	TRY(lemon_answer(t, 0, &doc, &ended, e));
	if (ended)
		return RC_OK;
	TRY(lemon_tell(t, node_at(doc_root(doc), "data"), e));
	return lemon_over(t, ERRAND_DONE);
}

static enum rc
do_cancel(struct lemon_turn *t, struct err *e)
{
	if (t->errand->immediately)
		return lemon_refuse(t, "Lemon Squeezy ends a subscription "
		    "with its period, not at once");
	if (t->answered > 0)
		return told(t, e);
	lemon_call(t, "DELETE", "/v1/subscriptions/%.*s",
	    STR_FMT(t->errand->object.ref));
	return RC_OK;
}

static enum rc
do_resume(struct lemon_turn *t, struct err *e)
{
	struct str	id = t->errand->object.ref;
	struct out	o;

	if (t->answered > 0)
		return told(t, e);
	lemon_call(t, "PATCH", "/v1/subscriptions/%.*s", STR_FMT(id));
	lemon_body(&o, t->arena, "subscriptions", id);
	out_bool(&o, "cancelled", false);
	out_close(&o, '}');
	return lemon_send(t, &o, e);
}

/* Their link to it is signed anew with each answer, and runs out in a day. */
static enum rc
do_portal(struct lemon_turn *t, struct err *e)
{
	GUARD(doc_free) struct doc	*doc = NULL;
	bool	 ended;

	if (t->errand->object.kind != OBJECT_SUBSCRIPTION)
		return lemon_refuse(t, "Lemon Squeezy has a portal for "
		    "subscriptions only");
	if (t->answered == 0) {
		lemon_call(t, "GET", "/v1/subscriptions/%.*s",
		    STR_FMT(t->errand->object.ref));
		return RC_OK;
	}
	TRY(lemon_answer(t, 0, &doc, &ended, e));
	if (ended)
		return RC_OK;
	t->result->url = arena_keep(t->arena, node_text(doc_root(doc),
	    "data.attributes.urls.customer_portal"));
	if (t->result->url.len == 0)
		return lemon_refuse(t, "the subscription has no portal");
	return lemon_over(t, ERRAND_DONE);
}

/* --- the table --------------------------------------------------------- */

static lemon_turn_fn *const turns[ERRAND__COUNT] = {
	[ERRAND_CHECKOUT]	= do_checkout,
	[ERRAND_CLOSE]		= do_close,
	[ERRAND_QUOTE]		= do_quote,
	[ERRAND_CHANGE]		= lemon_do_change,
	[ERRAND_PLAN]		= do_plan,
	[ERRAND_CANCEL]		= do_cancel,
	[ERRAND_RESUME]		= do_resume,
	[ERRAND_PORTAL]		= do_portal,
	[ERRAND_LIST]		= lemon_do_list,
	[ERRAND_LOOK]		= lemon_do_look,
};

enum rc
lemon_errand(const struct errand *errand, const struct call_answer *answers,
    size_t answered, struct arena *a, enum errand_turn *turn,
    struct call *call, struct errand_result *result, struct err *e)
{
	struct lemon_turn	t = {
		.errand = errand, .answers = answers, .answered = answered,
		.arena = a, .call = call, .result = result,
	};

	*result = (struct errand_result){ .end = ERRAND_DONE };
	TRY(turns[errand->kind](&t, e));
	*turn = t.turn;
	return RC_OK;
}
