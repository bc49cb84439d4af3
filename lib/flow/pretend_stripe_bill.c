/*
 * Stripe's invoices and what ties them to their payments.
 */
#include "base/clock.h"
#include "base/limits.h"
#include "flow/pretend_shape.h"
#include "flow/pretend_stripe.h"

static bool
is_paid(const struct thing *pay)
{
	return str_eq(pay->status, STR("paid"));
}

static struct str
data_of(const struct thing *sub)
{
	return sub == NULL ? STR_NONE : sub->data;
}

/* Whose line it is: the subscription, its item, and is it a proration? */
static void
write_line_parent(struct play *p, struct out *o, const struct thing *pay,
    const struct play_line *l, struct str id)
{
	out_open_as(o, "parent", '{');
	shape_nulls(o, "invoice_item_details");
	out_open_as(o, "subscription_item_details", '{');
	out_text_or_null(o, "invoice_item", l->proration ?
	    shape_id_of(p, "ii_", id) : STR_NONE);
	out_bool(o, "proration", l->proration);
	out_raw(o, "proration_details", STR("{\"credited_items\":null}"));
	out_text(o, "subscription", pay->sub);
	out_text_or_null(o, "subscription_item", l->item);
	out_close(o, '}');
	out_name(o, "type", "subscription_item_details");
	out_close(o, '}');
}

static void
write_line(struct play *p, struct out *o, const struct thing *pay,
    const struct thing *sub, size_t i)
{
	const struct play_line	*l = &pay->lines.at[i];
	struct str		 id;
	struct play_price	 price = { .title = l->price };
	struct err		 e;
	bool			 found;

	(void)play_price(p, l->price, &price, &found, &e);
	id = shape_id_of(p, "il_", arena_text(p->f->arena, "%.*s-%zu",
	    STR_FMT(pay->invoice), i));
	out_open(o, '{');
	out_text(o, "id", id);
	out_name(o, "object", "line_item");
	out_int(o, "amount", l->amount);
	out_text(o, "currency", pay->currency);
	out_text(o, "description", arena_text(p->f->arena, "%s%lld × %.*s",
	    !l->proration ? "" : l->amount < 0 ? "Unused time on " :
	    "Remaining time on ", (long long)l->quantity,
	    STR_FMT(price.title)));
	shape_empties(o, "discount_amounts discounts pretax_credit_amounts"
	    " taxes");
	out_bool(o, "discountable", !l->proration);
	out_text(o, "invoice", pay->invoice);
	out_bool(o, "livemode", false);
	shape_data(o, "metadata", data_of(sub), "{}");
	write_line_parent(p, o, pay, l, id);
	out_open_as(o, "period", '{');
	shape_seconds(o, "end", l->until);
	shape_seconds(o, "start", l->from);
	out_close(o, '}');
	out_open_as(o, "pricing", '{');
	out_open_as(o, "price_details", '{');
	out_text(o, "price", l->price);
	out_text(o, "product", shape_id_of(p, "prod_", price.product));
	out_close(o, '}');
	out_name(o, "type", "price_details");
	out_text(o, "unit_amount_decimal", arena_text(p->f->arena, "%lld",
	    (long long)price.amount));
	out_close(o, '}');
	out_int(o, "quantity", l->quantity);
	out_text(o, "subscription", pay->sub);
	out_int(o, "subtotal", l->amount);
	out_close(o, '}');
}

static void
write_totals(struct out *o, const struct thing *pay)
{
	int64_t	due = pay->amount > 0 ? pay->amount : 0,
		got = is_paid(pay) ? due : 0;

	out_int(o, "amount_due", due);
	out_int(o, "amount_overpaid", 0);
	out_int(o, "amount_paid", got);
	out_int(o, "amount_remaining", due - got);
	out_int(o, "amount_shipping", 0);
	out_int(o, "ending_balance", pay->amount < 0 ? pay->amount : 0);
	out_int(o, "post_payment_credit_notes_amount", 0);
	out_int(o, "pre_payment_credit_notes_amount", 0);
	out_int(o, "starting_balance", 0);
	out_int(o, "subtotal", pay->amount);
	out_int(o, "subtotal_excluding_tax", pay->amount);
	out_int(o, "total", pay->amount);
	out_int(o, "total_excluding_tax", pay->amount);
	shape_empties(o, "total_discount_amounts"
	    " total_pretax_credit_amounts total_taxes");
}

static const char *
reason_of(const struct thing *pay)
{
	if (str_eq(pay->reason, STR("create")))
		return "subscription_create";
	if (str_eq(pay->reason, STR("update")))
		return "subscription_update";
	return "subscription_cycle";
}

static void
write_parent(struct out *o, const struct thing *pay, const struct thing *sub)
{
	out_open_as(o, "parent", '{');
	shape_nulls(o, "quote_details");
	out_open_as(o, "subscription_details", '{');
	shape_data(o, "metadata", data_of(sub), "{}");
	out_text(o, "subscription", pay->sub);
	out_close(o, '}');
	out_name(o, "type", "subscription_details");
	out_close(o, '}');
}

static void
write_status(struct out *o, const struct thing *pay)
{
	bool	paid = is_paid(pay), gone = str_eq(pay->status,
		    STR("canceled"));

	out_text(o, "status", paid ? STR("paid") : gone ? STR("void") :
	    str_eq(pay->status, STR("draft")) ? STR("draft") : STR("open"));
	out_open_as(o, "status_transitions", '{');
	shape_seconds(o, "finalized_at", pay->created);
	shape_nulls(o, "marked_uncollectible_at");
	shape_seconds(o, "paid_at", pay->paid_at);
	shape_seconds(o, "voided_at", gone ? pay->updated : 0);
	out_close(o, '}');
}

void
stripe_write_invoice(struct play *p, struct out *o, const struct thing *pay,
    const struct thing *sub)
{
	bool	failed = str_eq(pay->status, STR("failed"));

	out_text_or_null(o, "id", pay->invoice);
	out_name(o, "object", "invoice");
	out_name(o, "account_country", "FR");
	out_name(o, "account_name", "Sandbox");
	write_totals(o, pay);
	out_int(o, "attempt_count", pay->attempts);
	out_bool(o, "attempted", pay->attempts > 0);
	out_bool(o, "auto_advance", failed);
	out_raw(o, "automatic_tax", STR("{\"disabled_reason\":null,"
	    "\"enabled\":false,\"liability\":null,\"provider\":null,"
	    "\"status\":null}"));
	out_name(o, "billing_reason", reason_of(pay));
	out_name(o, "collection_method", "charge_automatically");
	shape_seconds(o, "created", pay->created);
	out_text(o, "currency", pay->currency);
	out_text(o, "customer", pay->customer);
	out_text_or_null(o, "customer_email", pay->email);
	out_name(o, "customer_name", "Sandbox Buyer");
	out_name(o, "customer_tax_exempt", "none");
	shape_empties(o, "customer_tax_ids default_tax_rates discounts");
	shape_seconds(o, "effective_at", pay->created);
	out_text(o, "hosted_invoice_url", arena_text(p->f->arena,
	    "%.*s/sandbox/checkout/%.*s", STR_FMT(p->f->conf->base_url),
	    STR_FMT(pay->invoice)));
	out_raw(o, "issuer", STR("{\"type\":\"self\"}"));
	stripe_open_list(o, "lines");
	for (size_t i = 0; i < pay->lines.count; i++)
		write_line(p, o, pay, sub, i);
	stripe_close_list(o, pay->lines.count, false, arena_text(
	    p->f->arena, "/v1/invoices/%.*s/lines",
	    STR_FMT(pay->invoice)).at);
	out_bool(o, "livemode", false);
	out_raw(o, "metadata", STR("{}"));
	shape_seconds(o, "next_payment_attempt",
	    failed ? pay->updated + 3 * DAY : 0);
	out_text(o, "number", arena_text(p->f->arena, "SANDBOX-%04lld",
	    (long long)pay->number));
	write_parent(o, pay, sub);
	out_raw(o, "payment_settings", STR("{\"default_mandate\":null,"
	    "\"payment_method_options\":null,"
	    "\"payment_method_types\":null}"));
	shape_seconds(o, "period_end", pay->created);
	shape_seconds(o, "period_start", sub == NULL ? pay->created :
	    sub->from);
	write_status(o, pay);
	shape_nulls(o, "account_tax_ids application"
	    " automatically_finalizes_at custom_fields customer_account"
	    " customer_address customer_phone customer_shipping"
	    " default_payment_method default_source description due_date"
	    " footer from_invoice invoice_pdf last_finalization_error"
	    " latest_revision on_behalf_of receipt_number rendering"
	    " shipping_cost shipping_details statement_descriptor"
	    " test_clock webhooks_delivered_at");
}

void
stripe_write_invoice_payment(struct play *p, struct out *o,
    const struct thing *pay)
{
	out_text(o, "id", shape_id_of(p, "inpay_", pay->invoice));
	out_name(o, "object", "invoice_payment");
	out_int(o, "amount_paid", is_paid(pay) ? pay->amount : 0);
	out_int(o, "amount_requested", pay->amount);
	shape_seconds(o, "created", pay->created);
	out_text(o, "currency", pay->currency);
	out_text(o, "invoice", pay->invoice);
	out_bool(o, "is_default", true);
	out_bool(o, "livemode", false);
	out_open_as(o, "payment", '{');
	out_text(o, "payment_intent", pay->ref);
	out_name(o, "type", "payment_intent");
	out_close(o, '}');
	out_name(o, "status", is_paid(pay) ? "paid" : "open");
	out_open_as(o, "status_transitions", '{');
	shape_nulls(o, "canceled_at");
	shape_seconds(o, "paid_at", pay->paid_at);
	out_close(o, '}');
}

enum rc
stripe_text(struct play *p, stripe_writer *write, const struct thing *t,
    struct str *json, struct err *e)
{
	struct out	o;

	out_init(&o, p->f->arena, REPLY_BYTES_MAX);
	out_open(&o, '{');
	write(p, &o, t);
	out_close(&o, '}');
	return out_take(&o, "an object of Stripe's", json, e);
}

enum rc
stripe_invoice_text(struct play *p, const struct thing *pay,
    const struct thing *sub, struct str *json, struct err *e)
{
	struct out	o;

	out_init(&o, p->f->arena, REPLY_BYTES_MAX);
	out_open(&o, '{');
	stripe_write_invoice(p, &o, pay, sub);
	out_close(&o, '}');
	return out_take(&o, "an invoice of Stripe's", json, e);
}
