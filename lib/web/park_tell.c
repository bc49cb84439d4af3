/*
 * Telling who waits.  What is waited for is read once, and each answer is
 * then made by the same code as if its request had come just now.
 */
#include "base/guard.h"
#include "base/log.h"
#include "web/park.h"

struct web *
park_reader(struct park *p, uint32_t seller, const struct route *route)
{
	struct web	*w;

	arena_reset(p->arena);
	w = arena_one(p->arena, struct web);
	w->app = p->app;
	w->conf = app_conf(p->app);
	w->arena = p->arena;
	w->found.route = route;
	handle_begin(w);
	w->flow.seller = w->principal.seller = seller;
	w->principal.kind = PRINCIPAL_SERVER;
	w->flow.actor = STR("user");
	return w;
}

/* A request again, as far as its answer can tell. */
static struct web *
thaw(struct park *p, const struct waiter *one)
{
	struct web	*w;

	arena_reset(p->one);
	w = arena_one(p->one, struct web);
	w->app = p->app;
	w->conf = app_conf(p->app);
	w->arena = p->one;
	w->begun = one->begun;
	w->found.route = one->route;
	w->id = (struct str){ one->kept, one->id_len };
	w->counted = one->counted;
	w->rate = one->rate;
	w->streams = one->streams;
	w->head.at[VAR_METHOD] = one->head ? STR("HEAD") : STR("GET");
	w->head.at[VAR_ORIGIN] = one->origin;
	if (one->told_id)
		w->head.at[VAR_REQUEST_ID] = w->id;
	if (one->known_len > 0)
		w->head.at[VAR_IF_NONE_MATCH] = (struct str){
			one->kept + one->id_len, one->known_len,
		};
	if (!one->streams)
		reply_defaults(w);
	return w;
}

/* The whole answer, or its end. */
static void
finish(struct park *p, struct waiter *one, struct web *w, struct str text)
{
	one->way->send(&one->hold, text, true);
	w->status = w->status == 0 ? 200 : w->status;
	handle_count(w);
	park_remove(p, one);
}

static void
drop(struct park *p, struct waiter *one)
{
	one->way->drop(&one->hold);
	park_remove(p, one);
}

/* Tell one; it may be gone afterwards. */
static void
tell(struct park *p, struct waiter *one, const struct news *news,
    enum moment moment)
{
	struct web	*w = thaw(p, one);

	one->topic->subject->tell(w, &one->wait, news, moment);
	if (w->answered)
		finish(p, one, w, reply_text(w));
	else if (w->over)
		finish(p, one, w, w->content);
	else if (w->content.len > 0 &&
	    !one->way->send(&one->hold, w->content, false))
		drop(p, one);
	else if (one->timed.until != one->wait.until) {
		one->timed.until = one->wait.until;
		heap_moved(&p->heap, &one->timed);
	}
}

static void
tell_topic(struct park *p, struct topic *t, const struct news *news,
    enum moment moment)
{
	for (struct waiter *one = t->waiters, *next; one != NULL; one = next) {
		next = one->next;
		tell(p, one, news, moment);
	}
}

/* What is remembered of a topic, without its text. */
static struct news
remembered(const struct topic *t)
{
	return (struct news){
		.etag = str_of(t->etag), .version = t->version,
		.user = str_of(t->person->user),
		.user_version = t->person->version,
	};
}

/* Once for all who wait for it; in p->arena. */
static enum rc
read_topic(struct park *p, struct topic *t, struct news *news, struct err *e)
{
	struct web	*w = park_reader(p, t->person->seller,
			    t->waiters->route);

	TRY(t->subject->read(w, str_of(t->id), news, e));
	park_note(t, news);
	t->person->version = news->user_version;
	return RC_OK;
}

bool
park_read(struct park *p, struct person *person, enum moment moment)
{
	struct news	news;
	struct err	e;

	for (struct topic *t = person->topics, *next; t != NULL; t = next) {
		next = t->next;
		if (t->waiters == NULL) {
			park_forget(t);
			continue;
		}
		if (read_topic(p, t, &news, &e) != RC_OK)
			return false;
		tell_topic(p, t, &news, moment);
	}
	return true;
}

void
park_tell_all(struct park *p, struct person *person, enum moment moment)
{
	for (struct topic *t = person->topics; t != NULL; t = t->next) {
		struct news	news = remembered(t);

		tell_topic(p, t, &news, moment);
	}
}

/* Its state is not known: the failure is the answer. */
static void
fail(struct park *p, struct waiter *one, const struct err *e)
{
	struct web	*w = thaw(p, one);

	if (one->streams) {
		drop(p, one);
		return;
	}
	log_request(w->id);
	problem_answer(w, e, NULL, STR_NONE);
	finish(p, one, w, reply_text(w));
	log_request(STR_NONE);
}

void
park_expire(struct park *p, struct waiter *one)
{
	struct topic	*t = one->topic;
	struct news	 news = remembered(t);
	struct err	 e;

	/* It is as it was when last looked at, unless we could not look. */
	if (!one->streams && (t->person->queued || t->person->unread ||
	    news.etag.len == 0) &&
	    read_topic(p, t, &news, &e) != RC_OK)
		fail(p, one, &e);
	else
		tell(p, one, &news, ON_TIME);
}

void
park_begin(struct park *p, struct waiter *one, struct web *w)
{
	if (!one->way->send(&one->hold, reply_text(w), false))
		drop(p, one);
}
