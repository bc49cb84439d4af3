/*
 * Idempotency-Key: read, and looked up.
 */
#include "base/limits.h"
#include "base/secret.h"
#include "base/text.h"
#include "flow/repeat.h"

/* One pair of quotes is the draft's way of writing it. */
static enum rc
key_take(struct str header, struct str *key, struct err *e)
{
	if (header.len >= 2 && header.at[0] == '"' &&
	    header.at[header.len - 1] == '"')
		header = str_part(header, 1, header.len - 2);
	for (size_t i = 0; i < header.len; i++)
		if (header.at[i] <= ' ' || header.at[i] > '~')
			header.len = IDEMPOTENCY_KEY_MAX + 1;
	if (header.len > IDEMPOTENCY_KEY_MAX)
		return err_set(e, RC_BAD_REQUEST,
		    "Use 1 to 255 visible ASCII characters.",
		    "Idempotency-Key cannot be taken");
	*key = header;
	return RC_OK;
}

/* What the path names may be long: its digest stands for it. */
static struct str
route_text(struct flow *f, const char *route, const struct str *of,
    size_t count)
{
	struct digest d;

	if (count == 0)
		return str_of(route);
	d = secret_sha256_fields(of, count);
	return arena_text(f->arena, "%s %.*s", route,
	    STR_FMT(text_hex(f->arena, d.byte, sizeof(d.byte) / 2)));
}

enum rc
repeat_read(struct flow *f, const struct principal *who, const char *route,
    const struct str *of, size_t count, struct str header, struct str body,
    struct idem *out, struct err *e)
{
	bool ours = who->kind == PRINCIPAL_SERVER ||
	    who->kind == PRINCIPAL_CHECK;
	struct str key = STR_NONE;

	TRY(key_take(header, &key, e));
	*out = (struct idem){
		.principal = ours ? STR("seller") : arena_text(f->arena,
		    "user:%.*s", STR_FMT(who->user)),
		.route = route_text(f, route, of, count),
		.key = key, .body = secret_sha256(body), .gap = -1,
	};
	return RC_OK;
}

enum rc
repeat_find(struct flow *f, const struct idem *idem, struct idem *stored,
    bool *found, struct err *e)
{
	TRY(idem_find(f->db, f->seller, idem, f->arena, stored, found, e));
	if (*found && !secret_same(&stored->body, &idem->body))
		return err_set(e, RC_IDEMPOTENCY_MISMATCH,
		    "Use a new key for another request.",
		    "this Idempotency-Key was used with another body");
	return RC_OK;
}
