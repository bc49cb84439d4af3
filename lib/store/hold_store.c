/*
 * Rows of holds: how they end.
 */
#include "base/guard.h"
#include "store/db_inside.h"
#include "store/names.h"
#include "store/usage_inside.h"

enum hold_state { HOLD_IS_OPEN, HOLD_IS_CONFIRMED, HOLD_IS_RELEASED };

static const char *const state_names[] = { "open", "confirmed", "released" };

struct hold {
	struct counter_key	 at;
	int64_t			 amount, taken, expires_at;
	enum hold_state		 state;
};

static enum rc
hold_read(struct db *db, const struct ending *end, struct arena *a,
    struct hold *out, bool *found, struct err *e)
{
	const struct arg args[] = {
		arg_int(end->seller), arg_str(end->user), arg_str(end->hold),
	};
	const struct row *row;
	int		 place;

	TRY(db_row(db, STMT_HOLD_READ, args, COUNT(args), a, &row, found,
	    e));
	if (!*found)
		return RC_OK;
	TRY(NAME_PLACE(state_names, row_str(row, 4), "state of a hold",
	    &place, e));
	*out = (struct hold){
		.at = {
			end->seller, end->user, row_str(row, 0),
			row_int(row, 1),
		},
		.amount = row_int(row, 2), .taken = row_int(row, 3),
		.state = (enum hold_state)place,
		.expires_at = row_int(row, 5),
	};
	return RC_OK;
}

static enum rc
hold_end_row(struct db *db, const struct ending *end, int64_t taken,
    struct err *e)
{
	const struct arg args[] = {
		arg_str(str_of(state_names[end->how == HOLD_CONFIRM ?
		    HOLD_IS_CONFIRMED : HOLD_IS_RELEASED])),
		arg_int(taken), arg_int(end->seller), arg_str(end->user),
		arg_str(end->hold),
	};

	return db_later(db, STMT_HOLD_END, args, COUNT(args), 1, e);
}

/* What becomes of it, before anything is written. */
static enum hold_outcome
outcome(const struct hold *h, enum hold_end how, int64_t taken, int64_t now)
{
	if (taken > h->amount)
		return HOLD_SMALLER;
	if (h->state == HOLD_IS_CONFIRMED)
		return how == HOLD_CONFIRM && taken == h->taken ?
		    HOLD_ENDED : HOLD_OTHERWISE;
	if (h->state == HOLD_IS_RELEASED)
		return how == HOLD_RELEASE ? HOLD_ENDED : HOLD_OTHERWISE;
	return how == HOLD_CONFIRM && h->expires_at <= now ? HOLD_PAST :
	    HOLD_ENDED;
}

enum rc
usage_end_hold(struct db *db, struct ending *end, struct arena *a,
    struct err *e)
{
	struct counter	 c;
	struct hold	 h;
	bool		 found = false;

	TRY(hold_read(db, end, a, &h, &found, e));
	end->outcome = HOLD_UNKNOWN;
	if (!found)
		return RC_OK;
	/* Its counter is the lock; then it is read again. */
	TRY(counter_lock(db, &h.at, e));
	TRY(hold_read(db, end, a, &h, &found, e));
	TRY(counter_read(db, &h.at, end->now, a, &c, e));
	end->at = h.at;
	end->taken = end->how == HOLD_RELEASE ? 0 :
	    end->amount < 0 ? h.amount : end->amount;
	end->outcome = outcome(&h, end->how, end->taken, end->now);
	if (end->outcome == HOLD_ENDED && h.state == HOLD_IS_OPEN) {
		TRY(hold_end_row(db, end, end->taken, e));
		if (h.expires_at > end->now)
			c.held -= h.amount;
		c.used = counter_sum(c.used, end->taken);
		TRY(counter_set(db, &h.at, c.used, c.held, e));
	}
	end->used = counter_sum(c.used, c.held);
	return RC_OK;
}
