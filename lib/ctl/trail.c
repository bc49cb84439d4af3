/*
 * rung audit: is the trail whole, and what does it say?
 */
#include <stdio.h>

#include "ctl/ctl.h"
#include "flow/audit.h"

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

enum finish
audit_verify(struct ctl *c)
{
	struct audit_sum sum;
	struct err e;

	if (!ctl_open(c, AUDIT_SECONDS))
		return FAILED;
	if (flow_audit_verify(&c->flow, whose(c), print_line, NULL, &sum,
	    &e) != RC_OK)
		return ctl_failed(&e);
	fprintf(stderr, "%lld users, %lld records, %lld bad\n",
	    (long long)sum.users, (long long)sum.records,
	    (long long)sum.bad);
	if (sum.bad > 0)
		return FAILED;
	return sum.users == 0 ? NOTHING : DONE;
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
