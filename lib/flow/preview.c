/*
 * What an upgrade would do, from the very functions that will do it.
 */
#include "base/limits.h"
#include "flow/charge.h"
#include "flow/order.h"
#include "flow/pages.h"
#include "flow/upgrade.h"
#include "wire/out.h"

static void
money_write(struct out *o, const char *name, const struct money_due *due,
    bool renews)
{
	if (!due->known) {
		out_null(o, name);
		return;
	}
	out_open_as(o, name, '{');
	out_int(o, "amount", due->amount);
	out_text(o, "currency", due->currency);
	if (renews)
		out_text_or_null(o, "interval", due->interval);
	out_close(o, '}');
}

static void
charge_write(struct out *o, const struct charge *charge)
{
	out_open_as(o, "charge", '{');
	money_write(o, "now", &charge->now, false);
	money_write(o, "next", &charge->next, true);
	out_name(o, "source", charge_source_names[charge->source]);
	out_close(o, '}');
}

/* What this order would be asked to pay; the first price unless it names one. */
static void
charge_of(struct flow *f, const struct order *order, struct charge *charge)
{
	struct charge_ask ask = {
		.terms = order->terms, .provider = order->wish.provider,
		.price = order->price, .running = order->running,
		.replaces = order->replaces, .quoted_at = f->now,
		.asks = true,
	};

	if (ask.price == NULL && order->tier != NULL &&
	    order->tier->price_count > 0)
		ask.price = &order->tier->prices[0];
	charge_find(f, &ask, charge);
}

static enum rc
preview_write(struct settle *s, const struct order *order,
    const struct holding *imagined, const struct plan *plan,
    const struct plan *promise, struct str *json, struct err *e)
{
	struct arena *a = s->flow->arena;
	struct str delta = STR_NONE, now = STR_NONE, then = STR_NONE;
	const struct session *open = s->world.has_session &&
	    !session_final(s->world.session.state) ? &s->world.session : NULL;
	size_t count;
	struct asset *assets = plan_assets(&s->plan, a, &count);
	struct charge charge;
	struct out o;

	TRY(settle_render(s, &s->want, assets, count, s->world.user.ver,
	    s->world.user.updated_at, open, false, &now, e));
	assets = plan_assets(plan, a, &count);
	TRY(settle_render(s, imagined, assets, count, s->world.user.ver,
	    s->world.user.updated_at, open, true, &then, e));
	TRY(settle_live(s, &s->want, now, &now, e));
	TRY(settle_live(s, imagined, then, &then, e));
	TRY(pages_delta(a, promise, &delta, e));
	charge_of(s->flow, order, &charge);
	out_init(&o, a, REPLY_BYTES_MAX);
	out_open(&o, '{');
	out_raw(&o, "delta", delta);
	out_raw(&o, "entitlements", now);
	out_raw(&o, "optimistic", then);
	charge_write(&o, &charge);
	out_close(&o, '}');
	return out_take(&o, "an answer", json, e);
}

enum rc
flow_upgrade_preview(struct flow *f, const struct principal *who,
    struct str body, struct str *json, struct err *e)
{
	struct order order;
	struct settle s;
	struct holding imagined;
	struct plan plan, promise;
	struct err ignored;	/* what a start refuses may be looked at */

	TRY(order_read(f, who, body, &order, e));
	TRY(settle_read(&s, f, order.user, e));
	s.world.user.user = order.user;
	TRY(settle_work(&s, e));
	(void)order_check(&order, &s, &ignored);
	order.terms.session = STR("us_imagined");
	TRY(order_imagine(&order, &s, &order.terms, &imagined, &plan,
	    &promise, e));
	return preview_write(&s, &order, &imagined, &plan, &promise, json, e);
}
