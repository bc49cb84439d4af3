/*
 * Stripe's checkout sessions, payment intents, charges, refunds, disputes.
 */
#include "base/clock.h"
#include "flow/pretend_shape.h"
#include "flow/pretend_stripe.h"

#define ADDRESS	"{\"city\":null,\"country\":\"FR\",\"line1\":null,"	\
	"\"line2\":null,\"postal_code\":null,\"state\":null}"
#define CARD_OPTIONS	"{\"card\":{\"installments\":null,"		\
	"\"mandate_options\":null,\"network\":null,"			\
	"\"request_three_d_secure\":\"automatic\"}}"

static bool
is(struct str status, const char *word)
{
	return str_eq(status, str_of(word));
}

static void
write_card(struct out *o)
{
	out_open_as(o, "payment_method_types", '[');
	out_item(o, STR("card"));
	out_close(o, ']');
}

static void
write_details(struct out *o, const struct thing *co)
{
	if (co->customer.len == 0) {
		out_null(o, "customer_details");
		return;
	}
	out_open_as(o, "customer_details", '{');
	out_raw(o, "address", STR(ADDRESS));
	shape_nulls(o, "business_name");
	out_text(o, "email", co->email);
	shape_nulls(o, "individual_name");
	out_name(o, "name", "Sandbox Buyer");
	shape_nulls(o, "phone");
	out_name(o, "tax_exempt", "none");
	shape_empties(o, "tax_ids");
	out_close(o, '}');
}

/* What is the same in every checkout session of ours. */
static void
write_settings(struct out *o)
{
	out_raw(o, "adaptive_pricing", STR("{\"enabled\":true}"));
	out_raw(o, "automatic_tax", STR("{\"enabled\":false,"
	    "\"liability\":null,\"provider\":null,\"status\":null}"));
	out_raw(o, "collected_information", STR("{\"business_name\":null,"
	    "\"individual_name\":null,\"shipping_details\":null}"));
	shape_empties(o, "custom_fields discounts shipping_options");
	out_raw(o, "custom_text", STR("{\"after_submit\":null,"
	    "\"shipping_address\":null,\"submit\":null,"
	    "\"terms_of_service_acceptance\":null}"));
	out_raw(o, "managed_payments", STR("{\"enabled\":false}"));
	out_raw(o, "payment_method_options", STR("{\"card\":"
	    "{\"request_three_d_secure\":\"automatic\"}}"));
	out_raw(o, "phone_number_collection", STR("{\"enabled\":false}"));
	out_raw(o, "total_details", STR("{\"amount_discount\":0,"
	    "\"amount_shipping\":0,\"amount_tax\":0}"));
	shape_nulls(o, "after_expiration allow_promotion_codes"
	    " billing_address_collection client_secret consent"
	    " consent_collection currency_conversion customer_account"
	    " integration_identifier locale origin_context payment_link"
	    " payment_method_configuration_details permissions"
	    " recovered_from saved_payment_method_options setup_intent"
	    " shipping_address_collection shipping_cost submit_type"
	    " wallet_options");
	out_name(o, "ui_mode", "hosted_page");
	write_card(o);
}

void
stripe_write_checkout(struct play *p, struct out *o, const struct thing *co)
{
	bool	recurring = is(co->mode, "subscription"),
		done = is(co->status, "complete");
	int64_t	total = co->trial_days > 0 ? 0 : co->amount;

	out_text(o, "id", co->ref);
	out_name(o, "object", "checkout.session");
	out_int(o, "amount_subtotal", total);
	out_int(o, "amount_total", total);
	out_text_or_null(o, "cancel_url", co->cancel_url);
	out_text_or_null(o, "client_reference_id", co->reference);
	shape_seconds(o, "created", co->created);
	out_text(o, "currency", co->currency);
	out_text_or_null(o, "customer", co->customer);
	out_raw(o, "customer_creation",
	    recurring ? STR_NONE : STR("\"if_required\""));
	write_details(o, co);
	shape_nulls(o, "customer_email");
	shape_seconds(o, "expires_at", co->expires);
	out_text_or_null(o, "invoice", done ? co->invoice : STR_NONE);
	out_raw(o, "invoice_creation", recurring ? STR_NONE :
	    STR("{\"enabled\":false,\"invoice_data\":{"
	    "\"account_tax_ids\":null,\"custom_fields\":null,"
	    "\"description\":null,\"footer\":null,\"issuer\":null,"
	    "\"metadata\":{},\"rendering_options\":null}}"));
	out_bool(o, "livemode", false);
	shape_data(o, "metadata", co->data, "{}");
	out_text(o, "mode", co->mode);
	out_text_or_null(o, "payment_intent",
	    recurring ? STR_NONE : co->payment);
	out_name(o, "payment_method_collection",
	    recurring ? "always" : "if_required");
	out_text(o, "payment_status", co->paid);
	out_text(o, "status", co->status);
	out_text_or_null(o, "subscription", done ? co->sub : STR_NONE);
	out_text(o, "success_url", co->success_url);
	write_settings(o);
	if (is(co->status, "open"))
		out_text(o, "url", arena_text(p->f->arena,
		    "%.*s/sandbox/checkout/%.*s",
		    STR_FMT(p->f->conf->base_url), STR_FMT(co->ref)));
	else
		out_null(o, "url");
}

static void
write_error(struct out *o, const struct thing *pay)
{
	out_open_as(o, "last_payment_error", '{');
	out_text(o, "charge", pay->charge);
	out_name(o, "code", "card_declined");
	out_name(o, "decline_code", "generic_decline");
	out_name(o, "doc_url",
	    "https://stripe.com/docs/error-codes/card-declined");
	out_name(o, "message", "Your card was declined.");
	out_name(o, "type", "card_error");
	out_close(o, '}');
}

/* The words of a payment intent for the state of a payment. */
static const char *
intent_status(struct str status)
{
	static const struct {
		const char	*status, *word;
	} words[] = {
		{ "action", "requires_action" },
		{ "processing", "processing" },
		{ "paid", "succeeded" },
		{ "canceled", "canceled" },
	};

	for (size_t i = 0; i < COUNT(words); i++)
		if (is(status, words[i].status))
			return words[i].word;
	return "requires_payment_method";
}

void
stripe_write_intent(struct play *p, struct out *o, const struct thing *pay)
{
	bool	paid = is(pay->status, "paid"),
		gone = is(pay->status, "canceled");

	out_text(o, "id", pay->ref);
	out_name(o, "object", "payment_intent");
	out_int(o, "amount", pay->amount);
	out_int(o, "amount_capturable", 0);
	out_raw(o, "amount_details", STR("{\"tip\":{}}"));
	out_int(o, "amount_received", paid ? pay->amount : 0);
	shape_seconds(o, "canceled_at", gone ? pay->updated : 0);
	out_text_or_null(o, "cancellation_reason",
	    gone ? STR("automatic") : STR_NONE);
	out_name(o, "capture_method", "automatic_async");
	out_text(o, "client_secret", arena_text(p->f->arena,
	    "%.*s_secret_%.*s", STR_FMT(pay->ref),
	    STR_FMT(shape_id_of(p, "", pay->ref))));
	out_name(o, "confirmation_method", "automatic");
	shape_seconds(o, "created", pay->created);
	out_text(o, "currency", pay->currency);
	out_text_or_null(o, "customer", pay->customer);
	if (is(pay->status, "failed"))
		write_error(o, pay);
	else
		out_null(o, "last_payment_error");
	out_text_or_null(o, "latest_charge", paid ? pay->charge : STR_NONE);
	out_bool(o, "livemode", false);
	out_raw(o, "managed_payments", STR("{\"enabled\":false}"));
	shape_data(o, "metadata", pay->data, "{}");
	out_raw(o, "next_action", !is(pay->status, "action") ? STR_NONE :
	    STR("{\"type\":\"use_stripe_sdk\",\"use_stripe_sdk\":"
	    "{\"type\":\"three_d_secure_redirect\"}}"));
	out_text(o, "payment_method", shape_id_of(p, "pm_", pay->customer));
	out_raw(o, "payment_method_options", STR(CARD_OPTIONS));
	write_card(o);
	out_name(o, "status", intent_status(pay->status));
	shape_nulls(o, "application application_fee_amount"
	    " automatic_payment_methods customer_account description"
	    " excluded_payment_method_types on_behalf_of"
	    " payment_method_configuration_details processing"
	    " receipt_email review setup_future_usage shipping source"
	    " statement_descriptor statement_descriptor_suffix"
	    " transfer_data transfer_group");
}

static void
write_card_used(struct play *p, struct out *o, const struct thing *pay)
{
	out_text(o, "payment_method", shape_id_of(p, "pm_", pay->customer));
	out_raw(o, "payment_method_details", STR("{\"card\":{"
	    "\"brand\":\"visa\",\"checks\":{\"address_line1_check\":null,"
	    "\"address_postal_code_check\":null,\"cvc_check\":\"pass\"},"
	    "\"country\":\"US\",\"exp_month\":12,\"exp_year\":2034,"
	    "\"funding\":\"credit\",\"installments\":null,"
	    "\"last4\":\"4242\",\"mandate\":null,\"network\":\"visa\","
	    "\"three_d_secure\":null,\"wallet\":null},"
	    "\"type\":\"card\"}"));
	out_raw(o, "billing_details", STR("{\"address\":" ADDRESS
	    ",\"email\":null,\"name\":\"Sandbox Buyer\",\"phone\":null,"
	    "\"tax_id\":null}"));
}

void
stripe_write_charge(struct play *p, struct out *o, const struct thing *pay)
{
	out_text(o, "id", pay->charge);
	out_name(o, "object", "charge");
	out_int(o, "amount", pay->amount);
	out_int(o, "amount_captured", pay->amount);
	out_int(o, "amount_refunded", pay->refunded);
	out_text(o, "balance_transaction",
	    shape_id_of(p, "txn_", pay->charge));
	out_name(o, "calculated_statement_descriptor", "SANDBOX");
	out_bool(o, "captured", true);
	shape_seconds(o, "created", pay->paid_at != 0 ? pay->paid_at :
	    pay->created);
	out_text(o, "currency", pay->currency);
	out_text_or_null(o, "customer", pay->customer);
	out_bool(o, "disputed", pay->ended_at != 0);
	out_raw(o, "fraud_details", STR("{}"));
	out_bool(o, "livemode", false);
	shape_data(o, "metadata", pay->data, "{}");
	out_raw(o, "outcome", STR("{\"advice_code\":null,"
	    "\"network_advice_code\":null,\"network_decline_code\":null,"
	    "\"network_status\":\"approved_by_network\",\"reason\":null,"
	    "\"risk_level\":\"normal\",\"risk_score\":24,"
	    "\"seller_message\":\"Payment complete.\","
	    "\"type\":\"authorized\"}"));
	out_bool(o, "paid", true);
	out_text(o, "payment_intent", pay->ref);
	write_card_used(p, o, pay);
	out_raw(o, "radar_options", STR("{}"));
	out_bool(o, "refunded", pay->refunded >= pay->amount);
	out_name(o, "status", "succeeded");
	shape_nulls(o, "application application_fee application_fee_amount"
	    " description failure_balance_transaction failure_code"
	    " failure_message on_behalf_of receipt_email receipt_number"
	    " receipt_url review shipping source source_transfer"
	    " statement_descriptor statement_descriptor_suffix"
	    " transfer_data transfer_group");
}

void
stripe_write_refund(struct play *p, struct out *o, const struct thing *r)
{
	out_text(o, "id", r->ref);
	out_name(o, "object", "refund");
	out_int(o, "amount", r->amount);
	out_text(o, "balance_transaction", shape_id_of(p, "txn_", r->ref));
	out_text(o, "charge", r->charge);
	shape_seconds(o, "created", r->created);
	out_text(o, "currency", r->currency);
	out_text_or_null(o, "customer", r->customer);
	out_raw(o, "destination_details", STR("{\"card\":"
	    "{\"reference_status\":\"pending\","
	    "\"reference_type\":\"acquirer_reference_number\","
	    "\"type\":\"refund\"},\"type\":\"card\"}"));
	shape_data(o, "metadata", r->data, "{}");
	out_text(o, "payment_intent", r->payment);
	out_name(o, "reason", "requested_by_customer");
	out_text(o, "status", r->status);
	shape_nulls(o, "customer_account receipt_number"
	    " source_transfer_reversal transfer_reversal");
}

void
stripe_write_dispute(struct play *p, struct out *o, const struct thing *d)
{
	(void)p;
	out_text(o, "id", d->ref);
	out_name(o, "object", "dispute");
	out_int(o, "amount", d->amount);
	shape_empties(o, "balance_transactions enhanced_eligibility_types");
	out_text(o, "charge", d->charge);
	shape_seconds(o, "created", d->created);
	out_text(o, "currency", d->currency);
	out_raw(o, "evidence", STR("{}"));
	out_open_as(o, "evidence_details", '{');
	shape_seconds(o, "due_by", d->created + 7 * DAY);
	out_raw(o, "enhanced_eligibility", STR("{}"));
	out_bool(o, "has_evidence", false);
	out_bool(o, "past_due", false);
	out_int(o, "submission_count", 0);
	out_close(o, '}');
	out_bool(o, "is_charge_refundable", false);
	out_bool(o, "livemode", false);
	out_raw(o, "metadata", STR("{}"));
	out_text(o, "payment_intent", d->payment);
	out_raw(o, "payment_method_details", STR("{\"card\":{"
	    "\"brand\":\"visa\",\"case_type\":\"chargeback\","
	    "\"network_reason_code\":\"10.4\"},\"type\":\"card\"}"));
	out_name(o, "reason", "fraudulent");
	out_text(o, "status", d->status);
}
