/*
 * For those who run it: is it alive, is it ready, and the figures an upgrade
 * flow lives by.
 */
#include <inttypes.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/guard.h"
#include "base/limits.h"
#include "base/places.h"
#include "base/tally.h"
#include "core/session.h"
#include "store/gauges.h"
#include "store/matrix_store.h"
#include "store/migrate.h"
#include "web/web.h"
#include "wire/out.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION	"unknown"
#endif

static web_handler	healthz, readyz, metrics;

static const struct route routes[] = {
	{ "GET", "/healthz",	MAY_ANYONE, healthz, .deadline_s = -1,
	    .unlimited = true },
	/* Anyone may ask these two; who may know more is decided inside. */
	{ "GET", "/readyz",	MAY_ANYONE, readyz,  .deadline_s = 0,
	    .unlimited = true },
	{ "GET", "/metrics",	MAY_ANYONE, metrics, .deadline_s = 0,
	    .unlimited = true },
	{ .method = NULL }
};

int
main(void)
{
	return web_serve("admin", routes);
}

static enum rc
healthz(struct web *w, struct err *e)
{
	(void)e;
	return web_reply_as(w, 200, "text/plain; charset=utf-8", STR("ok\n"));
}

/* One thing that must hold, and what was found. */
struct check {
	const char	*name;
	bool		 good;
	struct str	 detail;
};

enum { CHECK_DATABASE, CHECK_SCHEMA, CHECK_MATRIX, CHECK_SWEEP, CHECK__COUNT };

static void
check_database(struct flow *f, struct check *c)
{
	struct err	e;
	int64_t		offset;

	*c = (struct check){ "database", false, STR("cannot be reached") };
	if (db_offset(f->db, &offset, &e) == RC_OK)
		*c = (struct check){ "database", true, arena_text(f->arena,
		    "its clock is %" PRId64 " ms ahead of ours",
		    offset / 1000) };
}

static void
check_schema(struct flow *f, struct check *c)
{
	struct err	e;
	bool		current = false;

	*c = (struct check){ "schema", false, STR("run rung migrate") };
	if (migrate_current(f->db, f->arena, &current, &e) == RC_OK && current)
		*c = (struct check){ "schema", true, STR("current") };
}

static void
check_matrix(struct flow *f, struct check *c)
{
	const struct catalog	*catalog;
	struct err		 e;

	*c = (struct check){ "matrix", false, STR("run rung matrix apply") };
	if (flow_catalog(f, &catalog, &e) == RC_OK)
		*c = (struct check){ "matrix", true, arena_text(f->arena,
		    "version %" PRId64, catalog_newest(catalog)->version) };
}

/* Told, not demanded: nothing that is answered depends on the sweep. */
static void
check_sweep(struct flow *f, struct check *c)
{
	struct err	e;
	int64_t		at = 0;

	*c = (struct check){ "sweep", true, STR("never ran; see rung(1)") };
	if (job_last(f->db, f->seller, STR("sweep"), f->arena, &at, &e) ==
	    RC_OK && at != 0)
		c->detail = arena_text(f->arena, "%" PRId64 " s ago",
		    (f->now - at) / SECOND);
}

static enum rc
reply_checks(struct web *w, const struct check *checks, bool good,
    bool details, struct err *e)
{
	struct out	o;
	struct str	json;

	out_init(&o, web_arena(w), REPLY_BYTES_MAX);
	out_open(&o, '{');
	out_bool(&o, "ready", good);
	if (details) {
		out_open_as(&o, "checks", '[');
		for (size_t i = 0; i < CHECK__COUNT; i++) {
			out_open(&o, '{');
			out_name(&o, "name", checks[i].name);
			out_bool(&o, "ok", checks[i].good);
			out_text(&o, "detail", checks[i].detail);
			out_close(&o, '}');
		}
		out_close(&o, ']');
	}
	out_close(&o, '}');
	if (!out_done(&o, &json))
		return err_set(e, RC_BROKEN, NULL, "cannot write the checks");
	if (!good)
		web_set(w, "Retry-After", STR("2"));
	return web_reply(w, good ? 200 : 503, json);
}

/*
 * 200 or 503 for the load balancer; what is wrong only for key holders
 * and listed addresses.
 */
static enum rc
readyz(struct web *w, struct err *e)
{
	struct flow	*f = web_flow(w);
	struct check	 checks[CHECK__COUNT];
	struct err	 ignored;
	bool		 good = true, details;

	details = web_peer_in(w, &f->conf->metrics_allow) ||
	    web_require(w, MAY_SERVER | MAY_CHECK, &ignored) == RC_OK;
	check_database(f, &checks[CHECK_DATABASE]);
	check_schema(f, &checks[CHECK_SCHEMA]);
	check_matrix(f, &checks[CHECK_MATRIX]);
	check_sweep(f, &checks[CHECK_SWEEP]);
	for (size_t i = 0; i < CHECK__COUNT; i++)
		good = good && checks[i].good;
	return reply_checks(w, checks, good, details, e);
}

static void
write_gauge(struct buf *b, const char *name, const char *help, int64_t value)
{
	tally_head(b, name, "gauge", help);
	buf_fmt(b, "%s %" PRId64 "\n", name, value);
}

/* Sessions by how they ended, counted from their rows. */
static void
write_sessions(struct buf *b, const struct gauges *g)
{
	tally_head(b, "rung_upgrades_finished_total", "counter",
	    "Upgrades that came to an end, by which.");
	for (enum session_state i = 0; i < SESSION__COUNT; i++)
		if (session_final(i))
			buf_fmt(b, "rung_upgrades_finished_total"
			    "{outcome=\"%s\"} %" PRId64 "\n",
			    session_state_names[i], g->sessions[i]);
	write_gauge(b, "rung_sessions_pending",
	    "Upgrades that wait for their payment.",
	    g->sessions[SESSION_PENDING]);
}

static void
write_gauges(struct buf *b, const struct flow *f, const struct gauges *g)
{
	int64_t	age = g->oldest_deferred == 0 ? 0 :
		    (f->now - g->oldest_deferred) / SECOND;

	write_sessions(b, g);
	write_gauge(b, "rung_deliveries_deferred",
	    "Deliveries about money that is nobody's yet.", g->deferred);
	write_gauge(b, "rung_deliveries_deferred_age_seconds",
	    "Age of the oldest of them.", age < 0 ? 0 : age);
	write_gauge(b, "rung_deliveries_quarantined",
	    "Deliveries that an operator must look at.", g->quarantined);
	write_gauge(b, "rung_sweep_last_success_timestamp_seconds",
	    "When the sweep last ended well; 0 for never.",
	    g->last_sweep / SECOND);
}

/* A key, or an address that the operator listed. */
static enum rc
metrics(struct web *w, struct err *e)
{
	struct flow	*f = web_flow(w);
	struct gauges	 gauges;
	struct err	 ignored;
	struct buf	 b;
	bool		 database;

	if (!web_peer_in(w, &f->conf->metrics_allow))
		TRY(web_require(w, MAY_SERVER | MAY_CHECK, e));
	buf_init(&b, web_arena(w), REPLY_BYTES_MAX);
	tally_write(&b);
	/* Without a database its part is missing; the rest still counts. */
	database = gauges_read(f->db, f->seller, f->arena, &gauges,
	    &ignored) == RC_OK;
	if (database)
		write_gauges(&b, f, &gauges);
	places_open(f->conf->var);
	write_gauge(&b, "rung_waiters",
	    "Requests that wait at this moment, streams among them.",
	    places_taken());
	places_close();
	write_gauge(&b, "rung_database_up",
	    "Whether the database answered just now.", database);
	tally_head(&b, "rung_build_info", "gauge", "The version that runs.");
	buf_fmt(&b, "rung_build_info{version=\"%s\"} 1\n", PACKAGE_VERSION);
	return web_reply_as(w, 200,
	    "text/plain; version=0.0.4; charset=utf-8", buf_str(&b));
}
