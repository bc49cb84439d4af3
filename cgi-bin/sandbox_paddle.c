/*
 * Paddle's API as far as we call it: keys, parameters, envelopes and errors as
 * Paddle has them, and its list of events.
 */
#include "base/limits.h"
#include "sandbox.h"

#define API		"/sandbox/paddle/"

enum { PAGE_USUAL = 50, PAGE_MOST = 200, LOOKED_AT = 1000 };

static web_handler	events;

static const struct route event_routes[] = {
	API_ROW("GET", API "events", events),
	{ .method = NULL }
};

static enum rc
reply_error(struct web *w, int status, const char *code,
    const struct err *why)
{
	struct out	o;
	struct str	json = STR_NONE;
	struct err	e;

	out_init(&o, web_arena(w), BODY_BYTES_MAX);
	out_open(&o, '{');
	out_open_as(&o, "error", '{');
	out_name(&o, "type", "request_error");
	out_name(&o, "code", code);
	out_name(&o, "detail", why->what);
	out_text(&o, "documentation_url", arena_text(web_arena(w),
	    "https://developer.paddle.com/v1/errors/shared/%s", code));
	out_close(&o, '}');
	out_open_as(&o, "meta", '{');
	out_text(&o, "request_id", web_flow(w)->request);
	out_close(&o, '}');
	out_close(&o, '}');
	TRY(out_take(&o, "an error", &json, &e));
	return web_reply(w, status, json);
}

/* Our failures in Paddle's words; what is our own fault stays ours. */
static enum rc
told(struct web *w, struct err *e)
{
	switch (e->rc) {
	case RC_MISSING:
		return reply_error(w, 404, "not_found", e);
	case RC_UNKNOWN_PATH:
		return reply_error(w, 404, "invalid_url", e);
	case RC_METHOD_NOT_ALLOWED:
		return reply_error(w, 405, "method_not_allowed", e);
	case RC_INVALID_VALUE:
	case RC_INVALID_JSON:
	case RC_INVALID_TRANSITION:
		return reply_error(w, 400, e->pointer[0] != '\0' &&
		    e->pointer[0] != '/' ? e->pointer : "bad_request", e);
	case RC_BUSY:
		return reply_error(w, 409, "conflict", e);
	default:
		return e->rc;
	}
}

static bool
key_fits(struct web *w)
{
	struct str	sent = web_header(w, "HTTP_AUTHORIZATION"),
			ours = web_flow(w)->conf->paddle_api_key;

	/* Its own library writes the scheme in small letters. */
	if (!str_starts(sent, STR("Bearer ")) &&
	    !str_starts(sent, STR("bearer ")))
		return false;
	sent = str_part(sent, 7, sent.len);
	return sent.len > 0 && (ours.len == 0 || str_eq_secret(sent, ours));
}

enum rc
sandbox_paddle(struct web *w, struct err *e)
{
	static const struct route *const	tables[] = {
		paddle_pay_routes, paddle_sub_routes, event_routes,
	};
	enum rc	rc = RC_UNKNOWN_PATH;

	if (!key_fits(w)) {
		err_set(e, RC_BAD_CREDENTIAL, NULL,
		    "Authentication is missing or not valid.");
		return reply_error(w, 403, "forbidden", e);
	}
	for (size_t i = 0; i < COUNT(tables) && rc == RC_UNKNOWN_PATH; i++)
		rc = web_dispatch(w, tables[i], e);
	return rc == RC_OK ? RC_OK : told(w, e);
}

enum rc
as_paddle_refuse(struct err *e, const char *code, const char *words)
{
	return err_member(e, RC_INVALID_VALUE, code, NULL, "%s", words);
}

enum rc
as_paddle_missing(struct err *e, struct str id)
{
	return err_set(e, RC_MISSING, NULL, "Entity %.*s not found",
	    STR_FMT(id));
}

struct names {
	const char *const	*known;
	struct str		 odd;
};

static enum rc
member_known(void *arg, struct str name, const struct node *value,
    struct err *e)
{
	struct names	*n = arg;
	size_t		 i = 0;

	(void)value;
	while (n->known[i] != NULL && !str_eq(name, str_of(n->known[i])))
		i++;
	if (n->known[i] != NULL)
		return RC_OK;
	return err_set(e, RC_INVALID_VALUE, NULL,
	    "Request contains an unknown field: %.*s", STR_FMT(name));
}

enum rc
body_known(const struct node *object, const char *const *members,
    struct err *e)
{
	struct names	n = { .known = members };

	if (node_kind(object) != NODE_OBJECT)
		return err_set(e, RC_INVALID_VALUE, NULL,
		    "Request is not an object");
	return node_members(object, member_known, &n, e);
}

enum rc
as_paddle_begin(struct paddle_call *c, struct web *w,
    const char *const *parameters, const char *const *members,
    struct err *e)
{
	static const char *const	none[] = { NULL };
	struct str			odd;

	*c = (struct paddle_call){ .w = w };
	TRY(play_begin(&c->play, web_flow(w), STR("paddle"), e));
	TRY(form_read(&c->query, web_pairs(w), web_arena(w), e));
	odd = form_unknown(&c->query, parameters == NULL ? none :
	    parameters);
	if (odd.len > 0)
		return err_set(e, RC_INVALID_VALUE, NULL,
		    "Unknown query parameter: %.*s", STR_FMT(odd));
	if (members == NULL || web_body(w).len == 0)
		return RC_OK;
	TRY(doc_read(&c->body, web_body(w), DOC_STRICT, e));
	c->root = doc_root(c->body);
	return body_known(c->root, members, e);
}

void
as_paddle_end(struct paddle_call *c)
{
	doc_free(&c->body);
}

enum rc
as_paddle_reply(struct paddle_call *c, int status, struct str data,
    struct err *e)
{
	struct out	o;
	struct str	json = STR_NONE;

	out_init(&o, web_arena(c->w), REPLY_BYTES_MAX);
	out_open(&o, '{');
	out_raw(&o, "data", data);
	out_open_as(&o, "meta", '{');
	out_text(&o, "request_id", c->play.f->request);
	out_close(&o, '}');
	out_close(&o, '}');
	TRY(out_take(&o, "an answer", &json, e));
	TRY(play_end(&c->play, PLAY_SOON, 1, e));
	return web_reply(c->w, status, json);
}

/* ---- Lists ---- */

static enum rc
page_size(struct paddle_call *c, int64_t *size, struct err *e)
{
	*size = PAGE_USUAL;
	if (form_has(&c->query, "per_page") && (!form_int(&c->query,
	    "per_page", size) || *size < 1 || *size > PAGE_MOST))
		return err_set(e, RC_INVALID_VALUE, NULL,
		    "per_page is 1 to 200");
	return RC_OK;
}

static enum rc
reply_list(struct paddle_call *c, struct out *o, struct str last,
    bool more, int64_t size, const char *path, struct err *e)
{
	struct str	json = STR_NONE;

	out_close(o, ']');
	out_open_as(o, "meta", '{');
	out_text(o, "request_id", c->play.f->request);
	out_open_as(o, "pagination", '{');
	out_int(o, "per_page", size);
	out_text(o, "next", arena_text(web_arena(c->w),
	    "%.*s/sandbox/paddle/%s?after=%.*s&per_page=%lld",
	    STR_FMT(c->play.f->conf->base_url), path, STR_FMT(last),
	    (long long)size));
	out_bool(o, "has_more", more);
	out_int(o, "estimated_total", size);
	out_close(o, '}');
	out_close(o, '}');
	out_close(o, '}');
	TRY(out_take(o, "a list", &json, e));
	return web_reply(c->w, 200, json);
}

static void
list_begin(struct paddle_call *c, struct out *o)
{
	out_init(o, web_arena(c->w), REPLY_BYTES_MAX);
	out_open(o, '{');
	out_open_as(o, "data", '[');
}

enum rc
as_paddle_list(struct paddle_call *c, enum thing_kind kind, struct str parent,
    paddle_each *each, const char *path, struct err *e)
{
	bool		 up = str_eq(form_text(&c->query, "order_by"),
			    STR("id[ASC]"));
	struct str	 after = form_text(&c->query, "after"),
			 last = STR_NONE;
	bool		 begun = after.len == 0, more = false, written;
	struct thing	*list;
	size_t		 count;
	int64_t		 size, n = 0;
	struct out	 o;

	TRY(page_size(c, &size, e));
	TRY(thing_list(&c->play, kind, parent, INT64_MAX, LOOKED_AT, &list,
	    &count, e));
	list_begin(c, &o);
	for (size_t i = 0; i < count && !more; i++) {
		const struct thing *t = &list[up ? count - 1 - i : i];

		if (!begun) {
			begun = str_eq(t->ref, after);
			continue;
		}
		more = n == size;
		if (more)
			break;
		TRY(each(c, &o, t, &written, e));
		n += written;
		last = t->ref;
	}
	return reply_list(c, &o, last, more, size, path, e);
}

/* ---- Events ---- */

/* An id that nobody has is a time: its first characters. */
static enum rc
range_take(struct paddle_call *c, struct event_range *r, struct err *e)
{
	struct str		after = form_text(&c->query, "after");
	struct sandbox_event	ev;
	bool			found;

	*r = (struct event_range){ .below = INT64_MAX };
	if (after.len == 0)
		return RC_OK;
	TRY(sandbox_event_get(c->play.f->db, c->play.f->seller,
	    STR("paddle"), after, web_arena(c->w), &ev, &found, e));
	if (found)
		r->above = ev.seq;
	else
		r->since = paddle_id_time(after);
	return RC_OK;
}

/* Without the id of a notification: an event is not one. */
static struct str
as_listed(struct paddle_call *c, struct str body)
{
	static const char	tail[] = ",\"notification_id\":\"";
	const char		*at = memmem(body.at, body.len, tail,
				    sizeof(tail) - 1);

	return at == NULL ? body : arena_text(web_arena(c->w), "%.*s}",
	    (int)(at - body.at), body.at);
}

static enum rc
events(struct web *w, struct err *e)
{
	static const char *const	parameters[] = { "after", "per_page",
	    "order_by", "event_type", NULL };
	struct paddle_call		 c;
	struct event_range		 range;
	struct sandbox_event		*list;
	struct str			 last = STR_NONE, type;
	size_t				 count, bytes = 0, n = 0;
	int64_t				 size;
	struct out			 o;

	TRY(as_paddle_begin(&c, w, parameters, NULL, e));
	TRY(page_size(&c, &size, e));
	TRY(range_take(&c, &range, e));
	range.max = (size_t)size + 1;
	range.newest_first = str_eq(form_text(&c.query, "order_by"),
	    STR("id[DESC]"));
	type = form_text(&c.query, "event_type");
	TRY(sandbox_events_list(c.play.f->db, c.play.f->seller,
	    STR("paddle"), &range, web_arena(w), &list, &count, e));
	list_begin(&c, &o);
	for (; n < count && n < (size_t)size; n++) {
		bytes += list[n].body.len;
		if (n > 0 && bytes > REPLY_BYTES_MAX / 2)
			break;
		if (type.len == 0 || str_eq(type, list[n].type))
			out_item_raw(&o, as_listed(&c, list[n].body));
		last = list[n].id;
	}
	return reply_list(&c, &o, last, n < count, size, "events", e);
}
