/*
 * Events of the play: kept for the provider's own list, then posted to our
 * webhook route like any provider would, with the faults asked for.
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "flow/hooks.h"
#include "flow/post.h"
#include "flow/pretend.h"

enum { DELIVER_SECONDS = 60 };

struct play_told {
	struct play_told	*next;
	struct str		 id, type, body;
	int			 times;		/* how often it is sent */
};

enum rc
play_event(struct play *p, struct str id, struct str type, struct str body,
    struct err *e)
{
	struct play_told		*t = arena_one(p->f->arena,
					    struct play_told);
	const struct sandbox_event	 ev = {
		.id = id, .type = type, .at = p->f->now, .body = body,
	};

	TRY(sandbox_event_add(p->f->db, p->f->seller, str_of(p->as->name),
	    &ev, e));
	*t = (struct play_told){ .id = id, .type = type, .body = body };
	*p->told_end = t;
	p->told_end = &t->next;
	p->told_count++;
	return RC_OK;
}

/* Is the event one that our endpoint is ticked for? */
static bool
is_ticked(const struct provider *provider, struct str type)
{
	const char *const *name = provider->events;

	while (name != NULL && *name != NULL && !str_eq(type, str_of(*name)))
		name++;
	return name == NULL || *name != NULL;
}

static enum rc
post_one(struct play *p, const struct provider *provider, struct str id,
    struct str body, struct err *e)
{
	struct flow		*f = p->f;
	struct hook_rules	 rules;
	struct str		 url, signature;
	int			 status;

	hook_rules_of(f->conf, str_of(p->as->name), &rules);
	if (rules.secret_count == 0)
		return err_set(e, RC_BROKEN, "Set its webhook secrets.",
		    "the sandbox has no %s secret to sign with",
		    provider->title);
	url = arena_text(f->arena, "%.*s/v1/webhooks/%s",
	    STR_FMT(f->conf->base_url), provider->name);
	signature = provider->sign(f->arena, rules.secrets[0], body,
	    flow_clock(f->app));
	TRY(post(url, arena_text(f->arena, "%s: %.*s",
	    provider->header_sent, STR_FMT(signature)), body, &status, e));
	if (status != 200)
		return err_set(e, RC_BROKEN, "See the log of webhook.",
		    "our own webhook route answered %d", status);
	return sandbox_event_delivered(f->db, f->seller,
	    str_of(p->as->name), id, e);
}

/* The first failure is told, and the others are tried all the same. */
static enum rc
post_all(struct play *p, struct err *e)
{
	const struct provider	*provider;
	struct err		 other;
	enum rc			 rc = RC_OK;

	provider = provider_find(str_of(p->as->name));
	for (struct play_told *t = p->told; t != NULL; t = t->next)
		for (int i = 0; provider != NULL && i < t->times; i++)
			if (post_one(p, provider, t->id, t->body,
			    rc == RC_OK ? e : &other) != RC_OK && rc == RC_OK)
				rc = e->rc;
	return rc;
}

/*
 * The rest of a process that will deliver later: nobody waits for it, so it
 * lets go of everything the web server could be waiting for, and of a
 * connection that is its parent's.
 */
static void
let_go(struct flow *f)
{
	sigset_t	none;
	int		nowhere = open("/dev/null", O_RDWR);

	for (int fd = 0; fd < 3; fd++)
		dup2(nowhere, fd);
	for (int fd = 3; fd < 256; fd++)
		close(fd);
	signal(SIGTERM, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	f->db = db_new(f->conf);
}

static void
deliver_later(struct play *p, int64_t seconds)
{
	struct timespec	rest = { .tv_sec = seconds };
	struct err	e;

	let_go(p->f);
	while (nanosleep(&rest, &rest) == -1)
		continue;
	db_deadline(p->f->db, clock_steady() + DELIVER_SECONDS * SECOND);
	_exit(post_all(p, &e) == RC_OK ? 0 : 1);
}

/* Two forks: the one that delivers is no child of ours to wait for. */
static enum rc
leave_it_to_another(struct play *p, int64_t seconds, struct err *e)
{
	pid_t	child = fork();

	if (child == 0) {
		if (fork() == 0)
			deliver_later(p, seconds);
		_exit(0);
	}
	if (child == -1 || waitpid(child, NULL, 0) != child)
		return err_set(e, RC_BROKEN, NULL, "cannot start a process");
	return RC_OK;
}

/* What nobody ticked is not sent; no fault is spent on it either. */
static enum rc
choose(struct play *p, int times, int64_t *delay, struct err *e)
{
	const struct provider	*provider;
	struct arena		*a = p->f->arena;
	struct play_told	**sent = arena_many(a, p->told_count,
				    struct play_told *), *first = NULL;
	struct str		*types = arena_many(a, p->told_count,
				    struct str);
	int			*often = arena_many(a, p->told_count, int);
	bool			 reorder;
	size_t			 count = 0;

	provider = provider_find(str_of(p->as->name));
	for (struct play_told *t = p->told; t != NULL; t = t->next)
		if (provider != NULL && is_ticked(provider, t->type)) {
			sent[count] = t;
			types[count++] = t->type;
		}
	TRY(faults_deliveries(p, types, count, often, delay, &reorder, e));
	for (size_t i = count; i-- > 0; ) {
		struct play_told *t = sent[reorder ? count - 1 - i : i];

		t->times = times * often[reorder ? count - 1 - i : i];
		t->next = first;
		first = t;
	}
	p->told = first;
	return RC_OK;
}

enum rc
play_end(struct play *p, enum play_when when, int times, struct err *e)
{
	int64_t	delay = 0;

	if (p->told == NULL)
		return RC_OK;
	TRY(choose(p, times, &delay, e));
	if (when == PLAY_LATE)
		delay += PLAY_LATE_SECONDS;
	if (when == PLAY_NOW && delay == 0)
		return post_all(p, e);
	return leave_it_to_another(p, delay, e);
}

enum rc
play_again(struct play *p, const struct sandbox_event *events, size_t count,
    struct err *e)
{
	struct play_told	*t;

	for (size_t i = 0; i < count; i++) {
		t = arena_one(p->f->arena, struct play_told);
		*t = (struct play_told){
			.id = events[i].id, .type = events[i].type,
			.body = events[i].body, .times = 1,
		};
		*p->told_end = t;
		p->told_end = &t->next;
	}
	return post_all(p, e);
}
