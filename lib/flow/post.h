/*
 * Sending one HTTP request: the only file that knows libcurl.  Request
 * programs do not link it.
 */
#ifndef RUNG_FLOW_POST_H
#define RUNG_FLOW_POST_H

#include "base/err.h"
#include "base/str.h"

/*
 * POST body to url with one extra header ("Name: value").  No redirects, no
 * proxy from the environment, 10 s.  *status is the answer's.  RC_DOWN when
 * nothing answered.
 */
enum rc post(struct str url, struct str header, struct str body,
    int *status, struct err *);

#endif
