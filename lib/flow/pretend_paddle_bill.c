/*
 * Paddle's transactions: what is billed, what is credited, and each attempt
 * to pay it.
 */
#include "base/clock.h"
#include "flow/pretend_paddle.h"
#include "flow/pretend_shape.h"

static bool
is(struct str status, const char *word)
{
	return str_eq(status, str_of(word));
}

static struct str
digits(struct play *p, int64_t amount)
{
	return arena_text(p->f->arena, "%lld", (long long)amount);
}

void
paddle_unpaid(const struct thing *co, struct thing *pay)
{
	*pay = *co;
	pay->kind = THING_PAYMENT;
	pay->reason = STR("once");
	pay->status = is(co->status, "expired") ? STR("canceled") :
	    co->number > 0 ? STR("open") : STR("draft");
	pay->sub = STR_NONE;
	pay->attempts = 0;
}

/* Credits are no items; they lower what is to be paid. */
static void
sums(const struct thing *pay, int64_t *charged, int64_t *credit)
{
	*charged = *credit = 0;
	for (size_t i = 0; i < pay->lines.count; i++) {
		int64_t amount = pay->lines.at[i].amount;

		*(amount < 0 ? credit : charged) += amount < 0 ? -amount :
		    amount;
	}
	if (pay->amount == 0 && *credit == 0)
		*charged = 0;		/* a trial */
}

static void
write_totals(struct play *p, struct out *o, const char *name,
    const struct thing *pay)
{
	int64_t	charged, credit, used, due;
	bool	paid = is(pay->status, "paid");

	sums(pay, &charged, &credit);
	used = credit < charged ? credit : charged;
	due = charged - used;
	out_open_as(o, name, '{');
	out_text_or_null(o, "fee", paid ? digits(p, due / 20) : STR_NONE);
	out_name(o, "tax", "0");
	out_text(o, "total", digits(p, charged));
	out_text(o, "credit", digits(p, used));
	out_text(o, "balance", digits(p, paid ? 0 : due));
	out_name(o, "discount", "0");
	out_text_or_null(o, "earnings", paid ? digits(p, due - due / 20) :
	    STR_NONE);
	out_text(o, "subtotal", digits(p, charged));
	out_text(o, "grand_total", digits(p, due));
	out_text(o, "currency_code", paddle_currency(p, pay->currency));
	out_text(o, "credit_to_balance", digits(p, credit - used));
	out_name(o, "grand_total_tax", "0");
	out_close(o, '}');
}

static void
write_sum(struct play *p, struct out *o, const char *name, int64_t amount)
{
	out_open_as(o, name, '{');
	out_name(o, "tax", "0");
	out_text(o, "total", digits(p, amount));
	out_name(o, "discount", "0");
	out_text(o, "subtotal", digits(p, amount));
	out_close(o, '}');
}

static void
write_proration(struct out *o, const struct play_line *l)
{
	if (!l->proration) {
		out_null(o, "proration");
		return;
	}
	out_open_as(o, "proration", '{');
	out_name(o, "rate", "0.5");
	paddle_write_period(o, "billing_period", l->from, l->until);
	out_close(o, '}');
}

void
paddle_write_details(struct play *p, struct out *o, const char *name,
    const struct thing *pay)
{
	bool	trial = pay->amount == 0;

	out_open_as(o, name, '{');
	write_totals(p, o, "totals", pay);
	out_open_as(o, "line_items", '[');
	for (size_t i = 0; i < pay->lines.count; i++) {
		const struct play_line *l = &pay->lines.at[i];
		int64_t amount = trial ? 0 : l->amount;

		if (l->amount < 0)
			continue;
		out_open(o, '{');
		out_text(o, "id", shape_id_of(p, "txnitm_", arena_text(
		    p->f->arena, "%.*s-%zu", STR_FMT(pay->ref), i)));
		write_sum(p, o, "totals", amount);
		paddle_write_product(p, o, l->price);
		out_text(o, "price_id", l->price);
		out_int(o, "quantity", l->quantity);
		write_proration(o, l);
		out_name(o, "tax_rate", "0");
		write_sum(p, o, "unit_totals",
		    l->quantity > 0 ? amount / l->quantity : 0);
		out_close(o, '}');
	}
	out_close(o, ']');
	if (is(pay->status, "paid"))
		write_totals(p, o, "payout_totals", pay);
	else
		out_null(o, "payout_totals");
	shape_empties(o, "tax_rates_used");
	write_totals(p, o, "adjusted_totals", pay);
	out_close(o, '}');
}

static void
write_attempts(struct play *p, struct out *o, const struct thing *pay)
{
	bool	paid = is(pay->status, "paid") || is(pay->status, "taken"),
		failed = is(pay->status, "failed");

	out_open_as(o, "payments", '[');
	if (pay->attempts > 0 && pay->amount > 0) {
		out_open(o, '{');
		out_text(o, "amount", digits(p, pay->amount));
		out_name(o, "status", paid ? "captured" : failed ? "error" :
		    is(pay->status, "action") ? "action_required" :
		    is(pay->status, "canceled") ? "canceled" :
		    "pending_no_action_required");
		out_time(o, "created_at", pay->updated);
		out_text_or_null(o, "error_code", failed ?
		    STR("declined") : STR_NONE);
		out_time(o, "captured_at", paid ? pay->updated : 0);
		out_raw(o, "method_details", STR("{\"card\":{"
		    "\"type\":\"visa\",\"last4\":\"4242\","
		    "\"expiry_year\":2034,\"expiry_month\":12,"
		    "\"cardholder_name\":\"Sandbox Buyer\"},"
		    "\"type\":\"card\",\"south_korea_local_card\":null,"
		    "\"underlying_details\":null}"));
		out_text_or_null(o, "payment_method_id", pay->charge);
		out_text(o, "payment_attempt_id", shape_id_of(p, "",
		    arena_text(p->f->arena, "%.*s-%lld", STR_FMT(pay->ref),
		    (long long)pay->attempts)));
		out_text(o, "stored_payment_method_id",
		    shape_id_of(p, "", pay->customer));
		out_close(o, '}');
	}
	out_close(o, ']');
}

static const char *
status_of(const struct thing *pay)
{
	bool	bill = is(pay->reason, "cycle") || is(pay->reason, "update");

	if (is(pay->status, "paid"))
		return "completed";
	if (is(pay->status, "taken"))
		return "paid";
	if (is(pay->status, "canceled"))
		return "canceled";
	if (is(pay->status, "draft"))
		return "draft";
	return bill ? "past_due" : "ready";
}

static const char *
origin_of(const struct thing *pay)
{
	return is(pay->reason, "cycle") ? "subscription_recurring" :
	    is(pay->reason, "update") ? "subscription_update" : "api";
}

void
paddle_write_transaction(struct play *p, struct out *o,
    const struct thing *pay, const struct thing *sub)
{
	bool		paid = is(pay->status, "paid");
	struct str	data = pay->data.len > 0 || sub == NULL ? pay->data :
			    sub->data;

	out_text(o, "id", pay->ref);
	out_open_as(o, "items", '[');
	for (size_t i = 0; i < pay->lines.count; i++) {
		if (pay->lines.at[i].amount < 0)
			continue;
		out_open(o, '{');
		out_open_as(o, "price", '{');
		paddle_write_price(p, o, pay->lines.at[i].price);
		out_close(o, '}');
		out_int(o, "quantity", pay->lines.at[i].quantity);
		write_proration(o, &pay->lines.at[i]);
		out_close(o, '}');
	}
	out_close(o, ']');
	out_name(o, "origin", origin_of(pay));
	out_name(o, "status", status_of(pay));
	paddle_write_details(p, o, "details", pay);
	out_open_as(o, "checkout", '{');
	out_text(o, "url", arena_text(p->f->arena,
	    "%.*s/sandbox/checkout/%.*s?_ptxn=%.*s",
	    STR_FMT(p->f->conf->base_url), STR_FMT(pay->ref),
	    STR_FMT(pay->ref)));
	out_close(o, '}');
	write_attempts(p, o, pay);
	out_time(o, "billed_at", pay->paid_at);
	out_text_or_null(o, "address_id", paddle_address(p, pay->customer));
	out_time(o, "created_at", pay->created);
	out_text_or_null(o, "invoice_id", paid ? shape_id_of(p, "inv_",
	    pay->ref) : STR_NONE);
	out_time(o, "updated_at", pay->updated);
	shape_nulls(o, "revised_at business_id");
	shape_data(o, "custom_data", data, "null");
	out_text_or_null(o, "customer_id", pay->customer);
	shape_nulls(o, "discount_id");
	out_text(o, "currency_code", paddle_currency(p, pay->currency));
	paddle_write_period(o, "billing_period", pay->sub.len == 0 ? 0 :
	    pay->lines.at[0].from, pay->sub.len == 0 ? 0 :
	    pay->lines.at[0].until);
	out_text_or_null(o, "invoice_number", paid ? arena_text(p->f->arena,
	    "325-%lld", (long long)(pay->number + 10000)) : STR_NONE);
	shape_nulls(o, "billing_details");
	out_name(o, "collection_mode", "automatic");
	out_text_or_null(o, "subscription_id", pay->sub);
}
