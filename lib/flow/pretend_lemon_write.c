/*
 * Lemon Squeezy's checkouts, orders, subscriptions and their invoices.
 */
#include "base/clock.h"
#include "base/text.h"
#include "flow/pretend_lemon.h"
#include "flow/pretend_paddle.h"
#include "flow/pretend_shape.h"

#define API_BASE	"https://api.lemonsqueezy.com/v1"

static bool
is(struct str status, const char *word)
{
	return str_eq(status, str_of(word));
}

/* Whole seconds, written with six noughts; null for 0. */
static void
put_time(struct play *p, struct out *o, const char *name, int64_t us)
{
	struct str	t;

	if (us == 0) {
		out_null(o, name);
		return;
	}
	t = text_time(p->f->arena, us - us % SECOND);
	out_text(o, name, arena_text(p->f->arena, "%.*s000000Z",
	    (int)t.len - 4, t.at));
}

/* An id that is a number inside attributes; null for none. */
static void
put_number(struct out *o, const char *name, struct str id)
{
	int64_t	n;

	if (str_int64(id, &n))
		out_int(o, name, n);
	else
		out_null(o, name);
}

/* A number made of words: of products, customers and the like. */
static int64_t
number_of(struct play *p, const char *what, struct str of)
{
	struct str	hex = shape_id_of(p, what, of);
	int64_t		n = 0;

	for (size_t i = strlen(what); i < strlen(what) + 6; i++)
		n = n * 16 + (hex.at[i] <= '9' ? hex.at[i] - '0' :
		    hex.at[i] - 'a' + 10);
	return n + 100000;
}

static int64_t
store_of(const struct play *p)
{
	int64_t	store = 1;

	(void)str_int64(p->f->conf->lemonsqueezy_store, &store);
	return store;
}

static struct str
formatted(struct play *p, int64_t amount)
{
	return arena_text(p->f->arena, "$%lld.%02lld",
	    (long long)(amount / 100), (long long)(amount % 100));
}

static void
open_object(struct play *p, struct out *o, const char *type, struct str id)
{
	out_open(o, '{');
	out_text(o, "id", id);
	out_name(o, "type", type);
	out_open_as(o, "links", '{');
	out_text(o, "self", arena_text(p->f->arena, API_BASE "/%s/%.*s", type,
	    STR_FMT(id)));
	out_close(o, '}');
	out_open_as(o, "attributes", '{');
}

static void
close_object(struct play *p, struct out *o, const char *type, struct str id,
    const char *related)
{
	struct str	rest = str_of(related);

	out_close(o, '}');
	out_open_as(o, "relationships", '{');
	while (rest.at != NULL) {
		struct str word = str_cut(&rest, ' ');

		out_key(o, word);
		out_open(o, '{');
		out_open_as(o, "links", '{');
		out_text(o, "self", arena_text(p->f->arena, API_BASE
		    "/%s/%.*s/relationships/%.*s", type, STR_FMT(id),
		    STR_FMT(word)));
		out_text(o, "related", arena_text(p->f->arena, API_BASE
		    "/%s/%.*s/%.*s", type, STR_FMT(id), STR_FMT(word)));
		out_close(o, '}');
		out_close(o, '}');
	}
	out_close(o, '}');
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
		};
}

static void
put_product(struct play *p, struct out *o, struct str variant)
{
	struct play_price	price;

	price_or_guess(p, variant, &price);
	out_int(o, "product_id", number_of(p, "product", price.product));
	out_text(o, "product_name", price.title);
	put_number(o, "variant_id", variant);
	out_name(o, "variant_name", "Default");
}

static void
put_buyer(struct play *p, struct out *o, const struct thing *t)
{
	out_int(o, "store_id", store_of(p));
	out_int(o, "customer_id", number_of(p, "customer", t->customer));
	out_name(o, "user_name", "Sandbox Buyer");
	out_text(o, "user_email", t->email);
	out_bool(o, "test_mode", true);
}

/* ---- Checkouts ---- */

void
lemon_write_checkout(struct play *p, struct out *o, const struct thing *co)
{
	open_object(p, o, "checkouts", co->ref);
	out_int(o, "store_id", store_of(p));
	put_number(o, "variant_id", co->lines.at[0].price);
	shape_nulls(o, "custom_price");
	out_open_as(o, "product_options", '{');
	out_text(o, "redirect_url", co->success_url);
	out_close(o, '}');
	out_raw(o, "checkout_options", STR("{}"));
	out_open_as(o, "checkout_data", '{');
	out_text(o, "email", co->email);
	shape_data(o, "custom", co->data, "[]");
	out_open_as(o, "variant_quantities", '[');
	out_open(o, '{');
	put_number(o, "variant_id", co->lines.at[0].price);
	out_int(o, "quantity", co->lines.at[0].quantity);
	out_close(o, '}');
	out_close(o, ']');
	out_close(o, '}');
	out_bool(o, "preview", false);
	put_time(p, o, "expires_at", co->expires);
	put_time(p, o, "created_at", co->created);
	put_time(p, o, "updated_at", co->updated);
	out_bool(o, "test_mode", true);
	out_text(o, "url", arena_text(p->f->arena,
	    "%.*s/sandbox/checkout/%.*s", STR_FMT(p->f->conf->base_url),
	    STR_FMT(co->ref)));
	close_object(p, o, "checkouts", co->ref, "store variant");
}

/* ---- Money ---- */

static const char *
refund_status(const struct thing *pay)
{
	return pay->refunded >= pay->amount ? "refunded" : "partial_refund";
}

static void
put_money(struct play *p, struct out *o, const struct thing *pay)
{
	static const char *const	noughts[] = { "tax", "tax_usd",
	    "discount_total", "discount_total_usd" };

	for (size_t i = 0; i < COUNT(noughts); i++)
		out_int(o, noughts[i], 0);
	out_int(o, "total", pay->amount);
	out_int(o, "total_usd", pay->amount);
	out_int(o, "subtotal", pay->amount);
	out_int(o, "subtotal_usd", pay->amount);
	out_text(o, "currency", paddle_currency(p, pay->currency));
	out_name(o, "currency_rate", "1.00000000");
	out_bool(o, "tax_inclusive", false);
	out_bool(o, "refunded", pay->amount > 0 &&
	    pay->refunded >= pay->amount);
	put_time(p, o, "refunded_at", pay->refunded > 0 ? pay->updated : 0);
	out_int(o, "refunded_amount", pay->refunded);
	out_int(o, "refunded_amount_usd", pay->refunded);
	out_text(o, "total_formatted", formatted(p, pay->amount));
	out_text(o, "subtotal_formatted", formatted(p, pay->amount));
	out_text(o, "refunded_amount_formatted",
	    formatted(p, pay->refunded));
	out_name(o, "tax_formatted", "$0.00");
	out_name(o, "discount_total_formatted", "$0.00");
	put_time(p, o, "created_at", pay->created);
	put_time(p, o, "updated_at", pay->updated);
}

struct str
lemon_order_id(const struct thing *pay)
{
	if (is(pay->reason, "once"))
		return pay->ref;
	return is(pay->reason, "create") ? pay->order : STR_NONE;
}

static const char *
order_status(const struct thing *pay)
{
	if (pay->lost != 0)
		return "fraudulent";
	if (pay->refunded > 0)
		return refund_status(pay);
	if (is(pay->status, "paid"))
		return "paid";
	return is(pay->status, "failed") ? "failed" : "pending";
}

void
lemon_write_order(struct play *p, struct out *o, const struct thing *pay)
{
	const struct play_line	*l = &pay->lines.at[0];
	struct str		 id = lemon_order_id(pay);

	open_object(p, o, "orders", id);
	put_buyer(p, o, pay);
	put_money(p, o, pay);
	out_text(o, "identifier", shape_id_of(p, "order-", id));
	out_int(o, "order_number", pay->created / SECOND % 1000000);
	out_int(o, "setup_fee", 0);
	out_int(o, "setup_fee_usd", 0);
	out_name(o, "setup_fee_formatted", "$0.00");
	shape_nulls(o, "tax_name");
	out_name(o, "tax_rate", "0.00");
	out_name(o, "status", order_status(pay));
	out_name(o, "status_formatted", order_status(pay));
	out_open_as(o, "urls", '{');
	out_text(o, "receipt", arena_text(p->f->arena,
	    "%.*s/sandbox/checkout/%.*s", STR_FMT(p->f->conf->base_url),
	    STR_FMT(pay->checkout)));
	out_close(o, '}');
	out_open_as(o, "first_order_item", '{');
	out_int(o, "id", number_of(p, "item", id));
	put_number(o, "order_id", id);
	out_int(o, "price", l->quantity > 0 ? l->amount / l->quantity : 0);
	out_int(o, "price_id", number_of(p, "price", l->price));
	out_int(o, "quantity", l->quantity);
	put_product(p, o, l->price);
	out_bool(o, "test_mode", true);
	put_time(p, o, "created_at", pay->created);
	put_time(p, o, "updated_at", pay->created);
	out_close(o, '}');
	close_object(p, o, "orders", id, "store customer order-items"
	    " subscriptions license-keys discount-redemptions");
}

static const char *
invoice_status(const struct thing *pay)
{
	if (pay->refunded > 0)
		return refund_status(pay);
	return is(pay->status, "paid") ? "paid" :
	    is(pay->status, "canceled") ? "void" : "pending";
}

void
lemon_write_invoice(struct play *p, struct out *o, const struct thing *pay)
{
	open_object(p, o, "subscription-invoices", pay->ref);
	put_buyer(p, o, pay);
	put_number(o, "subscription_id", pay->sub);
	out_name(o, "billing_reason", is(pay->reason, "create") ?
	    "initial" : is(pay->reason, "update") ? "updated" : "renewal");
	out_name(o, "card_brand", "visa");
	out_name(o, "card_last_four", "4242");
	put_money(p, o, pay);
	out_name(o, "status", invoice_status(pay));
	out_name(o, "status_formatted", invoice_status(pay));
	out_open_as(o, "urls", '{');
	shape_nulls(o, "invoice_url");
	out_close(o, '}');
	close_object(p, o, "subscription-invoices", pay->ref,
	    "store customer subscription");
}

/* ---- Subscriptions ---- */

static const char *
sub_status(const struct thing *sub)
{
	if (sub->ended_at != 0)
		return "expired";
	if (is(sub->status, "paused"))
		return "paused";
	if (sub->cancel_planned != 0)
		return "cancelled";
	if (is(sub->status, "past_due"))
		return "past_due";
	return is(sub->status, "trialing") ? "on_trial" : "active";
}

static void
put_item(struct play *p, struct out *o, const struct thing *sub)
{
	const struct play_line	*l = &sub->lines.at[0];

	put_number(o, "subscription_id", sub->ref);
	out_int(o, "price_id", number_of(p, "price", l->price));
	out_int(o, "quantity", l->quantity);
	out_bool(o, "is_usage_based", false);
	put_time(p, o, "created_at", sub->created);
	put_time(p, o, "updated_at", sub->updated);
}

void
lemon_write_item(struct play *p, struct out *o, const struct thing *sub)
{
	struct str	id = sub->lines.at[0].item;

	open_object(p, o, "subscription-items", id);
	put_item(p, o, sub);
	close_object(p, o, "subscription-items", id,
	    "subscription price usage-records");
}

static void
put_pause(struct play *p, struct out *o, const struct thing *sub)
{
	if (!is(sub->status, "paused")) {
		out_null(o, "pause");
		return;
	}
	out_open_as(o, "pause", '{');
	out_text(o, "mode", sub->pause.len > 0 ? sub->pause : STR("void"));
	put_time(p, o, "resumes_at", sub->resumes_at);
	out_close(o, '}');
}

static void
put_urls(struct play *p, struct out *o, const struct thing *sub)
{
	static const char *const	names[] = { "customer_portal",
	    "update_payment_method", "customer_portal_update_subscription" };

	out_open_as(o, "urls", '{');
	for (size_t i = 0; i < COUNT(names); i++)
		out_text(o, names[i], arena_text(p->f->arena,
		    "%.*s/sandbox/portal/lemonsqueezy/%.*s",
		    STR_FMT(p->f->conf->base_url), STR_FMT(sub->customer)));
	out_close(o, '}');
}

void
lemon_write_subscription(struct play *p, struct out *o,
    const struct thing *sub)
{
	int64_t	ends = sub->ended_at != 0 ? sub->ended_at :
		    sub->cancel_planned;

	open_object(p, o, "subscriptions", sub->ref);
	put_urls(p, o, sub);
	put_pause(p, o, sub);
	put_buyer(p, o, sub);
	put_number(o, "order_id", sub->order);
	out_int(o, "order_item_id", number_of(p, "item", sub->order));
	put_product(p, o, sub->lines.at[0].price);
	out_name(o, "status", sub_status(sub));
	out_name(o, "status_formatted", sub_status(sub));
	out_name(o, "card_brand", "visa");
	out_name(o, "card_last_four", "4242");
	out_bool(o, "cancelled", ends != 0);
	put_time(p, o, "ends_at", ends);
	put_time(p, o, "renews_at", is(sub->status, "past_due") ?
	    sub->updated + 3 * DAY : sub->until);
	put_time(p, o, "trial_ends_at", sub->trial_until);
	out_int(o, "billing_anchor", 1);
	out_name(o, "payment_processor", "stripe");
	put_time(p, o, "created_at", sub->created);
	put_time(p, o, "updated_at", sub->updated);
	out_open_as(o, "first_subscription_item", '{');
	put_number(o, "id", sub->lines.at[0].item);
	put_item(p, o, sub);
	out_close(o, '}');
	close_object(p, o, "subscriptions", sub->ref, "order store product"
	    " variant customer order-item subscription-items"
	    " subscription-invoices");
}
