/*
 * The variables of a request that we use, copied out of the CGI vector.
 */
#ifndef RUNG_WEB_HEAD_H
#define RUNG_WEB_HEAD_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

/* HTTP_PROXY is not here and never read. */
#define VARIABLES(X)						\
	X(METHOD,		"REQUEST_METHOD")		\
	X(URI,			"REQUEST_URI")			\
	X(SCRIPT,		"SCRIPT_NAME")			\
	X(ROLE,			"FCGI_ROLE")			\
	X(FILE,			"SCRIPT_FILENAME")		\
	X(CONTEXT_PREFIX,	"CONTEXT_PREFIX")		\
	X(CONTEXT_ROOT,		"CONTEXT_DOCUMENT_ROOT")	\
	X(TIDY_URI,		"REDIRECT_URI")			\
	X(RESOLVED,		"RUNG_PATH")			\
	X(CAPABILITY,		"RUNG_CAPABILITY")		\
	X(DOCUMENT_ROOT,	"DOCUMENT_ROOT")		\
	X(LENGTH,		"CONTENT_LENGTH")		\
	X(TYPE,			"CONTENT_TYPE")			\
	X(TRANSFER_ENCODING,	"HTTP_TRANSFER_ENCODING")	\
	X(AUTHORIZATION,	"HTTP_AUTHORIZATION")		\
	X(AUTHORIZATION_SPARE,	"REDIRECT_HTTP_AUTHORIZATION")	\
	X(API_KEY,		"HTTP_X_API_KEY")		\
	X(ORIGIN,		"HTTP_ORIGIN")			\
	X(SEC_FETCH_SITE,	"HTTP_SEC_FETCH_SITE")		\
	X(IDEMPOTENCY_KEY,	"HTTP_IDEMPOTENCY_KEY")		\
	X(COOKIE,		"HTTP_COOKIE")			\
	X(IF_NONE_MATCH,	"HTTP_IF_NONE_MATCH")		\
	X(PREFER,		"HTTP_PREFER")			\
	X(LAST_EVENT_ID,	"HTTP_LAST_EVENT_ID")		\
	X(REQUEST_ID,		"HTTP_X_REQUEST_ID")		\
	X(UNIQUE_ID,		"UNIQUE_ID")			\
	X(ACCEPT,		"HTTP_ACCEPT")			\
	X(PEER,			"REMOTE_ADDR")			\
	X(FORWARDED_FOR,	"HTTP_X_FORWARDED_FOR")		\
	X(STRIPE_SIGNATURE,	"HTTP_STRIPE_SIGNATURE")	\
	X(PADDLE_SIGNATURE,	"HTTP_PADDLE_SIGNATURE")	\
	X(SIGNATURE,		"HTTP_X_SIGNATURE")

#define X(id, name)	VAR_##id,
enum variable { VARIABLES(X) VAR__COUNT };
#undef X

struct head {
	struct str	 at[VAR__COUNT];	/* at NULL: not sent */
};

/*
 * Walk the vector ("NAME=value", NULL ends) once.  RC_BAD_REQUEST for more
 * than HEAD_ENTRIES_MAX entries, a value over HEAD_VALUE_MAX, more than
 * HEAD_BYTES_MAX in all, and for one of our variables that is there twice:
 * some servers pass X-Name and X_Name on as one name, and the sender would
 * choose which we believe.
 */
enum rc		 head_read(struct head *, char *const *vector, struct arena *,
		    struct err *);

/* The variable with this name, which must be in the list above. */
struct str	 head_named(const struct head *, const char *name);

/*
 * The length of the body by its head.  RC_BAD_REQUEST: not a number of 1 to 9
 * digits; RC_BODY_TOO_LARGE; RC_LENGTH_REQUIRED: it comes in chunks.  *given
 * is false when the head says nothing.
 */
enum rc		 head_length(const struct head *, size_t most, size_t *len,
		    bool *given, struct err *);

/* Is the content type application/json or application/ *+json? */
bool		 head_is_json(const struct head *);

/* Short, and of letters, digits and - _ . : @ alone? */
bool		 head_sane_id(struct str);

/*
 * The id of this request: a sane X-Request-ID, the web server's own, or "".
 */
struct str	 head_request_id(const struct head *);

#endif
