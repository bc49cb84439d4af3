/*
 * Sending HTTP requests: the only file that knows libcurl, which is loaded
 * when the first request is sent.  No program links it.
 */
#ifndef RUNG_FLOW_POST_H
#define RUNG_FLOW_POST_H

#include "provider/errand.h"

enum { POST_ANSWER_MAX = 4 * 1024 * 1024 };

/*
 * Send one call to base (http or https, without a '/' at its end) and take
 * the answer, whatever its status; its body is kept in the arena.  No
 * redirects, no proxy from the environment, TLS certificates checked.
 * `within` is the time for all of it in microseconds.  RC_DOWN when nothing
 * answered in time, or more than POST_ANSWER_MAX bytes; RC_BROKEN when there
 * is no libcurl.
 */
enum rc post_send(struct str base, const struct call *, int64_t within,
    struct arena *, struct call_answer *, struct err *);

/*
 * POST a JSON body to url with one extra header ("Name: value"), 10 s.
 * *status is the answer's.  RC_DOWN when nothing answered.
 */
enum rc post(struct str url, struct str header, struct str body,
    int *status, struct err *);

#endif
