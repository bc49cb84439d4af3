/*
 * What settings must keep among themselves.  One function for each rule, so
 * that `rung config check` can tell of all that are broken.
 */
#include <stdio.h>

#include "base/conf.h"
#include "base/conf_value.h"

/* Real money next to a page that says "Pay" to anybody. */
static enum rc
no_sandbox_with_live(struct conf *c, struct err *e)
{
	if (!c->sandbox || c->mode != MODE_LIVE)
		return RC_OK;
	return err_member(e, RC_BROKEN, "/sandbox",
	    "Set sandbox: no for real payments, or mode: test to try things.",
	    "sandbox: yes with mode: live would give paid goods to anybody");
}

/* Tokens travel to this address; only to our own machine in the clear. */
static enum rc
live_is_encrypted(struct conf *c, struct err *e)
{
	struct url	u;

	if (c->mode != MODE_LIVE || !conf_url(c->base_url, &u) ||
	    str_eq(u.scheme, STR("https")) || conf_is_loopback(u.host))
		return RC_OK;
	return err_member(e, RC_INVALID_VALUE, "/base_url",
	    "Begin base_url with https://.",
	    "mode: live needs a base_url with https");
}

/* Whoever answers for a provider decides who has paid. */
static enum rc
api_base_is_for_the_sandbox(struct conf *c, struct err *e)
{
	if (c->api_base.len == 0 || c->sandbox)
		return RC_OK;
	return err_member(e, RC_INVALID_VALUE, "/api_base",
	    "Leave api_base out: the providers' addresses are known.",
	    "api_base works only with sandbox: yes");
}

static enum rc
is_given(const struct conf *c, size_t i, struct err *e)
{
	const struct setting	*row = conf_row(i);
	char			 pointer[sizeof(e->pointer)];

	if (row->first != NULL || (c->given >> i & 1) != 0)
		return RC_OK;
	snprintf(pointer, sizeof(pointer), "/%s", row->name);
	return err_member(e, RC_INVALID_VALUE, pointer, row->about,
	    "%s is missing", row->name);
}

static enum rc (*const rules[])(struct conf *, struct err *) = {
	no_sandbox_with_live,
	live_is_encrypted,
	api_base_is_for_the_sandbox,
};

/* Cut the public URL into what routes and pages ask for. */
static void
derive(struct conf *c)
{
	struct url	u;

	if (!conf_url(c->base_url, &u))
		return;
	c->base_path = u.path;
	c->base_origin = u.origin;
}

size_t
conf_problems(struct conf *c, struct err *list, size_t room)
{
	size_t	n = 0;

	for (size_t i = 0; n < room && conf_row(i) != NULL; i++)
		if (is_given(c, i, &list[n]) != RC_OK)
			n++;
	for (size_t i = 0; n < room && i < COUNT(rules); i++)
		if (rules[i](c, &list[n]) != RC_OK)
			n++;
	derive(c);
	return n;
}

enum rc
conf_finish(struct conf *c, struct err *e)
{
	struct err	first;

	if (conf_problems(c, &first, 1) == 0)
		return RC_OK;
	*e = first;
	return first.rc;
}

bool
conf_keeps(const struct conf *c)
{
	return c->cache == CACHE_AUTO && c->wake == WAKE_FILES &&
	    (c->database_socket.len > 0 || conf_is_loopback(c->database_host));
}
