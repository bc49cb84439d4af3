/*
 * diff: what is held and what should be held -> the plan.  Pure.
 */
#ifndef RUNG_CORE_DIFF_H
#define RUNG_CORE_DIFF_H

#include "core/holding.h"

#define ASSET_STATES(X)				\
	X(PENDING,	"PENDING")	/* granted; its secret is unclaimed */ \
	X(PROVISIONED,	"PROVISIONED")		\
	X(SUSPENDED,	"SUSPENDED")		\
	X(REVOKED,	"REVOKED")

#define X(id, name)	ASSET_IS_##id,
enum asset_state { ASSET_STATES(X) ASSET_IS__COUNT };
#undef X

extern const char *const asset_state_names[ASSET_IS__COUNT];

/* An asset as stored: one row per slot that the user ever held. */
struct asset {
	struct str		 id;		/* "as_..." */
	struct held_asset	 held;		/* as last granted */
	enum asset_state	 state;
	struct str		 hint;		/* "pk_pro_...4f2a", or "" */
	bool			 claimed;	/* a secret exists */
	bool			 stored;	/* a row exists; diff carries it over */
	int64_t			 overlap_until;	/* an old secret's end, 0 none */
};

#define ASSET_ACTIONS(X)						\
	X(KEEP,		"keep")						\
	X(PROVISION,	"provision")	/* new in this slot */		\
	X(RESTORE,	"restore")	/* the same asset comes back */	\
	X(CHANGE,	"change")	/* quota, count or source moved */ \
	X(SUSPEND,	"suspend")					\
	X(REVOKE,	"revoke")

#define X(id, name)	DO_##id,
enum asset_action { ASSET_ACTIONS(X) DO__COUNT };
#undef X

extern const char *const asset_action_names[DO__COUNT];

struct asset_step {
	enum asset_action	 action;
	struct asset		 after;		/* the row to write; id "" if new */
};

struct limit_move {
	struct str		 name;
	bool			 had, has;	/* in the tier at all */
	struct quota		 from, to;
};

struct over;	/* core/over.h */

struct plan {
	bool			 changes;	/* anything a user could see */
	const struct str	*gain, *lose;	/* capabilities, sorted */
	size_t			 gain_count, lose_count;
	const struct limit_move	*limits;	/* moved ones, sorted */
	size_t			 limit_count;
	const struct asset_step	*assets;	/* one per slot, sorted; KEEP too */
	size_t			 asset_count;
	int64_t			 effective_at;	/* 0: at once; set by lib/flow */
	const struct over	*over;		/* used beyond what is wanted; by
						 * over_find, not by diff */
	size_t			 over_count;
};

/*
 * The plan from `have` with its stored assets to `want`.  Nothing a user made
 * is deleted, and an asset regained is the same asset.  A slot whose type
 * changed (only another matrix can do that) is a CHANGE with `claimed` false:
 * its old secret is of no more use.  A secret that a user revoked by hand must
 * be stored as not claimed, or a later RESTORE would revive it.
 */
void diff(const struct holding *have, const struct asset *assets,
    size_t asset_count, const struct holding *want, struct arena *,
    struct plan *out);

/*
 * Would any reader see a difference between the two?  Reasons and causes
 * count, and what is switched off; due_at, follows_newest, derived_under and
 * the other reasons of what is denied do not.
 */
bool holding_same(const struct holding *, const struct holding *);

#endif
