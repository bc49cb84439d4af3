/*
 * What a program remembers of users and credentials from request to request,
 * so that a check asks the database nothing while nothing changed.  Good only
 * as long as base/generations.h says so; any doubt is a miss.
 */
#ifndef RUNG_FLOW_RECALL_H
#define RUNG_FLOW_RECALL_H

#include "core/holding.h"
#include "flow/app.h"
#include "store/credential_store.h"
#include "store/world.h"

struct recall;

struct recall	*recall_new(const struct conf *);
void		 recall_free(struct recall **);
struct recall	*app_recall(struct app *);

/* A new request: look once whether the numbers are still those of all. */
void		 recall_turn(struct recall *);

/*
 * Taken before the database is read: whether what will be read may be kept,
 * and under which number.
 */
struct recall_mark {
	bool		 good;
	uint64_t	 who, number, epoch;
};

/* A user as it was read: the row, its holding parsed, its document. */
struct recalled_user {
	struct user_row	 row;		/* holding and document as text */
	struct holding	 holding;
};

/*
 * Is there one that still holds?  *out lives until the next request's
 * recall_user or recall_keep_user.  Fills *mark either way.
 */
bool		 recall_user(struct flow *, struct str user,
		    struct recall_mark *mark, struct recalled_user *out);

/* Keep what was read under this mark; the holding is read from the row. */
void		 recall_keep_user(struct flow *, const struct recall_mark *,
		    const struct user_row *);

/* The same for a credential, by the digest of its secret. */
bool		 recall_credential(struct flow *, const struct digest *,
		    struct recall_mark *mark, struct credential *out);
void		 recall_keep_credential(struct flow *,
		    const struct recall_mark *, const struct digest *,
		    const struct credential *);

#endif
