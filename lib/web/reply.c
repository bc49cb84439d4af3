/*
 * The answer: its headers, and its bytes.
 */
#include <stdio.h>
#include <strings.h>

#include "base/buf.h"
#include "base/guard.h"
#include "base/limits.h"
#include "base/log.h"
#include "web/etag.h"
#include "web/inside.h"

/* What pages of other origins may send, and see of our answers. */
#define ALLOWED_HEADERS							\
	"Authorization, X-API-Key, Content-Type, Idempotency-Key, Prefer, " \
	"If-None-Match, Last-Event-ID, X-Request-ID, traceparent"
#define EXPOSED_HEADERS							\
	"ETag, Retry-After, Preference-Applied, Request-Id, Location, "	\
	"RateLimit, RateLimit-Policy, Idempotent-Replayed"

/* The origin of the asking page, if the configuration lists it. */
struct str
reply_origin(const struct web *w)
{
	struct str		 origin = w->head.at[VAR_ORIGIN];
	const struct str_list	*list = &w->conf->allowed_origins;

	for (size_t i = 0; origin.len > 0 && i < list->count; i++)
		if (str_eq(list->at[i], origin))
			return list->at[i];
	return STR_NONE;
}

/* One more, of another name than all before; the value outlives the request. */
static void
add(struct web *w, const char *name, struct str value)
{
	must(w->header_count < HEADERS_MAX);
	w->headers[w->header_count++] = (struct header){ name, value };
}

static void
add_cors(struct web *w)
{
	struct str	origin = reply_origin(w);

	/* One address (users/me) answers each credential otherwise. */
	add(w, "Vary", STR("Origin, Authorization, X-API-Key"));
	if (origin.len == 0)
		return;
	add(w, "Access-Control-Allow-Origin", origin);
	add(w, "Access-Control-Expose-Headers", STR(EXPOSED_HEADERS));
}

void
reply_defaults(struct web *w)
{
	w->header_count = 0;
	web_set(w, "Request-Id", w->id);
	add(w, "Cache-Control", STR("no-store"));
	add(w, "X-Content-Type-Options", STR("nosniff"));
	add(w, "Content-Security-Policy",
	    STR("default-src 'none'; frame-ancestors 'none'"));
	add(w, "Referrer-Policy", STR("no-referrer"));
	add_cors(w);
	limit_headers(w);
	if (head_sane_id(w->head.at[VAR_REQUEST_ID]))
		web_set(w, "X-Request-ID", w->head.at[VAR_REQUEST_ID]);
}

void
web_set(struct web *w, const char *name, struct str value)
{
	size_t	i = 0;

	while (i < w->header_count &&
	    strcasecmp(w->headers[i].name, name) != 0)
		i++;
	value = arena_keep(w->arena, value);
	if (i == w->header_count)
		add(w, name, value);
	else
		w->headers[i].value = value;
}

enum rc
web_reply_as(struct web *w, int status, const char *type, struct str body)
{
	must(!w->answered);
	w->answered = true;
	w->status = status;
	w->type = type;
	w->content = body;
	return RC_OK;
}

enum rc
web_reply(struct web *w, int status, struct str json)
{
	return web_reply_as(w, status, "application/json", json);
}

enum rc
web_reply_empty(struct web *w, int status)
{
	return web_reply_as(w, status, NULL, STR_NONE);
}

enum rc
web_redirect(struct web *w, struct str location)
{
	web_set(w, "Location", location);
	return web_reply_empty(w, 303);
}

/* One piece; the first makes it the answer, and later ones stand alone. */
void
web_stream(struct web *w, struct str text, bool last)
{
	if (!w->streams)
		web_reply_as(w, 200, "text/event-stream", STR_NONE);
	w->streams = true;
	w->content = arena_text(w->arena, "%.*s%.*s", STR_FMT(w->content),
	    STR_FMT(text));
	w->over = last;
}

/* The answer to OPTIONS. */
enum rc
web_preflight(struct web *w)
{
	web_set(w, "Allow", str_of(w->found.allow));
	if (reply_origin(w).len > 0) {
		web_set(w, "Access-Control-Allow-Methods", STR("GET, POST"));
		web_set(w, "Access-Control-Allow-Headers",
		    STR(ALLOWED_HEADERS));
		web_set(w, "Access-Control-Max-Age", STR("7200"));
	}
	return web_reply_empty(w, 204);
}

void
web_offer_etag(struct web *w, struct str tag)
{
	web_set(w, "ETag", arena_text(w->arena, "\"%.*s\"", STR_FMT(tag)));
	web_set(w, "Cache-Control", STR("private, no-cache"));
}

bool
web_etag(struct web *w, struct str tag)
{
	web_offer_etag(w, tag);
	if (!etag_listed(w->head.at[VAR_IF_NONE_MATCH], tag))
		return false;
	web_reply_empty(w, 304);
	return true;
}

static const char *
reason(int status)
{
	static const struct {
		int		 status;
		const char	*words;
	} reasons[] = {
		{ 200, "OK" }, { 201, "Created" }, { 204, "No Content" },
		{ 303, "See Other" }, { 304, "Not Modified" },
		{ 400, "Bad Request" }, { 401, "Unauthorized" },
		{ 403, "Forbidden" }, { 404, "Not Found" },
		{ 405, "Method Not Allowed" }, { 409, "Conflict" },
		{ 410, "Gone" }, { 411, "Length Required" },
		{ 413, "Content Too Large" },
		{ 415, "Unsupported Media Type" },
		{ 422, "Unprocessable Content" },
		{ 429, "Too Many Requests" },
		{ 500, "Internal Server Error" },
		{ 503, "Service Unavailable" },
	};

	for (size_t i = 0; i < COUNT(reasons); i++)
		if (reasons[i].status == status)
			return reasons[i].words;
	return "Unknown";
}

/* No outside text may begin a header or a body of its own. */
static bool
is_clean(struct str value)
{
	for (size_t i = 0; i < value.len; i++)
		if (value.at[i] == '\r' || value.at[i] == '\n' ||
		    value.at[i] == '\0')
			return false;
	return true;
}

static bool
is_sendable(const struct web *w)
{
	for (size_t i = 0; i < w->header_count; i++)
		if (!is_clean(w->headers[i].value))
			return false;
	return w->content.len <= REPLY_BYTES_MAX;
}

static void
write_header(struct buf *b, const char *name, struct str value)
{
	buf_add(b, str_of(name));
	buf_add(b, STR(": "));
	buf_add(b, value);
	buf_add(b, STR("\r\n"));
}

static void
write_head(const struct web *w, struct buf *b)
{
	buf_add(b, STR("Status: "));
	buf_int(b, w->status);
	buf_char(b, ' ');
	buf_add(b, str_of(reason(w->status)));
	buf_add(b, STR("\r\n"));
	if (w->type != NULL)
		write_header(b, "Content-Type", str_of(w->type));
	/* 204 and 304 have no length; a redirect's is none. */
	if (w->status != 204 && w->status != 304 && !w->streams &&
	    !w->passes) {
		buf_add(b, STR("Content-Length: "));
		buf_int(b, (int64_t)w->content.len);
		buf_add(b, STR("\r\n"));
	}
	for (size_t i = 0; i < w->header_count; i++)
		write_header(b, w->headers[i].name, w->headers[i].value);
	buf_add(b, STR("\r\n"));
}

struct str
reply_text(struct web *w)
{
	struct buf	out;
	struct err	e;

	if (!is_sendable(w)) {
		err_set(&e, RC_BROKEN, NULL,
		    "an answer had a line break in a header, or was too large");
		problem_answer(w, &e, NULL, STR_NONE);
	}
	buf_init(&out, w->arena, REPLY_BYTES_MAX + HEAD_BYTES_MAX);
	write_head(w, &out);
	if (!str_eq(w->head.at[VAR_METHOD], STR("HEAD")))
		buf_add(&out, w->content);
	must(!out.full);
	return buf_str(&out);
}
