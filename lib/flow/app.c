/*
 * Opening a program's world and beginning a request in it.  The matrix
 * versions are kept from request to request, in catalog.c.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/guard.h"
#include "base/limits.h"
#include "flow/app.h"
#include "flow/catalog.h"
#include "flow/recall.h"
#include "wire/conf_read.h"

struct app {
	struct arena	*arena;		/* the configuration lives here */
	struct conf	 conf;
	struct str	 conf_path;
	struct str	 clock_path;
	struct db	*db;
	int64_t		 offset;	/* database clock minus ours */
	struct shelf	*shelf;
	struct recall	*recall;
};

static enum rc
conf_load(struct app *app, struct str path, struct err *e)
{
	struct findings findings = { NULL, 0 };
	struct str text = STR_NONE;
	struct conf_places places;
	enum rc rc;

	places = conf_places_here(app->arena,
	    path.len == 0 ? NULL : arena_keep(app->arena, path).at);
	TRY(conf_find(app->arena, &places, &path, e));
	TRY(conf_file_read(app->arena, path.at, MATRIX_BYTES_MAX, &text, e));
	app->conf_path = path;
	rc = conf_read(text, app->arena, &app->conf, &findings, e);
	for (size_t i = 0; i < findings.count; i++)
		fprintf(stderr, "%.*s\n", STR_FMT(finding_line(app->arena,
		    path.at, &findings.list[i])));
	return rc;
}

enum rc
app_open(struct app **out, struct str conf_path, struct err *e)
{
	GUARD(app_close) struct app *app = calloc(1, sizeof(*app));

	if (app == NULL)
		return err_set(e, RC_BROKEN, NULL, "out of memory");
	app->arena = arena_new("app", ARENA_BYTES_MAX);
	if (app->arena == NULL)
		return err_set(e, RC_BROKEN, NULL, "out of memory");
	conf_init(&app->conf, app->arena);
	TRY(conf_load(app, conf_path, e));
	app->clock_path = arena_text(app->arena, "%.*s/clock",
	    STR_FMT(app->conf.var));
	app->db = db_new(&app->conf);
	app->shelf = shelf_new();
	app->recall = recall_new(&app->conf);
	if (app->db == NULL || app->shelf == NULL || app->recall == NULL)
		return err_set(e, RC_BROKEN, NULL, "out of memory");
	*out = app;
	app = NULL;
	return RC_OK;
}

void
app_close(struct app **app)
{
	if (*app == NULL)
		return;
	recall_free(&(*app)->recall);
	shelf_free(&(*app)->shelf);
	db_free(&(*app)->db);
	arena_free(&(*app)->arena);
	free(*app);
	*app = NULL;
}

struct str
app_conf_path(const struct app *app)
{
	return app->conf_path;
}

const struct conf *
app_conf(const struct app *app)
{
	return &app->conf;
}

struct shelf *
app_shelf(struct app *app)
{
	return app->shelf;
}

struct recall *
app_recall(struct app *app)
{
	return app->recall;
}

int64_t
flow_clock(struct app *app)
{
	int64_t now = clock_wall() + app->offset;

	if (app->conf.sandbox)
		now += clock_shift(app->clock_path.at);
	return now;
}

void
flow_begin(struct flow *f, struct app *app, struct arena *arena,
    int deadline_s)
{
	struct err ignored;

	*f = (struct flow){
		.app = app, .conf = &app->conf, .db = app->db,
		.arena = arena, .seller = SELLER_USUAL,
		.actor = STR("nobody"),
	};
	if (deadline_s > 0) {
		db_deadline(app->db, clock_steady() + deadline_s * SECOND);
		/* Without a database the last offset known must do. */
		(void)db_offset(app->db, &app->offset, &ignored);
	}
	shelf_turn(app->shelf);
	recall_turn(app->recall, app->db);
	f->now = flow_clock(app);
}
