/*
 * rung migrate: the schema.
 */
#include <stdio.h>

#include "ctl/ctl.h"
#include "store/migrate.h"

enum { MIGRATE_SECONDS = 600 };	/* an ALTER of a large table takes its time */

struct report {
	struct ctl	*ctl;
	struct out	 steps;
	size_t		 count;
};

static void
tell(void *arg, const char *name)
{
	struct report	*r = arg;

	r->count++;
	if (r->ctl->json)
		out_item(&r->steps, str_of(name));
	else
		printf("%s %s\n", ctl_option(r->ctl, "dry-run") == NULL ?
		    "applied" : "would apply", name);
}

enum finish
migrate_run(struct ctl *c)
{
	bool		dry_run = ctl_option(c, "dry-run") != NULL;
	struct report	r = { .ctl = c };
	struct err	e;
	enum rc		rc;

	if (!ctl_open(c, MIGRATE_SECONDS))
		return FAILED;
	out_init(&r.steps, c->arena, 64 * 1024);
	out_open(&r.steps, '{');
	out_bool(&r.steps, "dry_run", dry_run);
	out_open_as(&r.steps, "steps", '[');
	rc = migrate(c->flow.db, dry_run, tell, &r, c->arena, &e);
	out_close(&r.steps, ']');
	out_close(&r.steps, '}');
	if (c->json)
		ctl_json(&r.steps);
	if (rc != RC_OK)
		return ctl_failed(&e);
	return r.count > 0 ? DONE : NOTHING;
}
