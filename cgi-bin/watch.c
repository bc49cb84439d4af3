/*
 * Waiting for news of an upgrade or a user: long polls, in processes of their
 * own so that requests that wait never stand in the way of those that answer.
 * One process holds one waiter.
 */
#include "base/clock.h"
#include "base/guard.h"
#include "base/limits.h"
#include "flow/entitle.h"
#include "flow/upgrade.h"
#include "flow/wake.h"
#include "web/web.h"

static web_handler	watch_upgrade, watch_user;

enum { MAY_WATCH = MAY_SERVER | MAY_READ | MAY_SESSION };

static const struct route routes[] = {
	{ "GET", "/v1/watch/upgrades/{id}",	MAY_WATCH, watch_upgrade,
	    .deadline_s = READ_DEADLINE_S },
	{ "GET", "/v1/watch/users/{id}",	MAY_WATCH, watch_user,
	    .deadline_s = READ_DEADLINE_S },
	{ .method = NULL }
};

int
main(void)
{
	return web_serve("watch", routes);
}

/* What is waited for, as it stands. */
struct news {
	struct str	 json;
	struct str	 etag;		/* "" : none may be offered */
	struct str	 user;		/* whose changes wake us */
	int64_t		 version;
	bool		 final;		/* no more will come */
};

struct subject {
	char		 letter;	/* of its version in an ETag */
	enum rc		(*read)(struct web *, struct news *, struct err *);
	/* The version alone; may tell less than read, never more. */
	enum rc		(*version)(struct web *, struct str user,
			    int64_t *, struct err *);
};

struct ask {
	int64_t	 since;		/* what the client has; -1: nothing */
	int64_t	 wait;		/* granted seconds */
	bool	 asked;		/* for a wait, in either form */
	bool	 conditional;	/* by If-None-Match: 304 rather than 204 */
};

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

static enum rc
read_ask(struct web *w, char letter, struct ask *out, struct err *e)
{
	int64_t	most = web_flow(w)->conf->wait_max;

	TRY(read_number(w, "since", -1, &out->since, e));
	TRY(read_number(w, "wait", -1, &out->wait, e));
	if (out->wait == -1)
		out->wait = preferred_wait(web_header(w, "HTTP_PREFER"));
	out->asked = out->wait != -1;
	if (out->wait > most)
		out->wait = most;
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
is_old(struct web *w, const struct ask *ask, const struct news *n)
{
	if (ask->since == -1 || n->version > ask->since ||
	    n->etag.len == 0)
		return false;
	if (ask->conditional && (!ask->asked || n->version == 0 || n->final))
		return web_knows(w, n->etag);
	return !n->final;	/* no more will come: say so in full */
}

static void
set_granted(struct web *w, int64_t seconds)
{
	web_set(w, "Preference-Applied", arena_text(web_arena(w), "wait=%lld",
	    (long long)seconds));
}

/* Sleep until the version rises, time is over, or we are needed elsewhere. */
static enum rc
sleep_until_news(struct web *w, const struct subject *s,
    const struct news *n, int64_t until, bool *crowded, struct err *e)
{
	/* Listening comes before reading: news in between is not lost. */
	GUARD(waiter_free) struct waiter *waiter =
	    waiter_new(web_flow(w), n->user);
	int64_t	version = n->version;

	for (;;) {
		web_again(w);
		TRY(s->version(w, n->user, &version, e));
		if (version > n->version || clock_steady() >= until ||
		    web_leaving(w))
			return RC_OK;
		*crowded = web_crowded(w);
		if (*crowded)
			return RC_OK;
		waiter_sleep(waiter, until, web_stir_fd(w));
	}
}

static enum rc
reply_unchanged(struct web *w, const struct ask *ask)
{
	return web_reply_empty(w, ask->conditional ? 304 : 204);
}

static enum rc
watch(struct web *w, const struct subject *s, struct err *e)
{
	struct ask	ask;
	struct news	news;
	bool		crowded = false, waits;
	int64_t		until;

	TRY(read_ask(w, s->letter, &ask, e));
	TRY(s->read(w, &news, e));
	until = clock_steady() + ask.wait * SECOND;
	waits = ask.wait > 0 && !news.final && is_old(w, &ask, &news);
	if (waits) {
		TRY(sleep_until_news(w, s, &news, until, &crowded, e));
		web_again(w);
		TRY(s->read(w, &news, e));
	}
	if (ask.asked)
		set_granted(w, crowded ? 0 : ask.wait);
	if (news.etag.len > 0)
		web_offer_etag(w, news.etag);
	if (crowded)
		web_set(w, "Retry-After", STR("2"));
	if (is_old(w, &ask, &news) && !crowded && !web_leaving(w))
		return reply_unchanged(w, &ask);
	return web_reply(w, 200, news.json);
}

static enum rc
read_upgrade(struct web *w, struct news *n, struct err *e)
{
	struct shown	shown;

	TRY(flow_upgrade_show(web_flow(w), web_principal(w),
	    web_arg(w, "id"), &shown, e));
	*n = (struct news){
		.json = shown.json, .user = shown.user,
		.version = shown.session_ver, .final = shown.final,
		.etag = arena_text(web_arena(w), "s%lld.u%lld",
		    (long long)shown.session_ver, (long long)shown.user_ver),
	};
	return RC_OK;
}

static enum rc
upgrade_version(struct web *w, struct str user, int64_t *version,
    struct err *e)
{
	bool	found;

	(void)user;
	return flow_upgrade_version(web_flow(w), web_arg(w, "id"), version,
	    &found, e);
}

static enum rc
watch_upgrade(struct web *w, struct err *e)
{
	static const struct subject	upgrade = {
		's', read_upgrade, upgrade_version
	};

	return watch(w, &upgrade, e);
}

static enum rc
read_user(struct web *w, struct news *n, struct err *e)
{
	struct arena	*a = web_arena(w);
	struct entitled	 held;

	*n = (struct news){ .final = false };
	TRY(web_user(w, "id", &n->user, e));
	TRY(flow_entitlements(web_flow(w), n->user, &held, e));
	n->json = held.json;
	n->version = held.version;
	if (held.unsettled)
		return RC_OK;
	n->etag = held.version == 0 ?
	    arena_text(a, "u0.%lld", (long long)held.matrix_version) :
	    arena_text(a, "u%lld", (long long)held.version);
	return RC_OK;
}

static enum rc
user_version(struct web *w, struct str user, int64_t *version, struct err *e)
{
	return flow_user_version(web_flow(w), user, version, e);
}

static enum rc
watch_user(struct web *w, struct err *e)
{
	static const struct subject	user = { 'u', read_user, user_version };

	return watch(w, &user, e);
}
