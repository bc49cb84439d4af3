/*
 * The door to the web server: FastCGI or CGI, the same to the rest.  Beside the
 * two files of hold.h the only one that calls libfcgi.
 */
#ifndef RUNG_WEB_GATEWAY_H
#define RUNG_WEB_GATEWAY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"
#include "web/hold.h"

struct gateway;

/*
 * Open the door.  FastCGI when standard input is a listening socket: on the
 * network only on loopback and with FCGI_WEB_SERVER_ADDRS set, since whoever
 * can connect can forge a caller.  RC_BROKEN.
 */
enum rc		 gateway_open(struct gateway **out, struct err *);
void		 gateway_close(struct gateway **);
bool		 gateway_is_fastcgi(void);

/*
 * The next request and its variables ("NAME=value", NULL ends), which live
 * until gateway_finish.  False when it is time to leave.
 */
bool		 gateway_next(struct gateway *, char ***variables);

/* The same, but false when none is there yet. */
bool		 gateway_take(struct gateway *, char ***variables);

/* Up to len bytes of the body; fewer when it ended or came too slowly. */
size_t		 gateway_read(struct gateway *, char *at, size_t len);

/* Write a piece of the answer; false when nobody listens any more. */
bool		 gateway_write(struct gateway *, struct str);

/* Take the rest of the body, then let go of the request. */
void		 gateway_finish(struct gateway *);

/*
 * In place of gateway_finish: take the rest of the body, and keep the request
 * to answer it later.  CGI writes to standard output then.
 */
struct hold	 gateway_keep(struct gateway *, const struct hold_way **);

/* Descriptor that is readable when another request waits; -1 if none. */
int		 gateway_door_fd(const struct gateway *);

#endif
