/*
 * The life of a program: FastCGI for many requests, or CGI for one, from the
 * same binary.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/guard.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/tally.h"
#include "web/confine.h"
#include "web/inside.h"
#include "web/leave.h"
#include "web/park.h"

static enum rc
always(struct app *app, struct err *e)
{
	(void)app;
	(void)e;
	return RC_OK;
}

int
web_serve(const char *program, const struct route *routes)
{
	return web_serve_if(program, routes, always);
}

/*
 * Why we do not start, for the web server's log.  A CGI program has a visitor
 * to answer as well.
 */
static int
refuse(const struct err *e)
{
	LOG(LOG_ERROR_LINE, "refused-to-start",
	    LOG_S("msg", str_of(e->what)),
	    LOG_S("mend", str_of(e->mend)));
	if (!gateway_is_fastcgi())
		printf("Status: 500 Internal Server Error\r\n"
		    "Content-Type: application/problem+json\r\n"
		    "Cache-Control: no-store\r\n\r\n"
		    "{\"type\":\"urn:rung:problem:internal\","
		    "\"title\":\"Something is wrong on our side\","
		    "\"status\":500,\"code\":\"internal\","
		    "\"detail\":\"The program is not set up; the web "
		    "server's log says why.\"}");
	return EXIT_FAILURE;
}

static void
serve_one(struct app *app, struct gateway *gate, struct arena *arena,
    const struct route *routes, char **variables)
{
	struct web	*w = arena_one(arena, struct web);

	*w = (struct web){
		.app = app, .conf = app_conf(app), .gate = gate,
		.arena = arena,
	};
	handle_request(w, routes, variables);
	gateway_finish(gate);
	log_request(STR_NONE);
	arena_reset(arena);
}

static void
serve_all(struct app *app, struct gateway *gate, struct arena *arena,
    const struct route *routes)
{
	char	**variables;

	for (unsigned long n = 1; gateway_next(gate, &variables); n++) {
		serve_one(app, gate, arena, routes, variables);
		if (confine_stale(n) && !leave_asked())
			confine_renew();
	}
}

static enum rc
open_all(struct app **app, struct gateway **gate, web_ready *ready,
    struct err *e)
{
	/* As CGI the environment is the request's, and names no files. */
	if (!gateway_is_fastcgi())
		unsetenv("RUNG_CONFIG");
	if (!leave_catch())
		return err_set(e, RC_BROKEN, NULL, "there are no descriptors");
	TRY(app_open(app, STR_NONE, e));
	TRY(ready(*app, e));
	return gateway_open(gate, e);
}

typedef void	serve_way(struct app *, struct gateway *, struct arena *,
		    const struct route *);

static int
serve(const char *program, const struct route *routes, web_ready *ready,
    serve_way *way)
{
	GUARD(app_close) struct app *app = NULL;
	GUARD(gateway_close) struct gateway *gate = NULL;
	GUARD(arena_free) struct arena *arena = NULL;
	struct err	e;

	log_program(program);
	confine_process();
	err_set(&e, RC_BROKEN, NULL, "out of memory");
	arena = arena_new("request", ARENA_BYTES_MAX);
	if (arena == NULL || open_all(&app, &gate, ready, &e) != RC_OK)
		return refuse(&e);
	confine_environment();
	rate_open(app_conf(app)->var);
	tally_open(app_conf(app)->var);
	way(app, gate, arena, routes);
	tally_close();
	rate_close();
	return EXIT_SUCCESS;
}

int
web_serve_if(const char *program, const struct route *routes,
    web_ready *ready)
{
	return serve(program, routes, ready, serve_all);
}

int
web_serve_waiting(const char *program, const struct route *routes)
{
	return serve(program, routes, always, park_serve);
}
