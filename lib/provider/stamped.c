/*
 * Reading and making signatures with a time.  The rules are those of the
 * providers' own libraries, except that the future is refused like the past,
 * and that every signature of the header is tried.
 */
#include <stdio.h>

#include "base/clock.h"
#include "base/text.h"
#include "provider/signature.h"
#include "provider/stamped.h"

/* The header, taken apart. */
struct header {
	struct str		 stamp;		/* the text, as signed */
	bool			 stamped;
	struct signatures	 given;
};

/* The words go to the log; the sender hears only that it was refused. */
static enum rc
refuse(const struct stamped *how, struct err *e, const char *what)
{
	char	mend[sizeof(e->mend)];
	struct str setting = str_of(how->setting);

	snprintf(mend, sizeof(mend), "Compare %.*s with the secret that the "
	    "provider shows.", STR_FMT(setting));
	return err_set(e, RC_BAD_SIGNATURE, mend, "%s", what);
}

static enum rc
header_read(const struct stamped *how, struct str text, struct header *out,
    struct err *e)
{
	struct header	h = { .stamped = false };

	if (text.len == 0)
		return refuse(how, e, "there is no signature");
	if (text.len > SIGNATURE_BYTES_MAX)
		return refuse(how, e, "the signature header is too long");
	while (text.len > 0) {
		struct str	value = str_cut(&text, how->between);
		struct str	name = str_cut(&value, '=');

		if (str_eq(name, how->stamp)) {
			if (h.stamped)
				return refuse(how, e,
				    "there are two timestamps");
			h.stamped = true;
			h.stamp = value;
		} else if (str_eq(name, how->scheme)) {
			if (!signature_add(&h.given, value))
				return refuse(how, e, "too many signatures");
		}
	}
	if (!h.stamped)
		return refuse(how, e, "there is no timestamp");
	*out = h;
	return RC_OK;
}

static enum rc
clock_check(const struct stamped *how, struct str stamp,
    const struct hook_rules *rules, int64_t now, struct err *e)
{
	int64_t	most = rules->tolerance / SECOND;
	int64_t	sent, age;

	if (!str_int64(stamp, &sent) || sent < 0)
		return refuse(how, e, "the timestamp is no number");
	age = now / SECOND - sent;
	if (age > most || age < -most)
		return err_set(e, RC_BAD_SIGNATURE,
		    "Set the clock; or the delivery is replayed.",
		    "rightly signed, but %lld seconds %s", age > 0 ?
		    (long long)age : -(long long)age,
		    age > 0 ? "ago" : "ahead of us");
	return RC_OK;
}

enum rc
stamped_verify(const struct stamped *how, const struct hook *hook,
    const struct hook_rules *rules, int64_t now, struct err *e)
{
	struct header	h;

	TRY(header_read(how, hook->signature, &h, e));

	const struct str signed_text[] = { h.stamp, how->mark, hook->body };

	if (!signature_match(&h.given, rules->secrets, rules->secret_count,
	    signed_text, COUNT(signed_text)))
		return refuse(how, e, "no signature fits any secret");
	return clock_check(how, h.stamp, rules, now, e);
}

struct str
stamped_sign(const struct stamped *how, struct arena *a, struct str secret,
    struct str body, int64_t now)
{
	struct str	stamp = arena_text(a, "%lld",
			    (long long)(now / SECOND));
	const struct str signed_text[] = { stamp, how->mark, body };
	struct digest	d = secret_hmac(secret, signed_text,
			    COUNT(signed_text));
	struct str	hex = text_hex(a, d.byte, SHA256_BYTES);

	return arena_text(a, "%.*s=%.*s%c%.*s=%.*s", STR_FMT(how->stamp),
	    STR_FMT(stamp), how->between, STR_FMT(how->scheme), STR_FMT(hex));
}
