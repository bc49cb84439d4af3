/*
 * The web server asks here before it hands out a file: may this visitor have
 * it?  A FastCGI authorizer, or the program behind a subrequest; it answers no
 * other question and writes nothing.
 */
#include "base/limits.h"
#include "flow/gate.h"
#include "web/web.h"

static web_handler	open_gate;

static const struct route routes[] = {
	{ "GET", "*", MAY_ANYONE, open_gate, .deadline_s = READ_DEADLINE_S,
	    .unlimited = true, .any_path = true },
	{ .method = NULL }
};

int
main(void)
{
	return web_serve("gate", routes);
}

/* Whoever sends one of the three means to come by URL. */
static void
read_url(struct web *w, struct gate_visit *v)
{
	v->by_url = web_query_has(w, "sig") || web_query_has(w, "exp") ||
	    web_query_has(w, "u");
	v->user = web_query_only(w, "u");
	v->expires = web_query_only(w, "exp");
	v->signature = web_query_only(w, "sig");
}

static enum rc
open_gate(struct web *w, struct err *e)
{
	struct gate_visit	v = {
		.capability = web_header(w, "RUNG_CAPABILITY"),
		.cookie = web_cookie(w, gate_cookie_name(web_flow(w)->conf)),
	};
	struct str		user;

	if (!web_reads(w))
		return err_set(e, RC_NOT_ALLOWED, "Files are read with GET.",
		    "nothing can be sent to this place");
	TRY(web_place(w, &v.path, e));
	if (!gate_path_ok(v.path))
		return err_set(e, RC_NOT_ALLOWED, "Ask for the file by its"
		    " own address, written plainly.",
		    "there can be no file with this path");
	read_url(w, &v);
	TRY(flow_gate_open(web_flow(w), &v, &user, e));
	return web_pass(w, user);
}
