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

/*
 * A new request: look once whether the numbers are still those of all who
 * write to this database.
 */
void		 recall_turn(struct recall *, const struct db *);

/*
 * Taken before the database is read: whether what will be read may be kept,
 * and under which number.
 */
struct recall_mark {
	bool		 good;		/* else nothing may stand in for it */
	uint64_t	 who, number, epoch;
};

/* A user as it was read, and its holding parsed. */
struct recalled_user {
	struct user_row	 row;
	struct holding	 holding;
};

/*
 * Is there one that still holds?  *out lives until the request is over.
 * Fills *mark either way.
 */
bool		 recall_user(struct flow *, struct str user,
		    struct recall_mark *mark, struct recalled_user *out);

/*
 * The holding of a row that was read just now, and under this mark; it lives
 * until the request is over.  The row is kept, whatever the mark says: a row
 * of the same texts is not parsed again.  RC_BROKEN if the text is none of
 * ours.
 */
enum rc		 recall_read(struct flow *, const struct recall_mark *,
		    const struct user_row *, struct holding *out,
		    struct err *);

/* The same for a credential, by the digest of its secret. */
bool		 recall_credential(struct flow *, const struct digest *,
		    struct recall_mark *mark, struct credential *out);
void		 recall_keep_credential(struct flow *,
		    const struct recall_mark *, const struct digest *,
		    const struct credential *);

#endif
