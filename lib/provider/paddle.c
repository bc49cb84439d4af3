/*
 * Paddle's signature: who sent these bytes, and when.  Paddle's own libraries
 * look at the last h1 or at all of them; we look at all.  They allow five
 * seconds; ours is the setting, and copies are known by their event id.
 */
#include "base/clock.h"
#include "base/text.h"
#include "provider/paddle.h"
#include "provider/signature.h"

/* The header, taken apart. */
struct header {
	struct str		 stamp;		/* the text of ts, as signed */
	bool			 stamped;
	struct signatures	 h1;
};

/* The words go to the log; the sender hears only that it was refused. */
static enum rc
refuse(struct err *e, const char *what)
{
	return err_set(e, RC_BAD_SIGNATURE,
	    "Compare paddle_webhook_secrets with the destination's secret.",
	    "%s", what);
}

/* "ts=1788256800;h1=<hex>;h1=<hex>": all but ts and h1 is not ours. */
static enum rc
header_read(struct str text, struct header *out, struct err *e)
{
	struct header	h = { .stamped = false };

	if (text.len == 0)
		return refuse(e, "there is no Paddle-Signature");
	if (text.len > SIGNATURE_BYTES_MAX)
		return refuse(e, "the Paddle-Signature is too long");
	while (text.len > 0) {
		struct str	value = str_cut(&text, ';');
		struct str	scheme = str_cut(&value, '=');

		if (str_eq(scheme, STR("ts"))) {
			if (h.stamped)
				return refuse(e, "there are two timestamps");
			h.stamped = true;
			h.stamp = value;
		} else if (str_eq(scheme, STR("h1"))) {
			if (!signature_add(&h.h1, value))
				return refuse(e, "too many signatures");
		}
	}
	*out = h;
	return RC_OK;
}

/* Whole seconds on both sides: exactly the tolerance is still good. */
static enum rc
clock_check(struct str stamp, const struct hook_rules *rules, int64_t now,
    struct err *e)
{
	int64_t	most = rules->tolerance / SECOND;
	int64_t	sent, age;

	if (!str_int64(stamp, &sent) || sent < 0)
		return refuse(e, "the timestamp is no number");
	age = now / SECOND - sent;
	if (age > most || age < -most)
		return err_set(e, RC_BAD_SIGNATURE,
		    "Set the clock; or the delivery is replayed.",
		    "rightly signed, but %lld seconds %s", age > 0 ?
		    (long long)age : -(long long)age,
		    age > 0 ? "ago" : "ahead of us");
	return RC_OK;
}

static enum rc
verify(const struct hook *hook, const struct hook_rules *rules, int64_t now,
    struct err *e)
{
	struct header	h;

	TRY(header_read(hook->signature, &h, e));
	if (!h.stamped)
		return refuse(e, "there is no timestamp");

	const struct str signed_text[] = { h.stamp, STR(":"), hook->body };

	if (!signature_match(&h.h1, rules->secrets, rules->secret_count,
	    signed_text, COUNT(signed_text)))
		return refuse(e, "no h1 signature fits any secret");
	return clock_check(h.stamp, rules, now, e);
}

struct str
paddle_sign(struct arena *a, struct str secret, struct str body, int64_t now)
{
	struct str	stamp = arena_text(a, "%lld",
			    (long long)(now / SECOND));
	const struct str signed_text[] = { stamp, STR(":"), body };
	struct digest	d = secret_hmac(secret, signed_text,
			    COUNT(signed_text));
	struct str	hex = text_hex(a, d.byte, SHA256_BYTES);

	return arena_text(a, "ts=%.*s;h1=%.*s", STR_FMT(stamp), STR_FMT(hex));
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
	.events = events,
	.verify = verify,
	.normalise = paddle_normalise,
	.sign = paddle_sign,
	.lists_events = true,
	.errand = paddle_errand,
};
