/*
 * What an upgrade would do, from the very functions that will do it.
 */
#include "base/limits.h"
#include "flow/order.h"
#include "flow/pages.h"
#include "flow/upgrade.h"
#include "wire/out.h"

/* From the prices of the matrix, so an estimate: taxes and proration differ. */
static void
charge_write(struct out *o, const struct order *order)
{
	const struct price *p = order->price;
	int64_t amount = 0;

	if (p == NULL && order->tier != NULL && order->tier->price_count > 0)
		p = &order->tier->prices[0];
	out_open_as(o, "charge", '{');
	if (p == NULL || p->amount < 0 || p->currency.len == 0 ||
	    __builtin_mul_overflow(p->amount, order->wish.quantity, &amount)) {
		out_null(o, "now");
		out_null(o, "next");
		out_name(o, "source", "none");
		out_close(o, '}');
		return;
	}
	out_open_as(o, "now", '{');
	out_int(o, "amount", amount);
	out_text(o, "currency", p->currency);
	out_close(o, '}');
	if (p->interval.len == 0) {
		out_null(o, "next");
	} else {
		out_open_as(o, "next", '{');
		out_int(o, "amount", amount);
		out_text(o, "currency", p->currency);
		out_text(o, "interval", p->interval);
		out_close(o, '}');
	}
	out_name(o, "source", "estimate");
	out_close(o, '}');
}

static enum rc
preview_write(struct settle *s, const struct order *order,
    const struct holding *imagined, const struct plan *plan,
    struct str *json, struct err *e)
{
	struct arena *a = s->flow->arena;
	struct str delta = STR_NONE, now = STR_NONE, then = STR_NONE;
	const struct session *open = s->world.has_session &&
	    !session_final(s->world.session.state) ? &s->world.session : NULL;
	size_t count;
	struct asset *assets = plan_assets(&s->plan, a, &count);
	struct out o;

	TRY(settle_render(s, &s->want, assets, count, s->world.user.ver,
	    s->world.user.updated_at, open, false, &now, e));
	assets = plan_assets(plan, a, &count);
	TRY(settle_render(s, imagined, assets, count, s->world.user.ver,
	    s->world.user.updated_at, open, true, &then, e));
	TRY(pages_delta(a, plan, &delta, e));
	out_init(&o, a, REPLY_BYTES_MAX);
	out_open(&o, '{');
	out_raw(&o, "delta", delta);
	out_raw(&o, "entitlements", now);
	out_raw(&o, "optimistic", then);
	charge_write(&o, order);
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
	struct plan plan;

	TRY(order_read(f, who, body, &order, e));
	TRY(settle_read(&s, f, order.user, e));
	s.world.user.user = order.user;
	TRY(settle_work(&s, e));
	order.terms.session = STR("us_imagined");
	TRY(settle_imagine(&s, &order.terms, order_replaces(&order, &s),
	    &imagined, &plan, e));
	return preview_write(&s, &order, &imagined, &plan, json, e);
}
