/*
 * Stripe's signature: who sent these bytes, and when.  The rules are those of
 * Stripe's own libraries, except that the future is refused like the past.
 */
#include "base/clock.h"
#include "base/text.h"
#include "provider/signature.h"
#include "provider/stripe.h"

/* The header, taken apart. */
struct header {
	struct str		 stamp;		/* the text of t, as signed */
	bool			 stamped;
	struct signatures	 v1;
};

/* The words go to the log; the sender hears only that it was refused. */
static enum rc
refuse(struct err *e, const char *what)
{
	return err_set(e, RC_BAD_SIGNATURE,
	    "Compare stripe_webhook_secrets with the endpoint's secret.",
	    "%s", what);
}

/* "t=1788256800,v1=<hex>,v1=<hex>,v0=<hex>": all but t and v1 is not ours. */
static enum rc
header_read(struct str text, struct header *out, struct err *e)
{
	struct header	h = { .stamped = false };

	if (text.len == 0)
		return refuse(e, "there is no Stripe-Signature");
	if (text.len > SIGNATURE_BYTES_MAX)
		return refuse(e, "the Stripe-Signature is too long");
	while (text.len > 0) {
		struct str	value = str_cut(&text, ',');
		struct str	scheme = str_cut(&value, '=');

		if (str_eq(scheme, STR("t"))) {
			if (h.stamped)
				return refuse(e, "there are two timestamps");
			h.stamped = true;
			h.stamp = value;
		} else if (str_eq(scheme, STR("v1"))) {
			if (!signature_add(&h.v1, value))
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

	const struct str signed_text[] = { h.stamp, STR("."), hook->body };

	if (!signature_match(&h.v1, rules->secrets, rules->secret_count,
	    signed_text, COUNT(signed_text)))
		return refuse(e, "no v1 signature fits any secret");
	return clock_check(h.stamp, rules, now, e);
}

struct str
stripe_sign(struct arena *a, struct str secret, struct str body, int64_t now)
{
	struct str	stamp = arena_text(a, "%lld",
			    (long long)(now / SECOND));
	const struct str signed_text[] = { stamp, STR("."), body };
	struct digest	d = secret_hmac(secret, signed_text,
			    COUNT(signed_text));
	struct str	hex = text_hex(a, d.byte, SHA256_BYTES);

	return arena_text(a, "t=%.*s,v1=%.*s", STR_FMT(stamp), STR_FMT(hex));
}

const struct provider provider_stripe = {
	.name = "stripe",
	.title = "Stripe",
	.header = "HTTP_STRIPE_SIGNATURE",
	.header_sent = "Stripe-Signature",
	.api = "https://api.stripe.com",
	.verify = verify,
	.normalise = stripe_normalise,
	.sign = stripe_sign,
	.lists_events = true,
	.events = stripe_events,
	.errand = stripe_errand,
};
