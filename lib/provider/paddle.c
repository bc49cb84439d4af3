/*
 * Paddle's signature, "ts=1788256800;h1=<hex>;h1=<hex>".  Paddle's own
 * libraries look at the last h1 or at all of them; we look at all.  They allow
 * five seconds; ours is the setting, and copies are known by their event id.
 */
#include "provider/paddle.h"
#include "provider/stamped.h"

static const struct stamped signature = {
	.stamp = STR("ts"), .scheme = STR("h1"), .between = ';',
	.mark = STR(":"), .setting = "paddle_webhook_secrets",
};

static enum rc
verify(const struct hook *hook, const struct hook_rules *rules, int64_t now,
    struct err *e)
{
	return stamped_verify(&signature, hook, rules, now, e);
}

struct str
paddle_sign(struct arena *a, struct str secret, struct str body, int64_t now)
{
	return stamped_sign(&signature, a, secret, body, now);
}

/*
 * Those that the table of paddle_normalise.c reads.  transaction.updated
 * tells of authentication under way, and of a subscription when it is there.
 */
static const char *const events[] = {
	"transaction.paid",
	"transaction.completed",
	"transaction.payment_failed",
	"transaction.past_due",
	"transaction.canceled",
	"transaction.updated",
	"subscription.created",
	"subscription.activated",
	"subscription.trialing",
	"subscription.updated",
	"subscription.past_due",
	"subscription.paused",
	"subscription.resumed",
	"subscription.canceled",
	"subscription.imported",
	"adjustment.created",
	"adjustment.updated",
	NULL
};

const struct provider provider_paddle = {
	.name = "paddle",
	.title = "Paddle",
	.header = "HTTP_PADDLE_SIGNATURE",
	.header_sent = "Paddle-Signature",
	.api = "https://api.paddle.com",
	.api_test = "https://sandbox-api.paddle.com",
	.events = events,
	.verify = verify,
	.normalise = paddle_normalise,
	.sign = paddle_sign,
	.lists_events = true,
	.errand = paddle_errand,
};
