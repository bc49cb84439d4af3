/*
 * rung url sign and url key: links to protected files, and what back ends
 * sign them with themselves.
 */
#include <stdio.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"
#include "ctl/ctl.h"
#include "flow/gate.h"

enum { LINK_SECONDS = 3600 };

enum finish
url_sign(struct ctl *c)
{
	const char *user = ctl_option(c, "user");
	const char *life = ctl_option(c, "for");
	int64_t seconds = LINK_SECONDS;
	struct str url;
	struct err e;

	if (user == NULL) {
		fprintf(stderr, "rung: say who may come with --user USER\n");
		return USAGE;
	}
	if (life != NULL && (!text_duration(str_of(life), &seconds) ||
	    seconds == 0)) {
		fprintf(stderr, "rung: --for is a duration (1h)\n");
		return USAGE;
	}
	if (!ctl_open(c, READ_DEADLINE_S))
		return FAILED;
	if (flow_url_sign(&c->flow, c->operand[0], str_of(user),
	    c->flow.now + seconds * SECOND, &url, &e) != RC_OK)
		return ctl_failed(&e);
	ctl_line(url);
	return DONE;
}

enum finish
url_key(struct ctl *c)
{
	if (!ctl_open(c, READ_DEADLINE_S))
		return FAILED;
	ctl_line(flow_url_key(&c->flow));
	return DONE;
}
