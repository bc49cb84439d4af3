/*
 * Applies schema/ in order, once.  Forward only.
 */
#ifndef RUNG_STORE_MIGRATE_H
#define RUNG_STORE_MIGRATE_H

#include "store/db.h"

/* The files of schema/, embedded at build time, in order. */
struct schema_step {
	const char	*name;		/* "0001-sellers-and-keys" */
	const char	*sql;		/* statements, each ended by ";\n" */
};

extern const struct schema_step	schema_steps[];
extern const size_t		schema_step_count;

/* Called for each step that is (or, on a dry run, would be) applied. */
typedef void migrate_report(void *arg, const char *name);

/*
 * Apply what is missing.  A step that was changed after it was applied
 * (another digest) is RC_BROKEN: steps are never edited once released.
 */
enum rc migrate(struct db *, bool dry_run, migrate_report *, void *arg,
    struct arena *, struct err *);

/* Is every step of this build applied? */
enum rc migrate_current(struct db *, struct arena *, bool *current,
    struct err *);

#endif
