/*
 * Writing JSON.  The writer remembers its first error and ignores the rest,
 * so that code which builds an answer is as plain as the answer.
 */
#ifndef RUNG_WIRE_OUT_H
#define RUNG_WIRE_OUT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

struct out {
	struct buf	 buf;
	bool		 comma;		/* the next value needs one before it */
	bool		 bad;
};

void		out_init(struct out *, struct arena *, size_t ceiling);

/*
 * '{' or '[' as a value or a list entry, or under a name (NULL: as a value);
 * and the end.
 */
void		out_open(struct out *, char bracket);
void		out_open_as(struct out *, const char *name, char bracket);
void		out_close(struct out *, char bracket);

/* Members of an object. */
void		out_text(struct out *, const char *name, struct str);
void		out_name(struct out *, const char *name, const char *value);
void		out_int(struct out *, const char *name, int64_t);
void		out_bool(struct out *, const char *name, bool);
void		out_null(struct out *, const char *name);
void		out_time(struct out *, const char *name, int64_t us); /* 0: null */
/* JSON as it stands; null when it is empty. */
void		out_raw(struct out *, const char *name, struct str json);
/* The text, or null when it is empty. */
void		out_text_or_null(struct out *, const char *name, struct str);
/* A member whose name is data (a limit's): escaped. */
void		out_key(struct out *, struct str name);

/* Entries of a list, or the value after out_key. */
void		out_item(struct out *, struct str);
void		out_item_int(struct out *, int64_t);
void		out_item_raw(struct out *, struct str json);

/* The text; false when it did not fit, or a text was not UTF-8. */
bool		out_done(struct out *, struct str *json);

/* The same as an RC_BROKEN that says what was too large: "an answer". */
enum rc		out_take(struct out *, const char *what, struct str *json,
		    struct err *);

#endif
