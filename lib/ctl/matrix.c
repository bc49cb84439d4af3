/*
 * rung matrix: what is sold.
 */
#include <stdio.h>

#include "base/limits.h"
#include "ctl/ctl.h"
#include "store/matrix_store.h"
#include "store/tx.h"

enum { MATRIX_SECONDS = 10 };

/* Read and check a file; its findings go where they can be seen. */
static enum rc
load(struct ctl *c, struct str *yaml, struct matrix *matrix, struct err *e)
{
	struct findings	findings = { NULL, 0 };
	enum rc		rc;

	TRY(ctl_read(c->arena, c->operand[0], MATRIX_BYTES_MAX, yaml, e));
	rc = matrix_read(*yaml, c->arena, matrix, &findings, e);
	if (findings.count > 0 || c->json)
		ctl_findings(c, c->operand[0], &findings);
	return rc;
}

enum finish
matrix_check(struct ctl *c)
{
	struct str	yaml;
	struct matrix	matrix;
	struct err	e;
	enum rc		rc = load(c, &yaml, &matrix, &e);

	if (rc == RC_OK || rc == RC_INVALID_VALUE)
		return rc == RC_OK ? DONE : FAILED;
	return ctl_failed(&e);
}

struct application {
	struct ctl	*ctl;
	struct str	 yaml, disabled, operator;
	int64_t		 version;
};

static enum rc
apply_body(struct db *db, void *arg, struct err *e)
{
	struct application	*ap = arg;
	struct flow		*f = &ap->ctl->flow;

	return matrix_store(db, f->seller, ap->yaml, ap->disabled,
	    ap->operator, f->now, f->arena, &ap->version, e);
}

/* What apply would do. */
static enum rc
apply_dry(struct db *db, void *arg, struct err *e)
{
	struct application	*ap = arg;
	struct flow		*f = &ap->ctl->flow;
	struct str		 newest = STR_NONE;

	TRY(matrix_newest(db, f->seller, f->arena, &ap->version, e));
	if (ap->version > 0)
		TRY(matrix_source(db, f->seller, ap->version, f->arena,
		    &newest, e));
	ap->version++;
	if (ap->version > 1 && str_eq(newest, ap->yaml))
		return err_set(e, RC_DUPLICATE, NULL, "it is in force");
	return RC_OK;
}

static enum finish
tell_version(struct ctl *c, int64_t version, bool dry_run)
{
	struct out	o;

	if (!c->json) {
		printf("version %lld %s\n", (long long)version,
		    dry_run ? "would be in force" : "is in force");
		return DONE;
	}
	out_init(&o, c->arena, 1024);
	out_open(&o, '{');
	out_int(&o, "version", version);
	out_bool(&o, "dry_run", dry_run);
	out_close(&o, '}');
	return ctl_json(&o);
}

enum finish
matrix_apply(struct ctl *c)
{
	bool			dry_run = ctl_option(c, "dry-run") != NULL;
	bool			json = c->json;
	struct application	ap = { .ctl = c };
	struct matrix		matrix;
	struct err		e;
	enum rc			rc;

	c->json = false;		/* findings are for people here */
	rc = load(c, &ap.yaml, &matrix, &e);
	c->json = json;
	if (rc != RC_OK)
		return ctl_failed(&e);
	ap.disabled = matrix_disabled(&matrix, c->arena);
	if (!ctl_open(c, MATRIX_SECONDS))
		return FAILED;
	ap.operator = ctl_operator(c->arena);
	rc = tx_run(c->flow.db, dry_run ? apply_dry : apply_body, &ap, &e);
	if (rc == RC_DUPLICATE)
		return NOTHING;		/* this very text is in force */
	if (rc != RC_OK)
		return ctl_failed(&e);
	return tell_version(c, ap.version, dry_run);
}

enum finish
matrix_show(struct ctl *c)
{
	struct str	yaml;
	struct err	e;
	int64_t		version = 0;

	if (c->operand_count > 0 && (!str_int64(c->operand[0], &version) ||
	    version < 1)) {
		fprintf(stderr, "rung: a version is a number from 1 on\n");
		return USAGE;
	}
	if (!ctl_open(c, MATRIX_SECONDS))
		return FAILED;
	if (version == 0 && matrix_newest(c->flow.db, c->flow.seller,
	    c->arena, &version, &e) != RC_OK)
		return ctl_failed(&e);
	if (version == 0) {
		fprintf(stderr, "rung: no matrix was applied yet\n");
		return FAILED;
	}
	if (matrix_source(c->flow.db, c->flow.seller, version, c->arena,
	    &yaml, &e) != RC_OK)
		return ctl_failed(&e);
	printf("%.*s", STR_FMT(yaml));
	return DONE;
}
