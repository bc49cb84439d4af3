/*
 * Waiting for news of an upgrade or a user: long polls, and, in
 * watch_stream.c, streams of events.  All who wait do so in one process, which
 * is no other program's, so that requests that wait never stand in the way of
 * those that answer.
 */
#include "base/clock.h"
#include "base/limits.h"
#include "flow/entitle.h"
#include "flow/upgrade.h"
#include "watch.h"

static web_handler	watch_upgrade, watch_user;

enum { MAY_WATCH = MAY_SERVER | MAY_READ | MAY_SESSION };

static const struct route routes[] = {
	{ "GET", "/v1/watch/upgrades/{id}",	MAY_WATCH, watch_upgrade,
	    .deadline_s = READ_DEADLINE_S },
	{ "GET", "/v1/watch/users/{id}",	MAY_WATCH, watch_user,
	    .deadline_s = READ_DEADLINE_S },
	{ "POST", "/v1/events",			MAY_WATCH, watch_ticket,
	    .deadline_s = READ_DEADLINE_S },
	/* Its ticket is its credential. */
	{ "GET", "/v1/events",			MAY_ANYONE, watch_stream,
	    .deadline_s = READ_DEADLINE_S, .unlimited = true },
	{ .method = NULL }
};

int
main(void)
{
	return web_serve_waiting("watch", routes);
}

/* The number of a query member, or fallback when it is not there. */
static enum rc
read_number(struct web *w, const char *name, int64_t fallback, int64_t *out,
    struct err *e)
{
	struct str	text = web_query(w, name);
	int64_t		n = fallback;

	if (text.len > 0 && (!str_int64(text, &n) || n < 0))
		return err_set(e, RC_BAD_REQUEST,
		    "Give a whole number from 0 on.", "%s is not a number",
		    name);
	*out = n;
	return RC_OK;
}

/* The seconds of "Prefer: wait=25" among other preferences; -1 for none. */
static int64_t
preferred_wait(struct str prefer)
{
	int64_t	seconds;

	while (prefer.at != NULL) {
		struct str value = str_trim(str_cut(&prefer, ','));
		struct str name = str_trim(str_cut(&value, '='));

		value = str_cut(&value, ';');
		if (str_eq(name, STR("wait")) &&
		    str_int64(str_trim(value), &seconds) && seconds >= 0)
			return seconds;
	}
	return -1;
}

/* What is asked for; granted stays -1 when it is no wait in either form. */
static enum rc
read_wait(struct web *w, char letter, struct wait *out, struct err *e)
{
	int64_t	most = web_flow(w)->conf->wait_max, seconds;

	*out = (struct wait){ .ends = 0 };
	TRY(read_number(w, "since", -1, &out->since, e));
	TRY(read_number(w, "wait", -1, &seconds, e));
	if (seconds == -1)
		seconds = preferred_wait(web_header(w, "HTTP_PREFER"));
	out->granted = (int)(seconds < most ? seconds : most);
	out->until = clock_steady() + out->granted * SECOND;
	out->conditional = web_header(w, "HTTP_IF_NONE_MATCH").len > 0;
	if (out->since == -1)
		web_known(w, letter, &out->since);
	return RC_OK;
}

/*
 * Has the client seen this already?  Who waits is told by the version alone;
 * who only asks, and whoever holds a state without a version of its own (0:
 * the matrix alone makes it), by the whole tag.
 */
static bool
is_old(struct web *w, const struct wait *wait, const struct news *n)
{
	if (wait->since == -1 || n->version > wait->since ||
	    n->etag.len == 0)
		return false;
	if (wait->conditional &&
	    (wait->granted == -1 || n->version == 0 || n->final))
		return web_knows(w, n->etag);
	return !n->final;	/* no more will come: say so in full */
}

static void
set_granted(struct web *w, int seconds)
{
	web_set(w, "Preference-Applied", arena_text(web_arena(w), "wait=%d",
	    seconds));
}

static void
reply_poll(struct web *w, const struct wait *wait, const struct news *n,
    bool unchanged)
{
	if (n->etag.len > 0)
		web_offer_etag(w, n->etag);
	if (unchanged)
		web_reply_empty(w, wait->conditional ? 304 : 204);
	else
		web_reply(w, 200, n->json);
}

/* Before we leave the state goes out in full, if it was read again. */
static void
tell_poll(struct web *w, struct wait *wait, const struct news *n,
    enum moment moment)
{
	bool	old = is_old(w, wait, n);

	if (old && moment == ON_NEWS)
		return;
	set_granted(w, wait->granted);
	reply_poll(w, wait, n, n->json.len == 0 ||
	    (old && moment != ON_LEAVING));
}

/* At once, if there is news, nothing to wait for, or no place to wait at. */
static enum rc
watch(struct web *w, const struct subject *s, char letter, struct str id,
    struct err *e)
{
	struct news	*n = arena_one(web_arena(w), struct news);
	struct wait	 wait;
	bool		 old;

	TRY(read_wait(w, letter, &wait, e));
	TRY(s->read(w, id, n, e));
	old = is_old(w, &wait, n);
	if (wait.granted > 0 && !n->final && old) {
		if (web_park(w, s, id, n, &wait))
			return RC_OK;
		web_set(w, "Retry-After", STR("2"));
		wait.granted = 0;
		old = false;
	}
	if (wait.granted != -1)
		set_granted(w, wait.granted);
	reply_poll(w, &wait, n, old);
	return RC_OK;
}

static enum rc
read_upgrade(struct web *w, struct str id, struct news *n, struct err *e)
{
	struct shown	shown;

	TRY(flow_upgrade_show(web_flow(w), web_principal(w), id, &shown, e));
	*n = (struct news){
		.json = shown.json, .user = shown.user,
		.version = shown.session_ver, .user_version = shown.user_ver,
		.final = shown.final,
		.etag = arena_text(web_arena(w), "s%lld.u%lld",
		    (long long)shown.session_ver, (long long)shown.user_ver),
	};
	return RC_OK;
}

static enum rc
watch_upgrade(struct web *w, struct err *e)
{
	static const struct subject	upgrade = { read_upgrade, tell_poll };

	return watch(w, &upgrade, 's', web_arg(w, "id"), e);
}

enum rc
watch_read_user(struct web *w, struct str user, struct news *n, struct err *e)
{
	struct entitled	held;

	TRY(flow_entitlements(web_flow(w), user, &held, e));
	*n = (struct news){
		.json = held.json, .user = user, .version = held.version,
		.user_version = held.version,
	};
	if (held.unsettled)
		return RC_OK;
	n->etag = held.version == 0 ?
	    arena_text(web_arena(w), "u0.%lld",
	    (long long)held.matrix_version) :
	    arena_text(web_arena(w), "u%lld", (long long)held.version);
	return RC_OK;
}

static enum rc
watch_user(struct web *w, struct err *e)
{
	static const struct subject	user = {
		watch_read_user, tell_poll
	};
	struct str			id;

	TRY(web_user(w, "id", &id, e));
	return watch(w, &user, 'u', id, e);
}
