/*
 * rung audit: is the trail whole, and what does it say?
 */
#include <stdio.h>

#include "ctl/ctl.h"
#include "flow/audit.h"
#include "flow/checkpoint.h"

enum { AUDIT_SECONDS = 60 };

static void
print_line(void *arg, struct str line)
{
	(void)arg;
	ctl_line(line);
}

static struct str
whose(const struct ctl *c)
{
	return c->operand_count > 0 ? c->operand[0] : STR_NONE;
}

/* Does the newest checkpoint hold?  Says so if not; *bad is then true. */
static enum rc
against_newest(struct ctl *c, const char *file, bool *bad, struct err *e)
{
	struct str path = file != NULL ? str_of(file) :
	    flow_checkpoint_path(&c->flow);
	struct str fault = STR_NONE;
	bool found = false;

	TRY(flow_checkpoint_check(&c->flow, path, &found, &fault, e));
	*bad = fault.len > 0;
	if (*bad)
		ctl_line(fault);
	if (!found && file != NULL)
		return err_set(e, RC_MISSING, NULL,
		    "there is no checkpoint in %s", file);
	if (!found)
		fprintf(stderr, "no checkpoint yet\n");
	return RC_OK;
}

enum finish
audit_verify(struct ctl *c)
{
	const char *file = ctl_option(c, "checkpoint");
	struct audit_sum sum;
	struct err e;
	bool bad = false;

	if (file != NULL && c->operand_count > 0) {
		fprintf(stderr, "rung: a checkpoint is of all users\n");
		return USAGE;
	}
	if (!ctl_open(c, AUDIT_SECONDS))
		return FAILED;
	if (flow_audit_verify(&c->flow, whose(c), print_line, NULL, &sum,
	    &e) != RC_OK)
		return ctl_failed(&e);
	if (c->operand_count == 0 &&
	    against_newest(c, file, &bad, &e) != RC_OK)
		return ctl_failed(&e);
	sum.bad += bad;
	fprintf(stderr, "%lld users, %lld records, %lld bad\n",
	    (long long)sum.users, (long long)sum.records,
	    (long long)sum.bad);
	if (sum.bad > 0)
		return FAILED;
	return sum.users == 0 ? NOTHING : DONE;
}

/*
 * A checkpoint over a trail that does not fit the one before would hide that
 * from then on: so there is none.
 */
enum finish
audit_checkpoint(struct ctl *c)
{
	struct str line = STR_NONE;
	struct err e;
	bool bad = false;

	if (!ctl_open(c, AUDIT_SECONDS))
		return FAILED;
	if (against_newest(c, NULL, &bad, &e) != RC_OK)
		return ctl_failed(&e);
	if (bad)
		return FAILED;
	if (flow_checkpoint_add(&c->flow, &line, &e) != RC_OK)
		return ctl_failed(&e);
	ctl_line(line);
	return DONE;
}

enum finish
audit_export(struct ctl *c)
{
	struct audit_sum sum;
	struct err e;

	if (!ctl_open(c, AUDIT_SECONDS))
		return FAILED;
	if (flow_audit_export(&c->flow, whose(c), print_line, NULL, &sum,
	    &e) != RC_OK)
		return ctl_failed(&e);
	return sum.records == 0 ? NOTHING : DONE;
}
