/*
 * All that is stored of one user, read together: one row of users and what
 * hangs on it.  Written back piece by piece in the same transaction.
 */
#ifndef RUNG_STORE_WORLD_H
#define RUNG_STORE_WORLD_H

#include "base/secret.h"
#include "core/derive.h"
#include "core/diff.h"
#include "core/session.h"
#include "store/db.h"

/* A row of users; `exists` false: nobody has heard of the user. */
struct user_row {
	bool		 exists;
	struct str	 user;
	int64_t		 ver;
	int64_t		 due_at;	/* 0: never */
	int64_t		 matrix_version;
	bool		 follows_newest;
	int64_t		 derived_under;	/* the newest matrix then */
	int64_t		 updated_at;
	struct str	 holding;	/* JSON, "" for a new user */
	struct str	 document;	/* JSON, "" for a new user */
	struct str	 chain_id;	/* 16 bytes */
	struct digest	 audit_hash;
};

/* A row of objects: what is known, and whose it is. */
struct object_row {
	struct object	 object;
	struct str	 user;		/* its owner, "" for none */
	struct str	 first_event;
	int64_t		 first_seen;
	bool		 dirty;		/* facts or owner differ from the row */
};

/* A row of grants, without its user. */
struct grant_row {
	struct object_key key;		/* provider "" for an override */
	struct str	 slot;		/* "" for the tier itself */
	bool		 live;
	struct str	 cause_event, cause_override;
	bool		 stored;
};

struct world {
	struct user_row		 user;
	struct object_row	*objects;	/* by key */
	size_t			 object_count;
	struct override		*overrides;	/* not ended by hand */
	size_t			 override_count;
	struct asset		*assets;	/* by slot; stored is true */
	size_t			 asset_count;
	struct grant_row	*grants;
	size_t			 grant_count;
	bool			 has_session;	/* the open one */
	struct session		 session;
};

/*
 * Lock the user by writing its row, creating it (ver 0, chain_id as given)
 * when it is new.  The first statement about a user in a transaction.
 */
enum rc user_lock(struct db *, uint32_t seller, struct str user,
    struct str chain_id, int64_t now, struct err *);

/* One primary-key lookup of the row alone. */
enum rc user_read(struct db *, uint32_t seller, struct str user,
    struct arena *, struct user_row *out, struct err *);

/* Everything, in one statement (a UNION of the tables, one shape). */
enum rc world_read(struct db *, uint32_t seller, struct str user,
    struct arena *, struct world *out, struct err *);

/* The closing UPDATE: ver, due_at, holding, document and audit hash. */
enum rc user_close(struct db *, uint32_t seller, const struct user_row *,
    struct err *);

/* Insert or update the assets of the plan that are not KEEP. */
enum rc assets_save(struct db *, uint32_t seller, struct str user,
    const struct asset_step *, size_t count, int64_t now, struct err *);

/*
 * Give an asset that has a row a new secret, of which only the SHA-256 comes
 * here.  The one before, if any, stays good until old_until.
 */
enum rc asset_secret(struct db *, uint32_t seller, struct str user,
    struct str slot, const struct digest *, struct str hint,
    int64_t old_until, struct err *);

/* The asset that a secret is of, or was of. */
struct secret_owner {
	struct str	 user;
	struct asset	 asset;		/* as last written */
	bool		 old;		/* another took its place, or none */
	int64_t		 old_until;	/* it is good until then */
};

/* Either of two hashes; *found false when no asset ever had it. */
enum rc asset_by_secret(struct db *, uint32_t seller,
    const struct digest hashes[2], struct arena *, struct secret_owner *,
    bool *found, struct err *);

/*
 * Make the stored grants what `want` says: insert new ones (few statements,
 * several rows each), flip `live` of the others.  Not wanted ones end.
 */
enum rc grants_save(struct db *, uint32_t seller, struct str user,
    const struct grant_row *have, size_t have_count,
    const struct grant_row *want, size_t want_count, int64_t now,
    struct err *);

/* "as_" and 32 hex: the same for the same slot of the same user, always. */
struct str asset_id_of(struct arena *, uint32_t seller, struct str user,
    struct str slot);

/* Users whose due_at has passed, or whom the catalog outdates; at most max. */
enum rc users_due(struct db *, uint32_t seller, int64_t now,
    const struct catalog *, size_t max, struct arena *, struct str **out,
    size_t *count, struct err *);

#endif
