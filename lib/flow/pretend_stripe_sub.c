/*
 * Stripe's prices, subscriptions, schedules, invoices.
 */
#include "base/clock.h"
#include "flow/pretend_shape.h"
#include "flow/pretend_stripe.h"

enum { PRICES_MADE_AT = 1768467600 };	/* as long ago as any */

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
write_recurring(struct out *o, const struct play_price *price)
{
	if (price->interval.len == 0) {
		out_null(o, "recurring");
		return;
	}
	out_open_as(o, "recurring", '{');
	out_text(o, "interval", price->interval);
	out_int(o, "interval_count", 1);
	shape_nulls(o, "meter trial_period_days");
	out_name(o, "usage_type", "licensed");
	out_close(o, '}');
}

static struct str
product_of(struct play *p, const struct play_price *price)
{
	return shape_id_of(p, "prod_", price->product);
}

void
stripe_write_price(struct play *p, struct out *o, struct str id)
{
	struct play_price	price;

	price_or_guess(p, id, &price);
	out_text(o, "id", id);
	out_name(o, "object", "price");
	out_bool(o, "active", true);
	out_name(o, "billing_scheme", "per_unit");
	out_int(o, "created", PRICES_MADE_AT);
	out_text(o, "currency", price.currency);
	out_bool(o, "livemode", false);
	out_raw(o, "metadata", STR("{}"));
	out_text(o, "product", product_of(p, &price));
	write_recurring(o, &price);
	out_name(o, "tax_behavior", "unspecified");
	out_name(o, "type",
	    price.interval.len > 0 ? "recurring" : "one_time");
	out_int(o, "unit_amount", price.amount);
	out_text(o, "unit_amount_decimal", arena_text(p->f->arena, "%lld",
	    (long long)price.amount));
	shape_nulls(o, "custom_unit_amount lookup_key nickname tiers_mode"
	    " transform_quantity");
}

static void
write_plan(struct play *p, struct out *o, struct str id)
{
	struct play_price	price;

	price_or_guess(p, id, &price);
	out_open_as(o, "plan", '{');
	out_text(o, "id", id);
	out_name(o, "object", "plan");
	out_bool(o, "active", true);
	out_int(o, "amount", price.amount);
	out_text(o, "amount_decimal", arena_text(p->f->arena, "%lld",
	    (long long)price.amount));
	out_name(o, "billing_scheme", "per_unit");
	out_int(o, "created", PRICES_MADE_AT);
	out_text(o, "currency", price.currency);
	out_text_or_null(o, "interval", price.interval);
	out_int(o, "interval_count", 1);
	out_bool(o, "livemode", false);
	out_raw(o, "metadata", STR("{}"));
	out_text(o, "product", product_of(p, &price));
	shape_nulls(o, "meter nickname tiers_mode transform_usage"
	    " trial_period_days");
	out_name(o, "usage_type", "licensed");
	out_close(o, '}');
}

void
stripe_write_items(struct play *p, struct out *o, const struct thing *sub,
    const struct play_lines *lines)
{
	for (size_t i = 0; i < lines->count; i++) {
		const struct play_line *l = &lines->at[i];

		out_open(o, '{');
		out_text(o, "id", l->item);
		out_name(o, "object", "subscription_item");
		shape_nulls(o, "billing_thresholds");
		shape_seconds(o, "created", sub->started);
		shape_seconds(o, "current_period_end", sub->until);
		shape_seconds(o, "current_period_start", sub->from);
		shape_empties(o, "discounts tax_rates");
		out_raw(o, "metadata", STR("{}"));
		write_plan(p, o, l->price);
		out_open_as(o, "price", '{');
		stripe_write_price(p, o, l->price);
		out_close(o, '}');
		out_int(o, "quantity", l->quantity);
		out_text(o, "subscription", sub->ref);
		out_close(o, '}');
	}
}

void
stripe_open_list(struct out *o, const char *name)
{
	if (name != NULL)
		out_open_as(o, name, '{');
	else
		out_open(o, '{');
	out_name(o, "object", "list");
	out_open_as(o, "data", '[');
}

void
stripe_close_list(struct out *o, size_t count, bool more, const char *url)
{
	out_close(o, ']');
	out_bool(o, "has_more", more);
	if (count > 0)
		out_int(o, "total_count", (int64_t)count);
	out_name(o, "url", url);
	out_close(o, '}');
}

static void
write_pending(struct play *p, struct out *o, const struct thing *sub)
{
	if (sub->pending_until == 0) {
		out_null(o, "pending_update");
		return;
	}
	out_open_as(o, "pending_update", '{');
	shape_nulls(o, "billing_cycle_anchor discount discounts metadata"
	    " trial_end trial_from_plan");
	shape_seconds(o, "expires_at", sub->pending_until);
	out_open_as(o, "subscription_items", '[');
	stripe_write_items(p, o, sub, &sub->next);
	out_close(o, ']');
	out_close(o, '}');
}

static void
write_ending(struct out *o, const struct thing *sub)
{
	bool	ended = sub->ended_at != 0;

	shape_seconds(o, "cancel_at", ended ? 0 : sub->cancel_planned);
	out_bool(o, "cancel_at_period_end",
	    !ended && sub->cancel_planned != 0);
	shape_seconds(o, "canceled_at", sub->canceled_at);
	out_open_as(o, "cancellation_details", '{');
	shape_nulls(o, "comment feedback");
	out_text_or_null(o, "reason", sub->canceled_at != 0 ?
	    STR("cancellation_requested") : STR_NONE);
	out_close(o, '}');
	shape_seconds(o, "ended_at", sub->ended_at);
}

/* What is the same in every subscription of ours. */
static void
write_settings(struct out *o)
{
	out_raw(o, "automatic_tax", STR("{\"disabled_reason\":null,"
	    "\"enabled\":false,\"liability\":null}"));
	out_raw(o, "billing_mode", STR("{\"flexible\":"
	    "{\"proration_discounts\":\"included\"},"
	    "\"type\":\"flexible\"}"));
	shape_empties(o, "billing_schedules default_tax_rates discounts");
	out_name(o, "collection_method", "charge_automatically");
	out_raw(o, "invoice_settings", STR("{\"account_tax_ids\":null,"
	    "\"custom_fields\":null,\"description\":null,\"footer\":null,"
	    "\"issuer\":{\"type\":\"self\"}}"));
	out_raw(o, "managed_payments", STR("{\"enabled\":false}"));
	out_raw(o, "payment_settings", STR("{\"payment_method_options\":"
	    "null,\"payment_method_types\":null,"
	    "\"save_default_payment_method\":\"off\"}"));
	out_raw(o, "trial_settings", STR("{\"end_behavior\":"
	    "{\"missing_payment_method\":\"create_invoice\"}}"));
	shape_nulls(o, "application application_fee_percent"
	    " billing_cycle_anchor_config billing_thresholds"
	    " customer_account days_until_due default_source description"
	    " next_pending_invoice_item_invoice on_behalf_of"
	    " pending_invoice_item_interval pending_setup_intent"
	    " test_clock transfer_data");
}

void
stripe_write_subscription(struct play *p, struct out *o,
    const struct thing *sub)
{
	out_text(o, "id", sub->ref);
	out_name(o, "object", "subscription");
	shape_seconds(o, "billing_cycle_anchor", sub->started);
	write_ending(o, sub);
	shape_seconds(o, "created", sub->created);
	out_text(o, "currency", sub->currency);
	out_text(o, "customer", sub->customer);
	out_text(o, "default_payment_method",
	    shape_id_of(p, "pm_", sub->customer));
	stripe_open_list(o, "items");
	stripe_write_items(p, o, sub, &sub->lines);
	stripe_close_list(o, sub->lines.count, false, arena_text(p->f->arena,
	    "/v1/subscription_items?subscription=%.*s",
	    STR_FMT(sub->ref)).at);
	out_text_or_null(o, "latest_invoice", sub->invoice);
	out_bool(o, "livemode", false);
	shape_data(o, "metadata", sub->data, "{}");
	if (sub->pause.len > 0) {
		out_open_as(o, "pause_collection", '{');
		out_text(o, "behavior", sub->pause);
		shape_seconds(o, "resumes_at", sub->resumes_at);
		out_close(o, '}');
	} else {
		out_null(o, "pause_collection");
	}
	write_pending(p, o, sub);
	out_text_or_null(o, "schedule", sub->schedule);
	shape_seconds(o, "start_date", sub->started);
	out_text(o, "status", sub->status);
	shape_seconds(o, "trial_end", sub->trial_until);
	shape_seconds(o, "trial_start", sub->trial_from);
	write_settings(o);
}

static void
write_phase(struct out *o, const struct play_lines *lines, int64_t from,
    int64_t until)
{
	out_open(o, '{');
	shape_empties(o, "add_invoice_items default_tax_rates discounts");
	shape_seconds(o, "end_date", until);
	out_open_as(o, "items", '[');
	for (size_t i = 0; i < lines->count; i++) {
		out_open(o, '{');
		out_raw(o, "metadata", STR("{}"));
		out_text(o, "plan", lines->at[i].price);
		out_text(o, "price", lines->at[i].price);
		out_int(o, "quantity", lines->at[i].quantity);
		out_close(o, '}');
	}
	out_close(o, ']');
	out_raw(o, "metadata", STR("{}"));
	out_name(o, "proration_behavior", "none");
	shape_seconds(o, "start_date", from);
	shape_nulls(o, "trial_end");
	out_close(o, '}');
}

void
stripe_write_schedule(struct play *p, struct out *o, const struct thing *s)
{
	bool	released = str_eq(s->status, STR("released"));

	(void)p;
	out_text(o, "id", s->ref);
	out_name(o, "object", "subscription_schedule");
	shape_seconds(o, "created", s->created);
	out_open_as(o, "current_phase", '{');
	shape_seconds(o, "end_date", s->until);
	shape_seconds(o, "start_date", s->from);
	out_close(o, '}');
	out_text(o, "customer", s->customer);
	out_name(o, "end_behavior", "release");
	out_bool(o, "livemode", false);
	out_raw(o, "metadata", STR("{}"));
	out_open_as(o, "phases", '[');
	write_phase(o, &s->lines, s->from, s->until);
	if (s->next.count > 0)
		write_phase(o, &s->next, s->until,
		    play_later(s->until, s->interval, 1));
	out_close(o, ']');
	shape_seconds(o, "released_at", released ? s->updated : 0);
	out_text_or_null(o, "released_subscription",
	    released ? s->sub : STR_NONE);
	out_text(o, "status", s->status);
	out_text_or_null(o, "subscription", released ? STR_NONE : s->sub);
	shape_nulls(o, "application canceled_at completed_at test_clock");
}
