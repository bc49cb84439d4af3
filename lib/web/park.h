/*
 * Who waits in this process, and for what: users, below each what is waited
 * for, below that the requests.  Only for the files of lib/web that serve
 * programs whose requests wait.
 */
#ifndef RUNG_WEB_PARK_H
#define RUNG_WEB_PARK_H

#include "flow/wake.h"
#include "web/heap.h"
#include "web/inside.h"

enum {
	TAG_BYTES	= 48,	/* of "s3.u7" */
	KEPT_BYTES_MAX	= 256,	/* request id and If-None-Match together */
};

struct person;
struct topic;

struct waiter {
	struct timed		 timed;		/* first: the heap's */
	struct hold		 hold;
	const struct hold_way	*way;
	struct topic		*topic;
	struct waiter		*next, **link;	/* in the topic's list */
	const struct route	*route;
	struct wait		 wait;
	struct rate		 rate;
	int64_t			 begun;
	struct str		 origin;	/* one of the configuration's */
	uint16_t		 id_len, known_len;
	bool			 told_id, counted, head, streams, own;
	char			 kept[];	/* request id, If-None-Match */
};

struct topic {
	struct topic		*next;		/* in the person's list */
	struct person		*person;
	const struct subject	*subject;
	struct waiter		*waiters;
	int64_t			 version;	/* as it was read last */
	char			 etag[TAG_BYTES];
	char			 id[];		/* a session's or the user's */
};

struct person {
	struct person	*next;			/* in the bucket's list */
	struct person	*next_queued;
	struct topic	*topics;
	size_t		 waiters, own;		/* own: by the user's tokens */
	int64_t		 version, matrix;	/* as looked at last */
	uint32_t	 seller;
	bool		 woken;			/* look whether there is news */
	bool		 queued;		/* there is: to be read */
	bool		 unread;		/* which failed last time */
	char		 user[];
};

struct park {
	struct app		*app;
	struct gateway		*gate;
	const struct route	*routes;
	struct arena		*arena, *one;	/* of a reading; of an answer */
	int			 set;		/* epoll */
	int			 ear;		/* wake_listen */
	struct heap		 heap;
	struct person		*bucket[WAKE_BUCKETS];
	size_t			 persons, waiters, most;
	struct person		*queue, **queue_end;
	struct person		**woken;	/* who is marked so */
	size_t			 woken_count, woken_room;
	int64_t			 next_look;	/* clock_steady */
	unsigned long		 looks;
	bool			 put_off;	/* all but wake-ups */
	bool			 leaving;
};

/* Does it count among those of one user?  Not by a key of the seller's. */
bool		 park_own(const struct web *, const struct wait *);

/* May one more wait?  own: one of this user's. */
bool		 park_room(const struct park *, const struct person *,
		    bool own);

/* The person with this user of w->flow.seller; NULL if nobody waits. */
struct person	*park_person(struct park *, struct web *, struct str user);

/* Keep a request that shall wait; takes its connection. */
struct waiter	*park_add(struct park *, struct web *, struct hold,
		    const struct hold_way *);

/* Forget one whose connection is let go of, and what nobody waits for then. */
void		 park_remove(struct park *, struct waiter *);

/* Remember where a topic stands; forget one that nobody waits for. */
void		 park_note(struct topic *, const struct news *);
void		 park_forget(struct topic *);

/* Mark a person: to be looked at, and to be read. */
void		 park_wake(struct park *, struct person *);
void		 park_queue(struct park *, struct person *);

/* The next to be read; NULL when there is none. */
struct person	*park_next(struct park *);

/* Free a person whom nobody waits for and no list holds. */
void		 park_tidy(struct park *, struct person *);

/*
 * park_tell.c: read all that is waited for of a person, and tell everybody to
 * whom it is news.  False when the database did not answer.
 */
bool		 park_read(struct park *, struct person *, enum moment);

/* Tell everybody of a person without reading. */
void		 park_tell_all(struct park *, struct person *, enum moment);

/* Tell one whose time has come. */
void		 park_expire(struct park *, struct waiter *);

/* Send the beginning of a stream, at its park_add. */
void		 park_begin(struct park *, struct waiter *, struct web *);

/* A request for database work about a seller, in park->arena. */
struct web	*park_reader(struct park *, uint32_t seller,
		    const struct route *);

/* park_look.c: where everybody stands, or who is woken; queue the news. */
bool		 park_look_all(struct park *);
bool		 park_look_woken(struct park *);

/* park_serve.c: the loop of a program whose requests wait. */
void		 park_serve(struct app *, struct gateway *, struct arena *,
		    const struct route *);

#endif
