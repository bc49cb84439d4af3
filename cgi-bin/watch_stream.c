/*
 * Streams of events: they say that something changed, and the client asks for
 * what.  A lost event costs nothing but time.
 */
#include "base/clock.h"
#include "base/guard.h"
#include "base/limits.h"
#include "flow/ticket.h"
#include "watch.h"
#include "wire/out.h"
#include "wire/wish.h"

enum {
	PADDING_BYTES	= 8 * 1024,	/* a filter may hold back less */
	PADDING_LINE	= 128,
};

/* Whose stream: the token's user, or the one that the body names. */
static enum rc
read_stream_user(struct web *w, struct str *user, struct err *e)
{
	GUARD(doc_free) struct doc	*doc = NULL;
	struct str			 named = STR("");

	if (web_body(w).len > 0) {
		TRY(doc_read(&doc, web_body(w), DOC_STRICT, e));
		TRY(want_text(doc_root(doc), "user", false, USER_ID_MAX,
		    &named, e));
		named = arena_keep(web_arena(w), named);
	}
	return web_user_named(w, named, "/user", user, e);
}

enum rc
watch_ticket(struct web *w, struct err *e)
{
	static const char *const	words[] = {
		[STREAM_OFF] = "off", [STREAM_BOUNDED] = "bounded",
		[STREAM_UNBOUNDED] = "unbounded",
	};
	struct flow	*f = web_flow(w);
	struct out	 o;
	struct str	 user, ticket = STR(""), url = STR(""), json;
	int64_t		 expires_at = 0;

	TRY(read_stream_user(w, &user, e));
	if (f->conf->stream != STREAM_OFF) {
		ticket = flow_ticket_make(f, user, &expires_at);
		url = arena_text(web_arena(w), "%.*s/v1/events?ticket=%.*s",
		    STR_FMT(f->conf->base_url), STR_FMT(ticket));
	}
	out_init(&o, web_arena(w), REPLY_BYTES_MAX);
	out_open(&o, '{');
	out_name(&o, "stream", words[f->conf->stream]);
	out_text_or_null(&o, "ticket", ticket);
	out_text_or_null(&o, "url", url);
	out_time(&o, "expires_at", expires_at);
	out_close(&o, '}');
	TRY(out_take(&o, "an answer", &json, e));
	return web_reply(w, 200, json);
}

static void
say(struct web *w, int64_t id, struct str data)
{
	web_stream(w, arena_text(web_arena(w),
	    "id: %lld\nevent: message\ndata: %.*s\n\n", (long long)id,
	    STR_FMT(data)), false);
}

/* An upgrade at a version of its own; 0 for none. */
static uint64_t
mark_of(const struct newest *newest)
{
	uint64_t	hash = UINT64_C(14695981039346656037);

	for (size_t i = 0; i < newest->id.len; i++)
		hash = (hash ^ (unsigned char)newest->id.at[i]) *
		    UINT64_C(1099511628211);
	return newest->id.len == 0 ? 0 : hash + (uint64_t)newest->version;
}

static void
say_session(struct web *w, struct wait *wait, const struct news *n)
{
	uint64_t	mark = mark_of(&n->newest);

	if (mark == wait->seen)
		return;
	wait->seen = mark;
	if (mark != 0)
		say(w, n->version, arena_text(web_arena(w),
		    "{\"type\":\"session\",\"session\":\"%.*s\","
		    "\"version\":%lld,\"status\":\"%s\"}",
		    STR_FMT(n->newest.id), (long long)n->newest.version,
		    n->newest.status));
}

static void
say_refetch(struct web *w, const struct news *n)
{
	say(w, n->version, arena_text(web_arena(w),
	    "{\"type\":\"refetchEvaluation\",\"etag\":\"\\\"u%lld\\\"\","
	    "\"lastModified\":%lld}", (long long)n->version,
	    (long long)(clock_wall() / SECOND)));
}

/* When it is to be told next without news: a beat, or the end. */
static void
next_beat(struct wait *wait)
{
	wait->until = clock_steady() + BEAT_SECONDS * SECOND;
	if (wait->ends != 0 && wait->until > wait->ends)
		wait->until = wait->ends;
}

static void
tell_stream(struct web *w, struct wait *wait, const struct news *n,
    enum moment moment)
{
	bool	over = moment == ON_LEAVING || (moment == ON_TIME &&
		    wait->ends != 0 && clock_steady() >= wait->ends);

	if (moment != ON_TIME && n->json.len > 0) {
		say_session(w, wait, n);
		if (n->version != wait->since)
			say_refetch(w, n);
		wait->since = n->version;
	}
	if (over) {
		say(w, n->version, STR("{\"type\":\"bye\"}"));
		web_stream(w, STR(""), true);
	} else if (moment == ON_TIME) {
		web_stream(w, STR(": beat\n\n"), false);
		next_beat(wait);
	}
}

static enum rc
read_stream(struct web *w, struct str user, struct news *n, struct err *e)
{
	TRY(watch_read_user(w, user, n, e));
	return flow_newest(web_flow(w), user, &n->newest, e);
}

static void
begin_stream(struct web *w, int64_t told, const struct news *n)
{
	char	padding[PADDING_BYTES];

	for (size_t i = 0; i < sizeof(padding); i++)
		padding[i] = i % PADDING_LINE == 0 ? ':' :
		    i % PADDING_LINE == PADDING_LINE - 1 ? '\n' : '.';
	web_set(w, "Cache-Control", STR("no-store, no-transform"));
	web_set(w, "X-Accel-Buffering", STR("no"));
	web_stream(w, STR("retry: 3000\n"), false);
	web_stream(w, (struct str){ padding, sizeof(padding) }, false);
	say(w, n->version, arena_text(web_arena(w),
	    "{\"type\":\"hello\",\"version\":%lld}", (long long)n->version));
	/* Who comes back hears at once that he missed something. */
	if (told != -1 && told != n->version)
		say_refetch(w, n);
}

/* The ticket, which must be the only credential. */
static enum rc
read_ticket(struct web *w, struct ticket *ticket, struct err *e)
{
	struct str	text = web_query(w, "ticket");

	if (text.len == 0)
		return err_set(e, RC_NO_CREDENTIAL,
		    "Ask POST /v1/events for a ticket.",
		    "a stream needs a ticket");
	if (web_header(w, "HTTP_X_API_KEY").len > 0 ||
	    str_starts(web_header(w, "HTTP_AUTHORIZATION"), STR("Bearer ")))
		return err_set(e, RC_BAD_REQUEST, "Send the ticket alone.",
		    "there is more than one credential");
	TRY(flow_ticket_ok(web_flow(w), text, ticket, e));
	web_flow(w)->seller = ticket->seller;
	return RC_OK;
}

enum rc
watch_stream(struct web *w, struct err *e)
{
	static const struct subject	stream = { read_stream, tell_stream };
	int		 life = web_flow(w)->conf->stream;
	struct news	*n = arena_one(web_arena(w), struct news);
	struct wait	 wait = { .ends = 0 };
	int64_t		 told = -1;
	struct ticket	 ticket;
	enum rc		 rc;

	rc = read_ticket(w, &ticket, e);
	if (rc != RC_OK)
		TRY(web_stranger(w, e));
	TRY(rc);
	if (life == STREAM_OFF)
		return web_reply_empty(w, 204);
	TRY(read_stream(w, ticket.user, n, e));
	wait.offered = ticket.offered;
	wait.since = n->version;
	wait.seen = mark_of(&n->newest);
	if (life == STREAM_BOUNDED)
		wait.ends = clock_steady() + STREAM_SECONDS * SECOND;
	next_beat(&wait);
	if (!str_eq(web_header(w, "REQUEST_METHOD"), STR("GET")) ||
	    !web_park(w, &stream, ticket.user, n, &wait))
		return web_reply_empty(w, 204);
	(void)str_int64(web_header(w, "HTTP_LAST_EVENT_ID"), &told);
	begin_stream(w, told, n);
	return RC_OK;
}
