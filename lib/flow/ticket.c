/*
 * "rung_tk_<seller>_<end in seconds>_<user in hex>_<43 of HMAC>", and
 * "rung_tk_of_..." and "rung_gp_..." alike.
 */
#include "base/clock.h"
#include "base/limits.h"
#include "base/secret.h"
#include "base/text.h"
#include "flow/ticket.h"

enum { MAC_CHARACTERS = 43 };

/* One is no good as the other: each is signed for its own purpose. */
struct purpose {
	struct str	 head, name;
};

static const struct purpose	for_streams = {
	{ "rung_tk_", 8 }, { "stream-ticket|", 14 }
};
static const struct purpose	for_offers = {
	{ "rung_tk_of_", 11 }, { "offered-stream|", 15 }
};
static const struct purpose	for_files = {
	{ "rung_gp_", 8 }, { "gate-pass|", 10 }
};

/* All of a ticket but its last part, and that part. */
static struct str
ticket_text(struct flow *f, const struct purpose *p, uint32_t seller,
    struct str user, int64_t seconds)
{
	struct str open = arena_text(f->arena, "%.*s%u_%lld_%.*s_",
	    STR_FMT(p->head), seller, (long long)seconds,
	    STR_FMT(text_hex(f->arena, user.at, user.len)));
	struct str pieces[] = { p->name, open };
	struct digest d = secret_hmac(f->conf->token_key, pieces,
	    COUNT(pieces));

	return arena_text(f->arena, "%.*s%.*s", STR_FMT(open),
	    STR_FMT(text_base64url(f->arena, d.byte, sizeof(d.byte))));
}

static struct str
make(struct flow *f, const struct purpose *p, struct str user,
    int64_t *expires_at)
{
	int64_t seconds = f->now / SECOND + TICKET_SECONDS;

	*expires_at = seconds * SECOND;
	return ticket_text(f, p, f->seller, user, seconds);
}

struct str
flow_ticket_make(struct flow *f, struct str user, int64_t *expires_at)
{
	return make(f, &for_streams, user, expires_at);
}

struct str
flow_ticket_offer(struct flow *f, struct str user)
{
	int64_t ends;

	return make(f, &for_offers, user, &ends);
}

struct str
flow_gate_pass_make(struct flow *f, struct str user, int64_t *expires_at)
{
	return make(f, &for_files, user, expires_at);
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
ticket_read(struct flow *f, const struct purpose *p, struct str ticket,
    int64_t *seller, int64_t *seconds, struct str *user)
{
	struct str rest, word;
	char *bytes;

	if (!str_starts(ticket, p->head) ||
	    ticket.len < p->head.len + MAC_CHARACTERS + 1)
		return false;
	rest = str_part(ticket, p->head.len,
	    ticket.len - p->head.len - MAC_CHARACTERS - 1);
	word = str_cut(&rest, '_');
	if (!str_int64(word, seller) || *seller < 0 || *seller > UINT32_MAX)
		return false;
	word = str_cut(&rest, '_');
	bytes = arena_take(f->arena, rest.len + 1, 1);
	*user = (struct str){ bytes, rest.len / 2 };
	return str_int64(word, seconds) && rest.len % 2 == 0 &&
	    text_unhex(rest, bytes, user->len);
}

static enum rc
check(struct flow *f, const struct purpose *p, struct str ticket,
    struct ticket *out, struct err *e)
{
	struct str user = STR_NONE;
	int64_t seller = 0, seconds = 0;

	/* Made again and compared whole, so there is one way to write it. */
	if (!ticket_read(f, p, ticket, &seller, &seconds, &user) ||
	    !str_eq_secret(ticket, ticket_text(f, p, (uint32_t)seller, user,
	    seconds)) || f->now >= seconds * SECOND)
		return refuse(e);
	*out = (struct ticket){
		.seller = (uint32_t)seller, .user = user,
		.expires_at = seconds * SECOND,
	};
	return RC_OK;
}

enum rc
flow_ticket_ok(struct flow *f, struct str ticket, struct ticket *out,
    struct err *e)
{
	bool offered = str_starts(ticket, for_offers.head);

	TRY(check(f, offered ? &for_offers : &for_streams, ticket, out, e));
	out->offered = offered;
	return RC_OK;
}

enum rc
flow_gate_pass_ok(struct flow *f, struct str pass, struct ticket *out,
    struct err *e)
{
	return check(f, &for_files, pass, out, e);
}

int64_t
flow_ticket_epoch(const struct flow *f)
{
	if (f->conf->stream != STREAM_UNBOUNDED)
		return 0;
	return f->now / (TICKET_SECONDS * SECOND / 2);
}
