/*
 * The loop of a program whose requests wait: one thread, one process, one set
 * of descriptors.  Requests are taken as they come, wake-ups and hung-up
 * connections are noticed in between, and once a second there is a look at
 * where everybody stands, because a wake-up may be lost.
 */
#include <errno.h>
#include <malloc.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/guard.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/places.h"
#include "web/confine.h"
#include "web/leave.h"
#include "web/park.h"

enum {
	EVENTS_MAX	= 256,
	TAKE_MAX	= 8,		/* requests; then others have a turn */
	SPARE_FDS	= 64,		/* database, log, files of a moment */
	GROWN_LOOKS	= 64,		/* seconds between looks at memory */
	HELD_BYTES	= 16 * 1024,	/* at most, of one who waits */
	LARGE_BYTES	= 512 * 1024,	/* an array of a look at thousands */
};

#define READ_TURN	(20 * SECOND / 1000)	/* then others have one */
#define LEAVE_READING	(SECOND / 2)	/* then they hear what we know */
#define LEAVE_TAKING	(SECOND / 4)	/* requests that came too late */

/* Marks in place of a waiter. */
static char	door, ear, leave;

static void
watch(struct park *p, int fd, uint32_t events, void *what)
{
	struct epoll_event	event = { .events = events, .data.ptr = what };

	if (fd != -1)
		epoll_ctl(p->set, EPOLL_CTL_ADD, fd, &event);
}

bool
web_park(struct web *w, const struct subject *subject, struct str id,
    const struct news *news, const struct wait *wait)
{
	struct str	known = w->head.at[VAR_IF_NONE_MATCH];

	must(w->park != NULL);
	if (w->id.len + known.len > KEPT_BYTES_MAX ||
	    !park_room(w->park, park_person(w->park, w, news->user),
	    park_own(w, wait)))
		return false;
	w->parked = subject;
	w->parked_id = id;
	w->parked_news = news;
	w->wait = *wait;
	return true;
}

static void
keep(struct park *p, struct web *w)
{
	const struct hold_way	*way;
	struct hold		 hold = gateway_keep(p->gate, &way);
	struct waiter		*one = park_add(p, w, hold, way);
	struct person		*person = one->topic->person;

	/* CGI's output may be a socket whose other half was closed early. */
	watch(p, hold.fd, gateway_is_fastcgi() ? EPOLLIN | EPOLLRDHUP : 0, one);
	if (w->streams)
		park_begin(p, one, w);
	park_tidy(p, person);
}

static void
answer(struct park *p, char **variables)
{
	struct web	*w = arena_one(p->arena, struct web);

	*w = (struct web){
		.app = p->app, .conf = app_conf(p->app), .gate = p->gate,
		.arena = p->arena, .park = p,
	};
	handle_request(w, p->routes, variables);
	if (w->parked != NULL)
		keep(p, w);
	else
		gateway_finish(p->gate);
	log_request(STR_NONE);
}

/* Take who is at the door; false when nobody is left there. */
static bool
take_some(struct park *p)
{
	char	**variables;

	for (int i = 0; i < TAKE_MAX; i++) {
		if (!gateway_take(p->gate, &variables))
			return false;
		arena_reset(p->arena);
		answer(p, variables);
	}
	return true;
}

static void
wake_bucket_of(void *arg, unsigned bucket)
{
	struct park	*p = arg;

	for (struct person *at = p->bucket[bucket]; at != NULL; at = at->next)
		park_wake(p, at);
}

/*
 * The client has gone, or the web server speaks of something else.  A web
 * server that gets no answer logs the address, and a stream's has a ticket in
 * it; so it gets one, for nobody.
 */
static void
look_at(struct park *p, struct waiter *one, uint32_t events)
{
	struct person	*person = one->topic->person;
	struct str	 answer = STR("Status: 204 No Content\r\n\r\n");

	if ((events & (EPOLLHUP | EPOLLERR | EPOLLRDHUP)) == 0 &&
	    !hold_gone(&one->hold))
		return;
	one->way->send(&one->hold, one->streams ? STR("") : answer, true);
	park_remove(p, one);
	park_tidy(p, person);
}

static void
happened(struct park *p, const struct epoll_event *event)
{
	if (event->data.ptr == &door)
		take_some(p);
	else if (event->data.ptr == &ear) {
		if (!wake_heard(p->ear, wake_bucket_of, p))
			p->next_look = 0;
	} else if (event->data.ptr != &leave)
		look_at(p, event->data.ptr, event->events);
}

static bool
is_woken(const struct epoll_event *events, int n)
{
	while (n > 0 && events[n - 1].data.ptr != &ear)
		n--;
	return n > 0;
}

static int
patience_ms(const struct park *p)
{
	const struct timed	*first = heap_first(&p->heap);
	int64_t			 until = p->next_look, left;

	if (p->queue != NULL || p->woken_count > 0)
		return 0;
	if (first == NULL)
		return -1;
	if (first->until < until)
		until = first->until;
	left = (until - clock_steady() + 999) / 1000;
	return left < 0 ? 0 : (int)left;
}

/*
 * Everybody hears the present state: as long as there is time in full, then
 * as it is known from the last look.
 */
static void
tell_everybody(struct park *p)
{
	int64_t	until = clock_steady() + LEAVE_READING;

	p->leaving = true;
	if (p->waiters > 0)
		park_look_all(p);
	for (size_t i = 0; i < WAKE_BUCKETS; i++)
		for (struct person *at = p->bucket[i]; at != NULL;
		    at = at->next)
			if (clock_steady() >= until ||
			    !park_read(p, at, ON_LEAVING))
				park_tell_all(p, at, ON_LEAVING);
}

/* Nobody else takes who is at our door already. */
static void
leave_politely(struct park *p)
{
	int64_t	until;

	tell_everybody(p);
	until = clock_steady() + LEAVE_TAKING;
	while (gateway_door_fd(p->gate) != -1 && clock_steady() < until)
		if (!take_some(p))
			break;
	places_set(0, (uint32_t)p->most);
}

/* A process that leaks starts afresh, and nobody waits in it any more. */
static void
renew_if_grown(struct park *p)
{
	if (++p->looks % GROWN_LOOKS != 0 ||
	    !confine_grown(p->waiters * HELD_BYTES))
		return;
	leave_politely(p);
	confine_renew();
	p->leaving = false;
}

/*
 * Read and tell, but not for so long that nobody else has a turn.  Whose event
 * came hears it before all are looked after.
 */
static void
attend(struct park *p)
{
	int64_t		 until = clock_steady() + READ_TURN;
	struct person	*person;

	if (p->woken_count > 0)
		park_look_woken(p);
	while ((person = park_next(p)) != NULL) {
		/* If it fails the next look asks for it again. */
		person->unread = !park_read(p, person, ON_NEWS);
		park_tidy(p, person);
		if (clock_steady() >= until)
			break;
	}
	if (p->persons > 0 && clock_steady() >= p->next_look) {
		park_look_all(p);
		p->next_look = clock_steady() + SECOND;
		renew_if_grown(p);
	}
}

static void
expire(struct park *p)
{
	int64_t		 now = clock_steady();
	struct timed	*first;

	while ((first = heap_first(&p->heap)) != NULL && first->until <= now) {
		struct waiter	*one = (struct waiter *)first;
		struct person	*person = one->topic->person;

		park_expire(p, one);
		park_tidy(p, person);
	}
}

static void
turn(struct park *p)
{
	struct epoll_event	events[EVENTS_MAX];
	int			n = epoll_wait(p->set, events, EVENTS_MAX,
				    patience_ms(p));

	/* A wake-up goes first; the others are there at the next turn. */
	p->put_off = !p->put_off && is_woken(events, n);
	for (int i = 0; i < n; i++)
		if (!p->put_off || events[i].data.ptr == &ear)
			happened(p, &events[i]);
	attend(p);
	expire(p);
}

/* A waiter is a descriptor: as many as there may be. */
static size_t
most_waiters(const struct park *p)
{
	int64_t		most = app_conf(p->app)->max_waiters;
	struct rlimit	files;

	if (most == 0)
		most = gateway_is_fastcgi() ? WAITERS_USUAL : WAITERS_CGI;
	if (getrlimit(RLIMIT_NOFILE, &files) == -1)
		return (size_t)most;
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	if (files.rlim_max != RLIM_INFINITY &&
	    most + SPARE_FDS > (int64_t)files.rlim_max)
		most = (int64_t)files.rlim_max - SPARE_FDS;
	return most < 0 ? 0 : (size_t)most;
}

/*
 * What a look at thousands takes is given back after it: above the many small
 * pieces of who waits it would stay ours for good.
 */
static void
give_back(void)
{
#ifdef M_MMAP_THRESHOLD
	mallopt(M_MMAP_THRESHOLD, LARGE_BYTES);
#endif
}

static void
make_ready(struct park *p, struct gateway *gate)
{
	give_back();
	p->set = epoll_create1(EPOLL_CLOEXEC);
	must(p->set != -1);
	p->ear = wake_listen(app_conf(p->app));
	p->most = most_waiters(p);
	p->queue_end = &p->queue;
	watch(p, gateway_door_fd(gate), EPOLLIN, &door);
	watch(p, p->ear, EPOLLIN, &ear);
	watch(p, leave_fd(), EPOLLIN, &leave);
	places_open(app_conf(p->app)->var);
	places_set(0, (uint32_t)p->most);
}

void
park_serve(struct app *app, struct gateway *gate, struct arena *arena,
    const struct route *routes)
{
	static struct park	 the_park;
	struct park		*p = &the_park;
	GUARD(arena_free) struct arena *one =
	    arena_new("answer", ARENA_BYTES_MAX);

	must(one != NULL);
	*p = (struct park){
		.app = app, .gate = gate, .routes = routes, .arena = arena,
		.one = one,
	};
	make_ready(p, gate);
	if (gateway_door_fd(gate) == -1)
		take_some(p);
	while (!leave_asked() && (gateway_door_fd(gate) != -1 ||
	    p->waiters > 0))
		turn(p);
	leave_politely(p);
	places_close();
}
