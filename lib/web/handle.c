/*
 * The life of one request, top to bottom, and what a handler can ask of it.
 */
#include "base/clock.h"
#include "base/guard.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/secret.h"
#include "base/tally.h"
#include "web/etag.h"
#include "web/inside.h"
#include "wire/wish.h"

/* Read the vector, and give the request its name. */
static enum rc
read_head(struct web *w, char **variables, struct err *e)
{
	enum rc	rc = head_read(&w->head, variables, w->arena, e);

	w->id = head_request_id(&w->head);
	if (w->id.len == 0)
		w->id = secret_id_new(w->arena, STR(""), clock_wall());
	log_request(w->id);
	reply_defaults(w);
	return rc;
}

/* A body with no length is told by its first byte; GET has none. */
static enum rc
read_unannounced(struct web *w, struct err *e)
{
	char	byte;

	if (gateway_read(w->gate, &byte, 1) == 0)
		return RC_OK;
	return err_set(e, RC_LENGTH_REQUIRED,
	    "Send the body with a Content-Length.", "the body has no length");
}

static enum rc
read_body(struct web *w, struct err *e)
{
	const struct route	*r = w->found.route;
	size_t			 len;
	bool			 given;
	char			*at;

	if (r->any_path || (!str_eq(w->head.at[VAR_METHOD], STR("POST")) &&
	    !str_eq(w->head.at[VAR_METHOD], STR("PATCH"))))
		return RC_OK;
	TRY(head_length(&w->head, r->body_max == 0 ? BODY_BYTES_MAX :
	    r->body_max, &len, &given, e));
	if (!given)
		return read_unannounced(w, e);
	if (len > 0 && !r->raw_body && !head_is_json(&w->head))
		return err_set(e, RC_MEDIA_TYPE,
		    "Send JSON as application/json.",
		    "the body is not announced as JSON");
	at = arena_take(w->arena, len + 1, 1);
	if (gateway_read(w->gate, at, len) < len)
		return err_set(e, RC_BAD_REQUEST, NULL,
		    "the body is shorter than its Content-Length");
	w->body = (struct str){ at, len };
	return RC_OK;
}

/* Who the audit will name. */
static struct str
actor_of(const struct principal *p)
{
	if (p->kind == PRINCIPAL_SERVER || p->kind == PRINCIPAL_CHECK)
		return p->name;
	return STR("user");
}

enum rc
web_require(struct web *w, unsigned may, struct err *e)
{
	struct str		credential;
	struct principal	principal = { .kind = PRINCIPAL_NOBODY };

	enum rc			rc = auth_find(&w->head, &credential, e);

	if (rc == RC_OK)
		rc = flow_principal(&w->flow, credential, &principal, e);
	if (rc == RC_NO_CREDENTIAL || rc == RC_BAD_CREDENTIAL)
		TRY(limit_address(w, e));
	TRY(rc);
	TRY(auth_allow(&principal, may, &w->head, e));
	w->principal = principal;
	w->flow.seller = principal.seller;
	w->flow.actor = actor_of(&principal);
	return limit_principal(w, e);
}

void
handle_begin(struct web *w)
{
	int	deadline_s = w->found.route->deadline_s;

	if (deadline_s == 0)
		deadline_s = READ_DEADLINE_S;
	flow_begin(&w->flow, w->app, w->arena, deadline_s < 0 ? 0 : deadline_s);
	w->flow.request = w->id;
}

/*
 * A configuration that the web server could hand out is refused; where its
 * files are is known from the first request on.
 */
static enum rc
stay_outside(struct web *w, struct err *e)
{
	static bool	outside;
	struct str	root = w->head.at[VAR_DOCUMENT_ROOT];

	if (outside)
		return RC_OK;
	if (conf_outside_check(app_conf_path(w->app).at,
	    arena_keep(w->arena, root).at, e) != RC_OK) {
		e->rc = RC_BROKEN;	/* ours to mend, not the caller's */
		return RC_BROKEN;
	}
	outside = true;
	return RC_OK;
}

static enum rc
find_route(struct web *w, const struct route *routes, struct err *e)
{
	if (routes->any_path) {
		w->found.route = routes;
		w->path.query = w->head.at[VAR_URI];
		str_cut(&w->path.query, '?');
		return RC_OK;
	}
	TRY(path_read(&w->path, w->head.at[VAR_URI], w->conf->base_path,
	    w->head.at[VAR_SCRIPT], w->arena, e));
	return route_find(routes, &w->path, w->head.at[VAR_METHOD], &w->found,
	    e);
}

static enum rc
answer(struct web *w, const struct route *routes, char **variables,
    struct err *e)
{
	TRY(read_head(w, variables, e));
	TRY(stay_outside(w, e));
	TRY(find_route(w, routes, e));
	if (w->found.route == NULL)
		return web_preflight(w);
	TRY(read_body(w, e));
	handle_begin(w);
	if ((w->found.route->may & MAY_ANYONE) == 0)
		TRY(web_require(w, w->found.route->may, e));
	else
		TRY(limit_address(w, e));
	TRY(w->found.route->handler(w, e));
	must(w->answered || w->parked != NULL);
	return RC_OK;
}

enum rc
web_dispatch(struct web *w, const struct route *routes, struct err *e)
{
	struct found	found;

	TRY(route_find(routes, &w->path, w->head.at[VAR_METHOD], &found, e));
	if (found.route == NULL)
		return web_preflight(w);
	w->found = found;
	return found.route->handler(w, e);
}

void
handle_count(const struct web *w)
{
	static const struct str	classes[] = {
		{ "1xx", 3 }, { "2xx", 3 }, { "3xx", 3 }, { "4xx", 3 },
		{ "5xx", 3 },
	};
	struct str	route = STR("none");

	must(w->status >= 100 && w->status < 600);
	if (w->found.route != NULL)
		route = str_of(w->found.route->path);
	tally_add(TALLY_HTTP_REQUESTS, route, classes[w->status / 100 - 1]);
	tally_observe(TALLY_HTTP_SECONDS, route, clock_steady() - w->begun);
}

void
handle_request(struct web *w, const struct route *routes, char **variables)
{
	struct err	e = { .rc = RC_OK };

	w->begun = clock_steady();
	if (answer(w, routes, variables, &e) != RC_OK) {
		w->parked = NULL;
		problem_answer(w, &e, NULL, STR_NONE);
	}
	if (w->parked != NULL)
		return;
	gateway_write(w->gate, reply_text(w));
	handle_count(w);
}

struct flow *
web_flow(struct web *w)
{
	return &w->flow;
}

const struct principal *
web_principal(struct web *w)
{
	return &w->principal;
}

struct arena *
web_arena(struct web *w)
{
	return w->arena;
}

struct str
web_arg(struct web *w, const char *name)
{
	return route_arg(w->found.route, &w->path, name);
}

bool
web_has_arg(struct web *w, const char *name)
{
	return route_has(w->found.route, name);
}

struct str
web_query(struct web *w, const char *name)
{
	return path_value(w->path.query, str_of(name), w->arena);
}

struct str
web_pairs(struct web *w)
{
	return w->path.query;
}

struct str
web_form(struct web *w, const char *name)
{
	return path_value(w->body, str_of(name), w->arena);
}

struct str
web_header(struct web *w, const char *cgi)
{
	return head_named(&w->head, cgi);
}

bool
web_head(struct web *w)
{
	return str_eq(w->head.at[VAR_METHOD], STR("HEAD"));
}

struct str
web_body(struct web *w)
{
	return w->body;
}

bool
web_known(struct web *w, char letter, int64_t *version)
{
	return etag_version(w->head.at[VAR_IF_NONE_MATCH], letter, version);
}

bool
web_version_in(struct str tag, char letter, int64_t *version)
{
	return etag_version(tag, letter, version);
}

bool
web_knows(struct web *w, struct str tag)
{
	return etag_listed(w->head.at[VAR_IF_NONE_MATCH], tag);
}

/* Only its own user is anything to a token. */
static bool
is_bound(const struct principal *p)
{
	return p->kind == PRINCIPAL_CLIENT || p->kind == PRINCIPAL_SESSION;
}

static enum rc
refuse_other(struct err *e)
{
	return err_set(e, RC_WRONG_USER, "Say `me`, or use a token"
	    " of that user.", "the token is another user's");
}

enum rc
web_user(struct web *w, const char *arg, struct str *user, struct err *e)
{
	const struct principal	*p = &w->principal;
	struct str		 named = web_arg(w, arg);

	if (is_bound(p) && str_eq(named, STR("me")))
		named = p->user;
	if (!user_id_valid(named))
		return err_set(e, RC_UNKNOWN_PATH, NULL,
		    "this cannot be a user id");
	if (is_bound(p) && !str_eq(named, p->user))
		return refuse_other(e);
	*user = named;
	return RC_OK;
}

enum rc
web_user_named(struct web *w, struct str named, const char *pointer,
    struct str *user, struct err *e)
{
	const struct principal	*p = &w->principal;

	if (is_bound(p) && (named.len == 0 || str_eq(named, STR("me"))))
		named = p->user;
	if (!user_id_valid(named))
		return err_member(e, RC_INVALID_VALUE, pointer,
		    "Use 1 to 191 bytes without control characters, / and \\.",
		    "this cannot be a user id");
	if (is_bound(p) && !str_eq(named, p->user))
		return refuse_other(e);
	*user = named;
	return RC_OK;
}
