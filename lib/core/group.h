/*
 * Which objects belong together: the connected parts of the graph that their
 * links make.  Two objects that both link to a third, unseen one are
 * connected as well.
 */
#ifndef RUNG_CORE_GROUP_H
#define RUNG_CORE_GROUP_H

#include "core/object.h"

struct group {
	const struct object	**objects;	/* sorted by key */
	size_t			 count;
};

/*
 * The groups of these objects, sorted by their smallest key.  With
 * bills_only, links to subscriptions are not followed: what remains together
 * is one bill.  The result does not depend on the order of objects.
 */
size_t groups_of(const struct object *const *objects, size_t count,
    bool bills_only, struct arena *, struct group **out);

/* Does either of the two link to the other? */
bool group_linked(const struct object *, const struct object *);

#endif
