/*
 * "rung_tk_<seller>_<end in seconds>_<user in hex>_<43 of HMAC>".
 */
#include "base/clock.h"
#include "base/limits.h"
#include "base/secret.h"
#include "base/text.h"
#include "flow/ticket.h"

#define TICKET_HEAD	STR("rung_tk_")

enum { MAC_CHARACTERS = 43 };

/* All of a ticket but its last part, and that part. */
static struct str
ticket_text(struct flow *f, uint32_t seller, struct str user, int64_t seconds)
{
	struct str open = arena_text(f->arena, "rung_tk_%u_%lld_%.*s_", seller,
	    (long long)seconds,
	    STR_FMT(text_hex(f->arena, user.at, user.len)));
	struct str pieces[] = { STR("stream-ticket|"), open };
	struct digest d = secret_hmac(f->conf->token_key, pieces,
	    COUNT(pieces));

	return arena_text(f->arena, "%.*s%.*s", STR_FMT(open),
	    STR_FMT(text_base64url(f->arena, d.byte, sizeof(d.byte))));
}

struct str
flow_ticket_make(struct flow *f, struct str user, int64_t *expires_at)
{
	int64_t seconds = f->now / SECOND + TICKET_SECONDS;

	*expires_at = seconds * SECOND;
	return ticket_text(f, f->seller, user, seconds);
}

static enum rc
refuse(struct err *e)
{
	return err_set(e, RC_BAD_CREDENTIAL,
	    "Ask POST /v1/events for a new ticket.",
	    "the stream ticket is not ours, or has run out");
}

/* What a ticket says, whoever wrote it. */
static bool
ticket_read(struct flow *f, struct str ticket, int64_t *seller,
    int64_t *seconds, struct str *user)
{
	struct str rest, word;
	char *bytes;

	if (!str_starts(ticket, TICKET_HEAD) ||
	    ticket.len < TICKET_HEAD.len + MAC_CHARACTERS + 1)
		return false;
	rest = str_part(ticket, TICKET_HEAD.len,
	    ticket.len - TICKET_HEAD.len - MAC_CHARACTERS - 1);
	word = str_cut(&rest, '_');
	if (!str_int64(word, seller) || *seller < 0 || *seller > UINT32_MAX)
		return false;
	word = str_cut(&rest, '_');
	bytes = arena_take(f->arena, rest.len + 1, 1);
	*user = (struct str){ bytes, rest.len / 2 };
	return str_int64(word, seconds) && rest.len % 2 == 0 &&
	    text_unhex(rest, bytes, user->len);
}

enum rc
flow_ticket_ok(struct flow *f, struct str ticket, struct ticket *out,
    struct err *e)
{
	struct str user = STR_NONE;
	int64_t seller = 0, seconds = 0;

	/* Made again and compared whole, so there is one way to write it. */
	if (!ticket_read(f, ticket, &seller, &seconds, &user) ||
	    !str_eq_secret(ticket, ticket_text(f, (uint32_t)seller, user,
	    seconds)) || f->now >= seconds * SECOND)
		return refuse(e);
	*out = (struct ticket){
		.seller = (uint32_t)seller, .user = user,
		.expires_at = seconds * SECOND,
	};
	return RC_OK;
}

int64_t
flow_ticket_epoch(const struct flow *f)
{
	if (f->conf->stream != STREAM_UNBOUNDED)
		return 0;
	return f->now / (TICKET_SECONDS * SECOND / 2);
}
