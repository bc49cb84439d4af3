/*
 * A JSON text once more, with other values in some places.  Pure.
 */
#ifndef RUNG_WIRE_REWRITE_H
#define RUNG_WIRE_REWRITE_H

#include "wire/doc.h"
#include "wire/out.h"

/*
 * Asked about every value that is no object or list.  path is where it
 * stands ("data.object.items.data.0.price.id"), name its last part.  True when
 * another value was written, by out_item or one of its kind.
 */
typedef bool	rewrite_fn(void *arg, struct str path, struct str name,
		    const struct node *value, struct out *);

/* Write node as a value.  RC_INVALID_JSON when it is nested too deeply. */
enum rc		rewrite(const struct node *, rewrite_fn *, void *arg,
		    struct arena *, struct out *, struct err *);

/* Write the members of an object as they stand, but for those of these names. */
enum rc		rewrite_but(const struct node *object, const struct str *names,
		    size_t count, struct arena *, struct out *, struct err *);

#endif
