/*
 * The tables of who waits.  A person's list is that of its wake bucket, so
 * that a wake-up finds it at once.
 */
#include <stdlib.h>

#include "base/guard.h"
#include "base/places.h"
#include "web/park.h"

bool
park_own(const struct web *w, const struct wait *wait)
{
	return w->principal.kind != PRINCIPAL_SERVER && !wait->offered;
}

bool
park_room(const struct park *p, const struct person *person, bool own)
{
	int64_t	most = app_conf(p->app)->max_waiters_per_user;

	if (p->leaving || p->waiters >= p->most)
		return false;
	/* Where each process has one, the others' count too. */
	if (places_taken() >= (int64_t)p->most)
		return false;
	return !own || person == NULL || (int64_t)person->own < most;
}

/* Where the pointer to this person is, or would be. */
static struct person **
find(struct park *p, struct web *w, struct str user)
{
	struct person	**at = &p->bucket[wake_bucket(&w->flow, user)];

	while (*at != NULL && ((*at)->seller != w->flow.seller ||
	    !str_eq(str_of((*at)->user), user)))
		at = &(*at)->next;
	return at;
}

struct person *
park_person(struct park *p, struct web *w, struct str user)
{
	return *find(p, w, user);
}

static struct person *
person_make(struct park *p, struct web *w, const struct news *news)
{
	struct person	**at = find(p, w, news->user), *person = *at;

	if (person != NULL) {
		/* Who waits already may have missed what we have just seen. */
		if (news->user_version != person->version)
			park_wake(p, person);
		return person;
	}
	person = calloc(1, sizeof(*person) + news->user.len + 1);
	must(person != NULL);
	memcpy(person->user, news->user.at, news->user.len);
	person->seller = w->flow.seller;
	person->version = news->user_version;
	*at = person;
	p->persons++;
	return person;
}

void
park_note(struct topic *t, const struct news *news)
{
	must(news->etag.len < sizeof(t->etag));
	memcpy(t->etag, news->etag.at, news->etag.len);
	t->etag[news->etag.len] = '\0';
	t->version = news->version;
}

static struct topic *
topic_make(struct person *person, struct web *w)
{
	struct str	 id = w->parked_id;
	struct topic	*t = person->topics;

	while (t != NULL && (t->subject != w->parked ||
	    !str_eq(str_of(t->id), id)))
		t = t->next;
	if (t == NULL) {
		t = calloc(1, sizeof(*t) + id.len + 1);
		must(t != NULL);
		memcpy(t->id, id.at, id.len);
		t->subject = w->parked;
		t->person = person;
		t->next = person->topics;
		person->topics = t;
	}
	park_note(t, w->parked_news);
	return t;
}

/* What an answer needs of its request, and nothing else. */
static struct waiter *
waiter_make(struct web *w)
{
	struct str	 known = w->head.at[VAR_IF_NONE_MATCH];
	struct waiter	*one = calloc(1, sizeof(*one) + w->id.len + known.len +
			    1);

	must(one != NULL);
	one->id_len = (uint16_t)w->id.len;
	one->known_len = (uint16_t)known.len;
	memcpy(one->kept, w->id.at, w->id.len);
	if (known.len > 0)
		memcpy(one->kept + w->id.len, known.at, known.len);
	one->told_id = str_eq(w->id, w->head.at[VAR_REQUEST_ID]);
	one->head = str_eq(w->head.at[VAR_METHOD], STR("HEAD"));
	one->origin = reply_origin(w);
	one->route = w->found.route;
	one->wait = w->wait;
	one->rate = w->rate;
	one->counted = w->counted;
	one->begun = w->begun;
	one->streams = w->streams;
	one->own = park_own(w, &w->wait);
	return one;
}

struct waiter *
park_add(struct park *p, struct web *w, struct hold hold,
    const struct hold_way *way)
{
	struct person	*person = person_make(p, w, w->parked_news);
	struct topic	*topic = topic_make(person, w);
	struct waiter	*one = waiter_make(w);

	one->hold = hold;
	one->way = way;
	one->topic = topic;
	one->next = topic->waiters;
	one->link = &topic->waiters;
	if (one->next != NULL)
		one->next->link = &one->next;
	topic->waiters = one;
	one->timed.until = one->wait.until;
	heap_add(&p->heap, &one->timed);
	p->waiters++;
	person->waiters++;
	person->own += one->own;
	places_set((uint32_t)p->waiters, (uint32_t)p->most);
	return one;
}

void
park_forget(struct topic *t)
{
	struct topic	**at = &t->person->topics;

	while (*at != t)
		at = &(*at)->next;
	*at = t->next;
	free(t);
}

void
park_tidy(struct park *p, struct person *person)
{
	struct flow	 f = { .arena = p->one, .seller = person->seller };
	struct person	**at;

	if (person->waiters > 0 || person->woken || person->queued)
		return;
	while (person->topics != NULL)
		park_forget(person->topics);
	at = &p->bucket[wake_bucket(&f, str_of(person->user))];
	while (*at != person)
		at = &(*at)->next;
	*at = person->next;
	p->persons--;
	free(person);
}

void
park_remove(struct park *p, struct waiter *one)
{
	struct person	*person = one->topic->person;

	heap_remove(&p->heap, &one->timed);
	*one->link = one->next;
	if (one->next != NULL)
		one->next->link = one->link;
	p->waiters--;
	person->waiters--;
	person->own -= one->own;
	free(one);
	places_set((uint32_t)p->waiters, (uint32_t)p->most);
}

void
park_wake(struct park *p, struct person *person)
{
	if (person->woken || person->queued)
		return;
	if (p->woken_count == p->woken_room) {
		p->woken_room = p->woken_room == 0 ? 64 : 2 * p->woken_room;
		p->woken = realloc(p->woken, p->woken_room *
		    sizeof(*p->woken));
		must(p->woken != NULL);
	}
	person->woken = true;
	p->woken[p->woken_count++] = person;
}

void
park_queue(struct park *p, struct person *person)
{
	if (person->queued)
		return;
	person->queued = true;
	person->next_queued = NULL;
	*p->queue_end = person;
	p->queue_end = &person->next_queued;
}

struct person *
park_next(struct park *p)
{
	struct person	*person = p->queue;

	if (person == NULL)
		return NULL;
	p->queue = person->next_queued;
	if (p->queue == NULL)
		p->queue_end = &p->queue;
	person->queued = false;
	return person;
}
