/*
 * OFREP 0.3: what the providers of OpenFeature ask.  They read 404, 400 and
 * 429 by the protocol's own members and take any other refusal for a broken
 * answer unless key and errorCode are in it; 503 they do not know.
 */
#include "base/clock.h"
#include "base/guard.h"
#include "base/limits.h"
#include "base/places.h"
#include "entitlement.h"
#include "flow/entitle.h"
#include "flow/ticket.h"
#include "wire/flag.h"
#include "wire/out.h"

enum {
	NEWER_WAIT_S		= 1,	/* for a version that is named to us */
	PAUSE_MS		= 50,	/* between two looks for it */
	STREAM_INACTIVE_S	= 120,	/* a hidden page closes its stream */
	SPARE_PLACES		= 10,	/* one place in so many is not offered */
};

static int
ofrep_status(enum rc rc, int status)
{
	if (rc == RC_INVALID_VALUE)
		return 400;
	return status == 503 ? 500 : status;
}

static const char *
error_code(enum rc rc)
{
	switch (rc) {
	case RC_UNKNOWN_FLAG:
		return "FLAG_NOT_FOUND";
	case RC_NO_TARGETING_KEY:
		return "TARGETING_KEY_MISSING";
	case RC_INVALID_VALUE:
		return "INVALID_CONTEXT";
	case RC_INVALID_JSON:
	case RC_MEDIA_TYPE:
	case RC_LENGTH_REQUIRED:
	case RC_BODY_TOO_LARGE:
		return "PARSE_ERROR";
	default:
		return "GENERAL";
	}
}

static const char *
error_words(const struct err *e)
{
	switch (e->rc) {
	case RC_UNKNOWN_FLAG:
	case RC_NO_TARGETING_KEY:
	case RC_INVALID_VALUE:
	case RC_INVALID_JSON:
		return e->what;
	default:
		return "see detail";
	}
}

static void
ofrep_members(struct web *w, const struct err *e, struct out *o)
{
	if (web_has_arg(w, "key"))
		out_text(o, "key", web_arg(w, "key"));
	out_name(o, "errorCode", error_code(e->rc));
	out_name(o, "errorDetails", error_words(e));
}

const struct dialect	ofrep_dialect = { true, ofrep_status, ofrep_members };

/* Whose flags: the context's, or the token's own. */
static enum rc
read_user(struct web *w, struct str *user, struct err *e)
{
	struct str	key;

	TRY(flag_context_read(web_body(w), web_arena(w), &key, e));
	if (key.len == 0 && web_principal(w)->user.len == 0)
		return err_set(e, RC_NO_TARGETING_KEY,
		    "Send the user's id as context.targetingKey.",
		    "the context has no targetingKey");
	return web_user_named(w, key, "/context/targetingKey", user, e);
}

static struct flag_view
view_of(const struct held *held, const struct matrix *matrix)
{
	return (struct flag_view){
		.matrix = matrix, .holding = &held->holding,
		.document = held->document, .version = held->version,
		.known = held->known,
	};
}

enum rc
ofrep_flag(struct web *w, struct err *e)
{
	struct str		key = web_arg(w, "key"), user, json;
	struct held		held;
	struct flag_view	view;
	struct out		o;

	if (key.len > CAPABILITY_NAME_MAX)
		return err_set(e, RC_INVALID_VALUE, NULL,
		    "a key has at most %d bytes", CAPABILITY_NAME_MAX);
	TRY(read_user(w, &user, e));
	TRY(flow_held(web_flow(w), user, &held, e));
	view = view_of(&held, held.matrix);
	if (!flag_there(&view, key))
		return err_set(e, RC_UNKNOWN_FLAG,
		    "Flags are the capabilities, limits and asset types of the"
		    " matrix.", "the matrix has no such name");
	out_init(&o, web_arena(w), REPLY_BYTES_MAX);
	TRY(flag_write(&o, &view, key, e));
	TRY(out_take(&o, "an answer", &json, e));
	return web_reply(w, 200, json);
}

/*
 * A stream has named a version that this database does not have yet: give
 * replication a moment, unless somebody else needs this process.
 */
static enum rc
wait_for_newer(struct web *w, struct str user, struct err *e)
{
	int64_t	until = clock_steady() + NEWER_WAIT_S * SECOND;
	int64_t	want, have = 0;

	if (!web_version_in(web_query(w, "flagConfigEtag"), 'u', &want))
		return RC_OK;
	for (;;) {
		TRY(flow_user_version(web_flow(w), user, &have, e));
		if (have >= want || clock_steady() >= until ||
		    !web_pause(w, PAUSE_MS))
			return RC_OK;
	}
}

/*
 * The epoch of a ticket that would be offered; 0 for none.  Who is refused a
 * stream that was offered asks for both again every second, so the offer ends
 * before the places do; a refetch comes from who has a place.
 */
static int64_t
stream_epoch(struct web *w)
{
	static bool		 mapped;
	const struct conf	*c = web_flow(w)->conf;
	int64_t			 epoch = flow_ticket_epoch(web_flow(w));
	int64_t			 most;

	if (epoch == 0 || web_query(w, "flagConfigEtag").len > 0)
		return epoch;
	if (!mapped)
		places_open(c->var);
	mapped = true;
	/* A process that waits may have had to do with fewer. */
	most = places_most(c->max_waiters > 0 ? c->max_waiters :
	    WAITERS_USUAL);
	return places_taken() < most - most / SPARE_PLACES ? epoch : 0;
}

/* Version and ticket epoch: "u7.e12", or "u0.3.e12" of users without one. */
static struct str
bulk_etag(struct web *w, const struct held *held, int64_t epoch)
{
	if (held->version == 0)
		return arena_text(web_arena(w), "u0.%lld.e%lld",
		    (long long)held->matrix_version, (long long)epoch);
	return arena_text(web_arena(w), "u%lld.e%lld",
	    (long long)held->version, (long long)epoch);
}

/* Where changes are told of; only streams without an end are worth it. */
static void
write_streams(struct web *w, struct str user, struct out *o)
{
	struct flow	*f = web_flow(w);
	struct str	 ticket = flow_ticket_offer(f, user);

	out_open_as(o, "eventStreams", '[');
	out_open(o, '{');
	out_name(o, "type", "sse");
	out_open_as(o, "endpoint", '{');
	out_text(o, "requestUri", arena_text(web_arena(w),
	    "%.*s/v1/events?ticket=%.*s", STR_FMT(f->conf->base_path),
	    STR_FMT(ticket)));
	out_close(o, '}');
	out_int(o, "inactivityDelaySec", STREAM_INACTIVE_S);
	out_close(o, '}');
	out_close(o, ']');
}

static enum rc
write_bulk(struct web *w, const struct held *held, bool streams,
    struct str *json, struct err *e)
{
	const struct catalog	*catalog = NULL;
	struct flag_view	 view;
	struct out		 o;

	/* The names of the version that the state is of: one tag, one answer. */
	TRY(flow_catalog_with(web_flow(w), &held->matrix_version, 1, &catalog,
	    e));
	view = view_of(held, catalog_version(catalog, held->matrix_version));
	out_init(&o, web_arena(w), REPLY_BYTES_MAX);
	out_open(&o, '{');
	TRY(flags_write(&o, &view, web_arena(w), e));
	out_open_as(&o, "metadata", '{');
	out_int(&o, "version", held->version);
	out_text(&o, "tier", held->holding.tier);
	out_close(&o, '}');
	if (streams)
		write_streams(w, held->user, &o);
	out_close(&o, '}');
	return out_take(&o, "an answer", json, e);
}

enum rc
ofrep_bulk(struct web *w, struct err *e)
{
	struct str	user, json;
	struct held	held;
	int64_t		epoch = stream_epoch(w);

	TRY(read_user(w, &user, e));
	TRY(wait_for_newer(w, user, e));
	TRY(flow_held(web_flow(w), user, &held, e));
	if (!held.unsettled && web_etag(w, bulk_etag(w, &held, epoch)))
		return RC_OK;
	TRY(write_bulk(w, &held, epoch != 0, &json, e));
	return web_reply(w, 200, json);
}
