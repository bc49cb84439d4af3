/*
 * Paddle's prices, subscriptions and adjustments.
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

void
paddle_write_product(struct play *p, struct out *o, struct str id)
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

void
paddle_write_period(struct out *o, const char *name, int64_t from,
    int64_t until)
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

struct str
paddle_address(struct play *p, struct str customer)
{
	return customer.len == 0 ? STR_NONE : arena_text(p->f->arena,
	    "add_%.*s", STR_FMT(str_part(customer, 4, customer.len)));
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
	paddle_write_product(p, o, l->price);
	out_name(o, "status", trial ? "trialing" : "active");
	out_int(o, "quantity", l->quantity);
	out_bool(o, "recurring", true);
	out_time(o, "created_at", sub->created);
	out_time(o, "updated_at", sub->updated);
	paddle_write_period(o, "trial_dates", sub->trial_from,
	    sub->trial_until);
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
	out_text(o, "address_id", paddle_address(p, sub->customer));
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
	paddle_write_period(o, "current_billing_period", sub->from,
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
