/*
 * Events as Stripe writes them, as far as anybody reads them.  One session is
 * one Checkout with one PaymentIntent, so a second click is another attempt
 * at the same payment; each event has an id of its own.
 */
#include "base/clock.h"
#include "base/limits.h"
#include "base/secret.h"
#include "base/text.h"
#include "flow/post.h"
#include "flow/pretend.h"
#include "provider/stripe.h"
#include "wire/out.h"

enum { ID_BYTES = 12 };

/* The same id for the same session, always. */
static struct str
id_of(struct flow *f, const char *head, const struct pretence *p)
{
	const struct str	fields[] = { str_of(head), p->session->id };
	struct digest		d = secret_sha256_fields(fields,
				    COUNT(fields));
	struct str		hex = text_hex(f->arena, d.byte, ID_BYTES);

	return arena_text(f->arena, "%s%.*s", head, STR_FMT(hex));
}

static struct str
new_id(struct flow *f, const char *head)
{
	uint8_t		random[ID_BYTES];
	struct str	hex;

	secret_random(random, sizeof(random));
	hex = text_hex(f->arena, random, sizeof(random));
	return arena_text(f->arena, "%s%.*s", head, STR_FMT(hex));
}

static void
write_metadata(struct out *o, const struct pretence *p)
{
	out_open_as(o, "metadata", '{');
	out_text(o, "rung_session", p->session->id);
	out_text(o, "rung_user", p->session->terms.user);
	out_close(o, '}');
}

static void
write_checkout(struct flow *f, struct out *o, const struct pretence *p)
{
	out_text(o, "id", id_of(f, "cs_test_", p));
	out_name(o, "object", "checkout.session");
	out_int(o, "amount_subtotal", p->amount);
	out_int(o, "amount_total", p->amount);
	out_text_or_null(o, "cancel_url", p->session->cancel_url);
	out_text(o, "client_reference_id", p->session->id);
	out_int(o, "created", f->now / SECOND);
	out_text(o, "currency", p->currency);
	out_null(o, "customer");
	out_bool(o, "livemode", false);
	write_metadata(o, p);
	out_name(o, "mode", "payment");
	out_text(o, "payment_intent", id_of(f, "pi_", p));
	out_open_as(o, "payment_method_types", '[');
	out_item(o, STR("card"));
	out_close(o, ']');
	out_name(o, "payment_status", "paid");
	out_name(o, "status", "complete");
	out_null(o, "subscription");
	out_text_or_null(o, "success_url", p->session->success_url);
}

static void
write_intent(struct flow *f, struct out *o, const struct pretence *p,
    bool paid)
{
	out_text(o, "id", id_of(f, "pi_", p));
	out_name(o, "object", "payment_intent");
	out_int(o, "amount", p->amount);
	out_int(o, "amount_received", paid ? p->amount : 0);
	out_int(o, "created", f->now / SECOND);
	out_text(o, "currency", p->currency);
	out_null(o, "customer");
	if (!paid) {
		out_open_as(o, "last_payment_error", '{');
		out_name(o, "code", "card_declined");
		out_name(o, "decline_code", "generic_decline");
		out_name(o, "message", "Your card was declined.");
		out_name(o, "type", "card_error");
		out_close(o, '}');
	}
	out_bool(o, "livemode", false);
	write_metadata(o, p);
	out_name(o, "status", paid ? "succeeded" : "requires_payment_method");
}

enum play { PLAY_INTENT_PAID, PLAY_CHECKOUT_PAID, PLAY_INTENT_FAILED };

static enum rc
write_event(struct flow *f, const struct pretence *p, enum play play,
    struct str *body, struct err *e)
{
	static const char *const	types[] = {
		[PLAY_INTENT_PAID]	= "payment_intent.succeeded",
		[PLAY_CHECKOUT_PAID]	= "checkout.session.completed",
		[PLAY_INTENT_FAILED]	= "payment_intent.payment_failed",
	};
	struct out	o;

	out_init(&o, f->arena, REPLY_BYTES_MAX);
	out_open(&o, '{');
	out_text(&o, "id", new_id(f, "evt_"));
	out_name(&o, "object", "event");
	if (f->conf->stripe_account.len > 0)
		out_text(&o, "account", f->conf->stripe_account);
	out_name(&o, "api_version", "2026-07-29.dahlia");
	out_int(&o, "created", f->now / SECOND);
	out_open_as(&o, "data", '{');
	out_open_as(&o, "object", '{');
	if (play == PLAY_CHECKOUT_PAID)
		write_checkout(f, &o, p);
	else
		write_intent(f, &o, p, play == PLAY_INTENT_PAID);
	out_close(&o, '}');
	out_close(&o, '}');
	out_bool(&o, "livemode", false);
	out_int(&o, "pending_webhooks", 1);
	out_null(&o, "request");
	out_name(&o, "type", types[play]);
	out_close(&o, '}');
	if (!out_done(&o, body))
		return err_set(e, RC_BROKEN, NULL, "cannot write an event");
	return RC_OK;
}

static enum rc
deliver(struct flow *f, struct str body, struct err *e)
{
	struct str	url, signature;
	int		status;

	if (f->conf->stripe_webhook_secrets.count == 0)
		return err_set(e, RC_BROKEN, "Set stripe_webhook_secrets.",
		    "the sandbox has no Stripe secret to sign with");
	url = arena_text(f->arena, "%.*s/v1/webhooks/stripe",
	    STR_FMT(f->conf->base_url));
	signature = stripe_sign(f->arena,
	    f->conf->stripe_webhook_secrets.at[0], body, f->now);
	TRY(post(url, arena_text(f->arena, "Stripe-Signature: %.*s",
	    STR_FMT(signature)), body, &status, e));
	if (status != 200)
		return err_set(e, RC_BROKEN, "See the log of webhook.",
		    "our own webhook route answered %d", status);
	return RC_OK;
}

static enum rc
play_out(struct flow *f, const struct pretence *p, enum play play, int times,
    struct err *e)
{
	struct str	body;

	f->now = flow_clock(f->app);	/* some plays begin late */
	TRY(write_event(f, p, play, &body, e));
	for (int i = 0; i < times; i++)
		TRY(deliver(f, body, e));
	return RC_OK;
}

enum rc
pretend_paid(struct flow *f, const struct pretence *p, int times,
    struct err *e)
{
	TRY(play_out(f, p, PLAY_INTENT_PAID, times, e));
	return play_out(f, p, PLAY_CHECKOUT_PAID, times, e);
}

enum rc
pretend_declined(struct flow *f, const struct pretence *p, struct err *e)
{
	return play_out(f, p, PLAY_INTENT_FAILED, 1, e);
}
