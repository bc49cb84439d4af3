/*
 * Paddle's transactions, subscriptions and adjustments.
 */
#include "base/clock.h"
#include "flow/pretend_paddle.h"
#include "flow/pretend_shape.h"

#define LONG_AGO	"2026-01-15T09:01:22.538367Z"

static bool
is(struct str status, const char *word)
{
	return str_eq(status, str_of(word));
}

struct str
paddle_currency(struct play *p, struct str currency)
{
	char	*upper = arena_take(p->f->arena, currency.len + 1, 1);

	for (size_t i = 0; i < currency.len; i++)
		upper[i] = currency.at[i] >= 'a' && currency.at[i] <= 'z' ?
		    (char)(currency.at[i] - 'a' + 'A') : currency.at[i];
	return (struct str){ upper, currency.len };
}

static struct str
digits(struct play *p, int64_t amount)
{
	return arena_text(p->f->arena, "%lld", (long long)amount);
}

void
paddle_write_money(struct play *p, struct out *o, const char *name,
    int64_t amount, struct str currency)
{
	out_open_as(o, name, '{');
	out_text(o, "amount", digits(p, amount));
	out_text(o, "currency_code", paddle_currency(p, currency));
	out_close(o, '}');
}

static void
price_or_guess(struct play *p, struct str id, struct play_price *price)
{
	struct err	e;
	bool		found = false;

	if (play_price(p, id, price, &found, &e) != RC_OK || !found)
		*price = (struct play_price){
			.id = id, .title = id, .product = id,
			.currency = STR("eur"),
		};
}

static void
write_cycle(struct out *o, struct str interval)
{
	if (interval.len == 0) {
		out_null(o, "billing_cycle");
		return;
	}
	out_open_as(o, "billing_cycle", '{');
	out_text(o, "interval", interval);
	out_int(o, "frequency", 1);
	out_close(o, '}');
}

static struct str
product_of(struct play *p, const struct play_price *price)
{
	return arena_text(p->f->arena, "pro_01sandb0x%.*s",
	    STR_FMT(str_part(shape_id_of(p, "", price->product), 0, 17)));
}

void
paddle_write_price(struct play *p, struct out *o, struct str id)
{
	struct play_price	price;

	price_or_guess(p, id, &price);
	out_text(o, "id", id);
	out_text(o, "name", price.title);
	out_name(o, "type", "standard");
	out_name(o, "status", "active");
	out_raw(o, "quantity", STR("{\"maximum\":1000000,\"minimum\":1}"));
	out_name(o, "tax_mode", "account_setting");
	out_name(o, "created_at", LONG_AGO);
	out_text(o, "product_id", product_of(p, &price));
	paddle_write_money(p, o, "unit_price", price.amount,
	    price.currency);
	out_name(o, "updated_at", LONG_AGO);
	shape_nulls(o, "custom_data");
	out_text(o, "description", price.title);
	shape_nulls(o, "import_meta");
	if (price.trial_days > 0)
		out_raw(o, "trial_period", arena_text(p->f->arena,
		    "{\"interval\":\"day\",\"frequency\":%lld}",
		    (long long)price.trial_days));
	else
		out_null(o, "trial_period");
	write_cycle(o, price.interval);
	shape_empties(o, "unit_price_overrides");
}

static void
write_product(struct play *p, struct out *o, struct str id)
{
	struct play_price	price;

	price_or_guess(p, id, &price);
	out_open_as(o, "product", '{');
	out_text(o, "id", product_of(p, &price));
	out_text(o, "name", price.title);
	out_name(o, "type", "standard");
	out_name(o, "tax_category", "saas");
	out_text(o, "description", price.title);
	shape_nulls(o, "image_url custom_data");
	out_name(o, "status", "active");
	shape_nulls(o, "import_meta");
	out_name(o, "created_at", LONG_AGO);
	out_name(o, "updated_at", LONG_AGO);
	out_close(o, '}');
}

static void
write_period(struct out *o, const char *name, int64_t from, int64_t until)
{
	if (until == 0) {
		out_null(o, name);
		return;
	}
	out_open_as(o, name, '{');
	out_time(o, "ends_at", until);
	out_time(o, "starts_at", from);
	out_close(o, '}');
}

/* ---- Transactions ---- */

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
	write_period(o, "billing_period", l->from, l->until);
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
		write_product(p, o, l->price);
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

static struct str
address_of(struct play *p, struct str customer)
{
	return customer.len == 0 ? STR_NONE : arena_text(p->f->arena,
	    "add_%.*s", STR_FMT(str_part(customer, 4, customer.len)));
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
	out_text_or_null(o, "address_id", address_of(p, pay->customer));
	out_time(o, "created_at", pay->created);
	out_text_or_null(o, "invoice_id", paid ? shape_id_of(p, "inv_",
	    pay->ref) : STR_NONE);
	out_time(o, "updated_at", pay->updated);
	shape_nulls(o, "revised_at business_id");
	shape_data(o, "custom_data", data, "null");
	out_text_or_null(o, "customer_id", pay->customer);
	shape_nulls(o, "discount_id");
	out_text(o, "currency_code", paddle_currency(p, pay->currency));
	write_period(o, "billing_period", pay->sub.len == 0 ? 0 :
	    pay->lines.at[0].from, pay->sub.len == 0 ? 0 :
	    pay->lines.at[0].until);
	out_text_or_null(o, "invoice_number", paid ? arena_text(p->f->arena,
	    "325-%lld", (long long)(pay->number + 10000)) : STR_NONE);
	shape_nulls(o, "billing_details");
	out_name(o, "collection_mode", "automatic");
	out_text_or_null(o, "subscription_id", pay->sub);
}

/* ---- Subscriptions ---- */

static void
write_item(struct play *p, struct out *o, const struct thing *sub,
    const struct play_line *l)
{
	bool	trial = is(sub->status, "trialing"),
		over = sub->ended_at != 0 || sub->cancel_planned != 0;

	out_open(o, '{');
	out_open_as(o, "price", '{');
	paddle_write_price(p, o, l->price);
	out_close(o, '}');
	write_product(p, o, l->price);
	out_name(o, "status", trial ? "trialing" : "active");
	out_int(o, "quantity", l->quantity);
	out_bool(o, "recurring", true);
	out_time(o, "created_at", sub->created);
	out_time(o, "updated_at", sub->updated);
	write_period(o, "trial_dates", sub->trial_from, sub->trial_until);
	out_time(o, "next_billed_at", over ? 0 : sub->until);
	out_time(o, "previously_billed_at", trial ? 0 : sub->from);
	out_close(o, '}');
}

void
paddle_write_subscription(struct play *p, struct out *o,
    const struct thing *sub)
{
	bool	ended = sub->ended_at != 0, paused = is(sub->status,
		    "paused"), still = ended || paused;

	out_text(o, "id", sub->ref);
	out_open_as(o, "items", '[');
	for (size_t i = 0; i < sub->lines.count; i++)
		write_item(p, o, sub, &sub->lines.at[i]);
	out_close(o, ']');
	out_text(o, "status", sub->status);
	shape_nulls(o, "discount");
	out_time(o, "paused_at", paused ? sub->paused_at : 0);
	out_text(o, "address_id", address_of(p, sub->customer));
	out_time(o, "created_at", sub->created);
	out_time(o, "started_at", sub->started);
	out_time(o, "updated_at", sub->updated);
	shape_nulls(o, "business_id");
	out_time(o, "canceled_at", ended ? sub->ended_at : 0);
	shape_data(o, "custom_data", sub->data, "null");
	out_text(o, "customer_id", sub->customer);
	shape_nulls(o, "import_meta");
	write_cycle(o, sub->interval);
	out_text(o, "currency_code", paddle_currency(p, sub->currency));
	out_time(o, "next_billed_at", still || sub->cancel_planned != 0 ? 0 :
	    sub->until);
	shape_nulls(o, "billing_details");
	out_name(o, "collection_mode", "automatic");
	out_time(o, "first_billed_at", sub->trial_until > 0 &&
	    is(sub->status, "trialing") ? 0 : sub->started);
	if (!ended && sub->cancel_planned != 0) {
		out_open_as(o, "scheduled_change", '{');
		out_text(o, "action", sub->pause.len > 0 ? sub->pause :
		    STR("cancel"));
		out_time(o, "effective_at", sub->cancel_planned);
		shape_nulls(o, "resume_at");
		out_close(o, '}');
	} else {
		out_null(o, "scheduled_change");
	}
	write_period(o, "current_billing_period", sub->from,
	    still ? 0 : sub->until);
}

/* ---- Adjustments ---- */

/* The words of an adjustment for the state of a refund or a dispute. */
static const char *
approval(const struct thing *part, bool reversal)
{
	if (is(part->status, "pending"))
		return "pending_approval";
	return is(part->status, "won") && !reversal ? "reversed" :
	    "approved";
}

static void
write_part(struct play *p, struct out *o, const struct thing *part)
{
	out_name(o, "tax", "0");
	out_text(o, "total", digits(p, part->amount));
	out_text(o, "subtotal", digits(p, part->amount));
}

void
paddle_write_adjustment(struct play *p, struct out *o,
    const struct thing *part, bool reversal)
{
	bool		dispute = part->kind == THING_DISPUTE,
			whole = dispute || is(part->reason, "full");
	const char	*type = whole ? "full" : "partial";
	struct str	currency = paddle_currency(p, part->currency);

	out_text(o, "id", reversal ? arena_text(p->f->arena, "adj_%.*s",
	    STR_FMT(str_part(shape_id_of(p, "01", part->ref), 0, 26))) :
	    part->ref);
	out_open_as(o, "items", '[');
	out_open(o, '{');
	out_text(o, "id", shape_id_of(p, "adjitm_", part->ref));
	out_name(o, "type", type);
	out_text_or_null(o, "amount", whole ? STR_NONE :
	    digits(p, part->amount));
	out_open_as(o, "totals", '{');
	write_part(p, o, part);
	out_close(o, '}');
	out_text(o, "item_id", shape_id_of(p, "txnitm_", arena_text(
	    p->f->arena, "%.*s-0", STR_FMT(part->payment))));
	shape_nulls(o, "proration");
	out_close(o, '}');
	out_close(o, ']');
	out_name(o, "action", reversal ? "chargeback_reverse" :
	    dispute ? "chargeback" : "refund");
	out_name(o, "reason", dispute ? "fraud" : "requested by customer");
	out_name(o, "status", approval(part, reversal));
	out_open_as(o, "totals", '{');
	out_name(o, "fee", "0");
	write_part(p, o, part);
	out_text(o, "earnings", digits(p, part->amount));
	out_text(o, "currency_code", currency);
	out_name(o, "retained_fee", "0");
	out_close(o, '}');
	out_time(o, "created_at", reversal ? part->updated : part->created);
	out_time(o, "updated_at", part->updated);
	out_text(o, "customer_id", part->customer);
	out_text(o, "currency_code", currency);
	out_open_as(o, "payout_totals", '{');
	out_name(o, "fee", "0");
	write_part(p, o, part);
	out_text(o, "earnings", digits(p, part->amount));
	out_text(o, "currency_code", currency);
	shape_nulls(o, "chargeback_fee");
	out_name(o, "retained_fee", "0");
	out_close(o, '}');
	out_text(o, "transaction_id", part->payment);
	out_text_or_null(o, "subscription_id", part->sub);
	shape_nulls(o, "credit_applied_to_balance");
	shape_empties(o, "tax_rates_used");
	out_name(o, "type", type);
}
