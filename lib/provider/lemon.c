/*
 * Lemon Squeezy's signature: the HMAC of the body and nothing else.  There is
 * no time in it, so a delivery can be replayed for ever; that it counts once
 * is the inbox's matter.
 */
#include "base/clock.h"
#include "base/text.h"
#include "provider/lemon.h"
#include "provider/signature.h"

/* The words go to the log; the sender hears only that it was refused. */
static enum rc
refuse(struct err *e, const char *what)
{
	return err_set(e, RC_BAD_SIGNATURE,
	    "Compare lemonsqueezy_webhook_secrets with the webhook's signing "
	    "secret.", "%s", what);
}

static enum rc
verify(const struct hook *hook, const struct hook_rules *rules, int64_t now,
    struct err *e)
{
	const struct str	body[] = { hook->body };
	struct signatures	given = { .count = 0 };

	(void)now;
	if (hook->signature.len == 0)
		return refuse(e, "there is no X-Signature");
	signature_add(&given, hook->signature);
	if (given.count == 0)
		return refuse(e, "the X-Signature is not 64 lower-case "
		    "hex digits");
	if (!signature_match(&given, rules->secrets, rules->secret_count,
	    body, COUNT(body)))
		return refuse(e, "the X-Signature fits no secret");
	return RC_OK;
}

struct str
lemon_sign(struct arena *a, struct str secret, struct str body, int64_t now)
{
	const struct str	pieces[] = { body };
	struct digest		d = secret_hmac(secret, pieces,
				    COUNT(pieces));

	(void)now;
	return text_hex(a, d.byte, SHA256_BYTES);
}

const struct provider provider_lemonsqueezy = {
	.name = "lemonsqueezy",
	.title = "Lemon Squeezy",
	.header = "HTTP_X_SIGNATURE",
	.header_sent = "X-Signature",
	.api = "https://api.lemonsqueezy.com",
	.events = lemon_events,
	.verify = verify,
	.normalise = lemon_normalise,
	.sign = lemon_sign,
	.errand = lemon_errand,
	.knows_email = true,
	.tries_for = 3 * MINUTE,
	.address = lemon_address,
};
