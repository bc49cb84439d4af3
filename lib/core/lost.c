/*
 * Which of the opened checkouts a purchase fits, and whether that is enough.
 */
#include "core/lost.h"

#define X(id, words)	[FINDING_##id] = (words),
const char *const finding_words[FINDING__COUNT] = { FINDINGS(X) };
#undef X

/* The same in all but whether the session has a purchase. */
static bool
alike(const struct lost *l, const struct opened *o)
{
	const struct session	*s = &o->session;

	return str_eq(s->provider, l->provider) &&
	    str_eq(s->price, l->price) && l->price.len > 0 &&
	    s->terms.quantity == l->quantity &&
	    s->terms.change == CHANGE_NONE && s->livemode == l->livemode &&
	    o->opened_at / SECOND <= l->made_at / SECOND &&
	    l->made_at <= s->expires_at + LOST_LATE;
}

static bool
spent(const struct opened *o)
{
	return o->spent || o->session.state == SESSION_COMPLETED;
}

bool
lost_fits(const struct lost *l, const struct opened *o)
{
	return alike(l, o) && !spent(o);
}

enum finding
lost_find(const struct lost *l, const struct opened *list, size_t count,
    int64_t since, size_t *which)
{
	enum finding	 none = count == 0 ? FINDING_NO_ADDRESS :
			    FINDING_NO_FIT;
	bool		 found = false, earlier = false;

	for (size_t i = 0; i < count; i++) {
		if (!alike(l, &list[i]))
			continue;
		if (spent(&list[i])) {
			none = FINDING_SPENT;
			continue;
		}
		if (found && !str_eq(list[i].session.terms.user,
		    list[*which].session.terms.user))
			return FINDING_TWO_USERS;
		if (!found)
			*which = i;
		found = true;
		earlier = earlier || list[i].opened_at < since;
	}
	if (!found)
		return none;
	return earlier ? FINDING_EARLIER : FINDING_OWNER;
}
