/*
 * One errand: a place among those who ask, then call and answer in turns.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/guard.h"
#include "base/limits.h"
#include "base/log.h"
#include "flow/ask.h"
#include "flow/post.h"

enum { RETRY_MOST_S = 60, PLACE_BYTES = 4096 };

/* --- what to ask with -------------------------------------------------- */

void
api_rules_of(const struct conf *conf, struct str provider,
    struct api_rules *rules)
{
	*rules = (struct api_rules){ .livemode = conf->mode == MODE_LIVE };
	if (str_eq(provider, STR("stripe"))) {
		rules->key = conf->stripe_api_key;
		rules->account = conf->stripe_account;
	} else if (str_eq(provider, STR("paddle"))) {
		rules->key = conf->paddle_api_key;
	} else if (str_eq(provider, STR("lemonsqueezy"))) {
		rules->key = conf->lemonsqueezy_api_key;
		rules->store = conf->lemonsqueezy_store;
	}
}

bool
ask_possible(const struct conf *conf, struct str provider)
{
	const struct provider	*p = provider_find(provider);
	struct api_rules	 rules;

	api_rules_of(conf, provider, &rules);
	return p != NULL && p->errand != NULL && rules.key.len > 0;
}

/* Where the API is: at the provider, or where the sandbox plays it. */
static struct str
base_of(const struct flow *f, const struct provider *p)
{
	const struct conf	*c = f->conf;

	if (c->sandbox && c->api_base.len > 0)
		return arena_text(f->arena, "%.*s/%s", STR_FMT(c->api_base),
		    p->name);
	if (c->sandbox)
		return arena_text(f->arena, "%.*s/sandbox/%s",
		    STR_FMT(c->base_url), p->name);
	return provider_api(p, c->mode == MODE_LIVE);
}

/* --- a place among those who ask --------------------------------------- */

static void
place_leave(int *fd)
{
	if (*fd != -1)
		close(*fd);
}

/* The lock of the first free place, or -1.  It ends with its process. */
static int
place_take(const struct conf *conf)
{
	for (int64_t i = 0; i < conf->ask_slots; i++) {
		char	path[PLACE_BYTES];
		int	fd, len;

		len = snprintf(path, sizeof(path), "%.*s/ask.%lld",
		    STR_FMT(conf->var), (long long)i);
		must(len > 0 && (size_t)len < sizeof(path));
		fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
		    0600);
		if (fd == -1)
			continue;
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return fd;
		close(fd);
	}
	return -1;
}

static enum rc
crowded(struct err *e)
{
	err_set(e, RC_PROVIDER_DOWN, "Try again in a moment.",
	    "as many as may are asking payment providers already");
	e->retry_after = 1;
	return e->rc;
}

/* --- turns ------------------------------------------------------------- */

struct conversation {
	struct flow		*flow;
	const struct provider	*provider;
	const struct errand	*errand;
	struct str		 base;
	int64_t			 until;		/* clock_steady */
	struct call_answer	 answers[ERRAND_CALLS_MAX];
	size_t			 answered;
};

/* The provider's own word of when to come again goes with the failure. */
static enum rc
failed(const struct conversation *c, enum rc rc, struct err *e)
{
	int64_t	 seconds = c->answered == 0 ? 0 :
		    c->answers[c->answered - 1].retry_after;

	if (seconds > 0)
		e->retry_after = (int)(seconds < RETRY_MOST_S ? seconds :
		    RETRY_MOST_S);
	return rc;
}

static enum rc
turn(struct conversation *c, enum errand_turn *turn,
    struct errand_result *result, struct err *e)
{
	struct arena	*a = c->flow->arena;
	int64_t		 left = c->until - clock_steady();
	struct call	 call;
	enum rc		 rc;

	rc = c->provider->errand(c->errand, c->answers, c->answered, a, turn,
	    &call, result, e);
	if (rc != RC_OK)
		return failed(c, rc, e);
	if (*turn == TURN_OVER)
		return RC_OK;
	must(c->answered < ERRAND_CALLS_MAX);
	if (left < SECOND / 20)
		return err_set(e, RC_PROVIDER_DOWN, "Try again later.",
		    "%s was too slow", c->provider->title);
	rc = post_send(c->base, &call, left, a, &c->answers[c->answered], e);
	if (rc == RC_DOWN || rc == RC_BROKEN)	/* no answer, or no libcurl */
		rc = e->rc = RC_PROVIDER_DOWN;
	c->answered += rc == RC_OK;
	return rc;
}

static enum rc
converse(struct conversation *c, struct errand_result *result, struct err *e)
{
	enum errand_turn	next = TURN_CALL;

	while (next == TURN_CALL)
		TRY(turn(c, &next, result, e));
	return RC_OK;
}

static const char *const	errand_names[ERRAND__COUNT] = {
	[ERRAND_CHECKOUT] = "checkout", [ERRAND_CLOSE] = "close",
	[ERRAND_QUOTE] = "quote", [ERRAND_CHANGE] = "change",
	[ERRAND_PLAN] = "plan", [ERRAND_CANCEL] = "cancel",
	[ERRAND_RESUME] = "resume", [ERRAND_PORTAL] = "portal",
	[ERRAND_LIST] = "list", [ERRAND_LOOK] = "look",
};

/* What did not come to a good end: one line, without bodies or keys. */
static void
note(const struct conversation *c, enum rc rc, const struct errand_result *r,
    const struct err *e, int64_t began)
{
	static const char *const ends[] = {
		[ERRAND_DONE] = "done", [ERRAND_ACTION] = "action",
		[ERRAND_DECLINED] = "declined", [ERRAND_REFUSED] = "refused",
		[ERRAND_GONE] = "gone",
	};

	if (rc == RC_OK && (r->end <= ERRAND_DECLINED ||
	    c->errand->kind == ERRAND_CLOSE))
		return;		/* what is gone, or ends by itself, is closed */
	LOG(rc == RC_OK ? LOG_WARN_LINE : LOG_ERROR_LINE, "errand",
	    LOG_S("provider", str_of(c->provider->name)),
	    LOG_S("kind", str_of(errand_names[c->errand->kind])),
	    LOG_S("session", c->errand->session),
	    LOG_S("end", str_of(rc == RC_OK ? ends[r->end] : "failed")),
	    LOG_S("msg", rc == RC_OK ? r->why : str_of(e->what)),
	    LOG_N("calls", (int64_t)c->answered),
	    LOG_N("ms", (clock_steady() - began) / 1000));
}

static enum rc
no_key(const struct provider *p, struct err *e)
{
	return err_set(e, RC_PROVIDER_DENIED,
	    "Set the provider's API key in rung.yaml.",
	    "there is no API key to ask %s with", p->title);
}

enum rc
flow_ask(struct flow *f, struct str provider, struct errand *errand,
    int64_t within, struct errand_result *result, struct err *e)
{
	GUARD(place_leave) int	 place = -1;
	struct api_rules	*rules = arena_one(f->arena, struct api_rules);
	struct conversation	 c = { .flow = f, .errand = errand };
	int64_t			 began = clock_steady();
	enum rc			 rc;

	c.provider = provider_find(provider);
	must(c.provider != NULL);
	api_rules_of(f->conf, provider, rules);
	if (!ask_possible(f->conf, provider))
		return no_key(c.provider, e);
	errand->rules = rules;
	errand->now = f->now;
	place = place_take(f->conf);
	if (place == -1)
		return crowded(e);
	c.base = base_of(f, c.provider);
	c.until = began + (within > 0 ? within : ASK_SECONDS * SECOND);
	rc = converse(&c, result, e);
	note(&c, rc, result, e, began);
	db_deadline(f->db, clock_steady() + WRITE_DEADLINE_S * SECOND);
	f->now = flow_clock(f->app);
	return rc;
}
